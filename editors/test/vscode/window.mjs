// VS Code as its user sees it: squiggles, the peek, the menu of quick fixes, what is on disk, and the rules' pages.
import assert from "node:assert/strict";
import fs from "node:fs";
import path from "node:path";
import { CodeServer, PATIENCE, tests, until } from "./code-server.mjs";
import { finish, test } from "./report.mjs";
import { Workbench } from "./workbench.mjs";

const EXTRACT = "Extract the map into a local variable before return";
const NAME_RESULT = "Name the map result and set it where the panic is recovered";

const root = path.join(process.env.scratch, "window");
const module = path.join(root, "module");
fs.cpSync(path.join(tests, "module"), module, { recursive: true });
const server = new CodeServer(root, {
  "security.workspace.trust.enabled": false,
  "editor.lightbulb.enabled": "on",
  "editor.minimap.enabled": false,
  "window.commandCenter": false,
  "workbench.activityBar.location": "hidden",
  "workbench.layoutControl.enabled": false,
});
const original = fs.readFileSync(path.join(module, "count.go"), "utf8");
const extracted = fs.readFileSync(path.join(tests, "expected/count.go"), "utf8");
const named = extracted
  .replace("(words []string) map[string]int {", "(words []string) (m2 map[string]int) {")
  .replace('counts["panics"]++\n', 'counts["panics"]++\n\t\t\tm2 = map[string]int{}\n');

const onDisk = (name) => fs.readFileSync(path.join(module, name), "utf8");

async function becomes(name, content) {
  await until(() => onDisk(name) === content, `${name} on disk to be as expected`).catch((error) => {
    throw new Error(`${error.message}; it is\n${onDisk(name)}`);
  });
}

let workbench;
const step = (name, run) =>
  test(name, run, () => workbench?.shoot(path.join(process.env.tools, `vscode-${name.replaceAll(/\W+/g, "-")}.png`)));

await step("the package is installed, its program executable", async () => {
  server.install(process.env.vsix);
  const [installed] = fs.readdirSync(server.extensions).filter((name) => name.startsWith("deferlint.deferlint-"));
  fs.accessSync(path.join(server.extensions, installed, "server/deferlint"), fs.constants.X_OK);
});

await step("the window opens the module", async () => {
  await server.start();
  workbench = await Workbench.open(server, module, "count.go");
});

await step("a finding is underlined while it is typed, unsaved, and listed once", async () => {
  const { page } = workbench;
  await page.waitForSelector(".squiggly-warning", { timeout: PATIENCE });
  await workbench.openFile("shelf.go");
  await page.waitForSelector(".squiggly-error", { timeout: PATIENCE });
  const before = await page.locator(".squiggly-error").count();
  await workbench.press("Control+End");
  await page.keyboard.type("\nfunc Try() { defer recover() }");
  await until(async () => (await page.locator(".squiggly-error").count()) > before, "the finding of the line just typed");
  assert.equal(onDisk("shelf.go"), fs.readFileSync(path.join(tests, "module/shelf.go"), "utf8"));
  await workbench.showProblems();
  const rows = await workbench.problems();
  const unique = new Set(rows);
  assert.equal(rows.length, unique.size, rows.join("\n"));
  assert.equal(rows.filter((row) => row.includes("a panic of `Try` goes on")).length, 1, rows.join("\n"));
  await workbench.hidePanel();
  await workbench.run("File: Revert File");
  await until(async () => (await page.locator(".squiggly-error").count()) === before, "the finding to go");
});

await step("the peek shows the message", async () => {
  await workbench.openFile("count.go");
  await workbench.goToLine(14, "return");
  await workbench.press("F8");
  const message = await workbench.peek();
  assert.match(message, /nil map/);
  assert.match(message, /deferlint/);
  await workbench.picture("finding");
  await workbench.press("Escape");
});

await step("the hover explains the rule and leads to its page", async () => {
  await workbench.goToLine(14, "return");
  const text = await workbench.hover();
  assert.match(text, /A function with a defer returns a map that has no name/);
  assert.equal(text.split("has no name: when a panic is recovered").length, 2, text);
  assert.ok(await workbench.page.locator(`.monaco-hover a[data-href^="command:deferlint.explainRule"]`).count());
  await workbench.picture("hover");
  await workbench.press("Escape");
});

await step("the menu offers the extraction and the fix of the map result", async () => {
  await workbench.goToLine(14, "return");
  const titles = await workbench.openQuickFixes(EXTRACT);
  assert.ok(titles.includes(NAME_RESULT), titles);
  assert.equal(titles.split(EXTRACT).length, 2, titles);
  await workbench.picture("quick-fix");
  await workbench.press("Escape");
});

await step("the extraction is made, saved and on disk byte for byte", async () => {
  await workbench.goToLine(14, "return");
  await workbench.applyQuickFix(EXTRACT);
  await workbench.press("Control+s");
  await becomes("count.go", extracted);
});

await step("a second fix follows right after", async () => {
  await workbench.goToLine(6, "defer");
  await workbench.applyQuickFix(NAME_RESULT);
  await workbench.press("Control+s");
  await becomes("count.go", named);
});

await step("undo brings back what was there", async () => {
  await workbench.press("Control+z");
  await workbench.press("Control+s");
  await becomes("count.go", extracted);
  await workbench.press("Control+z");
  await workbench.press("Control+s");
  await becomes("count.go", original);
  await workbench.page.waitForSelector(".squiggly-warning", { timeout: PATIENCE });
});

await step("the name of a finding's rule opens its page", async () => {
  await workbench.goToLine(14, "return");
  await workbench.press("F8");
  await workbench.peek();
  await workbench.page.locator(".marker-widget .code-link, .marker-widget a.code-link").first().click();
  await workbench.showsPage("What Go does");
  await workbench.closeTab("map-returned-directly.md");
});

await step("Explain Rule opens the page beside the code", async () => {
  await workbench.run("deferlint: Explain Rule");
  await workbench.showsPage("What Go does");
  await workbench.picture("page");
  await workbench.closeTab("map-returned-directly.md");
});

await step("the server is restarted on command", async () => {
  await workbench.openFile("count.go");
  await workbench.run("deferlint: Restart Server");
  await workbench.notification(/deferlint \S+ restarted/);
  await workbench.page.waitForSelector(".squiggly-warning", { timeout: PATIENCE });
});

await step("the language status shows version and state", async () => {
  const text = await workbench.languageStatus();
  assert.match(text, /deferlint \d+\.\d+\.\d+/);
  assert.match(text, /running/);
});

function configure(settings) {
  fs.mkdirSync(path.join(module, ".vscode"), { recursive: true });
  fs.writeFileSync(path.join(module, ".vscode/settings.json"), JSON.stringify(settings));
}

await step("wrong settings are shown in one message", async () => {
  configure({ "deferlint.rules": { "no-such-rule": "error" }, "deferlint.run": "sometimes" });
  const text = await workbench.notification(/doesn't understand its settings/);
  assert.match(text, /unknown rule or category `no-such-rule`/);
  assert.match(text, /deferlint\.run is "sometimes"/);
  await workbench.run("Notifications: Clear All Notifications");
});

await step("another severity of a rule takes effect at once", async () => {
  configure({ "deferlint.rules": { "recover-nil-map-result": "error" } });
  await workbench.page.waitForSelector(".squiggly-error", { timeout: PATIENCE });
});

await step("nothing was asked of another machine", () => {
  assert.deepEqual([...workbench.foreignHosts], []);
});

await server.stop();
finish();
