--- `:checkhealth deferlint`.

local M = {}

local health = vim.health

---@return vim.lsp.Config?
local function configuration()
  return vim.fn.has('nvim-0.11') == 1 and vim.lsp.config['deferlint'] or nil
end

local function check_editor()
  health.start('deferlint: Neovim')
  local version = tostring(vim.version())
  if vim.fn.has('nvim-0.11') == 0 then
    health.warn(version .. ' has no vim.lsp.enable()', 'See :help deferlint-0.10')
  elseif not configuration() then
    health.error("vim.lsp.config['deferlint'] is missing", 'Add editors/neovim to the runtimepath')
  elseif not vim.lsp.is_enabled('deferlint') then
    health.warn('the server is not enabled', "Call vim.lsp.enable('deferlint')")
  else
    health.ok(version .. ', the server is enabled')
  end
end

-- What `deferlint --version` prints behind the name, or why it prints nothing.
---@param program string
---@return string? version
---@return string? problem
local function version_of(program)
  local ok, result = pcall(function()
    return vim.system({ program, '--version' }, { text = true, timeout = 5000 }):wait()
  end)
  if not ok then
    return nil, tostring(result)
  end
  local version = result.stdout:match('^deferlint (%S+)')
  if result.code ~= 0 or not version then
    return nil, ('it exits with %d and prints %q'):format(result.code, vim.trim(result.stdout .. result.stderr))
  end
  return version
end

local function check_program()
  health.start('deferlint: program')
  local command = (configuration() or {}).cmd or { 'deferlint', 'lsp' }
  if type(command) == 'function' then
    health.info('the configuration starts the server with a function of its own')
    return
  end
  local program = command[1]
  local path = vim.fn.exepath(program)
  if path == '' then
    health.error(('%s is not executable'):format(program), {
      'Put deferlint on the PATH that Neovim sees',
      "Or name it: vim.lsp.config('deferlint', { cmd = { '/path/to/deferlint', 'lsp' } })",
    })
    return
  end
  local version, problem = version_of(path)
  if not version then
    health.error(('%s is not deferlint: %s'):format(path, problem))
    return
  end
  health.ok(('%s, version %s'):format(path, version))
  for _, client in ipairs(vim.lsp.get_clients({ name = 'deferlint' })) do
    local running = vim.tbl_get(client, 'server_info', 'version')
    if running and running ~= version then
      health.warn(
        ('client %d runs version %s'):format(client.id, running),
        'Restart it: disable and enable it with vim.lsp.enable(), or restart Neovim'
      )
    end
  end
end

---@return integer[]
local function go_buffers()
  return vim.tbl_filter(function(buffer)
    return vim.api.nvim_buf_is_loaded(buffer) and vim.bo[buffer].filetype == 'go'
  end, vim.api.nvim_list_bufs())
end

---@param buffer integer
local function check_root(buffer)
  local name = vim.fn.fnamemodify(vim.api.nvim_buf_get_name(buffer), ':~:.')
  local client = vim.lsp.get_clients({ bufnr = buffer, name = 'deferlint' })[1]
  if not client then
    health.warn(name .. ': the server is not attached', 'See :checkhealth vim.lsp and :LspLog')
    return
  end
  if client.root_dir then
    health.ok(('%s: root %s'):format(name, vim.fn.fnamemodify(client.root_dir, ':~')))
  else
    health.ok(name .. ': checked by itself, without a root')
  end
  if not vim.fs.root(buffer, { 'go.work', 'go.mod' }) then
    health.info(name .. ': no go.mod above it, so that only the standard library can be imported')
  end
end

local function check_roots()
  health.start('deferlint: roots')
  local buffers = go_buffers()
  if #buffers == 0 then
    health.info('no Go file is open')
  end
  vim.iter(buffers):each(check_root)
end

-- The namespaces that hold findings of deferlint: with more than one, each finding is shown more than once.
---@param buffer integer
---@return string[]
local function namespaces(buffer)
  local found = {}
  for _, diagnostic in ipairs(vim.diagnostic.get(buffer)) do
    if diagnostic.source == 'deferlint' then
      found[vim.diagnostic.get_namespace(diagnostic.namespace).name] = true
    end
  end
  return vim.tbl_keys(found)
end

-- The other plugins that run `deferlint check` on Go files.
---@return string[]
local function other_runners()
  local runners = {}
  local lint = package.loaded['lint']
  if lint and vim.list_contains(vim.tbl_get(lint, 'linters_by_ft', 'go') or {}, 'deferlint') then
    table.insert(runners, 'nvim-lint')
  end
  local ale = (vim.g.ale_linters or {}).go or {}
  if vim.list_contains(ale, 'deferlint') then
    table.insert(runners, 'ALE')
  end
  return runners
end

---@param buffer integer
---@return boolean clean
local function check_buffer_conflicts(buffer)
  local clean = true
  local name = vim.fn.fnamemodify(vim.api.nvim_buf_get_name(buffer), ':~:.')
  local clients = vim.lsp.get_clients({ bufnr = buffer })
  local servers, encodings = 0, {}
  for _, client in ipairs(clients) do
    encodings[client.offset_encoding] = true
    if vim.tbl_get(client, 'server_info', 'name') == 'deferlint' then
      servers = servers + 1
    end
  end
  if servers > 1 then
    clean = false
    health.error(('%s: %d deferlint servers are attached'):format(name, servers), 'Enable it in one place only')
  end
  local twice = namespaces(buffer)
  if #twice > 1 then
    clean = false
    health.error(('%s: findings come from %s'):format(name, table.concat(twice, ' and ')), 'Keep one of them')
  end
  if vim.tbl_count(encodings) > 1 then
    health.info(
      ('%s: its servers count columns differently (%s); Neovim 0.11 keeps them apart'):format(
        name,
        table.concat(vim.tbl_keys(encodings), ', ')
      )
    )
  end
  return clean
end

local function check_conflicts()
  health.start('deferlint: conflicts')
  local clean = true
  for _, runner in ipairs(other_runners()) do
    clean = false
    health.warn(runner .. ' runs deferlint too', 'Remove it there: every finding is shown twice')
  end
  for _, buffer in ipairs(go_buffers()) do
    clean = check_buffer_conflicts(buffer) and clean
  end
  if clean then
    health.ok('none')
  end
end

--- Reports on the editor, the program, the roots of the open files, and what gets in each other's way.
function M.check()
  check_editor()
  check_program()
  check_roots()
  check_conflicts()
end

return M
