//! Kills `check --fix` at random moments: every file must be the original or the fixed one, byte for byte.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitCode, Stdio};
use std::time::Instant;

use anyhow::ensure;
use deferlint_workspace::is_go_file;
use fastrand::Rng;

/// How many Go files a run fixes.
const FILES: usize = 40;

/// The arguments of a run.
const FIX: [&str; 3] = ["check", "--fix", "--unsafe-fixes"];

/// How often, and what.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    /// The deferlint binary
    #[arg(long, default_value = "target/release/deferlint")]
    server: PathBuf,

    /// How many runs are killed
    #[arg(long, default_value_t = 200)]
    runs: usize,

    /// Where the random moments start
    #[arg(long, default_value_t = 1)]
    seed: u64,
}

pub(crate) fn run(arguments: &Arguments, root: &Path) -> anyhow::Result<ExitCode> {
    let binary = root.join(&arguments.server);
    let originals: Vec<String> = (0..FILES).map(source).collect();
    let whole = Module::new(&originals)?;
    let mut process = whole.command(&binary, &FIX).spawn()?;
    let start = Instant::now();
    whole.wait_for_first_file(&originals, &mut process)?;
    let before_writing = start.elapsed();
    process.wait()?;
    let whole_run = start.elapsed();
    let writing = whole_run.saturating_sub(before_writing);
    let fixed = whole.texts()?;
    ensure!(
        originals
            .iter()
            .zip(&fixed)
            .all(|(before, after)| before != after),
        "a file has no fix"
    );

    let mut random = Rng::with_seed(arguments.seed);
    let mut tally = Tally::default();
    for run in 0..arguments.runs {
        let module = Module::new(&originals)?;
        let mut process = module.command(&binary, &FIX).spawn()?;
        // Every other run is killed while it writes: that is the shorter part of it.
        if run.is_multiple_of(2) {
            std::thread::sleep(whole_run.mul_f64(random.f64()));
        } else {
            module.wait_for_first_file(&originals, &mut process)?;
            std::thread::sleep(writing.mul_f64(random.f64()));
        }
        process.kill()?;
        process.wait()?;
        tally.add(&module, &originals, &fixed)?;
        // What a killed run leaves behind is no Go file, and the next run removes it.
        module.fix(&binary)?;
        ensure!(
            module.left_over()?.is_empty(),
            "the run after a killed one leaves hidden files"
        );
        ensure!(
            module.texts()? == fixed,
            "the run after a killed one fixes something else"
        );
    }
    println!(
        "{} runs of check --fix on {FILES} files killed within {whole_run:.0?}: {} files were original, {} fixed, \
         {} damaged; {} runs were killed between the first and the last file; {} hidden files were left over, \
         and the next run removed them",
        arguments.runs, tally.original, tally.fixed, tally.damaged, tally.within, tally.left_over
    );
    Ok(if tally.damaged == 0 {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

/// What the files were after the killed runs.
#[derive(Default)]
struct Tally {
    original: usize,
    fixed: usize,
    damaged: usize,
    /// Runs that had fixed some files and not all.
    within: usize,
    left_over: usize,
}

impl Tally {
    fn add(&mut self, module: &Module, originals: &[String], fixed: &[String]) -> anyhow::Result<()> {
        let (mut original, mut changed) = (0, 0);
        for (index, text) in module.texts()?.iter().enumerate() {
            if *text == originals[index] {
                original += 1;
            } else if *text == fixed[index] {
                changed += 1;
            } else {
                eprintln!("{} is damaged:\n{text}", module.path(index).display());
                self.damaged += 1;
            }
        }
        self.original += original;
        self.fixed += changed;
        self.within += usize::from(original > 0 && changed > 0);
        for name in module.left_over()? {
            ensure!(!is_go_file(Path::new(&name)), "{name} is a Go file");
            self.left_over += 1;
        }
        Ok(())
    }
}

/// A file with findings that have fixes.
fn source(number: usize) -> String {
    let mut text = String::from("package stock\n");
    for function in 0..20 {
        // Writing to a string can't fail.
        let _ = write!(
            text,
            "\nfunc flush{number}x{function}() map[string]int {{\n\tcounts := map[string]int{{}}\n\tdefer clear(counts)\n\treturn counts\n}}\n"
        );
    }
    text
}

/// A module in a temporary directory.
struct Module {
    directory: tempfile::TempDir,
}

impl Module {
    fn new(texts: &[String]) -> anyhow::Result<Self> {
        let module = Self {
            directory: tempfile::tempdir()?,
        };
        std::fs::write(
            module.directory.path().join("go.mod"),
            "module example.com/stock\n\ngo 1.24\n",
        )?;
        for (index, text) in texts.iter().enumerate() {
            std::fs::write(module.path(index), text)?;
        }
        Ok(module)
    }

    fn path(&self, index: usize) -> PathBuf {
        self.directory.path().join(format!("stock{index}.go"))
    }

    fn texts(&self) -> anyhow::Result<Vec<String>> {
        (0..FILES)
            .map(|index| Ok(std::fs::read_to_string(self.path(index))?))
            .collect()
    }

    /// The names of hidden files.
    fn left_over(&self) -> anyhow::Result<Vec<String>> {
        let entries = std::fs::read_dir(self.directory.path())?;
        let names: Vec<_> = entries
            .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
            .collect::<std::io::Result<_>>()?;
        Ok(names.into_iter().filter(|name| name.starts_with('.')).collect())
    }

    fn command(&self, binary: &Path, arguments: &[&str]) -> Command {
        let mut command = Command::new(binary);
        command.args(arguments).current_dir(self.directory.path());
        command.stdout(Stdio::null()).stderr(Stdio::piped());
        command
    }

    /// Waits until the first file is fixed, or the process has ended.
    fn wait_for_first_file(&self, originals: &[String], process: &mut Child) -> anyhow::Result<()> {
        while std::fs::read_to_string(self.path(0))? == originals[0] && process.try_wait()?.is_none() {
            std::thread::yield_now();
        }
        Ok(())
    }

    /// Fixes everything, and sees that no other file was read than those that are there.
    fn fix(&self, binary: &Path) -> anyhow::Result<()> {
        let output = self
            .command(binary, &["check", "--fix", "--unsafe-fixes"])
            .output()?;
        let summary = String::from_utf8_lossy(&output.stderr);
        let expected = format!("0 findings in {FILES} files of 1 package.");
        ensure!(summary.contains(&expected), "{summary}");
        Ok(())
    }
}
