// Programs that are missing, that aren't deferlint, and that crash.
const assert = require("node:assert/strict");
const { execFileSync } = require("node:child_process");
const fs = require("node:fs");
const path = require("node:path");
const vscode = require("vscode");
const { expectFindings, inRoot, open, root, set, test, until } = require("./harness.js");

const COUNT = ["6 recover-nil-map-result Warning", "14 map-returned-directly Information"];

function script(name, text, mode = 0o755) {
  const file = path.join(root, name);
  fs.writeFileSync(file, `#!/bin/sh\n${text}\n`);
  fs.chmodSync(file, mode);
  return file;
}

exports.run = async () => {
  const { exports: api } = vscode.extensions.getExtension("deferlint.deferlint");
  const uri = inRoot("first/count.go");
  await open(uri);

  const failsWith = async (program, reason) => {
    await set("server.path", program);
    await until(() => api.state.kind === "failed" && reason.test(api.state.reason), `${reason}`);
    await expectFindings(uri, []);
  };

  await test("a program that is missing is said to be", () => failsWith("~/no/deferlint", /\/no\/deferlint can't be run: there is no such file/));

  await test("a file that isn't executable is said to be none", () =>
    failsWith(script("data", "", 0o644), /it is not executable/));

  await test("a program that isn't deferlint is said to be none", () =>
    failsWith(script("other", "echo something 1.0"), /is not deferlint/));

  await test("a server that crashes at once is started five times and then no more", async () => {
    const starts = path.join(root, "starts");
    const crashing = `case $1 in --version) echo deferlint 0.0.1;; *) echo start >>${starts}; exit 3;; esac`;
    await failsWith(script("crashing", crashing), /keeps crashing/);
    assert.equal(fs.readFileSync(starts, "utf8").split("\n").length - 1, 5);
  });

  await test("the program of the setting runs, and the bundled one without it", async () => {
    const { path: bundled } = await until(async () => {
      await set("server.path", undefined);
      return api.state.kind === "running" && api.state.program;
    }, "the bundled server");
    await expectFindings(uri, COUNT);
    await set("server.path", bundled);
    await until(() => api.state.program?.origin === "deferlint.server.path", "the program of the setting");
    await expectFindings(uri, COUNT);
    await set("server.path", undefined);
    await until(() => api.state.program?.origin === "bundled", "the bundled server");
    await expectFindings(uri, COUNT);
  });

  await test("a program of another version runs, and is called by its version", async () => {
    const { path: bundled } = api.state.program;
    await set("server.path", script("newer", `case $1 in --version) echo deferlint 99.0.0;; *) exec ${bundled} "$@";; esac`));
    await until(() => api.state.kind === "running" && api.state.program.version === "99.0.0", "the other version");
    await expectFindings(uri, COUNT);
    await set("server.path", undefined);
    await until(() => api.state.kind === "running" && api.state.program.origin === "bundled", "the bundled server");
    await expectFindings(uri, COUNT);
  });

  await test("a server that was killed is started again", async () => {
    execFileSync("pkill", ["-KILL", "-f", `^${api.state.program.path} lsp`]);
    await until(() => api.state.kind === "crashed", "the crash to be noticed");
    await until(() => api.state.kind === "running", "the server");
    await expectFindings(uri, COUNT);
  });

  await test("Restart Server starts another process", async () => {
    const pid = () => execFileSync("pgrep", ["-f", `^${api.state.program.path} lsp`], { encoding: "utf8" });
    const before = pid();
    await vscode.commands.executeCommand("deferlint.restartServer");
    assert.equal(api.state.kind, "running");
    assert.notEqual(pid(), before);
    await expectFindings(uri, COUNT);
  });
};
