// What is found, where, and how often.
const assert = require("node:assert/strict");
const vscode = require("vscode");
const { expectFindings, inRoot, open, replace, test, until } = require("./harness.js");

const COUNT = ["6 recover-nil-map-result Warning", "14 map-returned-directly Information"];

exports.run = async () => {
  await test("a Go file activates the extension, trusted or not", async () => {
    await open(inRoot("first/count.go"));
    const extension = vscode.extensions.getExtension("deferlint.deferlint");
    await until(() => extension.isActive, "the extension");
    await until(() => extension.exports.state.kind === "running", "the server");
    assert.equal(vscode.workspace.isTrusted, false);
    assert.equal(extension.exports.state.program.origin, "bundled");
  });

  await test("each finding is shown once", () => expectFindings(inRoot("first/count.go"), COUNT));

  await test("each folder has its own .deferlint.toml", async () => {
    await open(inRoot("second/count.go"));
    await expectFindings(inRoot("second/count.go"), COUNT.slice(0, 1));
    await expectFindings(inRoot("first/count.go"), COUNT);
  });

  await test("a file of no module and no folder has its findings", async () => {
    await open(inRoot("loose/count.go"));
    await expectFindings(inRoot("loose/count.go"), COUNT);
  });

  await test("an untitled document has its findings", async () => {
    const content = "package p\n\nfunc try() { defer recover() }\n";
    const { uri } = await vscode.workspace.openTextDocument({ language: "go", content });
    await expectFindings(uri, ["3 recover-evaluated-early Error"]);
  });

  await test("columns are right behind characters of every width", async () => {
    const document = await open(inRoot("first/emoji.go"));
    await expectFindings(document.uri, ["5 recover-evaluated-early Error", "11 map-returned-directly Hint"]);
    const marked = vscode.languages.getDiagnostics(document.uri).map(({ range }) => document.getText(range));
    assert.deepEqual(marked.sort(), ["defer recover()", 'return map[string]int{"aé€🎉𝄞": 1}']);
  });

  await test("50,000 lines pasted at once are checked, and typing goes on", async () => {
    const { uri } = await vscode.workspace.openTextDocument({ language: "go", content: "package p\n" });
    const document = await open(uri);
    const lines = Array.from({ length: 12_500 }, (_, index) => `func f${index}() {\n\tprintln(${index})\n}\n`);
    await replace(document, `package p\n\n${lines.join("\n")}\nfunc try() { defer recover() }\n`);
    const start = Date.now();
    await vscode.commands.executeCommand("type", { text: "// typed\n" });
    assert.ok(Date.now() - start < 5_000, "typing waits");
    const last = document.getText().split("\n").findIndex((line) => line.startsWith("func try"));
    await expectFindings(uri, [`${last + 1} recover-evaluated-early Error`]);
    await replace(document, "package p\n");
    await expectFindings(uri, []);
  });
};
