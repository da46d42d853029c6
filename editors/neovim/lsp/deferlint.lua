-- The configuration that `vim.lsp.enable('deferlint')` starts the server with. Change it with `vim.lsp.config()`.

---@type vim.lsp.Config
return {
  cmd = { 'deferlint', 'lsp' },
  filetypes = { 'go' },
  root_markers = { 'go.work', 'go.mod', '.git' },
}
