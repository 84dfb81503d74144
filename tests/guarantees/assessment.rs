//! Laws of the assessment after a session: more to feel never counts for less, and silence never for nothing.

use crate::common::{RULESET, TODAY, any_client, any_condition, any_session, condition_ids};
use crate::law::law;
use kneadsafe::assessment::{assess, level};
use kneadsafe::model::prose::{CLIENT_MOST, sentences};
use kneadsafe::model::{
    AssessmentRequest, ClientRequest, ConditionRequest, Intake, Language, Level, Messages, Severity, State,
    SymptomRequest, Trend,
};
use kneadsafe::ruleset::Facts;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

fn of(request: &AssessmentRequest) -> Level {
    level(&RULESET, &Facts::read_report(&RULESET, request, TODAY).unwrap())
}

/// The symptoms that rules are on, and now and then any other condition.
fn any_symptom_id() -> impl Strategy<Value = String> {
    let ruled: Vec<String> = RULESET
        .conditions()
        .iter()
        .filter(|condition| !condition.post_session_rules.is_empty() && !condition.document.heading)
        .map(|condition| condition.id.to_string())
        .collect();
    assert!(ruled.len() > 20, "only {} symptoms have rules", ruled.len());
    prop_oneof![6 => select(ruled), 1 => select(condition_ids())]
}

fn any_symptom() -> impl Strategy<Value = SymptomRequest> {
    (
        any_symptom_id(),
        option::weighted(0.1, select(vec![State::Present, State::Unknown])),
        option::weighted(0.4, select(vec!["back", "neck", "lower-back", "calf", "chest", "head", "shoulder"])),
        option::weighted(0.7, 0..100_u16),
        option::weighted(0.7, 0..200_u16),
        option::weighted(0.7, select(Severity::ALL.to_vec())),
        option::weighted(0.7, select(Trend::ALL.to_vec())),
    )
        .prop_map(|(id, state, region, onset_hours_after, duration_hours, severity, trend)| SymptomRequest {
            id: Some(id),
            state,
            body_region: region.map(str::to_owned),
            onset_hours_after,
            duration_hours,
            severity,
            trend,
            ..SymptomRequest::default()
        })
}

fn any_report() -> impl Strategy<Value = AssessmentRequest> {
    (
        any_session(),
        option::of(0..200_u16),
        option::weighted(0.8, any_client()),
        prop::bool::weighted(0.85),
        prop::collection::vec(any_condition(), 0..3),
        prop::collection::vec(any_symptom(), 0..4),
    )
        .prop_map(|(session, hours_since_session, client, complete, conditions, symptoms)| AssessmentRequest {
            session,
            hours_since_session,
            client,
            intake: if complete { Intake::Complete } else { Intake::Partial },
            conditions,
            symptoms,
        })
}

fn rank(severity: Severity) -> usize {
    Severity::ALL.iter().position(|it| *it == severity).unwrap()
}

proptest! {
    #![proptest_config(law(1200))]

    #[test]
    fn one_more_symptom_never_lowers_the_level(report in any_report(), more in any_symptom()) {
        let before = of(&report);
        let mut after = report;
        after.symptoms.push(more);
        prop_assert!(of(&after) >= before);
    }

    #[test]
    fn one_more_condition_never_lowers_the_level(report in any_report(), more in any_condition()) {
        let before = of(&report);
        let mut after = report;
        after.conditions.push(ConditionRequest { state: Some(State::Present), ..more });
        prop_assert!(of(&after) >= before);
    }

    #[test]
    fn lasting_longer_hurting_more_and_growing_worse_never_lower_the_level(
        mut report in any_report(), symptom in any_symptom(), hours in (0..300_u16, 0..300_u16),
        severity in (select(Severity::ALL.to_vec()), select(Severity::ALL.to_vec())),
        trend in (select(Trend::ALL.to_vec()), select(Trend::ALL.to_vec())),
    ) {
        let (milder, worse) = if rank(severity.0) <= rank(severity.1) { severity } else { (severity.1, severity.0) };
        let mut with = |hours: u16, severity: Severity, trend: Trend| {
            report.symptoms.push(SymptomRequest {
                duration_hours: Some(hours), severity: Some(severity), trend: Some(trend), ..symptom.clone()
            });
            let found = of(&report);
            report.symptoms.pop();
            found
        };
        let before = with(hours.0.min(hours.1), milder, trend.0.min(trend.1));
        let after = with(hours.0.max(hours.1), worse, trend.0.max(trend.1));
        prop_assert!(after >= before);
    }

    #[test]
    fn leaving_a_fact_out_never_makes_a_symptom_expected(report in any_report(), which in 0..6_u8) {
        let before = of(&report);
        let mut silent = report;
        for symptom in &mut silent.symptoms {
            match which {
                0 => symptom.severity = None,
                1 => symptom.trend = None,
                2 => { symptom.duration_hours = None; silent.hours_since_session = None; }
                3 => { symptom.onset_hours_after = None; if symptom.duration_hours.is_none() { silent.hours_since_session = None; } }
                4 => symptom.state = Some(State::Unknown),
                _ => {}
            }
        }
        if which == 5 && let Some(client) = &mut silent.client {
            // The weeks stay: they say that there is a pregnancy, which is a condition and no detail.
            *client = ClientRequest { pregnancy_weeks: client.pregnancy_weeks, ..ClientRequest::default() };
        }
        if before > Level::Expected {
            prop_assert!(of(&silent) > Level::Expected);
        }
    }

    #[test]
    fn what_is_not_understood_or_not_asked_is_never_expected(report in any_report(), text in "[a-z]{9,14} [a-z]{9,14}") {
        let mut strange = report.clone();
        strange.symptoms.push(SymptomRequest { text: Some(text), ..SymptomRequest::default() });
        prop_assert!(of(&strange) >= Level::ContactTherapist);
        let partial = AssessmentRequest { intake: Intake::Partial, ..report };
        prop_assert!(of(&partial) >= Level::ContactTherapist);
    }

    #[test]
    fn the_answer_holds_its_own_level_its_sources_and_no_medicine(report in any_report()) {
        let facts = Facts::read_report(&RULESET, &report, TODAY).unwrap();
        let answer = assess(&RULESET, &facts);
        prop_assert_eq!(answer.level, of(&report));
        for language in Language::ALL {
            let Messages { client, front_desk, therapist, clinician } =
                assess(&RULESET, &facts.clone().in_language(language)).messages;
            prop_assert!(client.chars().count() <= CLIENT_MOST && sentences(&client).len() <= 2, "{}", client);
            for message in [client, front_desk, therapist, clinician] {
                prop_assert!(!message.trim().is_empty() && !message.contains(['{', '}']), "{}", message);
            }
        }
        prop_assert!(answer.reasons.iter().all(|reason| !reason.evidence.sources.is_empty() && reason.level <= answer.level));
        prop_assert_eq!(serde_json::to_vec(&answer).unwrap(), serde_json::to_vec(&assess(&RULESET, &facts)).unwrap());
        for advice in answer.self_care.iter().chain(&answer.watch_for) {
            for word in ["ibuprofen", "paracetamol", "gel", "ointment", "herb", "salt", "magnesium", "toxin"] {
                prop_assert!(!advice.text.to_lowercase().split(|letter: char| !letter.is_alphabetic()).any(|it| it == word));
            }
        }
        for condition in &answer.next_session.conditions {
            prop_assert!(RULESET.names().by_id(condition.id.as_deref().unwrap()).is_some());
        }
    }
}
