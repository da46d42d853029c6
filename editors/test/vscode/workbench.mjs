// The window of VS Code, driven as a user drives it: by the keyboard where there is a choice.
import path from "node:path";
import { PATIENCE, until } from "./code-server.mjs";

/** Where the pictures of the README files go; none are taken without SCREENSHOTS. */
const pictures = process.env.SCREENSHOTS ? path.join(process.env.editors, "vscode/images") : undefined;

/** The host that webviews name for their resources; a service worker of VS Code answers. */
const WEBVIEW_HOST = ".vscode-resource.vscode-cdn.net";

export class Workbench {
  /** The hosts of requests that left this machine. */
  foreignHosts = new Set();

  constructor(page) {
    this.page = page;
    page.on("request", (request) => {
      const { hostname, protocol } = new URL(request.url());
      const isLocal = hostname === "127.0.0.1" || hostname.endsWith(WEBVIEW_HOST);
      if (protocol.startsWith("http") && !isLocal) {
        this.foreignHosts.add(hostname);
      }
    });
  }

  /** Opens a folder with one of its files. */
  static async open(server, folder, file) {
    const page = await server.window({ width: 1100, height: 540 });
    const workbench = new Workbench(page);
    const uri = `vscode-remote://${server.authority}${folder}/${file}`;
    const payload = encodeURIComponent(JSON.stringify([["openFile", uri]]));
    await page.goto(`http://${server.authority}/?folder=${encodeURIComponent(folder)}&payload=${payload}`);
    await page.waitForSelector(`.tab[data-resource-name="${file}"]`, { timeout: PATIENCE });
    await page.waitForSelector(".view-line", { timeout: PATIENCE });
    // The side bar takes the room that messages need.
    await workbench.press("Control+b");
    return workbench;
  }

  press(keys) {
    return this.page.keyboard.press(keys);
  }

  async #quickInput(keys, text) {
    const input = this.page.locator(".quick-input-widget input").first();
    await this.press(keys);
    await input.waitFor({ timeout: PATIENCE });
    await input.fill(text);
  }

  async #accept(row) {
    await this.page.locator(".quick-input-list .monaco-list-row.focused", { hasText: row }).waitFor({ timeout: PATIENCE });
    await this.press("Enter");
  }

  /** Runs a command of the palette. */
  async run(command) {
    await this.#quickInput("F1", `>${command}`);
    await this.#accept(command);
  }

  async openFile(name) {
    await this.#quickInput("Control+p", name);
    await this.#accept(name);
    await this.page.waitForSelector(`.tab.active[data-resource-name="${name}"]`, { timeout: PATIENCE });
    await this.page.locator(".quick-input-widget").waitFor({ state: "hidden", timeout: PATIENCE });
  }

  /** Puts the cursor on the first word of a line. */
  async goToLine(line, word) {
    await this.#quickInput("Control+g", `:${line}`);
    await this.press("Enter");
    await this.page.locator(".quick-input-widget").waitFor({ state: "hidden", timeout: PATIENCE });
    await this.page.locator(".view-line", { hasText: word }).first().waitFor({ timeout: PATIENCE });
    await this.press("Home");
  }

  /** The text of the peek below a finding. */
  async peek() {
    const message = this.page.locator(".marker-widget .message").first();
    await message.waitFor({ timeout: PATIENCE });
    await until(async () => (await message.innerText()).includes("deferlint"), "the peek's message");
    return message.innerText();
  }

  /** The text of the hover at the cursor. */
  async hover() {
    await this.run("Show or Focus Hover");
    const hover = this.page.locator(".monaco-editor .monaco-hover").first();
    await hover.waitFor({ timeout: PATIENCE });
    await until(async () => (await hover.innerText()).includes("A function with"), "the rule's summary in the hover");
    return hover.innerText();
  }

  /** Opens the menu of quick fixes until it has one of this title, and returns all of its text. */
  async openQuickFixes(title) {
    const menu = this.page.locator(".action-widget").first();
    const row = menu.locator(".monaco-list-row", { hasText: title });
    await until(async () => {
      await this.press("Control+.");
      try {
        await row.first().waitFor({ timeout: 3_000 });
        return true;
      } catch {
        await this.press("Escape");
        return false;
      }
    }, `a quick fix "${title}"`);
    return menu.innerText();
  }

  /** Chooses a quick fix with the keyboard: the menu catches clicks. */
  async applyQuickFix(title) {
    await this.openQuickFixes(title);
    const chosen = this.page.locator(".action-widget .monaco-list-row.focused", { hasText: title });
    for (let pressed = 0; (await chosen.count()) === 0; pressed += 1) {
      if (pressed > 20) {
        throw new Error(`"${title}" can't be chosen`);
      }
      await this.press("ArrowDown");
    }
    await this.press("Enter");
    await this.page.locator(".action-widget").first().waitFor({ state: "hidden", timeout: PATIENCE });
  }

  async showProblems() {
    await this.run("Problems: Focus on Problems View");
    await this.page.waitForSelector(".markers-panel .monaco-list-row", { timeout: PATIENCE });
  }

  /** The rows of the problems that belong to findings. */
  async problems() {
    const rows = await this.page.locator(".markers-panel .monaco-list-row").allInnerTexts();
    return rows.filter((row) => row.includes("deferlint")).map((row) => row.replace(/\s+/g, " "));
  }

  hidePanel() {
    return this.press("Control+j");
  }

  /** Waits for the preview of a page that contains a heading. */
  async showsPage(heading) {
    await until(async () => {
      for (const frame of this.page.frames()) {
        const found = frame.locator("h2", { hasText: heading });
        if ((await found.count().catch(() => 0)) > 0) {
          return true;
        }
      }
      return false;
    }, `a page with the heading "${heading}"`);
  }

  async closeTab(name) {
    const tab = this.page.locator(`.tab[data-resource-name="${name}"]`);
    await tab.click({ button: "middle" });
    await tab.waitFor({ state: "detached", timeout: PATIENCE });
  }

  /** The text of the only notification that contains this one. */
  async notification(text) {
    const toast = this.page.locator(".notification-toast", { hasText: text });
    await toast.first().waitFor({ timeout: PATIENCE });
    if ((await toast.count()) !== 1) {
      throw new Error(`${text} is shown more than once`);
    }
    return toast.innerText();
  }

  /** What the language status shows of deferlint. */
  async languageStatus() {
    await this.page.locator('[id="status.languageStatus"]').first().hover();
    const entry = this.page.locator(".hover-language-status", { hasText: "deferlint" }).first();
    await entry.waitFor({ timeout: PATIENCE });
    return entry.innerText();
  }

  shoot(file) {
    return this.page.screenshot({ path: file }).catch(() => undefined);
  }

  /** Takes a picture for the README files. */
  async picture(name) {
    if (pictures !== undefined) {
      await this.shoot(path.join(pictures, `${name}.png`));
    }
  }
}
