//! `deferlint rules` and `deferlint explain`.

use std::io::{self, Write};

use anyhow::bail;
use deferlint_rules::{FixAvailability, RULES, rule};
use deferlint_workspace::nearest_name;
use serde::Serialize;

use crate::SUCCESS;
use crate::cli::OutputFormat;

#[derive(Serialize)]
struct RuleEntry {
    name: &'static str,
    category: &'static str,
    severity: &'static str,
    default: bool,
    fix: &'static str,
    summary: &'static str,
}

/// Lists every rule.
pub(crate) fn list(format: OutputFormat) -> anyhow::Result<u8> {
    let entries = RULES.iter().map(|rule| RuleEntry {
        name: rule.name,
        category: rule.category.name(),
        severity: rule.severity.name(),
        default: rule.is_default,
        fix: match rule.fix {
            FixAvailability::Always => "always",
            FixAvailability::Sometimes => "sometimes",
            FixAvailability::None => "none",
        },
        summary: rule.summary(),
    });
    let mut out = io::stdout().lock();
    match format {
        OutputFormat::Json => {
            serde_json::to_writer(&mut out, &entries.collect::<Vec<_>>())?;
            writeln!(out)?;
        }
        OutputFormat::Text => {
            let width = RULES.iter().map(|rule| rule.name.len()).max().unwrap_or_default();
            for entry in entries {
                let state = if entry.default { "" } else { "off" };
                let RuleEntry {
                    name,
                    category,
                    severity,
                    fix,
                    ..
                } = entry;
                let line = format!("{name:width$}  {category:10}  {severity:7}  fix: {fix:9}  {state}");
                writeln!(out, "{}", line.trim_end())?;
            }
        }
    }
    Ok(SUCCESS)
}

/// Prints the page of a rule.
pub(crate) fn explain(name: &str) -> anyhow::Result<u8> {
    let Some(rule) = rule(name) else {
        match nearest_name(name) {
            Some(nearest) => bail!("unknown rule `{name}`: did you mean `{nearest}`?"),
            None => bail!("unknown rule `{name}`: `deferlint rules` lists them all"),
        }
    };
    io::stdout().lock().write_all(rule.page.as_bytes())?;
    Ok(SUCCESS)
}
