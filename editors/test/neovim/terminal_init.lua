-- What a user's init.lua holds, for the test in a terminal.
vim.opt.runtimepath:prepend(vim.env.PLUGIN)
vim.lsp.config('deferlint', { cmd = { vim.env.DEFERLINT, 'lsp' } })
vim.lsp.enable('deferlint')
vim.diagnostic.config({ virtual_text = true })
vim.opt.number = true
vim.opt.swapfile = false
