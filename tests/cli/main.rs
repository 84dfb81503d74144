//! The commands as a person types them: what they print, and their exit codes.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its input fails")]

mod lines;
mod records;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

fn kneadsafe(arguments: &[&str], input: &str) -> Output {
    let mut child = Command::new(env!("CARGO_BIN_EXE_kneadsafe"))
        .args(arguments)
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    // A command that does not read its input may have closed it already.
    let _ = child.stdin.take().unwrap().write_all(input.as_bytes());
    child.wait_with_output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn out(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn err(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn json_out(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

const THAI: &str = r#"{ "session": { "massageType": "thai", "date": "2026-11-28" }, "intake": "complete",
    "conditions": [{ "text": "spinal injury" }] }"#;

/// A copy of the ruleset folder that a test may spoil.
fn copied() -> (tempfile::TempDir, PathBuf) {
    let place = tempfile::tempdir().unwrap();
    let copy = place.path().join("ruleset");
    copy_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("ruleset"), &copy);
    (place, copy)
}

fn copy_folder(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_folder(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

fn spoil(folder: &Path, file: &str, change: impl FnOnce(&mut Value)) {
    let path = folder.join(file);
    let mut value: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
    change(&mut value);
    std::fs::write(&path, serde_json::to_string_pretty(&value).unwrap()).unwrap();
}

fn findings(folder: &Path) -> (i32, Value) {
    let output = kneadsafe(&["ruleset", "check", "--json", "--ruleset-dir", folder.to_str().unwrap()], "");
    (code(&output), json_out(&output))
}

fn has(report: &Value, code: &str, file: &str, pointer: &str) -> bool {
    report.pointer("/diagnostics").unwrap().as_array().unwrap().iter().any(|found| {
        found.get("code").unwrap() == code
            && found.get("file").unwrap() == file
            && found.get("pointer").unwrap() == pointer
    })
}

#[test]
fn screen_prints_the_verdict_for_a_person_and_the_whole_answer_as_json() {
    let text = kneadsafe(&["screen"], THAI);
    assert_eq!(code(&text), 0);
    assert!(out(&text).starts_with("deny: "), "{}", out(&text));
    let answer = kneadsafe(&["screen", "--json"], THAI);
    assert_eq!(json_out(&answer).pointer("/verdict").unwrap(), "deny");
}

#[test]
fn screen_answers_by_the_version_that_it_is_told() {
    let answer = kneadsafe(&["screen", "--json", "--ruleset", "1.0.0"], THAI);
    assert_eq!(json_out(&answer).pointer("/ruleset/version").unwrap(), "1.0.0");
    let unknown = kneadsafe(&["screen", "--ruleset", "9.9.9"], THAI);
    assert_eq!(code(&unknown), 3);
    assert!(err(&unknown).contains("`9.9.9` is not loaded"), "{}", err(&unknown));
}

#[test]
fn screen_lists_every_fault_of_a_bad_request() {
    let bad =
        r#"{ "session": { "massageType": "thia", "pressure": 9 }, "intake": "full", "conditions": [{}], "name": "x" }"#;
    let output = kneadsafe(&["screen"], bad);
    assert_eq!(code(&output), 2);
    for place in ["/session/massageType", "/session/pressure", "/intake", "/conditions/0", "/name", "did you mean thai"]
    {
        assert!(err(&output).contains(place), "{place} is missing in {}", err(&output));
    }
    assert_eq!(code(&kneadsafe(&["screen"], "{ not json")), 2);
    assert_eq!(code(&kneadsafe(&["screen", "no-such-file.json"], "")), 3);
}

#[test]
fn assess_prints_the_level_and_the_report() {
    let report = r#"{ "session": { "massageType": "classical", "date": "2026-11-28" }, "hoursSinceSession": 2,
        "intake": "complete", "conditions": [], "symptoms": [{ "text": "chest pain" }] }"#;
    let output = kneadsafe(&["assess", "--json"], report);
    assert_eq!(code(&output), 0);
    assert_eq!(json_out(&output).pointer("/level").unwrap(), "emergency");
    let event = kneadsafe(&["assess", "--report", "fhir"], report);
    assert_eq!(json_out(&event).pointer("/resourceType").unwrap(), "AdverseEvent");
}

#[test]
fn the_api_document_in_the_repository_is_the_one_that_the_program_prints() {
    let printed = out(&kneadsafe(&["openapi"], ""));
    let kept = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("openapi/openapi.json")).unwrap();
    assert!(printed == kept, "run `kneadsafe openapi > openapi/openapi.json`");
}

#[test]
fn check_names_file_and_place_of_a_dangling_reference_and_of_a_doubled_id() {
    let (_place, folder) = copied();
    spoil(&folder, "rules/blood.json", |file| {
        *file.pointer_mut("/rules/0/condition").unwrap() = json!("no-such-condition");
        let again = file.pointer("/rules/1").unwrap().clone();
        file.pointer_mut("/rules").unwrap().as_array_mut().unwrap().push(again);
    });
    let (status, report) = findings(&folder);
    assert_eq!(status, 1);
    assert!(has(&report, "dangling-reference", "rules/blood.json", "/rules/0/condition"), "{report}");
    let last = format!("/rules/{}/id", rules_in(&folder, "rules/blood.json") - 1);
    assert!(has(&report, "duplicate-id", "rules/blood.json", &last), "{report}");
}

fn rules_in(folder: &Path, file: &str) -> usize {
    let value: Value = serde_json::from_str(&std::fs::read_to_string(folder.join(file)).unwrap()).unwrap();
    value.pointer("/rules").unwrap().as_array().unwrap().len()
}

/// A rule and a condition of the category `blood`.
const RULE: &str = "anemia.symptomatic";
const CONDITION: &str = "anemia";

#[test]
fn check_names_file_and_place_of_whatever_a_translation_lacks_or_says_too_much() {
    let (_place, folder) = copied();
    spoil(&folder, "languages/ru/blood.json", |file| {
        let rules = file.pointer_mut("/rules").unwrap().as_object_mut().unwrap();
        let (_, reason) = rules.iter().next().map(|(id, reason)| (id.clone(), reason.clone())).unwrap();
        rules.insert("no-such.rule".to_owned(), reason);
        rules.remove(RULE).unwrap();
        file.pointer_mut("/conditions")
            .unwrap()
            .as_object_mut()
            .unwrap()
            .insert(CONDITION.to_owned(), json!("Anaemia"));
    });
    spoil(&folder, "languages/ru/messages.json", |file| {
        *file.pointer_mut("/messages/questions/phase").unwrap() = json!("На какой стадии это сейчас?");
        file.pointer_mut("/messages/client").unwrap().as_object_mut().unwrap().remove("reject").unwrap();
    });
    spoil(&folder, "languages/ru/catalogue.json", |file| {
        file.as_object_mut().unwrap().insert("messages".to_owned(), json!({ "client": { "ask": "Еще раз." } }));
    });
    let (status, report) = findings(&folder);
    assert_eq!(status, 1);
    for (code, file, pointer) in [
        ("missing-translation", "blood", format!("/rules/{RULE}")),
        ("unknown-translation", "blood", "/rules/no-such.rule".to_owned()),
        ("wrong-script", "blood", format!("/conditions/{CONDITION}")),
        ("placeholders", "messages", "/messages/questions/phase".to_owned()),
        ("missing-translation", "messages", "/messages/client/reject".to_owned()),
        ("duplicate-translation", "messages", "/messages/client/ask".to_owned()),
    ] {
        assert!(has(&report, code, &format!("languages/ru/{file}.json"), &pointer), "{code} {pointer}: {report}");
    }
}

#[test]
fn check_refuses_a_text_that_is_too_long_for_a_client_in_every_language() {
    let (_place, folder) = copied();
    spoil(&folder, "languages/ru/blood.json", |file| {
        *file.pointer_mut(&format!("/rules/{RULE}/client")).unwrap() = json!("Ж".repeat(141));
    });
    let (status, report) = findings(&folder);
    assert_eq!(status, 1);
    assert!(has(&report, "schema", "languages/ru/blood.json", &format!("/rules/{RULE}/client")), "{report}");
}

#[test]
fn screen_and_assess_answer_in_the_language_that_they_are_told() {
    let is_russian = |text: &Value| text.as_str().unwrap().chars().any(|letter| ('а'..='я').contains(&letter));
    let answer = json_out(&kneadsafe(&["screen", "--json", "--language", "ru-RU"], THAI));
    assert!(is_russian(answer.pointer("/messages/client").unwrap()), "{answer}");
    assert!(is_russian(answer.pointer("/reasons/0/text").unwrap()), "{answer}");
    let report = r#"{ "session": { "massageType": "classical", "date": "2026-11-28" }, "intake": "complete",
        "conditions": [], "symptoms": [{ "text": "chest pain" }] }"#;
    let answer = json_out(&kneadsafe(&["assess", "--json", "--language", "ru"], report));
    assert!(is_russian(answer.pointer("/messages/frontDesk").unwrap()), "{answer}");
    let line = THAI.replace('\n', " ");
    let answer = json_out(&kneadsafe(&["screen", "--ndjson", "--language", "ru"], &line));
    assert!(is_russian(answer.pointer("/screening/messages/therapist").unwrap()), "{answer}");
    let unknown = kneadsafe(&["screen", "--language", "tlh"], THAI);
    assert_eq!(code(&unknown), 2);
    assert!(err(&unknown).contains("`tlh` is not a language"), "{}", err(&unknown));
}

#[test]
fn check_finds_what_no_rule_may_say_and_what_nobody_can_meet() {
    let (_place, folder) = copied();
    spoil(&folder, "rules/general.json", |file| {
        let rules = file.pointer_mut("/rules").unwrap().as_array_mut().unwrap();
        let first = rules.first_mut().unwrap().as_object_mut().unwrap();
        first.insert("client".to_owned(), json!({ "age": { "atLeast": 60, "atMost": 20 } }));
    });
    let (status, report) = findings(&folder);
    assert_eq!(status, 1);
    assert!(has(&report, "unsatisfiable-rule", "rules/general.json", "/rules/0"), "{report}");
    spoil(&folder, "rules/general.json", |file| {
        let first = file.pointer_mut("/rules/0").unwrap().as_object_mut().unwrap();
        first.remove("client");
        first.insert("colour".to_owned(), json!("red"));
    });
    let (status, report) = findings(&folder);
    assert_eq!(status, 1);
    assert!(has(&report, "schema", "rules/general.json", "/rules/0"), "{report}");
}

#[test]
fn check_finds_a_hole_in_traceability_and_a_name_of_two_conditions() {
    let (_place, folder) = copied();
    spoil(&folder, "traceability.json", |file| {
        file.pointer_mut("/rows").unwrap().as_object_mut().unwrap().remove("S014");
    });
    spoil(&folder, "conditions/blood.json", |file| {
        file.pointer_mut("/conditions/0/synonyms").unwrap().as_array_mut().unwrap().push(json!("hypertension"));
    });
    let (status, report) = findings(&folder);
    assert_eq!(status, 1);
    assert!(has(&report, "traceability-hole", "traceability.json", "/rows/S014"), "{report}");
    let doubled = report
        .pointer("/diagnostics")
        .unwrap()
        .as_array()
        .unwrap()
        .iter()
        .any(|it| it.get("code").unwrap() == "ambiguous-name");
    assert!(doubled, "{report}");
}

#[test]
fn build_keeps_a_release_that_differs_unless_it_is_told_to_replace_it() {
    let (_place, folder) = copied();
    spoil(&folder, "manifest.json", |file| *file.pointer_mut("/title").unwrap() = json!("Another title altogether"));
    let folder = folder.to_str().unwrap();
    assert_eq!(code(&kneadsafe(&["ruleset", "build", "--ruleset-dir", folder], "")), 1);
    assert_eq!(code(&kneadsafe(&["ruleset", "build", "--replace", "--ruleset-dir", folder], "")), 0);
    assert_eq!(code(&kneadsafe(&["ruleset", "build", "--ruleset-dir", folder], "")), 0);
}

#[test]
fn test_runs_the_cases_and_a_filter_that_matches_nothing_is_no_success() {
    let all = kneadsafe(&["ruleset", "test"], "");
    assert_eq!(code(&all), 0, "{}", out(&all));
    assert_eq!(code(&kneadsafe(&["ruleset", "test", "--only", "no such case"], "")), 1);
}

#[test]
fn the_phrases_are_understood_as_well_as_they_must_be() {
    let output = kneadsafe(&["ruleset", "phrases", "--json"], "");
    assert_eq!(code(&output), 0, "{}", out(&output));
    let report = json_out(&output);
    assert!(report.pointer("/phrases").unwrap().as_u64().unwrap() >= 400);
    assert!(report.pointer("/phrases_that_mean_nothing").unwrap().as_u64().unwrap() >= 60);
}

#[test]
fn show_finds_rules_conditions_and_sources_by_their_names() {
    let shown = json_out(&kneadsafe(&["ruleset", "show", "high blood pressure", "--json"], ""));
    assert_eq!(shown.pointer("/condition/document/id").unwrap(), "hypertension");
    let row = json_out(&kneadsafe(&["ruleset", "show", "S014", "--json"], ""));
    assert!(row.get("traced").is_some());
    let unknown = kneadsafe(&["ruleset", "show", "disc-hernation"], "");
    assert_eq!(code(&unknown), 1);
    assert!(err(&unknown).contains("did you mean disc-herniation"), "{}", err(&unknown));
}

#[test]
fn matrix_has_a_row_for_each_condition_of_a_category() {
    let output = json_out(&kneadsafe(&["ruleset", "matrix", "--json", "--category", "cardiovascular"], ""));
    let rows = output.pointer("/rows").unwrap().as_array().unwrap();
    assert!(rows.iter().any(|row| row.get("condition").unwrap() == "hypertension"));
    assert_eq!(code(&kneadsafe(&["ruleset", "matrix", "--category", "none"], "")), 1);
}

#[test]
fn questionnaire_prints_the_form_whole_or_for_one_massage_type() {
    let form = json_out(&kneadsafe(&["ruleset", "questionnaire"], ""));
    assert!(form.pointer("/groups").unwrap().as_array().unwrap().len() > 20);
    let thai = json_out(&kneadsafe(&["ruleset", "questionnaire", "--massage-type", "thai", "--format", "fhir"], ""));
    assert_eq!(thai.pointer("/id").unwrap(), "intake-thai");
    let unknown = kneadsafe(&["ruleset", "questionnaire", "--massage-type", "thay"], "");
    assert_eq!(code(&unknown), 2);
    assert!(err(&unknown).contains("did you mean thai"), "{}", err(&unknown));
}

#[test]
fn check_finds_a_category_without_a_title_and_a_title_without_a_category() {
    let (_place, folder) = copied();
    spoil(&folder, "messages.json", |file| {
        let titles = file.pointer_mut("/categories").unwrap().as_object_mut().unwrap();
        let title = titles.remove("skin").unwrap();
        titles.insert("skins".to_owned(), title);
    });
    let (status, report) = findings(&folder);
    assert_eq!(status, 1);
    assert!(has(&report, "missing-sentence", "messages.json", "/categories/skin"), "{report}");
    assert!(has(&report, "dangling-reference", "messages.json", "/categories/skins"), "{report}");
}

#[test]
fn completions_and_help_are_there() {
    assert!(out(&kneadsafe(&["completions", "bash"], "")).contains("kneadsafe"));
    assert!(out(&kneadsafe(&["--help"], "")).contains("Exit codes"));
    assert_eq!(code(&kneadsafe(&["no-such-command"], "")), 2);
}

#[test]
fn serve_refuses_to_listen_beyond_this_machine_without_keys() {
    let output = kneadsafe(&["serve", "--listen", "0.0.0.0:0"], "");
    assert_eq!(code(&output), 3, "{}", err(&output));
    assert!(err(&output).contains("allow-unauthenticated"), "{}", err(&output));
}

#[test]
fn serve_refuses_settings_of_cds_hooks_that_cannot_be_used_and_says_which() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, content: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, content).unwrap();
        path.to_str().unwrap().to_owned()
    };
    let shared =
        r#"{"clients": [{"iss": "https://a.example", "jwks": {"keys": [{"kty": "oct", "k": "canary-secret"}]}}]}"#;
    let shared = file("shared.json", shared);
    let good = r#"{"clients": [{"iss": "https://a.example", "jku": "https://a.example/jwks.json"}]}"#;
    let good = file("good.json", good);
    let no_pem = file("ca.pem", "canary");
    let lacking = folder.path().join("lacking.json").to_str().unwrap().to_owned();
    let serve = ["serve", "--listen", "127.0.0.1:0"];
    for (arguments, exit, said) in [
        (vec!["--fhir-server", "http://ehr.example/fhir"], 2, "https://"),
        (vec!["--fhir-server", "https://user@ehr.example/fhir"], 2, "host, a port and a path"),
        (vec!["--fhir-server", "https://10.0.0.5/fhir"], 3, "--fhir-allow-private"),
        (vec!["--fhir-server", "https://169.254.169.254", "--fhir-allow-private"], 3, "not a public address"),
        (vec!["--fhir-server", "https://ehr.example", "--fhir-ca-file", &no_pem], 3, "certificate"),
        (vec!["--fhir-ca-file", &lacking], 3, "lacking.json"),
        (vec!["--cds-clients", &shared], 3, "client 1: a key set holds a shared secret"),
        (vec!["--cds-clients", &lacking], 3, "lacking.json"),
        (vec!["--cds-clients", &no_pem], 3, "not of its form"),
        (vec!["--cds-clients", &good], 3, "--public-url"),
    ] {
        let output = kneadsafe(&[serve.as_slice(), &arguments].concat(), "");
        assert_eq!(code(&output), exit, "{arguments:?}: {}", err(&output));
        assert!(err(&output).contains(said), "{arguments:?}: {}", err(&output));
        assert!(!err(&output).contains("canary"), "{}", err(&output));
    }
}
