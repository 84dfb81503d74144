//! The answer in prose, put together from the ruleset's own sentences.

use crate::model::{Level, Messages};
use crate::ruleset::Texts;

use super::level::Outcome;

/// The longest message for a client, in characters.
const CLIENT_MOST: usize = 200;

/// The four messages of one answer.
pub(super) fn write(texts: Texts<'_>, level: Level, found: &[Outcome<'_>]) -> Messages {
    let sentence = |audience: &str| texts.message(audience, level.as_str()).unwrap_or_default().to_owned();
    let mut weighty: Vec<&Outcome<'_>> = found.iter().filter(|outcome| outcome.level == level).collect();
    weighty.sort_by_key(|outcome| outcome.certainty);
    let lead = sentence("client");
    let client = weighty
        .first()
        .map(|first| format!("{lead} {}", first.rule.document.reason.client))
        .filter(|whole| whole.chars().count() <= CLIENT_MOST)
        .unwrap_or(lead);
    let mut therapist = sentence("therapist");
    let mut clinician = sentence("clinician");
    let mut said: Vec<&str> = Vec::new();
    for outcome in &weighty {
        let rule = outcome.rule.rule.id.as_str();
        if said.contains(&rule) {
            continue;
        }
        said.push(rule);
        let reason = &outcome.rule.document.reason;
        for part in [" ", &reason.therapist] {
            therapist.push_str(part);
        }
        for part in [" [", rule, "] ", &reason.clinician] {
            clinician.push_str(part);
        }
    }
    Messages { client, front_desk: sentence("frontDesk"), therapist, clinician }
}
