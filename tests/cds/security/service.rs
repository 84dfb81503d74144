//! The whole way: an EHR calls the service, and the service its FHIR server.

use std::sync::Arc;
use std::time::Duration;

use kneadsafe::config::{FhirConfig, ServeConfig};
use reqwest::{Method, Response};
use serde_json::{Value, json};
use tokio::sync::Notify;

use super::callbacks::good;
use super::hostile::{Answer, Seen, Server, answer, fhir, page};
use crate::support::{Service, log, start_with};

const CALL: &str = "/cds-services/massage-contraindications";

fn calling_back(server: &Server) -> ServeConfig {
    let servers = vec![server.fhir().parse().unwrap()];
    // Nothing is given up before the test says so.
    let long = Duration::from_mins(10);
    let fhir =
        FhirConfig { servers, allow_private: true, request_timeout: long, call_timeout: long, ..FhirConfig::default() };
    ServeConfig { fhir, ..ServeConfig::default() }
}

fn body(server: &str) -> Value {
    json!({
        "hook": "patient-view", "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea", "fhirServer": server,
        "fhirAuthorization": { "access_token": "canary-access-token", "token_type": "Bearer", "expires_in": 300, "scope": "patient/*.rs", "subject": "x" },
        "context": { "userId": "Practitioner/1", "patientId": "p1" }
    })
}

async fn call(service: &Service, body: &Value) -> Response {
    let request = service.request(Method::POST, CALL).header("content-type", "application/json");
    request.body(body.to_string()).send().await.unwrap()
}

#[tokio::test]
async fn a_call_without_prefetch_is_answered_from_the_configured_server_and_else_with_412() {
    let server = Server::start(good).await;
    let service = start_with(calling_back(&server));
    let answered = call(&service, &body(&server.fhir())).await;
    assert_eq!(answered.status(), 200);
    assert!(answered.json::<Value>().await.unwrap()["cards"].is_array());
    assert_eq!(server.seen().len(), 9);

    let other = Server::start(good).await;
    let refused = call(&service, &body(&other.fhir())).await;
    assert_eq!(refused.status(), 412);
    assert_eq!(other.connections(), 0);
    let metrics = service.get("/metrics").send().await.unwrap().text().await.unwrap();
    assert!(metrics.contains("kneadsafe_outbound_requests_total{to=\"fhir\",outcome=\"ok\"} 9"), "{metrics}");
    assert!(metrics.contains("kneadsafe_outbound_requests_total{to=\"fhir\",outcome=\"refused\"} 1"), "{metrics}");
    service.finish().await;
    let log = log().text();
    for secret in ["canary-access-token", &server.address.to_string(), "patient=p1", "Patient/"] {
        assert!(!log.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn while_a_server_hangs_every_other_request_is_answered() {
    let told = Arc::new(Notify::new());
    let hold = told.clone();
    let server = Server::start(move |_| Answer::HangUntil(hold.clone())).await;
    let service = Arc::new(start_with(calling_back(&server)));
    let hanging: Vec<_> = (0..16)
        .map(|_| {
            let (service, body) = (service.clone(), body(&server.fhir()));
            tokio::spawn(async move { call(&service, &body).await.status() })
        })
        .collect();
    while server.seen().len() < 16 * 7 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let mut brought = body(&server.fhir());
    brought["prefetch"] = json!({
        "patient": { "resourceType": "Patient", "id": "p1" }, "conditions": page(&[], None), "allergies": page(&[], None),
        "medications": page(&[], None), "medicationStatements": page(&[], None), "procedures": page(&[], None),
        "observations": page(&[], None)
    });
    let screening = json!({ "session": { "massageType": "relaxing" }, "intake": "complete", "conditions": [] });
    for _ in 0..10 {
        assert_eq!(service.get("/readyz").send().await.unwrap().status(), 200);
        assert_eq!(call(&service, &brought).await.status(), 200);
        // One more than may wait goes without its data at once.
        assert_eq!(call(&service, &body(&server.fhir())).await.status(), 412);
        let screened = service.request(Method::POST, "/v1/screenings").header("content-type", "application/json");
        assert_eq!(screened.body(screening.to_string()).send().await.unwrap().status(), 200);
    }
    assert!(!hanging.iter().any(tokio::task::JoinHandle::is_finished));
    told.notify_waiters();
    for call in hanging {
        assert_eq!(call.await.unwrap(), 412);
    }
    let Ok(service) = Arc::try_unwrap(service) else { panic!("nobody calls any more") };
    service.finish().await;
}

#[tokio::test]
async fn what_a_server_keeps_back_never_leads_to_silence() {
    // Who has nothing gets no card; who has nothing that could be read gets one.
    let asked = |withheld: &'static str| {
        move |seen: &Seen| match seen.target.as_str() {
            target if !withheld.is_empty() && target.contains(withheld) => answer("503 Busy", &[], ""),
            target if target.starts_with("/fhir/Condition") => fhir(&page(&[], None)),
            _ => good(seen),
        }
    };
    for (withheld, status) in
        [("", 200), ("AllergyIntolerance", 200), ("Procedure", 200), ("Condition", 412), ("Patient/", 412)]
    {
        let server = Server::start(asked(withheld)).await;
        let service = start_with(calling_back(&server));
        let mut body = body(&server.fhir());
        body["hook"] = "appointment-book".into();
        body["context"]["appointments"] = page(
            &[json!({
                "resourceType": "Appointment", "id": "a1", "status": "proposed", "start": "2026-12-01T10:00:00Z",
                "serviceType": [{ "text": "relaxing massage" }], "participant": []
            })],
            None,
        );
        let answered = call(&service, &body).await;
        assert_eq!(answered.status(), status, "{withheld}");
        if status == 200 {
            let answer: Value = answered.json().await.unwrap();
            let cards = answer["cards"].as_array().unwrap();
            assert_eq!(
                cards.iter().any(|card| card["indicator"] == "warning"),
                !withheld.is_empty(),
                "{withheld}: {answer}"
            );
        }
        service.finish().await;
    }
}
