//! Browsers of other sites: whom the CDS Hooks door is open to, and that no other door is.

use std::collections::BTreeSet;

use actix_cors::Cors;
use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header;
use actix_web::middleware::Next;
use actix_web::web::Data;

use crate::config::Origin;

use super::server::Service;

/// How long a browser may remember what it may send, in seconds.
const REMEMBERED_SECONDS: usize = 3600;

/// Whether an address is one of CDS Hooks.
pub(crate) fn is_cds(path: &str) -> bool {
    path.strip_prefix("/cds-services").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The answers to browsers of these origins: any header (a token, a request's name), no cookies, never everybody.
pub(crate) fn answers(origins: &BTreeSet<Origin>) -> Cors {
    let cors = Cors::default()
        .allowed_methods(["GET", "POST"])
        .allow_any_header()
        .expose_headers(["x-request-id", "www-authenticate"])
        .max_age(REMEMBERED_SECONDS);
    origins.iter().fold(cors, |cors, origin| cors.allowed_origin(origin.as_str()))
}

/// Takes away what a browser says of another site where it opens nothing: at other addresses, and for other sites. Such a
/// request is answered as if it came from no browser, and the browser keeps the answer from the site.
pub(crate) async fn forget_others<B: MessageBody>(
    service: Data<Service>,
    mut request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<B>, actix_web::Error> {
    let text = |name: header::HeaderName| request.headers().get(name).and_then(|value| value.to_str().ok());
    let known = text(header::ORIGIN).is_some_and(|origin| service.cors_origins.iter().any(|it| it.as_str() == origin));
    let method = text(header::ACCESS_CONTROL_REQUEST_METHOD).is_none_or(|method| matches!(method, "GET" | "POST"));
    if !(known && method && is_cds(request.path())) {
        for name in [header::ORIGIN, header::ACCESS_CONTROL_REQUEST_METHOD] {
            request.headers_mut().remove(name);
        }
    }
    next.call(request).await
}
