//! Pages for people: the landing page, Swagger UI, the types of problem. Nothing on them comes from another host.

use std::fmt::Write as _;

use actix_web::http::header;
use actix_web::web::{Data, Path};
use actix_web::{HttpResponse, get};
use utoipa_swagger_ui::Config;

use super::operations::ProblemTypeResponse;
use super::problem::{Problem, ProblemType};
use super::server::Service;

const PAGE_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";
/// Swagger UI styles its elements in place and draws its icons from `data:` addresses.
const DOCS_POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; \
    connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";

const STYLE: &str = "body{font:1rem/1.6 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem;color:#1d2b2a}\
    a{color:#0b6e63}code,pre{background:#eef4f3;border-radius:.3rem;padding:.1rem .3rem}pre{padding:1rem;overflow:auto}";

const LANDING: &str = r#"<h1>Kneadsafe</h1>
<p>May this client have this massage, on this day? And if not, what would make it possible?</p>
<p>A screening aid, not a diagnosis.</p>
<ul>
<li><a href="/docs/">Try it in the browser</a> (Swagger UI)</li>
<li><a href="/openapi.json">OpenAPI document</a></li>
<li><a href="/v1/rulesets">Rulesets in service</a></li>
<li><a href="/problems">Types of problem</a></li>
<li><a href="/version">Version</a></li>
</ul>
<h2>A verdict in a minute</h2>
<pre>curl -s http://127.0.0.1:8080/v1/screenings -H 'Content-Type: application/json' -d '{
  "session": { "massageType": "thai" },
  "intake": "complete",
  "conditions": [ { "id": "hypertension", "control": "controlled" } ] }'</pre>
"#;

fn page(title: &str, content: &str) -> HttpResponse {
    let html = format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width,initial-scale=1\"><title>{title}</title><style>{STYLE}</style></head><body>{content}</body></html>\n"
    );
    HttpResponse::Ok()
        .content_type("text/html; charset=utf-8")
        .insert_header((header::CONTENT_SECURITY_POLICY, PAGE_POLICY))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(html)
}

#[get("/")]
pub(crate) async fn landing() -> HttpResponse {
    page("Kneadsafe", LANDING)
}

/// A page about these types of problem; every word on it is our own.
pub(crate) fn problems(title: &str, items: &[ProblemTypeResponse]) -> HttpResponse {
    let mut content = format!("<h1>{}</h1>", escaped(title));
    for ProblemTypeResponse { type_, title, status, help } in items {
        let (title, help) = (escaped(title), escaped(help));
        // Writing to a string cannot fail.
        let _ = write!(
            content,
            "<h2>{status} {title}</h2><p><a href=\"{type_}\"><code>{type_}</code></a></p><p>{help}</p>"
        );
    }
    let mut response = page(&escaped(title), &content);
    response.headers_mut().insert(header::VARY, header::HeaderValue::from_static("Accept"));
    response
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

/// How Swagger UI is set up: one document, no models by themselves.
pub(crate) fn swagger() -> Config<'static> {
    Config::new(["/openapi.json"]).display_request_duration(true).default_models_expand_depth(0)
}

#[get("/docs")]
pub(crate) async fn docs_without_slash() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((header::LOCATION, "/docs/")).finish()
}

#[get("/docs/{file:.*}")]
pub(crate) async fn docs(service: Data<Service>, file: Path<String>) -> Result<HttpResponse, Problem> {
    let found = utoipa_swagger_ui::serve(&file, service.swagger.clone()).ok().flatten();
    let found = found.ok_or_else(|| Problem::new(ProblemType::NotFound, "Swagger UI has no such file."))?;
    Ok(HttpResponse::Ok()
        .content_type(found.content_type)
        .insert_header((header::CONTENT_SECURITY_POLICY, DOCS_POLICY))
        .insert_header((header::CACHE_CONTROL, "no-cache"))
        .body(found.bytes.into_owned()))
}
