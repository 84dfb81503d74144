//! CDS Hooks: what the service offers, the cards of a call, and what became of them.
//!
//! Source: CDS Hooks 2.0.1; what 3.0.0-ballot adds is said where a client asks for it.

use std::sync::Arc;

use actix_web::http::StatusCode;
use actix_web::http::header::{self, EntityTag};
use actix_web::web::{self, Data, Path};
use actix_web::{HttpRequest, HttpResponse, get, post};
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::cds::cards::{self, Answer, Card, Desk, Indicator};
use crate::cds::feedback::Feedback;
use crate::cds::hooks::{CallError, Hook, HookCall};
use crate::cds::prefetch::{Key, Prefetch};
use crate::cds::{fetch, terminology};
use crate::config::CdsHooksVersion;
use crate::model::{Fault, Verdict};
use crate::ruleset::{Ruleset, RulesetError, digest};

use super::body::{self, Body};
use super::observe::HookFigures;
use super::outcome::{FHIR_JSON, Outcome};
use super::pin::revalidated;
use super::problem::{Problem, ProblemType};
use super::screenings::{ScreeningFigures, today_utc};
use super::server::Service;

/// The service's id, one across hooks: a later hook's cards take the place of an earlier one's.
const ID: &str = "massage-contraindications";
const TITLE: &str = "Contraindications to massage";
const DESCRIPTION: &str = "Says whether a patient may have a massage that is booked or ordered, why not, and what would make it \
    possible. A screening aid, not a diagnosis.";
const USAGE: &str = "Needs the patient and the conditions, by prefetch or from the FHIR server; what else is not there is \
    asked about, and never taken for harmless.";

/// More bookings than that are no appointment book.
const MOST_BOOKINGS: usize = 200;

/// The services that are offered.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CdsServicesResponse {
    /// One entry a hook; all lead to the same service.
    services: Vec<CdsServiceResponse>,
}

/// One service at one hook.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CdsServiceResponse {
    /// The hook that it is called at.
    #[schema(example = "appointment-book")]
    hook: &'static str,
    /// What a person reads.
    title: &'static str,
    /// What it does.
    description: &'static str,
    /// The last part of its address.
    #[schema(example = "massage-contraindications")]
    id: &'static str,
    /// What it is to be sent along, by key: FHIR queries with tokens of the context.
    #[schema(value_type = std::collections::BTreeMap<String, String>)]
    prefetch: serde_json::Map<String, Value>,
    /// What it needs.
    usage_requirements: &'static str,
    /// The version of CDS Hooks that it speaks; said from 3.0 on.
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<&'static str>,
    /// The version of the hook; said from 3.0 on.
    #[serde(skip_serializing_if = "Option::is_none")]
    hook_version: Option<&'static str>,
}

/// List the CDS services
///
/// The discovery of CDS Hooks: one service for massage bookings and orders, at four hooks.
#[utoipa::path(
    tag = "cds-hooks",
    responses(
        (status = 200, description = "The services", body = CdsServicesResponse, content_type = "application/json"),
        CdsAccessResponses,
    )
)]
#[get("/cds-services")]
pub(crate) async fn list_cds_services(service: Data<Service>) -> HttpResponse {
    let prefetch: serde_json::Map<String, Value> =
        Key::ALL.iter().map(|key| (key.name().to_owned(), Value::from(key.template()))).collect();
    let says_version = service.cds_hooks_version == CdsHooksVersion::V3_0;
    let entry = |hook: Hook| CdsServiceResponse {
        hook: hook.name(),
        title: TITLE,
        description: DESCRIPTION,
        id: ID,
        prefetch: prefetch.clone(),
        usage_requirements: USAGE,
        version: says_version.then_some("3.0.0-ballot"),
        hook_version: says_version.then_some("1.0"),
    };
    HttpResponse::Ok().json(CdsServicesResponse { services: Hook::ALL.map(entry).into() })
}

/// A call of a hook. Only what is listed is looked at; more may be sent.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "documents a body that is read member by member")]
#[schema(as = CdsHookCall)]
pub(crate) struct HookCallSchema {
    /// Which hook: `appointment-book`, `order-select`, `order-sign` or `patient-view`.
    #[schema(example = "appointment-book")]
    hook: String,
    /// The client's name for this call, a UUID.
    #[schema(rename = "hookInstance", min_length = 1)]
    hook_instance: String,
    /// The base address of the client's FHIR server. It is called only where it is configured.
    #[schema(rename = "fhirServer", value_type = Option<Value>)]
    fhir_server: Option<String>,
    /// The token for it.
    #[schema(rename = "fhirAuthorization", value_type = Option<Value>)]
    fhir_authorization: Option<Value>,
    /// `userId`, `patientId`, and what is booked (`appointments`) or ordered (`draftOrders`, `selections`).
    #[schema(value_type = Object)]
    context: Value,
    /// What was fetched in advance, by the keys of the discovery.
    #[schema(value_type = Option<Value>)]
    prefetch: Option<Value>,
}

/// The cards of a call.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct CardsResponse {
    /// At most one a booking, the strictest first; empty where nothing known speaks against any.
    cards: Vec<Card>,
}

/// Ask about bookings or orders
///
/// Answers at most one card for each massage among the appointments or orders: `critical` where it is denied, `warning` where
/// it needs care, none where nothing known speaks against it. What is no massage gets no card. A record that is not complete
/// never leads to silence. Where the patient or the conditions can be had neither by prefetch nor from a configured FHIR
/// server, the answer is 412. Failures of the call are `OperationOutcome`s. Nothing of the record is stored or logged.
#[utoipa::path(
    tag = "cds-hooks",
    params(("id" = String, Path, description = "The service's id", example = "massage-contraindications")),
    request_body(content = HookCallSchema, content_type = "application/json"),
    responses(
        (status = 200, description = "The cards", body = CardsResponse, content_type = "application/json"),
        CdsCallResponses,
    )
)]
#[post("/cds-services/{id}")]
pub(crate) async fn call_cds_service(
    service: Data<Service>,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Outcome> {
    known(&id)?;
    let call = HookCall::read(body.bytes()).map_err(unreadable)?;
    let ruleset = Arc::clone(service.rulesets.find("latest").map_err(|error: RulesetError| Problem::from(error))?);
    let bookings = cards::bookings(&ruleset, &call).len();
    if bookings > MOST_BOOKINGS {
        return Err(Outcome::invalid(vec![Fault::new("/context", "too-many-items", "at most 200 massages a call")]));
    }
    // Where no massage is booked, nothing has to be known of the patient.
    let answer = if bookings == 0 && call.hook != Hook::PatientView {
        (call.hook, Answer::default())
    } else {
        let mut prefetch = Prefetch::read(call.prefetch.as_ref());
        prefetch.set_patient(&call.context.patient_id);
        fetch::fill(&service.outbound, &call, &mut prefetch).await;
        let lacking = prefetch.unusable_required();
        if !lacking.is_empty() {
            return Err(Outcome::lacking(&lacking));
        }
        let (shared, own) = (service.clone(), Arc::clone(&ruleset));
        // Many bookings against a large record take a while: not where others are waiting.
        let answered = web::block(move || answer(&own, shared.public_url.as_deref(), &call, prefetch)).await;
        answered.map_err(|_| Problem::new(ProblemType::Internal, ProblemType::Internal.entry().help))?
    };
    Ok(respond(&ruleset, answer))
}

fn answer(ruleset: &Ruleset, public_url: Option<&str>, call: &HookCall, mut prefetch: Prefetch) -> (Hook, Answer) {
    cards::add_medicines(&mut prefetch, call);
    let desk = Desk { ruleset, public_url, today: today_utc() };
    let bookings = cards::bookings(ruleset, call);
    (call.hook, desk.answer(call, &bookings, &prefetch))
}

fn respond(ruleset: &Ruleset, (hook, answer): (Hook, Answer)) -> HttpResponse {
    let Answer { cards, figures } = answer;
    let indicators: Vec<Indicator> = cards.iter().map(|card| card.indicator).collect();
    let mut response = HttpResponse::Ok();
    response.insert_header((header::CACHE_CONTROL, "no-store"));
    let mut response = response.json(CardsResponse { cards });
    let screenings = figures
        .into_iter()
        .map(|figures| ScreeningFigures {
            verdict: figures.verdict,
            ruleset: ruleset.stamp().version.clone(),
            reasons: figures.reasons,
            questions: figures.questions,
            unrecognised: figures.unrecognised,
        })
        .collect();
    response.extensions_mut().insert(HookFigures { hook: hook.name(), indicators, screenings });
    response
}

fn known(id: &str) -> Result<(), Outcome> {
    if id == ID {
        return Ok(());
    }
    Err(Outcome::new(StatusCode::NOT_FOUND, "not-found", "No service has this id; /cds-services lists them."))
}

fn unreadable(error: CallError) -> Outcome {
    match error {
        CallError::Json(error) => body::unreadable(&error).into(),
        CallError::Faults(faults) => Outcome::invalid(faults),
    }
}

/// Feedback on cards. Only what is listed is looked at; comments are not.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "documents a body that is read member by member")]
#[schema(as = CdsFeedback)]
pub(crate) struct FeedbackSchema {
    /// One entry a card and outcome.
    #[schema(value_type = Vec<Object>)]
    feedback: Vec<Value>,
}

/// Tell what became of cards
///
/// Counted by outcome, by the override reason's code and by the rules that the card rested on. Nothing else of it is kept, and
/// `userComment` is not looked at.
#[utoipa::path(
    tag = "cds-hooks",
    params(("id" = String, Path, description = "The service's id", example = "massage-contraindications")),
    request_body(content = FeedbackSchema, content_type = "application/json"),
    responses((status = 200, description = "Counted; the answer has no body"), CdsFeedbackResponses)
)]
#[post("/cds-services/{id}/feedback")]
pub(crate) async fn take_cds_feedback(
    service: Data<Service>,
    id: Path<String>,
    body: Body,
) -> Result<HttpResponse, Outcome> {
    known(&id)?;
    let value: Value = serde_json::from_slice(body.bytes()).map_err(|error| body::unreadable(&error))?;
    for feedback in Feedback::read(&value).map_err(Outcome::invalid)? {
        let rules =
            service.rulesets.iter().find_map(|ruleset| cards::rules(ruleset, feedback.card)).unwrap_or_default();
        service.metrics.count_feedback(feedback.outcome.as_str(), feedback.reason, &rules);
    }
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).finish())
}

/// Read the code system of massage types
///
/// The massage types of the newest ruleset as a FHIR `CodeSystem`, which appointments and orders may name them by.
#[utoipa::path(
    tag = "cds-hooks",
    responses((status = 200, description = "The code system", body = Object, content_type = "application/fhir+json"))
)]
#[get("/fhir/CodeSystem/massage-type")]
pub(crate) async fn show_code_system(service: Data<Service>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    Ok(resource(&request, &terminology::code_system(service.rulesets.find("latest")?)))
}

/// Read how codes elsewhere lead to massage types
///
/// Codes of HL7 and SNOMED CT under which a massage is booked, as a FHIR `ConceptMap` to the code system of massage types.
#[utoipa::path(
    tag = "cds-hooks",
    responses((status = 200, description = "The map", body = Object, content_type = "application/fhir+json"))
)]
#[get("/fhir/ConceptMap/massage-type")]
pub(crate) async fn show_concept_map(service: Data<Service>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    Ok(resource(&request, &terminology::concept_map(service.rulesets.find("latest")?)))
}

fn resource(request: &HttpRequest, resource: &Value) -> HttpResponse {
    let bytes = resource.to_string();
    let mut response = revalidated(request, &EntityTag::new_strong(digest(bytes.as_bytes())));
    response.insert_header((header::CACHE_CONTROL, "no-cache"));
    let mut response = response.finish();
    if response.status() == StatusCode::NOT_MODIFIED {
        return response;
    }
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static(FHIR_JSON));
    response.set_body(actix_web::body::BoxBody::new(bytes))
}

type Responses = std::collections::BTreeMap<String, utoipa::openapi::RefOr<utoipa::openapi::Response>>;

/// Failures before a call is looked at.
struct CdsAccessResponses;
/// Failures of a call.
struct CdsCallResponses;
/// Failures of feedback.
struct CdsFeedbackResponses;

impl utoipa::IntoResponses for CdsAccessResponses {
    fn responses() -> Responses {
        super::problem::documented(&[ProblemType::Unauthenticated])
    }
}

impl utoipa::IntoResponses for CdsFeedbackResponses {
    fn responses() -> Responses {
        use ProblemType as P;
        let mut responses = super::problem::documented(&[
            P::Unauthenticated,
            P::RequestTimeout,
            P::BodyTooLarge,
            P::UnsupportedMediaType,
        ]);
        let faults = Outcome::invalid(vec![Fault::new("/hookInstance", "missing", "is missing")]);
        let unknown =
            Outcome::new(StatusCode::NOT_FOUND, "not-found", "No service has this id; /cds-services lists them.");
        responses.insert(
            "400".to_owned(),
            documented("The body cannot be read, or lacks something: every fault is named", &faults),
        );
        responses.insert("404".to_owned(), documented("No service has this id", &unknown));
        responses
    }
}

impl utoipa::IntoResponses for CdsCallResponses {
    fn responses() -> Responses {
        let mut responses = CdsFeedbackResponses::responses();
        let lacking = Outcome::lacking(&[Key::Conditions]);
        responses.insert(
            "412".to_owned(),
            documented("The patient or the conditions cannot be had: each key is named", &lacking),
        );
        responses
    }
}

fn documented(description: &str, outcome: &Outcome) -> utoipa::openapi::RefOr<utoipa::openapi::Response> {
    use utoipa::openapi::schema::{ObjectBuilder, Schema};
    let schema = utoipa::openapi::RefOr::T(Schema::Object(ObjectBuilder::new().build()));
    let content = utoipa::openapi::ContentBuilder::new().schema(Some(schema)).example(Some(outcome.resource())).build();
    let response = utoipa::openapi::ResponseBuilder::new().description(description).content(FHIR_JSON, content);
    utoipa::openapi::RefOr::T(response.build())
}

/// The strictest verdict of a call, for the log.
pub(crate) fn strictest(screenings: &[ScreeningFigures]) -> Option<Verdict> {
    screenings.iter().map(|screening| screening.verdict).max()
}
