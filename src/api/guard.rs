//! Who may call and what they may expect: the safe way to bind, keys, JSON.

use actix_web::ResponseError as _;
use actix_web::body::{EitherBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::Method;
use actix_web::http::header::{self, Accept, Header as _, HeaderValue};
use actix_web::middleware::Next;
use actix_web::mime;
use actix_web::web::Data;

use crate::config::ServeConfig;

use super::outcome::FHIR_JSON;
use super::problem::{Problem, ProblemType};
use super::server::{ServeError, Service};
use super::tokens::TokenFault;

/// Refuses to listen beyond this machine where nobody would be asked for a key or token, unless that is wanted.
pub(crate) fn check_binding(config: &ServeConfig) -> Result<(), ServeError> {
    let asks = !config.api_keys.is_empty() || config.cds_clients.is_some();
    if config.listen.ip().is_loopback() || asks || config.allow_unauthenticated {
        Ok(())
    } else {
        Err(ServeError::Unprotected { address: config.listen })
    }
}

/// Whether `/v1` is open to nobody: only CDS Hooks clients are known, and other machines can call.
pub(crate) fn closes_v1(config: &ServeConfig) -> bool {
    config.api_keys.is_empty()
        && config.cds_clients.is_some()
        && !config.listen.ip().is_loopback()
        && !config.allow_unauthenticated
}

/// Which door an address is behind.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    /// What the service is asked for: a key opens it, where there are keys.
    V1,
    /// CDS Hooks: a client's token opens it where there are clients, else a key.
    CdsServices,
    /// Open to everybody.
    Open,
}

impl Door {
    /// The door of an address as the router reads it: `/%761/…` is `/v1/…` to it.
    fn of(path: &str) -> Self {
        let below = |door: &str| path.strip_prefix(door).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
        if below("/v1") {
            Self::V1
        } else if below("/cds-services") {
            Self::CdsServices
        } else {
            Self::Open
        }
    }
}

/// Asks callers of `/v1` for a key, where there are keys, and for taking JSON; callers of `/cds-services` for a client's
/// token, where there are clients, else for a key.
pub(crate) async fn admit<B: MessageBody>(
    service: Data<Service>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let path = request.match_info().as_str().to_owned();
    let refused = match Door::of(&path) {
        Door::V1 => has_key(&service, &request).and_then(|()| takes_json(&request)),
        // A browser asks what it may send before it sends the token.
        Door::CdsServices if request.method() == Method::OPTIONS => Ok(()),
        Door::CdsServices => may_call_cds(&service, &request, &path).await,
        Door::Open => Ok(()),
    };
    match refused {
        Ok(()) => Ok(next.call(request).await?.map_into_left_body()),
        Err(problem) => Ok(request.into_response(problem.error_response().map_into_right_body())),
    }
}

/// Asks for a client's token where there are clients, else for a key. Who is refused hears no reason.
async fn may_call_cds(service: &Service, request: &ServiceRequest, path: &str) -> Result<(), Problem> {
    let Some(clients) = &service.clients else { return has_key(service, request) };
    let now = jiff::Timestamp::now().as_second().unsigned_abs();
    clients.admit(bearer(request), path, now).await.map_err(|_: TokenFault| {
        let problem = Problem::new(ProblemType::Unauthenticated, ProblemType::Unauthenticated.entry().title);
        problem.with_header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    })
}

/// What a request brings as `Authorization: Bearer …`; `None` where it brings two.
fn bearer(request: &ServiceRequest) -> Option<&str> {
    let mut authorizations = request.headers().get_all(header::AUTHORIZATION);
    let (scheme, token) = authorizations.next().and_then(|value| value.to_str().ok())?.split_once(' ')?;
    (authorizations.next().is_none() && scheme.eq_ignore_ascii_case("bearer")).then(|| token.trim())
}

fn has_key(service: &Service, request: &ServiceRequest) -> Result<(), Problem> {
    if service.api_keys.is_empty() && !service.v1_is_closed {
        return Ok(());
    }
    let (detail, challenge) = match bearer(request) {
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
    let offers_fhir = request.path().ends_with("/questionnaire") && request.query_string().contains("format=fhir");
    let answers_fhir = request.path().starts_with("/v1/fhir/");
    let accept = Accept::parse(request).map_err(|_| refused())?;
    let fitting = accept
        .iter()
        .filter_map(|range| {
            let specific = match (range.item.type_(), range.item.subtype()) {
                (mime::APPLICATION, mime::JSON) => 2,
                (mime::APPLICATION, _) if answers_fhir && range.item.essence_str() == FHIR_JSON => 3,
                (mime::APPLICATION, _) if offers_fhir && range.item.essence_str() == FHIR_JSON => 2,
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
    fn a_fhir_resource_can_be_asked_for_where_there_is_one() {
        for (address, offered) in [
            ("/v1/rulesets/latest/questionnaire?format=fhir", true),
            ("/v1/rulesets/latest/questionnaire", false),
            ("/v1/rulesets/latest/rules?format=fhir", false),
        ] {
            let request = TestRequest::with_uri(address).insert_header((header::ACCEPT, FHIR_JSON)).to_srv_request();
            assert_eq!(takes_json(&request).is_ok(), offered, "{address}");
        }
    }

    #[test]
    fn a_door_is_read_as_the_router_reads_it() {
        for (path, door) in [
            ("/v1", Door::V1),
            ("/v1/screenings", Door::V1),
            ("/v10", Door::Open),
            ("/cds-services", Door::CdsServices),
            ("/cds-services/massage-contraindications/feedback", Door::CdsServices),
            ("/cds-servicesx", Door::Open),
            ("/livez", Door::Open),
        ] {
            assert_eq!(Door::of(path), door, "{path}");
        }
    }

    #[test]
    fn where_only_clients_are_known_an_open_address_has_no_v1() {
        let client =
            serde_json::json!({ "clients": [{ "iss": "https://ehr.example", "jku": "https://ehr.example/k" }] });
        let clients = crate::config::CdsClients::parse(&client.to_string(), std::path::Path::new(".")).unwrap();
        let mut config =
            ServeConfig { listen: ([0, 0, 0, 0], 0).into(), cds_clients: Some(clients), ..ServeConfig::default() };
        assert!(check_binding(&config).is_ok() && closes_v1(&config));
        config.allow_unauthenticated = true;
        assert!(!closes_v1(&config));
        config.allow_unauthenticated = false;
        config.listen = ([127, 0, 0, 1], 0).into();
        assert!(!closes_v1(&config));
    }

    #[test]
    fn an_open_address_needs_keys_or_a_word() {
        let mut config = ServeConfig { listen: ([0, 0, 0, 0], 0).into(), ..ServeConfig::default() };
        assert!(check_binding(&config).is_err());
        config.allow_unauthenticated = true;
        assert!(check_binding(&config).is_ok());
        config.allow_unauthenticated = false;
        config.api_keys = crate::config::ApiKeys::parse("sixteen-or-more-characters").unwrap();
        assert!(check_binding(&config).is_ok() && !closes_v1(&config));
        config = ServeConfig::default();
        assert!(check_binding(&config).is_ok());
    }
}
