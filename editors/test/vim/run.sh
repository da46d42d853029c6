#!/usr/bin/env bash
# Vim 9 with ALE in a terminal. ALE names no diagnostics when it asks for code actions. Needs `vim` and `tmux`.
set -euo pipefail
source "$(dirname "$0")/../library.sh"

open_vim() {
  copy_module
  open_terminal vim -u "$tests/vim/vimrc" "$scratch/module/$1"
}

shows_findings_while_typing() {
  open_vim shelf.go && wait_until terminal_shows 'the assignment never reaches the caller' &&
    press Go && press -l 'func Try() { defer recover() }' && press Escape &&
    wait_until terminal_shows 'a panic of `Try` goes on' &&
    cmp -s "$scratch/module/shelf.go" "$tests/module/shelf.go" &&
    press u && wait_until terminal_hides 'a panic of `Try` goes on'
}

fixes_one_after_the_other() {
  press 13G^ && press :ALECodeAction Enter &&
    wait_until terminal_shows 'Name the result err, so that the deferred assignment reaches the caller' &&
    press 1 Enter && wait_until terminal_shows '(err error) {' &&
    wait_until terminal_shows 'this replaces whatever' &&
    press 13G^ && press :ALECodeAction Enter && wait_until terminal_shows 'Join the error of this call to err' &&
    press 1 Enter && wait_until terminal_shows 'errors.Join(err, cerr)' &&
    press :write Enter && wait_until is_fixed shelf.go && wait_until terminal_hides 'this replaces whatever'
}

quits_without_leaving_a_process() {
  server_runs && press ':quit!' Enter && wait_until terminal_is_closed && wait_until no_server_runs
}

makes_the_safe_fixes() {
  open_vim count.go && wait_until terminal_shows 'the caller gets a nil map and panics' &&
    press :ALEFix Enter && wait_until terminal_shows 'm := merge(counts, nil)' &&
    press :write Enter && wait_until is_fixed count.go
}

check 'findings appear while typing' shows_findings_while_typing
check 'one fix after the other is saved byte for byte' fixes_one_after_the_other
check 'quitting leaves no process' quits_without_leaving_a_process
check 'the fixer makes the safe fixes, saved byte for byte' makes_the_safe_fixes
check 'quitting leaves no process' quits_without_leaving_a_process
finish vim
