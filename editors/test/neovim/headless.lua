-- nvim --headless --clean -l headless.lua

local here = vim.fs.dirname(vim.fs.abspath(debug.getinfo(1, 'S').source:sub(2)))
package.path = here .. '/?.lua;' .. package.path
local harness = require('harness')
local test, equal, wait_for = harness.test, harness.equal, harness.wait_for

local JOIN_ERRORS = 'Join the error of this call to err'
local NAME_ERR = 'Name the result err, so that the deferred assignment reaches the caller'

vim.opt.runtimepath:prepend(harness.plugin)
vim.cmd.runtime('plugin/deferlint.lua')
vim.cmd('filetype on')
local messages = {}
vim.notify = function(message)
  table.insert(messages, message)
end

local module = harness.copy_module()
vim.lsp.config('deferlint', { cmd = { harness.program, 'lsp' } })
vim.lsp.config('second', require('second_server'))
vim.lsp.enable({ 'deferlint', 'second' })

vim.cmd.edit(module .. '/shelf.go')
local shelf = vim.api.nvim_get_current_buf()
local client

test('attaches beside a second server', function()
  client = harness.wait_for_client(shelf, 'deferlint')
  harness.wait_for_client(shelf, 'second')
  equal(client.root_dir, module)
  equal(client.server_info.name, 'deferlint')
  equal(#harness.server_processes(), 1)
end)

test('shows the finding once, beside those of the other server', function()
  local finding = harness.wait_for_findings(shelf, { 'deferred-assignment-lost' })[1]
  equal({ finding.lnum, finding.col, finding.end_lnum, finding.end_col }, { 12, 2, 12, 20 })
  equal(finding.severity, vim.diagnostic.severity.ERROR)
  assert(finding.message:find('never reaches the caller', 1, true), finding.message)
  wait_for('both', function()
    return #vim.diagnostic.get(shelf) == 2
  end)
end)

test('offers its fixes beside those of the other server', function()
  vim.api.nvim_win_set_cursor(0, { 13, 4 })
  local titles
  local select = vim.ui.select
  vim.ui.select = function(items, options)
    titles = vim.iter(items):map(options.format_item):totable()
  end
  vim.lsp.buf.code_action()
  wait_for('the menu', function()
    return titles
  end)
  vim.ui.select = select
  local menu = table.concat(titles, '\n')
  assert(menu:find(NAME_ERR, 1, true), menu)
  assert(menu:find('Do something else', 1, true), menu)
end)

test('undo brings the finding back', function()
  harness.apply_action(13, 4, NAME_ERR)
  harness.wait_for_findings(shelf, { 'deferred-overwrites-error' })
  vim.cmd('silent undo')
  harness.wait_for_findings(shelf, { 'deferred-assignment-lost' })
end)

test('one fix after the other is saved byte for byte', function()
  harness.apply_action(13, 4, NAME_ERR)
  harness.wait_for_findings(shelf, { 'deferred-overwrites-error' })
  harness.apply_action(13, 4, JOIN_ERRORS)
  harness.wait_for_findings(shelf, {})
  vim.cmd('silent write')
  equal(harness.read(module .. '/shelf.go'), harness.expected('shelf.go'))
  vim.cmd('silent undo 0 | silent write')
  harness.wait_for_findings(shelf, { 'deferred-assignment-lost' })
end)

local function check_columns()
  vim.api.nvim_buf_set_lines(shelf, 12, 13, true, { '\t\t/* é𝄞𝄞 */ err = file.Close() // 𝄞' })
  local before = #'\t\t/* é𝄞𝄞 */ '
  wait_for('the columns behind the clefs', function()
    local finding = harness.findings(shelf)[1]
    return finding and finding.col == before and finding.end_col == before + #'err = file.Close()'
  end)
  harness.apply_action(13, before + 1, NAME_ERR)
  harness.wait_for_findings(shelf, { 'deferred-overwrites-error' })
  local text = harness.text(shelf)
  assert(text:find('\n\t\t/* é𝄞𝄞 */ err = file.Close() // 𝄞\n', 1, true), text)
  assert(text:find('(err error) {', 1, true), text)
  vim.cmd('silent undo 0')
  harness.wait_for_findings(shelf, { 'deferred-assignment-lost' })
end

-- What the command line finds in a text: the same as the server must show.
local function checked(text)
  local command = { harness.program, 'check', '--output-format=json', '--severity=hint', '--exit-zero' }
  table.insert(command, '--stdin-filename=' .. module .. '/shelf.go')
  local result = vim.system(command, { stdin = text, text = true, cwd = module }):wait()
  equal(result.code, 0)
  local found = vim.json.decode(result.stdout).diagnostics
  return vim.iter(found):map(function(finding)
    local start, stop = finding.range.start, finding.range['end']
    return { finding.rule, start.line - 1, start.column - 1, stop.line - 1, stop.column - 1 }
  end):totable()
end

local function shown()
  return vim.iter(harness.findings(shelf)):map(function(finding)
    return { finding.code, finding.lnum, finding.col, finding.end_lnum, finding.end_col }
  end):totable()
end

local pieces = { '𝄞', 'é', '\n', 'defer recover()\n', '// x\n𝄞', '}', '{', 'return nil\n', '"', '/*' }

-- Inserts a piece of text anywhere and takes it out again: two edits.
local function insert_and_delete()
  local row = math.random(0, vim.api.nvim_buf_line_count(shelf) - 1)
  local line = vim.api.nvim_buf_get_lines(shelf, row, row + 1, true)[1]
  local column = vim.fn.byteidx(line, math.random(0, vim.fn.strchars(line)))
  local piece = vim.split(pieces[math.random(#pieces)], '\n')
  vim.api.nvim_buf_set_text(shelf, row, column, row, column, piece)
  local last = #piece == 1 and column + #piece[1] or #piece[#piece]
  vim.api.nvim_buf_set_text(shelf, row, column, row + #piece - 1, last, { '' })
end

local function check_500_edits()
  math.randomseed(500)
  for step = 1, 166 do
    insert_and_delete()
    local place = step % 2 == 0 and -1 or 0
    vim.api.nvim_buf_set_lines(shelf, place, place, true, { '// 𝄞 ' .. step })
  end
  vim.api.nvim_buf_set_lines(shelf, 0, 0, true, { '// Above.' })
  local counting = vim.split(harness.expected('count.go'), '\n')
  vim.api.nvim_buf_set_lines(shelf, -1, -1, true, vim.list_slice(counting, 2))
  local expected = checked(harness.text(shelf))
  equal(#expected, 2)
  wait_for('what the command line finds', function()
    return vim.deep_equal(shown(), expected)
  end)
  vim.cmd('silent undo 0')
  harness.wait_for_findings(shelf, { 'deferred-assignment-lost' })
end

test('columns behind 𝄞 are right in UTF-8', function()
  equal(client.offset_encoding, 'utf-8')
  check_columns()
end)

test('500 edits in one message stay in step', check_500_edits)

test('columns behind 𝄞 are right in UTF-16', function()
  vim.lsp.enable('deferlint', false)
  wait_for('the server to end', function()
    return #harness.server_processes() == 0 and #vim.lsp.get_clients({ name = 'deferlint' }) == 0
  end)
  local capabilities = vim.lsp.protocol.make_client_capabilities()
  capabilities.general.positionEncodings = { 'utf-16' }
  vim.lsp.config('deferlint', { capabilities = capabilities, flags = { debounce_text_changes = 0 } })
  vim.lsp.enable('deferlint')
  vim.cmd('doautoall nvim.lsp.enable FileType')
  client = harness.wait_for_client(shelf, 'deferlint')
  equal(client.offset_encoding, 'utf-16')
  harness.wait_for_findings(shelf, { 'deferred-assignment-lost' })
  check_columns()
end)

test('500 edits in a message each stay in step', check_500_edits)

test('LspDeferlintFixAll makes the safe fixes only', function()
  vim.cmd.edit(module .. '/count.go')
  local count = vim.api.nvim_get_current_buf()
  harness.wait_for_findings(count, { 'recover-nil-map-result', 'map-returned-directly' })
  vim.cmd.LspDeferlintFixAll()
  equal(harness.text(count), harness.expected('count.go'))
  harness.wait_for_findings(count, { 'recover-nil-map-result' })
  messages = {}
  vim.cmd.LspDeferlintFixAll()
  equal(messages, { 'deferlint: nothing to fix' })
  vim.cmd('silent undo')
  harness.wait_for_findings(count, { 'recover-nil-map-result', 'map-returned-directly' })
end)

test('LspDeferlintExplain shows the page of the finding', function()
  vim.api.nvim_win_set_cursor(0, { 14, 3 })
  vim.cmd.LspDeferlintExplain()
  equal(vim.api.nvim_buf_get_name(0), 'deferlint://map-returned-directly')
  equal(vim.api.nvim_buf_get_lines(0, 0, 1, true), { '# map-returned-directly' })
  equal(vim.bo.filetype, 'markdown')
  vim.cmd.normal('q')
  equal(vim.api.nvim_buf_get_name(0), module .. '/count.go')
end)

test('LspDeferlintExplain completes rules, and says which are unknown', function()
  equal(vim.fn.getcompletion('LspDeferlintExplain defer-lock', 'cmdline'), { 'defer-lock', 'defer-lock-in-loop' })
  messages = {}
  vim.cmd.LspDeferlintExplain('no-such-rule')
  equal(#messages, 1)
  assert(messages[1]:find('unknown rule `no-such-rule`', 1, true), messages[1])
end)

local function health()
  vim.cmd('silent checkhealth deferlint')
  local report = table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, true), '\n')
  vim.cmd('bwipeout!')
  return report
end

test('checkhealth names the program, its version and the root', function()
  local version = vim.trim(vim.system({ harness.program, '--version' }, { text = true }):wait().stdout)
  local report = health()
  assert(report:find(harness.program .. ', version ' .. version:match('%S+$'), 1, true), report)
  assert(report:find('shelf.go: root ' .. vim.fn.fnamemodify(module, ':~'), 1, true), report)
  assert(report:find('count columns differently', 1, true) == nil, report)
  assert(report:find('OK none', 1, true), report)
  assert(not report:find('ERROR', 1, true) and not report:find('WARNING', 1, true), report)
end)

test('checkhealth tells of a second deferlint and of a missing program', function()
  vim.cmd.buffer(shelf)
  local extra = assert(vim.lsp.start({ name = 'extra', cmd = { harness.program, 'lsp' } }, { bufnr = shelf }))
  harness.wait_for_client(shelf, 'extra')
  wait_for('the findings of both', function()
    return #harness.findings(shelf) == 2
  end)
  vim.lsp.config('deferlint', { cmd = { 'no-such-program', 'lsp' } })
  local report = health()
  assert(report:find('2 deferlint servers are attached', 1, true), report)
  assert(report:find('findings come from', 1, true), report)
  assert(report:find('no-such-program is not executable', 1, true), report)
  vim.lsp.stop_client(extra)
  wait_for('the second server to end', function()
    return #harness.server_processes() == 1
  end)
  vim.diagnostic.reset(vim.lsp.diagnostic.get_namespace(extra, true))
end)

test('every tag of the manual is found', function()
  vim.cmd.helptags(vim.fs.joinpath(harness.plugin, 'doc'))
  for _, tag in ipairs({ 'deferlint', ':LspDeferlintFixAll', 'deferlint-0.10', 'deferlint.fix_all()' }) do
    vim.cmd.help(tag)
    equal(vim.fs.basename(vim.api.nvim_buf_get_name(0)), 'deferlint.txt')
  end
  vim.cmd('helpclose')
end)

test('shutdown leaves no process and no command', function()
  equal(#harness.server_processes(), 1)
  equal(vim.fn.exists(':LspDeferlintFixAll'), 2)
  vim.lsp.enable('deferlint', false)
  wait_for('the server to end', function()
    return #harness.server_processes() == 0 and vim.fn.exists(':LspDeferlintFixAll') == 0
  end)
  equal(harness.findings(shelf), {})
end)

harness.finish()
