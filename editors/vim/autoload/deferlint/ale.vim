" Description: The fixer of deferlint for ALE: every fix after which the program behaves the same

call ale#Set('go_deferlint_executable', 'deferlint')
call ale#Set('go_deferlint_fix_options', '')

function! deferlint#ale#Fix(buffer) abort
    let l:options = ale#Var(a:buffer, 'go_deferlint_fix_options')

    return {
    \   'command': ale#Escape(ale#Var(a:buffer, 'go_deferlint_executable'))
    \       . ' check --fix --exit-zero' . ale#Pad(l:options) . ' --stdin-filename %s',
    \}
endfunction
