//! Every candidate rule with the truth of each of its predicates.

use crate::model::{ExplainedPredicate, ExplainedRule};
use crate::ruleset::{ConditionFact, Facts, Record, Ruleset, WeighedPredicate, pointer, predicates, weigh};

use super::outcome::{bare_effect, candidates, softened_effect};

/// Explains every rule that could have counted, by rule id: those that hold, those that do not, and those not known to.
#[must_use]
pub fn explain(ruleset: &Ruleset, facts: &Facts) -> Vec<ExplainedRule> {
    let mut explained: Vec<ExplainedRule> = candidates(ruleset, facts)
        .map(|(rule, subject)| {
            let subject = subject.map(|(_, fact)| fact);
            let weighed = weigh(ruleset, rule, facts, subject, &mut ());
            let counts = bare_effect(rule, weighed.truth, weighed.partly);
            let parts = predicates(ruleset, rule, facts, subject);
            ExplainedRule {
                rule_id: rule.id.clone(),
                condition: subject.map(|subject| ruleset.condition(subject.condition).id.clone()),
                pointer: subject.map(|subject| subject.pointer.clone()),
                truth: weighed.truth,
                effect: counts.map(|(effect, _)| softened_effect(ruleset, rule, facts, subject, effect).0),
                certainty: counts.map(|(_, certainty)| certainty),
                predicates: parts.into_iter().map(|part| predicate(part, facts, subject)).collect(),
            }
        })
        .collect();
    explained.sort_by(|one, other| {
        (&one.rule_id, &one.condition, &one.pointer).cmp(&(&other.rule_id, &other.condition, &other.pointer))
    });
    explained
}

fn predicate(part: WeighedPredicate, facts: &Facts, subject: Option<&ConditionFact>) -> ExplainedPredicate {
    let WeighedPredicate { part, truth, record } = part;
    ExplainedPredicate {
        part: part.to_owned(),
        truth,
        missing: missing(&record, facts, subject),
        facts: record
            .pointers(subject.filter(|_| part.starts_with("where") || matches!(part, "condition" | "scope")), facts),
    }
}

fn missing(record: &Record, facts: &Facts, subject: Option<&ConditionFact>) -> Vec<String> {
    let own = subject.map(|subject| subject.pointer.as_str());
    let of = |number: Option<usize>| match number {
        Some(number) => facts.conditions.get(number).map(|fact| fact.pointer.as_str()),
        None => own,
    };
    let mut missing: Vec<String> =
        record.missing(None).into_iter().map(|(fact, number)| pointer(fact, of(number))).collect();
    missing.sort();
    missing.dedup();
    missing
}
