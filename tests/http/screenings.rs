//! `POST /v1/screenings`, where it succeeds.

use serde_json::{Value, json};

use crate::support::{ordinary, start};

/// The body of DESIGN §4.
fn from_the_design() -> Value {
    json!({
        "session": { "massageType": "thai", "pressure": 4, "bodyRegions": ["back"], "date": "2026-11-28",
                     "durationMinutes": 90, "products": ["almond-oil"] },
        "client": { "age": 46, "sex": "female", "pregnancyWeeks": 30, "activityLevel": "sedentary", "firstSession": true },
        "intake": "complete",
        "conditions": [
            { "id": "disc-herniation", "phase": "chronic", "bodyRegion": "lower-back", "onset": "2026-05-01" },
            { "code": { "system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "I10" }, "control": "controlled" },
            { "text": "blood thinners", "state": "present" }, { "id": "fever", "state": "absent" } ],
        "clearances": [ { "condition": "disc-herniation", "by": "physician", "date": "2026-11-20" } ]
    })
}

#[tokio::test]
async fn the_request_of_the_design_gets_a_complete_answer() {
    let service = start();
    let response = service.screen(&from_the_design()).await;
    assert_eq!(response.status(), 200);
    let headers = response.headers().clone();
    let answer: Value = response.json().await.unwrap();
    assert_eq!(answer["verdict"], "deny");
    assert_eq!(headers["screening-verdict"], "deny");
    assert_eq!(headers["ruleset-version"].to_str().unwrap(), answer["ruleset"]["version"]);
    assert_eq!(headers["ruleset-digest"].to_str().unwrap(), answer["ruleset"]["digest"]);
    assert_eq!(headers["cache-control"], "no-store");
    let members = [
        "verdict",
        "action",
        "settled",
        "range",
        "session",
        "reasons",
        "requirements",
        "questions",
        "alternatives",
        "waysForward",
        "redFlags",
        "coverage",
        "messages",
        "disclaimer",
        "ruleset",
    ];
    for member in members {
        assert!(answer.get(member).is_some(), "{member}");
    }
    let recognised: Vec<&str> =
        answer["coverage"]["recognised"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap()).collect();
    assert!(recognised.contains(&"anticoagulant-therapy") && recognised.contains(&"hypertension"), "{recognised:?}");
    for reason in answer["reasons"].as_array().unwrap() {
        assert!(!reason["evidence"]["sources"].as_array().unwrap().is_empty(), "{reason}");
    }
    service.finish().await;
}

#[tokio::test]
async fn the_same_request_gets_the_same_bytes() {
    let service = start();
    let other = start();
    let first = service.screen(&from_the_design()).await.bytes().await.unwrap();
    for _ in 0..5 {
        assert_eq!(service.screen(&from_the_design()).await.bytes().await.unwrap(), first);
        assert_eq!(other.screen(&from_the_design()).await.bytes().await.unwrap(), first);
    }
}

#[tokio::test]
async fn every_published_example_works_as_it_stands() {
    let service = start();
    let document = service.json("/openapi.json").await;
    let examples =
        &document["paths"]["/v1/screenings"]["post"]["requestBody"]["content"]["application/json"]["examples"];
    assert_eq!(examples.as_object().unwrap().len(), 7);
    for (name, example) in examples.as_object().unwrap() {
        let response = service.screen(&example["value"]).await;
        assert_eq!(response.status(), 200, "{name}");
        let answer: Value = response.json().await.unwrap();
        assert_eq!(answer["coverage"]["unrecognised"], json!([]), "{name}");
        if name == "partial-intake" {
            assert_eq!(answer["verdict"], "caution");
        }
    }
}

#[tokio::test]
async fn the_day_is_echoed_where_none_is_given() {
    let service = start();
    let mut request = ordinary();
    request["session"].as_object_mut().unwrap().remove("date");
    let answer: Value = service.screen(&request).await.json().await.unwrap();
    assert_eq!(answer["session"]["date"].as_str().unwrap().len(), "2026-11-28".len());
}

#[tokio::test]
async fn a_plain_request_id_is_kept_and_any_other_replaced() {
    let service = start();
    let sent = |id: &str| service.post(ordinary().to_string()).header("x-request-id", id).send();
    assert_eq!(sent("booking-4711_a.b").await.unwrap().headers()["x-request-id"], "booking-4711_a.b");
    for odd in ["Ann Smith", "", "a\u{e9}", &"x".repeat(65)] {
        let kept = sent(odd).await.unwrap().headers()["x-request-id"].to_str().unwrap().to_owned();
        assert!(kept != odd && kept.len() == 36, "{kept}");
    }
}

#[tokio::test]
async fn names_are_taken_in_any_spelling_and_whole_numbers_with_a_fraction_of_zero() {
    let service = start();
    let request = json!({
        "session": { "massageType": "RELAXING", "pressure": 2.0, "bodyRegions": ["Lower Back"], "products": [] },
        "client": { "age": 46.0, "sex": null },
        "intake": "complete",
        "conditions": [{ "id": null, "text": "High-Blood-Pressure", "bodyRegion": null }],
        "clearances": null
    });
    let response = service.screen(&request).await;
    assert_eq!(response.status(), 200);
    let answer: Value = response.json().await.unwrap();
    assert_eq!(answer["session"]["massageType"], "relaxing");
    assert_eq!(answer["session"]["bodyRegions"], json!(["lower-back"]));
}
