//! `POST /v1/screenings`: may this client have this massage, on this day?

use std::future::{Ready, ready};

use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder, post};
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::model::{ClientRequest, ConditionRequest, Language, Screening, ScreeningRequest, SessionRequest, Verdict};
use crate::ruleset::Facts;
use crate::screening;

use super::body::{Body, RequestBody, Shape};
use super::language::{Accepted, LanguageHeader, name_language};
use super::parameters;
use super::pin::{Pin, PinHeaders, RULESET_DIGEST, RULESET_VERSION, finish};
use super::problem::{Problem, ProblemResponses};
use super::server::Service;

/// The header that repeats the verdict, for callers that look no further.
pub(crate) const SCREENING_VERDICT: &str = "screening-verdict";

/// Screen a session
///
/// Answers 200 for every verdict that could be computed, `deny` included: read `action`, and treat one that is not known
/// to you as a hold. Nothing of the request is stored or logged. A name that is not understood is reported in `coverage`
/// and never leads to `allow`. The answer is a screening aid, not a diagnosis.
#[utoipa::path(
    tag = "screenings",
    params(ScreeningQuery, PinHeaders, LanguageHeader),
    request_body(content = ScreeningRequest, content_type = "application/json"),
    responses(
        (
            status = 200, description = "The verdict, with every reason", body = Screening, content_type = "application/json",
            headers(
                ("Screening-Verdict" = Verdict, description = "The verdict, as in the body"),
                ("Ruleset-Version" = String, description = "The version of the ruleset that answered"),
                ("Ruleset-Digest" = String, description = "The digest of the ruleset that answered"),
                ("Content-Language" = Language, description = "The language of the prose"),
                ("X-Request-Id" = String, description = "The request's name, yours or a new one"),
            )
        ),
        ProblemResponses,
    )
)]
#[post("/v1/screenings")]
pub(crate) async fn screen(
    service: Data<Service>,
    asked: ScreeningPin,
    accepted: Accepted,
    body: Body,
) -> Result<ScreeningAnswer, Problem> {
    let ruleset = asked.pin.choose(&service.rulesets)?;
    let request: ScreeningRequest = body.decode(&service.screening_schema, ruleset)?;
    let language = accepted.choose(ruleset);
    let facts = Facts::read(ruleset, &request, today_utc()).map_err(Problem::invalid)?.in_language(language);
    let mut screening = screening::screen(ruleset, &facts);
    screening.explanation = asked.explain.then(|| screening::explain(ruleset, &facts));
    Ok(ScreeningAnswer { screening, language })
}

/// The query of a screening.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ScreeningQuery {
    /// The ruleset version that is to answer, or `latest`, which is meant when none is given.
    #[param(example = "latest")]
    pub(crate) ruleset: Option<String>,
    /// Whether to add every rule that could have counted, with the truth of each of its predicates and the facts that it
    /// read. For developers and clinicians; it makes the answer many times as long.
    #[param(example = false)]
    pub(crate) explain: Option<bool>,
}

/// Which ruleset is to answer, and how fully.
#[derive(Debug)]
pub(crate) struct ScreeningPin {
    pin: Pin,
    explain: bool,
}

impl FromRequest for ScreeningPin {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let read = || {
            let query = parameters::read::<ScreeningQuery>(request.query_string())?;
            Ok(Self { pin: Pin::of(request, query.ruleset)?, explain: query.explain.unwrap_or_default() })
        };
        ready(read())
    }
}

pub(crate) fn today_utc() -> Date {
    Timestamp::now().to_zoned(TimeZone::UTC).date()
}

/// A screening on its way to the caller.
pub(crate) struct ScreeningAnswer {
    pub(crate) screening: Screening,
    pub(crate) language: Language,
}

/// What the log may say of a screening: nothing about the client.
#[derive(Debug, Clone)]
pub(crate) struct ScreeningFigures {
    pub(crate) verdict: Verdict,
    pub(crate) ruleset: std::sync::Arc<str>,
    pub(crate) reasons: usize,
    pub(crate) questions: usize,
    pub(crate) unrecognised: usize,
}

impl Responder for ScreeningAnswer {
    type Body = BoxBody;

    fn respond_to(self, _request: &HttpRequest) -> HttpResponse {
        let Self { screening, language } = self;
        let mut response = finish(HttpResponse::Ok(), &screening);
        name_language(response.headers_mut(), language);
        tell_of(response, &screening)
    }
}

/// The response with what every answer to a screening says beside its body: verdict and ruleset to the caller, figures to the log.
pub(crate) fn tell_of(mut response: HttpResponse, screening: &Screening) -> HttpResponse {
    let headers = response.headers_mut();
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    headers.insert(HeaderName::from_static(SCREENING_VERDICT), HeaderValue::from_static(screening.verdict.as_str()));
    for (name, value) in [(RULESET_VERSION, &screening.ruleset.version), (RULESET_DIGEST, &screening.ruleset.digest)] {
        if let Ok(value) = HeaderValue::from_str(value) {
            headers.insert(HeaderName::from_static(name), value);
        }
    }
    response.extensions_mut().insert(ScreeningFigures {
        verdict: screening.verdict,
        reasons: screening.reasons.len(),
        questions: screening.questions.len(),
        unrecognised: screening.coverage.unrecognised.len(),
        ruleset: screening.ruleset.version.clone(),
    });
    response
}

impl RequestBody for ScreeningRequest {
    const SCHEMA: &'static str = "ScreeningRequest";

    fn is_surely_in_bounds(&self) -> bool {
        is_session_in_bounds(&self.session)
            && is_client_in_bounds(self.client.as_ref())
            && self.asked.as_ref().is_none_or(|asked| asked.len() <= 50)
            && self.conditions.len() <= 200
            && self.conditions.iter().all(is_condition_in_bounds)
            && self.clearances.as_ref().is_none_or(|clearances| {
                clearances.len() <= 200 && clearances.iter().all(|clearance| is_short(&clearance.condition, 120))
            })
    }

    fn shape(&self) -> Shape {
        let codes = self.conditions.iter().filter(|condition| condition.code.is_some()).count();
        let clearances = self.clearances.as_ref();
        // The request itself, its session and its conditions are always there.
        Shape {
            objects: 2
                + usize::from(self.client.is_some())
                + self.conditions.len()
                + codes
                + clearances.map_or(0, Vec::len),
            arrays: 1
                + session_lists(&self.session).into_iter().flatten().count()
                + usize::from(clearances.is_some())
                + usize::from(self.asked.is_some()),
        }
    }
}

/// The lists that a session may have.
pub(crate) fn session_lists(session: &SessionRequest) -> [&Option<Vec<String>>; 3] {
    [&session.body_regions, &session.products, &session.techniques]
}

/// Whether every length and number of a session is surely within the published bounds.
pub(crate) fn is_session_in_bounds(session: &SessionRequest) -> bool {
    let lists = session_lists(session);
    is_short(&session.massage_type, 120)
        && session.duration_minutes.is_none_or(|minutes| matches!(minutes, 1..=600))
        && lists.into_iter().flatten().all(|list| list.len() <= 50)
        && lists.into_iter().flatten().flatten().all(|name| is_short(name, 120))
}

/// Whether every number of a client is surely within the published bounds.
pub(crate) fn is_client_in_bounds(client: Option<&ClientRequest>) -> bool {
    client.and_then(|client| client.age).is_none_or(|age| age <= 130)
        && client.and_then(|client| client.pregnancy_weeks).is_none_or(|weeks| weeks <= 45)
}

/// Whether every length of a condition is surely within the published bounds.
pub(crate) fn is_condition_in_bounds(condition: &ConditionRequest) -> bool {
    let names = [&condition.id, &condition.text, &condition.body_region];
    names.into_iter().flatten().all(|name| is_short(name, 120))
        && condition.code.as_ref().is_none_or(|code| is_short(&code.system, 200) && is_short(&code.code, 64))
}

/// Bytes, so that no text passes that has too many characters.
pub(crate) fn is_short(text: &str, most: usize) -> bool {
    (1..=most).contains(&text.len())
}
