//! `kneadsafe openapi`.

use crate::api;

use super::{CliError, Exit, output};

/// Prints the OpenAPI document, as the service serves it.
pub(super) fn run() -> Result<Exit, CliError> {
    output::line(serde_json::to_string_pretty(&api::openapi())?)?;
    Ok(Exit::Done)
}
