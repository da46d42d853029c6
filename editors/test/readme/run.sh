#!/usr/bin/env bash
# What the README says for VS Code and for Neovim, followed to the letter with an empty home directory: the commands and the
# configuration are taken from it. Builds the server twice, as the README does. Needs Rust, Node 20 with npm, `nvim` and `tmux`.
set -euo pipefail
source "$(dirname "$0")/../library.sh"
repository=$(realpath "$editors/..")
tools=$repository/target/editors
export npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false
export tools
source "$tests/vscode/install.sh"
install_code_server
install_playwright

# Only Rust itself is taken from the home directory that there is.
home=$scratch/home
export CARGO_HOME=${CARGO_HOME:-$HOME/.cargo} RUSTUP_HOME=${RUSTUP_HOME:-$HOME/.rustup} CARGO_INSTALL_ROOT=$home
mkdir -p "$home/bin"

# The first block in a language behind a text of the README.
block() {
  awk -v start="\`\`\`$1" -v text="$2" '
    index($0, text) { found = 1 }
    found && $0 == start { inside = 1; next }
    inside && $0 == "```" { exit }
    inside
  ' "$repository/README.md"
}

# Runs what the README says, in a clone of the repository.
follow() {
  (cd "$repository" && HOME=$home PATH=$home/bin:$PATH bash -euc "$1") >"$scratch/follow.log" 2>&1 || {
    tail -n 40 "$scratch/follow.log"
    return 1
  }
}

# `code` as VS Code puts it on the path.
cat >"$home/bin/code" <<EOF
#!/bin/sh
exec "$(command -v node)" "$code_server" --user-data-dir "$home/user-data" --extensions-dir "$home/extensions" "\$@"
EOF
chmod +x "$home/bin/code"

installs_the_extension() {
  rm -f "$editors"/vscode/deferlint-*.vsix
  follow "$(block sh 'VS Code, beside the Go extension')"
}

is_below_15_megabytes() {
  local size
  size=$(stat --format=%s "$editors"/vscode/deferlint-*.vsix) &&
    echo "       the package has $size bytes" &&
    ((size < 15000000))
}

installs_the_program() {
  follow "$(grep --only-matching 'cargo install --path [a-z/]*' "$repository/README.md")" && [[ -x $home/bin/deferlint ]]
}

shows_a_warning() {
  terminal_text | grep -q '^W '
}

neovim_shows_the_finding() {
  mkdir -p "$home/.config/nvim"
  block lua 'Neovim 0.11, beside gopls' >"$home/.config/nvim/init.lua"
  open_terminal env HOME="$home" PATH="$home/bin:$PATH" nvim "$scratch/module/count.go" &&
    wait_until shows_a_warning && press 6G^ && press C-w d &&
    wait_until terminal_shows 'the caller gets a nil map and panics'
}

copy_module
check 'VS Code: the commands run to the end' installs_the_extension
check 'VS Code: the package is small' is_below_15_megabytes
check_program 'VS Code' env home="$home" node "$tests/vscode/readme.mjs"
check 'Neovim: the program is installed' installs_the_program
check 'Neovim: the configuration shows a finding' neovim_shows_the_finding
finish readme
