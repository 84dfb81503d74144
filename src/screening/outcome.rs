//! What each rule comes to for one client and one session.

use jiff::civil::Date;

use crate::model::{Certainty, Effect, Reason, Requirement, Softened, Truth, Verdict};
use crate::ruleset::{ConditionFact, Facts, Record, Rule, Ruleset, Texts, holding_clearance, weigh};

/// A rule that holds or may hold, and what it comes to.
#[derive(Debug, Clone)]
pub(super) struct Outcome<'r> {
    pub(super) rule: &'r Rule,
    pub(super) effect: Effect,
    pub(super) certainty: Certainty,
    /// The client's condition that it is about, by its place among the facts.
    pub(super) subject: Option<usize>,
    pub(super) condition: Option<&'r crate::model::ConditionId>,
    pub(super) facts: Vec<String>,
    pub(super) until: Option<Date>,
    pub(super) softened: Option<Softened>,
    pub(super) cleared: bool,
    pub(super) requirements: Vec<Requirement>,
}

impl<'r> Outcome<'r> {
    pub(super) fn into_reason(self, texts: Texts<'r>) -> Reason {
        Reason {
            rule_id: self.rule.id.clone(),
            effect: self.effect,
            certainty: self.certainty,
            condition: self.condition.cloned(),
            facts: self.facts,
            text: texts.reason(self.rule).clinician.clone(),
            eligible_from: self.until,
            clearance: self.rule.clearance.filter(|_| !self.cleared).map(|clearance| clearance.by),
            softened: self.softened,
            evidence: self.rule.evidence.clone(),
        }
    }
}

/// What a rule asks where it holds, before anybody's agreement.
fn written(rule: &Rule, partly: bool) -> Effect {
    if partly { rule.when_partly } else { rule.effect }
}

/// What a rule comes to where it holds, in view of who has agreed.
pub(super) fn count(
    ruleset: &Ruleset,
    rule: &Rule,
    facts: &Facts,
    subject: Option<&ConditionFact>,
    partly: bool,
) -> Effect {
    softened_effect(ruleset, rule, facts, subject, written(rule, partly)).0
}

/// The effect of a rule of this truth, before anybody's agreement; `None` where it does not count.
pub(super) fn bare_effect(rule: &Rule, truth: Truth, partly: bool) -> Option<(Effect, Certainty)> {
    let written = written(rule, partly);
    match (truth, rule.assumes) {
        (Truth::False, _) => None,
        (Truth::True, _) => Some((written, Certainty::Definite)),
        // Advice that is not certain to apply is left out.
        (Truth::Unknown, _) if written < Effect::Caution => None,
        (Truth::Unknown, true) => Some((written, Certainty::Assumed)),
        (Truth::Unknown, false) => Some((written.min(Effect::Caution), Certainty::Possible)),
    }
}

pub(super) fn softened_effect(
    ruleset: &Ruleset,
    rule: &Rule,
    facts: &Facts,
    subject: Option<&ConditionFact>,
    effect: Effect,
) -> (Effect, Option<usize>) {
    let Some(clearance) = subject.and_then(|subject| holding_clearance(ruleset, rule, facts, subject)) else {
        return (effect, None);
    };
    let milder = rule.clearance.map_or(effect, |test| effect.min(test.effect));
    (milder, Some(clearance.number))
}

/// The candidates: the rules that the client's conditions wake, and those that name none.
pub(super) fn candidates<'r, 'f>(
    ruleset: &'r Ruleset,
    facts: &'f Facts,
) -> impl Iterator<Item = (&'r Rule, Option<(usize, &'f ConditionFact)>)> {
    let woken = facts.conditions.iter().enumerate().flat_map(move |(number, fact)| {
        ruleset.condition(fact.condition).rules.iter().map(move |ix| (ruleset.rule(*ix), Some((number, fact))))
    });
    woken.chain(ruleset.unconditional().iter().map(|ix| (ruleset.rule(*ix), None)))
}

/// The verdict alone, without its reasons.
#[must_use]
pub fn verdict(ruleset: &Ruleset, facts: &Facts) -> Verdict {
    let mut strictest = Verdict::Allow;
    for (rule, subject) in candidates(ruleset, facts) {
        if rule.effect.verdict() <= strictest {
            continue;
        }
        let subject = subject.map(|(_, fact)| fact);
        let weighed = weigh(ruleset, rule, facts, subject, &mut ());
        if let Some((effect, _)) = bare_effect(rule, weighed.truth, weighed.partly) {
            strictest = strictest.max(softened_effect(ruleset, rule, facts, subject, effect).0.verdict());
        }
    }
    strictest
}

/// The verdict that these outcomes amount to.
pub(super) fn strictest(outcomes: &[Outcome<'_>]) -> Verdict {
    outcomes.iter().map(|outcome| outcome.effect.verdict()).max().unwrap_or(Verdict::Allow)
}

/// Everything that holds or may hold, by rule id; of one rule, by what it says and only then by where it was found.
pub(super) fn outcomes<'r>(ruleset: &'r Ruleset, facts: &Facts) -> Vec<Outcome<'r>> {
    let mut found: Vec<Outcome<'r>> = Vec::new();
    for (rule, subject) in candidates(ruleset, facts) {
        let mut record = Record::default();
        let fact = subject.map(|(_, fact)| fact);
        let weighed = weigh(ruleset, rule, facts, fact, &mut record);
        let Some((bare, certainty)) = bare_effect(rule, weighed.truth, weighed.partly) else { continue };
        let (effect, clearance) = softened_effect(ruleset, rule, facts, fact, bare);
        let mut requirements = rule.requirements.clone();
        // A place that every session leaves out is said in the rule's own requirements.
        if weighed.partly && rule.effect == Effect::Deny && rule.when_partly == Effect::Caution {
            requirements.extend(place_to_avoid(ruleset, rule, fact));
        }
        let mut pointers = record.pointers(fact, facts);
        let mut by: Vec<String> = Vec::new();
        if let Some(number) = clearance {
            by.push(format!("/clearances/{number}"));
        }
        if weighed.partly && rule.when_partly < rule.effect {
            by.push("/session/bodyRegions".to_owned());
        }
        pointers.extend(by.iter().filter(|pointer| pointer.starts_with("/clearances")).cloned());
        pointers.sort();
        pointers.dedup();
        found.push(Outcome {
            rule,
            effect,
            certainty,
            subject: subject.map(|(number, _)| number),
            condition: fact.map(|fact| &ruleset.condition(fact.condition).id),
            facts: pointers,
            until: weighed.until.filter(|_| effect >= Effect::Caution),
            softened: (effect < rule.effect && !by.is_empty()).then_some(Softened { from: rule.effect, by }),
            cleared: clearance.is_some(),
            requirements,
        });
    }
    found.sort_by(|one, other| {
        (&one.rule.id, one.condition, std::cmp::Reverse(one.effect), one.certainty, one.until, &one.facts).cmp(&(
            &other.rule.id,
            other.condition,
            std::cmp::Reverse(other.effect),
            other.certainty,
            other.until,
            &other.facts,
        ))
    });
    found
}

fn place_to_avoid(ruleset: &Ruleset, rule: &Rule, subject: Option<&ConditionFact>) -> Option<Requirement> {
    let place = crate::ruleset::place_of(ruleset, rule, subject)?;
    Some(Requirement::AvoidRegion { regions: place.ids.clone() })
}
