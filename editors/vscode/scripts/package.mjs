// Makes deferlint-TARGET.vsix: the extension with the server's program for a platform inside.
//   npm run package -- [--target TARGET] [--server PROGRAM]
// The target is this machine's by default. Without a program the server is built, for another platform than this one with
// the Rust target in `rustTargets`; $CARGO names a cargo that can link for it, such as `cross`.
import { execFileSync, spawnSync } from "node:child_process";
import fs from "node:fs";
import path from "node:path";
import { parseArgs } from "node:util";
import { createVSIX } from "@vscode/vsce";

const rustTargets = {
  "linux-x64": "x86_64-unknown-linux-gnu",
  "linux-arm64": "aarch64-unknown-linux-gnu",
  "linux-armhf": "armv7-unknown-linux-gnueabihf",
  "alpine-x64": "x86_64-unknown-linux-musl",
  "alpine-arm64": "aarch64-unknown-linux-musl",
  "darwin-x64": "x86_64-apple-darwin",
  "darwin-arm64": "aarch64-apple-darwin",
  "win32-x64": "x86_64-pc-windows-msvc",
  "win32-arm64": "aarch64-pc-windows-msvc",
};
const here = `${process.platform}-${process.arch}`;
const repository = path.resolve("../..");

const { values: options } = parseArgs({
  options: { target: { type: "string", default: here }, server: { type: "string" } },
});
const { target } = options;
if (!Object.hasOwn(rustTargets, target)) {
  fail(`unknown target ${target}; known are ${Object.keys(rustTargets).join(", ")}`);
}
const isWindows = target.startsWith("win32");
const fileName = isWindows ? "deferlint.exe" : "deferlint";

function fail(reason) {
  console.error(`package: ${reason}`);
  process.exit(1);
}

// The symbols are left out: they are half of the program, and a backtrace of a release build has use for none of them.
function buildServer() {
  const rustTarget = rustTargets[target];
  const foreign = target === here ? [] : ["--target", rustTarget];
  const env = { ...process.env, CARGO_PROFILE_RELEASE_STRIP: "symbols" };
  const directory = path.join(repository, "target/vscode");
  const cargo = process.env.CARGO ?? "cargo";
  const args = ["build", "--release", "--package", "deferlint", "--target-dir", directory, ...foreign];
  const { status, error } = spawnSync(cargo, args, { cwd: repository, env, stdio: "inherit" });
  if (error !== undefined) {
    fail(`${cargo} can't be run: ${error.message}`);
  }
  if (status !== 0) {
    const needed = `rustup target add ${rustTarget}, and a C compiler and linker for it; CARGO=cross brings all of these`;
    fail(`${cargo} couldn't build the server${target === here ? "" : ` for ${target}. That needs ${needed}`}.`);
  }
  return path.join(directory, ...foreign.slice(1), "release", fileName);
}

function copyServer(from, to) {
  fs.mkdirSync(path.dirname(to), { recursive: true });
  fs.copyFileSync(from, to);
  fs.chmodSync(to, 0o755);
  if (target === here && target.startsWith("linux")) {
    execFileSync("strip", [to]);
  }
}

// The setting `deferlint.rules` with the names that the server knows, so that they are completed and checked. The server's
// own platform has to be this one; for others the names are left out.
function withRules(manifest, server) {
  if (target !== here) {
    return manifest;
  }
  const rules = JSON.parse(execFileSync(server, ["rules", "--output-format", "json"], { encoding: "utf8" }));
  const setting = manifest.contributes.configuration.properties["deferlint.rules"];
  const severity = setting.additionalProperties;
  setting.properties = Object.fromEntries(
    rules.map(({ name, summary }) => [name, { ...severity, description: summary.replaceAll("\n", " ") }]),
  );
  setting.additionalProperties = false;
  return manifest;
}

const stage = path.resolve("out/stage");
fs.rmSync(stage, { recursive: true, force: true });
fs.mkdirSync(path.join(stage, "out"), { recursive: true });
const server = path.join(stage, "server", fileName);
copyServer(options.server ?? buildServer(), server);
execFileSync(process.execPath, ["scripts/bundle.mjs"], { stdio: "inherit" });
fs.copyFileSync("out/extension.js", path.join(stage, "out/extension.js"));
for (const entry of ["README.md", "CHANGELOG.md", "images", "walkthrough"]) {
  fs.cpSync(entry, path.join(stage, entry), { recursive: true });
}
fs.writeFileSync(path.join(stage, ".vscodeignore"), "images/*.svg\n");
const licences = ["LICENSE-MIT", "LICENSE-APACHE"].map((name) => fs.readFileSync(path.join(repository, name), "utf8"));
fs.writeFileSync(path.join(stage, "LICENSE.txt"), licences.join(`\n${"-".repeat(80)}\n\n`));
const { scripts: _, devDependencies: __, ...manifest } = JSON.parse(fs.readFileSync("package.json", "utf8"));
fs.writeFileSync(path.join(stage, "package.json"), `${JSON.stringify(withRules(manifest, server), null, 2)}\n`);

const packagePath = path.resolve(`deferlint-${target}.vsix`);
const files = "https://github.com/deferlint/deferlint/blob/main/editors/vscode";
await createVSIX({
  cwd: stage,
  packagePath,
  target,
  dependencies: false,
  baseContentUrl: files,
  baseImagesUrl: files.replace("/blob/", "/raw/"),
});
console.log(`${path.basename(packagePath)}: ${(fs.statSync(packagePath).size / 1e6).toFixed(1)} MB`);
