" Registers deferlint with vim-lsp, beside gopls or any other server.

augroup deferlint
    autocmd!
    autocmd User lsp_setup call lsp#register_server({
        \ 'name': 'deferlint',
        \ 'cmd': {server_info -> [get(g:, 'deferlint_executable', 'deferlint'), 'lsp']},
        \ 'allowlist': ['go'],
        \ 'root_uri': {server_info -> lsp#utils#path_to_uri(
        \     lsp#utils#find_nearest_parent_file_directory(lsp#utils#get_buffer_path(), ['go.work', 'go.mod', '.git/']))},
        \ 'initialization_options': get(g:, 'deferlint_settings', {}),
        \ })
augroup END
