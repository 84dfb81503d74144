//! Which ruleset answers, how long its answers keep, and who may ask.

use kneadsafe::config::{ApiKeys, ServeConfig};

use crate::support::{ordinary, problem, start, start_with};

#[tokio::test]
async fn a_version_is_pinned_by_query_or_header_and_both_must_agree() {
    let service = start();
    let version = service.json("/v1/rulesets/latest").await["version"].as_str().unwrap().to_owned();
    let url = format!("{}/v1/screenings", service.url);
    let pinned = |query: &str, header: Option<&str>| {
        let mut request = service.client.post(format!("{url}{query}")).header("content-type", "application/json");
        if let Some(header) = header {
            request = request.header("ruleset-version", header);
        }
        request.body(ordinary().to_string()).send()
    };
    let by_query = format!("?ruleset={version}");
    for response in [
        pinned(&by_query, None),
        pinned("", Some(&version)),
        pinned(&by_query, Some(&version)),
        pinned("?ruleset=latest", None),
    ] {
        assert_eq!(response.await.unwrap().status(), 200);
    }
    let unknown = problem(pinned("?ruleset=9.9.9", None).await.unwrap(), 404, "unknown-ruleset-version").await;
    assert!(unknown["detail"].as_str().unwrap().contains(&version));
    problem(pinned("", Some("1")).await.unwrap(), 404, "unknown-ruleset-version").await;
    problem(pinned(&by_query, Some("9.9.9")).await.unwrap(), 400, "conflicting-pin").await;
    let odd = problem(pinned("?rulset=1.0.0&x=1", None).await.unwrap(), 400, "invalid-parameter").await;
    assert_eq!(odd["errors"][0]["didYouMean"][0], "ruleset");
    assert_eq!(odd["errors"][1]["parameter"], "x");
    problem(pinned(&format!("{by_query}&ruleset={version}"), None).await.unwrap(), 400, "invalid-parameter").await;
}

#[tokio::test]
async fn if_match_lets_only_the_expected_ruleset_answer() {
    let service = start();
    let shown = service.get("/v1/rulesets/latest").send().await.unwrap();
    let tag = shown.headers()["etag"].to_str().unwrap().to_owned();
    let digest = format!("\"{}\"", shown.json::<serde_json::Value>().await.unwrap()["digest"].as_str().unwrap());
    let expecting = |tags: &str| service.post(ordinary().to_string()).header("if-match", tags).send();
    for good in [digest.clone(), tag, "*".to_owned(), format!("\"sha256:0\", {digest}")] {
        assert_eq!(expecting(&good).await.unwrap().status(), 200, "{good}");
    }
    for other in ["\"sha256:0\"".to_owned(), format!("W/{digest}")] {
        problem(expecting(&other).await.unwrap(), 412, "ruleset-changed").await;
    }
    let bare = problem(expecting("sha256:0").await.unwrap(), 400, "invalid-header").await;
    assert_eq!(bare["errors"][0]["header"], "If-Match");
}

#[tokio::test]
async fn a_pinned_resource_keeps_for_good_and_the_latest_is_asked_about_again() {
    let service = start();
    let latest = service.get("/v1/rulesets/latest/rules").send().await.unwrap();
    assert_eq!(latest.headers()["cache-control"], "no-cache");
    let version = latest.headers()["ruleset-version"].to_str().unwrap().to_owned();
    let tag = latest.headers()["etag"].to_str().unwrap().to_owned();
    assert!(tag.starts_with("\"sha256:"));
    let pinned = service.get(&format!("/v1/rulesets/{version}/rules")).send().await.unwrap();
    assert_eq!(pinned.headers()["cache-control"], "public, max-age=31536000, immutable");
    for known in [tag.clone(), format!("W/{tag}"), format!("\"x\", {tag}"), "*".to_owned()] {
        let unchanged = service.get("/v1/rulesets/latest/rules").header("if-none-match", &known).send().await.unwrap();
        assert_eq!(unchanged.status(), 304, "{known}");
        assert_eq!(unchanged.headers()["etag"].to_str().unwrap(), tag);
        assert!(unchanged.bytes().await.unwrap().is_empty());
    }
    let changed = service.get("/v1/rulesets/latest/rules").header("if-none-match", "\"x\"").send().await.unwrap();
    assert_eq!(changed.status(), 200);
    for path in ["/v1/rulesets", "/openapi.json"] {
        let tag = service.get(path).send().await.unwrap().headers()["etag"].clone();
        assert_eq!(service.get(path).header("if-none-match", tag).send().await.unwrap().status(), 304, "{path}");
    }
}

#[tokio::test]
async fn a_key_opens_v1_and_nothing_else_needs_one() {
    let keys = ApiKeys::parse("a-key-of-the-booking-system\n").unwrap();
    let service = start_with(ServeConfig { api_keys: keys, ..ServeConfig::default() });
    let without = service.screen(&ordinary()).await;
    assert!(without.headers()["www-authenticate"].to_str().unwrap().starts_with("Bearer"));
    problem(without, 401, "unauthenticated").await;
    let with = |key: &str| service.post(ordinary().to_string()).header("authorization", key).send();
    for bad in [
        "Bearer a-key-of-the-booking-syste",
        "Basic a-key-of-the-booking-system",
        "a-key-of-the-booking-system",
        "Bearer",
    ] {
        problem(with(bad).await.unwrap(), 401, "unauthenticated").await;
    }
    assert_eq!(with("Bearer a-key-of-the-booking-system").await.unwrap().status(), 200);
    problem(service.get("/v1/rulesets").send().await.unwrap(), 401, "unauthenticated").await;
    problem(service.get("/v1/nowhere").send().await.unwrap(), 401, "unauthenticated").await;
    for open in ["/livez", "/readyz", "/metrics", "/version", "/openapi.json", "/docs/", "/", "/problems"] {
        assert_eq!(service.get(open).send().await.unwrap().status(), 200, "{open}");
    }
}
