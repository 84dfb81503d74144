//! Failures as FHIR `OperationOutcome`s, for callers that speak FHIR. No outcome repeats what a record says.

use std::fmt;
use std::fmt::Write as _;

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{HttpResponse, ResponseError};
use serde_json::Value;

use crate::cds::outcome::{Issue, OperationOutcome};
use crate::cds::prefetch::Key;
use crate::model::Fault;

use super::problem::{Problem, ProblemType};

/// The media type of FHIR.
pub(crate) const FHIR_JSON: &str = "application/fhir+json";

/// A failure, as an `OperationOutcome` on its way to the caller.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    status: StatusCode,
    told: OperationOutcome,
}

impl Outcome {
    /// A failure of this status for one reason.
    pub(crate) fn new(status: StatusCode, code: &'static str, text: impl Into<String>) -> Self {
        Self { status, told: [Issue::error(code).told(text)].into_iter().collect() }
    }

    /// A 400 with every fault of a body.
    pub(crate) fn invalid(faults: Vec<Fault>) -> Self {
        let issue = |fault: Fault| {
            let Fault { pointer, code, detail, did_you_mean } = fault;
            let guesses =
                if did_you_mean.is_empty() { String::new() } else { format!("; known: {}", did_you_mean.join(", ")) };
            Issue::error(issue_code(&code))
                .told(format!("{}: {detail}{guesses}", if pointer.is_empty() { "body" } else { &pointer }))
                .diagnosed(code)
                .at(expression(&pointer))
        };
        Self { status: StatusCode::BAD_REQUEST, told: faults.into_iter().map(issue).collect() }
    }

    /// A 412 for data that can be had neither in advance nor from the client's server.
    pub(crate) fn lacking(keys: &[Key]) -> Self {
        let issue = |key: &Key| {
            let (name, template) = (key.name(), key.template());
            Issue::error("processing")
                .told(format!(
                    "The prefetch `{name}` is needed, and could be had neither with the call nor from the FHIR server."
                ))
                .diagnosed(format!("prefetch key `{name}`: {template}"))
                .at(Some(format!("prefetch.{name}")))
        };
        Self { status: StatusCode::PRECONDITION_FAILED, told: keys.iter().map(issue).collect() }
    }

    /// The resource.
    pub(crate) fn resource(&self) -> Value {
        self.told.resource()
    }
}

/// FHIR's kind of issue for a kind of fault.
fn issue_code(code: &str) -> &'static str {
    match code {
        "missing" => "required",
        "unknown-hook" => "not-supported",
        "too-many-items" => "too-long",
        "wrong-type" => "structure",
        _ => "value",
    }
}

/// A JSON Pointer as a simple `FHIRPath`: `/feedback/0/card` is `feedback[0].card`.
fn expression(pointer: &str) -> Option<String> {
    let mut path = String::new();
    for part in pointer.strip_prefix('/')?.split('/') {
        if part.bytes().all(|byte| byte.is_ascii_digit()) {
            // Writing to a string cannot fail.
            let _ = write!(path, "[{part}]");
        } else {
            if !path.is_empty() {
                path.push('.');
            }
            path.push_str(part);
        }
    }
    Some(path)
}

impl fmt::Display for Outcome {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "outcome {}", self.status.as_u16())
    }
}

impl std::error::Error for Outcome {}

impl ResponseError for Outcome {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::build(self.status)
            .content_type(FHIR_JSON)
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .body(self.resource().to_string())
    }
}

impl From<&Problem> for Outcome {
    fn from(problem: &Problem) -> Self {
        let code = match problem.kind() {
            ProblemType::Unauthenticated => "login",
            ProblemType::NotFound | ProblemType::UnknownRulesetVersion | ProblemType::NotInRuleset => "not-found",
            ProblemType::MethodNotAllowed | ProblemType::NotAcceptable | ProblemType::UnsupportedMediaType => {
                "not-supported"
            }
            ProblemType::BodyTooLarge => "too-long",
            ProblemType::RequestTimeout => "timeout",
            ProblemType::Internal => "exception",
            ProblemType::Stopping => "transient",
            ProblemType::RulesetChanged => "conflict",
            ProblemType::MalformedJson
            | ProblemType::InvalidUtf8
            | ProblemType::TooDeep
            | ProblemType::IncompleteBody
            | ProblemType::InvalidParameter
            | ProblemType::InvalidHeader
            | ProblemType::ConflictingPin
            | ProblemType::InvalidRequest => "structure",
        };
        Self::new(problem.status_code(), code, format!("{}. {}", problem.kind().entry().title, problem.detail()))
    }
}

impl From<Problem> for Outcome {
    fn from(problem: Problem) -> Self {
        Self::from(&problem)
    }
}
