//! Failures as problem documents (RFC 9457), and the only map from an error to a status.
//!
//! Every problem has a type of its own in [`ProblemType`], and each type a page that explains it: `/problems/{slug}`. No
//! document repeats what a client said about their health.

use std::collections::BTreeMap;
use std::fmt;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use serde_json::json;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{IntoResponses, ToSchema};

use crate::model::Fault;
use crate::ruleset::RulesetError;

use super::outcome::Outcome;

/// The media type of a problem document.
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// What kind of failure it is: something that a caller can tell apart and act on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ProblemType {
    MalformedJson,
    InvalidUtf8,
    TooDeep,
    IncompleteBody,
    InvalidParameter,
    InvalidHeader,
    ConflictingPin,
    Unauthenticated,
    NotFound,
    UnknownRulesetVersion,
    NotInRuleset,
    MethodNotAllowed,
    NotAcceptable,
    RequestTimeout,
    RulesetChanged,
    BodyTooLarge,
    UnsupportedMediaType,
    InvalidRequest,
    Internal,
    Stopping,
}

/// What is said about a type of problem.
pub(crate) struct Entry {
    pub(crate) status: u16,
    pub(crate) slug: &'static str,
    pub(crate) title: &'static str,
    pub(crate) help: &'static str,
}

const fn entry(status: u16, slug: &'static str, title: &'static str, help: &'static str) -> Entry {
    Entry { status, slug, title, help }
}

impl ProblemType {
    /// Every type, by status.
    pub(crate) const ALL: [Self; 20] = [
        Self::MalformedJson,
        Self::InvalidUtf8,
        Self::TooDeep,
        Self::IncompleteBody,
        Self::InvalidParameter,
        Self::InvalidHeader,
        Self::ConflictingPin,
        Self::Unauthenticated,
        Self::NotFound,
        Self::UnknownRulesetVersion,
        Self::NotInRuleset,
        Self::MethodNotAllowed,
        Self::NotAcceptable,
        Self::RequestTimeout,
        Self::RulesetChanged,
        Self::BodyTooLarge,
        Self::UnsupportedMediaType,
        Self::InvalidRequest,
        Self::Internal,
        Self::Stopping,
    ];

    /// What is said about it.
    #[expect(clippy::too_many_lines, reason = "a table")]
    pub(crate) const fn entry(self) -> Entry {
        match self {
            Self::MalformedJson => entry(
                400,
                "malformed-json",
                "The body is not JSON",
                "The detail names the line and column at which reading stopped. Send one JSON value and nothing after it.",
            ),
            Self::InvalidUtf8 => entry(
                400,
                "invalid-utf-8",
                "The body is not UTF-8",
                "JSON is sent as UTF-8 (RFC 8259, section 8.1). The detail names the first byte that is not.",
            ),
            Self::TooDeep => entry(
                400,
                "too-deep",
                "The body is nested too deeply",
                "No request needs more than 127 levels of arrays and objects; a screening needs four.",
            ),
            Self::IncompleteBody => entry(
                400,
                "incomplete-body",
                "The body did not arrive whole",
                "The connection ended, or the body was framed or encoded in a way that could not be read. Send it again.",
            ),
            Self::InvalidParameter => entry(
                400,
                "invalid-parameter",
                "A query parameter cannot be used",
                "`errors` lists each parameter that is unknown, given twice or of a value that it cannot take.",
            ),
            Self::InvalidHeader => entry(
                400,
                "invalid-header",
                "A request header cannot be used",
                "`errors` names the header. Entity tags stand in double quotes: If-Match: \"sha256:...\".",
            ),
            Self::ConflictingPin => entry(
                400,
                "conflicting-pin",
                "Two ruleset versions were asked for",
                "The query parameter `ruleset` and the header `Ruleset-Version` name different versions. Send one of them.",
            ),
            Self::Unauthenticated => entry(
                401,
                "unauthenticated",
                "A key is needed",
                "Send one of the service's keys: Authorization: Bearer KEY. A CDS Hooks client sends a token that it signed.",
            ),
            Self::NotFound => {
                entry(404, "not-found", "There is nothing at this address", "/openapi.json lists every address.")
            }
            Self::UnknownRulesetVersion => entry(
                404,
                "unknown-ruleset-version",
                "This ruleset version is not loaded",
                "GET /v1/rulesets lists the versions in service; `latest` is the newest of them.",
            ),
            Self::NotInRuleset => entry(
                404,
                "not-in-ruleset",
                "The ruleset has nothing of this id",
                "The list without the id shows what there is. Ids of another version may differ.",
            ),
            Self::MethodNotAllowed => entry(
                405,
                "method-not-allowed",
                "The address does not take this method",
                "The header `Allow` lists the methods that it takes.",
            ),
            Self::NotAcceptable => entry(
                406,
                "not-acceptable",
                "Only JSON can be had",
                "The header `Accept` excludes application/json. Leave it out, or let it include JSON.",
            ),
            Self::RequestTimeout => entry(
                408,
                "request-timeout",
                "The body took too long to arrive",
                "The connection is closed. Send the request again, faster.",
            ),
            Self::RulesetChanged => entry(
                412,
                "ruleset-changed",
                "The ruleset is not the one that was expected",
                "`If-Match` names another digest than the ruleset in service has. Look at what changed, then expect the new one.",
            ),
            Self::BodyTooLarge => entry(
                413,
                "body-too-large",
                "The body is too large",
                "The detail names the limit. A screening of an ordinary client takes about a kilobyte.",
            ),
            Self::UnsupportedMediaType => entry(
                415,
                "unsupported-media-type",
                "The body must be JSON",
                "Send Content-Type: application/json, in UTF-8 and without a content encoding.",
            ),
            Self::InvalidRequest => entry(
                422,
                "invalid-request",
                "The request has faults",
                "`errors` lists all of them: where (a JSON Pointer, RFC 6901), what, and what may have been meant.",
            ),
            Self::Internal => entry(
                500,
                "internal",
                "The service failed",
                "The fault is ours. Treat the booking as held; the request id in `X-Request-Id` finds the log line.",
            ),
            Self::Stopping => entry(
                503,
                "stopping",
                "The service is stopping",
                "It finishes what it has accepted. Send new requests to another replica, or try again in a moment.",
            ),
        }
    }

    fn of_status(status: u16) -> Self {
        Self::ALL.into_iter().find(|kind| kind.entry().status == status).unwrap_or(match status {
            404 => Self::NotFound,
            400..500 => Self::IncompleteBody,
            _ => Self::Internal,
        })
    }
}

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

/// The documented failures of a request with a body, by status.
pub(crate) struct ProblemResponses;

/// The documented failures of reading a resource of a ruleset, by status.
pub(crate) struct ReadProblemResponses;

impl IntoResponses for ProblemResponses {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        use ProblemType as P;
        documented(&[
            P::MalformedJson,
            P::InvalidUtf8,
            P::TooDeep,
            P::IncompleteBody,
            P::InvalidParameter,
            P::InvalidHeader,
            P::ConflictingPin,
            P::Unauthenticated,
            P::UnknownRulesetVersion,
            P::NotAcceptable,
            P::RequestTimeout,
            P::RulesetChanged,
            P::BodyTooLarge,
            P::UnsupportedMediaType,
            P::InvalidRequest,
        ])
    }
}

impl IntoResponses for ReadProblemResponses {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        use ProblemType as P;
        let mut responses = documented(&[
            P::InvalidParameter,
            P::Unauthenticated,
            P::UnknownRulesetVersion,
            P::NotInRuleset,
            P::NotAcceptable,
            P::InvalidRequest,
        ]);
        let unchanged = ResponseBuilder::new().description("What the caller has is still right (`If-None-Match`)");
        responses.insert("304".to_owned(), RefOr::T(unchanged.build()));
        responses
    }
}

/// Responses for these types of problem, those of one status together, each with an example.
pub(crate) fn documented(kinds: &[ProblemType]) -> BTreeMap<String, RefOr<Response>> {
    let mut by_status: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    for kind in kinds {
        let entry = kind.entry();
        by_status.entry(entry.status.to_string()).or_default().push(entry);
    }
    by_status
        .into_iter()
        .filter_map(|(status, entries)| {
            let example = entries.first().map(|entry| {
                json!({ "type": format!("/problems/{}", entry.slug), "title": entry.title, "status": entry.status, "detail": entry.help })
            })?;
            let titles: Vec<String> = entries.iter().map(|entry| format!("{} (`{}`)", entry.title, entry.slug)).collect();
            let schema = Ref::from_schema_name("Problem");
            let content = ContentBuilder::new().schema(Some(schema)).example(Some(example)).build();
            let response = ResponseBuilder::new().description(titles.join("; ")).content(MEDIA_TYPE, content).build();
            Some((status, RefOr::T(response)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_type_has_a_slug_of_its_own_and_a_failing_status() {
        let mut slugs: Vec<&str> = ProblemType::ALL.iter().map(|kind| kind.entry().slug).collect();
        slugs.sort_unstable();
        slugs.dedup();
        assert_eq!(slugs.len(), ProblemType::ALL.len());
        assert!(ProblemType::ALL.iter().all(|kind| (400..600).contains(&kind.entry().status)));
    }

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
