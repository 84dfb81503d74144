//! What the service says of itself: discovery, versions, code system and map.

use kneadsafe::config::{CdsHooksVersion, ServeConfig};
use reqwest::Method;
use serde_json::Value;

use crate::calls::start;
use crate::oracle::{Body, check};
use crate::support::start_with;

#[tokio::test]
async fn the_discovery_names_one_service_at_four_hooks() {
    let service = start();
    let response = service.get("/cds-services").send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], "application/json");
    let discovery: Value = response.json().await.unwrap();
    check(Body::Discovery, &discovery);
    let services = discovery["services"].as_array().unwrap();
    let hooks: Vec<&str> = services.iter().map(|it| it["hook"].as_str().unwrap()).collect();
    assert_eq!(hooks, ["appointment-book", "order-select", "order-sign", "patient-view"]);
    assert!(services.iter().all(|it| it["id"] == "massage-contraindications" && it["title"].is_string()));
}

#[tokio::test]
async fn the_templates_ask_by_the_patient_in_the_context_alone() {
    let discovery: Value = start().get("/cds-services").send().await.unwrap().json().await.unwrap();
    let templates = discovery["services"][0]["prefetch"].as_object().unwrap();
    assert!(templates.len() >= 5 && templates.contains_key("patient") && templates.contains_key("conditions"));
    for (key, template) in templates {
        let template = template.as_str().unwrap();
        assert_eq!(template.matches("{{context.patientId}}").count(), template.matches("{{").count(), "{key}");
        assert_eq!(template.matches("{{").count(), 1, "{key}");
        assert!(!template.contains("category=problem-list-item"), "{key}");
    }
}

#[tokio::test]
async fn only_version_3_says_its_version_and_answers_every_failure_with_an_outcome() {
    let service = start_with(ServeConfig { cds_hooks_version: CdsHooksVersion::V3_0, ..ServeConfig::default() });
    let discovery: Value = service.get("/cds-services").send().await.unwrap().json().await.unwrap();
    check(Body::Discovery, &discovery);
    assert_eq!(discovery["services"][0]["hookVersion"], "1.0");
    assert!(discovery["services"][0]["version"].as_str().unwrap().starts_with("3.0.0"));
    let path = "/cds-services/massage-contraindications";
    let refusals = [
        (service.request(Method::PUT, path), 405),
        (service.request(Method::POST, path).body("x"), 415),
        (service.request(Method::POST, path).header("content-type", "application/json").body("x"), 400),
        (service.request(Method::POST, path).header("content-type", "application/json").body("x".repeat(5 << 20)), 413),
        (service.request(Method::GET, "/cds-services/a/b/c"), 404),
    ];
    for (request, status) in refusals {
        let response = request.send().await.unwrap();
        assert_eq!(response.status(), status);
        assert_eq!(response.headers()["content-type"], "application/fhir+json", "{status}");
        assert_eq!(response.headers().contains_key("allow"), status == 405);
        check(Body::Outcome, &response.json().await.unwrap());
    }
    let elsewhere = service.get("/nowhere").send().await.unwrap();
    assert_eq!(elsewhere.headers()["content-type"], "application/problem+json");
}

#[tokio::test]
async fn the_code_system_and_the_map_are_served_at_their_own_addresses() {
    let service = start();
    let ruleset: Value = service.get("/v1/rulesets/latest/massage-types").send().await.unwrap().json().await.unwrap();
    let mut codes: Vec<String> = vec!["massage".to_owned()];
    codes.extend(ruleset["items"].as_array().unwrap().iter().map(|kind| kind["id"].as_str().unwrap().to_owned()));
    for kind in ["CodeSystem", "ConceptMap"] {
        let path = format!("/fhir/{kind}/massage-type");
        let response = service.get(&path).send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "application/fhir+json");
        let tag = response.headers()["etag"].clone();
        let resource: Value = response.json().await.unwrap();
        assert_eq!(
            (&resource["resourceType"], &resource["url"]),
            (&kind.into(), &format!("https://kneadsafe.example{path}").into())
        );
        let again = service.get(&path).header("if-none-match", tag).send().await.unwrap();
        assert_eq!(again.status(), 304);
        if kind == "CodeSystem" {
            let top = &resource["concept"][0];
            let below = top["concept"].as_array().unwrap().iter().map(|it| it["code"].as_str().unwrap().to_owned());
            let listed: Vec<String> = [top["code"].as_str().unwrap().to_owned()].into_iter().chain(below).collect();
            assert_eq!(listed, codes);
            assert_eq!(resource["count"], codes.len());
        } else {
            let groups = resource["group"].as_array().unwrap();
            let elements = groups.iter().flat_map(|group| group["element"].as_array().unwrap());
            let targets: Vec<&str> = elements.map(|it| it["target"][0]["code"].as_str().unwrap()).collect();
            assert!(
                targets.len() >= 8 && targets.iter().all(|target| codes.iter().any(|code| code == target)),
                "{targets:?}"
            );
        }
    }
}

#[tokio::test]
async fn the_examples_of_the_api_document_work() {
    let service = start();
    let document: Value = service.get("/openapi.json").send().await.unwrap().json().await.unwrap();
    for (path, body, number) in
        [("/cds-services/{id}", Body::Request, 2), ("/cds-services/{id}/feedback", Body::Feedback, 1)]
    {
        let examples = &document["paths"][path]["post"]["requestBody"]["content"]["application/json"]["examples"];
        assert_eq!(examples.as_object().unwrap().len(), number);
        for (name, example) in examples.as_object().unwrap() {
            check(body, &example["value"]);
            let address = path.replace("{id}", "massage-contraindications");
            let request = service.request(Method::POST, &address).header("content-type", "application/json");
            let response = request.body(example["value"].to_string()).send().await.unwrap();
            assert_eq!(response.status(), 200, "{name}");
            let text = response.text().await.unwrap();
            assert!(text.is_empty() || text.contains("\"indicator\""), "{name}: {text}");
        }
    }
}
