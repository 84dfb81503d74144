//! One mistake in a request, as it is told to the caller.

use serde::Serialize;
use utoipa::ToSchema;

use crate::model::Fault;

/// One mistake in a request: in its body (`pointer`), a query parameter or a header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Fault)]
pub(crate) struct FaultResponse {
    /// Where it is in the body: a JSON Pointer (RFC 6901).
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "/session/massageType")]
    pub(crate) pointer: Option<String>,
    /// The query parameter it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) parameter: Option<String>,
    /// The header it is in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) header: Option<String>,
    /// What kind of mistake it is, in a word that a program can test.
    #[schema(example = "unknown-massage-type")]
    pub(crate) code: String,
    /// What is wrong, for a person. Never repeats what a client said about their health.
    #[schema(example = "no massage type has this name")]
    pub(crate) detail: String,
    /// What may have been meant, likeliest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, example = json!(["thai"]))]
    pub(crate) did_you_mean: Vec<String>,
}

impl FaultResponse {
    /// A fault of a query parameter.
    pub(crate) fn of_parameter(name: &str, code: &str, detail: impl Into<String>) -> Self {
        Self { parameter: Some(name.to_owned()), ..Fault::new("", code, detail).into() }.without_pointer()
    }

    /// A fault of a request header.
    pub(crate) fn of_header(name: &str, code: &str, detail: impl Into<String>) -> Self {
        Self { header: Some(name.to_owned()), ..Fault::new("", code, detail).into() }.without_pointer()
    }

    fn without_pointer(mut self) -> Self {
        self.pointer = None;
        self
    }

    /// The same with guesses at what was meant.
    pub(crate) fn guessing(mut self, did_you_mean: Vec<String>) -> Self {
        self.did_you_mean = did_you_mean;
        self
    }
}

impl From<Fault> for FaultResponse {
    fn from(fault: Fault) -> Self {
        let Fault { pointer, code, detail, did_you_mean } = fault;
        Self { pointer: Some(pointer), parameter: None, header: None, code, detail, did_you_mean }
    }
}

impl From<FaultResponse> for Fault {
    fn from(fault: FaultResponse) -> Self {
        let FaultResponse { pointer, parameter, header, code, detail, did_you_mean } = fault;
        Self { pointer: pointer.or(parameter).or(header).unwrap_or_default(), code, detail, did_you_mean }
    }
}
