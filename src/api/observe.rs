//! What is seen of a request from outside: its name, one log line, the figures of `/metrics`. Never what a client said.

use std::sync::Arc;
use std::time::Instant;

use actix_web::ResponseError as _;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::http::{ConnectionType, Method};
use actix_web::middleware::Next;
use actix_web::web::Data;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::cds::cards::Indicator;
use crate::config::CdsHooksVersion;
use crate::model::{RuleId, Verdict};

use super::assessments::AssessmentFigures;
use super::cds_services::strictest;
use super::cross_origin::is_cds;
use super::many::{ManyFigures, VerdictCounts};
use super::outcome::{FHIR_JSON, Outcome};
use super::problem::{MEDIA_TYPE, Problem};
use super::screenings::ScreeningFigures;
use super::server::Service;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
const LONGEST_REQUEST_ID: usize = 64;

/// Counts that tell how the service does.
pub(crate) struct Metrics {
    registry: Registry,
    requests: Family<RequestLabels, Counter>,
    durations: Family<RouteLabels, Histogram>,
    screenings: Family<ScreeningLabels, Counter>,
    cards: Family<CardLabels, Counter>,
    feedback: Family<FeedbackLabels, Counter>,
    feedback_rules: Family<FeedbackRuleLabels, Counter>,
}

/// What the log may say of a call of a hook: nothing about the client.
#[derive(Debug, Clone)]
pub(crate) struct HookFigures {
    pub(crate) hook: &'static str,
    pub(crate) indicators: Vec<Indicator>,
    pub(crate) screenings: Vec<ScreeningFigures>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct CardLabels {
    hook: &'static str,
    indicator: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct FeedbackLabels {
    outcome: &'static str,
    reason: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct FeedbackRuleLabels {
    outcome: &'static str,
    rule: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RequestLabels {
    route: Arc<str>,
    method: &'static str,
    status: &'static str,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RouteLabels {
    route: Arc<str>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct ScreeningLabels {
    verdict: &'static str,
    ruleset: Arc<str>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct BuildLabels {
    version: &'static str,
}

/// From a screening's few hundred microseconds up to what no caller waits for.
const SECONDS: [f64; 12] = [0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.25, 1.0, 2.5];

impl Default for Metrics {
    fn default() -> Self {
        let mut registry = Registry::with_prefix("kneadsafe");
        let requests = Family::default();
        let durations = Family::new_with_constructor((|| Histogram::new(SECONDS)) as fn() -> Histogram);
        let screenings = Family::default();
        let build = Family::<BuildLabels, Gauge>::default();
        build.get_or_create(&BuildLabels { version: env!("CARGO_PKG_VERSION") }).set(1);
        registry.register("build", "The program's version", build);
        registry.register("http_requests", "Requests by route, method and class of status", requests.clone());
        registry.register("http_request_duration_seconds", "Time to the answer, in seconds", durations.clone());
        registry.register("screenings", "Screenings by verdict and ruleset version", screenings.clone());
        let (cards, feedback, feedback_rules) = (Family::default(), Family::default(), Family::default());
        registry.register("cds_cards", "CDS Hooks cards by hook and indicator", Family::clone(&cards));
        registry.register("cds_feedback", "Feedback on cards by outcome and override reason", Family::clone(&feedback));
        registry.register(
            "cds_feedback_rules",
            "Feedback on cards by outcome and rule",
            Family::clone(&feedback_rules),
        );
        Self { registry, requests, durations, screenings, cards, feedback, feedback_rules }
    }
}

impl Metrics {
    fn count_screenings(&self, ruleset: &Arc<str>, counts: &VerdictCounts) {
        let VerdictCounts { allow, caution, deny, .. } = *counts;
        for (verdict, count) in [(Verdict::Allow, allow), (Verdict::Caution, caution), (Verdict::Deny, deny)] {
            if count > 0 {
                let labels = ScreeningLabels { verdict: verdict.as_str(), ruleset: ruleset.clone() };
                self.screenings.get_or_create(&labels).inc_by(count);
            }
        }
    }

    /// Where others show figures of their own.
    pub(crate) fn registry(&mut self) -> &mut Registry {
        &mut self.registry
    }

    /// Counts what became of a card. Outcomes and reasons are of a fixed list, rules of the rulesets in service.
    pub(crate) fn count_feedback(&self, outcome: &'static str, reason: &'static str, rules: &[&RuleId]) {
        self.feedback.get_or_create(&FeedbackLabels { outcome, reason }).inc();
        for rule in rules {
            self.feedback_rules.get_or_create(&FeedbackRuleLabels { outcome, rule: rule.to_string() }).inc();
        }
    }

    fn count_screening(&self, screening: &ScreeningFigures) {
        let labels = ScreeningLabels { verdict: screening.verdict.as_str(), ruleset: screening.ruleset.clone() };
        self.screenings.get_or_create(&labels).inc();
    }

    fn count_call(&self, call: &HookFigures) {
        call.screenings.iter().for_each(|screening| self.count_screening(screening));
        for indicator in &call.indicators {
            self.cards.get_or_create(&CardLabels { hook: call.hook, indicator: indicator.as_str() }).inc();
        }
    }

    /// Everything, in the `OpenMetrics` text format.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = encode(&mut text, &self.registry);
        text
    }
}

/// Names the request, lets it through, and notes how it went.
pub(crate) async fn observe<B: MessageBody>(
    service: Data<Service>,
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let began = Instant::now();
    let id = request_id(&request);
    let method = method_name(request.method());
    if request.method() == Method::HEAD {
        // Answered like GET; the connection leaves the body out by itself.
        request.head_mut().method = Method::GET;
    }
    let response = next.call(request).await?;
    let route = route(&service, &response);
    let speaks_outcomes = service.cds_hooks_version == CdsHooksVersion::V3_0 && is_cds(response.request().path());
    let mut response = as_problem(response, speaks_outcomes);
    let headers = response.headers_mut();
    headers.insert(X_REQUEST_ID, id.clone());
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY) {
        headers.insert(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_static("default-src 'none'; frame-ancestors 'none'"),
        );
    }
    if service.is_stopping() {
        response.response_mut().head_mut().set_connection_type(ConnectionType::Close);
    }
    note(&service, &response, &route, method, &id, began);
    Ok(response)
}

fn note<B>(
    service: &Service,
    response: &ServiceResponse<B>,
    route: &Arc<str>,
    method: &'static str,
    id: &HeaderValue,
    began: Instant,
) {
    let took = began.elapsed();
    let status = response.status();
    let class = match status.as_u16() {
        100..200 => "1xx",
        200..300 => "2xx",
        300..400 => "3xx",
        400..500 => "4xx",
        _ => "5xx",
    };
    let metrics = &service.metrics;
    metrics.requests.get_or_create(&RequestLabels { route: route.clone(), method, status: class }).inc();
    metrics.durations.get_or_create(&RouteLabels { route: route.clone() }).observe(took.as_secs_f64());
    let micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
    let id = id.to_str().unwrap_or_default();
    let extensions = response.response().extensions();
    if let Some(screening) = extensions.get::<ScreeningFigures>() {
        metrics.count_screening(screening);
        tracing::info!(
            http.method = method,
            http.route = &**route,
            http.status = status.as_u16(),
            micros,
            request.id = id,
            ruleset.version = &*screening.ruleset,
            screening.verdict = screening.verdict.as_str(),
            screening.reasons = screening.reasons,
            screening.questions = screening.questions,
            screening.unrecognised = screening.unrecognised,
            "screened one session"
        );
    } else if let Some(ManyFigures { counts, ruleset, clients }) = extensions.get::<ManyFigures>() {
        let VerdictCounts { allow, caution, deny, failed } = *counts;
        if *clients {
            metrics.count_screenings(ruleset, counts);
        }
        tracing::info!(
            http.method = method,
            http.route = &**route,
            http.status = status.as_u16(),
            micros,
            request.id = id,
            ruleset.version = &**ruleset,
            screenings.allow = allow,
            screenings.caution = caution,
            screenings.deny = deny,
            screenings.failed = failed,
            "screened many sessions"
        );
    } else if let Some(call) = extensions.get::<HookFigures>() {
        metrics.count_call(call);
        tracing::info!(
            http.method = method,
            http.route = &**route,
            http.status = status.as_u16(),
            micros,
            request.id = id,
            cds.hook = call.hook,
            cds.screenings = call.screenings.len(),
            cds.cards = call.indicators.len(),
            screening.verdict = strictest(&call.screenings).map(Verdict::as_str),
            "answered one hook"
        );
    } else if let Some(assessment) = extensions.get::<AssessmentFigures>() {
        tracing::info!(
            http.method = method,
            http.route = &**route,
            http.status = status.as_u16(),
            micros,
            request.id = id,
            ruleset.version = &*assessment.ruleset,
            assessment.level = assessment.level.as_str(),
            assessment.reasons = assessment.reasons,
            "assessed one session"
        );
    } else {
        tracing::info!(
            http.method = method,
            http.route = &**route,
            http.status = status.as_u16(),
            micros,
            request.id = id,
            "answered"
        );
    }
}

/// The template of the address: an unknown address is not repeated, for it could hold anything.
fn route<B>(service: &Service, response: &ServiceResponse<B>) -> Arc<str> {
    service.routes.name(response.request().match_pattern().as_deref())
}

fn method_name(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        Method::PUT => "PUT",
        Method::PATCH => "PATCH",
        Method::DELETE => "DELETE",
        _ => "other",
    }
}

/// The caller's name for the request where it is a plain one, else a new one.
fn request_id(request: &ServiceRequest) -> HeaderValue {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.');
    request
        .headers()
        .get(X_REQUEST_ID)
        .filter(|id| (1..=LONGEST_REQUEST_ID).contains(&id.len()) && id.as_bytes().iter().all(plain))
        .cloned()
        .or_else(|| HeaderValue::from_str(&uuid::Uuid::new_v4().to_string()).ok())
        .unwrap_or_else(|| HeaderValue::from_static("none"))
}

/// Makes a problem document of a failure that is not one yet.
fn as_problem<B: MessageBody>(response: ServiceResponse<B>, speaks_outcomes: bool) -> ServiceResponse<EitherBody<B>> {
    let status = response.status();
    let failed = status.is_client_error() || status.is_server_error();
    let is = |kind: &str| response.headers().get(header::CONTENT_TYPE).is_some_and(|told| told == kind);
    if !failed || is(FHIR_JSON) {
        return response.map_into_left_body();
    }
    if is(MEDIA_TYPE) {
        return if speaks_outcomes { as_outcome(response) } else { response.map_into_left_body() };
    }
    let problem = Problem::of_status(status);
    let told = if speaks_outcomes { Outcome::from(&problem).error_response() } else { problem.error_response() };
    response.into_response(told.map_into_right_body())
}

/// Makes an outcome of a problem document, with the headers that came along.
fn as_outcome<B: MessageBody>(response: ServiceResponse<B>) -> ServiceResponse<EitherBody<B>> {
    let Some(outcome) = response.response().extensions().get::<Outcome>().cloned() else {
        return response.map_into_left_body();
    };
    let mut told = outcome.error_response();
    for (name, value) in response.headers().iter().filter(|(name, _)| **name != header::CONTENT_TYPE) {
        told.headers_mut().insert(name.clone(), value.clone());
    }
    response.into_response(told.map_into_right_body())
}
