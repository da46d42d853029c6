// The extension's own tests, in the extension host of VS Code: host-tests/index.js writes what became of each to a file.
//
// Two folders are open, and the workspace isn't trusted: what works here works in a trusted one.
import fs from "node:fs";
import path from "node:path";
import { CodeServer, tests, until } from "./code-server.mjs";
import { finish, report } from "./report.mjs";

const root = path.join(process.env.scratch, "host");
fs.mkdirSync(root);
const server = new CodeServer(root, {
  "security.workspace.trust.startupPrompt": "never",
  "security.workspace.trust.banner": "never",
});
fs.cpSync(path.join(tests, "module"), path.join(root, "first"), { recursive: true });
fs.cpSync(path.join(tests, "module"), path.join(root, "second"), { recursive: true });
fs.cpSync(path.join(tests, "vscode/host-tests/files"), path.join(root, "first"), { recursive: true });
fs.writeFileSync(path.join(root, "second/.deferlint.toml"), 'ignore = ["map-returned-directly"]\n');
fs.mkdirSync(path.join(root, "loose"));
fs.copyFileSync(path.join(tests, "module/count.go"), path.join(root, "loose/count.go"));
const workspace = path.join(root, "two.code-workspace");
const hostile = { "deferlint.server.path": "/nowhere/deferlint", "deferlint.server.args": ["--no-such-option"] };
fs.writeFileSync(workspace, JSON.stringify({ folders: [{ path: "first" }, { path: "second" }], settings: hostile }));

// What embedders of the web workbench set to have an extension tested. It is put into the page before its scripts read it.
function developExtension([extension, extensionTests]) {
  const observer = new MutationObserver(() => {
    const element = document.getElementById("vscode-workbench-web-configuration");
    if (element === null) {
      return;
    }
    observer.disconnect();
    const configuration = JSON.parse(element.getAttribute("data-settings"));
    configuration.developmentOptions = { ...configuration.developmentOptions, extensions: [extension], extensionTestsPath: extensionTests };
    element.setAttribute("data-settings", JSON.stringify(configuration));
  });
  observer.observe(document, { childList: true, subtree: true });
}

await server.start();
const page = await server.window({ width: 1160, height: 600 });
let printed = "";
page.on("console", (message) => (printed += `${message.text()}\n`));
const remote = (file) => ({ scheme: "vscode-remote", authority: server.authority, path: file });
const paths = [process.env.extension, path.join(tests, "vscode/host-tests/index.js")];
await page.addInitScript(developExtension, paths.map(remote));
await page.goto(`http://${server.authority}/?workspace=${encodeURIComponent(workspace)}`);

const results = path.join(root, "results.jsonl");
const lines = () => (fs.existsSync(results) ? fs.readFileSync(results, "utf8").trim().split("\n") : []);
const patience = 180_000;
let done = 0;
try {
  await until(() => {
    for (const line of lines().slice(done)) {
      done += 1;
      const { name, problem } = JSON.parse(line);
      if (name === undefined) {
        return true;
      }
      report(name, problem);
    }
    return false;
  }, "the tests to end", patience);
} catch (error) {
  await page.screenshot({ path: path.join(process.env.tools, "vscode-host.png") });
  report("the tests end", `${error.stack}\n${printed.slice(-3000)}\n${server.output.slice(-2000)}`);
}
await server.stop();
finish();
