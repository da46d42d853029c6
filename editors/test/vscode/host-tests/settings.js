// Every change of a setting takes effect without a reload.
const assert = require("node:assert/strict");
const fs = require("node:fs");
const path = require("node:path");
const vscode = require("vscode");
const { expectFindings, findings, inRoot, open, replace, root, set, test, until } = require("./harness.js");

const NIL_MAP = "6 recover-nil-map-result Warning";
const DIRECTLY = "14 map-returned-directly Information";

exports.run = async () => {
  const uri = inRoot("first/count.go");
  const document = await open(uri);
  const { exports: api } = vscode.extensions.getExtension("deferlint.deferlint");

  await test("deferlint.rules changes and switches off", async () => {
    await set("rules", { "recover-nil-map-result": "error", "map-returned-directly": "off" });
    await expectFindings(uri, ["6 recover-nil-map-result Error"]);
    await set("rules", undefined);
    await expectFindings(uri, [NIL_MAP, DIRECTLY]);
  });

  await test("deferlint.select and deferlint.ignore choose the rules", async () => {
    await set("select", ["maps"]);
    await expectFindings(uri, [DIRECTLY]);
    await set("select", undefined);
    await set("ignore", ["maps"]);
    await expectFindings(uri, [NIL_MAP]);
    await set("ignore", undefined);
    await expectFindings(uri, [NIL_MAP, DIRECTLY]);
  });

  await test("deferlint.configPath names a file for all folders", async () => {
    const file = path.join(root, "everywhere.toml");
    fs.writeFileSync(file, 'ignore = ["recover-nil-map-result"]\n');
    await set("configPath", "../everywhere.toml");
    await expectFindings(uri, [DIRECTLY]);
    await set("configPath", undefined);
    await expectFindings(uri, [NIL_MAP, DIRECTLY]);
  });

  await test("deferlint.run waits for saving", async () => {
    await set("run", "onSave");
    const original = document.getText();
    const shown = () => findings(uri).length;
    await replace(document, `${original}\nfunc try() { defer recover() }\n`);
    assert.equal(shown(), 2);
    await document.save();
    await until(() => shown() === 3, "the finding of what was saved");
    await replace(document, original);
    await document.save();
    await set("run", undefined);
    await expectFindings(uri, [NIL_MAP, DIRECTLY]);
  });

  await test("a value that is none is passed over", async () => {
    await set("run", "sometimes");
    await set("rules", { "recover-nil-map-result": "error", "no-such-rule": "error" });
    await expectFindings(uri, ["6 recover-nil-map-result Error", DIRECTLY]);
    await set("run", undefined);
    await set("rules", undefined);
    await expectFindings(uri, [NIL_MAP, DIRECTLY]);
  });

  await test("deferlint.enable stops and starts the server", async () => {
    await set("enable", false);
    await until(() => api.state.kind === "disabled", "the server to stop");
    await expectFindings(uri, []);
    await set("enable", undefined);
    await expectFindings(uri, [NIL_MAP, DIRECTLY]);
  });

  await test("deferlint.logLevel and deferlint.server.args start the server anew", async () => {
    await set("logLevel", "debug");
    await set("server.args", ["--log-level=info"]);
    await until(() => api.state.kind === "running", "the server");
    await expectFindings(uri, [NIL_MAP, DIRECTLY]);
    await set("logLevel", undefined);
    await set("server.args", undefined);
    await until(() => api.state.kind === "running", "the server");
  });
};
