// What the tests share: running them, waiting, and the documents.
const fs = require("node:fs");
const path = require("node:path");
const vscode = require("vscode");

const PATIENCE = 30_000;

/** The directory of both folders. */
const root = path.dirname(vscode.workspace.workspaceFile.fsPath);
const results = path.join(root, "results.jsonl");

/** Runs a test and writes down what became of it. */
async function test(name, run) {
  let problem;
  try {
    await run();
  } catch (error) {
    problem = error.stack ?? String(error);
  }
  fs.appendFileSync(results, `${JSON.stringify({ name, problem })}\n`);
}

/** Writes down that there are no more tests. */
function end() {
  fs.appendFileSync(results, "{}\n");
}

/** Repeats a question until its answer is true, and returns the answer. */
async function until(question, what) {
  const deadline = Date.now() + PATIENCE;
  for (;;) {
    const answer = await question();
    if (answer) {
      return answer;
    }
    if (Date.now() > deadline) {
      throw new Error(`waited in vain for ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

const inRoot = (...names) => vscode.Uri.file(path.join(root, ...names));

/** Opens a document in an editor that stays open. */
async function open(uri) {
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document, { preview: false });
  return document;
}

/** deferlint's findings of a document, as `line rule severity`. */
function findings(uri) {
  return vscode.languages
    .getDiagnostics(uri)
    .filter(({ source }) => source === "deferlint")
    .map(({ range, code, severity }) => `${range.start.line + 1} ${code.value} ${vscode.DiagnosticSeverity[severity]}`)
    .sort();
}

/** Waits until a document has these findings and no others. */
async function expectFindings(uri, expected) {
  const wanted = [...expected].sort().join("\n");
  try {
    await until(() => findings(uri).join("\n") === wanted, "findings");
  } catch {
    throw new Error(`expected\n${wanted}\ngot\n${findings(uri).join("\n")}`);
  }
}

/** Sets a setting of the user; `undefined` takes it away. */
function set(key, value) {
  return vscode.workspace.getConfiguration("deferlint").update(key, value, vscode.ConfigurationTarget.Global);
}

/** The quick fix with this title, once it is offered. */
function quickFix(uri, range, title) {
  const ask = () => vscode.commands.executeCommand("vscode.executeCodeActionProvider", uri, range, "quickfix");
  return until(async () => (await ask()).find((action) => action.title === title), `the fix "${title}"`);
}

/** Replaces the text of a document. */
async function replace(document, text) {
  const edit = new vscode.WorkspaceEdit();
  edit.replace(document.uri, document.validateRange(new vscode.Range(0, 0, document.lineCount, 0)), text);
  if (!(await vscode.workspace.applyEdit(edit))) {
    throw new Error("the edit was refused");
  }
}

module.exports = { end, expectFindings, findings, inRoot, open, quickFix, replace, root, set, test, until };
