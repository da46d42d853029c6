-- Gives every buffer that the server attaches to its commands.

if vim.g.loaded_deferlint then
  return
end
vim.g.loaded_deferlint = true

local group = vim.api.nvim_create_augroup('deferlint', {})

vim.api.nvim_create_autocmd('LspAttach', {
  group = group,
  desc = 'Define the commands of deferlint',
  callback = function(event)
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    if client and client.name == 'deferlint' then
      require('deferlint').define_commands(event.buf)
    end
  end,
})

vim.api.nvim_create_autocmd('LspDetach', {
  group = group,
  desc = 'Remove the commands and findings of deferlint',
  callback = function(event)
    local client = vim.lsp.get_client_by_id(event.data.client_id)
    if client and client.name == 'deferlint' then
      require('deferlint').remove_commands(event.buf)
      -- Neovim 0.11 forgets those that it asked for when another such server stays (push diagnostics it does remove).
      vim.diagnostic.reset(vim.lsp.diagnostic.get_namespace(client.id, true), event.buf)
    end
  end,
})

-- A plugin manager may load this after the server has started.
for _, client in ipairs(vim.lsp.get_clients({ name = 'deferlint' })) do
  for buffer in pairs(client.attached_buffers) do
    require('deferlint').define_commands(buffer)
  end
end
