//! What the specification asks of every body: JSON Schemas written by hand from its text, its logical models and invariants.

use serde_json::{Value, json};

/// The bodies that go over the wire.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Body {
    Discovery,
    Request,
    Response,
    Feedback,
    Outcome,
}

impl Body {
    const fn schema(self) -> &'static str {
        match self {
            Self::Discovery => include_str!("schemas/discovery.json"),
            Self::Request => include_str!("schemas/request.json"),
            Self::Response => include_str!("schemas/response.json"),
            Self::Feedback => include_str!("schemas/feedback.json"),
            Self::Outcome => include_str!("schemas/outcome.json"),
        }
    }
}

/// Everything that the specification has against a body, by place.
pub(crate) fn complaints(body: Body, value: &Value) -> Vec<String> {
    let schema: Value = serde_json::from_str(body.schema()).unwrap();
    let validator = jsonschema::options().should_validate_formats(true).build(&schema).unwrap();
    let mut found: Vec<String> =
        validator.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    if !matches!(body, Body::Request | Body::Feedback) {
        empty(value, "", &mut found);
    }
    found
}

/// Fails where the specification has anything against a body.
pub(crate) fn check(body: Body, value: &Value) {
    let found = complaints(body, value);
    assert!(found.is_empty(), "{body:?}: {found:#?}\n{value:#}");
}

/// Nothing is null or empty but an answer without cards; what an EHR wrote into its own resource is its own.
fn empty(value: &Value, at: &str, found: &mut Vec<String>) {
    if at.ends_with("/resource") {
        return;
    }
    let nothing = value.is_null() || *value == json!("") || *value == json!({}) || *value == json!([]);
    if nothing && at != "/cards" {
        found.push(format!("{at}: empty"));
    }
    match value {
        Value::Object(members) => {
            members.iter().for_each(|(name, member)| empty(member, &format!("{at}/{name}"), found));
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(number, item)| empty(item, &format!("{at}/{number}"), found));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[test]
fn the_oracle_finds_what_is_wrong() {
    let card = json!({ "summary": "s", "indicator": "info", "source": { "label": "l" } });
    check(Body::Response, &json!({ "cards": [] }));
    check(Body::Response, &json!({ "cards": [card] }));
    let with = |name: &str, value: Value| {
        let mut card = card.clone();
        card[name] = value;
        json!({ "cards": [card] })
    };
    let suggestion = |recommended: bool| json!({ "label": "l", "isRecommended": recommended });
    let twice = json!([suggestion(true), suggestion(true)]);
    for bad in [
        json!({}),
        json!({ "cards": [], "systemActions": [] }),
        with("summary", json!("x".repeat(140))),
        with("indicator", json!("Warning")),
        with("detail", json!("")),
        with("suggestions", json!([])),
        with("suggestions", json!([suggestion(true)])),
        with("source", json!({ "label": "l", "url": "/relative" })),
        with("overrideReasons", json!([{ "code": "c", "system": "s" }])),
        with("links", json!([{ "label": "l", "url": "https://x.example", "type": "absolute", "appContext": "a" }])),
        json!({ "cards": [{
            "summary": "s", "indicator": "info", "source": { "label": "l" }, "selectionBehavior": "at-most-one", "suggestions": twice
        }] }),
        json!({ "cards": [{
            "summary": "s", "indicator": "info", "source": { "label": "l" }, "selectionBehavior": "any",
            "suggestions": [{ "label": "l", "actions": [{ "type": "delete", "description": "d", "resource": "Appointment/1" }] }]
        }] }),
    ] {
        assert!(!complaints(Body::Response, &bad).is_empty(), "{bad}");
    }
    let template = |query: &str| json!({ "services": [{ "hook": "h", "id": "i", "description": "d", "prefetch": { "k": query } }] });
    check(Body::Discovery, &template("Condition?patient={{context.patientId}}&_sort=-date"));
    for bad in ["Condition?patient={{context.patient.id}}", "Patient/{{patientId}}", "Patient/{context.patientId}", ""]
    {
        assert!(!complaints(Body::Discovery, &template(bad)).is_empty(), "{bad}");
    }
}
