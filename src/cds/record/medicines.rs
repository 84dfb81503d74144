//! `MedicationRequest` and `MedicationStatement`: what the client takes, and what was stopped not long ago.

use serde_json::Value;

use crate::model::{Phase, State};

use super::super::date::{Days, days_between};
use super::super::fhir::{self, Concept, Medication, Reference};
use super::conditions::{Course, last};
use super::naming::Sort;
use super::reader::{Reader, Source};

impl Reader<'_> {
    pub(super) fn medicine(&mut self, source: &Source<'_>) {
        let medication: Medication = fhir::read(source.value);
        if medication.do_not_perform == Some(true) {
            return;
        }
        let Some(course) = self.course(&medication, source.value) else { return };
        let concept = self.substance(&medication);
        self.name(source, concept.as_ref(), Sort::Medicine, &course);
    }

    /// Where a medicine stands; `None` where the client has not taken it and is not about to.
    fn course(&self, medication: &Medication, value: &Value) -> Option<Course> {
        let period = medication.effective_period.unwrap_or_default();
        let ordered = period.start.or(medication.effective_date_time).or(medication.authored_on);
        let onset = ordered.map(|day| last(day, self.on));
        let proposed = matches!(medication.intent.as_deref(), Some("proposal" | "plan" | "option"));
        match medication.status.as_deref() {
            Some("entered-in-error" | "not-taken" | "cancelled") => None,
            Some("intended" | "draft") => Some(Course { state: Some(State::Unknown), ..Course::default() }),
            _ if proposed => Some(Course { state: Some(State::Unknown), ..Course::default() }),
            Some("stopped" | "completed" | "ended" | "inactive") => {
                Some(self.stopped(medication, value, Course { onset, ..Course::default() }))
            }
            // Active, on hold, of unknown status or of none: taken.
            _ => Some(Course { onset, ..Course::default() }),
        }
    }

    /// A medicine that is over: it acts on for some days, and where nobody says since when it is over, it may act still.
    fn stopped(&self, medication: &Medication, value: &Value, course: Course) -> Course {
        let dispensed = medication.dispense_request.as_ref().and_then(|dispense| dispense.validity_period?.end);
        let end = medication.effective_period.and_then(|period| period.end).or(dispensed).or_else(|| dosage_end(value));
        let Some(end) = end.map(|end| last(end, self.on)) else {
            return Course { state: Some(State::Unknown), ..course };
        };
        let counts = self.ruleset.observations().medicines().map(|medicines| medicines.stopped_counts_for_days);
        if counts.is_none_or(|most| days_between(end, self.on) <= i32::from(most)) {
            return course;
        }
        Course { phase: Some(Phase::Resolved), resolved: Some(end), ..course }
    }

    /// What it is: told here, in a resource inside this one, in one beside it, or by name alone.
    fn substance(&self, medication: &Medication) -> Option<Concept> {
        if let Some(concept) = &medication.medication_codeable_concept {
            return Some(concept.clone());
        }
        let either = medication.medication.as_ref();
        let reference = medication.medication_reference.clone().or_else(|| {
            let written = either?.get("reference").filter(|reference| reference.is_object()).or(either);
            serde_json::from_value::<Reference>(written?.clone()).ok()
        });
        let pointed = reference.as_ref().and_then(|reference| self.pointed(medication, reference));
        let display = reference.and_then(|reference| reference.display);
        let named = pointed.and_then(|value| serde_json::from_value::<Concept>(value.get("code")?.clone()).ok());
        let told = || either.and_then(|value| serde_json::from_value::<Concept>(value.clone()).ok());
        let by_name = || display.map(|text| Concept { coding: Vec::new(), text: Some(text) });
        named.or_else(by_name).or_else(told)
    }

    fn pointed<'m>(&'m self, medication: &'m Medication, reference: &Reference) -> Option<&'m Value> {
        if let Some(inside) = reference.reference.as_deref().and_then(|text| text.strip_prefix('#')) {
            let is_it = |value: &&Value| value.get("id").and_then(Value::as_str) == Some(inside);
            return medication.contained.iter().find(is_it);
        }
        let (_, id) = reference.target()?;
        self.medications.get(id).copied()
    }
}

/// When the last of the dosages ends, if all of them do.
fn dosage_end(value: &Value) -> Option<Days> {
    let dosages = value.get("dosageInstruction").or_else(|| value.get("dosage"))?;
    let dosages = dosages.as_array().map_or(std::slice::from_ref(dosages), Vec::as_slice);
    let end =
        |dosage: &Value| dosage.pointer("/timing/repeat/boundsPeriod/end").and_then(Value::as_str).and_then(Days::read);
    let ends: Option<Vec<Days>> = dosages.iter().map(end).collect();
    ends?.into_iter().max_by_key(|days| days.last)
}
