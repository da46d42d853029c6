#!/usr/bin/env bash
# Emacs 28: eglot; Flymake beside eglot and gopls; a multiplexer; lsp-mode beside gopls.
# Needs `gopls`, `go` and `rass` on the path.
set -euo pipefail
source "$(dirname "$0")/../library.sh"
cd "$tests/emacs"
export HOME=$scratch/home
mkdir "$HOME"
for test in eglot flymake multiplexer lsp-mode; do
  copy_module
  git init --quiet "$scratch/module"
  check_program "$test" emacs --batch --no-init-file --load "$tests/emacs/$test-test.el"
done
finish emacs
