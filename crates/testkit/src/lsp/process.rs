//! The server's process.

use std::io::{self, BufRead as _, BufReader};
use std::process::{Child, ChildStdin, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use super::transcript::{Speaker, Transcript};

/// A running server; killed when dropped.
pub(super) struct ServerProcess {
    /// `None` once someone waits for its end.
    child: Option<Child>,
    id: u32,
}

impl ServerProcess {
    /// Starts `command` and returns its output and its input as well.
    pub(super) fn spawn(
        command: &mut Command,
        transcript: &Transcript,
    ) -> io::Result<(Self, ChildStdout, ChildStdin)> {
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let missing = || io::Error::other("a standard stream is not piped");
        let output = child.stdout.take().ok_or_else(missing)?;
        let input = child.stdin.take().ok_or_else(missing)?;
        let log = child.stderr.take().ok_or_else(missing)?;
        let transcript = transcript.clone();
        thread::spawn(move || {
            for line in BufReader::new(log).split(b'\n').map_while(Result::ok) {
                transcript.record(Speaker::Log, &line);
            }
        });
        let id = child.id();
        Ok((
            Self {
                child: Some(child),
                id,
            },
            output,
            input,
        ))
    }

    /// The process id.
    pub(super) fn id(&self) -> u32 {
        self.id
    }

    /// Waits for the end, `patience` at most.
    pub(super) fn wait(mut self, patience: Duration) -> io::Result<ExitStatus> {
        let Some(mut child) = self.child.take() else {
            return Err(io::ErrorKind::NotFound.into());
        };
        let (sender, receiver) = mpsc::channel();
        thread::spawn(move || sender.send(child.wait()));
        receiver
            .recv_timeout(patience)
            .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))
    }

    /// Kills the process and waits for its end.
    pub(super) fn kill(mut self) -> io::Result<ExitStatus> {
        let Some(mut child) = self.child.take() else {
            return Err(io::ErrorKind::NotFound.into());
        };
        child.kill()?;
        child.wait()
    }
}

impl Drop for ServerProcess {
    fn drop(&mut self) {
        if let Some(mut child) = self.child.take() {
            // It may have ended by itself.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
