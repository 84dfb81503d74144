//! Reasons that say the same of several facts, as one.

use crate::model::Reason;

/// The reasons, in the order in which they come: those of one rule that say the same stand together as one, with all facts
/// that were read. They come sorted by rule.
pub(super) fn together(reasons: impl Iterator<Item = Reason>) -> Vec<Reason> {
    let mut told: Vec<Reason> = Vec::new();
    for reason in reasons {
        let of_rule = told.iter_mut().rev().take_while(|known| known.rule_id == reason.rule_id);
        match of_rule.into_iter().find(|known| says_the_same(known, &reason)) {
            Some(known) => {
                let new = reason.facts.into_iter().filter(|fact| !known.facts.contains(fact)).collect::<Vec<_>>();
                known.facts.extend(new);
            }
            None => told.push(reason),
        }
    }
    told
}

fn says_the_same(one: &Reason, other: &Reason) -> bool {
    one.effect == other.effect
        && one.certainty == other.certainty
        && one.condition == other.condition
        && one.eligible_from == other.eligible_from
        && one.clearance == other.clearance
        && one.softened == other.softened
}
