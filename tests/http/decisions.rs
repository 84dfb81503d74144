//! What an answer tells the caller to do next: questions, ways forward, red flags, explanations.

use serde_json::{Value, json};

use crate::support::start;

#[tokio::test]
async fn a_partial_intake_is_settled_by_putting_answers_where_the_questions_say() {
    let service = start();
    let mut request = json!({
        "session": { "massageType": "thai", "date": "2026-11-28" },
        "client": { "age": 40, "firstSession": false, "activityLevel": "moderate" },
        "intake": "partial", "conditions": []
    });
    let open: Value = service.screen(&request).await.json().await.unwrap();
    assert_eq!(
        (&open["verdict"], &open["action"], &open["settled"]),
        (&json!("caution"), &json!("ask"), &json!(false))
    );
    let question = &open["questions"][0];
    assert_eq!((&question["about"], &question["multiple"]), (&json!("/asked"), &json!(true)));
    let nothing = question["leadsTo"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["answers"].as_array().unwrap().contains(&json!("none")));
    assert_eq!(nothing.unwrap()["range"], json!({ "best": "allow", "worst": "allow" }));
    // Everything but the heart: of that, the next question asks.
    let asked: Vec<&Value> = question["answers"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|answer| **answer != "none" && **answer != "cardiovascular")
        .collect();
    request["asked"] = json!(asked);
    let next: Value = service.screen(&request).await.json().await.unwrap();
    let question = &next["questions"][0];
    assert_eq!((&question["about"], &question["category"]), (&json!("/conditions/-"), &json!("cardiovascular")));
    assert_eq!(question["labels"]["hypertension"], "High blood pressure");
    assert_eq!(next["coverage"]["notAsked"], json!(["cardiovascular"]));
    request["asked"].as_array_mut().unwrap().push(json!("cardiovascular"));
    let settled: Value = service.screen(&request).await.json().await.unwrap();
    assert_eq!((&settled["verdict"], &settled["settled"]), (&json!("allow"), &json!(true)));
    assert_eq!(settled["questions"], json!([]));
    service.finish().await;
}

#[tokio::test]
async fn a_category_that_does_not_exist_is_a_fault_with_a_guess() {
    let service = start();
    let request = json!({
        "session": { "massageType": "thai" }, "intake": "partial", "asked": ["skin", "cardiovasculra"], "conditions": []
    });
    let response = service.screen(&request).await;
    assert_eq!(response.status(), 422);
    let problem: Value = response.json().await.unwrap();
    assert_eq!(problem["errors"][0]["pointer"], "/asked/1");
    assert_eq!(problem["errors"][0]["code"], "unknown-category");
    assert_eq!(problem["errors"][0]["didYouMean"][0], "cardiovascular");
}

#[tokio::test]
async fn a_red_flag_is_referred_before_anything_is_asked_or_offered() {
    let service = start();
    let request = json!({
        "session": { "massageType": "relaxing", "date": "2026-11-28" }, "intake": "partial",
        "conditions": [{ "text": "chest pain" }]
    });
    let answer: Value = service.screen(&request).await.json().await.unwrap();
    assert_eq!((&answer["action"], &answer["urgency"]), (&json!("refer"), &json!("emergency")));
    assert_eq!(answer["redFlags"][0]["urgency"], "emergency");
    for nothing in ["questions", "alternatives", "waysForward"] {
        assert_eq!(answer[nothing], json!([]), "{nothing}");
    }
}

#[tokio::test]
async fn an_explanation_shows_rules_that_hold_and_rules_that_do_not_and_only_where_it_is_asked_for() {
    let service = start();
    let request = json!({
        "session": { "massageType": "thai", "date": "2026-11-28" }, "intake": "complete",
        "conditions": [{ "id": "disc-herniation", "phase": "chronic" }]
    });
    let plain: Value = service.screen(&request).await.json().await.unwrap();
    assert!(plain.get("explanation").is_none());
    let sent = service.client.post(format!("{}/v1/screenings?explain=true", service.url)).json(&request).send();
    let mut told: Value = sent.await.unwrap().json().await.unwrap();
    let explanation = told.as_object_mut().unwrap().remove("explanation").unwrap();
    assert_eq!(told, plain);
    let rules = explanation.as_array().unwrap();
    assert!(rules.iter().any(|rule| rule["truth"] == "false") && rules.iter().any(|rule| rule["truth"] == "true"));
    let phase = rules
        .iter()
        .flat_map(|rule| rule["predicates"].as_array().unwrap())
        .find(|predicate| predicate["part"].as_str().unwrap().starts_with("where.phase"))
        .unwrap();
    assert!(phase["facts"].as_array().unwrap().contains(&json!("/conditions/0/phase")), "{phase}");
    let odd = service.client.post(format!("{}/v1/screenings?explain=perhaps", service.url)).json(&request).send();
    assert_eq!(odd.await.unwrap().status(), 400);
}

#[tokio::test]
async fn a_way_forward_reaches_what_it_promises_when_it_is_posted() {
    let service = start();
    let mut request = json!({
        "session": { "massageType": "deep-tissue", "pressure": 5, "date": "2026-11-28" }, "intake": "complete",
        "conditions": [{ "id": "hypertension", "control": "controlled" }], "clearances": []
    });
    let answer: Value = service.screen(&request).await.json().await.unwrap();
    assert_eq!(answer["verdict"], "deny");
    let way = &answer["waysForward"][0];
    for (pointer, value) in way["change"].as_object().unwrap() {
        let field = pointer.strip_prefix("/session/").unwrap();
        request["session"][field] = value.clone();
    }
    let then: Value = service.screen(&request).await.json().await.unwrap();
    assert_eq!(then["verdict"], way["verdict"]);
}
