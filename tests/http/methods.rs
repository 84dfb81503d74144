//! Addresses and methods.

use reqwest::Method;

use crate::support::{problem, start};

fn filled(template: &str) -> String {
    template.replace("{version}", "latest").replace("{id}", "x").replace("{slug}", "not-found")
}

#[tokio::test]
async fn a_wrong_method_is_told_which_are_right_at_every_address() {
    let service = start();
    let document = service.json("/openapi.json").await;
    let mut paths: Vec<(String, bool)> = document["paths"]
        .as_object()
        .unwrap()
        .iter()
        .map(|(path, item)| (filled(path), item.get("post").is_some()))
        .collect();
    paths.extend(["/", "/docs", "/docs/", "/docs/swagger-ui.css"].map(|page| (page.to_owned(), false)));
    for (path, takes_post) in paths {
        let allow = if takes_post { "POST, OPTIONS" } else { "GET, HEAD, OPTIONS" };
        let sent = |method: Method| service.client.request(method, format!("{}{path}", service.url)).send();
        let mut wrong = vec![Method::PUT, Method::PATCH, Method::DELETE, Method::from_bytes(b"BREW").unwrap()];
        wrong.push(if takes_post { Method::GET } else { Method::POST });
        for method in wrong {
            let response = sent(method.clone()).await.unwrap();
            assert_eq!(response.headers()["allow"], allow, "{method} {path}");
            problem(response, 405, "method-not-allowed").await;
        }
        let options = sent(Method::OPTIONS).await.unwrap();
        assert_eq!(options.status(), 204, "{path}");
        assert_eq!(options.headers()["allow"], allow);
    }
}

#[tokio::test]
async fn head_answers_like_get_without_the_body() {
    let service = start();
    for path in [
        "/",
        "/docs/",
        "/livez",
        "/readyz",
        "/version",
        "/openapi.json",
        "/problems",
        "/v1/rulesets",
        "/v1/rulesets/latest/rules",
    ] {
        let get = service.get(path).send().await.unwrap();
        let head = service.client.head(format!("{}{path}", service.url)).send().await.unwrap();
        assert_eq!(head.status(), 200, "{path}");
        for name in ["content-type", "content-length", "cache-control"] {
            assert_eq!(head.headers().get(name), get.headers().get(name), "{path} {name}");
        }
        assert!(head.bytes().await.unwrap().is_empty());
    }
    let missing = service.client.head(format!("{}/nowhere", service.url)).send().await.unwrap();
    assert_eq!(missing.status(), 404);
}

#[tokio::test]
async fn an_address_that_does_not_exist_is_not_found() {
    let service = start();
    for path in [
        "/nowhere",
        "/v1",
        "/v1/",
        "/v1/screenings/",
        "/v1/screenings/1",
        "/v1/rulesets/",
        "/v1/rulesets/latest/",
        "/livez/",
        "/v1/rulesets/latest/rules/",
        "/docs/nothing.js",
        "/problems/nothing",
        "//v1/rulesets",
        "/%2e%2e/etc/passwd",
    ] {
        let response = service.get(path).send().await.unwrap();
        problem(response, 404, "not-found").await;
    }
}

#[tokio::test]
async fn every_answer_says_that_its_type_is_not_to_be_guessed() {
    let service = start();
    for path in ["/", "/docs/", "/v1/rulesets", "/nowhere"] {
        let response = service.get(path).send().await.unwrap();
        assert_eq!(response.headers()["x-content-type-options"], "nosniff");
        assert_eq!(response.headers()["referrer-policy"], "no-referrer");
        assert!(response.headers()["content-security-policy"].to_str().unwrap().starts_with("default-src 'none'"));
    }
}
