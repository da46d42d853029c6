/** deferlint in VS Code: starts the server for Go files, and shows the rules' pages. */

import * as vscode from "vscode";
import { registerCommands } from "./commands";
import { Pages, SCHEME } from "./pages";
import { Server } from "./server";
import { needsRestart } from "./settings";
import type { State } from "./state";
import { Status } from "./status";

let server: Server | undefined;

/** What other extensions can ask. */
export interface Api {
  /** What the server is doing. */
  readonly state: State;
}

export function activate(context: vscode.ExtensionContext): Api {
  const output = vscode.window.createOutputChannel("deferlint", { log: true });
  const serverLog = vscode.window.createOutputChannel("deferlint Server", "log");
  const started = new Server(context.extensionPath, output, serverLog);
  server = started;
  const pages = new Pages(() => started.program());
  const status = new Status();
  context.subscriptions.push(
    output,
    serverLog,
    started,
    pages,
    status,
    started.onDidChangeState((state) => {
      status.show(state);
      if (state.kind === "running") {
        pages.forget();
      }
    }),
    vscode.workspace.registerFileSystemProvider(SCHEME, pages, { isReadonly: true, isCaseSensitive: true }),
    vscode.workspace.onDidChangeConfiguration((change) => {
      if (needsRestart(change)) {
        void started.restart();
      }
    }),
    registerCommands(started, { output, serverLog }),
  );
  void started.restart();
  return {
    get state() {
      return started.state;
    },
  };
}

export async function deactivate(): Promise<void> {
  await server?.stop();
}
