//! Health records made by hand, each with what a clinician expects of it; and what must hold of every record.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::LazyLock;

use kneadsafe::cds::prefetch::{Key, Prefetch};
use kneadsafe::cds::record::Record;
use kneadsafe::model::{Screening, SessionRequest, Verdict};
use kneadsafe::ruleset::{Ruleset, Rulesets};
use kneadsafe::screening::{self, screen};
use serde_json::{Map, Value, json};

pub(crate) static RULESET: LazyLock<std::sync::Arc<Ruleset>> =
    LazyLock::new(|| Rulesets::embedded().unwrap().find("latest").unwrap().clone());

/// The fields of a case that hold the resources of a key.
const SHORT: [(&str, Key); 6] = [
    ("conditions", Key::Conditions),
    ("allergies", Key::Allergies),
    ("medications", Key::MedicationRequests),
    ("medicationStatements", Key::MedicationStatements),
    ("procedures", Key::Procedures),
    ("observations", Key::Observations),
];

/// Every case of every file, with the file's name.
pub(crate) fn cases() -> Vec<(String, Value)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cds/cases");
    let mut files: Vec<_> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut cases = Vec::new();
    for file in files {
        let name = file.file_stem().unwrap().to_str().unwrap().to_owned();
        let content: Value = serde_json::from_slice(&std::fs::read(&file).unwrap()).unwrap();
        cases.extend(content["cases"].as_array().unwrap().iter().map(|case| (name.clone(), case.clone())));
    }
    cases
}

/// The prefetch of a case: what it names, and of everything else a search that found nothing.
pub(crate) fn prefetch(case: &Value) -> Map<String, Value> {
    let search = |resources: &[Value]| {
        let entries: Vec<Value> = resources.iter().map(|resource| json!({ "resource": resource })).collect();
        json!({ "resourceType": "Bundle", "type": "searchset", "total": entries.len(), "entry": entries })
    };
    let mut prefetch = Map::new();
    let patient = case.get("patient").cloned().unwrap_or_else(|| json!({ "resourceType": "Patient", "id": "p1" }));
    prefetch.insert("patient".to_owned(), patient);
    for (field, key) in SHORT {
        let resources = case.get(field).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        prefetch.insert(key.name().to_owned(), search(resources));
    }
    for (key, value) in case.get("prefetch").and_then(Value::as_object).into_iter().flatten() {
        prefetch.insert(key.clone(), value.clone());
    }
    for key in case.get("absent").and_then(Value::as_array).into_iter().flatten() {
        prefetch.remove(key.as_str().unwrap());
    }
    prefetch
}

fn session(case: &Value) -> SessionRequest {
    serde_json::from_value(case["session"].clone()).unwrap()
}

/// The record of a case, and its screening.
pub(crate) fn answer(case: &Value) -> (Record, Screening) {
    let read = match case.get("bundle") {
        Some(bundle) => Prefetch::of_record(bundle, case["complete"] == true),
        None => Prefetch::read(Some(&prefetch(case))),
    };
    screened(case, &read)
}

fn screened(case: &Value, prefetch: &Prefetch) -> (Record, Screening) {
    let session = session(case);
    let on = session.date.unwrap();
    let record = Record::read(&RULESET, prefetch, on);
    let facts = record.facts(&RULESET, session, on).unwrap();
    (record, screen(&RULESET, &facts))
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_owned()).collect()
}

/// Where an answer is not what the case expects, a sentence each.
fn differences(case: &Value) -> Vec<String> {
    let (record, screening) = answer(case);
    let expect = &case["expect"];
    let mut found = Vec::new();
    let mut same = |what: &str, expected: &Value, got: Value| {
        if !expected.is_null() && *expected != got {
            found.push(format!("{what}: expected {expected}, got {got}"));
        }
    };
    same("verdict", &expect["verdict"], json!(screening.verdict));
    let conditions: Vec<Value> = record.entries.iter().map(|entry| json!(entry.condition)).collect();
    same("conditions", &expect["conditions"], json!(conditions));
    same("action", &expect["action"], json!(screening.action));
    same("client", &expect["client"], json!(record.client));
    let incomplete: Vec<&str> = record.incomplete.iter().map(|key| key.name()).collect();
    same("incomplete", &expect["incomplete"], json!(incomplete));
    let warnings: Vec<[&str; 2]> =
        record.warnings.iter().map(|warning| [warning.code.as_str(), warning.about.as_str()]).collect();
    same("warnings", &expect["warnings"], json!(warnings));
    let rules: BTreeSet<&str> = screening.reasons.iter().map(|reason| reason.rule_id.as_str()).collect();
    for rule in expect.get("rules").map(texts).into_iter().flatten() {
        if !rules.contains(rule.as_str()) {
            found.push(format!("rule `{rule}` is missing among {rules:?}"));
        }
    }
    for rule in expect.get("no_rules").map(texts).into_iter().flatten() {
        if rules.contains(rule.as_str()) {
            found.push(format!("rule `{rule}` was not expected"));
        }
    }
    found
}

#[test]
fn every_record_made_by_hand_is_read_as_a_clinician_expects() {
    let cases = cases();
    assert!(cases.len() >= 60, "only {} cases were read", cases.len());
    let mut wrong = Vec::new();
    for (file, case) in &cases {
        for difference in differences(case) {
            wrong.push(format!("{file}: {}: {difference}", case["case"].as_str().unwrap()));
        }
    }
    assert!(wrong.is_empty(), "{} differences:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn no_two_cases_are_described_in_the_same_words() {
    let cases = cases();
    let titles: BTreeSet<&str> = cases.iter().map(|(_, case)| case["case"].as_str().unwrap()).collect();
    assert_eq!(titles.len(), cases.len());
}

/// Every place in a value, as a JSON Pointer, the innermost last.
fn places(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let place = format!("{at}/{name}");
                found.push(place.clone());
                places(member, &place, found);
            }
        }
        Value::Array(items) => {
            for (number, item) in items.iter().enumerate() {
                let place = format!("{at}/{number}");
                found.push(place.clone());
                places(item, &place, found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn remove(value: &mut Value, pointer: &str) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match value.pointer_mut(parent).unwrap() {
        Value::Object(members) => {
            members.remove(name);
        }
        Value::Array(items) => {
            items.remove(name.parse().unwrap());
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => unreachable!("it holds nothing"),
    }
}

/// What can be done to a value on its way: it is lost, cut off, or something else stands in its place.
fn damaged(value: &Value, pointer: &str, how: usize) -> Option<Value> {
    let mut damaged = value.clone();
    let place = damaged.pointer_mut(pointer)?;
    match how {
        0 => {
            remove(&mut damaged, pointer);
            return Some(damaged);
        }
        1 => *place = json!(17),
        2 => *place = json!([]),
        3 => *place = json!({}),
        4 => *place = json!("\u{fffd}"),
        _ => {
            let text = place.as_str()?;
            let cut: String = text.chars().take(text.chars().count() / 2).collect();
            *place = json!(cut);
        }
    }
    Some(damaged)
}

/// The verdict alone.
fn verdict(case: &Value, prefetch: &Map<String, Value>) -> Verdict {
    let session = session(case);
    let on = session.date.unwrap();
    let record = Record::read(&RULESET, &Prefetch::read(Some(prefetch)), on);
    screening::verdict(&RULESET, &record.facts(&RULESET, session, on).unwrap())
}

#[test]
fn no_key_that_is_lost_or_damaged_makes_an_answer_allow() {
    let html = json!("<html>");
    let outcome = json!({ "resourceType": "OperationOutcome", "issue": [{ "severity": "error", "code": "timeout" }] });
    let mut tried = 0;
    for (file, case) in cases().into_iter().filter(|(_, case)| case.get("bundle").is_none()) {
        let whole = prefetch(&case);
        for key in Key::ALL {
            for instead in [None, Some(&html), Some(&outcome)] {
                let mut broken = whole.clone();
                match instead {
                    Some(value) => broken.insert(key.name().to_owned(), value.clone()),
                    None => broken.remove(key.name()),
                };
                tried += 1;
                let got = verdict(&case, &broken);
                assert!(got >= Verdict::Caution, "{file}: {}: without {}", case["case"], key.name());
            }
        }
    }
    assert!(tried > 1500, "only {tried} were tried");
}

#[test]
fn nothing_that_is_lost_or_damaged_on_the_way_turns_an_answer_into_allow() {
    let mut tried = 0;
    // Without its status, this one is over by its end date.
    let by_its_date = "an active condition with an end date is active";
    // Without one side of its contradiction, or the value that says most, a record says something else, and may say it plainly.
    let whole = |case: &Value| case["contradictory"] != true && case["saysLess"] != true;
    let plain = |case: &Value| case["case"] != by_its_date && whole(case);
    let sent = |(_, case): &(String, Value)| case.get("bundle").is_none() && plain(case);
    for (file, case) in cases().into_iter().filter(sent) {
        let whole = prefetch(&case);
        if verdict(&case, &whole) == Verdict::Allow {
            continue;
        }
        for key in Key::ALL {
            let Some(content) = whole.get(key.name()) else { continue };
            let content = &counted(content);
            let mut found = Vec::new();
            places(content, "", &mut found);
            // The count is what tells that an entry is missing: a Bundle that has lost both says that it is whole.
            let kept = |place: &&String| *place != "/total" && !may_say_less(place);
            for (number, place) in found.iter().filter(kept).enumerate() {
                // Each is lost, and each is damaged in one of the other ways, in turn.
                for how in [0, 1 + number % 5] {
                    // Half the address of a code system is the address of another.
                    let other_system = how == 5 && place.ends_with("/system");
                    // Half the name of a measurement or an examination is the name of another.
                    let looks = matches!(key, Key::Observations | Key::Procedures);
                    let other_name = how == 5 && looks && place.ends_with("/code/text");
                    let other = other_system || other_name;
                    let Some(broken) = damaged(content, place, how).filter(|_| !other) else { continue };
                    let mut prefetch = whole.clone();
                    prefetch.insert(key.name().to_owned(), broken);
                    tried += 1;
                    let got = verdict(&case, &prefetch);
                    assert!(got > Verdict::Allow, "{file}: {}: {}{place}, damage {how}", case["case"], key.name());
                }
            }
        }
    }
    assert!(tried > 3000, "only {tried} were tried");
}

/// A search that says how many it has found, as servers do.
fn counted(content: &Value) -> Value {
    let mut counted = content.clone();
    if let Some(entries) = content.get("entry").filter(|_| content.get("total").is_none()) {
        let entries = entries.as_array().map_or(std::slice::from_ref(entries), Vec::as_slice);
        let matches = entries.iter().filter(|entry| entry.pointer("/search/mode") != Some(&json!("include"))).count();
        counted["total"] = json!(matches);
    }
    counted
}

/// Places that hold nothing but what can be told from somewhere else, or that are a statement of their own: a link to a page
/// that is not named is no page, a comparator that is lost leaves another number, and a patient need not say when they were
/// born.
fn may_say_less(place: &str) -> bool {
    place.starts_with("/link") || place.ends_with("/comparator") || place == "/birthDate"
}

#[test]
fn a_ruleset_that_reads_no_numbers_does_not_call_them_in_order() {
    let rulesets = Rulesets::embedded().unwrap();
    let old = rulesets.find("1.1.0").unwrap();
    let case = cases().into_iter().find(|(_, case)| case["case"] == "blood pressure of 190/120 is a crisis").unwrap().1;
    let session = session(&case);
    let on = session.date.unwrap();
    let record = Record::read(old, &Prefetch::read(Some(&prefetch(&case))), on);
    assert_eq!(record.incomplete, [Key::Observations]);
    assert_eq!(screening::verdict(old, &record.facts(old, session, on).unwrap()), Verdict::Caution);
}
