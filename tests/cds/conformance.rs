//! The table of what CDS Hooks 2.0 asks of a service, and the test that shows each.
//!
//! `conformance.json` has every SHALL, SHALL NOT, SHOULD and SHOULD NOT for a service, by the numbers that the Da Vinci CRD test
//! kit gives to the sentences of the specification; what is said of each is in our own words.

use std::path::Path;

use serde_json::Value;

const TABLE: &str = include_str!("conformance.json");

fn rows() -> Vec<Value> {
    serde_json::from_str(TABLE).unwrap()
}

/// Whether the test of this name is there: `file::function`.
fn is_there(name: &str) -> bool {
    let (file, function) = name.split_once("::").unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("tests/cds/{file}.rs"));
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.split("#[tokio::test]").chain(text.split("#[test]")).any(|part| {
        let part = part.trim_start();
        let part = part.strip_prefix("async ").unwrap_or(part);
        part.strip_prefix("fn ").and_then(|rest| rest.strip_prefix(function)).is_some_and(|rest| rest.starts_with('('))
    })
}

#[test]
fn each_demand_on_a_service_is_shown_by_a_test_that_is_there_or_says_why_not() {
    let rows = rows();
    assert!(rows.len() >= 90, "{}", rows.len());
    for row in &rows {
        let tests = row["shownBy"].as_array().map(Vec::as_slice).unwrap_or_default();
        assert!(!tests.is_empty() || row["note"].is_string(), "{row}");
        for test in tests {
            assert!(is_there(test.as_str().unwrap()), "{row}");
        }
        for file in row["note"]
            .as_str()
            .unwrap_or_default()
            .split([' ', ';', ':', ','])
            .filter(|word| word.starts_with("tests/"))
        {
            assert!(Path::new(env!("CARGO_MANIFEST_DIR")).join(file).exists(), "{row}");
        }
    }
    assert!(!is_there("calls::nothing_of_the_kind"));
}

#[test]
fn no_demand_is_listed_twice() {
    let mut ids: Vec<String> = rows().iter().map(|row| row["id"].as_str().unwrap().to_owned()).collect();
    let all = ids.len();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), all);
}
