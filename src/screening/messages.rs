//! The answer in prose, put together from the ruleset's own sentences.

use crate::model::{Action, Certainty, Effect, Messages, Requirement};
use crate::ruleset::Texts;

use super::outcome::Outcome;

/// The longest message for a client, in characters.
const CLIENT_MOST: usize = 200;

/// The four messages of one answer.
pub(super) fn write(
    texts: Texts<'_>,
    action: Action,
    outcomes: &[Outcome<'_>],
    requirements: &[Requirement],
) -> Messages {
    let sentence = |audience: &str| texts.message(audience, action.as_str()).unwrap_or_default().to_owned();
    Messages {
        client: client(sentence("client"), outcomes),
        front_desk: sentence("frontDesk"),
        therapist: therapist(texts, sentence("therapist"), outcomes, requirements),
        clinician: clinician(sentence("clinician"), outcomes),
    }
}

/// The weightiest first: the strictest, then the surest, then by rule id; advice left out.
fn weightiest<'o, 'r>(outcomes: &'o [Outcome<'r>], least: Effect) -> Vec<&'o Outcome<'r>> {
    let mut sorted: Vec<&Outcome<'_>> = outcomes.iter().filter(|outcome| outcome.effect >= least).collect();
    sorted.sort_by_key(|outcome| {
        (std::cmp::Reverse(outcome.rule.red_flag), std::cmp::Reverse(outcome.effect), outcome.certainty)
    });
    sorted
}

/// What to do, and the weightiest reason where it fits.
fn client(lead: String, outcomes: &[Outcome<'_>]) -> String {
    let Some(first) = weightiest(outcomes, Effect::Caution).first().copied() else { return lead };
    let whole = format!("{lead} {}", first.rule.document.reason.client);
    if whole.chars().count() <= CLIENT_MOST { whole } else { lead }
}

fn therapist(texts: Texts<'_>, lead: String, outcomes: &[Outcome<'_>], requirements: &[Requirement]) -> String {
    let mut text = lead;
    let mut said: Vec<&str> = Vec::new();
    for outcome in weightiest(outcomes, Effect::Advise) {
        let reason: &str = &outcome.rule.document.reason.therapist;
        if !said.contains(&reason) {
            said.push(reason);
            text.push(' ');
            text.push_str(reason);
        }
    }
    if let Some(count) = (!requirements.is_empty()).then(|| texts.message("therapist", "requirements")).flatten() {
        text.push(' ');
        text.push_str(count);
    }
    text
}

fn clinician(lead: String, outcomes: &[Outcome<'_>]) -> String {
    let mut text = lead;
    let mut said: Vec<&str> = Vec::new();
    for outcome in weightiest(outcomes, Effect::Caution) {
        let rule = outcome.rule.id.as_str();
        if said.contains(&rule) {
            continue;
        }
        said.push(rule);
        let sureness = match outcome.certainty {
            Certainty::Definite => "",
            Certainty::Assumed => ", assumed",
            Certainty::Possible => ", possible",
        };
        for part in [" [", rule, sureness, "] ", &outcome.rule.document.reason.clinician] {
            text.push_str(part);
        }
    }
    text
}
