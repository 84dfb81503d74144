//! The `kneadsafe` program: reads the command line, runs it, exits.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use kneadsafe::cli::{Cli, Exit, run};

fn main() -> ExitCode {
    match run(Cli::parse()) {
        Ok(exit) => exit.into(),
        Err(error) => {
            let chain = anyhow::Error::from(error);
            // Where standard error is closed, the exit code must say it all.
            let _ = writeln!(std::io::stderr(), "kneadsafe: {chain:#}");
            Exit::Failed.into()
        }
    }
}
