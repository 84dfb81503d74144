//! Example reports: what is felt, and what a clinician expects of the answer.

use std::collections::BTreeSet;

use crate::model::{Assessment, RuleId};
use crate::ruleset::document::{AssessmentCaseDocument, AssessmentExpectDocument};
use crate::ruleset::{Facts, Ruleset};

use super::assess;

/// Runs one case and says, a sentence each, where the answer is not what was expected.
#[must_use]
pub fn run_case(ruleset: &Ruleset, case: &AssessmentCaseDocument) -> Vec<String> {
    let today = case.request.session.date.unwrap_or_default();
    match Facts::read_report(ruleset, &case.request, today) {
        Ok(facts) => compare(&case.expect, &assess(ruleset, &facts)),
        Err(faults) => faults.iter().map(|fault| format!("{}: {}", fault.pointer, fault.detail)).collect(),
    }
}

fn compare(expect: &AssessmentExpectDocument, answer: &Assessment) -> Vec<String> {
    let mut differences = Vec::new();
    if answer.level != expect.level {
        differences.push(format!("level is {}, expected {}", answer.level.as_str(), expect.level.as_str()));
    }
    let found: BTreeSet<&RuleId> = answer.reasons.iter().map(|reason| &reason.rule_id).collect();
    let expected: BTreeSet<&RuleId> = expect.rules.iter().collect();
    differences.extend(found.difference(&expected).map(|id| format!("`{id}` is a reason and was not expected")));
    differences.extend(expected.difference(&found).map(|id| format!("`{id}` was expected as a reason")));
    let offered: BTreeSet<&str> = answer.self_care.iter().map(|advice| advice.id.as_ref()).collect();
    for id in expect.self_care.iter().filter(|id| !offered.contains(id.as_str())) {
        differences.push(format!("self-care `{id}` was expected"));
    }
    for id in expect.no_self_care.iter().filter(|id| offered.contains(id.as_str())) {
        differences.push(format!("self-care `{id}` is offered and must not be"));
    }
    let until = answer.expected_course.map(|course| course.until_hours);
    if let Some(hours) = expect.until_hours.filter(|hours| Some(*hours) != until) {
        differences.push(format!("the course lasts {until:?} hours, expected {hours}"));
    }
    differences
}
