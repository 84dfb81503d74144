//! The guarantees as laws, over requests made up by chance from the shipped ruleset. G5 and G6 are about the service:
//! `tests/http`.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its input fails")]

#[path = "guarantees/assessment.rs"]
mod assessment;
mod common;
#[path = "guarantees/questionnaire.rs"]
mod questionnaire;

use std::collections::BTreeSet;

use common::{RULESET, TODAY, answer, any_condition, any_request};
use kneadsafe::model::{ConditionRequest, Effect, Intake, Pressure, Screening, ScreeningRequest, State, Verdict};
use kneadsafe::ruleset::Facts;
use kneadsafe::screening::{screen, verdict};
use proptest::prelude::*;
use serde_json::Value;

fn of(request: &ScreeningRequest) -> Verdict {
    answer(request).verdict
}

/// The request with one of its unknowable facts left out; `which` picks the fact.
fn silenced(request: &ScreeningRequest, condition: prop::sample::Index, which: u8) -> ScreeningRequest {
    let mut silent = request.clone();
    let client = silent.client.get_or_insert_default();
    match which {
        0 => client.age = None,
        1 => client.sex = None,
        2 => client.activity_level = None,
        3 => client.first_session = None,
        4 => silent.session.products = None,
        5 => silent.session.duration_minutes = None,
        _ => {}
    }
    let at = condition.index(silent.conditions.len().max(1));
    if let Some(fact) = silent.conditions.get_mut(at) {
        match which {
            6 => fact.control = None,
            7 => fact.severity = None,
            // With an end date, the beginning says whether that end still counts: it is not silence alone that goes.
            8 if fact.resolved.is_none() => fact.onset = None,
            9 => fact.state = Some(State::Unknown),
            10 if fact.phase.is_some_and(|phase| phase != kneadsafe::model::Phase::Resolved)
                && fact.resolved.is_none() =>
            {
                fact.phase = None;
            }
            _ => {}
        }
    }
    silent
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn g1_leaving_a_fact_out_never_turns_another_answer_into_allow(
        request in any_request(), condition in any::<prop::sample::Index>(), which in 0..11_u8,
    ) {
        if of(&request) > Verdict::Allow {
            prop_assert!(of(&silenced(&request, condition, which)) > Verdict::Allow);
        }
    }

    #[test]
    fn g1_a_condition_that_may_be_there_never_allows_where_its_presence_would_not(
        request in any_request(), more in any_condition(),
    ) {
        let with = |state: State| {
            let mut request = request.clone();
            request.conditions.push(ConditionRequest { state: Some(state), ..more.clone() });
            of(&request)
        };
        if with(State::Present) > Verdict::Allow {
            prop_assert!(with(State::Unknown) > Verdict::Allow);
        }
    }

    #[test]
    fn g1_what_is_not_understood_or_not_asked_never_allows(request in any_request(), text in "[a-z]{9,14} [a-z]{9,14}") {
        let mut strange = request.clone();
        strange.conditions.push(ConditionRequest { text: Some(text), ..ConditionRequest::default() });
        let strange_answer = answer(&strange);
        prop_assert!(strange_answer.verdict > Verdict::Allow);
        prop_assert!(!strange_answer.settled || strange_answer.range.best == Verdict::Deny);
        let partial = ScreeningRequest { intake: Intake::Partial, ..request };
        prop_assert!(of(&partial) > Verdict::Allow);
    }

    #[test]
    fn g2_one_more_condition_never_softens_the_verdict(request in any_request(), more in any_condition()) {
        let before = of(&request);
        let mut after = request;
        after.conditions.push(ConditionRequest { state: Some(State::Present), ..more });
        prop_assert!(of(&after) >= before);
    }

    #[test]
    fn g2_more_pressure_never_softens_the_verdict(request in any_request(), one in 1..=5_u8, other in 1..=5_u8) {
        let at = |level: u8| {
            let mut request = request.clone();
            request.session.pressure = Pressure::new(level);
            of(&request)
        };
        prop_assert!(at(one.max(other)) >= at(one.min(other)));
    }

    #[test]
    fn g2_one_clearance_less_never_softens_the_verdict(request in any_request(), which in any::<prop::sample::Index>()) {
        let before = of(&request);
        let mut after = request;
        let clearances = after.clearances.get_or_insert_default();
        if !clearances.is_empty() {
            let at = which.index(clearances.len());
            clearances.remove(at);
        }
        prop_assert!(of(&after) >= before);
    }

    #[test]
    fn g2_a_reason_milder_than_its_rule_says_what_softened_it(request in any_request()) {
        for reason in answer(&request).reasons {
            let rule = RULESET.rules().iter().find(|rule| rule.id == reason.rule_id).unwrap();
            if reason.effect < rule.effect && reason.certainty == kneadsafe::model::Certainty::Definite {
                let softened = reason.softened.unwrap();
                prop_assert_eq!(softened.from, rule.effect);
                prop_assert!(!softened.by.is_empty());
            }
        }
    }

    #[test]
    fn g3_the_same_request_gets_the_same_bytes(request in any_request()) {
        let facts = Facts::read(&RULESET, &request, TODAY).unwrap();
        let bytes = || serde_json::to_vec(&screen(&RULESET, &facts)).unwrap();
        prop_assert_eq!(bytes(), bytes());
        let again: Screening = serde_json::from_slice(&bytes()).unwrap();
        prop_assert_eq!(serde_json::to_vec(&again).unwrap(), bytes());
    }

    #[test]
    fn g3_the_order_of_conditions_changes_pointers_alone(
        (request, order) in any_request().prop_flat_map(|request| {
            let numbers: Vec<usize> = (0..request.conditions.len()).collect();
            (Just(request), Just(numbers).prop_shuffle())
        }),
    ) {
        let mut shuffled = request.clone();
        shuffled.conditions = order.iter().map(|from| request.conditions[*from].clone()).collect();
        let back = |pointer: &str| -> String {
            let mut parts: Vec<String> = pointer.split('/').map(str::to_owned).collect();
            if parts.get(1).is_some_and(|part| part == "conditions")
                && let Some(number) = parts.get(2).and_then(|part| part.parse::<usize>().ok())
            {
                parts[2] = order[number].to_string();
            }
            parts.join("/")
        };
        let plain = without_order(&serde_json::to_value(answer(&request)).unwrap(), &|pointer| pointer.to_owned());
        let renamed = without_order(&serde_json::to_value(answer(&shuffled)).unwrap(), &back);
        prop_assert_eq!(plain, renamed);
    }

    #[test]
    fn g4_reasons_are_complete_and_each_names_rule_facts_and_sources(request in any_request()) {
        let answer = answer(&request);
        let strictest = answer.reasons.iter().map(|reason| reason.effect.verdict()).max().unwrap_or(Verdict::Allow);
        prop_assert_eq!(answer.verdict, strictest);
        prop_assert_eq!(answer.verdict, verdict(&RULESET, &Facts::read(&RULESET, &request, TODAY).unwrap()));
        prop_assert!(answer.reasons.is_sorted_by(|one, other| one.rule_id <= other.rule_id));
        for reason in &answer.reasons {
            let rule = RULESET.rules().iter().find(|rule| rule.id == reason.rule_id).unwrap();
            prop_assert!(!reason.evidence.sources.is_empty());
            prop_assert!(!reason.text.is_empty());
            prop_assert_eq!(reason.condition.is_some(), rule.condition.is_some());
            let whole = serde_json::to_value(&request).unwrap();
            for pointer in &reason.facts {
                prop_assert!(whole.pointer(pointer).is_some(), "{} is not in the request", pointer);
            }
            if reason.effect >= Effect::Caution && rule.condition.is_some() {
                prop_assert!(!reason.facts.is_empty());
            }
        }
    }

    #[test]
    fn the_range_holds_the_verdict_that_an_answer_leads_to(request in any_request(), level in 0..100_u16) {
        let open = answer(&request);
        let mut told = request;
        let client = told.client.get_or_insert_default();
        client.age = client.age.or(Some(level));
        client.first_session = client.first_session.or(Some(level % 2 == 0));
        let after = answer(&told).range;
        prop_assert!(after.best >= open.range.best && after.worst <= open.range.worst);
    }

    #[test]
    fn every_way_forward_is_better_as_screened_by_itself(request in any_request()) {
        let now = answer(&request);
        for way in &now.ways_forward {
            let mut changed = serde_json::to_value(&request).unwrap();
            for (pointer, value) in &way.change {
                put(&mut changed, pointer, value.clone());
            }
            let changed: ScreeningRequest = serde_json::from_value(changed).unwrap();
            let then = answer(&changed);
            prop_assert_eq!(then.verdict, way.verdict);
            prop_assert!(then.verdict < now.verdict);
        }
    }

    #[test]
    fn what_the_front_desk_reads_names_no_condition_and_the_client_reads_little(request in any_request()) {
        let answer = answer(&request);
        prop_assert!(answer.messages.client.chars().count() <= 200);
        let desk = answer.messages.front_desk.to_lowercase();
        for named in &answer.coverage.recognised {
            let found = RULESET.names().by_id(named.id.as_str()).unwrap();
            prop_assert!(!desk.contains(&RULESET.condition(found.condition).name.to_lowercase()));
        }
    }
}

/// Sets a value, making the objects and lists on the way.
fn put(document: &mut Value, pointer: &str, value: Value) {
    let (above, last) = pointer.rsplit_once('/').unwrap();
    let at = if above.is_empty() { document } else { document.pointer_mut(above).unwrap() };
    if let Value::Array(items) = at {
        items.push(value);
    } else {
        at.as_object_mut().unwrap().insert(last.to_owned(), value);
    }
}

/// The same document with every list in one order and every pointer renamed, so that order does not count.
fn without_order(value: &Value, rename: &dyn Fn(&str) -> String) -> Value {
    match value {
        Value::String(text) if text.starts_with("/conditions/") => Value::String(rename(text)),
        Value::Array(items) => {
            let ordered: BTreeSet<String> = items.iter().map(|item| without_order(item, rename).to_string()).collect();
            Value::Array(ordered.into_iter().map(Value::String).collect())
        }
        // Sentences may be put together in another order.
        Value::Object(members) => members
            .iter()
            .filter(|(name, _)| *name != "messages")
            .map(|(name, member)| (name.clone(), without_order(member, rename)))
            .collect(),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}
