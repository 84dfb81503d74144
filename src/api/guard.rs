//! Who may call and what they may expect: the safe way to bind, keys, JSON.

use actix_web::ResponseError as _;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{self, Accept, Header as _, HeaderValue};
use actix_web::middleware::Next;
use actix_web::mime;
use actix_web::web::Data;

use crate::config::ServeConfig;

use super::fhir::FHIR_JSON;
use super::problem::{Problem, ProblemType};
use super::server::{ServeError, Service};

/// Refuses to listen beyond this machine where nobody would be asked for a key, unless that is wanted.
pub(crate) fn check_binding(config: &ServeConfig) -> Result<(), ServeError> {
    if config.listen.ip().is_loopback() || !config.api_keys.is_empty() || config.allow_unauthenticated {
        Ok(())
    } else {
        Err(ServeError::Unprotected { address: config.listen })
    }
}

/// Asks callers of `/v1` for a key, where there are keys, and for taking JSON.
pub(crate) async fn admit<B: MessageBody>(
    service: Data<Service>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let refused = if request.path().starts_with("/v1/") || request.path() == "/v1" {
        has_key(&service, &request).and_then(|()| takes_json(&request))
    } else {
        Ok(())
    };
    match refused {
        Ok(()) => Ok(next.call(request).await?.map_into_left_body()),
        Err(problem) => Ok(request.into_response(problem.error_response().map_into_right_body())),
    }
}

fn has_key(service: &Service, request: &ServiceRequest) -> Result<(), Problem> {
    if service.api_keys.is_empty() {
        return Ok(());
    }
    let authorization = request.headers().get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let key = authorization
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
        .map(|(_, key)| key.trim());
    let (detail, challenge) = match key {
        Some(key) if service.api_keys.accepts(key) => return Ok(()),
        Some(_) => ("The key is not one of this service's.", "Bearer realm=\"kneadsafe\", error=\"invalid_token\""),
        None => ("The request has no `Authorization: Bearer KEY`.", "Bearer realm=\"kneadsafe\""),
    };
    let problem = Problem::new(ProblemType::Unauthenticated, detail);
    Err(problem.with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge)))
}

/// Whether `Accept` lets JSON through: the most specific range that fits decides (RFC 9110, section 12.5.1).
fn takes_json(request: &ServiceRequest) -> Result<(), Problem> {
    if !request.headers().contains_key(header::ACCEPT) {
        return Ok(());
    }
    let refused = || Problem::new(ProblemType::NotAcceptable, "The header `Accept` excludes application/json.");
    let answers_fhir = request.path().starts_with("/v1/fhir/");
    let accept = Accept::parse(request).map_err(|_| refused())?;
    let fitting = accept
        .iter()
        .filter_map(|range| {
            let specific = match (range.item.type_(), range.item.subtype()) {
                (mime::APPLICATION, mime::JSON) => 2,
                (mime::APPLICATION, _) if answers_fhir && range.item.essence_str() == FHIR_JSON => 3,
                (mime::APPLICATION, mime::STAR) => 1,
                (mime::STAR, mime::STAR) => 0,
                _ => return None,
            };
            Some((specific, range.quality))
        })
        .max();
    if fitting.is_some_and(|(_, quality)| quality > header::Quality::MIN) { Ok(()) } else { Err(refused()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use actix_web::test::TestRequest;

    fn takes(accept: &'static str) -> bool {
        takes_json(&TestRequest::default().insert_header((header::ACCEPT, accept)).to_srv_request()).is_ok()
    }

    #[test]
    fn the_most_specific_range_decides() {
        for good in
            ["*/*", "application/json", "application/*;q=0.1", "text/html, */*;q=0.1", "application/json, */*;q=0"]
        {
            assert!(takes(good), "{good}");
        }
        for bad in ["text/html", "application/json;q=0, */*", "application/xml", "image/*"] {
            assert!(!takes(bad), "{bad}");
        }
    }

    #[test]
    fn an_open_address_needs_keys_or_a_word() {
        let mut config = ServeConfig { listen: ([0, 0, 0, 0], 0).into(), ..ServeConfig::default() };
        assert!(check_binding(&config).is_err());
        config.allow_unauthenticated = true;
        assert!(check_binding(&config).is_ok());
        config.allow_unauthenticated = false;
        config.api_keys = crate::config::ApiKeys::parse("sixteen-or-more-characters").unwrap();
        assert!(check_binding(&config).is_ok());
        config = ServeConfig::default();
        assert!(check_binding(&config).is_ok());
    }
}
