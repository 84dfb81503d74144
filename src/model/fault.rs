//! A mistake in a request, told so that its sender can mend it.

use serde::Serialize;
use utoipa::ToSchema;

/// One mistake in a request.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Fault {
    /// Where it is: an RFC 6901 JSON Pointer into the request body.
    #[schema(example = "/session/massageType")]
    pub pointer: String,
    /// What kind of mistake it is, in a word that a program can test.
    #[schema(example = "unknown-massage-type")]
    pub code: String,
    /// What is wrong, for a person. Never repeats what the client said about their health.
    pub detail: String,
    /// What may have been meant, likeliest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub did_you_mean: Vec<String>,
}

impl Fault {
    /// A fault without a guess at what was meant.
    pub fn new(pointer: impl Into<String>, code: &str, detail: impl Into<String>) -> Self {
        Self { pointer: pointer.into(), code: code.to_owned(), detail: detail.into(), did_you_mean: Vec::new() }
    }

    /// The same fault with guesses at what was meant.
    #[must_use]
    pub fn guessing(mut self, did_you_mean: Vec<String>) -> Self {
        self.did_you_mean = did_you_mean;
        self
    }
}
