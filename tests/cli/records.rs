//! `kneadsafe screen --fhir`: a record from a file, and exports.

use std::path::Path;

use serde_json::{Value, json};

use crate::{code, err, json_out, kneadsafe, out};

const SESSION: [&str; 8] =
    ["--massage-type", "relaxing", "--pressure", "2", "--body-regions", "back,neck", "--date", "2026-11-28"];

fn screen(more: &[&str], input: &str) -> std::process::Output {
    let arguments: Vec<&str> = ["screen"].into_iter().chain(more.iter().copied()).chain(SESSION).collect();
    kneadsafe(&arguments, input)
}

fn write(folder: &Path, name: &str, resources: &[Value]) {
    let lines: Vec<String> = resources.iter().map(ToString::to_string).collect();
    std::fs::write(folder.join(name), lines.join("\n")).unwrap();
}

/// An export of three patients: the second with a clot, the third on a medicine that stands in a file of its own.
fn export(folder: &Path) {
    let patients = ["a", "b", "c"].map(|id| json!({ "resourceType": "Patient", "id": id }));
    write(folder, "Patient.ndjson", &patients);
    let clot = json!({
        "resourceType": "Condition", "id": "1", "subject": { "reference": "Patient/b" },
        "code": { "coding": [{ "system": "http://snomed.info/sct", "code": "128053003" }] }
    });
    write(folder, "Condition.000.ndjson", &[clot]);
    let order = json!({
        "resourceType": "MedicationRequest", "id": "m", "status": "active", "subject": { "reference": "Patient/c" },
        "medicationReference": { "reference": "Medication/w" }
    });
    write(folder, "MedicationRequest.ndjson", &[order]);
    let warfarin = json!({ "resourceType": "Medication", "id": "w", "code": { "text": "warfarin" } });
    write(folder, "Medication.ndjson", &[warfarin]);
    for kind in ["AllergyIntolerance", "MedicationStatement", "Procedure", "Observation"] {
        write(folder, &format!("{kind}.ndjson"), &[]);
    }
}

#[test]
fn a_bundle_is_screened_and_answered_in_words_or_in_fhir() {
    let record =
        json!({ "resourceType": "Bundle", "entry": [{ "resource": { "resourceType": "Patient", "id": "p1" } }] });
    let told = screen(&["--fhir", "-"], &record.to_string());
    assert_eq!(code(&told), 0, "{}", err(&told));
    assert!(out(&told).starts_with("caution: ask"));
    assert!(out(&told).contains("record: not-all conditions"));
    let whole = screen(&["--fhir", "-", "--intake", "complete"], &record.to_string());
    assert!(out(&whole).starts_with("allow: confirm"), "{}", out(&whole));
    let answer = json_out(&screen(&["--fhir", "-", "--json"], &record.to_string()));
    assert_eq!(answer["entry"][0]["resource"]["resourceType"], "GuidanceResponse");
}

#[test]
fn every_patient_of_an_export_gets_a_line() {
    let place = tempfile::tempdir().unwrap();
    export(place.path());
    let folder = place.path().to_str().unwrap();
    let told = screen(&["--fhir", folder, "--intake", "complete"], "");
    assert_eq!(code(&told), 0, "{}", err(&told));
    assert_eq!(out(&told), "a allow: confirm\nb deny: refer\nc deny: hold-for-clearance\n");
    let told = screen(&["--fhir", folder, "--json"], "");
    let lines: Vec<Value> = out(&told).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines.len(), 3);
    assert_eq!(lines[0]["verdict"], "caution");
    assert!(lines[0]["incomplete"].as_array().unwrap().contains(&json!("conditions")));
}

#[test]
fn a_type_that_was_not_exported_and_a_line_that_is_none_leave_nothing_complete() {
    let place = tempfile::tempdir().unwrap();
    export(place.path());
    std::fs::remove_file(place.path().join("Procedure.ndjson")).unwrap();
    let folder = place.path().to_str().unwrap();
    let told = screen(&["--fhir", folder, "--intake", "complete"], "");
    assert!(out(&told).starts_with("a caution: ask\n"), "{}", out(&told));
    std::fs::write(place.path().join("Procedure.ndjson"), "{ no line\n").unwrap();
    let told = screen(&["--fhir", folder, "--intake", "complete"], "");
    assert_eq!(code(&told), 1);
    assert!(err(&told).contains("Procedure.ndjson:1:"));
    assert!(out(&told).starts_with("a caution: ask\n"));
}

#[test]
fn what_is_no_record_is_refused() {
    let told = screen(&["--fhir", "-"], r#"{ "resourceType": "Claim" }"#);
    assert_eq!(code(&told), 2);
    assert!(err(&told).contains("[not-a-record]"));
    let told = kneadsafe(&["screen", "--fhir", "-"], "{}");
    assert_eq!(code(&told), 2);
    assert!(err(&told).contains("--massage-type"));
}
