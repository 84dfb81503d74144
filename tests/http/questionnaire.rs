//! The intake form, and the screening of its answers.

use reqwest::Response;
use serde_json::{Value, json};

use crate::support::{LOG, Service, faults, problem, start};

const DOOR: &str = "/v1/screenings/from-questionnaire";
const SYSTEM: &str = "https://kneadsafe.example/fhir/CodeSystem";

async fn post(service: &Service, query: &str, kind: &str, body: &Value) -> Response {
    let url = format!("{}{DOOR}{query}", service.url);
    service.client.post(url).header("content-type", kind).body(body.to_string()).send().await.unwrap()
}

async fn answer(service: &Service, body: &Value) -> Response {
    post(service, "", "application/json", body).await
}

async fn screened(response: Response) -> Value {
    assert_eq!(response.status(), 200);
    response.json().await.unwrap()
}

fn plain(answers: &Value) -> Value {
    json!({ "ruleset": "latest", "session": { "massageType": "relaxing", "date": "2026-11-28" }, "answers": answers })
}

fn coding(system: &str, code: &str) -> Value {
    json!({ "valueCoding": { "system": format!("{SYSTEM}/{system}"), "code": code } })
}

fn response(items: &Value) -> Value {
    json!({
        "resourceType": "QuestionnaireResponse",
        "questionnaire": "https://kneadsafe.example/fhir/Questionnaire/intake|latest",
        "status": "completed",
        "item": items
    })
}

#[tokio::test]
async fn the_form_comes_whole_or_for_one_massage_type_and_can_be_kept() {
    let service = start();
    let whole = service.json("/v1/rulesets/latest/questionnaire").await;
    let short = service.json("/v1/rulesets/latest/questionnaire?massageType=Thai").await;
    let options = |form: &Value| -> usize {
        let items = form["groups"].as_array().unwrap().iter().flat_map(|group| group["items"].as_array().unwrap());
        items.map(|item| item["options"].as_array().map_or(0, Vec::len)).sum()
    };
    assert_eq!(short["massageType"], "thai");
    assert!(options(&short) < options(&whole));
    let version = whole["version"].as_str().unwrap();
    let pinned = service.get(&format!("/v1/rulesets/{version}/questionnaire")).send().await.unwrap();
    assert!(pinned.headers()["cache-control"].to_str().unwrap().contains("immutable"));
    let tag = pinned.headers()["etag"].to_str().unwrap().to_owned();
    let again = service.get(&format!("/v1/rulesets/{version}/questionnaire")).header("if-none-match", tag);
    assert_eq!(again.send().await.unwrap().status(), 304);
}

#[tokio::test]
async fn the_form_comes_as_a_fhir_questionnaire_of_every_version() {
    let service = start();
    for version in ["latest", "1.1.0", "1.0.0"] {
        let path = format!("/v1/rulesets/{version}/questionnaire?format=fhir");
        let response = service.get(&path).header("accept", "application/fhir+json").send().await.unwrap();
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "application/fhir+json");
        let resource: Value = response.json().await.unwrap();
        assert_eq!(resource["resourceType"], "Questionnaire");
        assert!(resource["item"].as_array().unwrap().len() > 10);
    }
    let only_fhir = service.get("/v1/rulesets/latest/questionnaire").header("accept", "application/fhir+json");
    problem(only_fhir.send().await.unwrap(), 406, "not-acceptable").await;
}

#[tokio::test]
async fn a_form_that_cannot_be_is_refused_with_guesses() {
    let service = start();
    let unknown = service.get("/v1/rulesets/latest/questionnaire?massageType=thay").send().await.unwrap();
    let unknown = problem(unknown, 422, "invalid-request").await;
    assert_eq!(unknown["errors"][0]["didYouMean"][0], "thai");
    for bad in ["format=xml", "massagetype=thai", "format=fhir&format=json"] {
        let refused = service.get(&format!("/v1/rulesets/latest/questionnaire?{bad}")).send().await.unwrap();
        problem(refused, 400, "invalid-parameter").await;
    }
    let version = service.get("/v1/rulesets/9.9.9/questionnaire").send().await.unwrap();
    problem(version, 404, "unknown-ruleset-version").await;
}

#[tokio::test]
async fn answers_screen_as_the_request_does_that_comes_back_with_them() {
    let service = start();
    let response = answer(
        &service,
        &plain(&json!({
            "urgent.conditions": ["none"],
            "client.age": 70,
            "client.firstSession": true,
            "category.cardiovascular.conditions": "hypertension",
            "condition.hypertension.control": "controlled",
            "category.cancer.conditions": ["cancer"],
            "condition.cancer.phase": "chronic",
            "condition.cancer.bodyRegion": ["lower-back", "neck"],
            "condition.cancer.clearance": "physician",
            "condition.cancer.clearanceDate": "2026-11-20",
            "category.medication.other": ["blood thinners"],
            "category.skin.conditions": "none",
            "category.blood.conditions": [],
            "category.digestive.conditions": null
        })),
    )
    .await;
    for header in ["screening-verdict", "ruleset-version", "ruleset-digest", "x-request-id"] {
        assert!(response.headers().contains_key(header), "{header}");
    }
    assert_eq!(response.headers()["cache-control"], "no-store");
    let mut by_form = screened(response).await;
    let request = by_form.as_object_mut().unwrap().remove("request").unwrap();
    assert_eq!(request["asked"], json!(["cancer", "cardiovascular", "skin"]));
    assert_eq!(request["conditions"].as_array().unwrap().len(), 4, "{request}");
    assert_eq!(request["clearances"], json!([{ "condition": "cancer", "by": "physician", "date": "2026-11-20" }]));
    let by_request: Value = service.screen(&request).await.json().await.unwrap();
    assert_eq!(by_form, by_request);
    let not_asked = by_form["coverage"]["notAsked"].as_array().unwrap();
    assert!(not_asked.contains(&"blood".into()) && !not_asked.contains(&"skin".into()));
}

#[tokio::test]
async fn a_response_in_fhir_screens_as_the_plain_answers_do() {
    let service = start();
    let in_fhir = response(&json!([
        { "linkId": "session", "item": [
            { "linkId": "session.massageType", "answer": [coding("massage-type", "relaxing")] },
            { "linkId": "session.date", "answer": [{ "valueDateTime": "2026-11-28T10:00:00Z" }] },
            { "linkId": "session.pressure", "answer": [{ "valueInteger": 2 }] },
            { "linkId": "session.products", "answer": [coding("product", "none")] }
        ] },
        { "linkId": "client", "item": [
            { "linkId": "client.age", "answer": [{ "valueDecimal": 70.0 }] },
            { "linkId": "client.firstSession", "answer": [{ "valueBoolean": true }] }
        ] },
        { "linkId": "category.cardiovascular", "text": "Heart", "item": [{
            "linkId": "category.cardiovascular.conditions",
            "answer": [{
                "valueCoding": { "display": "High blood pressure" },
                "item": [{ "linkId": "condition.hypertension.control", "answer": [{ "valueString": "controlled" }] }]
            }]
        }] },
        { "linkId": "category.skin", "item": [
            { "linkId": "category.skin.conditions", "answer": [{ "valueCoding": { "code": "none" } }] },
            { "linkId": "category.skin.other", "answer": [{ "valueString": "itchy elbow" }] },
            { "linkId": "never.heard.of", "item": [] }
        ] }
    ]));
    let in_plain = json!({
        "ruleset": "latest",
        "session": { "massageType": "relaxing", "date": "2026-11-28", "pressure": 2, "products": [] },
        "answers": {
            "client.age": 70, "client.firstSession": true, "category.cardiovascular.conditions": "hypertension",
            "condition.hypertension.control": "controlled", "category.skin.conditions": "none",
            "category.skin.other": "itchy elbow"
        }
    });
    let by_plain = screened(answer(&service, &in_plain).await).await;
    for kind in ["application/json", "application/fhir+json; charset=utf-8"] {
        assert_eq!(screened(post(&service, "", kind, &in_fhir).await).await, by_plain);
    }
}

#[tokio::test]
async fn the_session_of_a_response_can_stand_in_the_query() {
    let service = start();
    let items = json!([{ "linkId": "category.skin.conditions", "answer": [{ "valueString": "none" }] }]);
    let query = "?massageType=thai&pressure=4&bodyRegions=back,%20neck&date=2026-11-28&durationMinutes=60";
    let answer = screened(post(&service, query, "application/fhir+json", &response(&items)).await).await;
    assert_eq!(
        answer["request"]["session"],
        json!({
            "massageType": "thai", "pressure": 4, "bodyRegions": ["back", "neck"], "date": "2026-11-28",
            "durationMinutes": 60
        })
    );
    let bad = "?massageType=thia&bodyRegions=back,nek";
    let refused =
        problem(post(&service, bad, "application/fhir+json", &response(&items)).await, 422, "invalid-request").await;
    let parameters: Vec<&Value> =
        refused["errors"].as_array().unwrap().iter().map(|fault| &fault["parameter"]).collect();
    assert_eq!(parameters, ["massageType", "bodyRegions"]);
    for wrong in ["?pressure=9", "?date=20261128", "?durationMinutes=x", "?name=x"] {
        let refused = post(&service, wrong, "application/fhir+json", &response(&items)).await;
        problem(refused, 400, "invalid-parameter").await;
    }
    let untold = post(&service, "", "application/fhir+json", &response(&items)).await;
    assert_eq!(problem(untold, 422, "invalid-request").await["errors"][0]["parameter"], "massageType");
}

#[tokio::test]
async fn a_form_for_one_massage_type_says_which_and_another_must_ask_the_rest() {
    let service = start();
    let form = service.json("/v1/rulesets/latest/questionnaire?massageType=thai").await;
    let links: Vec<&str> = form["groups"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|group| group["items"].as_array().unwrap())
        .map(|item| item["linkId"].as_str().unwrap())
        .filter(|link_id| link_id.contains(".conditions") && !link_id.starts_with("urgent"))
        .collect();
    assert!(links.iter().any(|link_id| link_id.ends_with("conditions.thai")));
    let items: Vec<Value> =
        links.iter().map(|link_id| json!({ "linkId": link_id, "answer": [{ "valueString": "none" }] })).collect();
    let mut body = response(&json!(items));
    body["questionnaire"] = format!("{}|{}", form["url"].as_str().unwrap(), form["version"].as_str().unwrap()).into();
    let its_own = screened(post(&service, "", "application/fhir+json", &body).await).await;
    assert_eq!(its_own["session"]["massageType"], "thai");
    assert_eq!(its_own["coverage"]["notAsked"], json!([]));
    let sports = screened(post(&service, "?massageType=sports", "application/fhir+json", &body).await).await;
    assert!(!sports["coverage"]["notAsked"].as_array().unwrap().is_empty());
    assert_ne!(sports["verdict"], "allow");
}

#[tokio::test]
async fn every_fault_of_the_answers_is_told_at_once_where_it_was_posted() {
    let service = start();
    let mut bad = plain(&json!({
        "category.cardiovascular.conditions": ["hypertensoin", "aortic-stenosis", "none"],
        "condition.aortic-stenosis.phase": ["chronic", "acute"],
        "condition.aortic-stenosis.clearanceDate": "yesterday",
        "condition.fever.phase": "acute",
        "category.skins.conditions": "none",
        "category.skin": "none",
        "category.skin.other": ["ann@example.org"],
        "client.age": 200,
        "client.pregnancyWeeks": "twelve",
        "client.firstSession": "perhaps",
        "session.date": "2026-11-29"
    }));
    bad["session"]["bodyRegions"] = json!(["bakc"]);
    let document = problem(answer(&service, &bad).await, 422, "invalid-request").await;
    let mut told = faults(&document);
    told.sort();
    let mut expected = vec![
        "/answers/category.cardiovascular.conditions/0 unknown-answer",
        "/answers/category.cardiovascular.conditions/2 contradiction",
        "/answers/category.skin unknown-question",
        "/answers/category.skin.other/0 personal-data",
        "/answers/category.skins.conditions unknown-question",
        "/answers/client.age out-of-range",
        "/answers/client.firstSession wrong-type",
        "/answers/client.pregnancyWeeks wrong-type",
        "/answers/condition.aortic-stenosis.clearanceDate not-a-date",
        "/answers/condition.aortic-stenosis.phase/1 too-many-answers",
        "/answers/condition.fever.phase condition-not-chosen",
        "/answers/session.date said-twice",
        "/session/bodyRegions/0 unknown-body-region",
    ];
    expected.sort_unstable();
    assert_eq!(told, expected);
    let guess = |pointer: &str| {
        let found = document["errors"].as_array().unwrap().iter().find(|fault| fault["pointer"] == pointer);
        found.unwrap()["didYouMean"][0].clone()
    };
    assert_eq!(guess("/answers/category.cardiovascular.conditions/0"), "hypertension");
    assert_eq!(guess("/answers/category.skins.conditions"), "category.skin.conditions");
    let text = document.to_string();
    assert!(!text.contains("hypertensoin") && !text.contains("ann@") && !text.contains("twelve"), "{text}");
}

#[tokio::test]
async fn a_response_that_must_not_be_read_is_refused() {
    let service = start();
    let none = json!([{ "linkId": "category.skin.conditions", "answer": [coding("condition", "none")] }]);
    let with = |name: &str, value: Value| {
        let mut body = response(&none);
        body[name] = value;
        body
    };
    for (body, fault) in [
        (with("status", json!("entered-in-error")), "/status entered-in-error"),
        (with("status", json!("done")), "/status unknown-value"),
        (with("questionnaire", json!("https://example.org/other|1")), "/questionnaire missing"),
        (
            with("questionnaire", json!("https://kneadsafe.example/fhir/Questionnaire/intake|9.9.9")),
            "/questionnaire unknown-ruleset-version",
        ),
        (with("modifierExtension", json!([{ "url": "urn:x" }])), "/modifierExtension not-understood"),
        (with("resourceType", json!("Patient")), "/resourceType unknown-value"),
        (
            response(
                &json!([{ "linkId": "category.skin.conditions", "answer": [{ "valueQuantity": { "value": 1 } }] }]),
            ),
            "/item/0/answer/0/valueQuantity not-understood",
        ),
        (
            response(
                &json!([{ "linkId": "category.skin.conditions", "answer": [{ "valueString": "none", "valueInteger": 1 }] }]),
            ),
            "/item/0/answer/0 exactly-one-value",
        ),
        (
            response(
                &json!([{ "linkId": "category.skin.conditions", "answer": [{ "valueCoding": { "system": "http://snomed.info/sct", "code": "none" } }] }]),
            ),
            "/item/0/answer/0/valueCoding unknown-answer",
        ),
        (response(&json!([{ "answer": [] }])), "/item/0/linkId missing"),
        (response(&json!("x")), "/item wrong-type"),
    ] {
        let refused =
            problem(post(&service, "?massageType=thai", "application/json", &body).await, 422, "invalid-request").await;
        assert_eq!(faults(&refused), [fault], "{body}");
    }
    let pinned = post(
        &service,
        "?massageType=thai&ruleset=latest",
        "application/json",
        &with("questionnaire", json!("https://example.org/other")),
    )
    .await;
    assert_eq!(faults(&problem(pinned, 422, "invalid-request").await), ["/questionnaire unknown-questionnaire"]);
    let no_resource =
        post(&service, "?massageType=thai&ruleset=latest", "application/fhir+json", &json!({ "answers": {} })).await;
    problem(no_resource, 422, "invalid-request").await;
}

#[tokio::test]
async fn the_version_of_the_form_that_was_answered_is_the_one_that_answers() {
    let service = start();
    let versioned = |version: &str| {
        let mut body =
            response(&json!([{ "linkId": "category.skin.conditions", "answer": [{ "valueString": "none" }] }]));
        body["questionnaire"] = format!("https://kneadsafe.example/fhir/Questionnaire/intake{version}").into();
        body
    };
    let old = post(&service, "?massageType=thai", "application/json", &versioned("|1.0.0")).await;
    assert_eq!(old.headers()["ruleset-version"], "1.0.0");
    let other = post(&service, "?massageType=thai&ruleset=1.1.0", "application/json", &versioned("|1.0.0")).await;
    assert_eq!(faults(&problem(other, 422, "invalid-request").await), ["/questionnaire another-version"]);
    let untold = post(&service, "?massageType=thai", "application/json", &versioned("")).await;
    assert_eq!(faults(&problem(untold, 422, "invalid-request").await), ["/questionnaire missing"]);
    let pinned = post(&service, "?massageType=thai&ruleset=1.1.0", "application/json", &versioned("")).await;
    assert_eq!(pinned.headers()["ruleset-version"], "1.1.0");
    let url = format!("{}{DOOR}", service.url);
    let digest = service.client.post(url).header("content-type", "application/json").header("if-match", "\"sha256:0\"");
    problem(digest.body(plain(&json!({})).to_string()).send().await.unwrap(), 412, "ruleset-changed").await;
}

#[tokio::test]
async fn the_examples_of_the_api_document_work_as_they_stand() {
    let service = start();
    let document = service.json("/openapi.json").await;
    let content = &document["paths"][DOOR]["post"]["requestBody"]["content"];
    for kind in ["application/json", "application/fhir+json"] {
        let examples = content[kind]["examples"].as_object().unwrap();
        assert!(!examples.is_empty());
        for (name, example) in examples {
            assert_eq!(post(&service, "", kind, &example["value"]).await.status(), 200, "{name}");
        }
    }
}

#[tokio::test]
async fn who_answered_is_not_read_and_nothing_of_it_is_logged() {
    let service = start();
    let mut body = response(&json!([
        { "linkId": "category.skin.conditions", "text": "canary-asked", "answer": [coding("condition", "eczema")] },
        { "linkId": "category.skin.other", "answer": [{ "valueString": "canary-words" }] }
    ]));
    body["subject"] = json!({ "reference": "Patient/canary-1", "display": "Ann Canary, ann.canary@example.org" });
    body["author"] = json!({ "display": "canary" });
    body["identifier"] = json!({ "value": "canary" });
    let answered = post(&service, "?massageType=thai", "application/fhir+json", &body).await;
    let text = answered.text().await.unwrap();
    assert!(text.contains("canary-words") && !text.contains("canary-1") && !text.contains("ann.canary"), "{text}");
    for bad in [
        json!({ "ruleset": "latest", "answers": { "canary-link": "canary-value", "category.skin.conditions": "canary" } }),
        response(&json!([{ "linkId": "canary", "answer": [{ "valueString": "canary" }] }])),
    ] {
        assert!(answer(&service, &bad).await.status().is_client_error());
    }
    service.finish().await;
    let log = LOG.get().unwrap().text().to_lowercase();
    let lines: Vec<&str> = log.lines().filter(|line| line.contains("canary-") || line.contains("eczema")).collect();
    assert!(lines.is_empty(), "{lines:?}");
}

#[tokio::test]
async fn the_form_and_its_screening_speak_the_language_that_is_asked_for() {
    let service = start();
    let cyrillic = |text: &Value| text.as_str().unwrap().chars().any(|letter| matches!(letter, 'а'..='я'));
    let form = service.json("/v1/rulesets/latest/questionnaire?language=ru&massageType=thai").await;
    assert_eq!(form["language"], "ru");
    for group in form["groups"].as_array().unwrap() {
        assert!(
            cyrillic(&group["title"]) && group["items"].as_array().unwrap().iter().all(|item| cyrillic(&item["text"]))
        );
    }
    let old = service.json("/v1/rulesets/1.0.0/questionnaire?language=ru").await;
    assert_eq!(old["language"], "en");
    // The address says it before the header does, and one that is kept for one language is not taken for another.
    let ask = async |address: &str, languages: &str, known: &str| {
        let get = service.client.get(format!("{}{address}", service.url)).header("accept-language", languages);
        get.header("if-none-match", known).send().await.unwrap()
    };
    let address = "/v1/rulesets/1.2.0/questionnaire";
    let english = ask(address, "de", "\"none\"").await;
    let russian = ask(address, "ru, en;q=0.5", "\"none\"").await;
    assert_eq!(english.headers()["content-language"], "en");
    assert_eq!(russian.headers()["content-language"], "ru");
    let (of_english, of_russian) = (english.headers()["etag"].clone(), russian.headers()["etag"].clone());
    assert_ne!(of_english, of_russian);
    assert!(russian.headers().get_all("vary").iter().any(|value| value == "Accept-Language"));
    assert_eq!(russian.json::<Value>().await.unwrap()["language"], "ru");
    let russian = ask(&format!("{address}?language=ru"), "en", "\"none\"").await;
    assert_eq!(russian.headers()["content-language"], "ru");
    assert_eq!(ask(address, "ru", of_russian.to_str().unwrap()).await.status(), 304);
    assert_eq!(ask(address, "ru", of_english.to_str().unwrap()).await.status(), 200);
    let resource = service.json("/v1/rulesets/latest/questionnaire?language=ru&format=fhir").await;
    assert!(resource["language"] == "ru" && cyrillic(&resource["title"]));
    let url = format!("{}{DOOR}", service.url);
    let asked = service.client.post(url).header("content-type", "application/json").header("accept-language", "ru");
    let answer = asked
        .body(plain(&json!({ "category.skin.conditions": "Экзема (дерматит)" })).to_string())
        .send()
        .await
        .unwrap();
    assert_eq!(answer.headers()["content-language"], "ru");
    let answer: Value = answer.json().await.unwrap();
    assert_eq!(answer["request"]["conditions"], json!([{ "id": "eczema" }]));
    assert!(cyrillic(&answer["messages"]["client"]));
}
