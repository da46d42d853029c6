//! Draws the picture of the README: what `deferlint check` prints for two files of the examples.

use std::path::Path;
use std::process::{Command, ExitCode};

use anstyle_svg::Term;
use anyhow::Context;

/// The files shown: a lost assignment and a recovered map.
const FILES: [&str; 2] = [
    "examples/internal/importer/importer.go",
    "examples/internal/pricing/pricing.go",
];

/// The rules shown, one finding or two of each file.
const RULES: &str = "deferred-assignment-lost,recover-nil-map-result,map-returned-directly";

/// Where the picture goes.
const PICTURE: &str = "docs/images/check.svg";

pub(crate) fn run(root: &Path) -> anyhow::Result<ExitCode> {
    let output = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
        .args([
            "run",
            "--quiet",
            "--release",
            "--package",
            "deferlint",
            "--",
            "check",
            "--color",
            "always",
        ])
        .args(["--select", RULES])
        .args(FILES)
        .current_dir(root)
        .output()
        .context("can't run deferlint")?;
    let printed = String::from_utf8(output.stdout).context("deferlint prints UTF-8")?;
    let shown: String = printed.split_inclusive("\n\n").take(3).collect();
    let picture = Term::new().render_svg(&format!("$ deferlint check\n{}\n", shown.trim_end()));
    std::fs::create_dir_all(root.join("docs/images"))?;
    std::fs::write(root.join(PICTURE), picture).with_context(|| format!("can't write {PICTURE}"))?;
    println!("{PICTURE}");
    Ok(ExitCode::SUCCESS)
}
