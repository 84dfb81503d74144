//! Example cases: a request, and what a clinician expects of the answer.

use std::collections::BTreeSet;

use crate::model::{Effect, RuleId, Screening, Urgency};
use crate::ruleset::document::{CaseDocument, ExpectDocument};
use crate::ruleset::{Facts, Ruleset};

use super::screen;

/// Runs one case and says, a sentence each, where the answer is not what was expected.
#[must_use]
pub fn run_case(ruleset: &Ruleset, case: &CaseDocument) -> Vec<String> {
    // A case names its day; the checker refuses one that does not.
    let today = case.request.session.date.unwrap_or_default();
    match Facts::read(ruleset, &case.request, today) {
        Ok(facts) => compare(&case.expect, &screen(ruleset, &facts)),
        Err(faults) => faults.iter().map(|fault| format!("{}: {}", fault.pointer, fault.detail)).collect(),
    }
}

fn compare(expect: &ExpectDocument, answer: &Screening) -> Vec<String> {
    let mut differences = Vec::new();
    if answer.verdict != expect.verdict {
        differences.push(format!("verdict is {}, expected {}", answer.verdict.as_str(), expect.verdict.as_str()));
    }
    let ids = |least: Effect, most: Effect| -> BTreeSet<&RuleId> {
        answer
            .reasons
            .iter()
            .filter(|reason| (least..=most).contains(&reason.effect))
            .map(|reason| &reason.rule_id)
            .collect()
    };
    let bearing = ids(Effect::Caution, Effect::Deny);
    let expected: BTreeSet<&RuleId> = expect.rules.iter().collect();
    differences.extend(bearing.difference(&expected).map(|id| format!("`{id}` bears on it and was not expected")));
    differences.extend(expected.difference(&bearing).map(|id| format!("`{id}` was expected to bear on it")));
    let advising = ids(Effect::Indicate, Effect::Advise);
    differences.extend(
        expect.advice.iter().filter(|id| !advising.contains(id)).map(|id| format!("advice `{id}` was expected")),
    );
    if let Some(action) = expect.action.filter(|action| *action != answer.action) {
        differences.push(format!("action is {}, expected {}", answer.action.as_str(), action.as_str()));
    }
    if let Some(urgency) = expect.urgency.filter(|urgency| Some(*urgency) != answer.urgency) {
        let found = answer.urgency.map_or("not given", Urgency::as_str);
        differences.push(format!("urgency is {found}, expected {}", urgency.as_str()));
    }
    if let Some(date) = expect.eligible_from.filter(|date| Some(*date) != answer.eligible_from) {
        let found = answer.eligible_from.map_or("not given".to_owned(), |date| date.to_string());
        differences.push(format!("eligible from: {found}, expected {date}"));
    }
    differences
}
