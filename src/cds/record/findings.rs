//! Observations that are conditions themselves: "Fever: present", "Problem: deep vein thrombosis".
//!
//! What the code names is there unless the value says that it is not; a value that is neither leaves it open. What only the
//! value of some other observation names may be there.

use crate::model::{ConditionKind, ConditionRequest, RecognisedBy, State};
use crate::ruleset::{RecordCode, normalise};

use super::super::date::{Days, days_between};
use super::super::fhir::{Concept, Observation};
use super::WarningCode;
use super::conditions::last;
use super::measurements::{Measured, Reading};
use super::naming::{Naming, Sort, name, not_understood, without_tag};
use super::reader::{Reader, Source};

/// How far a concept is the name of a condition that the client has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum About {
    /// No condition is named, or only what is denied.
    Nothing,
    /// A condition is named among other things.
    Partly,
    /// It is the name of a condition.
    Wholly,
}

impl Reader<'_> {
    /// Whether the concept names a condition that the client has.
    pub(super) fn about(&self, concept: &Concept) -> About {
        let names = self.ruleset.names();
        let is_condition = |code: RecordCode| {
            let found = names.by_code(&code.system, &code.code);
            found.is_some_and(|(found, _)| !self.ruleset.condition(found.condition).document.heading)
        };
        if concept.codes().any(is_condition) {
            return About::Wholly;
        }
        let by_words = concept.words().map(|text| {
            let understanding = names.understand(without_tag(text));
            let own = understanding.readings.iter().any(|reading| {
                reading.by != RecognisedBy::Approximate && !reading.manner.denied && !reading.manner.family
            });
            match (own, understanding.leftover) {
                (false, _) => About::Nothing,
                (true, true) => About::Partly,
                (true, false) => About::Wholly,
            }
        });
        by_words.max().unwrap_or(About::Nothing)
    }

    /// Whether it is the name of a medicine: measured, that is how much of it is in the blood.
    fn is_medicine(&self, concept: &Concept) -> bool {
        let mut meanings = concept.words().flat_map(|text| self.ruleset.names().understand(without_tag(text)).readings);
        meanings.any(|reading| {
            let kind = |meaning| self.ruleset.condition(meaning).document.kind == ConditionKind::Medication;
            reading.meanings.into_iter().any(kind)
        })
    }

    /// Takes in an observation that the ruleset has no entry for, if its code or its value names a condition.
    pub(super) fn itself(
        &mut self,
        source: &Source<'_>,
        concept: &Concept,
        observation: &Observation,
        day: Option<Days>,
        measured: &mut Measured,
    ) {
        let value = said(observation);
        let codes: Vec<RecordCode> = value.codes().collect();
        let words: Vec<&str> = value.words().map(without_tag).collect();
        let answer = self.ruleset.observations().answer(&codes, &words);
        let about = self.about(concept);
        let is_loinc = concept.codes().any(|code| code.system == "http://loinc.org");
        let is_level = is_amount(observation) && (is_loinc || self.is_medicine(concept));
        let none = observation.status.as_deref() == Some("registered") && !has_value(observation);
        let bare = !has_value(observation)
            && observation.data_absent_reason.is_none()
            && observation.component.is_empty()
            && observation.has_member.is_empty();
        let (named, sure) = match (about, answer) {
            (About::Nothing, None) if self.about(&value) == About::Wholly => (&value, false),
            (About::Nothing, _) | (About::Partly, Some(false) | None) => return,
            (About::Wholly, _) if is_level || none => return,
            (About::Partly, Some(true)) => (concept, false),
            (About::Wholly, Some(true)) => (concept, true),
            (About::Wholly, None) => (concept, bare),
            (About::Wholly, Some(false)) => {
                let reading = Reading::Named(Vec::new());
                measured.entry(key(concept)).or_default().push((day, reading, source.name.clone()));
                return;
            }
        };
        let reading = Reading::Named(self.conditions(source, named, sure));
        measured.entry(key(concept)).or_default().push((day, reading, source.name.clone()));
    }

    /// Takes in an observation whose value is the name of a condition.
    pub(super) fn named_by_value(
        &mut self,
        source: &Source<'_>,
        observation: &Observation,
        day: Option<Days>,
        measured: &mut Measured,
    ) {
        let value = said(observation);
        if !has_value(observation) {
            if observation.data_absent_reason.is_none() && observation.component.is_empty() {
                self.lacks(source.key, WarningCode::Unreadable, &source.name);
            }
            return;
        }
        let reading = Reading::Named(self.conditions(source, &value, true));
        measured.entry(key(&value)).or_default().push((day, reading, source.name.clone()));
    }

    /// What the concept names; not for certain where it is not sure.
    fn conditions(&mut self, source: &Source<'_>, concept: &Concept, sure: bool) -> Vec<ConditionRequest> {
        let open = |condition: ConditionRequest| ConditionRequest {
            state: if sure { condition.state } else { Some(State::Unknown) },
            ..condition
        };
        match name(self.ruleset, concept, Sort::Thing) {
            Naming::Things { conditions, contradictory } => {
                if contradictory {
                    self.warn(WarningCode::Contradictory, &source.name);
                }
                conditions.into_iter().map(open).collect()
            }
            Naming::Nothing => Vec::new(),
            Naming::NotKnown => {
                self.lacks(source.key, WarningCode::NotKnown, &source.name);
                Vec::new()
            }
            Naming::Unreadable => vec![not_understood(self.ruleset)],
        }
    }

    /// Adds the conditions of an observation of this day.
    pub(super) fn add_named(&mut self, day: Option<Days>, value: Reading, resource: &str) {
        let Reading::Named(conditions) = value else { return };
        let current = self.ruleset.observations().named().map_or(0, |named| named.current_for_days);
        let is_current = day.is_none_or(|day| days_between(day.last, self.on) <= i32::from(current));
        for condition in conditions {
            let condition = ConditionRequest {
                state: if is_current { condition.state } else { Some(State::Unknown) },
                onset: condition.onset.or_else(|| day.map(|day| last(day, self.on))),
                ..condition
            };
            self.add(condition, resource);
        }
    }
}

/// The value in codes and words.
pub(super) fn said(observation: &Observation) -> Concept {
    let mut concept = observation.value_codeable_concept.clone().unwrap_or_default();
    let truth = observation.value_boolean.map(|value| value.to_string());
    concept.text = concept.text.or_else(|| observation.value_string.clone()).or(truth);
    concept
}

/// Whether there is a value of any kind.
pub(super) fn has_value(observation: &Observation) -> bool {
    let value = said(observation);
    !value.coding.is_empty()
        || value.words().next().is_some()
        || is_amount(observation)
        || observation.value_date_time.is_some()
}

fn is_amount(observation: &Observation) -> bool {
    observation.value_quantity.is_some() || observation.value_range.is_some() || observation.value_integer.is_some()
}

/// What holds the values of one thing together; never the id of a kind.
fn key(concept: &Concept) -> String {
    let code = concept.codes().next().map(|code| format!("{} {}", code.system, code.code));
    let words = || concept.words().map(normalise).next().unwrap_or_default();
    format!("named {}", code.unwrap_or_else(words))
}
