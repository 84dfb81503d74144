//! The engine against an oracle: a second, slow reading of `ruleset/README.md` that shares nothing with the program but
//! the wire types. It walks every rule for every condition, over the JSON of the newest release. Where the two disagree,
//! one of them misreads the README, or the README can be read in two ways.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot read its input fails")]

mod common;

/// The oracle, and the requests made up for it.
mod oracle {
    pub(crate) mod answer;
    pub(crate) mod bundle;
    pub(crate) mod conditions;
    pub(crate) mod made_up;
    pub(crate) mod names;
    pub(crate) mod requests;
    pub(crate) mod rules;
    pub(crate) mod truth;
}

use std::collections::BTreeSet;
use std::sync::LazyLock;

use common::{TODAY, any_request};
use kneadsafe::model::{ConditionRequest, Intake, ScreeningRequest, SessionRequest, State};
use kneadsafe::ruleset::{Facts, Ruleset};
use kneadsafe::screening::screen;
use oracle::answer::Answer;
use oracle::bundle::{Bundle, case_requests, id_of};
use oracle::made_up::any_rules;
use oracle::requests::{every_calling, pointed_request, renamed_request};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

/// The newest release, as the JSON that it is.
static BUNDLE: LazyLock<Bundle> = LazyLock::new(Bundle::newest);

fn engine(request: &ScreeningRequest) -> Answer {
    Answer::of_engine(&common::answer(request))
}

fn oracle(request: &ScreeningRequest) -> Answer {
    BUNDLE.answer(&serde_json::to_value(request).unwrap(), TODAY)
}

fn agree(request: &ScreeningRequest) -> Result<(), TestCaseError> {
    prop_assert_eq!(engine(request), oracle(request), "engine left, oracle right");
    Ok(())
}

fn law(cases: u32) -> ProptestConfig {
    ProptestConfig { cases, failure_persistence: None, ..ProptestConfig::default() }
}

proptest! {
    #![proptest_config(law(4250))]

    #[test]
    fn engine_and_oracle_agree_on_requests_made_up_by_chance(request in any_request()) {
        agree(&request)?;
    }

    #[test]
    fn engine_and_oracle_agree_on_requests_at_the_edge_of_a_rule(request in pointed_request(&BUNDLE)) {
        agree(&request)?;
    }
}

proptest! {
    #![proptest_config(law(1500))]

    #[test]
    fn engine_and_oracle_agree_whether_things_are_called_by_id_name_or_code(request in renamed_request(&BUNDLE)) {
        agree(&request)?;
    }
}

/// What the engine takes each statement for; nothing where it was not understood.
fn taken_for(conditions: &[ConditionRequest]) -> Vec<Option<String>> {
    let absent = |condition: &ConditionRequest| ConditionRequest { state: Some(State::Absent), ..condition.clone() };
    let answer = common::answer(&ScreeningRequest {
        session: SessionRequest { massage_type: "relaxing".to_owned(), ..SessionRequest::default() },
        client: None,
        intake: Intake::Complete,
        conditions: conditions.iter().map(absent).collect(),
        clearances: None,
    });
    let at = |number: usize| {
        answer.coverage.recognised.iter().find(|found| found.pointer == format!("/conditions/{number}"))
    };
    (0..conditions.len()).map(|number| at(number).map(|found| found.id.to_string())).collect()
}

#[test]
fn engine_and_oracle_take_every_name_and_every_code_for_the_same_condition() {
    let mut differ = Vec::new();
    for condition in &BUNDLE.conditions {
        let callings = every_calling(condition);
        // No request may list more than two hundred conditions.
        let engine = callings.chunks(200).flat_map(taken_for);
        for (said, engine) in callings.iter().zip(engine) {
            let oracle = BUNDLE.understood(&serde_json::to_value(said).unwrap()).map(|thing| thing.id.clone());
            if engine != oracle {
                differ.push((said.text.clone(), said.code.clone(), engine, oracle));
            }
        }
    }
    assert!(differ.is_empty(), "text or code, what the engine takes it for, and the oracle: {differ:#?}");
}

/// The requests of all cases, each with what the engine answers.
fn answered_cases() -> Vec<(Value, Answer)> {
    let answered = |request: Value| {
        let typed: ScreeningRequest = serde_json::from_value(request).unwrap();
        (serde_json::to_value(&typed).unwrap(), engine(&typed))
    };
    case_requests().into_iter().map(answered).collect()
}

#[test]
fn engine_and_oracle_agree_on_every_case_of_the_ruleset() {
    for (request, engine) in answered_cases() {
        assert_eq!(engine, BUNDLE.answer(&request, TODAY), "engine left, oracle right: {request:#}");
    }
}

#[test]
fn an_oracle_whose_copy_of_any_one_rule_has_another_effect_disagrees_with_the_engine() {
    let cases = answered_cases();
    let mut changed = Bundle::newest();
    for number in 0..changed.rules.len() {
        let rule = changed.rules[number].clone();
        changed.rules[number]["effect"] =
            if rule["effect"] == "indicate" { json!("advise") } else { json!("indicate") };
        let mut met = cases.iter().filter(|(_, engine)| engine.reasons.iter().any(|why| why.rule == id_of(&rule)));
        let is_noticed = met.any(|(request, engine)| changed.answer(request, TODAY) != *engine);
        assert!(is_noticed, "nobody notices another effect of {}", id_of(&rule));
        changed.rules[number] = rule;
    }
}

/// The shipped ruleset, compiled with other rules.
fn compiled(rules: &[Value]) -> Ruleset {
    let mut bundle = serde_json::to_value(common::RULESET.bundle()).unwrap();
    for file in bundle["rules"].as_array_mut().unwrap() {
        for rule in file["rules"].as_array_mut().unwrap() {
            *rule = rules.iter().find(|other| id_of(other) == id_of(rule)).unwrap().clone();
        }
    }
    Ruleset::from_bundle(serde_json::from_value(bundle).unwrap()).unwrap()
}

/// The rules about which the two disagree.
fn disputed<'a>(rules: &'a [Value], engine: &Answer, oracle: &Answer) -> Vec<&'a Value> {
    let (engine, oracle): (BTreeSet<_>, BTreeSet<_>) =
        (engine.reasons.iter().collect(), oracle.reasons.iter().collect());
    let disputed: BTreeSet<&str> = engine.symmetric_difference(&oracle).map(|why| why.rule.as_str()).collect();
    rules.iter().filter(|rule| disputed.contains(id_of(rule))).collect()
}

#[test]
fn engine_and_oracle_agree_on_rules_made_up_by_chance() {
    for _ in 0..3 {
        let mut runner = TestRunner::new(law(500));
        let rules = any_rules(&BUNDLE).new_tree(&mut runner).unwrap().current();
        let bundle: &'static Bundle = Box::leak(Box::new(Bundle { rules, ..Bundle::newest() }));
        let ruleset = compiled(&bundle.rules);
        let outcome = runner.run(&pointed_request(bundle), |request| {
            let engine = Answer::of_engine(&screen(&ruleset, &Facts::read(&ruleset, &request, TODAY).unwrap()));
            let oracle = bundle.answer(&serde_json::to_value(&request).unwrap(), TODAY);
            prop_assert_eq!(
                &engine,
                &oracle,
                "engine left, oracle right: {:#?}",
                disputed(&bundle.rules, &engine, &oracle)
            );
            Ok(())
        });
        outcome.unwrap();
    }
}
