//! `POST /v1/fhir/screenings`: a health record in, the answer as FHIR R4 out.

use std::collections::BTreeMap;
use std::fmt;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, Responder, ResponseError, post};
use serde::Deserialize;
use serde_json::Value;
use utoipa::openapi::schema::{ObjectBuilder, SchemaType, Type};
use utoipa::openapi::{ContentBuilder, RefOr, Response};
use utoipa::{IntoParams, IntoResponses, ToSchema};

use crate::cds::prefetch::{Key, Prefetch};
use crate::cds::record::Record;
use crate::cds::report;
use crate::model::{Fault, Pressure, Screening, SessionRequest, Verdict};
use crate::screening;

use super::body::Body;
use super::outcome::FHIR_JSON;
use super::parameters;
use super::pin::{Pin, PinHeaders, finish};
use super::problem::{Problem, ProblemResponses};
use super::screenings::{tell_of, today_utc};
use super::server::Service;

/// The session, for which FHIR has no words. Nothing of the client stands in an address.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(crate) struct RecordQuery {
    /// The massage type, by id or by one of its synonyms. Required.
    #[param(required = true, nullable = false, example = "relaxing", max_length = 120)]
    massage_type: Option<String>,
    /// The pressure wanted, from 1 to 5. Not given: the type's usual pressure.
    #[param(nullable = false, minimum = 1, maximum = 5, example = 2)]
    pressure: Option<u8>,
    /// Where the client is to be worked on: ids or synonyms with commas between them. Not given: the whole body.
    #[param(nullable = false, example = "back,neck")]
    body_regions: Option<String>,
    /// The day of the session. Not given: today in UTC.
    #[param(nullable = false, format = Date, example = "2026-11-28")]
    date: Option<String>,
    /// How long it is to last, in minutes.
    #[param(nullable = false, minimum = 1, maximum = 600, example = 60)]
    duration_minutes: Option<u16>,
    /// Whether the body holds the client's whole record. `partial`, which is meant when nothing is said, never comes to
    /// `allow`.
    #[param(inline, nullable = false)]
    intake: Option<RecordIntake>,
    /// The ruleset version that is to answer; the newest when not given.
    #[param(nullable = false, example = "latest")]
    ruleset: Option<String>,
}

/// How much of the record there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum RecordIntake {
    /// All of it: a type of which there is no resource is empty.
    Complete,
    /// Some of it.
    Partial,
}

impl RecordQuery {
    fn session(&self) -> Result<SessionRequest, Vec<Fault>> {
        let mut faults = Vec::new();
        if self.massage_type.is_none() {
            faults.push(Fault::new("massageType", "missing-parameter", "name the massage type"));
        }
        let pressure = self.pressure.and_then(Pressure::new);
        if self.pressure.is_some() && pressure.is_none() {
            faults.push(Fault::new("pressure", "out-of-range", "from 1 to 5"));
        }
        let date = self.date.as_ref().and_then(|text| text.parse().ok().filter(|_| text.len() == 10));
        if self.date.is_some() && date.is_none() {
            faults.push(Fault::new("date", "unusable-value", "not a date of the form YYYY-MM-DD"));
        }
        let regions =
            self.body_regions.as_ref().map(|list| list.split(',').map(|name| name.trim().to_owned()).collect());
        if faults.is_empty() {
            let massage_type = self.massage_type.clone().unwrap_or_default();
            let duration_minutes = self.duration_minutes;
            Ok(SessionRequest {
                massage_type,
                pressure,
                body_regions: regions,
                date,
                duration_minutes,
                ..SessionRequest::default()
            })
        } else {
            Err(faults)
        }
    }
}

/// Screen a health record
///
/// Takes a Bundle (of any type, with or without one), a `Parameters` with resources or Bundles in it, or a single resource,
/// and answers a Bundle with a `GuidanceResponse` and a `DetectedIssue` for each reason. Read are Patient, Condition,
/// `AllergyIntolerance`, `MedicationRequest`, `MedicationStatement`, Procedure and Observation.
///
/// A Bundle says nothing of what it does not hold: unless you say `intake=complete`, the best answer is `caution`. Even then a
/// record is not whole that has no Patient, tells of more pages, or holds a resource that cannot be read, that belongs to
/// another patient or that nothing here reads; `evaluationMessage` and `dataRequirement` name what is missing. Nothing of the
/// request is stored or logged. The answer is a screening aid, not a diagnosis.
#[utoipa::path(
    tag = "fhir",
    params(RecordQuery, PinHeaders),
    request_body(content((Object = "application/fhir+json"), (Object = "application/json"))),
    responses(
        (
            status = 200, description = "A Bundle of type `collection`: a `GuidanceResponse`, whose `outputParameters` hold the verdict, and a \
            `DetectedIssue` for each reason: severity `high` for a deny, `moderate` for a caution, `low` for advice",
            body = Object, content_type = "application/fhir+json",
            headers(
                ("Screening-Verdict" = Verdict, description = "The verdict, as in the body"),
                ("Ruleset-Version" = String, description = "The version of the ruleset that answered"),
                ("Ruleset-Digest" = String, description = "The digest of the ruleset that answered"),
                ("X-Request-Id" = String, description = "The request's name, yours or a new one"),
            )
        ),
        OutcomeResponses,
    )
)]
#[post("/v1/fhir/screenings")]
pub(crate) async fn screen_record(
    service: Data<Service>,
    request: HttpRequest,
    body: Result<Body, Problem>,
) -> Result<RecordAnswer, Refusal> {
    let query: RecordQuery = parameters::read(request.query_string())?;
    let pin = Pin::of(&request, query.ruleset.clone())?;
    let ruleset = pin.choose(&service.rulesets)?;
    let session = query.session();
    let record = record_of(&body?);
    let (session, record) = match (session, record) {
        (Ok(session), Ok(record)) => (session, record),
        (Err(mut faults), Err(problem)) => {
            faults.extend(problem.into_faults());
            return Err(Problem::invalid(faults).into());
        }
        (Err(faults), Ok(_)) => return Err(Problem::invalid(faults).into()),
        (Ok(_), Err(problem)) => return Err(problem.into()),
    };
    let prefetch = Prefetch::of_record(&record, query.intake == Some(RecordIntake::Complete));
    let today = today_utc();
    let read = Record::read(ruleset, &prefetch, session.date.unwrap_or(today));
    let facts = read.facts(ruleset, session, today).map_err(|faults| Problem::invalid(of_query(faults)))?;
    let screening = screening::screen(ruleset, &facts);
    let bundle = report::bundle(ruleset, &read, &screening, "");
    Ok(RecordAnswer { bundle, screening })
}

/// The session came in the query: its faults are told by parameter.
fn of_query(faults: Vec<Fault>) -> Vec<Fault> {
    let parameter =
        |pointer: &str| pointer.trim_start_matches("/session/").split('/').next().unwrap_or_default().to_owned();
    faults.into_iter().map(|fault| Fault { pointer: parameter(&fault.pointer), ..fault }).collect()
}

/// The record that a body holds.
///
/// # Errors
/// A 400 where it is no JSON, else a 422 where it is no record.
pub(crate) fn record_of(body: &Body) -> Result<Value, Problem> {
    let (record, mut faults) = body.document()?;
    let kind = record.get("resourceType").and_then(Value::as_str);
    let wrong = |detail: String| Fault::new("/resourceType", "not-a-record", detail);
    match kind {
        Some("Bundle" | "Parameters") => {}
        Some(kind) if Key::of_type(kind).is_some() => {}
        Some("QuestionnaireResponse") => {
            let detail = "answers to a questionnaire are screened by POST /v1/screenings/from-questionnaire";
            faults.push(wrong(detail.to_owned()));
        }
        Some(_) | None => {
            faults.push(wrong(format!("must be Bundle, Parameters, or one of {}", report::types())));
        }
    }
    if faults.is_empty() { Ok(record) } else { Err(Problem::invalid(faults)) }
}

/// An answer on its way to the caller.
pub(crate) struct RecordAnswer {
    bundle: Value,
    screening: Screening,
}

impl Responder for RecordAnswer {
    type Body = BoxBody;

    fn respond_to(self, _request: &HttpRequest) -> HttpResponse {
        let Self { bundle, screening } = self;
        let mut response = finish(HttpResponse::Ok(), &bundle);
        response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(FHIR_JSON));
        tell_of(response, &screening)
    }
}

/// A failure, told as an `OperationOutcome`.
#[derive(Debug)]
pub(crate) struct Refusal(Problem);

impl<P: Into<Problem>> From<P> for Refusal {
    fn from(problem: P) -> Self {
        Self(problem.into())
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl ResponseError for Refusal {
    fn status_code(&self) -> StatusCode {
        self.0.status_code()
    }

    fn error_response(&self) -> HttpResponse {
        let outcome = report::outcome(&self.0.faults());
        HttpResponse::build(self.status_code())
            .content_type(FHIR_JSON)
            .insert_header((header::CACHE_CONTROL, "no-store"))
            .body(outcome.to_string())
    }
}

/// The documented failures, by status: those of the operation as an `OperationOutcome`, those met before it (a key, a size)
/// as a problem.
pub(crate) struct OutcomeResponses;

impl IntoResponses for OutcomeResponses {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        let mut responses = ProblemResponses::responses();
        for response in responses.values_mut() {
            if let RefOr::T(response) = response {
                let outcome = ObjectBuilder::new()
                    .schema_type(SchemaType::Type(Type::Object))
                    .description(Some("A FHIR R4 `OperationOutcome` with an issue for each fault"));
                response
                    .content
                    .insert(FHIR_JSON.to_owned(), RefOr::T(ContentBuilder::new().schema(Some(outcome)).build()));
            }
        }
        responses
    }
}
