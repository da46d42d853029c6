// The tests of the extension, run by the extension host. Those of a file run one after the other.
const vscode = require("vscode");

exports.run = async () => {
  // The folders arrive after the extension host has started.
  while (vscode.workspace.workspaceFile === undefined) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const { end } = require("./harness.js");
  try {
    for (const group of ["findings", "fixes", "pages", "settings", "failures"]) {
      await require(`./${group}.js`).run();
    }
  } finally {
    end();
  }
};
