-- What the tests in Neovim share: counting, waiting for events, and a Go module in a directory of its own.

local M = {}

local here = vim.fs.dirname(vim.fs.abspath(debug.getinfo(1, 'S').source:sub(2)))
local tests = vim.fs.dirname(here)

--- The plugin's directory.
M.plugin = vim.fs.joinpath(vim.fs.dirname(tests), 'neovim')

--- The server under test.
M.program = assert(vim.env.DEFERLINT, 'DEFERLINT names no program')

local passed, failed = 0, 0

--- Prints a line of its own, whatever Neovim prints beside it.
---@param line string
function M.say(line)
  io.stdout:write(line, '\n')
  io.stdout:flush()
end

--- Runs a test and prints whether it passed.
---@param name string
---@param run fun()
function M.test(name, run)
  local ok, problem = xpcall(run, debug.traceback)
  if ok then
    passed = passed + 1
    M.say('ok   ' .. name)
  else
    failed = failed + 1
    M.say('FAIL ' .. name .. '\n' .. problem)
  end
end

--- Lets Neovim work until a condition holds.
---@param what string what is waited for
---@param holds fun(): any
---@return any value what the condition yields when it holds
function M.wait_for(what, holds)
  local value
  local done = vim.wait(20000, function()
    value = holds()
    return value
  end, 10)
  assert(done, 'waited in vain for ' .. what)
  return value
end

--- Fails unless both are the same.
---@param actual any
---@param expected any
function M.equal(actual, expected)
  if not vim.deep_equal(actual, expected) then
    error(('expected %s\ngot %s'):format(vim.inspect(expected), vim.inspect(actual)), 2)
  end
end

---@param path string
---@return string
function M.read(path)
  local file = assert(io.open(path, 'rb'))
  local text = file:read('a')
  file:close()
  return text
end

--- What a file of the module should be after its fix, byte for byte.
---@param name string
---@return string
function M.expected(name)
  return M.read(vim.fs.joinpath(tests, 'expected', name))
end

--- Copies the Go module of the tests.
---@return string directory
function M.copy_module()
  local directory = assert(vim.uv.fs_realpath(vim.fs.dirname(vim.fn.tempname()))) .. '/module'
  vim.fn.mkdir(directory, 'p')
  for name in vim.fs.dir(vim.fs.joinpath(tests, 'module')) do
    assert(vim.uv.fs_copyfile(vim.fs.joinpath(tests, 'module', name), vim.fs.joinpath(directory, name)))
  end
  return directory
end

--- The text of a buffer as it would be written.
---@param buffer integer
---@return string
function M.text(buffer)
  return table.concat(vim.api.nvim_buf_get_lines(buffer, 0, -1, true), '\n') .. '\n'
end

--- The findings of deferlint in a buffer, in order.
---@param buffer integer
---@return vim.Diagnostic[]
function M.findings(buffer)
  local found = vim.tbl_filter(function(diagnostic)
    return diagnostic.source == 'deferlint'
  end, vim.diagnostic.get(buffer))
  table.sort(found, function(a, b)
    return a.lnum < b.lnum or a.lnum == b.lnum and (a.col < b.col or a.col == b.col and a.code < b.code)
  end)
  return found
end

--- Waits until a buffer has these findings, and no others.
---@param buffer integer
---@param codes string[] the rules, in the order of their places
---@return vim.Diagnostic[]
function M.wait_for_findings(buffer, codes)
  local found
  local ok, problem = pcall(M.wait_for, 'findings ' .. table.concat(codes, ', '), function()
    found = M.findings(buffer)
    return vim.deep_equal(vim.iter(found):map(function(finding) return finding.code end):totable(), codes)
  end)
  assert(ok, ('%s\nthere are %s'):format(problem, vim.inspect(found)))
  return found
end

--- Waits until a server is attached and ready.
---@param buffer integer
---@param name string
---@return vim.lsp.Client
function M.wait_for_client(buffer, name)
  return M.wait_for('client ' .. name, function()
    local client = vim.lsp.get_clients({ bufnr = buffer, name = name })[1]
    return client and client.initialized and client
  end)
end

--- Applies the code action of this title, which is waited for.
---@param line integer from 1
---@param column integer from 0, in bytes
---@param title string
function M.apply_action(line, column, title)
  vim.api.nvim_win_set_cursor(0, { line, column })
  local before = vim.b.changedtick
  vim.lsp.buf.code_action({
    apply = true,
    filter = function(action)
      return action.title == title
    end,
  })
  M.wait_for('the edit of ' .. title, function()
    return vim.b.changedtick ~= before
  end)
end

--- The processes of the server that this Neovim has started.
---@return integer[]
function M.server_processes()
  return vim.tbl_filter(function(process)
    local information = vim.api.nvim_get_proc(process)
    return information ~= nil and information.name == vim.fs.basename(M.program)
  end, vim.api.nvim_get_proc_children(vim.fn.getpid()))
end

--- Prints the sum and ends Neovim, with a non-zero exit code when a test failed.
function M.finish()
  M.say(('%d passed, %d failed'):format(passed, failed))
  vim.cmd(failed == 0 and 'qall!' or 'cquit 1')
end

return M
