//! Whole interviews: from a partial intake of which nothing is known, one question at a time, to a settled verdict.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot read its input fails, and says how many questions were asked"
)]

mod common;

use std::collections::BTreeMap;

use common::{RULESET, TODAY, answer, any_client, any_session, condition_ids};
use jiff::ToSpan;
use kneadsafe::model::{
    ClientRequest, ConditionRequest, Control, Intake, Phase, Question, Screening, ScreeningRequest, SessionRequest,
    Severity, Verdict,
};
use proptest::prelude::*;
use proptest::sample::select;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

/// How many clients are interviewed.
const CLIENTS: usize = 1500;

/// One condition of the ruleset with every fact that there can be.
fn told_in_full() -> impl Strategy<Value = ConditionRequest> {
    (
        select(condition_ids()),
        select(Phase::ALL.to_vec()),
        select(Control::ALL.to_vec()),
        select(Severity::ALL.to_vec()),
        select(RULESET.regions().iter().map(|region| region.id.to_string()).collect::<Vec<_>>()),
        30..900_i32,
        1..29_i32,
    )
        .prop_map(|(id, phase, control, severity, body_region, onset, resolved)| {
            let ago = |days: i32| TODAY.checked_sub(days.days()).unwrap();
            // What is always in one place is not asked where it is.
            let placed = RULESET.names().by_id(&id).is_some_and(|it| RULESET.condition(it.condition).place.is_some());
            ConditionRequest {
                id: Some(id),
                phase: Some(phase),
                control: Some(control),
                severity: Some(severity),
                body_region: (!placed).then_some(body_region),
                onset: Some(ago(onset)),
                resolved: matches!(phase, Phase::Remission | Phase::Resolved).then(|| ago(resolved)),
                ..ConditionRequest::default()
            }
        })
}

/// A client who could answer everything: what is not told is not there.
fn any_truth() -> impl Strategy<Value = ScreeningRequest> {
    let conditions = prop_oneof![
        3 => Just(Vec::new()),
        3 => prop::collection::vec(told_in_full(), 1..2),
        2 => prop::collection::vec(told_in_full(), 2..4),
        1 => prop::collection::vec(told_in_full(), 4..7),
    ];
    (any_session(), any_client(), conditions, 20..90_u16, select(vec![true, false])).prop_map(
        |(session, client, conditions, age, first)| {
            let mut known: BTreeMap<String, ConditionRequest> = BTreeMap::new();
            for condition in conditions {
                known.insert(condition.id.clone().unwrap(), condition);
            }
            let weeks = client.pregnancy_weeks.or_else(|| known.values().any(is_pregnancy).then_some(20));
            if weeks.is_some() && !known.values().any(is_pregnancy) {
                let pregnant = ConditionRequest { id: Some("pregnancy".to_owned()), ..ConditionRequest::default() };
                known.insert("pregnancy".to_owned(), pregnant);
            }
            ScreeningRequest {
                session: SessionRequest {
                    duration_minutes: session.duration_minutes.or(Some(60)),
                    products: Some(session.products.into_iter().flatten().filter(|name| !name.contains(' ')).collect()),
                    ..session
                },
                client: Some(ClientRequest {
                    age: Some(age),
                    sex: client.sex.or(Some(kneadsafe::model::Sex::Female)),
                    activity_level: client.activity_level.or(Some(kneadsafe::model::ActivityLevel::Moderate)),
                    first_session: Some(first),
                    pregnancy_weeks: weeks,
                }),
                intake: Intake::Complete,
                conditions: known.into_values().collect(),
                clearances: None,
                asked: None,
            }
        },
    )
}

fn is_pregnancy(condition: &ConditionRequest) -> bool {
    let of = |id: &str| RULESET.names().by_id(id).unwrap().condition;
    condition.phase != Some(Phase::Resolved) && RULESET.is_a(of(condition.id.as_deref().unwrap()), of("pregnancy"))
}

/// What the client would answer, put into the request as `Question` says.
fn tell(request: &mut Value, question: &Question, truth: &ScreeningRequest) {
    let whole = serde_json::to_value(truth).unwrap();
    let of_category = |condition: &&ConditionRequest, category: &str| {
        let id = condition.id.as_deref().unwrap();
        let ix = RULESET.names().by_id(id).unwrap().condition;
        &*RULESET.condition(ix).category == category
    };
    // Who names a condition that is over says so.
    let bare = |condition: &ConditionRequest| match condition.phase {
        Some(Phase::Resolved) => json!({ "id": condition.id, "phase": "resolved", "resolved": condition.resolved }),
        _ => json!({ "id": condition.id }),
    };
    match (question.about.as_str(), &question.category, &question.condition) {
        ("/asked", _, _) => {
            let left: Vec<&String> = question
                .answers
                .iter()
                .filter(|category| *category != "none")
                .filter(|category| !truth.conditions.iter().any(|condition| of_category(&condition, category)))
                .collect();
            request["asked"] = json!(left);
        }
        ("/conditions/-", Some(category), _) => {
            for condition in truth.conditions.iter().filter(|condition| of_category(condition, category)) {
                let known = request["conditions"].as_array().unwrap();
                if !known.iter().any(|known| known["id"] == json!(condition.id)) {
                    request["conditions"].as_array_mut().unwrap().push(bare(condition));
                }
            }
            request["asked"].as_array_mut().unwrap().push(json!(category));
        }
        ("/conditions/-", None, Some(asked)) => {
            let about = RULESET.names().by_id(asked.as_str()).unwrap().condition;
            let own = truth.conditions.iter().find(|condition| {
                let ix = RULESET.names().by_id(condition.id.as_deref().unwrap()).unwrap().condition;
                RULESET.is_a(ix, about)
            });
            let said = own.map_or_else(|| json!({ "id": asked, "state": "absent" }), bare);
            request["conditions"].as_array_mut().unwrap().push(said);
        }
        (about, _, _) => {
            let parts: Vec<&str> = about.split('/').skip(1).collect();
            let said = match parts[0] {
                "conditions" => {
                    let at: usize = parts[1].parse().unwrap();
                    let id = &request["conditions"][at]["id"];
                    let own = whole["conditions"].as_array().unwrap().iter().find(|own| own["id"] == *id).unwrap();
                    own.get(parts[2]).unwrap_or_else(|| panic!("the truth says nothing of {about}")).clone()
                }
                _ => whole.pointer(about).unwrap_or_else(|| panic!("the truth says nothing of {about}")).clone(),
            };
            let mut at = request;
            for part in &parts {
                at = if at.is_array() { &mut at[part.parse::<usize>().unwrap()] } else { &mut at[*part] };
            }
            *at = said;
        }
    }
}

/// Asks until the verdict is settled; answers with what came out and how many questions it took.
fn interview(truth: &ScreeningRequest) -> (Screening, usize) {
    let mut request = json!({
        "session": SessionRequest {
            products: None,
            duration_minutes: None,
            ..truth.session.clone()
        },
        "client": {},
        "intake": "partial",
        "conditions": [],
    });
    let mut found = answer(&serde_json::from_value(request.clone()).unwrap());
    for asked in 0..100 {
        if found.settled || found.action == kneadsafe::model::Action::Refer {
            return (found, asked);
        }
        let question = found.questions.first().unwrap_or_else(|| {
            panic!("nothing to ask and not settled: {} {:?}\n{request}", found.verdict.as_str(), found.range)
        });
        tell(&mut request, question, truth);
        let next = answer(&serde_json::from_value(request.clone()).unwrap());
        assert!(
            next.range.best >= found.range.best && next.range.worst <= found.range.worst,
            "{:?} became {:?} after {}\n{request}",
            found.range,
            next.range,
            question.about
        );
        found = next;
    }
    panic!("a hundred questions were not enough\n{request}");
}

#[test]
fn every_interview_ends_with_the_verdict_of_everything_told() {
    let mut runner = TestRunner::deterministic();
    let mut counts: Vec<usize> = Vec::new();
    for _ in 0..CLIENTS {
        let truth = any_truth().new_tree(&mut runner).unwrap().current();
        let (found, asked) = interview(&truth);
        let whole = answer(&truth);
        assert_eq!(found.verdict, whole.verdict, "{}", serde_json::to_string(&truth).unwrap());
        counts.push(asked);
    }
    counts.sort_unstable();
    let (median, most) = (counts[counts.len() / 2], counts[counts.len() * 95 / 100]);
    println!("{CLIENTS} interviews: median {median}, 95th percentile {most}, longest {}", counts.last().unwrap());
    // Each category is asked of once at most, and each condition has a handful of facts.
    assert!(median <= 6 && most <= 20, "median {median}, 95th percentile {most}");
}

#[test]
fn a_client_who_has_nothing_is_settled_by_one_checklist_and_a_few_facts() {
    let truth = ScreeningRequest {
        session: SessionRequest { massage_type: "relaxing".to_owned(), date: Some(TODAY), ..SessionRequest::default() },
        client: None,
        intake: Intake::Complete,
        conditions: Vec::new(),
        clearances: None,
        asked: None,
    };
    let partial = ScreeningRequest { intake: Intake::Partial, ..truth.clone() };
    let open = answer(&partial);
    assert!(!open.settled);
    assert_eq!(open.questions[0].about, "/asked");
    let (found, asked) = interview(&truth);
    assert_eq!(found.verdict, answer(&truth).verdict);
    assert!(asked <= 2, "{asked}");
}

#[test]
fn every_question_can_move_the_verdict_and_what_is_not_settled_asks() {
    let mut runner = TestRunner::deterministic();
    for _ in 0..CLIENTS {
        let request = common::any_request().new_tree(&mut runner).unwrap().current();
        let found = answer(&request);
        for question in &found.questions {
            let moves = question.can_reach.len() > 1 || question.can_reach.iter().any(|it| *it != found.verdict);
            assert!(moves, "{question:?}");
            assert!(question.leads_to.iter().all(|it| it.range.best >= found.range.best), "{question:?}");
            assert!(question.leads_to.iter().all(|it| it.range.worst <= found.range.worst), "{question:?}");
        }
        assert!(found.verdict <= found.range.worst, "{}", serde_json::to_string(&request).unwrap());
        keeps_its_promises(&request, &found);
        let refer = found.action == kneadsafe::model::Action::Refer;
        assert_eq!(found.settled || refer, found.questions.is_empty(), "{}", serde_json::to_string(&request).unwrap());
    }
}

/// Each answer in words, put where the question says, leads where it says.
fn keeps_its_promises(request: &ScreeningRequest, found: &Screening) {
    for question in &found.questions {
        let Some((above, field)) =
            question.about.rsplit_once('/').filter(|(above, _)| above.starts_with("/conditions/"))
        else {
            continue;
        };
        for leads_to in &question.leads_to {
            for answered in &leads_to.answers {
                let mut told = serde_json::to_value(request).unwrap();
                told.pointer_mut(above).unwrap()[field] = json!(answered);
                let then = answer(&serde_json::from_value(told).unwrap()).range;
                assert!(
                    then.best >= leads_to.range.best && then.worst <= leads_to.range.worst,
                    "{} = {answered}: {then:?} and not {:?}\n{}",
                    question.about,
                    leads_to.range,
                    serde_json::to_string(request).unwrap()
                );
            }
        }
    }
}

fn asked_of(request: Value) -> Screening {
    answer(&serde_json::from_value(request).unwrap())
}

#[test]
fn nothing_is_promised_while_a_word_is_not_understood() {
    let found = asked_of(json!({
        "session": { "massageType": "relaxing", "date": "2026-11-28" }, "intake": "partial",
        "conditions": [{ "text": "flurbosis" }]
    }));
    let open: Vec<&Question> = found.questions.iter().filter(|question| question.about == "/asked").collect();
    assert_eq!(open.len(), 1);
    assert!(open[0].leads_to.iter().all(|it| it.range.worst == Verdict::Deny), "{:?}", open[0].leads_to);
}

#[test]
fn what_clients_cannot_name_is_not_offered_to_them() {
    for text in ["emergency", "felt unwell", "illness"] {
        let found = asked_of(json!({
            "session": { "massageType": "relaxing", "date": "2026-11-28" }, "intake": "complete",
            "conditions": [{ "text": text }]
        }));
        let offered = found.questions.iter().flat_map(|question| &question.answers);
        let guessed = found.coverage.unrecognised.iter().flat_map(|it| &it.did_you_mean);
        for id in offered.chain(guessed) {
            if let Some(known) = RULESET.names().by_id(id) {
                assert!(!RULESET.condition(known.condition).document.heading, "{text}: {id}");
            }
        }
    }
}

#[test]
fn a_place_that_is_not_told_is_at_most_a_part_of_the_whole_body() {
    let found = asked_of(json!({
        "session": { "massageType": "relaxing", "date": "2026-11-28" }, "intake": "complete",
        "conditions": [{ "id": "tattoo-recent", "onset": "2026-11-27" }]
    }));
    assert_eq!(found.verdict, Verdict::Caution);
    assert!(found.range.best <= found.verdict && found.verdict <= found.range.worst);
}
