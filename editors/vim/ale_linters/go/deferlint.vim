" Description: deferlint, a language server for defer, recover and returned maps in Go

call ale#Set('go_deferlint_executable', 'deferlint')
call ale#Set('go_deferlint_settings', {})

function! ale_linters#go#deferlint#ProjectRoot(buffer) abort
    for l:marker in ['go.work', 'go.mod']
        let l:file = ale#path#FindNearestFile(a:buffer, l:marker)

        if !empty(l:file)
            return fnamemodify(l:file, ':h')
        endif
    endfor

    return expand('#' . a:buffer . ':p:h')
endfunction

call ale#linter#Define('go', {
\   'name': 'deferlint',
\   'lsp': 'stdio',
\   'executable': {b -> ale#Var(b, 'go_deferlint_executable')},
\   'command': '%e lsp',
\   'project_root': function('ale_linters#go#deferlint#ProjectRoot'),
\   'initialization_options': {b -> ale#Var(b, 'go_deferlint_settings')},
\})
