/**
 * The rules' pages: a read-only file system with a file `deferlint:/rules/RULE.md` for each rule. Their text comes from
 * the server's program, so it fits that version and needs no network.
 */

import * as path from "node:path";
import * as vscode from "vscode";
import { pageOf, type Program } from "./program";

/** The scheme of the pages. */
export const SCHEME = "deferlint";

/** The command that opens a page; its argument is the rule. */
export const EXPLAIN = "deferlint.explainRule";

/** How the server begins what it says about a finding: its rule with the address of the page, and the message. */
const FINDING = /^\*\*deferlint\*\* \[([a-z0-9-]+)\]\(\S+\): [^]*?\n\n/gm;

/**
 * The name of a rule's page. It is also what a finding links to: VS Code opens no commands from there. The extension's
 * defaults have it shown as it is read, not as it is written.
 */
export function pageUri(rule: string): vscode.Uri {
  return vscode.Uri.from({ scheme: SCHEME, path: `/rules/${rule}.md` });
}

/** A link in a hover that opens the page of a rule beside the code. */
function pageLink(rule: string): vscode.Uri {
  return vscode.Uri.parse(`command:${EXPLAIN}?${encodeURIComponent(JSON.stringify([rule]))}`);
}

/** A hover of the server with links to the pages in the editor, and without the messages: VS Code shows these above it. */
export function hoverText(markdown: string): string {
  return markdown.replace(FINDING, (_, rule: string) => `**[${rule}](${pageLink(rule).toString(true)})**: `);
}

/** Shows a page beside the code. */
export async function openPage(rule: string): Promise<void> {
  const options = { viewColumn: vscode.ViewColumn.Beside, preview: true };
  await vscode.commands.executeCommand("vscode.openWith", pageUri(rule), "vscode.markdown.preview.editor", options);
}

/** The files of the pages. */
export class Pages implements vscode.FileSystemProvider, vscode.Disposable {
  private readonly changes = new vscode.EventEmitter<vscode.FileChangeEvent[]>();
  private readonly read = new Map<string, Promise<Uint8Array>>();

  readonly onDidChangeFile = this.changes.event;

  /** Pages by the program that `findProgram` finds. */
  constructor(private readonly findProgram: () => Promise<Program>) {}

  /** Forgets what another program has printed. */
  forget(): void {
    const known = [...this.read.keys()];
    this.read.clear();
    this.changes.fire(known.map((rule) => ({ type: vscode.FileChangeType.Changed, uri: pageUri(rule) })));
  }

  async stat(uri: vscode.Uri): Promise<vscode.FileStat> {
    const { length: size } = await this.readFile(uri);
    return { type: vscode.FileType.File, ctime: 0, mtime: 0, size, permissions: vscode.FilePermission.Readonly };
  }

  async readFile(uri: vscode.Uri): Promise<Uint8Array> {
    const rule = path.posix.basename(uri.path, ".md");
    let page = this.read.get(rule);
    if (page === undefined) {
      page = this.print(rule);
      this.read.set(rule, page);
    }
    try {
      return await page;
    } catch {
      this.read.delete(rule);
      throw vscode.FileSystemError.FileNotFound(uri);
    }
  }

  watch(): vscode.Disposable {
    return new vscode.Disposable(() => undefined);
  }

  readDirectory(): [string, vscode.FileType][] {
    return [];
  }

  createDirectory(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  writeFile(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  delete(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  rename(uri: vscode.Uri): never {
    throw vscode.FileSystemError.NoPermissions(uri);
  }

  dispose(): void {
    this.changes.dispose();
  }

  private async print(rule: string): Promise<Uint8Array> {
    return new TextEncoder().encode(await pageOf(await this.findProgram(), rule));
  }
}
