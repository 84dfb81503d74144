//! Browsers of other sites.

use std::collections::BTreeSet;

use kneadsafe::config::{ApiKeys, ServeConfig};
use reqwest::{Method, Response};

use crate::support::{Service, start_with};

const SITE: &str = "https://sandbox.example.org";
const SERVICE: &str = "/cds-services/massage-contraindications";

fn start() -> Service {
    start_with(ServeConfig {
        cors_origins: BTreeSet::from([SITE.parse().unwrap()]),
        api_keys: ApiKeys::parse("sixteen-or-more-characters").unwrap(),
        ..ServeConfig::default()
    })
}

async fn preflight(service: &Service, path: &str, origin: &str) -> Response {
    let request = service.request(Method::OPTIONS, path).header("origin", origin);
    let request = request.header("access-control-request-method", "POST");
    request.header("access-control-request-headers", "authorization,content-type").send().await.unwrap()
}

#[tokio::test]
async fn a_page_of_a_named_site_may_call_and_asks_without_a_token() {
    let service = start();
    let asked = preflight(&service, SERVICE, SITE).await;
    assert!(asked.status().is_success());
    let headers = asked.headers();
    assert_eq!(headers["access-control-allow-origin"], SITE);
    assert!(headers["access-control-allow-methods"].to_str().unwrap().contains("POST"));
    let allowed = headers["access-control-allow-headers"].to_str().unwrap();
    assert!(allowed.contains("authorization") && allowed.contains("content-type"), "{allowed}");
    assert!(!headers.contains_key("access-control-allow-credentials"));
    let called = service
        .get("/cds-services")
        .header("origin", SITE)
        .bearer_auth("sixteen-or-more-characters")
        .send()
        .await
        .unwrap();
    assert_eq!(
        (called.status().as_u16(), called.headers()["access-control-allow-origin"].to_str().unwrap()),
        (200, SITE)
    );
    let refused = service.get("/cds-services").header("origin", SITE).send().await.unwrap();
    assert_eq!(
        (refused.status().as_u16(), refused.headers()["access-control-allow-origin"].to_str().unwrap()),
        (401, SITE)
    );
}

#[tokio::test]
async fn other_sites_and_other_doors_stay_closed_to_browsers() {
    let service = start();
    for (path, origin) in
        [(SERVICE, "https://evil.example"), (SERVICE, "null"), ("/v1/screenings", SITE), ("/metrics", SITE)]
    {
        let asked = preflight(&service, path, origin).await;
        assert!(!asked.headers().contains_key("access-control-allow-origin"), "{path} {origin}");
        assert_ne!(asked.status().as_u16() / 100, 5);
    }
    let called = service.get("/version").header("origin", SITE).send().await.unwrap();
    assert_eq!(called.status(), 200);
    assert!(!called.headers().contains_key("access-control-allow-origin"));
    let plain = service.request(Method::OPTIONS, SERVICE).send().await.unwrap();
    assert_eq!((plain.status().as_u16(), plain.headers()["allow"].to_str().unwrap()), (204, "POST, OPTIONS"));
}

#[tokio::test]
async fn where_no_site_is_named_no_browser_gets_in() {
    let service = start_with(ServeConfig::default());
    let asked = preflight(&service, SERVICE, SITE).await;
    assert_eq!(asked.status(), 204);
    assert!(!asked.headers().contains_key("access-control-allow-origin"));
}
