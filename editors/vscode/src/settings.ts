/** The settings: what the extension reads itself, and what it hands to the server. */

import * as os from "node:os";
import * as path from "node:path";
import * as vscode from "vscode";

/** The section of the settings, which is also the server's name. */
export const SECTION = "deferlint";

/** The settings that the server can learn only when it starts. */
const OF_THE_PROCESS = ["enable", "server.path", "server.args", "logLevel"];

/** How a server is to be started. */
export interface ProcessSettings {
  readonly enable: boolean;
  /** The program; empty when it is to be looked for. */
  readonly program: string;
  readonly args: readonly string[];
  readonly logLevel: string;
}

/** The settings of the server's process as they are now. */
export function processSettings(): ProcessSettings {
  const settings = vscode.workspace.getConfiguration(SECTION);
  return {
    enable: settings.get("enable", true),
    program: expanded(settings.get<string>("server.path", "").trim()),
    args: settings.get<string[]>("server.args", []),
    logLevel: settings.get("logLevel", "warn"),
  };
}

/** Whether a change of the settings needs another process. */
export function needsRestart(change: vscode.ConfigurationChangeEvent): boolean {
  return OF_THE_PROCESS.some((key) => change.affectsConfiguration(`${SECTION}.${key}`));
}

/**
 * The answer to the server's question for its settings. An empty list of selected rules stands for the default set,
 * and a relative path is one in the first folder.
 */
export function serverSettings(): Record<string, unknown> {
  const settings = vscode.workspace.getConfiguration(SECTION);
  const select = settings.get<unknown>("select");
  const configPath = settings.get<string>("configPath", "").trim();
  return {
    run: settings.get("run"),
    rules: settings.get("rules"),
    select: Array.isArray(select) && select.length === 0 ? null : select,
    ignore: settings.get("ignore"),
    generated: settings.get("generated"),
    configPath: configPath === "" ? null : inFirstFolder(expanded(configPath)),
  };
}

/** A path as a user writes it: `~` stands for the home directory. */
function expanded(written: string): string {
  return written === "~" || /^~[/\\]/.test(written) ? path.join(os.homedir(), written.slice(1)) : written;
}

function inFirstFolder(file: string): string {
  const folder = vscode.workspace.workspaceFolders?.[0];
  return folder === undefined ? file : path.resolve(folder.uri.fsPath, file);
}
