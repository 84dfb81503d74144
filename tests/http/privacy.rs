//! G5: nothing that a client said is ever logged, at any level.

use std::time::Duration;

use serde_json::json;

use crate::support::{LOG, start};

#[tokio::test]
async fn no_level_of_the_log_shows_what_a_client_said() {
    let service = start();
    let screening = json!({
        "session": { "massageType": "thai", "products": ["canary-product"] },
        "client": { "age": 46, "pregnancyWeeks": 31 },
        "intake": "complete",
        "conditions": [
            { "text": "canary-text" }, { "id": "canary-id" }, { "code": { "system": "urn:canary-system", "code": "canary-code" } },
            { "id": "hypertension", "bodyRegion": "lower-back" }
        ],
        "clearances": [{ "condition": "canary-clearance", "by": "physician", "date": "2026-11-20" }]
    });
    assert_eq!(service.screen(&screening).await.status(), 200);
    let bad = json!({ "session": { "massageType": "canary-type" }, "conditions": [{ "text": "canary@example.org" }] });
    let batch =
        json!({ "items": [{ "id": "canary-item", "request": screening }, { "id": "canary-bad", "request": bad }] });
    let spoilt = json!({ "items": [{ "id": "canary@example.org", "request": screening }, { "canary": "canary" }] });
    let mut calendar = screening.clone();
    calendar["session"].as_object_mut().unwrap().remove("massageType");
    calendar["dates"] = json!(["2026-11-28"]);
    for (path, body, status) in
        [("batch", &batch, 200), ("batch", &spoilt, 422), ("matrix", &calendar, 200), ("matrix", &bad, 422)]
    {
        let request = service.client.post(format!("{}/v1/screenings/{path}", service.url));
        let response = request.header("content-type", "application/json").body(body.to_string()).send().await.unwrap();
        assert_eq!(response.status(), status, "{path}");
    }
    for bad in [
        r#"{"canary-field": "canary-value"}"#.to_owned(),
        r#"{"session": canary-malformed}"#.to_owned(),
        r#"{"session": {"massageType": "canary-type"}, "intake": "canary", "conditions": [{"text": "canary@example.org"}]}"#.to_owned(),
        "canary".repeat(100_000),
    ] {
        assert!(service.post(bad).send().await.unwrap().status().is_client_error());
    }
    let bad_utf_8 = [b"canary \xff".as_slice(), b"{\"text\": \"canary"].concat();
    assert!(service.post(bad_utf_8).send().await.unwrap().status().is_client_error());
    for path in [
        "/canary-path",
        "/v1/rulesets/canary-version",
        "/v1/rulesets/latest/conditions/canary-condition",
        "/v1/rulesets/latest/conditions?q=canary-search",
        "/v1/rulesets/latest/rules?canary=1",
        "/docs/canary",
    ] {
        service
            .get(path)
            .header("x-request-id", "canary id")
            .header("user-agent", "canary-agent")
            .send()
            .await
            .unwrap();
    }
    let brew = reqwest::Method::from_bytes(b"CANARY").unwrap();
    service.client.request(brew, &service.url).send().await.unwrap();
    raw(&service.url, "POST /v1/screenings HTTP/1.1\r\nhost: x\r\ncontent-length: canary\r\n\r\n").await;
    raw(
        &service.url,
        "POST /v1/screenings HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 99\r\n\r\ncanary",
    )
    .await;
    service.finish().await;

    let log = LOG.get().unwrap().text();
    let told = log.to_lowercase();
    for secret in ["canary", "hypertension", "lower-back", "pregnancy", "31"] {
        let lines: Vec<&str> = told.lines().filter(|line| line.contains(secret) && secret != "31").collect();
        assert!(lines.is_empty(), "{secret}: {lines:?}");
    }
    let mut screened = 0;
    for line in log.lines() {
        let event: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(event["target"].as_str().unwrap().starts_with("kneadsafe"), "{line}");
        screened += usize::from(event["message"] == "screened one session");
    }
    assert!(screened > 0, "nothing was captured");
    assert!(log.contains("screened many sessions"), "nothing was captured of many sessions");
}

async fn raw(url: &str, request: &str) {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut stream = tokio::net::TcpStream::connect(url.trim_start_matches("http://")).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    let _ = tokio::time::timeout(Duration::from_secs(1), stream.read_to_end(&mut Vec::new())).await;
}
