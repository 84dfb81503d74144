//! Calling back to FHIR servers that are not the right one, or lie, or hang, or never end.

use std::collections::BTreeMap;
use std::time::Duration;

use kneadsafe::cds::fetch::fill;
use kneadsafe::cds::hooks::HookCall;
use kneadsafe::cds::prefetch::{Content, Key, Prefetch};
use kneadsafe::config::FhirConfig;
use kneadsafe::outbound::Outbound;
use prometheus_client::encoding::text::encode;
use prometheus_client::registry::Registry;
use serde_json::{Value, json};

use super::hostile::{Answer, Seen, Server, answer, certified, fhir, page};
use crate::support::log;

const TOKEN: &str = "canary-token-5f1c";

fn config(servers: &[&str]) -> FhirConfig {
    FhirConfig {
        servers: servers.iter().map(|server| server.parse().unwrap()).collect(),
        allow_private: true,
        // A server that hangs is given up soon, for these tests wait for it.
        request_timeout: Duration::from_millis(1500),
        call_timeout: Duration::from_secs(3),
        ..FhirConfig::default()
    }
}

fn outbound(servers: &[&str]) -> Outbound {
    Outbound::new(&config(servers), Vec::new()).unwrap()
}

/// A call that names this server and patient, and brings this prefetch.
fn call(server: &str, patient: &str, prefetch: &Value) -> HookCall {
    let call = json!({
        "hook": "patient-view", "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea", "fhirServer": server,
        "fhirAuthorization": { "access_token": TOKEN, "token_type": "Bearer", "expires_in": 300, "scope": "patient/*.rs", "subject": "x" },
        "context": { "userId": "Practitioner/1", "patientId": patient }, "prefetch": prefetch
    });
    HookCall::read(call.to_string().as_bytes()).unwrap()
}

async fn filled(outbound: &Outbound, call: &HookCall) -> Prefetch {
    log();
    let mut prefetch = Prefetch::read(call.prefetch.as_ref());
    fill(outbound, call, &mut prefetch).await;
    prefetch
}

/// What becomes of the conditions where nothing is brought and this server is asked.
async fn conditions_from(behave: impl Fn(&Seen) -> Answer + Send + Sync + 'static) -> (Content, Server) {
    let (content, server, _) = conditions_and_figures(behave).await;
    (content, server)
}

/// The same, and what can tell how the requests ended.
async fn conditions_and_figures(
    behave: impl Fn(&Seen) -> Answer + Send + Sync + 'static,
) -> (Content, Server, Outbound) {
    let server = Server::start(behave).await;
    let outbound = outbound(&[&server.fhir()]);
    let prefetch = filled(&outbound, &call(&server.fhir(), "p1", &json!({}))).await;
    (prefetch.get(Key::Conditions).clone(), server, outbound)
}

/// Every key but the conditions, brought and empty, so that one search is asked for.
fn all_but_conditions() -> Value {
    let others = Key::ALL.into_iter().filter(|key| *key != Key::Conditions);
    others.map(|key| (key.name().to_owned(), Value::Null)).collect::<BTreeMap<_, _>>().into_iter().collect()
}

fn condition(id: &str) -> Value {
    json!({ "resourceType": "Condition", "id": id, "subject": { "reference": "Patient/p1" } })
}

/// A server as it should be: a patient, conditions on three pages, nothing else.
pub(super) fn good(seen: &Seen) -> Answer {
    match seen.target.as_str() {
        "/fhir/Patient/p1" => fhir(&json!({ "resourceType": "Patient", "id": "p1" })),
        "/fhir/Condition?patient=p1" => fhir(&page(&[condition("a")], Some("Condition?patient=p1&page=2"))),
        "/fhir/Condition?patient=p1&page=2" => fhir(&page(&[condition("b")], Some("/fhir?_getpages=x&page=3"))),
        "/fhir?_getpages=x&page=3" => fhir(&page(&[condition("c")], None)),
        _ => fhir(&page(&[], None)),
    }
}

#[tokio::test]
async fn what_a_call_does_not_bring_is_asked_for_with_all_its_pages_and_the_token() {
    let server = Server::start(good).await;
    let outbound = outbound(&[&server.fhir()]);
    let prefetch = filled(&outbound, &call(&server.fhir(), "p1", &json!({}))).await;
    assert!(prefetch.missing().is_empty());
    assert!(Key::ALL.into_iter().all(|key| prefetch.get(key).is_whole()), "{prefetch:?}");
    let ids: Vec<&Value> = prefetch.get(Key::Conditions).resources().iter().map(|resource| &resource["id"]).collect();
    assert_eq!(ids, ["a", "b", "c"]);
    assert_eq!(
        server.targets(),
        [
            "/fhir/AllergyIntolerance?patient=p1",
            "/fhir/Condition?patient=p1",
            "/fhir/Condition?patient=p1&page=2",
            "/fhir/MedicationRequest?patient=p1&status=active",
            "/fhir/MedicationStatement?patient=p1",
            "/fhir/Observation?patient=p1&category=vital-signs&_sort=-date&_count=20",
            "/fhir/Patient/p1",
            "/fhir/Procedure?patient=p1",
            "/fhir?_getpages=x&page=3",
        ]
    );
    for seen in server.seen() {
        let head = seen.head.to_lowercase();
        assert!(head.contains(&format!("authorization: bearer {TOKEN}\r\n")), "{head}");
        assert!(head.contains("accept: application/fhir+json"), "{head}");
        assert!(!head.contains("accept-encoding") && !head.contains("cookie"), "{head}");
    }
    assert_eq!(figure(&outbound, "ok"), 9);
}

fn figure(outbound: &Outbound, outcome: &str) -> u64 {
    let mut registry = Registry::default();
    outbound.register(&mut registry);
    let mut text = String::new();
    encode(&mut text, &registry).unwrap();
    let wanted = format!("outbound_requests_total{{to=\"fhir\",outcome=\"{outcome}\"}} ");
    text.lines().find_map(|line| line.strip_prefix(&wanted)?.parse().ok()).unwrap_or(0)
}

#[tokio::test]
async fn only_what_is_missing_is_asked_for_and_a_page_that_was_brought_is_read_on() {
    let server = Server::start(good).await;
    let mut brought = all_but_conditions();
    brought["conditions"] = page(&[condition("a")], Some(&format!("{}/Condition?patient=p1&page=2", server.fhir())));
    brought["procedures"] = json!({ "resourceType": "OperationOutcome" });
    let prefetch = filled(&outbound(&[&server.fhir()]), &call(&server.fhir(), "p1", &brought)).await;
    assert_eq!(server.targets(), ["/fhir/Condition?patient=p1&page=2", "/fhir?_getpages=x&page=3"]);
    assert!(matches!(prefetch.get(Key::Conditions), Content::Complete(found) if found.len() == 3));
    assert_eq!(*prefetch.get(Key::Procedures), Content::Failed);
}

#[tokio::test]
async fn of_measurements_the_newest_are_asked_for_and_where_there_are_more_it_is_said() {
    let observation = || json!({ "resourceType": "Observation", "id": "o" });
    let server = Server::start(move |seen| match seen.target.split('?').next() {
        Some("/fhir/Observation") => fhir(&page(&[observation()], Some("Observation?page=2"))),
        _ => good(seen),
    })
    .await;
    let prefetch = filled(&outbound(&[&server.fhir()]), &call(&server.fhir(), "p1", &json!({}))).await;
    assert!(
        matches!(prefetch.get(Key::Observations), Content::Partial { resources, next: Some(_) } if resources.len() == 1)
    );
    assert!(!server.targets().iter().any(|target| target.contains("page=2") && target.contains("Observation")));
}

#[tokio::test]
async fn a_page_that_was_brought_stays_a_part_where_the_next_cannot_be_had() {
    let server = Server::start(|_| answer("500 Broken", &[], "")).await;
    let mut brought = all_but_conditions();
    brought["conditions"] = page(&[condition("a")], Some(&format!("{}/Condition?page=2", server.fhir())));
    let prefetch = filled(&outbound(&[&server.fhir()]), &call(&server.fhir(), "p1", &brought)).await;
    assert!(matches!(prefetch.get(Key::Conditions), Content::Partial { resources, .. } if resources.len() == 1));
}

#[tokio::test]
async fn a_server_that_is_not_configured_hears_nothing_and_the_data_stay_missing() {
    let server = Server::start(good).await;
    let address = server.address;
    for outbound in [outbound(&[]), outbound(&[&format!("http://{address}/fhir/tenant"), "https://good.example/fhir"])]
    {
        for named in [
            format!("http://{address}/fhir"),
            format!("http://{address}/fhir/tenant-2"),
            format!("http://{address}/fhir/tenant/../"),
            format!("http://{address}/"),
            format!("https://good.example@{address}/fhir"),
            format!("https://good.example:443@{address}/fhir"),
            format!("https://good.example\\@{address}/fhir"),
            format!("http://localhost:{}/fhir", address.port()),
            format!("http://[::ffff:127.0.0.1]:{}/fhir", address.port()),
            "http://169.254.169.254/latest/meta-data".to_owned(),
            "file:///etc/passwd".to_owned(),
            "nonsense".to_owned(),
        ] {
            let prefetch = filled(&outbound, &call(&named, "p1", &json!({}))).await;
            assert_eq!(prefetch.missing().len(), Key::ALL.len(), "{named}");
        }
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn a_name_that_leads_to_a_private_address_is_refused_after_it_is_looked_up() {
    let (pem, tls) = certified(&["localhost"]);
    let server = Server::start_in(Some(tls), good).await;
    let base = format!("https://localhost:{}/fhir", server.address.port());
    let config = FhirConfig { allow_private: false, ca_pem: Some(pem.into_bytes()), ..config(&[&base]) };
    let outbound = Outbound::new(&config, Vec::new()).unwrap();
    let prefetch = filled(&outbound, &call(&base, "p1", &json!({}))).await;
    assert!(Key::ALL.into_iter().all(|key| *prefetch.get(key) == Content::Failed));
    assert_eq!(server.connections(), 0);
    assert_eq!(figure(&outbound, "refused"), 7);
}

#[tokio::test]
async fn tls_is_verified_and_an_authority_of_ones_own_can_be_trusted() {
    for (names, trusted, whole) in
        [(["localhost"], true, true), (["localhost"], false, false), (["other.example"], true, false)]
    {
        let (pem, tls) = certified(&names);
        let server = Server::start_in(Some(tls), good).await;
        let base = format!("https://localhost:{}/fhir", server.address.port());
        let config = FhirConfig { ca_pem: trusted.then(|| pem.into_bytes()), ..config(&[&base]) };
        let prefetch = filled(&Outbound::new(&config, Vec::new()).unwrap(), &call(&base, "p1", &json!({}))).await;
        assert_eq!(prefetch.get(Key::Conditions).is_whole(), whole, "{names:?} {trusted}");
        assert_eq!(server.seen().is_empty(), !whole, "{names:?} {trusted}");
    }
}

#[tokio::test]
async fn a_redirect_is_not_followed() {
    let other = Server::start(good).await;
    let elsewhere = other.fhir();
    let (content, server) = conditions_from(move |seen| {
        let at = format!("location: {elsewhere}{}", seen.target.trim_start_matches("/fhir"));
        answer("302 Found", &[&at, "content-type: application/fhir+json"], "{}")
    })
    .await;
    assert_eq!(content, Content::Failed);
    assert!(!server.seen().is_empty());
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn a_next_page_elsewhere_is_not_read_and_the_token_does_not_go_there() {
    let other = Server::start(good).await;
    let (address, port) = (other.address, other.address.port());
    for next in [
        format!("http://{address}/fhir/Condition?page=2"),
        format!("//{address}/fhir/Condition?page=2"),
        format!("http://localhost:{port}/fhir/Condition"),
        "../admin?page=2".to_owned(),
        "/other/Condition?page=2".to_owned(),
        "/fhir/Condition/..%2f..%2fadmin".to_owned(),
        "file:///etc/passwd".to_owned(),
        "https://".to_owned(),
    ] {
        let told = next.clone();
        let (content, server) = conditions_from(move |seen| match seen.target.as_str() {
            "/fhir/Condition?patient=p1" => fhir(&page(&[condition("a")], Some(&told))),
            _ => good(seen),
        })
        .await;
        assert!(matches!(content, Content::Partial { resources, .. } if resources.len() == 1), "{next}");
        assert_eq!(server.targets().len(), Key::ALL.len(), "{next}: {:?}", server.targets());
    }
    assert_eq!(other.connections(), 0);
}

#[tokio::test]
async fn an_id_that_is_none_is_never_put_into_an_address() {
    let server = Server::start(good).await;
    let outbound = outbound(&[&server.fhir()]);
    for id in ["../x", "1&_include=*", "..", "1?x", "1/2", "%2e%2e", "1#", "1 2", &"a".repeat(65)] {
        let prefetch = filled(&outbound, &call(&server.fhir(), id, &json!({}))).await;
        assert!(Key::ALL.into_iter().all(|key| *prefetch.get(key) == Content::Failed), "{id}");
    }
    assert_eq!(server.connections(), 0);
}

#[tokio::test]
async fn an_answer_that_is_not_what_was_asked_for_is_none() {
    let other = json!({ "resourceType": "Condition", "id": "z", "subject": { "reference": "Patient/p2" } });
    let good_page = page(&[condition("a")], None).to_string();
    let json_type = "content-type: application/fhir+json";
    let lies: Vec<(&str, &str, Vec<&str>, String)> = vec![
        ("html", "200 OK", vec!["content-type: text/html"], "<html>Sign in</html>".to_owned()),
        ("json as html", "200 OK", vec!["content-type: text/html"], good_page.clone()),
        ("no type", "200 OK", vec![], good_page.clone()),
        ("html as json", "200 OK", vec![json_type], "<html></html>".to_owned()),
        ("nothing", "200 OK", vec![json_type], String::new()),
        ("half", "200 OK", vec![json_type], good_page[..40].to_owned()),
        ("said to be gzip", "200 OK", vec![json_type, "content-encoding: gzip"], good_page.clone()),
        ("outcome", "200 OK", vec![json_type], json!({ "resourceType": "OperationOutcome", "issue": [] }).to_string()),
        ("one resource", "200 OK", vec![json_type], condition("a").to_string()),
        ("a list", "200 OK", vec![json_type], json!([condition("a")]).to_string()),
        ("other type", "200 OK", vec![json_type], page(&[json!({ "resourceType": "Observation" })], None).to_string()),
        ("history", "200 OK", vec![json_type], json!({ "resourceType": "Bundle", "type": "history" }).to_string()),
        ("other patient", "200 OK", vec![json_type], page(&[condition("a"), other], None).to_string()),
        ("401", "401 Unauthorized", vec![json_type], good_page.clone()),
        ("404", "404 Not Found", vec![json_type], good_page.clone()),
        ("500", "500 Broken", vec![json_type], good_page.clone()),
        ("204", "204 No Content", vec![json_type], String::new()),
        ("206", "206 Partial Content", vec![json_type], good_page.clone()),
    ];
    for (name, status, headers, body) in lies {
        let (status, headers) = (status.to_owned(), headers.into_iter().map(str::to_owned).collect::<Vec<_>>());
        let (content, server) = conditions_from(move |_| {
            let headers: Vec<&str> = headers.iter().map(String::as_str).collect();
            answer(&status, &headers, &body)
        })
        .await;
        assert_eq!(content, Content::Failed, "{name}");
        assert!(server.connections() > 0, "{name}");
    }
}

#[tokio::test]
async fn another_patients_record_is_not_taken_for_this_ones() {
    for patient in [json!({ "resourceType": "Patient", "id": "p2" }), json!({ "resourceType": "Person", "id": "p1" })] {
        let server = Server::start(move |_| fhir(&patient)).await;
        let prefetch = filled(&outbound(&[&server.fhir()]), &call(&server.fhir(), "p1", &json!({}))).await;
        assert_eq!(*prefetch.get(Key::Patient), Content::Failed);
    }
    let (content, _server) = conditions_from(|seen| {
        let other = json!({ "resourceType": "Condition", "subject": { "reference": "Patient/p2" } });
        match seen.target.as_str() {
            "/fhir/Condition?patient=p1" => fhir(&page(&[condition("a")], Some("Condition?page=2"))),
            _ => fhir(&page(&[other], None)),
        }
    })
    .await;
    assert_eq!(content, Content::Failed, "on a later page");
}

#[tokio::test]
async fn a_server_that_hangs_or_trickles_costs_its_call_the_data() {
    let slow = |_: &Seen| Answer::Trickle(b"HTTP/1.1 200 OK\r\ncontent-type: application/fhir+json\r\n".repeat(100));
    for (name, (content, server, outbound)) in
        [("hangs", conditions_and_figures(|_| Answer::Hang).await), ("trickles", conditions_and_figures(slow).await)]
    {
        assert_eq!(content, Content::Failed, "{name}");
        assert_eq!(figure(&outbound, "timeout"), 7, "{name}");
        assert_eq!(server.connections(), Key::ALL.len(), "{name}");
    }
}

#[tokio::test]
async fn pages_that_arrived_before_a_server_hung_are_kept_as_a_part() {
    let (content, _server) = conditions_from(|seen| match seen.target.as_str() {
        "/fhir/Condition?patient=p1" => fhir(&page(&[condition("a")], Some("Condition?page=2"))),
        _ => Answer::Hang,
    })
    .await;
    assert!(matches!(content, Content::Partial { resources, .. } if resources.len() == 1));
}

#[tokio::test]
async fn an_answer_without_end_is_cut_off() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/fhir+json\r\n";
    let announced = move |_: &Seen| Answer::Bytes(format!("{head}content-length: 99999999999\r\n\r\n{{").into_bytes());
    let endless = move |_: &Seen| Answer::Endless(format!("{head}\r\n").into_bytes(), &[b' '; 16_384]);
    let headers =
        |_: &Seen| Answer::Endless(b"HTTP/1.1 200 OK\r\n".to_vec(), b"x-more: aaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n");
    let informed = |_: &Seen| Answer::Endless(Vec::new(), b"HTTP/1.1 103 Early Hints\r\n\r\n");
    for (name, outcome, (content, _server, outbound)) in [
        ("announced", "too-large", conditions_and_figures(announced).await),
        ("endless", "too-large", conditions_and_figures(endless).await),
        ("endless head", "unreachable", conditions_and_figures(headers).await),
        ("endless heads", "timeout", conditions_and_figures(informed).await),
    ] {
        assert_eq!(content, Content::Failed, "{name}");
        assert_eq!(figure(&outbound, outcome), 7, "{name}");
    }
}

#[tokio::test]
async fn one_call_reads_no_more_than_it_may_over_all_pages() {
    let server = Server::start(|seen| {
        let number: usize = seen.target.split("page=").nth(1).and_then(|number| number.parse().ok()).unwrap_or(0);
        let large = json!({ "resourceType": "Condition", "note": [{ "text": "x".repeat(40_000) }] });
        fhir(&page(&[large], Some(&format!("Condition?page={}", number + 1))))
    })
    .await;
    let config = FhirConfig { call_limit_bytes: 200_000, ..config(&[&server.fhir()]) };
    let outbound = Outbound::new(&config, Vec::new()).unwrap();
    let prefetch = filled(&outbound, &call(&server.fhir(), "p1", &all_but_conditions())).await;
    assert!(matches!(prefetch.get(Key::Conditions), Content::Partial { resources, .. } if resources.len() == 4));
    assert_eq!(figure(&outbound, "too-large"), 1);
}

#[tokio::test]
async fn pages_without_end_are_read_up_to_the_limit_and_a_circle_once() {
    let (content, server) = conditions_from(|seen| {
        let number: usize = seen.target.split("page=").nth(1).and_then(|number| number.parse().ok()).unwrap_or(0);
        match seen.target.split('?').next() {
            Some("/fhir/Condition") => fhir(&page(&[condition("a")], Some(&format!("Condition?page={}", number + 1)))),
            _ => good(seen),
        }
    })
    .await;
    assert!(matches!(content, Content::Partial { resources, .. } if resources.len() == 20));
    assert_eq!(server.targets().iter().filter(|target| target.starts_with("/fhir/Condition")).count(), 20);

    let (content, server) = conditions_from(|seen| match seen.target.split('?').next() {
        Some("/fhir/Condition") => fhir(&page(&[condition("a")], Some("Condition?patient=p1"))),
        _ => good(seen),
    })
    .await;
    assert!(matches!(content, Content::Partial { resources, .. } if resources.len() == 1));
    assert_eq!(server.targets().iter().filter(|target| target.starts_with("/fhir/Condition")).count(), 1);
}

#[tokio::test]
async fn a_server_that_hangs_keeps_no_call_to_another_server_waiting_and_few_to_itself() {
    let hung = Server::start(|_| Answer::Hang).await;
    let healthy = Server::start(good).await;
    let config = FhirConfig { waiting_limit: 2, ..config(&[&hung.fhir(), &healthy.fhir()]) };
    let outbound = Outbound::new(&config, Vec::new()).unwrap();
    let to_hung = call(&hung.fhir(), "p1", &all_but_conditions());
    let to_healthy = call(&healthy.fhir(), "p1", &json!({}));
    let waiting = futures_util::future::join_all((0..12).map(|_| filled(&outbound, &to_hung)));
    let (hung_ones, healthy_one) = tokio::join!(waiting, filled(&outbound, &to_healthy));
    assert!(hung_ones.iter().all(|prefetch| *prefetch.get(Key::Conditions) == Content::Failed));
    assert!(Key::ALL.into_iter().all(|key| healthy_one.get(key).is_whole()));
    assert_eq!(hung.connections(), 2);
    assert_eq!((figure(&outbound, "busy"), figure(&outbound, "timeout")), (10, 2));
}

#[tokio::test]
async fn neither_tokens_nor_ids_nor_addresses_are_logged_at_any_level() {
    for behave in [good as fn(&Seen) -> Answer, |_| Answer::Hang, |_| answer("302 Found", &["location: /canary"], "")] {
        let server = Server::start(behave).await;
        let base = format!("http://{}/fhir/canary-base", server.address);
        for id in ["canary-patient", "../canary"] {
            filled(&outbound(&[&base]), &call(&base, id, &json!({}))).await;
            filled(&outbound(&[]), &call(&base, id, &json!({}))).await;
        }
        filled(&outbound(&["http://127.0.0.1:9/canary"]), &call("http://127.0.0.1:9/canary", "canary", &json!({})))
            .await;
    }
    let log = log().text();
    assert!(log.contains("asked another service"), "nothing was captured");
    for secret in ["canary", TOKEN, "127.0.0.1:9", "patient=p1"] {
        assert!(!log.contains(secret), "{secret}");
    }
}
