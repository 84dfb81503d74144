//! Whole calls of hooks, as data: what an EHR sends, and the cards that a clinician expects.

use std::collections::BTreeSet;

use kneadsafe::cds::raw::{Members, Resource, resources};
use kneadsafe::config::ServeConfig;
use reqwest::Method;
use serde_json::value::RawValue;
use serde_json::{Value, json};

use crate::oracle::{Body, check, complaints};
use crate::support::{Service, start_with};

const FILES: [&str; 9] = [
    include_str!("hooks/records.json"),
    include_str!("hooks/prefetch.json"),
    include_str!("hooks/bookings.json"),
    include_str!("hooks/orders.json"),
    include_str!("hooks/views.json"),
    include_str!("hooks/reasons.json"),
    include_str!("hooks/names.json"),
    include_str!("hooks/asides.json"),
    include_str!("hooks/whose.json"),
];
const SERVICE: &str = "/cds-services/massage-contraindications";
pub(crate) const PUBLIC: &str = "https://cds.example.org/kneadsafe";

pub(crate) fn start() -> Service {
    start_with(ServeConfig { public_url: Some(PUBLIC.to_owned()), ..ServeConfig::default() })
}

/// Every case of the files, with its name.
fn cases() -> Vec<(String, Value)> {
    let files = FILES.iter().flat_map(|file| serde_json::from_str::<Vec<Value>>(file).unwrap());
    files.map(|case| (case["case"].as_str().unwrap().to_owned(), case)).collect()
}

/// Sends a call: the status and the body, as text and understood; both bodies are held to the specification.
pub(crate) async fn send(service: &Service, call: &str) -> (u16, String, Value) {
    let request =
        service.request(Method::POST, SERVICE).header("content-type", "application/json").body(call.to_owned());
    let response = request.send().await.unwrap();
    let status = response.status().as_u16();
    let kind = response.headers()["content-type"].to_str().unwrap().to_owned();
    let text = response.text().await.unwrap();
    let body: Value = serde_json::from_str(&text).unwrap();
    if status == 200 {
        assert_eq!(kind, "application/json");
        check(Body::Response, &body);
    } else {
        assert_eq!(kind, "application/fhir+json", "{text}");
        check(Body::Outcome, &body);
    }
    (status, text, body)
}

async fn ask(service: &Service, case: &Value) -> (u16, String, Value) {
    let conforms = complaints(Body::Request, &case["call"]).is_empty();
    assert_eq!(conforms, case["quirk"] != true, "{}: {:?}", case["case"], complaints(Body::Request, &case["call"]));
    send(service, &case["call"].to_string()).await
}

fn cards(body: &Value) -> &[Value] {
    body["cards"].as_array().map(Vec::as_slice).unwrap_or_default()
}

fn texts<'v>(list: &'v Value, member: &str) -> Vec<&'v str> {
    list.as_array().into_iter().flatten().map(|item| item[member].as_str().unwrap()).collect()
}

fn strings(list: &Value) -> Vec<&str> {
    list.as_array().into_iter().flatten().map(|item| item.as_str().unwrap()).collect()
}

fn holds_up(name: &str, expected: &Value, card: &Value) {
    assert_eq!(card["indicator"], expected["indicator"], "{name}");
    let summary = expected["summary"].as_str().unwrap();
    let told = card["summary"].as_str().unwrap();
    assert!(summary.strip_suffix('*').map_or(told == summary, |start| told.starts_with(start)), "{name}: {told}");
    let detail = card["detail"].as_str().unwrap();
    for rule in strings(&expected["rules"]) {
        assert!(detail.contains(&format!("Rule [`{rule}`]({PUBLIC}/v1/rulesets/")), "{name}: {rule} in {detail}");
    }
    for text in strings(&expected["says"]) {
        assert!(detail.contains(text), "{name}: {text} in {detail}");
    }
    for text in strings(&expected["saysNot"]) {
        assert!(!detail.contains(text), "{name}: {text} in {detail}");
    }
    assert!(detail.contains("not a diagnosis"), "{name}");
    if expected.get("suggestions").is_some() {
        assert_eq!(texts(&card["suggestions"], "label"), strings(&expected["suggestions"]), "{name}");
        let recommended = card["suggestions"].as_array().into_iter().flatten().find(|it| it["isRecommended"] == true);
        assert_eq!(recommended.map(|it| &it["label"]), expected.get("recommended"), "{name}");
    }
}

#[tokio::test]
async fn every_case_gets_the_cards_that_are_expected() {
    let service = start();
    let cases = cases();
    assert!(cases.len() >= 40, "{}", cases.len());
    let mut names = BTreeSet::new();
    for (name, case) in &cases {
        assert!(names.insert(name), "{name} twice");
        let (status, _, body) = ask(&service, case).await;
        assert_eq!(u64::from(status), case["expect"]["status"], "{name}: {body}");
        let expected = case["expect"]["cards"].as_array().map(Vec::as_slice).unwrap_or_default();
        assert_eq!(cards(&body).len(), expected.len(), "{name}: {body:#}");
        expected.iter().zip(cards(&body)).for_each(|(expected, card)| holds_up(name, expected, card));
        let lacking: Vec<String> =
            strings(&case["expect"]["lacking"]).iter().map(|key| format!("prefetch.{key}")).collect();
        let told: Vec<&str> =
            body["issue"].as_array().into_iter().flatten().map(|it| it["expression"][0].as_str().unwrap()).collect();
        assert_eq!(told, lacking, "{name}");
    }
}

#[tokio::test]
async fn a_booking_of_which_a_part_cannot_be_read_is_never_passed_over() {
    let service = start();
    let (_, case) = cases().into_iter().find(|(name, _)| name == "a title of ordinary words").unwrap();
    let whole = case["call"].to_string();
    let (_, _, body) = send(&service, &whole).await;
    assert!(cards(&body).is_empty());
    for member in ["priority", "serviceType", "reasonCode"] {
        // A number that no machine holds stands where the member was, or beside the others.
        let odd = whole.replacen(r#""status":"proposed""#, &format!(r#""status":"proposed","{member}":1e999"#), 1);
        let odd =
            odd.replacen(r#""serviceType":[{"text":"Relaxing massage"}],"#, "", usize::from(member == "serviceType"));
        assert_ne!(odd, whole);
        let (status, _, body) = send(&service, &odd).await;
        assert_eq!((status, cards(&body).len()), (200, 1), "{member}: {body}");
        assert!(
            cards(&body)[0]["detail"].as_str().unwrap().contains("A part of the booking could not be read."),
            "{member}: {body:#}"
        );
    }
}

#[tokio::test]
async fn what_is_said_beside_a_booking_counts_where_it_is_about_the_client_and_is_there() {
    const NAMED: [(&str, &str); 25] = [
        ("comment", "Risk of falls, osteoporosis"),
        ("comment", "on warfarin, call doctor if bruising"),
        ("comment", "Client is 30 weeks pregnant, please check if side-lying is available"),
        ("comment", "If possible room 2, DVT"),
        ("comment", "Not sure if pregnant"),
        ("comment", "unsure if she has a DVT"),
        ("comment", "Schwanger, falls möglich Seitenlage"),
        ("comment", "Embarazada, sí"),
        ("comment", "cancer patient needs letter"),
        ("comment", "recent stroke"),
        ("comment", "DVT LEFT LEG SEE LETTER"),
        ("comment", "DVT - SEE NOTES"),
        ("comment", "client has dvt please call dr"),
        ("comment", "Headache, letter attached re DVT"),
        ("comment", "no pressure on legs (DVT)"),
        ("comment", "no face-down - pregnant"),
        ("comment", "booked by husband (pregnant)"),
        ("description", "Prenatal massage"),
        ("description", "Schwangerschaftsmassage"),
        ("description", "นวดคนท้อง"),
        ("serviceType", "Pregnancy massage"),
        ("specialty", "Oncology massage"),
        ("serviceCategory", "Prenatal massage"),
        ("supportingInformation", "Deep vein thrombosis, left leg"),
        ("comment", "Broken leg in October, likes firm pressure"),
    ];
    const ORDINARY: [(&str, &str); 20] = [
        ("comment", "Please cancel if you have a fever or a cold."),
        ("comment", "Ms. Jones prefers room 2"),
        ("comment", "for Ms. Smith, 60 min"),
        ("comment", "Dr. Stroke will see her first"),
        ("comment", "Form: no DVT"),
        ("comment", "Consent form: no fever, no DVT, no cancer"),
        ("comment", "DVT: none"),
        ("comment", "DVT excluded"),
        ("comment", "DVT ruled out last week by ultrasound"),
        ("comment", "Doctor says no DVT so fine"),
        ("comment", "Any cancer? no. Any DVT? no."),
        ("comment", "Pregnant? No"),
        ("comment", "Deposit CAD 50 paid"),
        ("comment", "client likes cold towels"),
        ("comment", "Prefers Anna, firm pressure, room 2, paid by card"),
        ("comment", "No allergies. 60 min with Anna"),
        ("comment", "Gift voucher from her husband"),
        ("serviceType", "Rückenmassage"),
        ("specialty", "Oncology"),
        ("patientInstruction", "Tell us about a pregnancy."),
    ];
    let service = start();
    let (_, case) = cases().into_iter().find(|(name, _)| name == "a title of ordinary words").unwrap();
    for ((member, text), warned) in NAMED.map(|it| (it, true)).into_iter().chain(ORDINARY.map(|it| (it, false))) {
        let mut call = case["call"].clone();
        let booking = &mut call["context"]["appointments"]["entry"][0]["resource"];
        booking[member] = match member {
            "comment" | "description" | "patientInstruction" => json!(text),
            "supportingInformation" => json!([{ "display": text }]),
            _ => json!([{ "text": text }]),
        };
        let (_, _, body) = send(&service, &call.to_string()).await;
        assert_eq!(!cards(&body).is_empty(), warned, "{member}: {text}: {body:#}");
    }
}

#[tokio::test]
async fn notes_longer_than_any_booking_has_are_a_part_that_is_not_read_and_its_title_is() {
    let service = start();
    let (_, case) = cases().into_iter().find(|(name, _)| name == "a title of ordinary words").unwrap();
    for (title, rule) in [("Relaxing massage", "incomplete-intake.hold"), ("Massage, acute DVT", "thrombosis.current")]
    {
        let mut call = case["call"].clone();
        let booking = &mut call["context"]["appointments"]["entry"][0]["resource"];
        booking["description"] = title.into();
        booking["comment"] = "all well. ".repeat(2_500).into();
        let (_, _, body) = send(&service, &call.to_string()).await;
        let detail = cards(&body)[0]["detail"].as_str().unwrap();
        assert!(detail.contains("A part of the booking could not be read."), "{detail}");
        assert!(detail.contains(rule), "{title}: {detail}");
    }
}

#[tokio::test]
async fn every_card_says_where_it_comes_from_and_the_strictest_stands_first() {
    let service = start();
    let weight = |card: &Value| ["info", "warning", "critical"].iter().position(|it| card["indicator"] == *it).unwrap();
    for (name, case) in cases() {
        let (_, _, body) = ask(&service, &case).await;
        assert!(cards(&body).is_sorted_by(|one, other| weight(one) >= weight(other)), "{name}");
        for card in cards(&body) {
            assert_eq!(card["source"]["url"], format!("{PUBLIC}/"));
            assert_eq!(card["source"]["topic"]["system"], "https://kneadsafe.example/fhir/CodeSystem/massage-type");
            let links = card["links"].as_array().map(Vec::as_slice).unwrap_or_default();
            assert!(links.iter().all(|link| link["url"].as_str().unwrap().starts_with(PUBLIC)), "{name}");
            assert!(!links.is_empty() || !card["detail"].as_str().unwrap().contains("**Reasons**"), "{name}");
            assert!(card.get("systemActions").is_none() && body.get("systemActions").is_none());
        }
    }
}

/// The bookings of a call.
fn booked(call: &Value) -> Vec<Resource> {
    let list = call["context"].get("appointments").or_else(|| call["context"].get("draftOrders")).unwrap();
    resources(&serde_json::value::to_raw_value(list).unwrap()).unwrap()
}

/// The call with this resource alone.
fn instead(call: &Value, resource: &Value) -> Value {
    let mut call = call.clone();
    let bundle = json!({ "resourceType": "Bundle", "entry": [{ "resource": resource }] });
    let name = if call["context"].get("appointments").is_some() { "appointments" } else { "draftOrders" };
    call["context"][name] = bundle;
    call
}

#[tokio::test]
async fn every_suggestion_keeps_the_resource_but_for_one_thing_and_is_really_better() {
    const MAY_CHANGE: [&str; 6] = ["serviceType", "description", "start", "end", "code", "occurrenceDateTime"];
    let service = start();
    let mut updates = 0;
    for (name, case) in cases() {
        let (_, _, body) = ask(&service, &case).await;
        for card in cards(&body) {
            for action in
                card["suggestions"].as_array().into_iter().flatten().flat_map(|it| it["actions"].as_array().unwrap())
            {
                if action["type"] == "delete" {
                    let (kind, id) = action["resourceId"].as_str().unwrap().split_once('/').unwrap();
                    assert!(booked(&case["call"]).iter().any(|it| it.kind() == kind && it.id() == Some(id)), "{name}");
                    continue;
                }
                updates += 1;
                let resource = &action["resource"];
                let original =
                    booked(&case["call"]).into_iter().find(|it| it.value["id"] == resource["id"]).unwrap().value;
                let members = |value: &Value| value.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
                for member in members(&original).union(&members(resource)) {
                    assert!(
                        original.get(member) == resource.get(member) || MAY_CHANGE.contains(&member.as_str()),
                        "{name}: {member}"
                    );
                }
                let (status, _, again) = send(&service, &instead(&case["call"], resource).to_string()).await;
                assert_eq!(status, 200);
                let weight =
                    |card: Option<&Value>| card.map_or(0, |card| if card["indicator"] == "critical" { 2 } else { 1 });
                let untold = card["summary"].as_str().unwrap().contains("type not told");
                assert!(weight(cards(&again).first()) < weight(Some(card)) + u8::from(untold), "{name}: {again:#}");
            }
        }
    }
    assert!(updates >= 10, "{updates}");
}

#[tokio::test]
async fn no_part_of_a_record_that_fails_turns_a_card_into_silence() {
    let service = start();
    let failed = json!({ "resourceType": "OperationOutcome", "issue": [{ "severity": "error", "code": "exception" }] });
    for case in serde_json::from_str::<Vec<Value>>(FILES[0]).unwrap() {
        if case["expect"]["cards"].as_array().is_none_or(Vec::is_empty) {
            continue;
        }
        for key in case["call"]["prefetch"].as_object().unwrap().keys() {
            let mut call = case["call"].clone();
            call["prefetch"][key] = failed.clone();
            let (status, _, body) = send(&service, &call.to_string()).await;
            assert!(status == 412 || !cards(&body).is_empty(), "{}: {key}", case["case"]);
        }
    }
}

/// A Thai massage of a pregnant patient, written in an unusual way.
fn odd_appointment() -> &'static str {
    r#"{ "status":"proposed",  "resourceType" : "Appointment","id":"a1","priority":1.0, "meta":{"tag":[ {"code":"1e2"} ] },
      "serviceType":[{"coding":[{"system":"http://example.org/other","code":"x"}]},{"text":"Thai massage"}],
      "extension":[{"url":"http://example.org/cost","valueDecimal":1.50}],"minutesDuration" : 6e1,"comment":"caf\u00e9 \/ 1.0",
      "start":"2026-11-28T10:00:00.000-06:00","end":"2026-11-28T11:00:00.000-06:00",
      "participant":[{"actor":{"reference":"Patient/p1"},"status":"accepted"}], "zzz":1.0e0 }"#
}

fn odd_call(hook_instance: &str) -> String {
    let (_, pregnant) =
        cases().into_iter().find(|(name, _)| name.starts_with("a pregnancy and a Thai massage")).unwrap();
    format!(
        r#"{{"hook":"appointment-book","hookInstance":"{hook_instance}","extension":{{"org.example.x":{{"a":[]}}}},"unknown":{{"b":null}},
        "context":{{"userId":"Practitioner/1","patientId":"p1","more":[1],"appointments":{{"resourceType":"Bundle","entry":[{{"resource":{}}}]}}}},
        "prefetch":{}}}"#,
        odd_appointment(),
        pregnant["call"]["prefetch"]
    )
}

const ONE: &str = "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea";
const OTHER: &str = "00000000-dfbe-44ad-ba6d-3e05e953b2ea";

#[tokio::test]
async fn what_is_not_changed_goes_back_byte_for_byte_and_unknown_members_are_left_alone() {
    let service = start();
    let (status, text, _) = send(&service, &odd_call(ONE)).await;
    assert_eq!(status, 200, "{text}");
    let answer = Members::read(&serde_json::from_str::<Box<RawValue>>(&text).unwrap()).unwrap();
    let cards: Vec<Members> = serde_json::from_str(answer.get("cards").unwrap().get()).unwrap();
    let suggestions: Vec<Members> = serde_json::from_str(cards[0].get("suggestions").unwrap().get()).unwrap();
    let actions: Vec<Members> = serde_json::from_str(suggestions[0].get("actions").unwrap().get()).unwrap();
    let changed = Members::read(actions[0].get("resource").unwrap()).unwrap();
    let original = Members::read(&serde_json::from_str::<Box<RawValue>>(odd_appointment()).unwrap()).unwrap();
    for member in [
        "status",
        "id",
        "priority",
        "meta",
        "extension",
        "minutesDuration",
        "comment",
        "start",
        "end",
        "participant",
        "zzz",
    ] {
        assert_eq!(changed.get(member).unwrap().get(), original.get(member).unwrap().get(), "{member}");
    }
    let types: Vec<Box<RawValue>> = serde_json::from_str(changed.get("serviceType").unwrap().get()).unwrap();
    assert_eq!(types[0].get(), r#"{"coding":[{"system":"http://example.org/other","code":"x"}]}"#);
    assert_eq!(serde_json::from_str::<Value>(types[1].get()).unwrap()["coding"][0]["code"], "relaxing");
    let resource = actions[0].get("resource").unwrap().get();
    let order = ["resourceType", "priority", "meta", "serviceType", "extension", "zzz"];
    let places = order.map(|member| resource.find(&format!("\"{member}\"")).unwrap());
    assert!(places.is_sorted(), "{resource}");
}

#[tokio::test]
async fn cards_and_suggestions_are_named_the_same_for_the_same_call_and_otherwise_not() {
    let service = start();
    let names = async |call: &str| {
        let (_, _, body) = send(&service, call).await;
        let suggestions = body["cards"][0]["suggestions"].as_array().unwrap().iter().map(|it| it["uuid"].to_string());
        suggestions.chain([body["cards"][0]["uuid"].to_string()]).collect::<Vec<_>>()
    };
    let (one, again, other) = (names(&odd_call(ONE)).await, names(&odd_call(ONE)).await, names(&odd_call(OTHER)).await);
    assert_eq!(one, again);
    assert!(one.len() >= 3 && one.iter().collect::<BTreeSet<_>>().len() == one.len());
    assert!(one.iter().all(|name| !other.contains(name)));
}

#[tokio::test]
async fn without_an_address_of_its_own_the_service_gives_no_links() {
    let service = start_with(ServeConfig::default());
    let (_, text, body) = send(&service, &odd_call(ONE)).await;
    let card = &body["cards"][0];
    assert!(card.get("links").is_none() && card["source"].get("url").is_none(), "{text}");
    assert!(card["detail"].as_str().unwrap().contains("Rule `pregnancy."), "{text}");
}

#[tokio::test]
async fn a_call_that_lacks_something_hears_of_all_of_it() {
    let service = start();
    let told = async |call: &str| {
        let (status, _, body) = send(&service, call).await;
        let places = body["issue"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| it["expression"][0].as_str().unwrap_or("body").to_owned());
        (status, places.collect::<Vec<_>>())
    };
    let all = |places: &[&str]| (400, places.iter().map(|place| (*place).to_owned()).collect::<Vec<_>>());
    assert_eq!(told("{}").await, all(&["context", "hook", "hookInstance"]));
    assert_eq!(
        told(r#"{"hook":"order-select","hookInstance":"i","context":{}}"#).await,
        all(&["context.draftOrders", "context.patientId", "context.selections", "context.userId"])
    );
    assert_eq!(
        told(
            r#"{"hook":"encounter-discharge","hookInstance":"i","context":{"userId":"Practitioner/1","patientId":"1"}}"#
        )
        .await,
        all(&["hook"])
    );
    for broken in ["", "{", "[]", "{\"hook\":\u{1}}", &"[".repeat(200)] {
        assert_eq!(told(broken).await, all(&["body"]), "{broken}");
    }
}

#[tokio::test]
async fn other_addresses_methods_types_and_sizes_are_refused_as_everywhere() {
    let service = start();
    let post = |path: &str| service.request(Method::POST, path).header("content-type", "application/json");
    let unknown = post("/cds-services/other").body(odd_call(ONE)).send().await.unwrap();
    assert_eq!(unknown.status(), 404);
    check(Body::Outcome, &unknown.json().await.unwrap());
    for (method, path, allow) in [
        (Method::GET, SERVICE, "POST, OPTIONS"),
        (Method::PUT, SERVICE, "POST, OPTIONS"),
        (Method::POST, "/cds-services", "GET, HEAD, OPTIONS"),
        (Method::DELETE, "/fhir/CodeSystem/massage-type", "GET, HEAD, OPTIONS"),
    ] {
        let refused = service.request(method, path).send().await.unwrap();
        assert_eq!((refused.status().as_u16(), refused.headers()["allow"].to_str().unwrap()), (405, allow), "{path}");
    }
    let typed = service
        .request(Method::POST, SERVICE)
        .header("content-type", "text/plain")
        .body(odd_call(ONE))
        .send()
        .await
        .unwrap();
    assert_eq!(typed.status(), 415);
    let large = post(SERVICE).body(format!("\"{}\"", "x".repeat(5 * 1024 * 1024))).send().await.unwrap();
    assert_eq!(
        (large.status().as_u16(), large.headers()["content-type"].to_str().unwrap()),
        (413, "application/problem+json")
    );
}

#[tokio::test]
async fn every_booking_is_counted_and_nothing_of_a_call_is_logged() {
    let service = start();
    let (_, two) = cases().into_iter().find(|(name, _)| name.starts_with("two appointments")).unwrap();
    let mut call = two["call"].clone();
    call["hookInstance"] = json!("canary-hook-instance");
    call["context"]["userId"] = json!("Practitioner/canary-user");
    call["prefetch"]["conditions"]["entry"][0]["resource"]["note"] = json!([{ "text": "canary-note" }]);
    call["prefetch"]["conditions"]["entry"][0]["resource"]["code"] = json!({ "text": "canary-condition" });
    call["fhirAuthorization"] = json!({ "access_token": "canary-token", "token_type": "Bearer" });
    let (status, _, body) = send(&service, &call.to_string()).await;
    assert_eq!((status, cards(&body).len()), (200, 2));
    send(&service, "{\"hook\":\"canary-hook\"}").await;
    let figures = service.get("/metrics").send().await.unwrap().text().await.unwrap();
    assert!(
        figures.contains("kneadsafe_cds_cards_total{hook=\"appointment-book\",indicator=\"warning\"} 2"),
        "{figures}"
    );
    assert!(figures.contains("kneadsafe_screenings_total{verdict=\"caution\",ruleset=\"1.2.0\"} 2"), "{figures}");
    assert!(!figures.contains("canary"));
    let log = crate::support::log().text();
    assert!(log.contains("answered one hook") && !log.contains("canary"), "{log}");
}
