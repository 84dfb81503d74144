//! `POST /v1/screenings/batch`: each item as if it had come alone.

use kneadsafe::config::ServeConfig;
use reqwest::Response;
use serde_json::{Value, json};

use crate::support::{Service, faults, ordinary, problem, start, start_with};

async fn sent(service: &Service, body: impl Into<reqwest::Body>) -> Response {
    let request = service.client.post(format!("{}/v1/screenings/batch", service.url));
    request.header("content-type", "application/json").body(body).send().await.unwrap()
}

async fn batch(service: &Service, items: &[(&str, String)]) -> Response {
    let items: Vec<String> =
        items.iter().map(|(id, request)| format!(r#"{{"id":{},"request":{request}}}"#, json!(id))).collect();
    sent(service, format!(r#"{{"items":[{}]}}"#, items.join(","))).await
}

/// Requests of every kind, good and bad, as they could come alone.
fn of_every_kind() -> Vec<String> {
    let mut kinds: Vec<String> = vec![
        ordinary().to_string(),
        r#"{"session":{"massageType":"thai","date":"2026-11-28"},"intake":"complete","conditions":[{"text":"slipped disc"}]}"#.into(),
        r#"{"session":{"massageType":"thai","date":"2026-11-28"},"intake":"partial","conditions":[]}"#.into(),
        r#"{ "session": {"massageType":"Relaxing","pressure":2.0,"date":"2026-11-28"}, "intake":"complete",
            "conditions":[{"text":"fever [high] {38.5}"}, {"id":null,"text":"nonsense"}] }"#
            .into(),
        r#"{"session":{"massageType":"thia","pressure":9},"intake":"full","conditions":[{}],"name":"x"}"#.into(),
        r#"{"session":{"massageType":"thai"},"intake":"complete","conditions":[{"id":"fever","id":"flu"}]}"#.into(),
        r#"{"session":["thai"],"intake":{"complete":null},"conditions":[]}"#.into(),
        r#"{"session":{"massageType":"thai"},"intake":"complete","conditions":[{"text":"ann@example.org"}]}"#.into(),
        r#"{"session":{"massageType":"thai","pressure":1e999},"intake":"complete","conditions":[]}"#.into(),
        r#"{"session":{"massageType":"\ud800"},"intake":"complete","conditions":[]}"#.into(),
        format!("{}{}", "[".repeat(200), "]".repeat(200)),
        format!(r#"{{"intake":{}}}"#, " ".repeat(256 * 1024) + "1"),
    ];
    kinds.extend(["5", "null", "[]", "{}", r#""thai""#].map(str::to_owned));
    kinds
}

#[tokio::test]
async fn each_item_gets_what_it_would_get_alone_byte_for_byte() {
    let service = start();
    let requests = of_every_kind();
    let ids: Vec<String> = (0..requests.len()).map(|number| format!("{{item}} \"{number}\" é")).collect();
    let items: Vec<(&str, String)> = ids.iter().map(String::as_str).zip(requests.iter().cloned()).collect();
    let response = batch(&service, &items).await;
    assert_eq!(response.status(), 200);
    let answered = response.text().await.unwrap();
    let mut expected = Vec::new();
    for (id, request) in &items {
        let alone = service.post(request.clone()).send().await.unwrap();
        let status = alone.status().as_u16();
        let member = if status == 200 { "screening" } else { "problem" };
        let body = alone.text().await.unwrap();
        let body = if status == 413 { body.replace("The body has", "The request has") } else { body };
        expected.push(format!(r#"{{"id":{},"status":{status},"{member}":{body}}}"#, json!(id)));
    }
    let (start, rest) = answered.split_once('[').unwrap();
    assert_eq!(start, r#"{"items":"#);
    assert!(rest.starts_with(&expected.join(",")), "{rest}");
    let answer: Value = serde_json::from_str(&answered).unwrap();
    let statuses: Vec<u64> =
        answer["items"].as_array().unwrap().iter().map(|item| item["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [200, 200, 200, 200, 422, 422, 422, 422, 400, 400, 400, 413, 422, 422, 422, 422, 422]);
    let verdicts: Vec<&Value> =
        answer["items"].as_array().unwrap().iter().filter_map(|item| item.pointer("/screening/verdict")).collect();
    for verdict in ["allow", "caution", "deny"] {
        let count = verdicts.iter().filter(|found| **found == verdict).count();
        assert_eq!(answer["counts"][verdict], count, "{verdict}");
    }
    assert_eq!(answer["counts"]["failed"], 13);
}

#[tokio::test]
async fn a_thousand_items_keep_their_order_and_one_more_is_too_many() {
    let service = start();
    let ids: Vec<String> = (0..1001).map(|number| number.to_string()).collect();
    let items: Vec<(&str, String)> = ids.iter().map(|id| (id.as_str(), ordinary().to_string())).collect();
    let response = batch(&service, &items[..1000]).await;
    assert_eq!(response.status(), 200);
    let headers = response.headers().clone();
    let answer: Value = response.json().await.unwrap();
    let answered: Vec<&str> =
        answer["items"].as_array().unwrap().iter().map(|item| item["id"].as_str().unwrap()).collect();
    assert_eq!(answered, ids[..1000]);
    assert_eq!(answer["counts"], json!({ "allow": 0, "caution": 1000, "deny": 0, "failed": 0 }));
    assert_eq!(headers["ruleset-version"].to_str().unwrap(), answer["ruleset"]["version"]);
    assert_eq!(headers["ruleset-digest"].to_str().unwrap(), answer["ruleset"]["digest"]);
    assert_eq!(headers["cache-control"], "no-store");
    let refused = problem(batch(&service, &items).await, 422, "invalid-request").await;
    assert_eq!(faults(&refused), ["/items too-many-items"]);
    let figures = service.get("/metrics").send().await.unwrap().text().await.unwrap();
    assert!(
        figures.contains("kneadsafe_screenings_total{verdict=\"caution\",ruleset=\"") && figures.contains("\"} 1000")
    );
}

#[tokio::test]
async fn a_batch_without_items_is_answered_without_items() {
    let service = start();
    let answer: Value = sent(&service, r#"{"items":[]}"#).await.json().await.unwrap();
    assert_eq!(answer["items"], json!([]));
    assert_eq!(answer["counts"], json!({ "allow": 0, "caution": 0, "deny": 0, "failed": 0 }));
}

#[tokio::test]
async fn every_fault_of_the_batch_itself_is_told_at_once_and_none_of_its_items() {
    let service = start();
    let bad = r#"{"session":{"massageType":"thia"},"conditions":[{"id":"fever","id":"canary"},{"text":"canary@example.org"}]}"#;
    let body = format!(
        r#"{{"itms":1,"items":[
            {{"id":"a","request":{bad}}}, {{"id":"a","request":{bad}}}, {{"id":"","request":{bad}}}, {{"request":{bad}}}, {{"id":"b"}},
            {{"id":"{}","request":{bad}}}, {{"id":"canary@example.org","request":{bad}}}, 5, {{"id":7,"request":{bad},"Id":"x"}},
            {{"id":"c","id":"d","request":{bad},"request":5}}, ["e"], {{"id":null,"request":null}}
        ]}}"#,
        "x".repeat(121)
    );
    let refused = problem(sent(&service, body).await, 422, "invalid-request").await;
    let expected = [
        "/items/1/id duplicate-id",
        "/items/10 wrong-type",
        "/items/11/id wrong-type",
        "/items/2/id too-short",
        "/items/3/id missing",
        "/items/4/request missing",
        "/items/5/id too-long",
        "/items/6/id personal-data",
        "/items/7 wrong-type",
        "/items/8/Id unknown-field",
        "/items/8/id wrong-type",
        "/items/9/id duplicate-field",
        "/items/9/request duplicate-field",
        "/itms unknown-field",
    ];
    assert_eq!(faults(&refused), expected);
    assert!(!refused.to_string().contains("canary"), "{refused}");
    for (body, fault) in [
        ("[]", " wrong-type"),
        ("{}", "/items missing"),
        (r#"{"items":{}}"#, "/items wrong-type"),
        ("[[]]", " wrong-type"),
    ] {
        assert_eq!(faults(&problem(sent(&service, body).await, 422, "invalid-request").await), [fault], "{body}");
    }
    problem(sent(&service, r#"{"items":[{"id":"a","request":{]}"#).await, 400, "malformed-json").await;
}

#[tokio::test]
async fn a_name_of_letters_beyond_ascii_spoils_nothing_in_its_item() {
    let service = start();
    let id = "и".repeat(120);
    let bad = r#"{"conditions":[{"id":"fever","id":"flu"}]}"#;
    let answer: Value = batch(&service, &[(&id, bad.to_owned())]).await.json().await.unwrap();
    assert_eq!(answer["items"][0]["id"], id);
    let found = faults(&answer["items"][0]["problem"]);
    assert_eq!(found, ["/conditions/0/id duplicate-field", "/intake missing", "/session missing"]);
}

#[tokio::test]
async fn four_mebibytes_are_taken_and_no_more() {
    let service = start();
    let body = |length: usize| {
        let batch = json!({ "items": [{ "id": "a", "request": ordinary() }] }).to_string();
        format!("{batch}{}", " ".repeat(length - batch.len()))
    };
    assert_eq!(sent(&service, body(4 * 1024 * 1024)).await.status(), 200);
    problem(sent(&service, body(4 * 1024 * 1024 + 1)).await, 413, "body-too-large").await;
}

#[tokio::test]
async fn a_batch_is_answered_in_the_language_that_is_accepted() {
    let service = start();
    let request = service.client.post(format!("{}/v1/screenings/batch", service.url));
    let body = json!({ "items": [{ "id": "a", "request": ordinary() }] }).to_string();
    let request = request.header("content-type", "application/json").header("accept-language", "ru").body(body);
    let response = request.send().await.unwrap();
    let language = response.headers()["content-language"].clone();
    let answer: Value = response.json().await.unwrap();
    let alone = service.post(ordinary().to_string()).header("accept-language", "ru").send().await.unwrap();
    assert_eq!(alone.headers()["content-language"], language);
    assert_eq!(answer["items"][0]["screening"], alone.json::<Value>().await.unwrap());
}

#[tokio::test]
async fn a_batch_is_pinned_as_a_screening_is() {
    let service = start();
    let body = json!({ "items": [{ "id": "a", "request": ordinary() }] }).to_string();
    let url = format!("{}/v1/screenings/batch", service.url);
    let asked = |query: &str| service.client.post(format!("{url}{query}")).header("content-type", "application/json");
    let answer: Value = asked("?ruleset=1.0.0").body(body.clone()).send().await.unwrap().json().await.unwrap();
    assert_eq!(answer["ruleset"]["version"], "1.0.0");
    assert_eq!(answer["items"][0]["screening"]["ruleset"]["version"], "1.0.0");
    let other = asked("").header("if-match", "\"sha256:0\"").body(body.clone()).send().await.unwrap();
    problem(other, 412, "ruleset-changed").await;
    problem(asked("?ruleset=9.9.9").body(body).send().await.unwrap(), 404, "unknown-ruleset-version").await;
}

#[tokio::test]
async fn every_published_example_of_a_batch_works_as_it_stands() {
    let service = start();
    let document = service.json("/openapi.json").await;
    let body = &document["paths"]["/v1/screenings/batch"]["post"]["requestBody"];
    let examples = body["content"]["application/json"]["examples"].as_object().unwrap();
    assert_eq!(examples.len(), 2);
    for (name, example) in examples {
        let answer: Value = sent(&service, example["value"].to_string()).await.json().await.unwrap();
        assert_eq!(answer["counts"]["failed"], u64::from(name == "one-good-one-bad"), "{name}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_callers_are_answered_while_a_large_batch_is_at_work() {
    // One thread that answers: were the batch its own work, nobody else would be answered before its end.
    let service = start_with(ServeConfig { workers: Some(1), ..ServeConfig::default() });
    let items: Vec<Value> = (0..1000).map(|id| json!({ "id": id.to_string(), "request": ordinary() })).collect();
    let request = service.client.post(format!("{}/v1/screenings/batch", service.url));
    let request = request.header("content-type", "application/json").body(json!({ "items": items }).to_string());
    let large = tokio::spawn(request.send());
    let mut answered = 0;
    while !large.is_finished() {
        assert_eq!(service.screen(&ordinary()).await.status(), 200);
        answered += usize::from(!large.is_finished());
    }
    assert_eq!(large.await.unwrap().unwrap().status(), 200);
    assert!(answered >= 10, "only {answered} other callers were answered meanwhile");
}
