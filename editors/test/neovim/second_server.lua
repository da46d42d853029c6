-- A server within Neovim that attaches beside deferlint. It counts columns in UTF-16, finds the name `Save` and offers a
-- code action everywhere.

local answers = {}

function answers.initialize()
  return {
    capabilities = { positionEncoding = 'utf-16', codeActionProvider = true, textDocumentSync = 2, diagnosticProvider = {} },
    serverInfo = { name = 'second' },
  }
end

answers['textDocument/diagnostic'] = function()
  local range = { start = { line = 0, character = 3 }, ['end'] = { line = 0, character = 10 } }
  return { kind = 'full', items = { { range = range, source = 'second', code = 'second', message = 'a second opinion' } } }
end

answers['textDocument/codeAction'] = function()
  return { { title = 'Do something else', kind = 'quickfix' } }
end

---@type vim.lsp.Config
return {
  filetypes = { 'go' },
  root_markers = { 'go.mod' },
  cmd = function(dispatchers)
    local closing = false
    local server = {}
    function server.request(method, params, callback)
      local answer = answers[method]
      callback(nil, answer and answer(params) or vim.NIL)
      return true, 1
    end
    function server.notify(method)
      if method == 'exit' then
        closing = true
        dispatchers.on_exit(0, 15)
      end
      return true
    end
    function server.is_closing()
      return closing
    end
    function server.terminate()
      closing = true
    end
    return server
  end,
}
