/** The item among the language status of Go files: the server's version and what it is doing. */

import * as vscode from "vscode";
import { DOCUMENTS } from "./client";
import type { State } from "./state";

export class Status implements vscode.Disposable {
  private readonly item = vscode.languages.createLanguageStatusItem("deferlint.status", DOCUMENTS);

  constructor() {
    this.item.name = "deferlint";
  }

  show(state: State): void {
    const { item } = this;
    item.busy = state.kind === "starting";
    item.severity = severity(state);
    item.text = state.kind === "running" ? `deferlint ${state.program.version}` : "deferlint";
    item.detail = detail(state);
    item.command =
      state.kind === "running"
        ? { command: "deferlint.showServerLog", title: "Show Server Log" }
        : { command: "deferlint.restartServer", title: "Restart Server" };
  }

  dispose(): void {
    this.item.dispose();
  }
}

function severity(state: State): vscode.LanguageStatusSeverity {
  switch (state.kind) {
    case "failed":
      return vscode.LanguageStatusSeverity.Error;
    case "crashed":
      return vscode.LanguageStatusSeverity.Warning;
    default:
      return vscode.LanguageStatusSeverity.Information;
  }
}

function detail(state: State): string {
  switch (state.kind) {
    case "disabled":
      return "switched off by deferlint.enable";
    case "starting":
      return "starting";
    case "running":
      return "running";
    case "crashed":
      return `crashed, starts again in ${state.wait / 1000} s`;
    case "failed":
      return state.reason;
  }
}
