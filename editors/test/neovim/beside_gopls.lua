-- nvim --headless --clean -l beside_gopls.lua: both servers on the same file. Needs `gopls` and `go` on the path.

local here = vim.fs.dirname(vim.fs.abspath(debug.getinfo(1, 'S').source:sub(2)))
package.path = here .. '/?.lua;' .. package.path
local harness = require('harness')
local test, equal, wait_for = harness.test, harness.equal, harness.wait_for

-- deferlint finds that the error of Close is lost, gopls that the verb doesn't fit and that the file isn't closed anew.
local SOURCE = [[
package shelf

import (
	"fmt"
	"os"
)

func Print(name string) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	/* 𝄞 */ defer func() { err = file.Close() }()
	/* 𝄞 */ fmt.Printf("%d\n", name)
	return err
}
]]
local NAME_PROBLEM = 'Name the result problem, so that the deferred assignment reaches the caller'

vim.opt.runtimepath:prepend(harness.plugin)
vim.cmd.runtime('plugin/deferlint.lua')
vim.cmd('filetype on')
local module = harness.copy_module()
local path = module .. '/print.go'
local file = assert(io.open(path, 'wb'))
file:write(SOURCE)
file:close()

vim.lsp.config('deferlint', { cmd = { harness.program, 'lsp' } })
vim.lsp.config('gopls', {
  cmd = { 'gopls' },
  filetypes = { 'go', 'gomod' },
  root_markers = { 'go.work', 'go.mod', '.git' },
})
vim.lsp.enable({ 'gopls', 'deferlint' })
vim.cmd.edit(path)
local buffer = vim.api.nvim_get_current_buf()

-- What gopls reports: its findings carry the names of its analyzers.
---@return vim.Diagnostic[]
local function findings_of_gopls()
  return vim.tbl_filter(function(diagnostic)
    return diagnostic.source ~= 'deferlint'
  end, vim.diagnostic.get(buffer))
end

---@param text string
local function wait_for_text(text)
  wait_for(text, function()
    return harness.text(buffer):find(text, 1, true)
  end)
end

-- The titles of what the servers offer in a line, by the name of the server.
---@param line integer from 1
---@param column integer from 0
---@return table<string, string[]>
local function offered(line, column)
  vim.api.nvim_win_set_cursor(0, { line, column })
  local titles
  vim.lsp.buf_request_all(buffer, 'textDocument/codeAction', function(client)
    local params = vim.lsp.util.make_range_params(0, client.offset_encoding)
    params.context = { diagnostics = {}, triggerKind = 1 }
    return params
  end, function(answers)
    titles = {}
    for id, answer in pairs(answers) do
      titles[vim.lsp.get_client_by_id(id).name] = vim.iter(answer.result or {}):map(function(action)
        return action.title
      end):totable()
    end
  end)
  return wait_for('the actions of both', function()
    return titles
  end)
end

local function show_what_both_report()
  for _, diagnostic in ipairs(vim.diagnostic.get(buffer)) do
    local place = ('%d:%d'):format(diagnostic.lnum + 1, diagnostic.col + 1)
    local message = diagnostic.message:gsub('\n', '; ')
    harness.say(('       %s print.go:%s: %s (%s)'):format(diagnostic.source, place, message, diagnostic.code))
  end
end

test('both attach to the buffer', function()
  for _, name in ipairs({ 'gopls', 'deferlint' }) do
    local client = harness.wait_for_client(buffer, name)
    equal(client.root_dir, module)
    local version = (client.server_info.version or ''):match('"Version":"(v[^"]+)"') or client.server_info.version
    harness.say(('       %s %s counts columns in %s'):format(name, version, client.offset_encoding))
  end
end)

test('both report on the same file, each finding once', function()
  harness.wait_for_findings(buffer, { 'deferred-assignment-lost' })
  wait_for('what gopls reports', function()
    return #findings_of_gopls() == 1
  end)
  local printf = findings_of_gopls()[1]
  equal({ printf.source, printf.lnum, printf.col }, { 'printf', 13, #'\t/* 𝄞 */ fmt.Printf("' })
  show_what_both_report()
end)

test('both offer their actions', function()
  local titles = offered(13, #'\t/* 𝄞 */ defer func() { e')
  equal(titles.deferlint, { 'Name the result err, so that the deferred assignment reaches the caller' })
  assert(vim.list_contains(titles.gopls, 'Add test for Print'), vim.inspect(titles.gopls))
  for name, actions in vim.spairs(titles) do
    harness.say(('       %s offers: %s'):format(name, table.concat(actions, '; ')))
  end
end)

test("a fix of deferlint applies to the text that gopls's rename left", function()
  vim.api.nvim_win_set_cursor(0, { 9, #'\tfile, e' })
  vim.lsp.buf.rename('problem', { name = 'gopls' })
  wait_for_text('file, problem := os.Open(name)')
  equal(harness.text(buffer), (SOURCE:gsub('err([^o])', 'problem%1')))
  wait_for('the finding about the new name', function()
    local finding = harness.findings(buffer)[1]
    return finding and vim.startswith(finding.message, '`problem`')
  end)
  harness.apply_action(13, #'\t/* 𝄞 */ defer func() { p', NAME_PROBLEM)
  wait_for_text('func Print(name string) (problem error) {')
end)

test('a fix of gopls applies to the text that deferlint left', function()
  vim.api.nvim_buf_set_lines(buffer, 13, 14, true, {})
  wait_for('the unused import', function()
    local findings = findings_of_gopls()
    return #findings == 1 and findings[1].code == 'UnusedImport'
  end)
  local before = vim.b.changedtick
  vim.lsp.buf.code_action({ apply = true, context = { only = { 'source.organizeImports' }, diagnostics = {} } })
  wait_for('the imports', function()
    return vim.b.changedtick ~= before
  end)
  vim.cmd('silent write')
  wait_for('both to be content', function()
    return #vim.diagnostic.get(buffer) == 0
  end)
  harness.say((vim.trim(harness.text(buffer)):gsub('[^\n]+', '       %0')))
end)

harness.finish()
