/** The commands of the palette. */

import * as vscode from "vscode";
import { type CodeAction, CodeActionKind, CodeActionRequest, type Command } from "vscode-languageclient/node";
import { EXPLAIN, openPage } from "./pages";
import { rulesOf } from "./program";
import type { Server } from "./server";

const FIX_ALL: CodeActionKind = `${CodeActionKind.SourceFixAll}.deferlint`;

/** The places where the commands show something. */
export interface Channels {
  readonly output: vscode.LogOutputChannel;
  readonly serverLog: vscode.OutputChannel;
}

export function registerCommands(server: Server, channels: Channels): vscode.Disposable {
  const { registerCommand } = vscode.commands;
  return vscode.Disposable.from(
    registerCommand("deferlint.restartServer", () => restart(server)),
    registerCommand("deferlint.showOutput", () => channels.output.show()),
    registerCommand("deferlint.showServerLog", () => channels.serverLog.show()),
    registerCommand("deferlint.fixAll", () => fixAll(server)),
    registerCommand("deferlint.showVersion", () => showVersion(server)),
    registerCommand(EXPLAIN, (rule?: unknown) => explain(server, rule)),
  );
}

async function restart(server: Server): Promise<void> {
  await server.restart();
  if (server.state.kind === "running") {
    void vscode.window.showInformationMessage(`deferlint ${server.state.program.version} restarted.`);
  } else if (server.state.kind === "disabled") {
    void vscode.window.showWarningMessage("deferlint is switched off by deferlint.enable.");
  }
}

async function showVersion(server: Server): Promise<void> {
  try {
    const { version, path, origin } = await server.program();
    void vscode.window.showInformationMessage(`deferlint ${version}: ${path} (${origin})`);
  } catch (error) {
    void vscode.window.showErrorMessage(message(error));
  }
}

/** Makes every fix of the active file after which the program behaves the same. */
async function fixAll(server: Server): Promise<void> {
  const document = vscode.window.activeTextEditor?.document;
  if (document?.languageId !== "go") {
    void vscode.window.showWarningMessage("deferlint: open a Go file first.");
    return;
  }
  const client = server.running;
  if (client === undefined) {
    void vscode.window.showWarningMessage("deferlint: the server doesn't run. Restart it, or see its output.");
    return;
  }
  const start = { line: 0, character: 0 };
  const actions = await client.sendRequest(CodeActionRequest.type, {
    textDocument: client.code2ProtocolConverter.asTextDocumentIdentifier(document),
    range: { start, end: start },
    context: { diagnostics: [], only: [FIX_ALL] },
  });
  const edit = (actions ?? []).find(isCodeAction)?.edit;
  if (edit === undefined) {
    void vscode.window.showInformationMessage("deferlint: there is nothing to fix without changing what the program does.");
    return;
  }
  await vscode.workspace.applyEdit(await client.protocol2CodeConverter.asWorkspaceEdit(edit));
}

function isCodeAction(action: CodeAction | Command): action is CodeAction {
  return "edit" in action;
}

/** Opens the page of the rule that is named, of that of the finding at the cursor, or of one that the user picks. */
async function explain(server: Server, rule: unknown): Promise<void> {
  try {
    const name = typeof rule === "string" ? rule : (ruleAtCursor() ?? (await pickRule(server)));
    if (name !== undefined) {
      await openPage(name);
    }
  } catch (error) {
    void vscode.window.showErrorMessage(message(error));
  }
}

/** The rule of the only finding at the cursor. */
function ruleAtCursor(): string | undefined {
  const editor = vscode.window.activeTextEditor;
  if (editor === undefined) {
    return undefined;
  }
  const found = vscode.languages
    .getDiagnostics(editor.document.uri)
    .filter(({ source, range }) => source === "deferlint" && range.contains(editor.selection.active))
    .map(({ code }) => (typeof code === "object" ? code.value : code));
  const rules = new Set(found);
  const [first] = rules;
  return rules.size === 1 && typeof first === "string" ? first : undefined;
}

async function pickRule(server: Server): Promise<string | undefined> {
  const rules = await rulesOf(await server.program());
  const items = rules.map(({ name, category, summary }) => ({ label: name, description: category, detail: summary }));
  const picked = await vscode.window.showQuickPick(items, { title: "Explain which rule?", matchOnDetail: true });
  return picked?.label;
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
