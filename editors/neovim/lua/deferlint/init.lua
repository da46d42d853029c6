--- The commands of deferlint, as functions.

local M = {}

-- How long fixing a file may take before the editor goes on without it, in milliseconds.
local FIX_ALL_TIMEOUT = 3000

---@param message string
---@param level? integer
local function notify(message, level)
  vim.notify('deferlint: ' .. message, level or vim.log.levels.INFO)
end

---@param buffer integer
---@return vim.lsp.Client?
local function client_of(buffer)
  return vim.lsp.get_clients({ bufnr = buffer, name = 'deferlint' })[1]
end

-- Neovim 0.11 made the functions of a client methods.
---@param client vim.lsp.Client
---@param params table
---@param timeout integer milliseconds
---@param buffer integer
local function request_code_actions(client, params, timeout, buffer)
  if vim.fn.has('nvim-0.11') == 1 then
    return client:request_sync('textDocument/codeAction', params, timeout, buffer)
  end
  return client.request_sync('textDocument/codeAction', params, timeout, buffer)
end

--- Applies every fix after which the program behaves the same. It waits for the server, so that it can be called before
--- a file is written.
---@param options? { bufnr?: integer, timeout?: integer } the buffer, the current one by default; milliseconds to wait
---@return boolean fixed whether the buffer was changed
---@return string? problem why the server wasn't asked or didn't answer
function M.fix_all(options)
  options = options or {}
  local buffer = options.bufnr or 0
  if buffer == 0 then
    buffer = vim.api.nvim_get_current_buf()
  end
  local client = client_of(buffer)
  if not client then
    return false, 'the server is not attached to this buffer; see :checkhealth deferlint'
  end
  local start = { line = 0, character = 0 }
  local params = {
    textDocument = { uri = vim.uri_from_bufnr(buffer) },
    range = { start = start, ['end'] = start },
    context = { diagnostics = {}, only = { 'source.fixAll.deferlint' } },
  }
  local answer, problem = request_code_actions(client, params, options.timeout or FIX_ALL_TIMEOUT, buffer)
  if not answer or answer.err then
    return false, answer and answer.err.message or ('no answer: %s'):format(problem)
  end
  local action = (answer.result or {})[1]
  if not action then
    return false
  end
  vim.lsp.util.apply_workspace_edit(action.edit, client.offset_encoding)
  return true
end

-- The program that runs as the server, so that pages come from the same version.
---@return string
local function program()
  local client = vim.lsp.get_clients({ name = 'deferlint' })[1]
  local command = client and client.config.cmd
  return type(command) == 'table' and command[1] or 'deferlint'
end

---@param arguments string[]
---@return string? output
local function run(arguments)
  local ok, result = pcall(function()
    return vim.system({ program(), unpack(arguments) }, { text = true }):wait()
  end)
  if not ok then
    notify(tostring(result), vim.log.levels.ERROR)
  elseif result.code ~= 0 then
    vim.notify(vim.trim(result.stderr), vim.log.levels.ERROR)
  else
    return result.stdout
  end
end

-- The rules of the findings at the cursor, or of those in its line when there are none at the cursor.
---@return string[]
local function rules_at_cursor()
  local row, column = unpack(vim.api.nvim_win_get_cursor(0))
  row = row - 1
  local at_cursor, in_line = {}, {}
  for _, diagnostic in ipairs(vim.diagnostic.get(0)) do
    local last = diagnostic.end_lnum or diagnostic.lnum
    if diagnostic.source == 'deferlint' and diagnostic.lnum <= row and row <= last then
      in_line[diagnostic.code] = true
      local starts = diagnostic.lnum < row or diagnostic.col <= column
      local ends = row < last or column < diagnostic.end_col
      if starts and ends then
        at_cursor[diagnostic.code] = true
      end
    end
  end
  local rules = vim.tbl_keys(next(at_cursor) and at_cursor or in_line)
  table.sort(rules)
  return rules
end

---@param rule string
local function show_page(rule)
  local page = run({ 'explain', rule })
  if not page then
    return
  end
  local name = 'deferlint://' .. rule
  local buffer = vim.fn.bufadd(name)
  vim.fn.bufload(buffer)
  vim.bo[buffer].modifiable = true
  vim.api.nvim_buf_set_lines(buffer, 0, -1, true, vim.split(vim.trim(page), '\n'))
  vim.bo[buffer].modifiable = false
  vim.bo[buffer].modified = false
  vim.bo[buffer].buftype = 'nofile'
  vim.bo[buffer].swapfile = false
  vim.bo[buffer].filetype = 'markdown'
  vim.keymap.set('n', 'q', '<Cmd>close<CR>', { buffer = buffer, desc = 'Close the page' })
  vim.cmd.sbuffer(buffer)
end

--- Shows a rule's page in a split.
---@param rule? string the rule; by default that of the finding at the cursor
function M.explain(rule)
  if rule and rule ~= '' then
    show_page(rule)
    return
  end
  local rules = rules_at_cursor()
  if #rules == 0 then
    notify('no finding in this line')
  elseif #rules == 1 then
    show_page(rules[1])
  else
    vim.ui.select(rules, { prompt = 'Explain which rule?' }, function(choice)
      if choice then
        show_page(choice)
      end
    end)
  end
end

---@param typed string what has been typed of the argument
---@return string[]
local function complete_rule(typed)
  local rules = {}
  for line in vim.gsplit(run({ 'rules' }) or '', '\n', { trimempty = true }) do
    local rule = line:match('^%S+')
    if vim.startswith(rule, typed) then
      table.insert(rules, rule)
    end
  end
  return rules
end

--- Defines the commands of a buffer.
---@param buffer integer
function M.define_commands(buffer)
  vim.api.nvim_buf_create_user_command(buffer, 'LspDeferlintFixAll', function()
    local fixed, problem = M.fix_all({ bufnr = buffer })
    if problem then
      notify(problem, vim.log.levels.ERROR)
    elseif not fixed then
      notify('nothing to fix')
    end
  end, { desc = 'Apply all safe fixes of deferlint' })
  vim.api.nvim_buf_create_user_command(buffer, 'LspDeferlintExplain', function(command)
    M.explain(command.args)
  end, { desc = "Show the page of a finding's rule", nargs = '?', complete = complete_rule })
end

--- Removes the commands of a buffer.
---@param buffer integer
function M.remove_commands(buffer)
  pcall(vim.api.nvim_buf_del_user_command, buffer, 'LspDeferlintFixAll')
  pcall(vim.api.nvim_buf_del_user_command, buffer, 'LspDeferlintExplain')
end

return M
