//! The answer in prose, put together from the ruleset's own sentences.

use crate::model::prose::{told, urged};
use crate::model::{Action, Certainty, ClearedBy, Effect, Messages, Requirement, Urgency};
use crate::ruleset::Texts;

use super::instructions::instructions;
use super::outcome::Outcome;

/// What the messages are about.
pub(super) struct Answer<'s, 'r> {
    pub(super) action: Action,
    pub(super) outcomes: &'s [Outcome<'r>],
    pub(super) requirements: &'s [Requirement],
}

/// The four messages of one answer.
pub(super) fn write<'r>(texts: Texts<'r>, answer: &Answer<'_, 'r>) -> Messages {
    let key = answer.key();
    let lead = |audience: &str| {
        // A release from before the keys of this form says less: to refer, to hold.
        let plain = answer.action.as_str();
        texts.message(audience, &key).or_else(|| texts.message(audience, plain)).unwrap_or_default()
    };
    Messages {
        client: client(texts, lead("client"), answer),
        front_desk: lead("frontDesk").to_owned(),
        therapist: therapist(texts, lead("therapist"), answer),
        clinician: clinician(texts, lead("clinician"), answer.outcomes),
    }
}

impl<'r> Answer<'_, 'r> {
    /// The name of the sentences that say what to do: how soon where the client is referred, whose word where it is held.
    fn key(&self) -> String {
        let action = self.action.as_str();
        match self.action {
            Action::Refer => {
                self.urgency().map_or(action.to_owned(), |urgency| format!("{action}-{}", urgency.as_str()))
            }
            Action::HoldForClearance => match self.whose() {
                Some(by @ (ClearedBy::Client | ClearedBy::Therapist)) => format!("{action}-{}", by.as_str()),
                Some(ClearedBy::Physician | ClearedBy::Specialist) | None => action.to_owned(),
            },
            Action::Confirm
            | Action::ConfirmWithPrecautions
            | Action::Ask
            | Action::OfferAlternatives
            | Action::Reject => action.to_owned(),
        }
    }

    /// The outcomes that forbid the session.
    fn denials(&self) -> impl Iterator<Item = &Outcome<'r>> {
        self.outcomes.iter().filter(|outcome| outcome.effect == Effect::Deny)
    }

    fn urgency(&self) -> Option<Urgency> {
        self.denials().filter_map(|outcome| outcome.rule.red_flag).max()
    }

    /// Whose agreement would do for every denial.
    fn whose(&self) -> Option<ClearedBy> {
        self.denials()
            .filter(|outcome| !outcome.cleared)
            .filter_map(|outcome| outcome.rule.clearance)
            .map(|it| it.by)
            .max()
    }

    /// The weightiest first: red flags by urgency, then the strictest, then the surest, then by rule id.
    fn weightiest(&self, least: Effect) -> Vec<&Outcome<'r>> {
        weightiest(self.outcomes, least)
    }
}

fn weightiest<'o, 'r>(outcomes: &'o [Outcome<'r>], least: Effect) -> Vec<&'o Outcome<'r>> {
    let mut sorted: Vec<&Outcome<'_>> = outcomes.iter().filter(|outcome| outcome.effect >= least).collect();
    sorted.sort_by_key(|outcome| {
        let flag = outcome.rule.red_flag.filter(|_| outcome.effect == Effect::Deny);
        (std::cmp::Reverse(flag), std::cmp::Reverse(outcome.effect), outcome.certainty)
    });
    sorted
}

/// What to do, and the weightiest reason where it fits.
fn client<'r>(texts: Texts<'r>, lead: &str, answer: &Answer<'_, 'r>) -> String {
    // What somebody has agreed to needs no asking any more.
    let weighty = answer.weightiest(Effect::Caution);
    let Some(first) = weighty.iter().find(|outcome| !outcome.cleared) else { return lead.to_owned() };
    let reason = &texts.reason(first.rule).client;
    match (answer.action, answer.urgency()) {
        // What is only possible is asked, not explained.
        (Action::Ask | Action::Confirm, _) => lead.to_owned(),
        (Action::Refer, Some(urgency)) => {
            urged(lead, reason, texts.message("urgency", urgency.as_str()).unwrap_or_default())
        }
        (Action::ConfirmWithPrecautions, _) => told(lead, reason, true),
        // Another session needs nobody's agreement: not to be told to go and get it.
        (Action::OfferAlternatives, _) if answer.denials().any(|outcome| outcome.rule.clearance.is_some()) => {
            lead.to_owned()
        }
        // Where several rules forbid it, one alone may promise what another denies.
        (Action::HoldForClearance | Action::OfferAlternatives, _) => {
            told(lead, reason, answer.denials().all(|outcome| outcome.rule.id == first.rule.id))
        }
        (Action::Refer | Action::Reject, _) => told(lead, reason, false),
    }
}

/// What to do in the session, then why.
fn therapist<'r>(texts: Texts<'r>, lead: &str, answer: &Answer<'_, 'r>) -> String {
    let (heading, least) = match answer.action {
        Action::Confirm | Action::ConfirmWithPrecautions => (Some(""), Effect::Advise),
        Action::Ask => (Some("if-it-goes-ahead"), Effect::Advise),
        Action::HoldForClearance => (Some("once-agreed"), Effect::Advise),
        Action::OfferAlternatives | Action::Reject => (None, Effect::Caution),
        Action::Refer => (None, Effect::Deny),
    };
    let mut said: Vec<&str> = vec![lead];
    let instructions = heading.map(|_| instructions(texts, answer.requirements)).unwrap_or_default();
    if !instructions.is_empty() {
        said.extend(heading.and_then(|heading| texts.message("requirements", heading)));
        said.extend(instructions.iter().map(String::as_str));
    }
    let weighty = answer.weightiest(least);
    let new = weighty.into_iter().filter(|outcome| instructions.is_empty() || !is_said(outcome));
    let (agreed, open): (Vec<_>, Vec<_>) = new.partition(|outcome| outcome.cleared);
    let reason = |outcome: &Outcome<'r>| -> &str { &texts.reason(outcome.rule).therapist };
    for outcome in open {
        if !said.contains(&reason(outcome)) {
            said.push(reason(outcome));
        }
    }
    // The reason of a rule that was cleared may still say to wait: what comes after it has been agreed to.
    let agreed: Vec<&str> = agreed.into_iter().map(reason).filter(|reason| !said.contains(reason)).collect();
    if !agreed.is_empty() {
        said.extend(texts.message("therapist", "agreed"));
        said.extend(agreed);
    }
    said.join(" ")
}

/// Whether the instructions have said it: advice for every client, in the terms of its requirements.
fn is_said(outcome: &Outcome<'_>) -> bool {
    outcome.effect == Effect::Advise && outcome.condition.is_none() && !outcome.requirements.is_empty()
}

/// The verdict, then each reason with its rule, what it asks, how sure it is, and who could agree.
fn clinician<'r>(texts: Texts<'r>, lead: &str, outcomes: &[Outcome<'r>]) -> String {
    let mut text = lead.to_owned();
    let mut said: Vec<&str> = Vec::new();
    for outcome in weightiest(outcomes, Effect::Caution) {
        let rule = outcome.rule.id.as_str();
        if said.contains(&rule) {
            continue;
        }
        said.push(rule);
        let mut marks = vec![rule];
        marks.extend(marks_of(outcome).map(|mark| texts.message("marks", mark).unwrap_or(mark)));
        for part in [" [", &marks.join(", "), "] ", &texts.reason(outcome.rule).clinician] {
            text.push_str(part);
        }
    }
    text
}

fn marks_of(outcome: &Outcome<'_>) -> impl Iterator<Item = &'static str> {
    let clearance =
        outcome.rule.clearance.map(|clearance| if outcome.cleared { "cleared" } else { clearance.by.as_str() });
    let sureness = match outcome.certainty {
        Certainty::Definite => None,
        Certainty::Assumed => Some("assumed"),
        Certainty::Possible => Some("possible"),
    };
    [Some(outcome.effect.verdict().as_str()), sureness, clearance].into_iter().flatten()
}
