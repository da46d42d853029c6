/** The server: it is started, started again when it crashes, and stopped. */

import * as vscode from "vscode";
import type { LanguageClient } from "vscode-languageclient/node";
import { Backoff } from "./backoff";
import { createClient } from "./client";
import { findProgram, type Program, ProgramError } from "./program";
import { processSettings } from "./settings";
import type { State } from "./state";

/** How long a server may take to stop, in milliseconds, before it is ended. */
const STOP_TIMEOUT = 2_000;

export class Server implements vscode.Disposable {
  private readonly states = new vscode.EventEmitter<State>();
  private readonly backoff = new Backoff();
  private client: LanguageClient | undefined;
  private retry: NodeJS.Timeout | undefined;
  /** Starts and stops follow one another. */
  private queue: Promise<void> = Promise.resolve();
  private current: State = { kind: "starting" };

  readonly onDidChangeState = this.states.event;

  constructor(
    private readonly extensionPath: string,
    private readonly output: vscode.LogOutputChannel,
    private readonly log: vscode.OutputChannel,
  ) {}

  get state(): State {
    return this.current;
  }

  /** The client of a server that runs. */
  get running(): LanguageClient | undefined {
    return this.current.kind === "running" ? this.client : undefined;
  }

  /** The program that runs, or the one that would be started. */
  async program(): Promise<Program> {
    return this.current.kind === "running"
      ? this.current.program
      : findProgram(processSettings().program, this.extensionPath);
  }

  /** Stops the server, and starts it with the settings as they are now. */
  restart(): Promise<void> {
    this.backoff.reset();
    return this.enqueue(async () => {
      await this.stopNow();
      await this.startNow();
    });
  }

  stop(): Promise<void> {
    return this.enqueue(() => this.stopNow());
  }

  dispose(): void {
    clearTimeout(this.retry);
    this.states.dispose();
  }

  private enqueue(step: () => Promise<void>): Promise<void> {
    this.queue = this.queue.then(step).catch((error: unknown) => this.output.error(String(error)));
    return this.queue;
  }

  private async startNow(): Promise<void> {
    const settings = processSettings();
    if (!settings.enable) {
      this.become({ kind: "disabled" });
      return;
    }
    this.become({ kind: "starting" });
    let program;
    try {
      program = await findProgram(settings.program, this.extensionPath);
    } catch (error) {
      if (error instanceof ProgramError) {
        this.fail(error.message, "Open Settings");
        return;
      }
      throw error;
    }
    this.output.info(`starting ${program.path} (${program.origin}), version ${program.version}`);
    const client = createClient(program, settings, this.log, () => this.crashed(client));
    this.client = client;
    try {
      await client.start();
      // A server that has crashed meanwhile is no longer this one.
      if (this.client === client) {
        this.become({ kind: "running", program });
      }
    } catch (error) {
      this.output.error(`the server didn't start: ${String(error)}`);
      this.crashed(client);
    }
  }

  private async stopNow(): Promise<void> {
    clearTimeout(this.retry);
    const { client } = this;
    this.client = undefined;
    if (client !== undefined) {
      await dispose(client);
    }
  }

  /** What follows when a process ended on its own. */
  private crashed(client: LanguageClient): void {
    if (this.client !== client) {
      return;
    }
    this.client = undefined;
    void dispose(client);
    const wait = this.backoff.next(Date.now());
    if (wait === undefined) {
      this.fail("The deferlint server keeps crashing. It is not started again.", "Show Server Log");
      return;
    }
    this.output.warn(`the server ended unexpectedly; it is started again in ${wait} ms`);
    this.become({ kind: "crashed", wait });
    this.retry = setTimeout(() => void this.enqueue(() => this.startNow()), wait);
  }

  /** Says once why there is no server, and offers the way out. */
  private fail(reason: string, wayOut: "Open Settings" | "Show Server Log"): void {
    this.output.error(reason);
    this.become({ kind: "failed", reason });
    void vscode.window.showErrorMessage(reason, wayOut, "Restart").then((choice) => {
      switch (choice) {
        case "Open Settings":
          return vscode.commands.executeCommand("workbench.action.openSettings", "deferlint.server");
        case "Show Server Log":
          return vscode.commands.executeCommand("deferlint.showServerLog");
        case "Restart":
          return this.restart();
        default:
          return undefined;
      }
    });
  }

  private become(state: State): void {
    this.current = state;
    this.output.debug(`the server is ${state.kind}`);
    this.states.fire(state);
  }
}

/** Ends a client and its process. One whose process is gone has nothing to say about that. */
async function dispose(client: LanguageClient): Promise<void> {
  try {
    await client.dispose(STOP_TIMEOUT);
  } catch {
    // The connection was closed already.
  }
}
