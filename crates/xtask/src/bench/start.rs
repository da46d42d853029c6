//! How long it takes until the server has answered its first request, beside a program that only prints its version.

use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::Result;
use deferlint_testkit::lsp::{ClientKind, LspClient};
use serde_json::json;

use super::Subject;
use super::samples::Samples;
use super::table::Table;

/// How often both are started for each run of the other programs: they are quick.
const STARTS_PER_RUN: usize = 10;

/// Starts both in turns.
pub(super) fn measure(subject: &Subject, table: &mut Table) -> Result<()> {
    let (mut replies, mut versions) = (Samples::default(), Samples::default());
    let params = ClientKind::Push.initialize_params(None, &json!({}));
    for _ in 0..subject.runs * STARTS_PER_RUN {
        let start = Instant::now();
        Command::new(&subject.deferlint)
            .arg("--version")
            .stdout(Stdio::null())
            .status()?;
        versions.push(start.elapsed());
        let start = Instant::now();
        let mut client = LspClient::spawn(Command::new(&subject.deferlint).arg("lsp"))?;
        client.request("initialize", &params)?;
        replies.push(start.elapsed());
        client.kill()?;
    }
    table.row(
        "from the start of the server to the reply to `initialize`",
        replies.median(),
        "`deferlint --version`",
        versions.median(),
        4.0,
    );
    Ok(())
}
