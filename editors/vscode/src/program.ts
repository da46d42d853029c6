/** Where the server's program is, and what it says about itself. */

import { execFile } from "node:child_process";
import * as fs from "node:fs/promises";
import * as path from "node:path";
import { promisify } from "node:util";

/** How long the program may take to print something. */
const TIMEOUT = 10_000;

const FILE_NAME = process.platform === "win32" ? "deferlint.exe" : "deferlint";

const run = promisify(execFile);

/** A program that has said its version. */
export interface Program {
  readonly path: string;
  readonly origin: "deferlint.server.path" | "bundled" | "PATH";
  readonly version: string;
}

/** A rule, as `deferlint rules` lists it. */
export interface Rule {
  readonly name: string;
  readonly category: string;
  readonly severity: string;
  readonly default: boolean;
  readonly summary: string;
}

/** Why there is no program to run; the message is for the user. */
export class ProgramError extends Error {}

/** The program of the setting or, when that is empty, the one in the extension or else the one on the PATH. */
export async function findProgram(setting: string, extensionPath: string): Promise<Program> {
  if (setting !== "") {
    return { path: setting, origin: "deferlint.server.path", version: await versionOf(setting) };
  }
  const bundled = path.join(extensionPath, "server", FILE_NAME);
  if (await isFile(bundled)) {
    return { path: bundled, origin: "bundled", version: await versionOf(bundled) };
  }
  const installed = await onPath();
  if (installed !== undefined) {
    return { path: installed, origin: "PATH", version: await versionOf(installed) };
  }
  throw new ProgramError(
    "There is no deferlint program: this build of the extension brings none, and there is none on the PATH. " +
      "Install it, or name it in deferlint.server.path.",
  );
}

/** All rules that the program knows. */
export async function rulesOf(program: Program): Promise<Rule[]> {
  const { stdout } = await run(program.path, ["rules", "--output-format", "json"], { timeout: TIMEOUT });
  return JSON.parse(stdout) as Rule[];
}

/** The page of a rule, in Markdown. */
export async function pageOf(program: Program, rule: string): Promise<string> {
  const { stdout } = await run(program.path, ["explain", "--", rule], { timeout: TIMEOUT });
  return stdout;
}

async function versionOf(file: string): Promise<string> {
  let output;
  try {
    output = await run(file, ["--version"], { timeout: TIMEOUT });
  } catch (error) {
    throw new ProgramError(`${file} can't be run: ${reason(error)}`);
  }
  const version = /^deferlint (\S+)/.exec(output.stdout)?.[1];
  if (version === undefined) {
    throw new ProgramError(`${file} is not deferlint: it says ${JSON.stringify(output.stdout.slice(0, 60))} about its version.`);
  }
  return version;
}

function reason(error: unknown): string {
  const { code, killed, signal } = error as { code?: string | number; killed?: boolean; signal?: string };
  if (killed === true) {
    return `it doesn't say its version within ${TIMEOUT / 1000} seconds.`;
  }
  switch (code) {
    case "ENOENT":
      return "there is no such file.";
    case "EACCES":
      return "it is not executable.";
    case "ENOEXEC":
    case "UNKNOWN":
      return "it is not a program for this machine.";
    default:
      return typeof code === "number" ? `it ends with exit code ${code}.` : `${code ?? signal ?? String(error)}.`;
  }
}

/** Looks in the directories of the PATH and nowhere else: Windows would look in the working directory first. */
async function onPath(): Promise<string | undefined> {
  const directories = (process.env["PATH"] ?? "").split(path.delimiter);
  for (const directory of directories.filter(path.isAbsolute)) {
    const candidate = path.join(directory, FILE_NAME);
    if (await isFile(candidate)) {
      return candidate;
    }
  }
  return undefined;
}

async function isFile(file: string): Promise<boolean> {
  try {
    return (await fs.stat(file)).isFile();
  } catch {
    return false;
  }
}
