#!/usr/bin/env bash
# VS Code: its window, driven in Chromium, and the extension's own tests in the extension host. Needs Node 20 with npm.
#   SCREENSHOTS=1              also takes the pictures of the README files
#   DEFERLINT_VSCODE=latest    takes the newest VS Code of npm instead of the last one for Node 20
set -euo pipefail
source "$(dirname "$0")/../library.sh"
cd "$tests/vscode"
tools=$(realpath "$editors/..")/target/editors
export npm_config_audit=false npm_config_fund=false npm_config_update_notifier=false
export tools
source install.sh
if [[ ${DEFERLINT_VSCODE:-} == latest ]]; then
  use_newest_vscode
fi
install_code_server
install_playwright
check 'the package is made' package_extension
echo "       code-server $code_server_version in Node $(node --version)"
check_program 'the window' node window.mjs
check_program 'the extension host' node host.mjs
finish vscode
