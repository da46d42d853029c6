#!/usr/bin/env bash
# Neovim 0.11, without a terminal, in one, with what goes wrong, and beside gopls. Needs `nvim`, `tmux` and `gopls` on the path.
set -euo pipefail
source "$(dirname "$0")/../library.sh"
cd "$tests/neovim"
check_program 'without a terminal' nvim --headless --clean -l headless.lua
source terminal.sh
check_program 'what goes wrong' nvim --headless --clean -l trouble.lua
check_program 'beside gopls' nvim --headless --clean -l beside_gopls.lua
finish neovim
