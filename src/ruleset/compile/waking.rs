//! Which rules a condition wakes: its own and those of everything above it, by condition and by category.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use super::super::categories::CategorySet;
use super::super::index::{Category, Condition, ConditionIx, Fallbacks, PostSessionRule, Rule, RuleIx};
use super::{Result, at_most, index};

pub(super) fn numbered(rules: &[Rule]) -> impl Iterator<Item = (RuleIx, &Rule)> {
    rules.iter().enumerate().map(|(number, rule)| (RuleIx(index(number)), rule))
}

/// Gives each condition the rules on itself and on everything above it.
pub(super) fn index_rules(conditions: &mut [Condition], rules: &[Rule]) {
    let mut own: HashMap<ConditionIx, Vec<RuleIx>> = HashMap::new();
    for (ix, rule) in numbered(rules) {
        if let Some(condition) = rule.condition {
            own.entry(condition).or_default().push(ix);
        }
    }
    for condition in conditions {
        let mut folded: Vec<RuleIx> =
            condition.ancestors.iter().filter_map(|above| own.get(above)).flatten().copied().collect();
        folded.sort_unstable();
        condition.rules = folded.into();
    }
}

pub(super) fn index_post_session_rules(conditions: &mut [Condition], rules: &[PostSessionRule]) {
    for condition in conditions {
        condition.post_session_rules = rules
            .iter()
            .enumerate()
            .filter(|(_, rule)| rule.rule.condition.is_some_and(|about| condition.ancestors.contains(&about)))
            .map(|(number, _)| number)
            .collect();
    }
}

/// The categories of the conditions, each with the rules that it can wake; gives each condition those of its family.
pub(super) fn categories(conditions: &mut [Condition], fallbacks: Fallbacks) -> Result<Vec<Category>> {
    let mut ids: Vec<Arc<str>> = conditions.iter().map(|condition| condition.category.clone()).collect();
    ids.sort();
    ids.dedup();
    at_most("category", ids.len(), CategorySet::MOST)?;
    let number = |id: &Arc<str>| ids.binary_search(id).unwrap_or_default();
    let mut rules: Vec<BTreeSet<RuleIx>> = vec![BTreeSet::new(); ids.len()];
    let mut families = vec![CategorySet::default(); conditions.len()];
    for (at, condition) in conditions.iter().enumerate() {
        let category = number(&condition.category);
        for above in &condition.ancestors {
            if let Some(family) = families.get_mut(above.0 as usize) {
                *family = family.union(CategorySet::single(category));
            }
        }
        if let Some(rules) = rules.get_mut(category).filter(|_| !fallbacks.stand_in(ConditionIx(index(at)))) {
            rules.extend(&condition.rules);
        }
    }
    for (condition, family) in conditions.iter_mut().zip(families) {
        condition.family = family;
    }
    let found = ids.into_iter().zip(rules).enumerate().map(|(number, (id, rules))| Category {
        id,
        set: CategorySet::single(number),
        rules: rules.into_iter().collect(),
    });
    Ok(found.collect())
}
