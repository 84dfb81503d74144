//! `POST /v1/post-session-assessments`.

use serde_json::{Value, json};

use crate::support::{Service, start};

async fn assess(service: &Service, query: &str, body: &Value) -> reqwest::Response {
    service.client.post(format!("{}/v1/post-session-assessments{query}", service.url)).json(body).send().await.unwrap()
}

fn ache() -> Value {
    json!({
        "session": { "massageType": "thai", "pressure": 4, "bodyRegions": ["back"] },
        "hoursSinceSession": 40,
        "client": { "age": 46, "firstSession": true },
        "intake": "complete",
        "conditions": [{ "text": "warfarin" }],
        "symptoms": [{ "text": "dull ache", "bodyRegion": "shoulder", "onsetHoursAfter": 10, "durationHours": 30,
                       "severity": "mild", "trend": "improving" }]
    })
}

#[tokio::test]
async fn the_report_of_the_design_gets_a_complete_answer() {
    let service = start();
    let response = assess(&service, "", &ache()).await;
    assert_eq!(response.status(), 200);
    let headers = response.headers().clone();
    let answer: Value = response.json().await.unwrap();
    assert_eq!(headers["assessment-level"].to_str().unwrap(), answer["level"]);
    assert_eq!(headers["cache-control"], "no-store");
    for member in [
        "level",
        "reasons",
        "watchFor",
        "selfCare",
        "questions",
        "nextSession",
        "coverage",
        "messages",
        "disclaimer",
        "ruleset",
    ] {
        assert!(answer.get(member).is_some(), "{member}");
    }
    service.finish().await;
}

#[tokio::test]
async fn what_it_means_for_the_next_session_can_be_posted_as_it_stands() {
    let service = start();
    let answer: Value = assess(&service, "", &ache()).await.json().await.unwrap();
    let next = json!({
        "session": { "massageType": "relaxing", "date": "2026-11-28" },
        "intake": "complete",
        "conditions": answer["nextSession"]["conditions"],
    });
    assert_eq!(service.screen(&next).await.status(), 200);
    service.finish().await;
}

#[tokio::test]
async fn a_report_can_be_had_as_fhir_and_identifies_nobody() {
    let service = start();
    let response = assess(&service, "?report=fhir", &ache()).await;
    assert_eq!(response.headers()["content-type"], "application/fhir+json");
    let event: Value = response.json().await.unwrap();
    assert_eq!(event["resourceType"], "AdverseEvent");
    assert_eq!(event["actuality"], "actual");
    for identifying in ["identifier", "recorder", "contributor", "location"] {
        assert!(event.get(identifying).is_none(), "{identifying}");
    }
    assert_eq!(event["subject"], json!({ "display": "Massage client, not identified" }));
    let summary: Value = assess(&service, "?report=json", &ache()).await.json().await.unwrap();
    assert_eq!(summary["massageType"], "thai");
    assert_eq!(summary["symptoms"][0]["durationHours"], 30);
    assert!(summary.get("client").is_none() && summary.get("conditions").is_none());
    let unknown = assess(&service, "?report=pdf", &ache()).await;
    assert_eq!(unknown.status(), 400);
    service.finish().await;
}

#[tokio::test]
async fn a_bad_report_is_answered_with_all_its_faults() {
    let service = start();
    let bad = json!({
        "session": { "massageType": "thia" }, "hoursSinceSession": -1, "intake": "complete", "conditions": [{}],
        "symptoms": [{ "text": "ache", "id": "ache", "trend": "better" }], "patient": "x"
    });
    let response = assess(&service, "", &bad).await;
    assert_eq!(response.status(), 422);
    let problem: Value = response.json().await.unwrap();
    let places: Vec<&str> =
        problem["errors"].as_array().unwrap().iter().map(|fault| fault["pointer"].as_str().unwrap()).collect();
    for place in
        ["/session/massageType", "/hoursSinceSession", "/conditions/0", "/symptoms/0", "/symptoms/0/trend", "/patient"]
    {
        assert!(places.contains(&place), "{place} is missing in {places:?}");
    }
    service.finish().await;
}
