# Neovim in a terminal, as a user sees it: findings while typing, the menu of fixes, a rule's page, and the end.

neovim=(nvim --clean -u "$tests/neovim/terminal_init.lua" "$scratch/module/count.go")

shows_findings_while_typing() {
  wait_until terminal_shows 'the caller gets a nil map and panics' &&
    press 22Go && press -l 'func Try() { defer recover() }' &&
    press Escape &&
    wait_until terminal_shows 'a panic of `Try` goes on' &&
    cmp -s "$scratch/module/count.go" "$tests/module/count.go" &&
    press u && wait_until terminal_hides 'a panic of `Try` goes on'
}

fixes_from_the_menu() {
  press 14G^gra &&
    wait_until terminal_shows 'Extract the map into a local variable before return' &&
    press 1 Enter && wait_until terminal_shows 'm := merge(counts, nil)' &&
    press :write Enter && wait_until is_fixed count.go
}

shows_the_page() {
  press 6G^ && press :LspDeferlintExplain Enter &&
    wait_until terminal_shows '# recover-nil-map-result' &&
    press q && wait_until terminal_hides '# recover-nil-map-result'
}

quits_without_leaving_a_process() {
  server_runs && press :quit Enter && wait_until terminal_is_closed && wait_until no_server_runs
}

dies_without_leaving_a_process() {
  open_terminal "${neovim[@]}" && wait_until terminal_shows 'the caller gets a nil map and panics' && server_runs &&
    kill -KILL "$(ps -o ppid= -p "$(server_processes)")" && wait_until no_server_runs
}

copy_module
export PLUGIN=$editors/neovim
open_terminal "${neovim[@]}"
check 'terminal: findings appear while typing' shows_findings_while_typing
check 'terminal: the menu fixes, the file is saved byte for byte' fixes_from_the_menu
check 'terminal: a page opens and closes' shows_the_page
check 'terminal: quitting leaves no process' quits_without_leaving_a_process
check 'terminal: a killed Neovim leaves no process' dies_without_leaving_a_process
