//! `POST /v1/screenings/matrix`: one client, many massage types and many days.

use reqwest::Response;
use serde_json::{Value, json};

use crate::support::{Service, faults, problem, start};

async fn sent(service: &Service, body: &Value) -> Response {
    let request = service.client.post(format!("{}/v1/screenings/matrix", service.url));
    request.header("content-type", "application/json").body(body.to_string()).send().await.unwrap()
}

fn after_an_operation() -> Value {
    json!({
        "session": { "pressure": 3, "bodyRegions": ["lower back"], "durationMinutes": 60, "products": [] },
        "massageTypes": ["Thai massage", "relaxing", "thai"],
        "dates": { "from": "2026-11-28", "days": 5 },
        "client": { "age": 46, "firstSession": false },
        "intake": "complete",
        "conditions": [{ "id": "fever", "onset": "2026-11-20", "resolved": "2026-11-26" }]
    })
}

#[tokio::test]
async fn each_cell_says_what_a_screening_of_it_says() {
    let service = start();
    let mut request = after_an_operation();
    for conditions in [
        request["conditions"].clone(),
        json!([{ "text": "knee surgery two weeks ago" }]),
        json!([{ "id": "hypertension", "control": "controlled" }]),
    ] {
        request["conditions"] = conditions;
        let answer: Value = sent(&service, &request).await.json().await.unwrap();
        let rows = answer["massageTypes"].as_array().unwrap();
        let types: Vec<&str> = rows.iter().map(|row| row["massageType"].as_str().unwrap()).collect();
        assert_eq!(types, ["thai", "relaxing", "thai"]);
        for row in rows {
            assert_eq!(row["pressure"], 3);
            assert_eq!(row["days"].as_array().unwrap().len(), 5);
            for day in row["days"].as_array().unwrap() {
                let mut alone = request.clone();
                let members = alone.as_object_mut().unwrap();
                members.remove("massageTypes");
                members.remove("dates");
                alone["session"]["massageType"] = row["massageType"].clone();
                alone["session"]["date"] = day["date"].clone();
                let screening: Value = service.screen(&alone).await.json().await.unwrap();
                assert_eq!((&day["verdict"], &day["action"]), (&screening["verdict"], &screening["action"]), "{day}");
            }
        }
    }
}

#[tokio::test]
async fn a_row_says_from_when_on_time_makes_the_verdict_milder() {
    let service = start();
    let response = sent(&service, &after_an_operation()).await;
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["cache-control"], "no-store");
    assert!(response.headers()["ruleset-digest"].to_str().unwrap().starts_with("sha256:"));
    let answer: Value = response.json().await.unwrap();
    for row in answer["massageTypes"].as_array().unwrap() {
        let days = row["days"].as_array().unwrap();
        let from = row["eligibleFrom"].as_str().unwrap();
        assert_ne!(days[0]["verdict"], "allow");
        for day in days {
            assert_eq!(day["verdict"] == days[0]["verdict"], day["date"].as_str().unwrap() < from, "{row}");
        }
    }
    assert_eq!(answer["coverage"]["unrecognised"], json!([]));
    assert!(answer["disclaimer"].as_str().unwrap().contains("not a diagnosis"));
}

#[tokio::test]
async fn a_whole_page_has_fifty_types_and_ninety_days() {
    let service = start();
    let mut request = after_an_operation();
    request["massageTypes"] = json!(vec!["thai"; 50]);
    request["dates"] = json!({ "from": "2026-11-28", "days": 90 });
    let answer: Value = sent(&service, &request).await.json().await.unwrap();
    let rows = answer["massageTypes"].as_array().unwrap();
    assert_eq!(rows.len(), 50);
    assert!(rows.iter().all(|row| row["days"].as_array().unwrap().len() == 90 && row == &rows[0]));
    assert_eq!(rows[0]["days"][89]["date"], "2027-02-25");
}

#[tokio::test]
async fn every_massage_type_is_screened_where_none_is_named() {
    let service = start();
    let types = service.json("/v1/rulesets/latest/massage-types").await;
    let ids: Vec<&Value> = types["items"].as_array().unwrap().iter().map(|kind| &kind["id"]).collect();
    let request = json!({ "dates": ["2026-11-28"], "intake": "partial", "conditions": [] });
    let answer: Value = sent(&service, &request).await.json().await.unwrap();
    let rows = answer["massageTypes"].as_array().unwrap();
    let mut found: Vec<&Value> = rows.iter().map(|row| &row["massageType"]).collect();
    assert_eq!(found.len(), ids.len());
    found.retain(|id| !ids.contains(id));
    assert!(found.is_empty(), "{found:?}");
    assert!(rows.iter().all(|row| row["days"][0]["verdict"] != "allow"), "{answer}");
    assert!(!answer["coverage"]["notAsked"].as_array().unwrap().is_empty());
}

#[tokio::test]
async fn days_keep_the_order_in_which_they_are_listed() {
    let service = start();
    let mut request = after_an_operation();
    request["dates"] = json!(["2027-01-10", "2026-11-28", "2026-12-02", "2027-01-10"]);
    let answer: Value = sent(&service, &request).await.json().await.unwrap();
    let days = answer["massageTypes"][1]["days"].as_array().unwrap();
    let dates: Vec<&Value> = days.iter().map(|day| &day["date"]).collect();
    assert_eq!(json!(dates), request["dates"]);
    assert_eq!(days[0], days[3]);
    assert_ne!(days[0]["verdict"], days[1]["verdict"]);
}

#[tokio::test]
async fn every_fault_of_a_calendar_is_told_at_once() {
    let service = start();
    let bad = json!({
        "session": { "massageType": "thai", "pressure": 9, "bodyRegions": ["bakc"], "techniques": ["twistin"] },
        "massageTypes": ["thia", "relaxing"],
        "dates": ["2026-11-28", "2026-02-30", 5],
        "client": { "age": 131, "name": "canary" },
        "intake": "full",
        "conditions": [{}, { "text": "canary@example.org" }]
    });
    let refused = problem(sent(&service, &bad).await, 422, "invalid-request").await;
    let expected = [
        "/client/age out-of-range",
        "/client/name unknown-field",
        "/conditions/0 exactly-one-name",
        "/conditions/1/text personal-data",
        "/dates/1 not-a-date",
        "/dates/2 wrong-type",
        "/intake unknown-value",
        "/massageTypes/0 unknown-massage-type",
        "/session/bodyRegions/0 unknown-body-region",
        "/session/massageType unknown-field",
        "/session/pressure out-of-range",
        "/session/techniques/0 unknown-technique",
    ];
    assert_eq!(faults(&refused), expected);
    assert_eq!(refused["errors"][7]["didYouMean"], json!(["thai"]));
    assert!(!refused.to_string().contains("canary"), "{refused}");
}

#[tokio::test]
async fn a_page_has_bounds_and_they_hold() {
    let service = start();
    for (member, value, fault) in [
        ("dates", json!([]), "/dates too-few-items"),
        ("dates", json!(vec!["2026-11-28"; 91]), "/dates too-many-items"),
        ("dates", json!({ "from": "2026-11-28", "days": 0 }), "/dates/days out-of-range"),
        ("dates", json!({ "from": "2026-11-28", "days": 91 }), "/dates/days out-of-range"),
        ("dates", json!({ "from": "2026-11-28" }), "/dates/days missing"),
        ("dates", json!({ "from": "9999-12-31", "days": 2 }), "/dates out-of-range"),
        ("dates", json!("2026-11-28"), "/dates wrong-type"),
        ("dates", json!(null), "/dates wrong-type"),
        ("dates", json!(["2026-11-28", 30]), "/dates/1 wrong-type"),
        ("massageTypes", json!([]), "/massageTypes too-few-items"),
        ("massageTypes", json!(vec!["thai"; 51]), "/massageTypes too-many-items"),
        ("session", json!([3]), "/session wrong-type"),
    ] {
        let mut request = after_an_operation();
        request[member] = value.clone();
        let refused = problem(sent(&service, &request).await, 422, "invalid-request").await;
        assert_eq!(faults(&refused), [fault], "{member}: {value}");
    }
    let mut request = after_an_operation();
    request["dates"] = json!("2026-11-28");
    let refused = problem(sent(&service, &request).await, 422, "invalid-request").await;
    assert_eq!(refused["errors"][0]["detail"], "must be an array or an object");
}

#[tokio::test]
async fn a_page_that_would_take_too_long_is_refused_and_the_same_with_fewer_days_is_not() {
    let service = start();
    let mut request = after_an_operation();
    let clearance = json!({ "condition": "nobody knows this", "by": "physician", "date": "2026-11-20" });
    request["clearances"] = json!(vec![clearance; 20]);
    request["massageTypes"] = json!(vec!["thai"; 50]);
    request["dates"] = json!({ "from": "2026-11-28", "days": 90 });
    let refused = problem(sent(&service, &request).await, 422, "invalid-request").await;
    assert_eq!(faults(&refused), ["/dates too-much-at-once"]);
    request["dates"] = json!({ "from": "2026-11-28", "days": 3 });
    let answer: Value = sent(&service, &request).await.json().await.unwrap();
    assert_eq!(answer["coverage"]["unrecognised"].as_array().unwrap().len(), 20);
}

#[tokio::test]
async fn a_calendar_is_pinned_as_a_screening_is() {
    let service = start();
    let url = format!("{}/v1/screenings/matrix", service.url);
    let asked = |query: &str| {
        let request = service.client.post(format!("{url}{query}")).header("content-type", "application/json");
        request.body(after_an_operation().to_string())
    };
    let answer: Value = asked("?ruleset=1.0.0").send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["ruleset"]["version"], "1.0.0");
    problem(asked("").header("if-match", "\"sha256:0\"").send().await.unwrap(), 412, "ruleset-changed").await;
}

#[tokio::test]
async fn every_published_example_of_a_calendar_works_as_it_stands() {
    let service = start();
    let document = service.json("/openapi.json").await;
    let body = &document["paths"]["/v1/screenings/matrix"]["post"]["requestBody"];
    let examples = body["content"]["application/json"]["examples"].as_object().unwrap();
    assert_eq!(examples.len(), 2);
    for (name, example) in examples {
        let response = sent(&service, &example["value"]).await;
        assert_eq!(response.status(), 200, "{name}");
        let answer: Value = response.json().await.unwrap();
        assert_eq!(answer["coverage"]["unrecognised"], json!([]), "{name}");
    }
}

#[tokio::test]
async fn weeks_of_pregnancy_are_counted_on_from_the_earliest_day() {
    let service = start();
    let request = json!({
        "massageTypes": ["classical"], "dates": { "from": "2026-11-28", "days": 90 },
        "client": { "pregnancyWeeks": 30 }, "intake": "complete", "conditions": []
    });
    let answer: Value = sent(&service, &request).await.json().await.unwrap();
    let last = &answer["massageTypes"][0]["days"][84];
    let alone = json!({
        "session": { "massageType": "classical", "date": "2027-02-20" },
        "client": { "pregnancyWeeks": 42 }, "intake": "complete", "conditions": []
    });
    let screening: Value = service.screen(&alone).await.json().await.unwrap();
    assert_eq!(last["date"], "2027-02-20");
    assert_eq!((&last["verdict"], &last["action"]), (&screening["verdict"], &screening["action"]));
}
