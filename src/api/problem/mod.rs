//! Failures as problem documents (RFC 9457), and the only map from an error to a status.
//!
//! Every problem has a type of its own in [`ProblemType`], and each type a page that explains it: `/problems/{slug}`. No
//! document repeats what a client said about their health.

mod documented;
mod faults;
mod kinds;

use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::Fault;
use crate::ruleset::RulesetError;

use super::outcome::Outcome;

pub(crate) use documented::{ProblemResponses, ReadProblemResponses, documented};
pub(crate) use faults::FaultResponse;
pub(crate) use kinds::ProblemType;

/// The media type of a problem document.
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// A failure, on its way to the caller.
#[derive(Debug)]
pub(crate) struct Problem {
    kind: ProblemType,
    detail: String,
    errors: Vec<FaultResponse>,
    header: Option<Box<(HeaderName, HeaderValue)>>,
}

impl Problem {
    /// A problem of this type; `detail` says what happened this time.
    pub(crate) fn new(kind: ProblemType, detail: impl Into<String>) -> Self {
        Self { kind, detail: detail.into(), errors: Vec::new(), header: None }
    }

    /// A problem with the faults of a body.
    pub(crate) fn invalid(faults: Vec<Fault>) -> Self {
        Self::of_faults(faults.into_iter().map(FaultResponse::from).collect())
    }

    /// A problem with faults of a body, of parameters or of headers.
    pub(crate) fn of_faults(faults: Vec<FaultResponse>) -> Self {
        let detail = match faults.len() {
            1 => "The request has one fault.".to_owned(),
            number => format!("The request has {number} faults."),
        };
        Self { errors: faults, ..Self::new(ProblemType::InvalidRequest, detail) }
    }

    /// Everything that is wrong, for callers without HTTP; a problem without faults is one fault of the whole.
    pub(crate) fn into_faults(self) -> Vec<Fault> {
        self.faults()
    }

    /// Everything that is wrong, for answers in another form.
    pub(crate) fn faults(&self) -> Vec<Fault> {
        if self.errors.is_empty() {
            return vec![Fault::new("", self.kind.entry().slug, self.detail.clone())];
        }
        self.errors.iter().cloned().map(Fault::from).collect()
    }

    /// The problem that a bare status stands for.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        let kind = ProblemType::of_status(status.as_u16());
        Self::new(kind, kind.entry().help)
    }

    /// The same with these faults.
    pub(crate) fn with_errors(mut self, errors: Vec<FaultResponse>) -> Self {
        self.errors = errors;
        self
    }

    /// The same with a response header.
    pub(crate) fn with_header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.header = Some(Box::new((name, value)));
        self
    }

    /// What kind it is.
    pub(crate) fn kind(&self) -> ProblemType {
        self.kind
    }

    /// What happened this time.
    pub(crate) fn detail(&self) -> &str {
        &self.detail
    }

    /// The document that describes it.
    pub(crate) fn response(&self) -> ProblemResponse<'_> {
        let entry = self.kind.entry();
        ProblemResponse {
            type_: format!("/problems/{}", entry.slug),
            title: entry.title,
            status: entry.status,
            detail: &self.detail,
            errors: &self.errors,
        }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.kind.entry().slug)
    }
}

impl std::error::Error for Problem {}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.kind.entry().status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.status_code());
        response.content_type(MEDIA_TYPE).insert_header((header::CACHE_CONTROL, "no-store"));
        if let Some(header) = &self.header {
            response.insert_header((**header).clone());
        }
        let mut response = response.body(serde_json::to_vec(&self.response()).unwrap_or_default());
        response.extensions_mut().insert(Outcome::from(self));
        response
    }
}

impl From<RulesetError> for Problem {
    fn from(error: RulesetError) -> Self {
        use RulesetError as E;
        match error {
            E::UnknownVersion { .. } => Self::new(ProblemType::UnknownRulesetVersion, sentence(&error.to_string())),
            E::Access { .. }
            | E::Form { .. }
            | E::Missing(_)
            | E::Dangling { .. }
            | E::Duplicate { .. }
            | E::Cycle { .. }
            | E::Forbidden { .. }
            | E::TooMany { .. }
            | E::Empty => Self::new(ProblemType::Internal, ProblemType::Internal.entry().help),
        }
    }
}

fn sentence(message: &str) -> String {
    let mut letters = message.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}.", first.to_uppercase(), letters.as_str()))
}

/// A failure, as RFC 9457 describes one.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemResponse<'p> {
    /// The type: an address of this service that explains it.
    #[serde(rename = "type")]
    #[schema(format = "uri-reference", example = "/problems/invalid-request")]
    type_: String,
    /// The type in words.
    #[schema(example = "The request has faults")]
    title: &'p str,
    /// The HTTP status.
    #[schema(minimum = 400, maximum = 599, example = 422)]
    status: u16,
    /// What happened this time.
    #[schema(example = "The request has one fault.")]
    detail: &'p str,
    /// Everything that is wrong with the request, where it is known.
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    #[schema(required = false)]
    errors: &'p [FaultResponse],
}

impl ProblemResponse<'_> {
    /// The HTTP status.
    pub(crate) fn status(&self) -> u16 {
        self.status
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_problem_document_has_the_members_of_rfc_9457() {
        let problem = Problem::invalid(vec![Fault::new("/intake", "missing", "is missing")]);
        let document = serde_json::to_value(problem.response()).unwrap();
        assert_eq!(
            document,
            json!({
                "type": "/problems/invalid-request", "title": "The request has faults", "status": 422,
                "detail": "The request has one fault.",
                "errors": [{ "pointer": "/intake", "code": "missing", "detail": "is missing" }]
            })
        );
    }
}
