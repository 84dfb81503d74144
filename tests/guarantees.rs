//! The guarantees as laws, over requests made up by chance from the shipped ruleset. G5 and G6 are about the service:
//! `tests/http`.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its input fails")]

#[path = "guarantees/assessment.rs"]
mod assessment;
#[path = "guarantees/calendar.rs"]
mod calendar;
mod common;
#[path = "common/law.rs"]
mod law;
#[path = "guarantees/questionnaire.rs"]
mod questionnaire;

use std::collections::BTreeSet;

use common::{RULESET, TODAY, answer, any_condition, any_request};
use kneadsafe::model::prose::{CLIENT_MOST, sentences};
use kneadsafe::model::{
    Action, ConditionRequest, Effect, ExplainedRule, Intake, Language, Messages, Pressure, Screening, ScreeningRequest,
    State, Truth, Verdict, WayForward,
};
use kneadsafe::ruleset::Facts;
use kneadsafe::screening::{explain, screen, verdict};
use law::law;
use proptest::prelude::*;
use proptest::sample::select;
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
    #![proptest_config(law(1500))]

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
        let partial = ScreeningRequest { intake: Intake::Partial, asked: None, ..request };
        prop_assert!(of(&partial) > Verdict::Allow);
    }

    #[test]
    fn g1_a_category_that_was_not_asked_never_allows_where_its_conditions_would_not(
        request in any_request(), more in any_condition(), which in any::<prop::sample::Index>(),
    ) {
        let partial = ScreeningRequest { intake: Intake::Partial, ..request.clone() };
        if let Some(asked) = partial.asked.clone().filter(|asked| !asked.is_empty()) {
            let mut fewer = asked;
            fewer.remove(which.index(fewer.len()));
            let less_asked = ScreeningRequest { asked: Some(fewer), ..partial.clone() };
            prop_assert!(of(&less_asked) >= of(&partial));
        }
        let category = |condition: &ConditionRequest| {
            let found = RULESET.names().by_id(condition.id.as_deref().unwrap()).unwrap();
            RULESET.condition(found.condition).category.to_string()
        };
        let asked = RULESET.categories().iter().map(|category| category.id.to_string());
        let but_one = asked.filter(|asked| *asked != category(&more)).collect();
        let silent = ScreeningRequest { asked: Some(but_one), ..partial };
        let mut told = silent.clone();
        told.conditions.push(ConditionRequest { state: Some(State::Present), ..more });
        told.intake = Intake::Complete;
        if of(&told) > Verdict::Allow && of(&ScreeningRequest { intake: Intake::Complete, ..silent.clone() }) == Verdict::Allow {
            prop_assert!(of(&silent) > Verdict::Allow);
        }
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
    fn every_way_forward_is_better_and_no_part_of_it_does_as_well(request in any_request()) {
        let now = answer(&request);
        let screened = |change: &[(&String, &Value)]| {
            let mut changed = serde_json::to_value(&request).unwrap();
            for (pointer, value) in change {
                put(&mut changed, pointer, (*value).clone());
            }
            of(&serde_json::from_value::<ScreeningRequest>(changed).unwrap())
        };
        let each_type = |way: &WayForward| {
            let mut ways = vec![way.clone()];
            ways.extend(way.other_massage_types.iter().map(|kind| {
                let mut other = way.clone();
                *other.change.get_mut("/session/massageType").unwrap() = kind.as_str().into();
                other
            }));
            ways
        };
        for way in &now.ways_forward.iter().flat_map(each_type).collect::<Vec<_>>() {
            let change: Vec<(&String, &Value)> = way.change.iter().collect();
            prop_assert!(!change.is_empty());
            prop_assert_eq!(screened(&change), way.verdict);
            prop_assert!(way.verdict < now.verdict);
            for bits in 0..(1_usize << change.len()) - 1 {
                let part: Vec<(&String, &Value)> =
                    change.iter().enumerate().filter(|(at, _)| bits >> at & 1 == 1).map(|(_, entry)| *entry).collect();
                prop_assert!(screened(&part) > way.verdict, "{:?} does as well as {:?}", part, way.change);
            }
            // What was told of the client's health is never taken back.
            let about_health = |pointer: &String| !pointer.starts_with("/session/") && !pointer.starts_with("/clearances/");
            prop_assert!(!way.change.keys().any(about_health));
        }
        prop_assert!(now.ways_forward.is_sorted_by_key(|way| way.change.len()));
    }

    #[test]
    fn an_explanation_holds_every_reason_and_is_as_true_as_its_predicates(request in any_request()) {
        let facts = Facts::read(&RULESET, &request, TODAY).unwrap();
        let (answer, explained) = (screen(&RULESET, &facts), explain(&RULESET, &facts));
        // One reason may stand for the same rule and condition more than once.
        let counted: BTreeSet<_> = explained
            .iter()
            .filter_map(|rule| Some((&rule.rule_id, rule.effect?, rule.certainty, &rule.condition)))
            .collect();
        let told: BTreeSet<_> = answer
            .reasons
            .iter()
            .map(|reason| (&reason.rule_id, reason.effect, Some(reason.certainty), &reason.condition))
            .collect();
        prop_assert_eq!(counted, told);
        for reason in &answer.reasons {
            let same = |rule: &&ExplainedRule| rule.rule_id == reason.rule_id && rule.effect == Some(reason.effect);
            prop_assert!(explained.iter().any(|rule| same(&rule) && rule.certainty == Some(reason.certainty)));
        }
        for rule in &explained {
            let least = rule.predicates.iter().map(|predicate| predicate.truth).min().unwrap_or(Truth::True);
            prop_assert_eq!(rule.truth, least, "{:?}", rule);
            for predicate in &rule.predicates {
                prop_assert!(predicate.truth != Truth::Unknown || !predicate.missing.is_empty(), "{:?}", predicate);
            }
        }
    }

    #[test]
    fn a_red_flag_comes_before_any_question_or_offer(request in any_request()) {
        let answer = answer(&request);
        prop_assert_eq!(answer.urgency, answer.red_flags.iter().map(|flag| flag.urgency).max());
        prop_assert_eq!(answer.action == Action::Refer, !answer.red_flags.is_empty());
        if answer.action == Action::Refer {
            prop_assert!(answer.questions.is_empty() && answer.ways_forward.is_empty() && answer.alternatives.is_empty());
        }
    }

    #[test]
    fn what_the_front_desk_reads_names_no_condition_and_the_client_reads_little(
        request in any_request(), language in select(Language::ALL.to_vec()),
    ) {
        let answer = answer_in(language, &request);
        let Messages { client, front_desk, therapist, clinician } = &answer.messages;
        for message in [client, front_desk, therapist, clinician] {
            prop_assert!(!message.trim().is_empty() && !message.contains(['{', '}']), "{}", message);
        }
        prop_assert!(client.chars().count() <= CLIENT_MOST, "{}", client);
        prop_assert!(sentences(client).len() <= 2, "{}", client);
        for named in &answer.coverage.recognised {
            for name in names_of(named.id.as_str()) {
                prop_assert!(!says(front_desk, &name), "{} is in {}", name, front_desk);
            }
        }
    }

    #[test]
    fn an_answer_in_russian_differs_in_its_prose_alone_and_holds_no_other_prose(request in any_request()) {
        let english = serde_json::to_value(answer_in(Language::En, &request)).unwrap();
        let russian = answer_in(Language::Ru, &request);
        for text in prose(&russian) {
            let left = latin_words(&text);
            prop_assert!(left.is_empty(), "{:?} in {}", left, text);
        }
        let russian = serde_json::to_value(russian).unwrap();
        prop_assert_eq!(without_prose(&russian), without_prose(&english));
    }
}

fn answer_in(language: Language, request: &ScreeningRequest) -> Screening {
    screen(&RULESET, &Facts::read(&RULESET, request, TODAY).unwrap().in_language(language))
}

/// Everything that a condition is called, in every language.
fn names_of(id: &str) -> Vec<String> {
    let ix = RULESET.names().by_id(id).unwrap().condition;
    let document = &RULESET.condition(ix).document;
    let written = document.synonyms.iter().chain(document.names.values().flatten()).cloned();
    let shown = Language::ALL.map(|language| RULESET.texts(language).condition(ix).to_string());
    written.chain(shown).collect()
}

/// The text in words alone, so that a name is found as a whole.
fn words(text: &str) -> String {
    let parts = text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    format!(" {} ", parts.collect::<Vec<_>>().join(" ").to_lowercase())
}

/// Whether a text says a name.
fn says(text: &str, name: &str) -> bool {
    words(text).contains(&words(name))
}

/// Everything in an answer that a person reads.
fn prose(answer: &Screening) -> Vec<String> {
    let Messages { client, front_desk, therapist, clinician } = answer.messages.clone();
    let reasons = answer.reasons.iter().map(|reason| reason.text.to_string());
    let flags = answer.red_flags.iter().map(|flag| flag.text.to_string());
    let questions = answer.questions.iter().map(|question| question.text.clone());
    let rest = [client, front_desk, therapist, clinician, answer.disclaimer.to_string()];
    reasons.chain(flags).chain(questions).chain(rest).collect()
}

/// The words in Latin letters that are neither a rule's id, which stands in brackets, nor an abbreviation in capitals.
fn latin_words(text: &str) -> Vec<String> {
    let mut plain = text.to_owned();
    for rule in RULESET.rules() {
        if plain.contains('[') {
            plain = plain.replace(&format!("[{},", rule.id), "[");
        }
    }
    plain
        .split(|letter: char| !letter.is_ascii_alphanumeric())
        .filter(|word| word.chars().any(|letter| letter.is_ascii_lowercase()))
        .map(str::to_owned)
        .collect()
}

/// The answer without what a person reads; questions in one order, since theirs may go by their words.
fn without_prose(value: &Value) -> Value {
    match value {
        Value::Object(members) => members
            .iter()
            .filter(|(name, _)| !["messages", "disclaimer", "text", "labels"].contains(&name.as_str()))
            .map(|(name, member)| (name.clone(), without_prose(member)))
            .collect(),
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(without_prose).collect();
            if items.iter().any(|item| item.get("canReach").is_some()) {
                items.sort_by_key(Value::to_string);
            }
            Value::Array(items)
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value.clone(),
    }
}

#[test]
fn no_sentence_for_the_front_desk_says_any_name_of_any_condition() {
    for language in Language::ALL {
        for name in RULESET.bundle().messages["frontDesk"].keys() {
            let sentence = RULESET.texts(language).message("frontDesk", name).unwrap();
            for condition in RULESET.conditions() {
                for name in names_of(condition.id.as_str()) {
                    assert!(!says(sentence, &name), "`{name}` is in: {sentence}");
                }
            }
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
