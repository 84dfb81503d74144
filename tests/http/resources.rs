//! The rulesets, to be read.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::support::{problem, start};

const LISTS: [&str; 11] = [
    "conditions",
    "massage-types",
    "techniques",
    "body-regions",
    "products",
    "rules",
    "sources",
    "not-adopted",
    "post-session",
    "traceability",
    "matrix",
];

#[tokio::test]
async fn every_list_is_paged_without_loss_or_repetition() {
    let service = start();
    for list in LISTS {
        let path = format!("/v1/rulesets/latest/{list}");
        let total = service.json(&path).await["total"].as_u64().unwrap();
        assert!(total > 0, "{list}");
        let mut seen: Vec<Value> = Vec::new();
        let mut cursor = String::new();
        loop {
            let page = service.json(&format!("{path}?limit=100{cursor}")).await;
            assert_eq!(page["total"], total, "{list}");
            seen.extend(page["items"].as_array().unwrap().iter().cloned());
            let Some(next) = page["nextCursor"].as_str() else { break };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(seen.len() as u64, total, "{list}");
        assert_eq!(seen.iter().map(ToString::to_string).collect::<BTreeSet<_>>().len() as u64, total, "{list}");
    }
}

#[tokio::test]
async fn a_page_that_cannot_be_is_refused() {
    let service = start();
    for query in ["limit=0", "limit=201", "limit=x", "limit=1&limit=2", "cursor=zz", "cursor=", "offset=3"] {
        let response = service.get(&format!("/v1/rulesets/latest/rules?{query}")).send().await.unwrap();
        problem(response, 400, "invalid-parameter").await;
    }
    let stale = service.get("/v1/rulesets/latest/rules?cursor=0000000000000000").send().await.unwrap();
    problem(stale, 422, "invalid-request").await;
}

#[tokio::test]
async fn each_thing_is_found_by_its_id_and_a_near_miss_is_guessed() {
    let service = start();
    for (list, id) in [
        ("conditions", "disc-herniation"),
        ("massage-types", "thai"),
        ("rules", "back-disease.acute"),
        ("sources", "S014"),
    ] {
        let found = service.json(&format!("/v1/rulesets/latest/{list}/{id}")).await;
        assert_eq!(found["id"], id);
        let mut near = id.to_owned();
        near.push('x');
        let missing = service.get(&format!("/v1/rulesets/latest/{list}/{near}")).send().await.unwrap();
        let missing = problem(missing, 404, "not-in-ruleset").await;
        assert!(missing["errors"][0]["didYouMean"].as_array().unwrap().contains(&id.into()), "{missing}");
    }
}

#[tokio::test]
async fn a_condition_shows_the_rules_of_its_parents() {
    let service = start();
    let condition = service.json("/v1/rulesets/latest/conditions/disc-herniation").await;
    let parents = condition["ancestors"].as_array().unwrap();
    assert!(parents.contains(&"back-disease".into()));
    let rules = condition["rules"].as_array().unwrap();
    assert!(rules.iter().any(|rule| rule["on"] == "back-disease"));
    assert!(rules.iter().any(|rule| rule["on"] == "disc-herniation"));
    let listed = service.json("/v1/rulesets/latest/rules?condition=disc-herniation&limit=200").await;
    assert_eq!(listed["total"].as_u64().unwrap(), rules.len() as u64);
    let denying = service.json("/v1/rulesets/latest/rules?condition=disc-herniation&effect=deny&limit=200").await;
    assert!(denying["items"].as_array().unwrap().iter().all(|rule| rule["effect"] == "deny"));
}

#[tokio::test]
async fn conditions_are_found_by_word_code_and_category() {
    let service = start();
    let first = |found: Value| found["items"][0]["id"].as_str().unwrap_or("none").to_owned();
    for (query, id) in [
        ("q=high%20blood%20pressure", "hypertension"),
        ("q=HYPERTENS", "hypertension"),
        ("code=http://hl7.org/fhir/sid/icd-10-cm%7CI10", "hypertension"),
        ("q=hypertension&category=cardiovascular", "hypertension"),
    ] {
        assert_eq!(first(service.json(&format!("/v1/rulesets/latest/conditions?{query}")).await), id, "{query}");
    }
    for nothing in ["q=zzzzzz", "code=x%7Cy", "q=hypertension&category=skin"] {
        assert_eq!(service.json(&format!("/v1/rulesets/latest/conditions?{nothing}")).await["total"], 0, "{nothing}");
    }
    for (bad, status, slug) in [
        ("category=cardio", 422, "invalid-request"),
        ("code=I10", 400, "invalid-parameter"),
        ("q=", 400, "invalid-parameter"),
    ] {
        let response = service.get(&format!("/v1/rulesets/latest/conditions?{bad}")).send().await.unwrap();
        problem(response, status, slug).await;
    }
}

#[tokio::test]
async fn the_matrix_says_what_a_screening_says() {
    let service = start();
    let matrix = service.json("/v1/rulesets/latest/matrix?category=cardiovascular&limit=200").await;
    let types: Vec<&str> = matrix["massageTypes"].as_array().unwrap().iter().map(|it| it.as_str().unwrap()).collect();
    for row in matrix["items"].as_array().unwrap().iter().take(5) {
        for (massage_type, verdict) in types.iter().zip(row["verdicts"].as_array().unwrap()) {
            let request = serde_json::json!({
                "session": { "massageType": massage_type }, "intake": "complete", "conditions": [{ "id": row["condition"] }]
            });
            let screening: Value = service.screen(&request).await.json().await.unwrap();
            assert_eq!(&screening["verdict"], verdict, "{} {massage_type}", row["condition"]);
        }
    }
}

#[tokio::test]
async fn an_unknown_version_is_not_found_anywhere() {
    let service = start();
    for version in ["9.9.9", "1", "newest", "%FF"] {
        for list in LISTS {
            let response = service.get(&format!("/v1/rulesets/{version}/{list}")).send().await.unwrap();
            problem(response, 404, "unknown-ruleset-version").await;
        }
    }
}
