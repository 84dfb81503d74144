//! Failures as FHIR `OperationOutcome`s, for callers that speak FHIR. No outcome repeats what a record says.

use std::fmt;
use std::fmt::Write as _;

use actix_web::http::StatusCode;
use actix_web::http::header;
use actix_web::{HttpResponse, ResponseError};
use serde_json::{Map, Value, json};

use crate::cds::prefetch::Key;
use crate::model::Fault;

use super::problem::{Problem, ProblemType};

/// The media type of FHIR.
pub(crate) const FHIR_JSON: &str = "application/fhir+json";

/// One thing that went wrong.
#[derive(Debug, Clone)]
struct Issue {
    code: &'static str,
    text: String,
    diagnostics: Option<String>,
    expression: Option<String>,
}

/// A failure, as an `OperationOutcome` on its way to the caller. Source: HL7 FHIR R4, `OperationOutcome`.
#[derive(Debug, Clone)]
pub(crate) struct Outcome {
    status: StatusCode,
    issues: Vec<Issue>,
}

impl Outcome {
    /// A failure of this status for one reason.
    pub(crate) fn new(status: StatusCode, code: &'static str, text: impl Into<String>) -> Self {
        Self { status, issues: vec![Issue { code, text: text.into(), diagnostics: None, expression: None }] }
    }

    /// A 400 with every fault of a body.
    pub(crate) fn invalid(faults: Vec<Fault>) -> Self {
        let issue = |fault: Fault| {
            let Fault { pointer, code, detail, did_you_mean } = fault;
            let guesses =
                if did_you_mean.is_empty() { String::new() } else { format!("; known: {}", did_you_mean.join(", ")) };
            Issue {
                code: issue_code(&code),
                text: format!("{}: {detail}{guesses}", if pointer.is_empty() { "body" } else { &pointer }),
                diagnostics: Some(code),
                expression: expression(&pointer),
            }
        };
        Self { status: StatusCode::BAD_REQUEST, issues: faults.into_iter().map(issue).collect() }
    }

    /// A 412 for data that can be had neither in advance nor from the client's server.
    pub(crate) fn lacking(keys: &[Key]) -> Self {
        let issue = |key: &Key| Issue {
            code: "processing",
            text: format!(
                "The prefetch `{}` is needed, and could be had neither with the call nor from the FHIR server.",
                key.name()
            ),
            diagnostics: Some(format!("prefetch key `{}`: {}", key.name(), key.template())),
            expression: Some(format!("prefetch.{}", key.name())),
        };
        Self { status: StatusCode::PRECONDITION_FAILED, issues: keys.iter().map(issue).collect() }
    }

    /// The resource.
    pub(crate) fn resource(&self) -> Value {
        let issues = self.issues.iter().map(|issue| {
            let mut written = Map::new();
            written.insert("severity".to_owned(), json!("error"));
            written.insert("code".to_owned(), json!(issue.code));
            written.insert("details".to_owned(), json!({ "text": issue.text }));
            written.extend(issue.diagnostics.as_ref().map(|it| ("diagnostics".to_owned(), json!(it))));
            written.extend(issue.expression.as_ref().map(|it| ("expression".to_owned(), json!([it]))));
            Value::Object(written)
        });
        json!({ "resourceType": "OperationOutcome", "issue": issues.collect::<Vec<_>>() })
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
