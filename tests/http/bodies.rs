//! Bodies that cannot be used.

use serde_json::json;

use crate::support::{faults, ordinary, problem, start, start_with};
use kneadsafe::config::ServeConfig;

#[tokio::test]
async fn every_fault_of_a_body_is_told_at_once() {
    let service = start();
    let body = r#"{
        "session": { "massagetype": "thai", "pressure": 9, "bodyRegions": ["bakc"], "date": "2026-02-30", "durationMinutes": "x" },
        "client": { "age": -1, "sex": "femal", "name": "canary-name", "pregnancyWeeks": 3.5 },
        "conditions": [
            { "id": "a", "text": "canary@example.org" }, { "phase": "acutee", "id": "" }, 5,
            { "id": "fever", "id": "canary-id" }, { "code": { "system": "x" } }, { "id": "fever", "state": 5 }, {}
        ],
        "intake": "full", "clearances": {}
    }"#;
    let response = service.post(body).send().await.unwrap();
    let problem = problem(response, 422, "invalid-request").await;
    let expected = [
        "/clearances wrong-type",
        "/client/age out-of-range",
        "/client/name unknown-field",
        "/client/pregnancyWeeks wrong-type",
        "/client/sex unknown-value",
        "/conditions/0 exactly-one-name",
        "/conditions/0/text personal-data",
        "/conditions/1/id too-short",
        "/conditions/1/phase unknown-value",
        "/conditions/2 wrong-type",
        "/conditions/3/id duplicate-field",
        "/conditions/4/code/code missing",
        "/conditions/5/state wrong-type",
        "/conditions/6 exactly-one-name",
        "/intake unknown-value",
        "/session/bodyRegions/0 unknown-body-region",
        "/session/date not-a-date",
        "/session/durationMinutes wrong-type",
        "/session/massageType missing",
        "/session/massagetype unknown-field",
        "/session/pressure out-of-range",
    ];
    assert_eq!(faults(&problem), expected);
    assert_eq!(problem["errors"][19]["didYouMean"], json!(["massageType"]));
    assert_eq!(problem["errors"][8]["didYouMean"], json!(["acute"]));
    assert!(!problem.to_string().contains("canary"), "{problem}");
}

#[tokio::test]
async fn faults_that_only_the_ruleset_knows_come_together_as_well() {
    let service = start();
    let mut request = ordinary();
    request["session"]["massageType"] = json!("tai");
    request["session"]["bodyRegions"] = json!(["lowr back"]);
    request["session"]["techniques"] = json!(["twistin"]);
    request["conditions"] = json!([{ "id": "fever", "text": "fever" }, { "text": "ask ann@example.org" }]);
    let problem = problem(service.screen(&request).await, 422, "invalid-request").await;
    let mut found = faults(&problem);
    found.sort();
    let expected = [
        "/conditions/0 exactly-one-name",
        "/conditions/1/text personal-data",
        "/session/bodyRegions/0 unknown-body-region",
        "/session/massageType unknown-massage-type",
        "/session/techniques/0 unknown-technique",
    ];
    assert_eq!(found, expected);
    assert!(!problem.to_string().contains("ann@"));
}

#[tokio::test]
async fn published_bounds_hold_for_bodies_that_could_be_read() {
    let service = start();
    for (path, value, fault) in [
        ("/conditions/0/id", json!(""), "/conditions/0/id too-short"),
        ("/conditions/0/id", json!("x".repeat(121)), "/conditions/0/id too-long"),
        ("/session/bodyRegions", json!([]), "/session/bodyRegions too-few-items"),
        ("/session/products", json!(vec!["oil"; 51]), "/session/products too-many-items"),
        ("/session/durationMinutes", json!(0), "/session/durationMinutes out-of-range"),
        ("/client/age", json!(131), "/client/age out-of-range"),
        ("/conditions", json!(vec![json!({ "id": "fever" }); 201]), "/conditions too-many-items"),
    ] {
        let mut request = ordinary();
        let (parent, member) = path.rsplit_once('/').unwrap();
        request.pointer_mut(parent).unwrap()[member] = value;
        let problem = problem(service.screen(&request).await, 422, "invalid-request").await;
        assert_eq!(faults(&problem), [fault]);
    }
    let mut longest = ordinary();
    longest["conditions"] = json!([{ "text": "é".repeat(200) }]);
    assert_eq!(service.screen(&longest).await.status(), 200);
}

#[tokio::test]
async fn an_array_is_no_object_and_an_object_no_word() {
    let service = start();
    for (path, value, fault) in [
        ("/client", json!([46, "female"]), "/client wrong-type"),
        ("/session", json!(["thai"]), "/session wrong-type"),
        ("/conditions/0", json!(["fever"]), "/conditions/0 wrong-type"),
        ("/conditions/0/control", json!({ "controlled": null }), "/conditions/0/control wrong-type"),
        ("/intake", json!({ "complete": null }), "/intake wrong-type"),
    ] {
        let mut request = ordinary();
        *request.pointer_mut(path).unwrap() = value;
        let problem = problem(service.screen(&request).await, 422, "invalid-request").await;
        assert_eq!(faults(&problem), [fault]);
    }
    let whole = json!([{ "massageType": "thai" }, null, "complete", [], null]);
    problem(service.screen(&whole).await, 422, "invalid-request").await;
    // Each takes the place of the other's bracket.
    let both =
        json!({ "session": { "massageType": "thai" }, "intake": { "complete": null }, "conditions": [["fever"]] });
    problem(service.screen(&both).await, 422, "invalid-request").await;
    let mut bracketed = ordinary();
    bracketed["conditions"] = json!([{ "text": "fever [high] {38.5}" }]);
    assert_eq!(service.screen(&bracketed).await.status(), 200);
}

#[tokio::test]
async fn what_is_not_json_is_refused_with_the_place() {
    let service = start();
    for (body, place) in [
        (r#"{"session": {"massageType": canary}}"#, "line 1, column 29"),
        ("{\n  \"intake\": \"complete\",\n}", "line 3, column 1"),
        (r#"{"session""#, "line 1, column 10"),
        ("", "line 1, column 0"),
        ("\u{feff}{}", "line 1, column 1"),
    ] {
        let problem = problem(service.post(body).send().await.unwrap(), 400, "malformed-json").await;
        assert!(problem["detail"].as_str().unwrap().contains(place), "{problem}");
        assert!(!problem.to_string().contains("canary"));
    }
    let twice = format!("{}{}", ordinary(), ordinary());
    problem(service.post(twice).send().await.unwrap(), 400, "malformed-json").await;
    let trailing = format!("{} x", ordinary());
    problem(service.post(trailing).send().await.unwrap(), 400, "malformed-json").await;
    problem(service.post("[]").send().await.unwrap(), 422, "invalid-request").await;
}

#[tokio::test]
async fn invalid_utf_8_is_refused_with_the_place() {
    let service = start();
    let problem =
        problem(service.post(b"{\"intake\": \"\xff\"}".to_vec()).send().await.unwrap(), 400, "invalid-utf-8").await;
    assert!(problem["detail"].as_str().unwrap().contains("offset 12"), "{problem}");
}

#[tokio::test]
async fn deep_nesting_is_refused() {
    let service = start();
    for open in ["[", "{\"a\":"] {
        problem(service.post(open.repeat(100_000 / open.len())).send().await.unwrap(), 400, "too-deep").await;
    }
}

#[tokio::test]
async fn ten_megabytes_are_refused_and_the_refusal_arrives() {
    let service = start();
    let big = format!("{}{}", " ".repeat(10 * 1024 * 1024), ordinary());
    problem(service.post(big).send().await.unwrap(), 413, "body-too-large").await;
    let limit = format!("{}{}", ordinary(), " ".repeat(256 * 1024 - ordinary().to_string().len()));
    assert_eq!(service.post(limit.clone()).send().await.unwrap().status(), 200);
    problem(service.post(limit + " ").send().await.unwrap(), 413, "body-too-large").await;
}

#[tokio::test]
async fn only_json_is_taken_and_only_json_is_given() {
    let service = start();
    let url = format!("{}/v1/screenings", service.url);
    let sent =
        |kind: &'static str| service.client.post(&url).header("content-type", kind).body(ordinary().to_string()).send();
    for kind in ["text/plain", "application/xml", "application/json; charset=latin1", "nonsense"] {
        problem(sent(kind).await.unwrap(), 415, "unsupported-media-type").await;
    }
    for kind in ["application/json; charset=UTF-8", "application/fhir+json"] {
        assert_eq!(sent(kind).await.unwrap().status(), 200, "{kind}");
    }
    problem(
        service.client.post(&url).body(ordinary().to_string()).send().await.unwrap(),
        415,
        "unsupported-media-type",
    )
    .await;
    let packed = service.post(vec![0x1f, 0x8b]).header("content-encoding", "gzip").send().await.unwrap();
    problem(packed, 415, "unsupported-media-type").await;
    let html = service.post(ordinary().to_string()).header("accept", "text/html").send().await.unwrap();
    problem(html, 406, "not-acceptable").await;
    problem(
        service.get("/v1/rulesets").header("accept", "application/xml").send().await.unwrap(),
        406,
        "not-acceptable",
    )
    .await;
}

#[tokio::test]
async fn an_early_refusal_leaves_the_connection_open() {
    let service = start();
    for (path, kind) in
        [("/v1/screenings?ruleset=9.9.9", "application/json"), ("/v1/screenings", "text/plain"), ("/nowhere", "x/y")]
    {
        let request = service.client.post(format!("{}{path}", service.url)).header("content-type", kind);
        let response = request.body("x".repeat(100_000)).send().await.unwrap();
        assert!(response.status().is_client_error());
        assert!(response.headers().get("connection").is_none(), "{path}");
    }
}

#[tokio::test]
async fn a_body_that_never_ends_is_given_up() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let service =
        start_with(ServeConfig { body_timeout: std::time::Duration::from_millis(200), ..ServeConfig::default() });
    let mut stream = tokio::net::TcpStream::connect(service.url.trim_start_matches("http://")).await.unwrap();
    let head =
        "POST /v1/screenings HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{";
    stream.write_all(head.as_bytes()).await.unwrap();
    let mut answer = vec![0; 4096];
    let read = stream.read(&mut answer).await.unwrap();
    let answer = String::from_utf8_lossy(&answer[..read]).into_owned();
    assert!(answer.starts_with("HTTP/1.1 408") && answer.contains("/problems/request-timeout"), "{answer}");
}
