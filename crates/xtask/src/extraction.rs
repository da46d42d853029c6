//! Whether the extraction of a returned map keeps what a program does: Go runs each program before and after it.

mod generate;

use std::collections::BTreeMap;
use std::path::Path;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use deferlint_rules::Severity;
use deferlint_workspace::{FixOptions, Selector, Settings, fix};
use fastrand::Rng;

use crate::toolchain::Toolchain;

/// The written programs, beside those that are generated.
const PROGRAMS: &str = "tests/oracle/extraction";

/// Arguments of the task.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// How many programs are generated.
    #[arg(long, default_value_t = 8)]
    programs: u64,
    /// How many functions a generated program has.
    #[arg(long, default_value_t = 60)]
    functions: usize,
    /// The seed of the first program; each further one has the next.
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

/// Runs the written and the generated programs. The exit status is 1 when one behaves otherwise after the extraction.
pub(crate) fn run(arguments: &Arguments, root: &Path) -> Result<ExitCode> {
    let toolchain = Toolchain::find()?;
    let mut programs = written(root)?;
    for seed in arguments.seed..arguments.seed + arguments.programs {
        let text = generate::program(&mut Rng::with_seed(seed), arguments.functions);
        programs.push((format!("seed {seed}"), text));
    }
    let (mut extracted, mut failed) = (0, 0);
    for (name, text) in &programs {
        let outcome = compare(&toolchain, text).with_context(|| name.clone())?;
        extracted += outcome.extracted;
        if let Some(difference) = outcome.difference {
            failed += 1;
            eprintln!("{name}: {difference}");
        }
    }
    if extracted == 0 {
        bail!("nothing was extracted: there is nothing to compare");
    }
    println!(
        "{} programs, {extracted} extractions, {failed} behave otherwise",
        programs.len()
    );
    Ok(if failed == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

fn written(root: &Path) -> Result<Vec<(String, String)>> {
    let directory = root.join(PROGRAMS);
    let mut programs = Vec::new();
    for entry in std::fs::read_dir(&directory).with_context(|| directory.display().to_string())? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "go") {
            let name = path.strip_prefix(root).unwrap_or(&path).display().to_string();
            programs.push((name, std::fs::read_to_string(&path)?));
        }
    }
    programs.sort();
    Ok(programs)
}

struct Outcome {
    extracted: usize,
    difference: Option<String>,
}

/// Runs a program as it is and with every extraction applied.
fn compare(toolchain: &Toolchain, text: &str) -> Result<Outcome> {
    let directory = tempfile::tempdir().context("a temporary directory for the program")?;
    let file = directory.path().join("main.go");
    std::fs::write(
        directory.path().join("go.mod"),
        "module example.com/order\n\ngo 1.24\n",
    )?;
    std::fs::write(&file, text)?;
    let before = toolchain.run(directory.path(), &["run", "."])?;
    if !before.success {
        bail!("the program fails as it is:\n{}", before.stderr);
    }
    let settings = Settings {
        select: Some(vec!["map-returned-directly".parse::<Selector>()?]),
        ..Settings::default()
    };
    let options = FixOptions {
        unsafe_fixes: false,
        floor: Severity::Hint,
    };
    let fixed = fix(settings, std::slice::from_ref(&file), options, BTreeMap::new());
    for (path, fixed) in &fixed.files {
        std::fs::write(path, &fixed.after)?;
    }
    let after = toolchain.run(directory.path(), &["run", "."])?;
    let difference = if after.success {
        (before.stdout != after.stdout).then(|| first_difference(&before.stdout, &after.stdout))
    } else {
        Some(format!("no longer runs:\n{}", after.stderr))
    };
    Ok(Outcome {
        extracted: fixed.applied(),
        difference,
    })
}

/// The first line that differs, with the line that names its call.
fn first_difference(before: &str, after: &str) -> String {
    let mut call = "";
    for (old, new) in before.lines().zip(after.lines()) {
        if old != new {
            return format!("in {call}: `{}` became `{}`", old.trim(), new.trim());
        }
        if !old.starts_with(' ') {
            call = old;
        }
    }
    format!("in {call}: the output ends elsewhere")
}
