// VS Code for the tests: a server with directories of its own, and a browser that shows its window.
import { spawn, spawnSync } from "node:child_process";
import fs from "node:fs";
import { createRequire } from "node:module";
import net from "node:net";
import path from "node:path";

const { chromium } = createRequire(import.meta.url)(process.env.playwright);

/** How long anything may take, in milliseconds. */
export const PATIENCE = 30_000;

/** The directory of the tests of all editors. */
export const tests = process.env.tests;

const settings = {
  "workbench.startupEditor": "none",
  "workbench.tips.enabled": false,
  "telemetry.telemetryLevel": "off",
  "extensions.ignoreRecommendations": true,
  "files.autoSave": "off",
  "git.enabled": false,
  "workbench.secondarySideBar.defaultVisibility": "hidden",
  "chat.disableAIFeatures": true,
  "chat.commandCenter.enabled": false,
};

/** Repeats a question until its answer is true, and returns the answer. */
export async function until(question, what = String(question), patience = PATIENCE) {
  const deadline = Date.now() + patience;
  for (;;) {
    const answer = await question();
    if (answer) {
      return answer;
    }
    if (Date.now() > deadline) {
      throw new Error(`waited in vain for: ${what}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

function freePort() {
  return new Promise((resolve) => {
    const probe = net.createServer();
    probe.listen(0, "127.0.0.1", () => {
      const { port } = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/** A VS Code with directories of its own below `root`. */
export class CodeServer {
  #process;
  #browser;
  #output = "";

  constructor(root, userSettings = {}) {
    this.root = root;
    this.userData = path.join(root, "user-data");
    this.extensions = path.join(root, "extensions");
    fs.mkdirSync(path.join(this.userData, "User"), { recursive: true });
    fs.writeFileSync(path.join(this.userData, "User/settings.json"), JSON.stringify({ ...settings, ...userSettings }));
  }

  get #arguments() {
    return [process.env.code_server, "--user-data-dir", this.userData, "--extensions-dir", this.extensions];
  }

  get #environment() {
    // No gallery: nothing is to be asked of the network.
    return { ...process.env, EXTENSIONS_GALLERY: "{}", HOME: this.root, XDG_CONFIG_HOME: path.join(this.root, "config") };
  }

  install(vsix) {
    const options = { env: this.#environment, encoding: "utf8" };
    const { status, stdout, stderr } = spawnSync(process.execPath, [...this.#arguments, "--install-extension", vsix], options);
    if (status !== 0) {
      throw new Error(stdout + stderr);
    }
  }

  async start() {
    this.port = await freePort();
    this.authority = `127.0.0.1:${this.port}`;
    const options = ["--auth", "none", "--bind-addr", this.authority, "--disable-telemetry", "--disable-update-check"];
    const flags = ["--disable-getting-started-override", "--ignore-last-opened"];
    const stdio = ["ignore", "pipe", "pipe"];
    this.#process = spawn(process.execPath, [...this.#arguments, ...options, ...flags], {
      env: this.#environment,
      stdio,
      detached: true,
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream.on("data", (data) => (this.#output += data));
    }
    const answers = () => fetch(`http://${this.authority}/healthz`).then(({ ok }) => ok, () => false);
    await until(answers, "code-server to listen");
  }

  /** A window that shows nothing yet. */
  async window(viewport) {
    this.#browser = await chromium.launchPersistentContext(path.join(this.root, "chromium"), {
      executablePath: "/usr/bin/chromium",
      headless: true,
      viewport,
      args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"],
    });
    return this.#browser.pages()[0] ?? (await this.#browser.newPage());
  }

  /** What the server has printed. */
  get output() {
    return this.#output;
  }

  async stop() {
    await this.#browser?.close().catch(() => undefined);
    if (this.#process !== undefined) {
      const ended = new Promise((resolve) => this.#process.on("exit", resolve));
      process.kill(-this.#process.pid, "SIGTERM");
      await ended;
    }
  }
}
