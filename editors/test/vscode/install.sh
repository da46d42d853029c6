# Installs VS Code, as the web server that npm has it as, and what drives its window; run.sh sources it. Needs Node 20.

# VS Code 1.100, the last one for Node 20.
code_server_version=4.100.3
playwright_version=1.65.1

# Takes the newest VS Code instead, and the Node that it needs: both are npm packages.
use_newest_vscode() {
  local platform package
  code_server_version=$(npm view code-server version)
  platform=$(node --print 'process.platform + "-" + process.arch')
  package=node-$platform@$(npm view code-server engines.node)
  local directory=$tools/$package
  if [[ ! -e $directory/node_modules ]]; then
    npm_install "$directory" --force "$package"
  fi
  PATH=$directory/node_modules/node-$platform/bin:$PATH
}

# Node's own headers, so that they needn't be fetched for the modules that are compiled.
use_installed_headers() {
  local prefix
  prefix=$(dirname "$(dirname "$(realpath "$(command -v node)")")")
  if [[ -z $(npm config get nodedir | grep -vx undefined) && -e $prefix/include/node/node.h ]]; then
    export npm_config_nodedir=$prefix
  fi
}

# Installs packages below a directory, once for each list of them.
npm_install() {
  local directory=$1
  shift
  mkdir -p "$directory"
  echo '{"private": true}' >"$directory/package.json"
  (cd "$directory" && npm install --ignore-scripts --silent "$@")
}

# code-server's own install script would fetch programs from elsewhere. What it needs of them is built here, and ripgrep is
# Debian's.
install_code_server() {
  local directory=$tools/code-server-$code_server_version
  local vscode=$directory/node_modules/code-server/lib/vscode
  code_server=$directory/node_modules/code-server/out/node/entry.js
  export code_server
  if [[ -e $directory/complete ]]; then
    return
  fi
  rm -rf "$directory"
  use_installed_headers
  npm_install "$directory" "code-server@$code_server_version"
  (cd "$directory" && npm rebuild --silent argon2)
  (cd "$vscode" && npm install --ignore-scripts --omit=dev --silent)
  (cd "$vscode" && npm rebuild --silent @vscode/spdlog native-watchdog @vscode/native-watchdog)
  mkdir -p "$vscode/node_modules/@vscode/ripgrep/bin"
  ln -sf "$(command -v rg)" "$vscode/node_modules/@vscode/ripgrep/bin/rg"
  touch "$directory/complete"
}

install_playwright() {
  playwright=$tools/playwright-$playwright_version/node_modules/playwright-core
  export playwright
  if [[ ! -e $playwright/package.json ]]; then
    npm_install "$tools/playwright-$playwright_version" "playwright-core@$playwright_version"
  fi
}

# The package of the extension, with the server under test inside.
package_extension() {
  (cd "$editors/vscode" && install_build_tools && npm run --silent package -- --server "$DEFERLINT") >"$scratch/package.log" 2>&1 || {
    cat "$scratch/package.log"
    return 1
  }
  extension=$editors/vscode/out/stage
  vsix=$(realpath "$editors"/vscode/deferlint-linux-*.vsix)
  export extension vsix
}

install_build_tools() {
  local installed=node_modules/.installed-lock.json
  cmp --silent package-lock.json "$installed" || {
    npm ci --silent && cp package-lock.json "$installed"
  }
}
