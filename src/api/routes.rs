//! The routes as a table of contents, and what happens at every other address and to every other method.

use std::collections::BTreeMap;
use std::sync::Arc;

use actix_web::dev::ResourceDef;
use actix_web::http::Method;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::{Data, ServiceConfig};
use actix_web::{HttpRequest, HttpResponse};
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa::openapi::path::PathItem;

use super::problem::{Problem, ProblemType};
use super::rulesets::{catalogue, conditions, matrix, post_session, rules, sources};
use super::server::Service;
use super::{assessments, batch, calendar, cds_services, fhir, operations, pages, questionnaire, rulesets, screenings};

/// Registers each handler, and lists it in the API document.
macro_rules! routes {
    (documented { $($module:ident :: $handler:ident,)* } pages { $($page_module:ident :: $page:ident,)* }) => {
        /// Registers every handler.
        pub(crate) fn configure(config: &mut ServiceConfig) {
            config $(.service($module::$handler))* $(.service($page_module::$page))*;
        }

        #[derive(utoipa::OpenApi)]
        #[openapi(paths($($module::$handler),*))]
        struct Documented;
    };
}

routes! {
    documented {
        screenings::screen,
        batch::screen_batch,
        calendar::screen_calendar,
        questionnaire::screen_questionnaire,
        assessments::assess_session,
        fhir::screen_record,
        rulesets::list_rulesets,
        rulesets::show_ruleset,
        conditions::list_conditions,
        conditions::show_condition,
        catalogue::list_massage_types,
        catalogue::show_massage_type,
        catalogue::list_techniques,
        catalogue::list_body_regions,
        catalogue::list_products,
        rules::list_rules,
        rules::show_rule,
        sources::list_sources,
        sources::show_source,
        matrix::show_matrix,
        questionnaire::show_questionnaire,
        sources::list_not_adopted,
        post_session::list_post_session,
        sources::list_traceability,
        cds_services::list_cds_services,
        cds_services::call_cds_service,
        cds_services::take_cds_feedback,
        cds_services::show_code_system,
        cds_services::show_concept_map,
        operations::live,
        operations::ready,
        operations::show_metrics,
        operations::show_version,
        operations::show_openapi,
        operations::list_problems,
        operations::show_problem,
    }
    pages {
        pages::landing,
        pages::docs,
        pages::docs_without_slash,
    }
}

/// The addresses of the pages, which the API document leaves out.
const PAGES: [&str; 3] = ["/", "/docs", "/docs/{file:.*}"];

/// Where a body may bring many sessions, or a health record.
const LARGE: [&str; 4] = ["/v1/screenings/batch", "/v1/screenings/from-questionnaire", "/v1/fhir/", "/cds-services/"];

/// Whether an address takes more than the body of one session.
pub(crate) fn takes_large_bodies(path: &str) -> bool {
    LARGE.iter().any(|large| path.starts_with(large))
}

/// Every documented operation, as its handler describes it.
pub(crate) fn documented() -> OpenApi {
    Documented::openapi()
}

/// Which methods each address takes.
pub(crate) struct RouteTable {
    routes: Vec<Route>,
    names: BTreeMap<Arc<str>, Arc<str>>,
    unknown: Arc<str>,
}

struct Route {
    address: ResourceDef,
    allow: &'static str,
}

impl RouteTable {
    /// The table of a document's paths, and of the pages.
    pub(crate) fn new(document: &OpenApi) -> Self {
        let documented = document.paths.paths.iter().map(|(path, item)| (path.as_str(), methods(item)));
        let templates: Vec<(&str, &'static str)> = documented.chain(PAGES.map(|page| (page, GET))).collect();
        let names = templates.iter().map(|(path, _)| (Arc::from(*path), Arc::from(*path))).collect();
        let routes =
            templates.into_iter().map(|(path, allow)| Route { address: ResourceDef::new(path), allow }).collect();
        Self { routes, names, unknown: "unknown".into() }
    }

    fn allow(&self, path: &str) -> Option<&'static str> {
        self.routes.iter().find(|route| route.address.is_match(path)).map(|route| route.allow)
    }

    /// The template as it is counted and logged; `unknown` for every address that has none.
    pub(crate) fn name(&self, template: Option<&str>) -> Arc<str> {
        template.and_then(|template| self.names.get(template)).unwrap_or(&self.unknown).clone()
    }
}

const GET: &str = "GET, HEAD, OPTIONS";
const POST: &str = "POST, OPTIONS";

fn methods(item: &PathItem) -> &'static str {
    if item.post.is_some() { POST } else { GET }
}

/// Answers what no handler takes: 405 with `Allow` where the address exists, else 404.
pub(crate) async fn elsewhere(service: Data<Service>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let Some(allow) = service.routes.allow(request.path()) else {
        return Err(Problem::new(ProblemType::NotFound, ProblemType::NotFound.entry().help));
    };
    if request.method() == Method::OPTIONS {
        return Ok(HttpResponse::NoContent().insert_header((header::ALLOW, allow)).finish());
    }
    let detail = format!("The address takes {allow}.");
    Err(Problem::new(ProblemType::MethodNotAllowed, detail).with_header(header::ALLOW, HeaderValue::from_static(allow)))
}
