-- nvim --headless --clean -l trouble.lua: settings that mean nothing, and odd buffers.

local here = vim.fs.dirname(vim.fs.abspath(debug.getinfo(1, 'S').source:sub(2)))
package.path = here .. '/?.lua;' .. package.path
local harness = require('harness')
local test, equal, wait_for = harness.test, harness.equal, harness.wait_for

local EXTRACT = 'Extract the map into a local variable before return'
local COUNT = { 'recover-nil-map-result', 'map-returned-directly' }

vim.opt.runtimepath:prepend(harness.plugin)
vim.cmd.runtime('plugin/deferlint.lua')
vim.cmd('filetype on')
local module = harness.copy_module()
vim.lsp.config('deferlint', { cmd = { harness.program, 'lsp' } })
vim.lsp.enable('deferlint')
vim.cmd.edit(module .. '/count.go')
local count = vim.api.nvim_get_current_buf()
local client = harness.wait_for_client(count, 'deferlint')
harness.wait_for_findings(count, COUNT)
local original = harness.text(count)

-- How often the messages that the user has seen contain a text.
---@param text string
---@return integer
local function times_shown(text)
  return select(2, vim.fn.execute('messages'):gsub(vim.pesc(text), ''))
end

---@param settings table
local function set(settings)
  client.settings = { deferlint = settings }
  client:notify('workspace/didChangeConfiguration', { settings = client.settings })
end

test('wrong settings are shown once, and the others count', function()
  set({ rules = { ['no-such-rule'] = 'error', ['map-returned-directly'] = 'off' }, select = 'maps' })
  wait_for('the message', function()
    return times_shown('unknown rule or category `no-such-rule`') == 1
  end)
  harness.wait_for_findings(count, { 'recover-nil-map-result' })
  assert(times_shown('deferlint.select is "maps": expected a list of rules and categories') == 1)
  set({ rules = { ['no-such-rule'] = 'error', ['map-returned-directly'] = 'off' } })
  harness.wait_for_findings(count, { 'recover-nil-map-result' })
  set({})
  harness.wait_for_findings(count, COUNT)
  equal(times_shown("deferlint doesn't understand its settings"), 1)
end)

test('a buffer that may not be modified stays as it is', function()
  vim.bo.modifiable = false
  vim.api.nvim_win_set_cursor(0, { 14, 2 })
  vim.lsp.buf.code_action({
    apply = true,
    filter = function(action)
      return action.title == EXTRACT
    end,
  })
  wait_for('the refusal', function()
    return times_shown("Buffer is not 'modifiable'") == 1
  end)
  equal(harness.text(count), original)
  vim.bo.modifiable = true
  harness.apply_action(14, 2, EXTRACT)
  equal(harness.text(count), harness.expected('count.go'))
  vim.cmd('silent undo')
  harness.wait_for_findings(count, COUNT)
end)

test('a read-only file is fixed in its buffer, and not on disk', function()
  vim.bo.readonly = true
  harness.apply_action(14, 2, EXTRACT)
  equal(harness.text(count), harness.expected('count.go'))
  local written, problem = pcall(vim.cmd.write)
  assert(not written and problem:find('E45', 1, true), problem)
  equal(harness.read(module .. '/count.go'), original)
  vim.cmd('silent undo')
  vim.bo.readonly = false
end)

test('50,000 lines pasted at once are checked', function()
  local lines = {}
  for number = 1, 12500 do
    vim.list_extend(lines, { '', ('func f%d() {'):format(number), ('\tprintln(%d)'):format(number), '}' })
  end
  vim.list_extend(lines, { '', 'func try() { defer recover() }' })
  vim.api.nvim_buf_set_lines(count, -1, -1, true, lines)
  harness.wait_for_findings(count, vim.list_extend(vim.list_extend({}, COUNT), { 'recover-evaluated-early' }))
  vim.cmd('silent undo')
  harness.wait_for_findings(count, COUNT)
end)

test('a file without a module has its findings', function()
  local directory = vim.fs.dirname(module) .. '/loose'
  vim.fn.mkdir(directory)
  assert(vim.uv.fs_copyfile(module .. '/count.go', directory .. '/count.go'))
  vim.cmd.edit(directory .. '/count.go')
  harness.wait_for_findings(0, COUNT)
end)

harness.finish()
