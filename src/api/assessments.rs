//! `POST /v1/post-session-assessments`: is what the client feels after this massage to be expected?

use std::future::{Ready, ready};

use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder, post};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::assessment::{adverse_event, assess, summary};
use crate::model::{AdverseEventSummary, Assessment, AssessmentRequest, Language, Level, SymptomRequest};
use crate::ruleset::Facts;

use super::body::{Body, RequestBody, Shape};
use super::language::{Accepted, LanguageHeader, name_language};
use super::parameters;
use super::pin::{Pin, PinHeaders, RULESET_DIGEST, RULESET_VERSION, finish};
use super::problem::{Problem, ProblemResponses};
use super::screenings::{
    is_client_in_bounds, is_condition_in_bounds, is_session_in_bounds, is_short, session_lists, today_utc,
};
use super::server::Service;

/// The header that repeats the level, for callers that look no further.
pub(crate) const ASSESSMENT_LEVEL: &str = "assessment-level";

/// The query of an assessment.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct AssessmentQuery {
    /// The ruleset version that is to answer; the newest when not given.
    #[param(example = "latest")]
    pub(crate) ruleset: Option<String>,
    /// Answer with a report instead, without anything that identifies a person: `json` is a summary, `fhir` a FHIR R4
    /// `AdverseEvent`.
    #[param(inline)]
    pub(crate) report: Option<ReportKind>,
}

/// The kinds of report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ReportKind {
    /// A summary.
    Json,
    /// A FHIR R4 `AdverseEvent`.
    Fhir,
}

/// An assessment, or with `report=json` its summary.
#[derive(Serialize, ToSchema)]
#[serde(untagged)]
#[expect(dead_code, reason = "documents what is answered")]
pub(crate) enum AssessmentOrSummary {
    /// The assessment.
    Assessment(Box<Assessment>),
    /// Its summary.
    Summary(Box<AdverseEventSummary>),
}

/// Which ruleset is to answer, and in which form.
#[derive(Debug)]
pub(crate) struct AssessmentPin {
    pin: Pin,
    report: Option<ReportKind>,
}

impl FromRequest for AssessmentPin {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let read = || {
            let query = parameters::read::<AssessmentQuery>(request.query_string())?;
            Ok(Self { pin: Pin::of(request, query.ruleset)?, report: query.report })
        };
        ready(read())
    }
}

/// Assess what is felt after a session
///
/// Says whether it is an ordinary course, a matter for the therapist, for a doctor, or an emergency; how long an ordinary
/// course lasts, what to watch for, what the client can do meanwhile (never a medicine, never a herb), and what it means for
/// the next booking. What is unknown or not understood is never `expected`. Nothing of the request is stored or logged.
#[utoipa::path(
    tag = "assessments",
    params(AssessmentQuery, PinHeaders, LanguageHeader),
    request_body(content = AssessmentRequest, content_type = "application/json"),
    responses(
        (
            status = 200, description = "The level, with every reason; with `report=json` an `AdverseEventSummary`, with `report=fhir` a FHIR R4 \
            `AdverseEvent`",
            content(
                (AssessmentOrSummary = "application/json"),
                (Object = "application/fhir+json"),
            ),
            headers(
                ("Assessment-Level" = Level, description = "The level, as in the body"),
                ("Ruleset-Version" = String, description = "The version of the ruleset that answered"),
                ("Ruleset-Digest" = String, description = "The digest of the ruleset that answered"),
                ("Content-Language" = Language, description = "The language of the prose; a report is in English"),
                ("X-Request-Id" = String, description = "The request's name, yours or a new one"),
            )
        ),
        ProblemResponses,
    )
)]
#[post("/v1/post-session-assessments")]
pub(crate) async fn assess_session(
    service: Data<Service>,
    asked: AssessmentPin,
    accepted: Accepted,
    body: Body,
) -> Result<AssessmentAnswer, Problem> {
    let ruleset = asked.pin.choose(&service.rulesets)?;
    let request: AssessmentRequest = body.decode(&service.assessment_schema, ruleset)?;
    // A report is for a record, which is kept in English.
    let language = if asked.report.is_none() { accepted.choose(ruleset) } else { Language::En };
    let facts = Facts::read_report(ruleset, &request, today_utc()).map_err(Problem::invalid)?.in_language(language);
    let assessment = assess(ruleset, &facts);
    let report = match asked.report {
        None => None,
        Some(ReportKind::Json) => Some(Report::Json(Box::new(summary(ruleset, &facts, &assessment)))),
        Some(ReportKind::Fhir) => Some(Report::Fhir(adverse_event(ruleset, &facts, &assessment))),
    };
    Ok(AssessmentAnswer { assessment, report, language })
}

/// An assessment on its way to the caller, with the report that it is to be sent as.
pub(crate) struct AssessmentAnswer {
    assessment: Assessment,
    report: Option<Report>,
    language: Language,
}

/// The report that an assessment is to be sent as.
enum Report {
    Json(Box<AdverseEventSummary>),
    Fhir(Value),
}

/// What the log may say of an assessment: nothing about the client.
#[derive(Debug, Clone)]
pub(crate) struct AssessmentFigures {
    pub(crate) level: Level,
    pub(crate) ruleset: std::sync::Arc<str>,
    pub(crate) reasons: usize,
}

impl Responder for AssessmentAnswer {
    type Body = BoxBody;

    fn respond_to(self, _request: &HttpRequest) -> HttpResponse {
        let Self { assessment, report, language } = self;
        let mut response = match &report {
            Some(Report::Json(summary)) => finish(HttpResponse::Ok(), summary),
            Some(Report::Fhir(event)) => finish(HttpResponse::Ok(), event),
            None => finish(HttpResponse::Ok(), &assessment),
        };
        let headers = response.headers_mut();
        if matches!(report, Some(Report::Fhir(_))) {
            headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/fhir+json"));
        }
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        name_language(headers, language);
        headers.insert(HeaderName::from_static(ASSESSMENT_LEVEL), HeaderValue::from_static(assessment.level.as_str()));
        for (name, value) in
            [(RULESET_VERSION, &assessment.ruleset.version), (RULESET_DIGEST, &assessment.ruleset.digest)]
        {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        response.extensions_mut().insert(AssessmentFigures {
            level: assessment.level,
            reasons: assessment.reasons.len(),
            ruleset: assessment.ruleset.version,
        });
        response
    }
}

impl RequestBody for AssessmentRequest {
    const SCHEMA: &'static str = "AssessmentRequest";

    fn is_surely_in_bounds(&self) -> bool {
        is_session_in_bounds(&self.session)
            && is_client_in_bounds(self.client.as_ref())
            && self.hours_since_session.is_none_or(|hours| hours <= 8760)
            && self.conditions.len() <= 200
            && self.conditions.iter().all(is_condition_in_bounds)
            && self.symptoms.len() <= 50
            && self.symptoms.iter().all(is_symptom_in_bounds)
    }

    fn shape(&self) -> Shape {
        let codes = self.conditions.iter().filter(|condition| condition.code.is_some()).count()
            + self.symptoms.iter().filter(|symptom| symptom.code.is_some()).count();
        // The request itself, its session, its conditions and its symptoms are always there.
        Shape {
            objects: 2 + usize::from(self.client.is_some()) + self.conditions.len() + self.symptoms.len() + codes,
            arrays: 2 + session_lists(&self.session).into_iter().flatten().count(),
        }
    }
}

fn is_symptom_in_bounds(symptom: &SymptomRequest) -> bool {
    let names = [&symptom.id, &symptom.text, &symptom.body_region];
    let hours = [symptom.onset_hours_after, symptom.duration_hours];
    names.into_iter().flatten().all(|name| is_short(name, 120))
        && hours.into_iter().flatten().all(|hours| hours <= 8760)
        && symptom.code.as_ref().is_none_or(|code| is_short(&code.system, 200) && is_short(&code.code, 64))
}
