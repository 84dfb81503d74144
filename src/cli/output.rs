//! Writing to the terminal or a pipe; a reader that has gone away is not an error.

use std::io::{ErrorKind, Write};

use serde::Serialize;

use super::CliError;

/// Writes a text and a line end to standard output.
pub(super) fn line(text: impl AsRef<str>) -> Result<(), CliError> {
    offer(text).map(|_| ())
}

/// Writes a text and a line end to standard output, and says whether its reader is still there.
pub(super) fn offer(text: impl AsRef<str>) -> Result<bool, CliError> {
    let mut out = std::io::stdout().lock();
    let written = out.write_all(text.as_ref().as_bytes()).and_then(|()| out.write_all(b"\n"));
    match written {
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(false),
        other => other.map(|()| true).map_err(CliError::access("standard output")),
    }
}

/// Writes a value as indented JSON to standard output.
pub(super) fn json(value: &impl Serialize) -> Result<(), CliError> {
    line(serde_json::to_string_pretty(value)?)
}

/// Writes a line to standard error; where even that fails, nobody is listening.
pub(super) fn complain(text: impl AsRef<str>) {
    let _ = writeln!(std::io::stderr().lock(), "{}", text.as_ref());
}
