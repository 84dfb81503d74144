//! What each rule comes to for what is felt.

use crate::model::{AssessmentReason, Certainty, ConditionId, Level, Truth};
use crate::ruleset::{ConditionFact, Facts, Missing, PostSessionRule, Record, Ruleset, Texts, Witness, weigh};

/// A rule that holds or may hold, and what it comes to.
#[derive(Debug, Clone)]
pub(super) struct Outcome<'r> {
    pub(super) rule: &'r PostSessionRule,
    pub(super) level: Level,
    pub(super) certainty: Certainty,
    pub(super) condition: Option<&'r ConditionId>,
    pub(super) facts: Vec<String>,
    pub(super) missing: Vec<Missing>,
}

impl<'r> Outcome<'r> {
    pub(super) fn into_reason(self, texts: Texts<'r>) -> AssessmentReason {
        AssessmentReason {
            rule_id: self.rule.rule.id.clone(),
            level: self.level,
            certainty: self.certainty,
            condition: self.condition.cloned(),
            facts: self.facts,
            text: texts.reason_after(self.rule).clinician.clone(),
            evidence: self.rule.rule.evidence.clone(),
        }
    }
}

/// What a rule of this truth comes to; `None` where it does not count. One that may hold is at least for the therapist: also
/// one that would only say that all is as expected.
fn bare_level(rule: &PostSessionRule, truth: Truth) -> Option<(Level, Certainty)> {
    match (truth, rule.rule.assumes) {
        (Truth::False, _) => None,
        (Truth::True, _) => Some((rule.level, Certainty::Definite)),
        (Truth::Unknown, true) => Some((rule.level.max(Level::ContactTherapist), Certainty::Assumed)),
        (Truth::Unknown, false) => Some((Level::ContactTherapist, Certainty::Possible)),
    }
}

/// What is felt, and what stands in for what was not understood or not asked.
fn subjects<'f>(ruleset: &Ruleset, facts: &'f Facts) -> impl Iterator<Item = (usize, &'f ConditionFact)> {
    let fallbacks = ruleset.fallbacks();
    facts
        .conditions
        .iter()
        .enumerate()
        .filter(move |(_, fact)| fact.felt.since_session || fallbacks.stand_in(fact.condition))
}

/// Every rule with what it comes to, for one subject; `None` is for the rules that name no symptom.
fn weighed<'r, W: Witness + Default>(
    ruleset: &'r Ruleset,
    facts: &Facts,
    subject: Option<&ConditionFact>,
) -> Vec<(&'r PostSessionRule, Level, Certainty, W, Truth)> {
    let rules = ruleset.post_session_rules();
    let about: Vec<&PostSessionRule> = match subject {
        Some(fact) => {
            let numbers = &ruleset.condition(fact.condition).post_session_rules;
            numbers.iter().filter_map(|number| rules.get(*number)).collect()
        }
        None => rules.iter().filter(|rule| rule.rule.condition.is_none()).collect(),
    };
    about
        .into_iter()
        .filter_map(|rule| {
            let mut witness = W::default();
            let truth = weigh(ruleset, &rule.rule, facts, subject, &mut witness).truth;
            bare_level(rule, truth).map(|(level, certainty)| (rule, level, certainty, witness, truth))
        })
        .collect()
}

/// The level alone, without its reasons.
///
/// Each symptom counts as expected only where a rule that says so is true; else it is at least for the therapist. What is
/// felt, or may be felt, never counts for less than the strictest rule that holds.
#[must_use]
pub fn level(ruleset: &Ruleset, facts: &Facts) -> Level {
    let general = weighed::<()>(ruleset, facts, None).into_iter().map(|(_, level, ..)| level).max();
    let mut highest = general.unwrap_or(Level::Expected);
    for (_, fact) in subjects(ruleset, facts) {
        if fact.present == Truth::False {
            continue;
        }
        let found = weighed::<()>(ruleset, facts, Some(fact));
        let ordinary = found
            .iter()
            .any(|(rule, _, certainty, ..)| rule.level == Level::Expected && *certainty == Certainty::Definite);
        let raised = found.iter().filter(|(rule, ..)| rule.level > Level::Expected).map(|(_, level, ..)| *level).max();
        let least = if ordinary { Level::Expected } else { Level::ContactTherapist };
        highest = highest.max(least).max(raised.unwrap_or(Level::Expected));
    }
    highest
}

/// Everything that holds or may hold, by rule id.
pub(super) fn outcomes<'r>(ruleset: &'r Ruleset, facts: &Facts) -> Vec<Outcome<'r>> {
    let mut found = Vec::new();
    let all = subjects(ruleset, facts).map(Some).chain([None]);
    for subject in all {
        let fact = subject.map(|(_, fact)| fact);
        let all_of_it = weighed::<Record>(ruleset, facts, fact);
        // Where an ordinary course is certain, what else might have been ordinary says nothing more.
        let ordinary = all_of_it
            .iter()
            .any(|(rule, _, certainty, ..)| rule.level == Level::Expected && *certainty == Certainty::Definite);
        for (rule, level, certainty, record, truth) in all_of_it {
            if rule.level == Level::Expected && certainty != Certainty::Definite && ordinary {
                continue;
            }
            found.push(Outcome {
                rule,
                level,
                certainty,
                condition: fact.map(|fact| &ruleset.condition(fact.condition).id),
                facts: record.pointers(fact, facts),
                missing: if truth == Truth::Unknown {
                    record.missing(subject.map(|(number, _)| number))
                } else {
                    Vec::new()
                },
            });
        }
    }
    found.sort_by(|one, other| {
        (&one.rule.rule.id, one.condition, one.level, one.certainty, &one.facts).cmp(&(
            &other.rule.rule.id,
            other.condition,
            other.level,
            other.certainty,
            &other.facts,
        ))
    });
    found
}
