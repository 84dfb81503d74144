//! In which language an answer is written.

use reqwest::Response;
use serde_json::{Value, json};

use crate::support::{Service, ordinary, start};

async fn asked(service: &Service, address: &str, languages: &str, body: &Value) -> Response {
    let request = service.client.post(format!("{}{address}", service.url)).json(body);
    let response = request.header("accept-language", languages).send().await.unwrap();
    assert_eq!(response.status(), 200, "{address} {languages}");
    assert!(response.headers().get_all("vary").iter().any(|value| value == "Accept-Language"), "{languages}");
    response
}

fn is_russian(text: &Value) -> bool {
    text.as_str().unwrap().to_lowercase().chars().any(|letter| ('а'..='я').contains(&letter))
}

/// A condition of which not everything is known, one nearly understood and one not.
fn telling() -> Value {
    json!({
        "session": { "massageType": "relaxing", "date": "2026-11-28" },
        "intake": "complete",
        "conditions": [
            { "id": "hypertension" }, { "text": "hypertensoin" }, { "text": "qwertyzxcv" }
        ]
    })
}

#[tokio::test]
async fn all_prose_of_a_screening_is_in_the_language_that_is_asked_for() {
    let service = start();
    let mut flagged = telling();
    flagged["conditions"].as_array_mut().unwrap().push(json!({ "id": "thrombosis" }));
    let half_asked =
        json!({ "session": { "massageType": "thai" }, "intake": "partial", "asked": ["skin"], "conditions": [] });
    for (request, lists) in [
        (telling(), ["reasons", "questions"]),
        (flagged, ["reasons", "redFlags"]),
        (half_asked, ["reasons", "questions"]),
    ] {
        let response = asked(&service, "/v1/screenings", "de, ru-RU;q=0.9, en;q=0.8", &request).await;
        assert_eq!(response.headers()["content-language"], "ru");
        let answer: Value = response.json().await.unwrap();
        let mut texts: Vec<&Value> = answer["messages"].as_object().unwrap().values().collect();
        texts.push(&answer["disclaimer"]);
        for list in lists {
            let found = answer[list].as_array().unwrap();
            assert!(!found.is_empty(), "no {list}");
            texts.extend(found.iter().map(|item| &item["text"]));
            texts.extend(found.iter().filter_map(|item| item["labels"].as_object()).flat_map(|labels| labels.values()));
        }
        for text in texts {
            assert!(is_russian(text), "{text}");
        }
    }
    service.finish().await;
}

#[tokio::test]
async fn a_language_that_there_is_not_is_answered_in_english() {
    let service = start();
    let plain = service.screen(&ordinary()).await;
    assert_eq!(plain.headers()["content-language"], "en");
    let plain = plain.bytes().await.unwrap();
    for languages in ["de", "en-GB, ru;q=0.9", "*", "ru;q=0", "ru;q=7", "\"", "en-*"] {
        let response = asked(&service, "/v1/screenings", languages, &ordinary()).await;
        assert_eq!(response.headers()["content-language"], "en", "{languages}");
        assert_eq!(response.bytes().await.unwrap(), plain, "{languages}");
    }
    service.finish().await;
}

#[tokio::test]
async fn a_ruleset_from_before_there_were_languages_answers_in_english_and_says_so() {
    let service = start();
    let response = asked(&service, "/v1/screenings?ruleset=1.0.0", "ru", &ordinary()).await;
    assert_eq!(response.headers()["content-language"], "en");
    let answer: Value = response.json().await.unwrap();
    assert!(!is_russian(&answer["messages"]["client"]));
    service.finish().await;
}

#[tokio::test]
async fn an_assessment_is_in_the_language_that_is_asked_for_and_its_report_in_english() {
    let service = start();
    let body = json!({
        "session": { "massageType": "classical", "bodyRegions": ["back"] },
        "hoursSinceSession": 20,
        "intake": "complete",
        "conditions": [],
        "symptoms": [{ "text": "muscle soreness", "bodyRegion": "back", "onsetHoursAfter": 6 }]
    });
    let response = asked(&service, "/v1/post-session-assessments", "ru", &body).await;
    assert_eq!(response.headers()["content-language"], "ru");
    let answer: Value = response.json().await.unwrap();
    for list in ["reasons", "selfCare", "watchFor", "questions"] {
        let items = answer[list].as_array().unwrap();
        assert!(!items.is_empty(), "no {list}");
        assert!(items.iter().all(|item| is_russian(&item["text"])), "{list}");
    }
    assert!(is_russian(&answer["messages"]["client"]) && is_russian(&answer["disclaimer"]));
    let report = asked(&service, "/v1/post-session-assessments?report=fhir", "ru", &body).await;
    assert_eq!(report.headers()["content-language"], "en");
    service.finish().await;
}

#[tokio::test]
async fn the_client_is_told_how_urgent_a_red_flag_is_and_the_front_desk_what_to_do() {
    let service = start();
    for (condition, english, russian) in [
        (json!({ "id": "chest-pain" }), "emergency", "скор"),
        (json!({ "id": "thrombosis", "phase": "acute" }), "today", "сегодня"),
        (json!({ "id": "skin-growth-suspicious" }), "soon", "ближайш"),
    ] {
        let mut body = ordinary();
        body["conditions"] = json!([condition]);
        for (language, word) in [("en", english), ("ru", russian)] {
            let answer: Value = asked(&service, "/v1/screenings", language, &body).await.json().await.unwrap();
            assert_eq!(answer["action"], "refer", "{condition}");
            let told = answer["messages"]["client"].as_str().unwrap();
            assert!(told.contains(word), "{told}");
            let desk = answer["messages"]["frontDesk"].as_str().unwrap();
            assert!(desk.starts_with("Do not book.") || desk.starts_with("Не записывайте."), "{desk}");
        }
    }
    service.finish().await;
}

#[tokio::test]
async fn a_ruleset_says_in_which_languages_it_answers() {
    let service = start();
    assert_eq!(service.json("/v1/rulesets/latest").await["languages"], json!(["en", "ru"]));
    assert_eq!(service.json("/v1/rulesets/1.0.0").await["languages"], json!(["en"]));
    service.finish().await;
}

#[tokio::test]
async fn batches_and_calendars_are_in_the_language_that_is_asked_for() {
    let service = start();
    let batch = json!({ "items": [{ "id": "one", "request": telling() }, { "id": "two", "request": ordinary() }] });
    let response = asked(&service, "/v1/screenings/batch", "ru", &batch).await;
    assert_eq!(response.headers()["content-language"], "ru");
    let answer: Value = response.json().await.unwrap();
    for (at, body) in [telling(), ordinary()].into_iter().enumerate() {
        let alone: Value = asked(&service, "/v1/screenings", "ru", &body).await.json().await.unwrap();
        assert_eq!(answer["items"][at]["screening"], alone);
    }
    let page = json!({ "dates": ["2026-11-28"], "intake": "complete", "conditions": [] });
    let response = asked(&service, "/v1/screenings/matrix", "ru", &page).await;
    assert_eq!(response.headers()["content-language"], "ru");
    assert!(is_russian(&response.json::<Value>().await.unwrap()["disclaimer"]));
    service.finish().await;
}
