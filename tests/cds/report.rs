//! The answer as FHIR: what stands in it, and that it says no more of the client than it must.

use kneadsafe::cds::report;
use serde_json::{Value, json};

use crate::record::{RULESET, answer, cases};

fn bundle(case: &Value) -> Value {
    let (record, screening) = answer(case);
    report::bundle(&RULESET, &record, &screening, "")
}

fn named(name: &str) -> Value {
    let found = cases().into_iter().find(|(_, case)| case["case"] == name);
    found.unwrap().1
}

fn parameter<'b>(bundle: &'b Value, name: &str) -> &'b Value {
    let output = &bundle["entry"][0]["resource"]["contained"][0]["parameter"];
    let found = output.as_array().unwrap().iter().find(|parameter| parameter["name"] == name).unwrap();
    found.as_object().unwrap().iter().find(|(member, _)| member.starts_with("value")).unwrap().1
}

#[test]
fn a_deny_is_an_issue_of_high_severity_that_points_to_what_it_was_read_from() {
    let bundle = bundle(&named("a clot in the leg, coded in ICD-10-CM, in a client on warfarin"));
    assert_eq!(parameter(&bundle, "verdict"), "deny");
    let issues: Vec<&Value> = bundle["entry"].as_array().unwrap()[1..].iter().map(|entry| &entry["resource"]).collect();
    let clot = issues.iter().find(|issue| issue["code"]["coding"][0]["code"] == "thrombosis.current").unwrap();
    assert_eq!(clot["severity"], "high");
    assert_eq!(clot["status"], "final");
    assert_eq!(clot["implicated"], json!([{ "reference": "Condition/dvt" }]));
    assert_eq!(clot["patient"], json!({ "reference": "Patient/p1" }));
    assert_eq!(clot["reference"], format!("/v1/rulesets/{}/rules/thrombosis.current", RULESET.version()));
    assert!(clot["evidence"].as_array().unwrap().len() > 1);
}

#[test]
fn what_the_record_lacks_is_named_and_asked_for() {
    let guidance = bundle(&named("a key that failed"))["entry"][0]["resource"].clone();
    assert_eq!(guidance["status"], "data-requested");
    assert_eq!(guidance["dataRequirement"], json!([{ "type": "Condition" }]));
    let warnings = &guidance["contained"][1]["issue"][0];
    assert_eq!(warnings["details"]["coding"][0]["code"], "not-available");
    assert_eq!(guidance["evaluationMessage"], json!([{ "reference": "#warnings" }]));
    let whole = bundle(&named("an empty record that is complete allows"))["entry"][0]["resource"].clone();
    assert_eq!(whole["status"], "success");
    assert!(whole.get("dataRequirement").is_none() && whole.get("evaluationMessage").is_none());
}

#[test]
fn the_same_record_gives_the_same_bytes() {
    for (_, case) in cases().iter().take(10) {
        assert_eq!(bundle(case).to_string(), bundle(case).to_string());
    }
}

/// Writes every answer to a file that `tools/check_fhir.py` gives to a public validator.
#[test]
fn every_answer_has_its_ids_once_and_no_empty_member() {
    fn empty(value: &Value) -> bool {
        match value {
            Value::Null => true,
            Value::String(text) => text.is_empty(),
            Value::Array(items) => items.is_empty() || items.iter().any(empty),
            Value::Object(members) => members.is_empty() || members.values().any(empty),
            Value::Bool(_) | Value::Number(_) => false,
        }
    }
    let mut lines = String::new();
    for (file, case) in cases() {
        let bundle = bundle(&case);
        assert!(!empty(&bundle), "{file}: {}", case["case"]);
        let entries = bundle["entry"].as_array().unwrap();
        let mut ids: Vec<&Value> = entries.iter().map(|entry| &entry["resource"]["id"]).collect();
        ids.sort_by_key(ToString::to_string);
        ids.dedup();
        assert_eq!(ids.len(), entries.len(), "{file}: {}", case["case"]);
        lines.push_str(&bundle.to_string());
        lines.push('\n');
    }
    let faults = [kneadsafe::model::Fault::new("/resourceType", "not-a-record", "must be Bundle")];
    lines.push_str(&report::outcome(&faults).to_string());
    lines.push('\n');
    std::fs::write(concat!(env!("CARGO_TARGET_TMPDIR"), "/fhir.ndjson"), lines).unwrap();
}
