/** The language client of one process of the server. */

import * as vscode from "vscode";
import {
  CloseAction,
  ErrorAction,
  LanguageClient,
  type LanguageClientOptions,
  type Middleware,
  RevealOutputChannelOn,
  type ServerOptions,
} from "vscode-languageclient/node";
import { EXPLAIN, hoverText, pageUri } from "./pages";
import type { Program } from "./program";
import { type ProcessSettings, SECTION, serverSettings } from "./settings";

/** The documents that the server is told about. */
export const DOCUMENTS = [
  { scheme: "file", language: "go" },
  { scheme: "untitled", language: "go" },
];

/** A client that hasn't been started. `onClosed` is called when the process ends without having been asked to. */
export function createClient(
  program: Program,
  settings: ProcessSettings,
  log: vscode.OutputChannel,
  onClosed: () => void,
): LanguageClient {
  const server: ServerOptions = {
    command: program.path,
    args: ["lsp", ...settings.args],
    options: { env: { ...process.env, DEFERLINT_LOG: settings.logLevel } },
  };
  const options: LanguageClientOptions = {
    documentSelector: DOCUMENTS,
    outputChannel: log,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
    markdown: { isTrusted: { enabledCommands: [EXPLAIN] } },
    middleware,
    errorHandler: {
      error: () => ({ action: ErrorAction.Continue }),
      closed: () => {
        onClosed();
        return { action: CloseAction.DoNotRestart, handled: true };
      },
    },
    initializationFailedHandler: () => false,
  };
  return new LanguageClient(SECTION, SECTION, server, options);
}

const middleware: Middleware = {
  async provideDiagnostics(document, previous, token, next) {
    const report = await next(document, previous, token);
    if (report?.kind === "full") {
      report.items.forEach(linkToPage);
    }
    return report;
  },
  async provideHover(document, position, token, next) {
    const hover = await next(document, position, token);
    for (const content of hover?.contents ?? []) {
      if (content instanceof vscode.MarkdownString) {
        content.value = hoverText(content.value);
      }
    }
    return hover;
  },
  workspace: {
    async configuration(params, token, next) {
      const answers = await next(params, token);
      if (!Array.isArray(answers)) {
        return answers;
      }
      return params.items.map((item, index) => (item.section === SECTION ? serverSettings() : answers[index]));
    },
  },
};

/** Lets the rule's name behind a finding lead to the page in the editor. */
function linkToPage(diagnostic: vscode.Diagnostic): void {
  const { code } = diagnostic;
  if (typeof code === "object" && typeof code.value === "string") {
    diagnostic.code = { value: code.value, target: pageUri(code.value) };
  }
}
