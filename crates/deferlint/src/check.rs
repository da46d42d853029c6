//! `deferlint check`.

use std::collections::BTreeMap;
use std::io::{self, IsTerminal, Read, Write};
use std::path::PathBuf;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use anyhow::{Context, ensure};
use deferlint_workspace::{
    Checker, Discovery, DiscoveryOptions, DiskCache, FixOptions, Fixed, PathError, Report, Settings,
    SettingsLayer, SettingsProblem, SettingsSources, discover, fix, is_go_file,
};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use similar::TextDiff;

use crate::cli::{CheckArguments, ColorChoice, OutputFormat};
use crate::output::printable::{printable, printable_line};
use crate::output::{display_path, json, statistics, text};
use crate::write::Replacer;
use crate::{FAILURE, FINDINGS, SUCCESS};

/// How long a check may take before a progress bar appears.
const PATIENCE: Duration = Duration::from_millis(500);

/// Checks, and fixes when asked to.
///
/// # Errors
/// Arguments that name nothing, and output that can't be written.
pub(crate) fn run(arguments: &CheckArguments) -> anyhow::Result<u8> {
    ensure!(
        !arguments.unsafe_fixes || arguments.fix || arguments.diff,
        "--unsafe-fixes goes with --fix or --diff"
    );
    set_color(arguments.color);
    rayon::ThreadPoolBuilder::new()
        .num_threads(arguments.jobs)
        .build_global()
        .context("can't start threads")?;
    let input = Input::of(arguments)?;
    if arguments.fix || arguments.diff {
        fix_and_print(arguments, input)
    } else {
        check_and_print(arguments, &input)
    }
}

/// What is checked.
struct Input {
    files: Vec<PathBuf>,
    /// Standard input, under the name it was given.
    overlay: BTreeMap<PathBuf, String>,
    errors: Vec<PathError>,
}

impl Input {
    fn of(arguments: &CheckArguments) -> anyhow::Result<Self> {
        let Some(name) = &arguments.stdin_filename else {
            let options = DiscoveryOptions {
                tests: !arguments.no_tests,
            };
            let Discovery { files, errors } = discover(&arguments.paths, options)?;
            return Ok(Self {
                files,
                overlay: BTreeMap::new(),
                errors,
            });
        };
        ensure!(is_go_file(name), "{}: not a Go file", name.display());
        let mut bytes = Vec::new();
        io::stdin()
            .read_to_end(&mut bytes)
            .context("can't read standard input")?;
        let (text, errors) = match String::from_utf8(bytes) {
            Ok(text) => (text, Vec::new()),
            Err(invalid) => {
                let message = format!("not valid UTF-8 at byte {}", invalid.utf8_error().valid_up_to());
                (
                    String::new(),
                    vec![PathError {
                        path: name.clone(),
                        message,
                    }],
                )
            }
        };
        Ok(Self {
            files: vec![name.clone()],
            overlay: BTreeMap::from([(name.clone(), text)]),
            errors,
        })
    }
}

/// The command line on top of the settings files of what is checked.
///
/// # Errors
/// A settings file that can't be read or understood.
fn settings(arguments: &CheckArguments, input: &Input) -> anyhow::Result<SettingsSources> {
    let line = SettingsLayer {
        select: arguments.select.clone(),
        ignore: arguments.ignore.clone(),
        generated: arguments.generated.then_some(true),
        ..SettingsLayer::default()
    };
    if arguments.no_config {
        return Ok(Settings::layered([&line]).into());
    }
    let sources = SettingsSources::new(arguments.config.clone(), line);
    for file in &input.files {
        sources.of(file.parent());
    }
    let problems = sources.take_problems().into_iter();
    let problems: Vec<_> = problems
        .map(|problem| {
            let path = display_path(&problem.path);
            SettingsProblem {
                path: PathBuf::from(path),
                ..problem
            }
            .to_string()
        })
        .collect();
    ensure!(problems.is_empty(), "{}", problems.join("\n"));
    Ok(sources)
}

fn check_and_print(arguments: &CheckArguments, input: &Input) -> anyhow::Result<u8> {
    let mut checker = Checker::new(settings(arguments, input)?);
    if let Some(cache) = DiskCache::of_user().filter(|_| !arguments.no_cache) {
        checker.use_cache(cache);
    }
    for (path, text) in &input.overlay {
        checker.overlay(path.clone(), text.clone());
    }
    let progress = Progress::new(input.files.len());
    let mut report = checker.check(&input.files, &|files| progress.advance(files));
    progress.finish();
    report.errors.splice(0..0, input.errors.iter().cloned());
    print(arguments, report, &mut anstream::stdout().lock())
}

fn fix_and_print(arguments: &CheckArguments, input: Input) -> anyhow::Result<u8> {
    let options = FixOptions {
        unsafe_fixes: arguments.unsafe_fixes,
        floor: arguments.severity,
    };
    let is_stdin = arguments.stdin_filename.is_some();
    let replacer = Replacer::of(if arguments.diff || is_stdin {
        &[]
    } else {
        &input.files
    });
    let mut fixed = fix(
        settings(arguments, &input)?,
        &input.files,
        options,
        input.overlay.clone(),
    );
    fixed.report.errors.splice(0..0, input.errors);
    if arguments.diff {
        let mut out = io::stdout().lock();
        for (path, file) in &fixed.files {
            write_diff(&display_path(path), &file.before, &file.after, &mut out)?;
        }
        let code = print(arguments, fixed.report, &mut anstream::stderr().lock())?;
        return Ok(if fixed.files.is_empty() || arguments.exit_zero {
            code
        } else {
            FINDINGS
        });
    }
    if is_stdin {
        let text = fixed
            .files
            .values()
            .map(|file| &file.after)
            .next()
            .or(input.overlay.values().next());
        io::stdout()
            .lock()
            .write_all(text.map(String::as_str).unwrap_or_default().as_bytes())?;
        return print(arguments, fixed.report, &mut anstream::stderr().lock());
    }
    let are_written = write_files(&mut fixed, replacer);
    if !fixed.files.is_empty() {
        let (fixes, files) = (fixed.applied(), fixed.files.len());
        tracing::info!(fixes, files, "fixed");
        let (fixes, files) = (count(fixes, "fix", "fixes"), count(files, "file", "files"));
        writeln!(io::stderr(), "Applied {fixes} in {files}.")?;
    }
    let code = print(arguments, fixed.report, &mut anstream::stdout().lock())?;
    Ok(if are_written { code } else { FAILURE })
}

/// Writes the fixed files. One that can't be written becomes an error of the report, in place of the findings of its
/// fixed text; the answer is false then.
fn write_files(fixed: &mut Fixed, mut replacer: Replacer) -> bool {
    let report = &mut fixed.report;
    let before = fixed.files.len();
    fixed.files.retain(|path, file| {
        tracing::debug!(?path, "writing");
        let Err(error) = replacer.replace(path, &file.before, &file.after) else {
            return true;
        };
        report.files.retain(|file| file.path != *path);
        report.errors.push(PathError {
            path: path.clone(),
            message: format!("{error:#}"),
        });
        false
    });
    fixed.files.len() == before
}

fn write_diff(path: &str, before: &str, after: &str, out: &mut impl Write) -> io::Result<()> {
    let diff = TextDiff::from_lines(before, after);
    let mut diff = diff.unified_diff();
    let diff = diff
        .header(&format!("a/{path}"), &format!("b/{path}"))
        .to_string();
    // A program that applies it needs every byte, and people none of the control characters.
    if io::stdout().is_terminal() {
        write!(out, "{}", printable(&diff))
    } else {
        out.write_all(diff.as_bytes())
    }
}

/// Prints the findings at or above the floor.
fn print(arguments: &CheckArguments, mut report: Report, out: &mut impl Write) -> anyhow::Result<u8> {
    for file in &mut report.files {
        file.diagnostics
            .retain(|diagnostic| diagnostic.severity >= arguments.severity);
    }
    report.files.retain(|file| !file.diagnostics.is_empty());
    let findings = report
        .files
        .iter()
        .map(|file| file.diagnostics.len())
        .sum::<usize>();
    match arguments.output_format {
        OutputFormat::Json => json::write(&report, out)?,
        OutputFormat::Text if arguments.statistics => statistics::write(&report, out)?,
        OutputFormat::Text => text::write(&report, out)?,
    }
    if arguments.output_format == OutputFormat::Text {
        summarize(&report, findings)?;
    }
    out.flush()?;
    Ok(if findings == 0 || arguments.exit_zero {
        SUCCESS
    } else {
        FINDINGS
    })
}

fn summarize(report: &Report, findings: usize) -> io::Result<()> {
    let mut err = anstream::stderr().lock();
    for error in &report.errors {
        let path = printable_line(&display_path(&error.path));
        writeln!(err, "deferlint: {path}: {}", printable(&error.message))?;
    }
    let files = count(report.file_count, "file", "files");
    let packages = count(report.package_count, "package", "packages");
    writeln!(
        err,
        "{} in {files} of {packages}.",
        count(findings, "finding", "findings")
    )
}

fn count(number: usize, one: &str, many: &str) -> String {
    format!("{number} {}", if number == 1 { one } else { many })
}

fn set_color(choice: ColorChoice) {
    match choice {
        ColorChoice::Auto => anstream::ColorChoice::Auto,
        ColorChoice::Always => anstream::ColorChoice::Always,
        ColorChoice::Never => anstream::ColorChoice::Never,
    }
    .write_global();
}

/// A progress bar that appears on a terminal when a check takes long.
struct Progress {
    bar: ProgressBar,
    started: Instant,
    is_shown: Mutex<bool>,
}

impl Progress {
    fn new(files: usize) -> Self {
        let bar = ProgressBar::with_draw_target(Some(files as u64), ProgressDrawTarget::hidden());
        if let Ok(style) = ProgressStyle::with_template("{bar:40} {pos}/{len} files") {
            bar.set_style(style);
        }
        Self {
            bar,
            started: Instant::now(),
            is_shown: Mutex::new(!io::stderr().is_terminal()),
        }
    }

    fn advance(&self, files: usize) {
        self.bar.inc(files as u64);
        if self.started.elapsed() > PATIENCE
            && let Ok(mut is_shown) = self.is_shown.lock()
            && !*is_shown
        {
            *is_shown = true;
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        }
    }

    fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
