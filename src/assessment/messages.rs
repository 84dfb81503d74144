//! The answer in prose, put together from the ruleset's own sentences.

use crate::model::prose::{told, urged};
use crate::model::{Certainty, Level, Messages, Urgency};
use crate::ruleset::Texts;

use super::level::Outcome;

/// The four messages of one answer.
pub(super) fn write<'r>(texts: Texts<'r>, level: Level, urgency: Option<Urgency>, found: &[Outcome<'r>]) -> Messages {
    let key = key(level, urgency);
    let lead = |audience: &str| {
        // A release from before the keys of this form says only that a doctor should look at it.
        texts.message(audience, &key).or_else(|| texts.message(audience, level.as_str())).unwrap_or_default()
    };
    let mut weighty: Vec<&Outcome<'_>> = found.iter().filter(|outcome| outcome.level == level).collect();
    // A rule that only may hold says nothing of urgency where the answer is milder.
    let urgent = |outcome: &Outcome<'_>| super::urgency(outcome).filter(|_| outcome.certainty < Certainty::Possible);
    weighty.sort_by_key(|outcome| (std::cmp::Reverse(urgent(outcome)), outcome.certainty));
    let client = weighty.first().map_or(lead("client").to_owned(), |first| {
        let reason = &texts.reason_after(first.rule).client;
        match urgency {
            Some(urgency) => {
                let marks = texts.message("urgency", urgency.as_str()).unwrap_or_default();
                urged(lead("client"), reason, marks)
            }
            None => told(lead("client"), reason, true),
        }
    });
    let mut therapist: Vec<&str> = vec![lead("therapist")];
    for outcome in &weighty {
        let reason: &str = &texts.reason_after(outcome.rule).therapist;
        if !therapist.contains(&reason) {
            therapist.push(reason);
        }
    }
    Messages {
        client,
        front_desk: lead("frontDesk").to_owned(),
        therapist: therapist.join(" "),
        clinician: clinician(texts, lead("clinician"), &weighty),
    }
}

/// The name of the sentences that say what to do: where a doctor should look at it, how soon.
fn key(level: Level, urgency: Option<Urgency>) -> String {
    match (level, urgency) {
        (Level::SeeDoctor, Some(Urgency::Emergency)) => Level::Emergency.as_str().to_owned(),
        (Level::SeeDoctor, Some(urgency)) => format!("{}-{}", level.as_str(), urgency.as_str()),
        (Level::Expected | Level::ContactTherapist | Level::SeeDoctor | Level::Emergency, _) => {
            level.as_str().to_owned()
        }
    }
}

/// What it comes to, then each reason with its rule and how sure it is.
fn clinician<'r>(texts: Texts<'r>, lead: &str, weighty: &[&Outcome<'r>]) -> String {
    let mut text = lead.to_owned();
    let mut said: Vec<&str> = Vec::new();
    for outcome in weighty {
        let rule = outcome.rule.rule.id.as_str();
        if said.contains(&rule) {
            continue;
        }
        said.push(rule);
        let sureness = match outcome.certainty {
            Certainty::Definite => None,
            Certainty::Assumed => Some("assumed"),
            Certainty::Possible => Some("possible"),
        };
        let sureness = sureness.map(|mark| format!(", {}", texts.message("marks", mark).unwrap_or(mark)));
        let reason = &texts.reason_after(outcome.rule).clinician;
        for part in [" [", rule, &sureness.unwrap_or_default(), "] ", reason] {
            text.push_str(part);
        }
    }
    text
}
