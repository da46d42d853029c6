//! Running a block's program and comparing what it does with what its last comment says.

use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use anyhow::{Context, Result};
use deferlint_testkit::page::Run;

/// How long a block's program may run. They all end at once unless they hang.
const TIME_LIMIT: Duration = Duration::from_secs(60);

/// Runs the program at `path` and says what is different from `expected`.
pub(super) fn check_program(path: &Path, expected: &Run) -> Result<Vec<String>> {
    let mut child = Command::new(path)
        .current_dir(path.parent().unwrap_or(path))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("running {}", path.display()))?;
    let stdout = read_to_end(child.stdout.take());
    let stderr = read_to_end(child.stderr.take());
    let (Ok(stdout), Ok(stderr)) = (stdout.recv_timeout(TIME_LIMIT), stderr.recv_timeout(TIME_LIMIT)) else {
        child.kill()?;
        child.wait()?;
        return Ok(vec![format!(
            "the program still ran after {} seconds",
            TIME_LIMIT.as_secs()
        )]);
    };
    let status = child.wait()?;
    let mut differences = Vec::new();
    if status.code() != Some(i32::from(expected.exit)) {
        differences.push(format!(
            "the program ended with {status}, not {}\n{stderr}",
            expected.exit
        ));
    }
    if without_trailing_space(&stdout) != expected.stdout {
        differences.push(format!(
            "the program printed\n{stdout}instead of\n{}",
            expected.stdout
        ));
    }
    if let Some(part) = expected
        .stderr
        .as_ref()
        .filter(|part| !stderr.contains(part.as_str()))
    {
        differences.push(format!("the standard error lacks `{part}`:\n{stderr}"));
    }
    Ok(differences)
}

/// Reads a pipe on a thread of its own, so that neither pipe fills up while the other is read.
fn read_to_end(pipe: Option<impl Read + Send + 'static>) -> Receiver<String> {
    let (sender, receiver) = channel();
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        if let Some(mut pipe) = pipe {
            // A broken pipe ends the output; what came before it is compared like any other.
            let _ = pipe.read_to_end(&mut bytes);
        }
        // The receiver is gone once the time limit is over, and nobody wants the text any more.
        let _ = sender.send(String::from_utf8_lossy(&bytes).into_owned());
    });
    receiver
}

/// White space at a line's end doesn't count, as in [`Run::stdout`].
fn without_trailing_space(text: &str) -> String {
    text.lines().flat_map(|line| [line.trim_end(), "\n"]).collect()
}
