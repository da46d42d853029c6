// The rules' pages: they come from the server's program, and can't be changed.
const assert = require("node:assert/strict");
const vscode = require("vscode");
const { inRoot, open, test, until } = require("./harness.js");

const page = (rule) => vscode.Uri.parse(`deferlint:/rules/${rule}.md`);

const openTabs = () => vscode.window.tabGroups.all.flatMap(({ tabs }) => tabs);

const showsPage = (rule) =>
  until(() => openTabs().some(({ input }) => input?.uri?.toString() === page(rule).toString()), `the page of ${rule}`);

exports.run = async () => {
  await test("a page is the rule's, in Markdown, and read-only", async () => {
    const document = await vscode.workspace.openTextDocument(page("defer-in-loop"));
    assert.equal(document.languageId, "markdown");
    assert.match(document.getText(), /^# defer-in-loop\n/);
    await assert.rejects(vscode.workspace.fs.writeFile(page("defer-in-loop"), new Uint8Array()));
  });

  await test("there is no page of a rule that doesn't exist", () =>
    assert.rejects(vscode.workspace.openTextDocument(page("no-such-rule"))));

  await test("the link behind a finding opens its page", async () => {
    const uri = inRoot("first/count.go");
    await open(uri);
    const links = vscode.languages.getDiagnostics(uri).map(({ code }) => code.target);
    assert.deepEqual(links.map(String).sort(), ["map-returned-directly", "recover-nil-map-result"].map((rule) => page(rule).toString()));
    await vscode.commands.executeCommand("vscode.open", page("recover-nil-map-result"));
    await showsPage("recover-nil-map-result");
  });

  await test("Explain Rule opens the page of the finding at the cursor", async () => {
    await vscode.commands.executeCommand("workbench.action.closeAllEditors");
    const uri = inRoot("first/count.go");
    await open(uri);
    await until(() => vscode.languages.getDiagnostics(uri).length === 2, "the findings");
    const cursor = new vscode.Position(13, 2);
    vscode.window.activeTextEditor.selection = new vscode.Selection(cursor, cursor);
    await vscode.commands.executeCommand("deferlint.explainRule");
    await showsPage("map-returned-directly");
  });
};
