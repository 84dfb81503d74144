//! What became of cards: counted, and nothing else.

use reqwest::{Method, Response};
use serde_json::{Value, json};

use crate::calls::{send, start};
use crate::oracle::{Body, check, complaints};
use crate::support::{Service, log};

const FEEDBACK: &str = "/cds-services/massage-contraindications/feedback";

async fn tell(service: &Service, body: &Value) -> Response {
    let request = service.request(Method::POST, FEEDBACK).header("content-type", "application/json");
    request.body(body.to_string()).send().await.unwrap()
}

/// A card with a suggestion, from a call of the service.
async fn card(service: &Service) -> Value {
    let cases: Vec<Value> = serde_json::from_str(include_str!("hooks/records.json")).unwrap();
    let pregnant = cases.iter().find(|case| case["case"].as_str().unwrap().starts_with("a pregnancy")).unwrap();
    let (_, _, body) = send(service, &pregnant["call"].to_string()).await;
    body["cards"][0].clone()
}

#[tokio::test]
async fn feedback_is_counted_by_outcome_reason_and_rule_and_its_comment_is_kept_nowhere() {
    let service = start();
    let card = card(&service).await;
    let reason = &card["overrideReasons"][0];
    let time = "2026-11-28T10:00:00Z";
    let body = json!({ "feedback": [
        { "card": card["uuid"], "outcome": "accepted", "acceptedSuggestions": [{ "id": card["suggestions"][0]["uuid"] }],
          "outcomeTimestamp": time },
        { "card": card["uuid"], "outcome": "overridden", "overrideReason": { "reason": reason, "userComment": "canary-comment" },
          "outcomeTimestamp": time },
        { "card": card["uuid"], "outcome": "overridden", "overrideReason": { "userComment": "canary-comment" },
          "outcomeTimestamp": time },
        { "card": "4e0a3a1e-3283-4575-ab82-028d55fe2719", "outcome": "overridden",
          "overrideReason": { "reason": { "code": "canary-code", "system": "http://example.org" } }, "outcomeTimestamp": time },
    ] });
    check(Body::Feedback, &body);
    let response = tell(&service, &body).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.text().await.unwrap(), "");
    let figures = service.get("/metrics").send().await.unwrap().text().await.unwrap();
    let code = reason["code"].as_str().unwrap();
    for line in [
        "kneadsafe_cds_feedback_total{outcome=\"accepted\",reason=\"none\"} 1".to_owned(),
        format!("kneadsafe_cds_feedback_total{{outcome=\"overridden\",reason=\"{code}\"}} 1"),
        "kneadsafe_cds_feedback_total{outcome=\"overridden\",reason=\"other\"} 1".to_owned(),
        "kneadsafe_cds_feedback_rules_total{outcome=\"accepted\",rule=\"pregnancy.vigorous-types\"} 1".to_owned(),
        "kneadsafe_cds_feedback_rules_total{outcome=\"overridden\",rule=\"pregnancy.vigorous-types\"} 2".to_owned(),
    ] {
        assert!(figures.contains(&line), "{line}\n{figures}");
    }
    assert!(!figures.contains("canary") && !log().text().contains("canary-co"));
}

#[tokio::test]
async fn feedback_with_faults_hears_of_all_of_them_and_is_not_counted() {
    let service = start();
    let body = json!({ "feedback": [
        { "card": "x", "outcome": "ignored", "outcomeTimestamp": "2026-11-28" },
        { "card": "4e0a3a1e-3283-4575-ab82-028d55fe2719", "outcome": "accepted", "outcomeTimestamp": "2026-11-28T10:00:00Z" },
    ] });
    assert!(!complaints(Body::Feedback, &body).is_empty());
    let response = tell(&service, &body).await;
    assert_eq!(response.status(), 400);
    let outcome: Value = response.json().await.unwrap();
    check(Body::Outcome, &outcome);
    let places: Vec<&str> =
        outcome["issue"].as_array().unwrap().iter().map(|it| it["expression"][0].as_str().unwrap()).collect();
    assert_eq!(
        places,
        ["feedback[0].card", "feedback[0].outcome", "feedback[0].outcomeTimestamp", "feedback[1].acceptedSuggestions"]
    );
    let figures = service.get("/metrics").send().await.unwrap().text().await.unwrap();
    assert!(!figures.contains("kneadsafe_cds_feedback_total{"), "{figures}");
    let unknown =
        service.request(Method::POST, "/cds-services/other/feedback").header("content-type", "application/json");
    assert_eq!(unknown.body("{\"feedback\":[]}").send().await.unwrap().status(), 404);
}
