// VS Code with the extension that the README had the user install, and without a network.
import fs from "node:fs";
import path from "node:path";
import { CodeServer, PATIENCE, tests } from "./code-server.mjs";
import { finish, test } from "./report.mjs";
import { Workbench } from "./workbench.mjs";

const server = new CodeServer(process.env.home, { "security.workspace.trust.enabled": false });
const module = path.join(process.env.scratch, "readme");
fs.cpSync(path.join(tests, "module"), module, { recursive: true });

await test("VS Code: the installed extension shows a finding", async () => {
  await server.start();
  const { page } = await Workbench.open(server, module, "count.go");
  await page.waitForSelector(".squiggly-warning", { timeout: PATIENCE });
});

await server.stop();
finish();
