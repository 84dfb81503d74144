//! The command line: one file a command, and the exit codes that scripts can rely on.

mod assess;
mod completions;
mod health;
mod lines;
mod openapi;
mod output;
mod ruleset;
mod ruleset_matrix;
mod ruleset_phrases;
mod ruleset_questionnaire;
mod ruleset_show;
mod screen;
mod screen_fhir;
mod screen_lines;
mod serve;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser, Subcommand};

use crate::ruleset::RulesetError;

/// Screens a client's conditions against a massage before the booking is confirmed.
///
/// A screening aid, not a diagnosis. Every option can be set by an environment variable as well: KNEADSAFE_ and the
/// option's name.
#[derive(Debug, Parser)]
#[command(name = "kneadsafe", version, after_long_help = EXIT_CODES)]
pub struct Cli {
    #[command(subcommand)]
    command: Command,
}

const EXIT_CODES: &str = "Exit codes:
  0  done; for `screen`, whatever the verdict
  1  done, and something was found: a check that failed, a case that differs, a line that could not be screened
  2  the command line or the input is not usable
  3  a file, a ruleset or the network could not be used";

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the HTTP API and Swagger UI
    Serve(serve::ServeArgs),
    /// Screen one request, or one a line (NDJSON), and print the answer
    Screen(screen::ScreenArgs),
    /// Assess what a client feels after a session
    Assess(assess::AssessArgs),
    /// Check, build, show and test rulesets
    Ruleset(RulesetArgs),
    /// Ask a service on this machine whether it is ready
    Health(health::HealthArgs),
    /// Print the OpenAPI document
    Openapi,
    /// Print a completion script for a shell
    Completions(completions::CompletionsArgs),
}

#[derive(Debug, Args)]
struct RulesetArgs {
    #[command(subcommand)]
    command: RulesetCommand,
}

#[derive(Debug, Subcommand)]
enum RulesetCommand {
    /// Report everything that is wrong with a ruleset folder, with file and place
    Check(FolderArgs),
    /// Build the release that the folder describes
    Build(ruleset::BuildArgs),
    /// Run the ruleset's own example cases
    Test(ruleset::TestArgs),
    /// Show one rule, condition, massage type, source or register row
    Show(ruleset_show::ShowArgs),
    /// Measure how well the phrases of phrases.json are understood
    Phrases(ruleset_phrases::PhrasesArgs),
    /// Print the verdict of every condition with every massage type
    Matrix(ruleset_matrix::MatrixArgs),
    /// Print the intake form that the rules ask for, as JSON
    Questionnaire(ruleset_questionnaire::QuestionnaireArgs),
}

/// Which folder, and how to print.
#[derive(Debug, Args)]
struct FolderArgs {
    /// The ruleset folder
    #[arg(long, env = "KNEADSAFE_RULESET_DIR", default_value = "ruleset", value_name = "DIR")]
    ruleset_dir: PathBuf,
    /// Print JSON
    #[arg(long, env = "KNEADSAFE_JSON")]
    json: bool,
}

/// How a command ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// Done.
    Done,
    /// Done, and something was found.
    Found,
    /// The command line or the input is not usable.
    Usage,
    /// A file, a ruleset or the network could not be used.
    Failed,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::Found => 1,
            Exit::Usage => 2,
            Exit::Failed => 3,
        })
    }
}

/// Why a command could not do its work.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// The ruleset cannot be used.
    #[error(transparent)]
    Ruleset(#[from] RulesetError),
    /// A file or stream cannot be read or written.
    #[error("cannot access `{what}`")]
    Access {
        /// The file or stream.
        what: String,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The service cannot be configured.
    #[error(transparent)]
    Config(#[from] crate::config::ConfigError),
    /// The service cannot start or failed.
    #[error(transparent)]
    Serve(#[from] crate::api::ServeError),
    /// A line was taken and its answer never came.
    #[error("line {line} was not screened to its end")]
    Unfinished {
        /// The line, counted from 1.
        line: u64,
    },
    /// The output cannot be written as JSON.
    #[error("cannot write JSON")]
    Json(#[from] serde_json::Error),
}

impl CliError {
    fn access(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |source| Self::Access { what, source }
    }
}

/// Runs one command line.
///
/// # Errors
/// [`CliError`] where a file, a ruleset or the network cannot be used.
pub fn run(cli: Cli) -> Result<Exit, CliError> {
    match cli.command {
        Command::Serve(args) => serve::run(&args),
        Command::Openapi => openapi::run(),
        Command::Screen(args) => screen::run(&args),
        Command::Assess(args) => assess::run(&args),
        Command::Ruleset(args) => match args.command {
            RulesetCommand::Check(args) => ruleset::check(&args),
            RulesetCommand::Build(args) => ruleset::build(&args),
            RulesetCommand::Test(args) => ruleset::test(&args),
            RulesetCommand::Show(args) => ruleset_show::run(&args),
            RulesetCommand::Phrases(args) => ruleset_phrases::run(&args),
            RulesetCommand::Matrix(args) => ruleset_matrix::run(&args),
            RulesetCommand::Questionnaire(args) => ruleset_questionnaire::run(&args),
        },
        Command::Health(args) => health::run(&args),
        Command::Completions(args) => completions::run(&args),
    }
}
