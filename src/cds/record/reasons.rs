//! Why somebody books: the reasons that a booking gives are read as the record itself is, as of the day of the booking.
//!
//! A reason is news: that the record calls the same thing refuted or long over does not take it back.

use serde_json::Value;

use crate::model::{ConditionRequest, Phase, State};
use crate::ruleset::{ConditionIx, Ruleset};

use super::super::fhir::{self, Concept, Reference};
use super::super::prefetch::Key;
use super::conditions::Course;
use super::naming::Sort;
use super::reader::{Reader, Source};
use super::{Entry, WarningCode};

/// What a booking gives as its reasons.
#[derive(Debug, Clone, Default)]
pub struct Reasons {
    /// What they are called.
    pub concepts: Vec<Value>,
    /// The conditions that are named beside them: in its title, in what it is called, in notes on it.
    pub asides: Vec<ConditionRequest>,
    /// Where it is told what they are.
    pub references: Vec<Value>,
    /// The resources within the booking.
    pub contained: Vec<Value>,
    /// Whether a part of the booking could not be read.
    pub damaged: bool,
    /// The booking: its type and id, or its type alone.
    pub from: String,
}

impl Reader<'_> {
    /// Adds what the reasons name.
    pub(super) fn reasons(&mut self, reasons: &Reasons, sources: &[Source<'_>]) {
        for concept in &reasons.concepts {
            self.reason(concept, &reasons.from);
        }
        for condition in &reasons.asides {
            self.add(condition.clone(), &reasons.from);
        }
        if reasons.damaged {
            self.lacks(Key::Conditions, WarningCode::Unreadable, &reasons.from);
        }
        for reference in &reasons.references {
            self.reason_elsewhere(reference, reasons, sources);
        }
    }

    fn reason(&mut self, concept: &Value, from: &str) {
        let read: Concept = fhir::read(concept);
        let source = Source { key: Key::Conditions, value: concept, name: from.to_owned() };
        self.name(&source, Some(&read), Sort::Thing, &Course::default());
    }

    /// A reason that is told in another resource: what that one names, or the words beside the reference, which are not
    /// all of it.
    fn reason_elsewhere(&mut self, reference: &Value, reasons: &Reasons, sources: &[Source<'_>]) {
        let pointer: Reference = fhir::read(reference);
        let found = match pointer.reference.as_deref().and_then(|reference| reference.strip_prefix('#')) {
            Some(id) => reasons.contained.iter().find(|inner| inner.get("id").and_then(Value::as_str) == Some(id)),
            None => pointer.target().and_then(|(kind, id)| {
                let is_meant = |value: &Value| {
                    value.get("id").and_then(Value::as_str) == Some(id)
                        && kind.is_none_or(|kind| value.get("resourceType").and_then(Value::as_str) == Some(kind))
                };
                sources.iter().map(|source| source.value).find(|value| is_meant(value))
            }),
        };
        if let Some(code) = found.filter(|found| names_itself(found)).and_then(|found| found.get("code")) {
            self.reason(code, &reasons.from);
        } else {
            self.lacks(Key::Conditions, WarningCode::NotAvailable, &reasons.from);
        }
        // The words may say more than the resource does, and stand alone where there is none.
        if let Some(display) = pointer.display.filter(|display| !display.trim().is_empty()) {
            self.reason(&Value::String(display), &reasons.from);
        }
    }
}

/// Whether the code of a resource says what the patient has or had; an observation's says what was looked at.
fn names_itself(resource: &Value) -> bool {
    matches!(resource.get("resourceType").and_then(Value::as_str), Some("Condition" | "Procedure"))
}

/// Leaves out of what the reasons added, behind the first `recorded`, what the record tells of itself as something that is
/// there.
pub(super) fn leave_out_known(ruleset: &Ruleset, entries: &mut Vec<Entry>, recorded: usize) {
    let stated = entries.split_off(recorded.min(entries.len()));
    let known: Vec<ConditionIx> = entries
        .iter()
        .filter(|entry| is_there(&entry.condition))
        .filter_map(|entry| condition_of(ruleset, &entry.condition).map(|(condition, _)| condition))
        .collect();
    let is_news = |entry: &Entry| {
        condition_of(ruleset, &entry.condition)
            .is_none_or(|(found, says_more)| says_more || !known.iter().any(|known| ruleset.is_a(*known, found)))
    };
    entries.extend(stated.into_iter().filter(is_news));
}

/// Whether it is present for certain, and neither over nor at rest.
fn is_there(condition: &ConditionRequest) -> bool {
    let is_present = condition.state.is_none_or(|state| state == State::Present);
    let is_over = matches!(condition.phase, Some(Phase::Resolved | Phase::Remission)) || condition.resolved.is_some();
    is_present && !is_over
}

/// Which condition it is, and whether its code says more of it than that.
fn condition_of(ruleset: &Ruleset, condition: &ConditionRequest) -> Option<(ConditionIx, bool)> {
    let names = ruleset.names();
    if let Some(found) = condition.id.as_ref().and_then(|id| names.by_id(id)) {
        return Some((found.condition, false));
    }
    if let Some((found, says)) = condition.code.as_ref().and_then(|code| names.by_code(&code.system, &code.code)) {
        let says_more = says.phase.is_some() || says.control.is_some() || says.severity.is_some();
        return Some((found.condition, says_more));
    }
    names.by_text(condition.text.as_ref()?).map(|found| (found.condition, false))
}
