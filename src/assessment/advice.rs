//! What the client can do meanwhile, and what to watch for.

use crate::model::{Advice, Level, PhaseSet, Truth};
use crate::ruleset::{AdviceEntry, Facts, Ruleset};

/// The entries that fit what is felt and the client, up to this level.
pub(super) fn choose(ruleset: &Ruleset, facts: &Facts, entries: &[AdviceEntry], level: Level) -> Vec<Advice> {
    let texts = ruleset.texts(facts.language);
    entries
        .iter()
        .filter(|entry| level <= entry.document.up_to && fits(ruleset, facts, entry) && !barred(ruleset, facts, entry))
        .map(|entry| Advice {
            id: entry.document.id.clone(),
            text: texts.advice(entry).clone(),
            sources: entry.document.sources.clone(),
        })
        .collect()
}

fn fits(ruleset: &Ruleset, facts: &Facts, entry: &AdviceEntry) -> bool {
    entry.symptoms.is_empty()
        || facts.conditions.iter().any(|fact| {
            fact.felt.since_session
                && fact.present > Truth::False
                && entry.symptoms.iter().any(|symptom| ruleset.is_a(fact.condition, *symptom))
        })
}

/// Whether the client has, or may have, something that the entry is not for. What was not understood may be anything.
fn barred(ruleset: &Ruleset, facts: &Facts, entry: &AdviceEntry) -> bool {
    if entry.not_with.is_empty() {
        return false;
    }
    let fallbacks = ruleset.fallbacks();
    facts.conditions.iter().any(|fact| {
        let now = fact.present > Truth::False && fact.phases(facts.session.date).meets(PhaseSet::CURRENT);
        now && (fallbacks.stand_in(fact.condition)
            || entry.not_with.iter().any(|barrier| ruleset.is_a(fact.condition, *barrier)))
    })
}
