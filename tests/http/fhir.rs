//! A health record in, guidance and issues out, over a socket.

use reqwest::Response;
use serde_json::{Value, json};

use crate::support::{LOG, Service, start};

const FHIR_JSON: &str = "application/fhir+json";

async fn post(service: &Service, query: &str, body: impl Into<reqwest::Body>) -> Response {
    let address = format!("{}/v1/fhir/screenings{query}", service.url);
    let request = service.client.post(address).header("content-type", FHIR_JSON).header("accept", FHIR_JSON);
    request.body(body).send().await.unwrap()
}

fn condition(id: &str, text: &str) -> Value {
    let subject = json!({ "reference": "Patient/p1" });
    json!({ "resource": { "resourceType": "Condition", "id": id, "subject": subject, "code": { "text": text } } })
}

fn record(entries: &[Value]) -> Value {
    let patient = json!({ "resource": { "resourceType": "Patient", "id": "p1", "birthDate": "1980-05-10" } });
    let entries: Vec<&Value> = std::iter::once(&patient).chain(entries).collect();
    json!({ "resourceType": "Bundle", "type": "collection", "entry": entries })
}

/// Checks that this is an `OperationOutcome` of this status, and answers the codes of its issues.
async fn outcome(response: Response, status: u16) -> Vec<String> {
    assert_eq!(response.status().as_u16(), status);
    assert_eq!(response.headers()["content-type"], FHIR_JSON);
    assert!(response.headers().contains_key("x-request-id"));
    let outcome: Value = response.json().await.unwrap();
    assert_eq!(outcome["resourceType"], "OperationOutcome");
    let code = |issue: &Value| issue["details"]["coding"][0]["code"].as_str().unwrap().to_owned();
    outcome["issue"].as_array().unwrap().iter().map(code).collect()
}

#[tokio::test]
async fn a_record_is_answered_with_guidance_and_issues() {
    let service = start();
    let query = "?massageType=relaxing&pressure=2&bodyRegions=back,%20neck&date=2026-11-28&intake=complete";
    let response = post(&service, query, record(&[condition("c1", "deep vein thrombosis")]).to_string()).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["content-type"], FHIR_JSON);
    assert_eq!(response.headers()["screening-verdict"], "deny");
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert!(response.headers().contains_key("ruleset-digest"));
    let bundle: Value = response.json().await.unwrap();
    assert_eq!(bundle["type"], "collection");
    let kinds: Vec<&Value> =
        bundle["entry"].as_array().unwrap().iter().map(|entry| &entry["resource"]["resourceType"]).collect();
    assert_eq!(kinds[0], "GuidanceResponse");
    assert!(kinds.len() > 1 && kinds[1..].iter().all(|kind| *kind == "DetectedIssue"));
}

#[tokio::test]
async fn a_record_without_a_word_on_what_it_leaves_out_never_comes_to_allow() {
    let service = start();
    let verdict = async |query: &str, body: Value| {
        let response = post(&service, query, body.to_string()).await;
        response.headers()["screening-verdict"].to_str().unwrap().to_owned()
    };
    let session = "?massageType=relaxing&pressure=2&bodyRegions=back&date=2026-11-28";
    assert_eq!(verdict(session, record(&[])).await, "caution");
    let complete = format!("{session}&intake=complete");
    assert_eq!(verdict(&complete, record(&[])).await, "allow");
    let mut paged = record(&[]);
    paged["link"] = json!([{ "relation": "next", "url": "https://ehr.example/fhir?page=2" }]);
    assert_eq!(verdict(&complete, paged).await, "caution");
    assert_eq!(verdict(&complete, json!({ "resourceType": "Bundle" })).await, "caution");
    assert_eq!(verdict(&complete, record(&[json!({ "resource": { "resourceType": "Condition" } })])).await, "caution");
}

#[tokio::test]
async fn three_hundred_conditions_are_all_screened() {
    let service = start();
    let mut entries: Vec<Value> =
        (0..300).map(|number| condition(&format!("c{number}"), &format!("made-up illness {number}"))).collect();
    entries.push(condition("last", "deep vein thrombosis"));
    let query = "?massageType=relaxing&date=2026-11-28&intake=complete";
    let response = post(&service, query, record(&entries).to_string()).await;
    assert_eq!(response.headers()["screening-verdict"], "deny");
    let bundle: Value = response.json().await.unwrap();
    // What one rule says alike of all of them is one issue, and names each.
    let held = |entry: &&Value| entry["resource"]["code"]["coding"][0]["code"] == "unrecognised-condition.hold";
    let held: Vec<&Value> = bundle["entry"].as_array().unwrap().iter().filter(held).collect();
    assert_eq!(held.len(), 1);
    assert_eq!(held[0]["resource"]["implicated"].as_array().unwrap().len(), 300);
}

#[tokio::test]
async fn every_fault_of_a_record_and_its_session_is_told_at_once() {
    let service = start();
    let good = record(&[]).to_string();
    assert_eq!(outcome(post(&service, "", good.clone()).await, 422).await, ["missing-parameter"]);
    assert_eq!(
        outcome(post(&service, "?pressure=9&date=soon", r#"{"resourceType":"Claim"}"#).await, 422).await,
        ["missing-parameter", "out-of-range", "unusable-value", "not-a-record"]
    );
    assert_eq!(
        outcome(post(&service, "?massageType=thia&bodyRegions=bakc", good.clone()).await, 422).await,
        ["unknown-massage-type", "unknown-body-region"]
    );
    assert_eq!(
        outcome(post(&service, "?massageType=thai&colour=red", good.clone()).await, 400).await,
        ["unknown-parameter"]
    );
    assert_eq!(outcome(post(&service, "?massageType=thai", "{").await, 400).await, ["malformed-json"]);
    assert_eq!(
        outcome(post(&service, "?massageType=thai", r#"{"resourceType":"Bundle","resourceType":"Bundle"}"#).await, 422)
            .await,
        ["duplicate-field"]
    );
    let answers = r#"{"resourceType":"QuestionnaireResponse"}"#;
    assert_eq!(outcome(post(&service, "?massageType=thai", answers).await, 422).await, ["not-a-record"]);
    assert_eq!(
        outcome(post(&service, "?massageType=thai&ruleset=9.9.9", good).await, 404).await,
        ["unknown-ruleset-version"]
    );
}

#[tokio::test]
async fn every_example_of_the_document_works_as_it_stands() {
    let service = start();
    let document = service.json("/openapi.json").await;
    let content = &document["paths"]["/v1/fhir/screenings"]["post"]["requestBody"]["content"][FHIR_JSON];
    let examples = content["examples"].as_object().unwrap();
    assert!(examples.len() >= 3);
    for (name, example) in examples {
        let response = post(&service, "?massageType=relaxing&date=2026-11-28", example["value"].to_string()).await;
        assert_eq!(response.status(), 200, "{name}");
    }
}

#[tokio::test]
async fn no_level_of_the_log_shows_what_a_record_says() {
    let service = start();
    let mut body = record(&[condition("heron-condition", "heron-text")]);
    body["entry"][0]["resource"]["name"] = json!([{ "family": "heron-family" }]);
    assert_eq!(post(&service, "?massageType=relaxing", body.to_string()).await.status(), 200);
    post(&service, "?massageType=relaxing", r#"{"resourceType":"heron-type"}"#).await;
    post(&service, "?massageType=relaxing", "heron").await;
    service.finish().await;
    let log = LOG.get().unwrap().text();
    assert!(log.contains("/v1/fhir/screenings"));
    assert!(!log.to_lowercase().contains("heron"));
}
