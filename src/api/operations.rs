//! Whether the service lives, how it does, what it is, and what its answers mean.

use std::sync::Arc;

use actix_web::http::header::{self, Accept, EntityTag, Header as _};
use actix_web::web::{Data, Json, Path};
use actix_web::{HttpRequest, HttpResponse, get, mime};
use serde::Serialize;
use utoipa::ToSchema;

use crate::ruleset::digest;

use super::pages;
use super::pin::revalidated;
use super::problem::{Problem, ProblemType};
use super::server::Service;

/// How the service is.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct HealthResponse {
    /// `live` or `ready`.
    #[schema(example = "ready")]
    status: &'static str,
}

/// Whether the process lives
///
/// Answers as long as the process can answer at all. For a liveness probe.
#[utoipa::path(tag = "operations", responses((status = 200, description = "It lives", body = HealthResponse)))]
#[get("/livez")]
pub(crate) async fn live() -> Json<HealthResponse> {
    Json(HealthResponse { status: "live" })
}

/// Failures of `/readyz`.
struct ReadinessResponses;

impl utoipa::IntoResponses for ReadinessResponses {
    fn responses() -> std::collections::BTreeMap<String, utoipa::openapi::RefOr<utoipa::openapi::Response>> {
        super::problem::documented(&[ProblemType::Stopping])
    }
}

/// Whether new requests are welcome
///
/// Turns 503 as soon as the service is told to end, before it stops accepting connections. For a readiness probe.
#[utoipa::path(
    tag = "operations",
    responses((status = 200, description = "They are", body = HealthResponse), ReadinessResponses)
)]
#[get("/readyz")]
pub(crate) async fn ready(service: Data<Service>) -> Result<Json<HealthResponse>, Problem> {
    if service.is_stopping() {
        return Err(Problem::new(ProblemType::Stopping, ProblemType::Stopping.entry().help));
    }
    Ok(Json(HealthResponse { status: "ready" }))
}

/// Figures for Prometheus
///
/// Requests by route, method and class of status, their durations, screenings by verdict and ruleset version, in the
/// `OpenMetrics` text format. Nothing about clients.
#[utoipa::path(
    tag = "operations",
    responses((status = 200, description = "The figures", body = String, content_type = "application/openmetrics-text"))
)]
#[get("/metrics")]
pub(crate) async fn show_metrics(service: Data<Service>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/openmetrics-text; version=1.0.0; charset=utf-8")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .body(service.metrics.text())
}

/// What is running.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct VersionResponse {
    /// The program.
    #[schema(example = "kneadsafe")]
    name: &'static str,
    /// Its version.
    #[schema(example = "1.0.0")]
    version: &'static str,
    /// The rulesets in service, oldest first.
    rulesets: Vec<RulesetInServiceResponse>,
}

/// A ruleset in service.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RulesetInServiceResponse {
    /// Its version.
    #[schema(value_type = String, example = "1.0.0")]
    version: Arc<str>,
    /// The digest of its bytes.
    #[schema(value_type = String)]
    digest: Arc<str>,
}

/// What is running
///
/// The program's version, and the version and digest of every ruleset in service.
#[utoipa::path(tag = "operations", responses((status = 200, description = "The versions", body = VersionResponse)))]
#[get("/version")]
pub(crate) async fn show_version(service: Data<Service>) -> Json<VersionResponse> {
    let rulesets = service
        .rulesets
        .iter()
        .map(|ruleset| ruleset.stamp().clone())
        .map(|stamp| RulesetInServiceResponse { version: stamp.version, digest: stamp.digest })
        .collect();
    Json(VersionResponse { name: env!("CARGO_PKG_NAME"), version: env!("CARGO_PKG_VERSION"), rulesets })
}

/// This document
///
/// The OpenAPI 3.1 document of the service; massage types, body regions and techniques are those of the newest ruleset.
#[utoipa::path(
    tag = "operations",
    responses((status = 200, description = "The document", body = Object, content_type = "application/json"))
)]
#[get("/openapi.json")]
pub(crate) async fn show_openapi(service: Data<Service>, request: HttpRequest) -> HttpResponse {
    let mut response = revalidated(&request, &EntityTag::new_strong(digest(&service.openapi)));
    response.insert_header((header::CACHE_CONTROL, "no-cache"));
    let unchanged = response.finish();
    if unchanged.status() == actix_web::http::StatusCode::NOT_MODIFIED {
        return unchanged;
    }
    let mut response = unchanged.set_body(actix_web::body::BoxBody::new(service.openapi.clone()));
    response.headers_mut().insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json"));
    response
}

/// A type of problem.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProblemTypeResponse {
    /// What `type` says in a problem document of this type.
    #[serde(rename = "type")]
    #[schema(format = "uri-reference", example = "/problems/invalid-request")]
    pub(crate) type_: String,
    /// The type in words.
    pub(crate) title: &'static str,
    /// The HTTP status that goes with it.
    #[schema(minimum = 400, maximum = 599)]
    pub(crate) status: u16,
    /// What to do about it.
    pub(crate) help: &'static str,
}

impl From<ProblemType> for ProblemTypeResponse {
    fn from(kind: ProblemType) -> Self {
        let entry = kind.entry();
        Self { type_: format!("/problems/{}", entry.slug), title: entry.title, status: entry.status, help: entry.help }
    }
}

/// Types of problem.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ProblemTypesResponse {
    /// Every type, by status.
    items: Vec<ProblemTypeResponse>,
    /// How many there are.
    total: usize,
}

/// List the types of problem
///
/// Every kind of failure that this service can answer with; a page for people where HTML is asked for.
#[utoipa::path(
    tag = "operations",
    responses((
        status = 200, description = "The types",
        content((ProblemTypesResponse = "application/json"), (String = "text/html")),
    ))
)]
#[get("/problems")]
pub(crate) async fn list_problems(request: HttpRequest) -> HttpResponse {
    let items: Vec<ProblemTypeResponse> = ProblemType::ALL.into_iter().map(Into::into).collect();
    if wants_html(&request) {
        return pages::problems("Types of problem", &items);
    }
    let total = items.len();
    HttpResponse::Ok().insert_header((header::VARY, "Accept")).json(ProblemTypesResponse { items, total })
}

/// Failures of `/problems/{slug}`.
struct ProblemTypeResponses;

impl utoipa::IntoResponses for ProblemTypeResponses {
    fn responses() -> std::collections::BTreeMap<String, utoipa::openapi::RefOr<utoipa::openapi::Response>> {
        super::problem::documented(&[ProblemType::NotFound])
    }
}

/// Show a type of problem
///
/// What a problem document of this type means and what to do about it; a page for people where HTML is asked for.
#[utoipa::path(
    tag = "operations",
    params(("slug" = String, Path, description = "The last part of the problem's `type`", example = "invalid-request")),
    responses(
        (
            status = 200, description = "The type",
            content((ProblemTypeResponse = "application/json"), (String = "text/html")),
        ),
        ProblemTypeResponses,
    )
)]
#[get("/problems/{slug}")]
pub(crate) async fn show_problem(request: HttpRequest, slug: Path<String>) -> Result<HttpResponse, Problem> {
    let kind = ProblemType::ALL.into_iter().find(|kind| kind.entry().slug == slug.as_str()).ok_or_else(|| {
        Problem::new(ProblemType::NotFound, "No type of problem has this name; /problems lists them.")
    })?;
    let item = ProblemTypeResponse::from(kind);
    if wants_html(&request) {
        return Ok(pages::problems(item.title, std::slice::from_ref(&item)));
    }
    Ok(HttpResponse::Ok().insert_header((header::VARY, "Accept")).json(item))
}

fn wants_html(request: &HttpRequest) -> bool {
    request.headers().contains_key(header::ACCEPT)
        && Accept::parse(request).is_ok_and(|accept| accept.preference().essence_str() == mime::TEXT_HTML.essence_str())
}
