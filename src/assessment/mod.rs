//! After the session: from what is felt to a level, with all its reasons.
//!
//! The same predicates, facts and names as before the session; only what rules come to is another thing. Pure, like the
//! screening, and unknown to it.

mod advice;
mod cases;
mod level;
mod messages;
mod report;

use crate::model::{
    Assessment, AssessmentQuestion, ConditionRequest, ExpectedCourse, Level, NextSession, RecognisedBy, State, Truth,
    Urgency,
};
use crate::ruleset::{ConditionFact, Facts, Inquiry, Missing, Rule, Ruleset, inquire};

use level::{Outcome, outcomes};

pub use cases::run_case;
pub use level::level;
pub use report::{adverse_event, summary};

/// Assesses what one client feels after one session against one ruleset.
///
/// Pure: same arguments, same bytes. A symptom is expected only where a rule says so and nothing is unknown of it; whatever
/// else is felt is at least for the therapist. Reasons come sorted by rule id. Source: DESIGN §1, G1–G4, read for levels.
#[must_use]
pub fn assess(ruleset: &Ruleset, facts: &Facts) -> Assessment {
    let texts = ruleset.texts(facts.language);
    let found = outcomes(ruleset, facts);
    let reached = level(ruleset, facts);
    let doctor = reached >= Level::SeeDoctor;
    let urgency = found.iter().filter(|outcome| doctor && outcome.level == reached).filter_map(urgency).max();
    let until = found.iter().filter(|outcome| outcome.level == Level::Expected);
    let until_hours = until.filter_map(|outcome| outcome.rule.document.until_hours).max();
    let questions = questions(ruleset, facts, &found);
    let messages = messages::write(texts, reached, urgency, &found);
    Assessment {
        level: reached,
        urgency,
        expected_course: until_hours
            .filter(|_| reached <= Level::ContactTherapist)
            .map(|until_hours| ExpectedCourse { until_hours }),
        watch_for: advice::choose(ruleset, facts, ruleset.watch_for(), reached),
        self_care: advice::choose(ruleset, facts, ruleset.self_care(), reached),
        questions,
        next_session: next_session(ruleset, facts, &found),
        reasons: found.into_iter().map(|outcome| outcome.into_reason(texts)).collect(),
        coverage: facts.coverage.clone(),
        messages,
        disclaimer: texts.disclaimer(),
        ruleset: ruleset.stamp().clone(),
    }
}

/// How urgent a rule is: as it says, else by its level.
fn urgency(outcome: &Outcome<'_>) -> Option<Urgency> {
    outcome.rule.document.urgency.or(match outcome.level {
        Level::Expected | Level::ContactTherapist => None,
        Level::SeeDoctor => Some(Urgency::Soon),
        Level::Emergency => Some(Urgency::Emergency),
    })
}

fn questions(ruleset: &Ruleset, facts: &Facts, found: &[Outcome<'_>]) -> Vec<AssessmentQuestion> {
    let rules: Vec<&Rule> = ruleset.post_session_rules().iter().map(|rule| &rule.rule).collect();
    let missing: Vec<Missing> = found.iter().flat_map(|outcome| outcome.missing.iter().copied()).collect();
    let extremes = (Level::Expected, Level::Emergency);
    let Inquiry { questions, .. } = inquire(ruleset, facts, &rules, missing, extremes, |facts| level(ruleset, facts));
    let mut questions: Vec<AssessmentQuestion> = questions
        .into_iter()
        .map(|open| AssessmentQuestion {
            about: open.about,
            text: open.text,
            answers: open.answers,
            can_reach: open.can_reach,
        })
        .collect();
    let texts = ruleset.texts(facts.language);
    let odd = |about: &str, name: &str, condition: &str, answers: Vec<String>| AssessmentQuestion {
        about: about.to_owned(),
        text: texts.ask(name, condition),
        answers,
        can_reach: Level::ALL.to_vec(),
    };
    for (pointer, meanings) in &facts.ambiguous {
        let answers = meanings.iter().map(|meaning| ruleset.condition(*meaning).id.to_string()).collect();
        questions.push(odd(pointer, "ambiguous", "", answers));
    }
    for guess in facts.coverage.recognised.iter().filter(|recognised| recognised.by == RecognisedBy::Approximate) {
        let name = texts.condition_called(guess.id.as_str());
        questions.push(odd(&guess.pointer, "approximate", name, vec![guess.id.to_string()]));
    }
    for stranger in &facts.coverage.unrecognised {
        questions.push(odd(&stranger.pointer, "unrecognised", "", stranger.did_you_mean.clone()));
    }
    questions.sort_by(|one, other| {
        let weight = |question: &AssessmentQuestion| {
            (std::cmp::Reverse(question.can_reach.last().copied()), question.can_reach.first().copied())
        };
        weight(one).cmp(&weight(other)).then_with(|| (&one.about, &one.text).cmp(&(&other.about, &other.text)))
    });
    questions
}

/// What is felt and was understood.
fn felt<'f>(ruleset: &Ruleset, facts: &'f Facts) -> impl Iterator<Item = &'f ConditionFact> {
    facts.conditions.iter().filter(|fact| {
        fact.felt.since_session && fact.present > Truth::False && !ruleset.condition(fact.condition).document.heading
    })
}

/// What is felt, as conditions that can be posted to a screening.
fn next_session(ruleset: &Ruleset, facts: &Facts, found: &[Outcome<'_>]) -> NextSession {
    let conditions = felt(ruleset, facts)
        .map(|fact| ConditionRequest {
            id: Some(ruleset.condition(fact.condition).id.to_string()),
            state: (fact.present == Truth::Unknown).then_some(State::Unknown),
            severity: fact.severity,
            body_region: fact.place.as_ref().and_then(|place| place.ids.first()).map(ToString::to_string),
            ..ConditionRequest::default()
        })
        .collect();
    NextSession {
        conditions,
        pressure_max: found.iter().filter_map(|outcome| outcome.rule.document.next_pressure_max).min(),
    }
}
