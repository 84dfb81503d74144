//! The ruleset folder in this repository: its checks, its cases, and that each rule is needed by one of them.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its input fails")]

use std::path::Path;

use jiff::civil::{Date, date};
use kneadsafe::assessment;
use kneadsafe::model::{ConditionRequest, Intake, Language, Phase, ScreeningRequest, SessionRequest, Verdict};
use kneadsafe::ruleset::document::CaseDocument;
use kneadsafe::ruleset::{Checked, Facts, Level, Ruleset, Rulesets, check, read_folder};
use kneadsafe::screening::{run_case, screen};

fn shipped() -> Checked {
    check(&read_folder(&Path::new(env!("CARGO_MANIFEST_DIR")).join("ruleset")).unwrap())
}

fn cases(checked: &Checked) -> Vec<&CaseDocument> {
    checked.cases.iter().flat_map(|(_, file)| &file.cases).collect()
}

#[test]
fn the_ruleset_has_no_error_and_no_warning() {
    let checked = shipped();
    let bad: Vec<_> = checked.diagnostics.iter().filter(|found| found.level != Level::Note).collect();
    assert!(bad.is_empty(), "{bad:#?}");
}

#[test]
fn every_row_of_the_register_is_traced() {
    assert_eq!(shipped().counts.rows_traced, 302);
}

#[test]
fn every_case_gets_the_answer_that_a_clinician_expects() {
    let checked = shipped();
    let ruleset = checked.ruleset.as_ref().unwrap();
    let cases = cases(&checked);
    assert!(cases.len() >= 250, "only {} cases", cases.len());
    let failed: Vec<_> = cases
        .into_iter()
        .map(|case| (&case.case, run_case(ruleset, case)))
        .filter(|(_, differences)| !differences.is_empty())
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn at_least_forty_ordinary_clients_are_allowed() {
    let checked = shipped();
    let allowed = cases(&checked).into_iter().filter(|case| case.expect.verdict == Verdict::Allow).count();
    assert!(allowed >= 40, "only {allowed}");
}

#[test]
fn every_rule_is_needed_a_case_fails_without_it() {
    let checked = shipped();
    let whole = checked.ruleset.as_ref().unwrap();
    let cases = cases(&checked);
    let mut idle = Vec::new();
    for rule in whole.rules() {
        let without = whole.without(&rule.id);
        let noticed = cases.iter().any(|case| {
            let named = case.expect.rules.contains(&rule.id) || case.expect.advice.contains(&rule.id);
            named && !run_case(&without, case).is_empty()
        });
        if !noticed {
            idle.push(rule.id.to_string());
        }
    }
    assert!(idle.is_empty(), "no case fails without {idle:?}");
}

#[test]
fn every_report_gets_the_answer_that_a_clinician_expects() {
    let checked = shipped();
    let ruleset = checked.ruleset.as_ref().unwrap();
    let failed: Vec<_> = checked
        .assessment_cases
        .iter()
        .flat_map(|(_, file)| &file.cases)
        .map(|case| (&case.case, assessment::run_case(ruleset, case)))
        .filter(|(_, differences)| !differences.is_empty())
        .collect();
    assert!(failed.is_empty(), "{failed:#?}");
}

#[test]
fn every_rule_about_what_is_felt_is_needed_a_report_fails_without_it() {
    let checked = shipped();
    let whole = checked.ruleset.as_ref().unwrap();
    let cases: Vec<_> = checked.assessment_cases.iter().flat_map(|(_, file)| &file.cases).collect();
    let idle: Vec<_> = whole
        .post_session_rules()
        .iter()
        .map(|rule| &rule.rule.id)
        .filter(|id| {
            let without = whole.without(id);
            !cases.iter().any(|case| case.expect.rules.contains(id) && !assessment::run_case(&without, case).is_empty())
        })
        .collect();
    assert!(idle.is_empty(), "no report fails without {idle:?}");
}

#[test]
fn the_release_in_the_program_is_the_one_that_the_folder_describes() {
    let checked = shipped();
    let ruleset = checked.ruleset.unwrap();
    let embedded = Rulesets::embedded().unwrap();
    assert_eq!(embedded.find("latest").unwrap().digest(), ruleset.digest());
}

#[test]
fn every_massage_type_is_allowed_to_a_healthy_client_and_denied_to_somebody() {
    let checked = shipped();
    let ruleset = checked.ruleset.as_ref().unwrap();
    let cases = cases(&checked);
    for kind in ruleset.massage_types() {
        for verdict in [Verdict::Allow, Verdict::Deny] {
            let found = cases.iter().any(|case| {
                case.expect.verdict == verdict
                    && ruleset.names().massage_type(&case.request.session.massage_type)
                        == ruleset.names().massage_type(kind.id.as_str())
            });
            assert!(found, "no case has {verdict:?} for `{}`", kind.id);
        }
    }
}

/// The verdict, and every rule among the reasons, for one condition that is in this phase or ended on this day.
fn told(
    ruleset: &Ruleset,
    massage_type: &str,
    id: &str,
    phase: Option<Phase>,
    resolved: Option<Date>,
) -> (Verdict, Vec<String>) {
    let today = date(2026, 11, 28);
    let session =
        SessionRequest { massage_type: massage_type.to_owned(), date: Some(today), ..SessionRequest::default() };
    let condition = ConditionRequest { id: Some(id.to_owned()), phase, resolved, ..ConditionRequest::default() };
    let request = ScreeningRequest {
        session,
        client: None,
        intake: Intake::Complete,
        conditions: vec![condition],
        clearances: None,
        asked: None,
    };
    let screening = screen(ruleset, &Facts::read(ruleset, &request, today).unwrap());
    (screening.verdict, screening.reasons.iter().map(|reason| reason.rule_id.to_string()).collect())
}

#[test]
fn what_does_not_pass_is_screened_as_at_rest_where_it_is_said_to_be_over() {
    let checked = shipped();
    let ruleset = checked.ruleset.as_ref().unwrap();
    let lifelong: Vec<_> =
        ruleset.conditions().iter().filter(|condition| !condition.document.lifelong.is_empty()).collect();
    assert!(lifelong.len() > 20, "only {}", lifelong.len());
    let years_ago = Some(date(2020, 1, 1));
    for condition in lifelong {
        for kind in ruleset.massage_types() {
            let answer = |phase, resolved| told(ruleset, kind.id.as_str(), condition.id.as_str(), phase, resolved);
            let over = Some(Phase::Resolved);
            let at_rest = Some(Phase::Remission);
            assert_eq!(answer(over, None), answer(at_rest, None), "{}, {}", condition.id, kind.id);
            let ended = answer(at_rest, years_ago);
            assert_eq!(answer(over, years_ago), ended, "{}, {}", condition.id, kind.id);
            assert_eq!(answer(None, years_ago), ended, "{}, {}", condition.id, kind.id);
        }
    }
}

/// Words of claims that are not adopted must not come back through a rule.
#[test]
fn no_rule_speaks_of_toxins_lactic_acid_herbs_or_drugs_to_take() {
    const NEVER: [&str; 13] = [
        "toxin",
        "lactic",
        "detox",
        "cleansing",
        "waste product",
        "st john",
        "oregano",
        "elecampane",
        "lingonberry",
        "ibuprofen",
        "paracetamol",
        "diclofenac",
        "you have been diagnosed",
    ];
    let ruleset = Rulesets::embedded().unwrap();
    for rule in ruleset.find("latest").unwrap().rules() {
        let reason = &rule.document.reason;
        for text in [&reason.clinician, &reason.therapist, &reason.client] {
            for word in NEVER {
                assert!(!text.to_lowercase().contains(word), "{}: says `{word}`", rule.id);
            }
        }
    }
}

#[test]
fn everything_that_the_ruleset_says_is_said_in_russian_too() {
    let checked = shipped();
    let ruleset = checked.ruleset.as_ref().unwrap();
    assert!(ruleset.languages().any(|language| language == Language::Ru));
    let (english, russian) = (ruleset.texts(Language::En), ruleset.texts(Language::Ru));
    for rule in ruleset.rules() {
        assert_ne!(russian.reason(rule), english.reason(rule), "{}", rule.id);
    }
    for rule in ruleset.post_session_rules() {
        assert_ne!(russian.reason_after(rule), english.reason_after(rule), "{}", rule.rule.id);
    }
    for entry in ruleset.self_care().iter().chain(ruleset.watch_for()) {
        assert_ne!(russian.advice(entry), english.advice(entry), "{}", entry.document.id);
    }
    for (audience, sentences) in &ruleset.bundle().messages {
        for name in sentences.keys() {
            assert_ne!(russian.message(audience, name), english.message(audience, name), "{audience}/{name}");
        }
    }
    for condition in ruleset.conditions() {
        let ix = ruleset.names().by_id(condition.id.as_str()).unwrap().condition;
        assert_ne!(russian.condition(ix), english.condition(ix), "{}", condition.id);
    }
}
