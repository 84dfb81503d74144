//! `kneadsafe screen` over many requests, one a line.

use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use serde_json::{Value, json};

use super::{THAI, code, err, json_out, kneadsafe, out};

fn request(condition: &str) -> Value {
    json!({ "session": { "massageType": "relaxing", "date": "2026-11-28" }, "intake": "complete",
            "conditions": [{ "id": condition }] })
}

/// A file of its own with this name and text.
fn file(name: &str, text: &str) -> (tempfile::TempDir, PathBuf) {
    let place = tempfile::tempdir().unwrap();
    let path = place.path().join(name);
    std::fs::write(&path, text).unwrap();
    (place, path)
}

fn answers(output: &Output) -> Vec<Value> {
    out(output).lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

fn numbers(answers: &[Value]) -> Vec<u64> {
    answers.iter().map(|answer| answer.pointer("/line").unwrap().as_u64().unwrap()).collect()
}

#[test]
fn each_line_is_answered_as_it_would_be_alone_and_in_order() {
    let conditions = ["hypertension", "fever", "disc-herniation", "no such condition"];
    let requests: Vec<Value> = (0..40).map(|number| request(conditions.get(number % 4).unwrap())).collect();
    let text = requests.iter().map(Value::to_string).collect::<Vec<String>>().join("\n");
    let (_place, path) = file("day.ndjson", &text);
    let output = kneadsafe(&["screen", path.to_str().unwrap()], "");
    assert_eq!((code(&output), err(&output)), (0, String::new()));
    let answers = answers(&output);
    assert_eq!(numbers(&answers), (1..=40).collect::<Vec<u64>>());
    for (answer, request) in answers.iter().zip(&requests).take(4) {
        let alone = json_out(&kneadsafe(&["screen", "--json"], &request.to_string()));
        assert_eq!(answer.pointer("/screening").unwrap(), &alone);
        assert_eq!(answer.pointer("/status").unwrap(), 200);
    }
}

#[test]
fn a_bad_line_is_named_and_answered_and_the_rest_is_done() {
    let good = request("hypertension");
    let text = format!(
        "{good}\n\n{{ not json\n  \r\n{good}\r\n{}\n{}\n{good}",
        r#"{"session":{"massageType":"thia"},"intake":"complete","conditions":[]}"#,
        format_args!(r#"{{"intake":"{}"}}"#, "canary".repeat(50_000)),
    );
    let (_place, path) = file("DAY.JSONL", &text);
    let output = kneadsafe(&["screen", path.to_str().unwrap()], "");
    assert_eq!(code(&output), 1);
    let answers = answers(&output);
    assert_eq!(numbers(&answers), [1, 3, 5, 6, 7, 8]);
    let statuses: Vec<&Value> = answers.iter().map(|answer| answer.pointer("/status").unwrap()).collect();
    assert_eq!(statuses, [200, 400, 200, 422, 413, 200]);
    assert_eq!(answers.get(1).unwrap().pointer("/problem/type").unwrap(), "/problems/malformed-json");
    assert_eq!(answers.get(3).unwrap().pointer("/problem/errors/0/pointer").unwrap(), "/session/massageType");
    let complaints: Vec<String> = err(&output).lines().map(str::to_owned).collect();
    assert_eq!(
        complaints,
        [
            "line 3: Reading stopped at line 1, column 3. [malformed-json]",
            "line 6: /session/massageType: no massage type has this name; did you mean thai? [unknown-massage-type]",
            "line 7: The request has more than 262144 bytes. [body-too-large]",
            "3 lines could not be screened",
        ]
    );
}

#[test]
fn lines_are_taken_from_standard_input_where_they_are_asked_for() {
    let two = format!("{}\n{}\n", request("hypertension"), request("fever"));
    let output = kneadsafe(&["screen", "--ndjson", "--ruleset", "1.0.0"], &two);
    assert_eq!(code(&output), 0, "{}", err(&output));
    let answers = answers(&output);
    assert_eq!(numbers(&answers), [1, 2]);
    assert!(answers.iter().all(|answer| answer.pointer("/screening/ruleset/version").unwrap() == "1.0.0"));
    assert_eq!(code(&kneadsafe(&["screen"], &two)), 2);
    let nothing = kneadsafe(&["screen", "--ndjson", "-"], "");
    assert_eq!((code(&nothing), out(&nothing)), (0, String::new()));
    assert_eq!(code(&kneadsafe(&["screen", "no-such-file.ndjson"], "")), 3);
}

#[test]
fn one_request_over_several_lines_is_still_one_request() {
    assert!(THAI.contains('\n'));
    let (_place, path) = file("one.json", THAI);
    let output = kneadsafe(&["screen", "--json", path.to_str().unwrap()], "");
    assert_eq!(code(&output), 0, "{}", err(&output));
    assert_eq!(json_out(&output).pointer("/verdict").unwrap(), "deny");
}

#[test]
fn a_reader_that_goes_away_ends_it_quietly_even_while_lines_still_come() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_kneadsafe"))
        .args(["screen", "--ndjson"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut input = child.stdin.take().unwrap();
    let line = format!("{}\n", request("hypertension"));
    let writer = std::thread::spawn(move || {
        while input.write_all(line.as_bytes()).is_ok() {}
        input
    });
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let mut first = String::new();
    output.read_line(&mut first).unwrap();
    assert!(first.starts_with(r#"{"line":1,"status":200,"#));
    drop(output);
    let ended = child.wait_with_output().unwrap();
    assert_eq!((code(&ended), err(&ended)), (0, String::new()));
    writer.join().unwrap();
}
