//! The engine against an oracle: a second, slow reading of `ruleset/README.md` that shares nothing with the program but
//! the wire types. It walks every rule for every condition, over the JSON of the newest release. Where the two disagree,
//! one of them misreads the README, or the README can be read in two ways.

#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot read its input fails")]

mod common;
#[path = "common/law.rs"]
mod law;

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
use kneadsafe::model::{ConditionRequest, Intake, Screening, ScreeningRequest, SessionRequest, State};
use kneadsafe::ruleset::{Facts, Ruleset};
use kneadsafe::screening::screen;
use law::law;
use oracle::answer::Answer;
use oracle::bundle::{Bundle, case_requests, id_of, names_of, strings, with_id};
use oracle::made_up::any_rules;
use oracle::names::Meant;
use oracle::requests::{every_calling, pointed_request, renamed_request, with_a_slip};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

/// The newest release, as the JSON that it is.
static BUNDLE: LazyLock<Bundle> = LazyLock::new(Bundle::newest);

/// What the oracle says, told how the engine read the words that are no name; nothing where they are a sentence.
fn oracle(bundle: &Bundle, request: &ScreeningRequest, engine: &Screening) -> Option<Answer> {
    let coverage = serde_json::to_value(&engine.coverage).unwrap();
    bundle.answer(&serde_json::to_value(request).unwrap(), &coverage, TODAY)
}

fn agree(request: &ScreeningRequest) -> Result<(), TestCaseError> {
    let engine = common::answer(request);
    let oracle = oracle(&BUNDLE, request, &engine);
    prop_assume!(oracle.is_some(), "a sentence");
    prop_assert_eq!(Answer::of_engine(&engine), oracle.unwrap(), "engine left, oracle right");
    Ok(())
}

proptest! {
    #![proptest_config(law(5000))]

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
    #![proptest_config(law(600))]

    #[test]
    fn engine_and_oracle_agree_whether_things_are_called_by_id_name_or_code(request in renamed_request(&BUNDLE)) {
        agree(&request)?;
    }
}

#[test]
fn engine_and_oracle_agree_on_what_is_denied_in_words_by_name_and_with_a_slip() {
    let ids = |rule: &'static Value| strings(&rule["client"]["also"]).into_iter();
    let with_also = BUNDLE.rules.iter().filter(|rule| ids(rule).next().is_some());
    for (number, rule) in with_also.enumerate() {
        let denied = |id| {
            let name = names_of(&with_id(&BUNDLE.conditions, id).json)[0];
            let text = if number % 3 == 0 { name.to_owned() } else { with_a_slip(name, name.chars().count() / 2) };
            ConditionRequest { text: Some(text), state: Some(State::Absent), ..ConditionRequest::default() }
        };
        let own =
            rule["condition"].as_str().map(|id| ConditionRequest { id: Some(id.to_owned()), ..Default::default() });
        let request = ScreeningRequest {
            session: SessionRequest { massage_type: "thai".to_owned(), ..SessionRequest::default() },
            client: None,
            intake: Intake::Partial,
            conditions: own.into_iter().chain(ids(rule).map(denied)).collect(),
            clearances: None,
            asked: None,
        };
        let engine = common::answer(&request);
        if let Some(oracle) = oracle(&BUNDLE, &request, &engine) {
            assert_eq!(Answer::of_engine(&engine), oracle, "engine left, oracle right: {request:#?}");
        }
    }
}

/// What the engine takes each statement for; nothing where it was not understood.
fn taken_for(conditions: &[ConditionRequest]) -> Vec<BTreeSet<String>> {
    let absent = |condition: &ConditionRequest| ConditionRequest { state: Some(State::Absent), ..condition.clone() };
    let answer = common::answer(&ScreeningRequest {
        session: SessionRequest { massage_type: "relaxing".to_owned(), ..SessionRequest::default() },
        client: None,
        intake: Intake::Complete,
        conditions: conditions.iter().map(absent).collect(),
        clearances: None,
        asked: None,
    });
    let at = |number: usize| {
        let pointer = format!("/conditions/{number}");
        answer.coverage.recognised.iter().filter(move |found| found.pointer == pointer)
    };
    (0..conditions.len()).map(|number| at(number).map(|found| found.id.to_string()).collect()).collect()
}

#[test]
fn engine_and_oracle_take_every_name_and_every_code_for_the_same_condition() {
    let mut differ = Vec::new();
    let names = BUNDLE.conditions.iter().map(|condition| &condition.json);
    let things = names.chain(BUNDLE.ambiguous.iter().map(|word| &word.json));
    let callings: Vec<ConditionRequest> = things.flat_map(every_calling).collect();
    // No request may list more than two hundred conditions.
    let engine = callings.chunks(200).flat_map(taken_for);
    for (said, engine) in callings.iter().zip(engine) {
        let oracle = match BUNDLE.understood(&serde_json::to_value(said).unwrap()) {
            Meant::These(meanings, _) => meanings.into_iter().map(|thing| thing.id.clone()).collect(),
            Meant::Nothing | Meant::Words => BTreeSet::new(),
        };
        if engine != oracle {
            differ.push((said.text.clone(), said.code.clone(), engine, oracle));
        }
    }
    assert!(differ.is_empty(), "text or code, what the engine takes it for, and the oracle: {differ:#?}");
}

/// The requests of all cases, each with what the engine answers and how it understood them.
fn answered_cases() -> Vec<(Value, Answer, Value)> {
    let answered = |request: Value| {
        let typed: ScreeningRequest = serde_json::from_value(request).unwrap();
        let screening = common::answer(&typed);
        let coverage = serde_json::to_value(&screening.coverage).unwrap();
        (serde_json::to_value(&typed).unwrap(), Answer::of_engine(&screening), coverage)
    };
    case_requests().into_iter().map(answered).collect()
}

#[test]
fn engine_and_oracle_agree_on_every_case_of_the_ruleset() {
    let cases = answered_cases();
    let mut skipped = 0;
    for (request, engine, coverage) in &cases {
        if let Some(oracle) = BUNDLE.answer(request, coverage, TODAY) {
            assert_eq!(*engine, oracle, "engine left, oracle right: {request:#}");
        } else {
            skipped += 1;
        }
    }
    assert!(skipped * 20 <= cases.len(), "{skipped} of {} cases are sentences, which nobody compares", cases.len());
}

#[test]
fn an_oracle_whose_copy_of_any_one_rule_has_another_effect_disagrees_with_the_engine() {
    let cases = answered_cases();
    let mut changed = Bundle::newest();
    for number in 0..changed.rules.len() {
        let rule = changed.rules[number].clone();
        changed.rules[number]["effect"] =
            if rule["effect"] == "indicate" { json!("advise") } else { json!("indicate") };
        let mut met = cases.iter().filter(|(_, engine, _)| engine.reasons.iter().any(|why| why.rule == id_of(&rule)));
        let is_noticed = met.any(|(request, engine, coverage)| {
            changed.answer(request, coverage, TODAY).is_some_and(|oracle| oracle != *engine)
        });
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
            let screening = screen(&ruleset, &Facts::read(&ruleset, &request, TODAY).unwrap());
            let (engine, oracle) = (Answer::of_engine(&screening), oracle(bundle, &request, &screening).unwrap());
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
