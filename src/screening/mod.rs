//! The engine: from facts to a verdict with all its reasons.
//!
//! Pure: no clock, no disk, no randomness. Owns how rules add up and how the answer reads; the truth of a single predicate is
//! the ruleset's.

mod action;
mod calendar;
mod cases;
mod change;
mod explain;
mod instructions;
mod intake;
mod leads_to;
mod matrix;
mod messages;
mod open;
mod outcome;
pub mod questionnaire;
mod questions;
mod reasons;
mod requirements;
mod ways;

use crate::model::{Alternative, Effect, Range, RedFlag, Screening, SessionEcho, Verdict};
use crate::ruleset::{Facts, Ruleset, Texts};

use messages::Answer;
use outcome::{Outcome, outcomes};

pub use calendar::{CalendarCell, CalendarPage, ScreenedCell};
pub use cases::run_case;
pub use explain::explain;
pub use matrix::{Matrix, MatrixRow, matrix};
pub use outcome::verdict;

/// Screens one session for one client against one ruleset.
///
/// Pure: same arguments, same bytes. Reasons come sorted by rule id, every matched rule among them; the verdict is their
/// maximum, [`Verdict::Allow`] only where nothing speaks against the session and nothing that could is unknown. Time grows
/// with the client's conditions, not with the ruleset. Source: DESIGN §1, G1–G4.
#[must_use]
pub fn screen(ruleset: &Ruleset, facts: &Facts) -> Screening {
    let found = outcomes(ruleset, facts);
    let verdict = outcome::strictest(&found);
    let texts = ruleset.texts(facts.language);
    let red_flags = red_flags(texts, &found);
    let refer = !red_flags.is_empty();
    let mut inquiry = questions::inquire(ruleset, facts, verdict);
    if refer {
        // A red flag comes before any question of a booking.
        inquiry.questions.clear();
    }
    let alternatives = if refer { Vec::new() } else { alternatives(ruleset, facts) };
    let eligible_from = eligible_from(ruleset, facts, &found, verdict);
    let ways_forward = if refer { Vec::new() } else { ways::forward(ruleset, facts, &found, verdict) };
    let requirements = requirements::merge(found.iter().filter(|outcome| outcome.effect > Effect::Indicate));
    let action = action::choose(&action::Situation {
        verdict,
        range: inquiry.range,
        refer,
        outcomes: &found,
        alternatives: &alternatives,
        ways_forward: &ways_forward,
        eligible_from,
        asks: !inquiry.questions.is_empty(),
        coverage: &facts.coverage,
    });
    let messages = messages::write(texts, &Answer { action, outcomes: &found, requirements: &requirements });
    Screening {
        verdict,
        action,
        settled: inquiry.range == Range::only(verdict),
        range: inquiry.range,
        session: echo(ruleset, facts),
        reasons: reasons::together(found.into_iter().map(|outcome| outcome.into_reason(texts))),
        requirements,
        questions: inquiry.questions,
        eligible_from,
        alternatives,
        ways_forward,
        urgency: red_flags.iter().map(|flag| flag.urgency).max(),
        red_flags,
        coverage: facts.coverage.clone(),
        messages,
        explanation: None,
        disclaimer: texts.disclaimer(),
        ruleset: ruleset.stamp().clone(),
    }
}

#[expect(clippy::indexing_slicing, reason = "the number was read from this ruleset's own catalogue")]
fn echo(ruleset: &Ruleset, facts: &Facts) -> SessionEcho {
    let session = &facts.session;
    SessionEcho {
        massage_type: ruleset.massage_types()[session.massage_type].id.clone(),
        pressure: session.pressure,
        body_regions: session.regions.as_ref().map(|place| place.ids.clone()),
        date: session.date,
    }
}

fn red_flags<'r>(texts: Texts<'r>, found: &[Outcome<'r>]) -> Vec<RedFlag> {
    let mut flags: Vec<RedFlag> = found
        .iter()
        .filter(|outcome| outcome.effect == Effect::Deny)
        .filter_map(|outcome| {
            Some(RedFlag {
                rule_id: outcome.rule.id.clone(),
                urgency: outcome.rule.red_flag?,
                facts: outcome.facts.clone(),
                text: texts.reason(outcome.rule).client.clone(),
            })
        })
        .collect();
    flags.sort_by(|one, other| {
        other.urgency.cmp(&one.urgency).then_with(|| (&one.rule_id, &one.facts).cmp(&(&other.rule_id, &other.facts)))
    });
    flags
}

/// Every other massage type that is not denied to the same client, the mildest verdict first, then in the order of the
/// catalogue.
fn alternatives(ruleset: &Ruleset, facts: &Facts) -> Vec<Alternative> {
    let mut other = facts.clone();
    let mut found: Vec<Alternative> = Vec::with_capacity(ruleset.massage_types().len());
    for (number, kind) in ruleset.massage_types().iter().enumerate() {
        if number == facts.session.massage_type {
            continue;
        }
        ways::book_type(ruleset, &mut other, facts, number);
        let outcomes = outcomes(ruleset, &other);
        let verdict = outcome::strictest(&outcomes);
        if verdict == Verdict::Deny {
            continue;
        }
        found.push(Alternative {
            massage_type: kind.id.clone(),
            pressure: other.session.pressure,
            verdict,
            requirements: requirements::merge(outcomes.iter().filter(|outcome| outcome.effect > Effect::Indicate)),
        });
    }
    found.sort_by_key(|alternative| alternative.verdict);
    found
}

/// The first day on which time alone makes the verdict milder: proved by screening that day.
fn eligible_from(
    ruleset: &Ruleset,
    facts: &Facts,
    found: &[Outcome<'_>],
    verdict_now: Verdict,
) -> Option<jiff::civil::Date> {
    if verdict_now == Verdict::Allow {
        return None;
    }
    let mut latest = None;
    for outcome in found.iter().filter(|outcome| outcome.effect.verdict() == verdict_now) {
        latest = latest.max(Some(outcome.until?));
    }
    let date = latest?;
    let mut then = facts.clone();
    then.session.date = date;
    (verdict(ruleset, &then) < verdict_now).then_some(date)
}
