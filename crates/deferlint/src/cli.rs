//! The command line's arguments.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use deferlint_rules::Severity;
use deferlint_workspace::Selector;

/// Finds what Go code loses to defer, recover and map results.
#[derive(Debug, Parser)]
#[command(
    name = "deferlint",
    version,
    propagate_version = true,
    arg_required_else_help = true
)]
pub(crate) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(crate) command: Command,

    /// How much to log on standard error: a level, or filters as in `deferlint_server=debug`
    #[arg(
        long,
        global = true,
        env = "DEFERLINT_LOG",
        default_value = "warn",
        value_name = "LEVEL"
    )]
    pub(crate) log_level: String,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Check Go files, directories or `dir/...` patterns
    Check(Box<CheckArguments>),
    /// Run the language server on standard input and output
    Lsp(LspArguments),
    /// List the rules
    Rules(RulesArguments),
    /// Print a rule's page
    Explain {
        /// The rule's name
        rule: String,
    },
}

/// The arguments of `deferlint lsp`.
#[derive(Debug, Args)]
pub(crate) struct LspArguments {
    /// Accepted because editors pass it; standard input and output are the only transport
    #[arg(long)]
    pub(crate) stdio: bool,
}

/// The arguments of `deferlint rules`.
#[derive(Debug, Args)]
pub(crate) struct RulesArguments {
    /// How to print them
    #[arg(long, value_enum, default_value_t = OutputFormat::Text)]
    pub(crate) output_format: OutputFormat,
}

/// The arguments of `deferlint check`.
#[derive(Debug, Args)]
#[allow(
    clippy::struct_excessive_bools,
    reason = "each is a switch of the command line"
)]
pub(crate) struct CheckArguments {
    /// Files, directories, or `dir/...` patterns
    #[arg(default_value = ".", value_name = "PATHS")]
    pub(crate) paths: Vec<PathBuf>,

    /// How to print the findings
    #[arg(long, value_enum, default_value_t = OutputFormat::Text)]
    pub(crate) output_format: OutputFormat,

    /// Run these rules instead of the default set: a rule, a category, or `all`
    #[arg(long, value_delimiter = ',', value_name = "RULE")]
    pub(crate) select: Option<Vec<Selector>>,

    /// Don't run these rules: a rule, a category, or `all`
    #[arg(long, value_delimiter = ',', value_name = "RULE")]
    pub(crate) ignore: Vec<Selector>,

    /// Read this settings file instead of the nearest `.deferlint.toml` of each directory
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub(crate) config: Option<PathBuf>,

    /// Read no settings file
    #[arg(long)]
    pub(crate) no_config: bool,

    /// Neither read nor write the cache of facts and findings in the user's cache directory
    #[arg(long)]
    pub(crate) no_cache: bool,

    /// The least severity that is reported
    #[arg(long, default_value_t = Severity::Info, value_name = "SEVERITY")]
    pub(crate) severity: Severity,

    /// Apply the fixes after which the program behaves the same
    #[arg(long)]
    pub(crate) fix: bool,

    /// With --fix, also apply the fixes that change what the program does; with --diff, show them
    #[arg(long)]
    pub(crate) unsafe_fixes: bool,

    /// Print what --fix would change, and change nothing
    #[arg(long)]
    pub(crate) diff: bool,

    /// Print the number of findings of each rule instead of the findings
    #[arg(long)]
    pub(crate) statistics: bool,

    /// Exit with 0 although there are findings
    #[arg(long)]
    pub(crate) exit_zero: bool,

    /// Report findings in generated files, too
    #[arg(long)]
    pub(crate) generated: bool,

    /// Check `_test.go` files (the default)
    #[arg(long, overrides_with = "no_tests")]
    pub(crate) tests: bool,

    /// Leave `_test.go` files out
    #[arg(long, overrides_with = "tests")]
    pub(crate) no_tests: bool,

    /// Check standard input as if it were this file
    #[arg(long, value_name = "NAME", conflicts_with = "paths")]
    pub(crate) stdin_filename: Option<PathBuf>,

    /// How many threads to use; 0 means one a processor
    #[arg(long, short, default_value_t = 0, value_name = "N")]
    pub(crate) jobs: usize,

    /// When to colour the output; `NO_COLOR` and `CLICOLOR_FORCE` are honoured
    #[arg(long, value_enum, default_value_t = ColorChoice::Auto)]
    pub(crate) color: ColorChoice,
}

/// How to print.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OutputFormat {
    /// For people
    Text,
    /// For programs: see docs/json.md
    Json,
}

/// When to colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColorChoice {
    /// On a terminal
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}
