// What fixes make of a file, and when they are refused.
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const vscode = require("vscode");
const { expectFindings, findings, inRoot, open, quickFix, replace, test, until } = require("./harness.js");

const EXTRACT = "Extract the map into a local variable before return";
const NAME_RESULT = "Name the map result and set it where the panic is recovered";
const expected = (name) => fs.readFileSync(path.join(__dirname, "../../expected", name), "utf8");

async function fix(document, line, title) {
  const start = document.lineAt(line - 1).firstNonWhitespaceCharacterIndex;
  const action = await quickFix(document.uri, new vscode.Range(line - 1, start, line - 1, start), title);
  assert.ok(await vscode.workspace.applyEdit(action.edit));
}

exports.run = async () => {
  await test("two fixes right after one another are saved byte for byte", async () => {
    const document = await open(inRoot("first/shelf.go"));
    await fix(document, 13, "Name the result err, so that the deferred assignment reaches the caller");
    await until(() => document.getText().includes("(err error)"), "the first fix");
    await fix(document, document.getText().split("\n").indexOf("\t\terr = file.Close()") + 1, "Join the error of this call to err");
    assert.ok(await document.save());
    assert.equal(fs.readFileSync(document.fileName, "utf8"), expected("shelf.go"));
    await expectFindings(document.uri, []);
  });

  await test("a fix around an emoji changes what it should", async () => {
    const document = await open(inRoot("first/emoji.go"));
    const before = document.getText();
    await fix(document, 11, EXTRACT);
    const value = 'map[string]int{"aé€🎉𝄞": 1}';
    assert.equal(document.getText(), before.replace(`return ${value}`, `m := ${value}\n\treturn m`));
    await vscode.commands.executeCommand("undo");
    assert.equal(document.getText(), before);
  });

  await test("Fix All in File makes the safe fixes", async () => {
    const document = await open(inRoot("first/count.go"));
    await vscode.commands.executeCommand("deferlint.fixAll");
    await until(() => document.getText() === expected("count.go"), "the fixes");
    await vscode.commands.executeCommand("undo");
    await until(() => findings(document.uri).length === 2, "the findings again");
    await document.save();
  });

  await test("fixes before saving are made when they are asked for", async () => {
    const document = await open(inRoot("loose/count.go"));
    const settings = vscode.workspace.getConfiguration("editor");
    const global = vscode.ConfigurationTarget.Global;
    await settings.update("codeActionsOnSave", { "source.fixAll.deferlint": "explicit" }, global);
    await replace(document, document.getText());
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(document.lineCount, 0), "\n");
    await vscode.workspace.applyEdit(edit);
    assert.ok(await document.save());
    await settings.update("codeActionsOnSave", undefined, global);
    assert.equal(fs.readFileSync(document.fileName, "utf8"), `${expected("count.go")}\n`);
  });

  await test("a read-only file has its findings, and a fix leaves the file as it is", async () => {
    const uri = inRoot("second/count.go");
    fs.chmodSync(uri.fsPath, 0o444);
    const document = await open(uri);
    await expectFindings(uri, ["6 recover-nil-map-result Warning"]);
    const before = document.getText();
    await fix(document, 6, NAME_RESULT);
    assert.notEqual(document.getText(), before);
    assert.equal(fs.readFileSync(uri.fsPath, "utf8"), before);
    await vscode.commands.executeCommand("undo");
    assert.equal(document.getText(), before);
    await expectFindings(uri, ["6 recover-nil-map-result Warning"]);
  });
};
