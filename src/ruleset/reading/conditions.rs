//! The conditions that a request names: resolved, denied, set aside, or kept as not understood.

use jiff::civil::Date;

use crate::model::{
    ConditionRequest, Fault, Recognised, RecognisedBy, SetAside, SetAsideBecause, State, Truth, Unrecognised,
};

use super::super::facts::{ConditionFact, Felt};
use super::super::index::{ConditionIx, Ruleset};
use super::super::manner::{Told, told};
use super::super::names::{CodeSays, Manner, Match, Reading};
use super::Reader;

/// What was found among the conditions of a request.
#[derive(Default)]
pub(super) struct Conditions {
    pub(super) present: Vec<ConditionFact>,
    pub(super) absent: Vec<ConditionIx>,
    pub(super) ambiguous: Vec<(String, Vec<ConditionIx>)>,
}

/// One entry of a request that names conditions.
#[derive(Clone, Copy)]
struct Named<'n> {
    pointer: &'n str,
    request: &'n ConditionRequest,
    region: Option<usize>,
    felt: Felt,
}

impl Reader<'_> {
    pub(super) fn conditions(
        &mut self,
        base: &str,
        requests: &[ConditionRequest],
        felt: &[Felt],
        on: Date,
    ) -> Conditions {
        let mut found = Conditions { present: Vec::with_capacity(requests.len() + 1), ..Conditions::default() };
        if requests.len() > self.most_conditions {
            self.faults.push(Fault::new(base, "too-many-items", "at most 200 entries"));
            return found;
        }
        for (at, request) in requests.iter().enumerate() {
            let pointer = format!("{base}/{at}");
            let region =
                request.body_region.as_ref().and_then(|name| self.region(&format!("{pointer}/bodyRegion"), name));
            let Some((readings, leftover)) = self.find(&pointer, request) else { continue };
            let state = request.state.unwrap_or_default();
            if leftover && state != State::Absent {
                let approximate = readings.iter().any(|reading| reading.by == RecognisedBy::Approximate);
                let fallbacks = self.ruleset.fallbacks();
                let stand_in = fallbacks.approximate.filter(|_| approximate).unwrap_or(fallbacks.unrecognised);
                found.present.push(ConditionFact::bare(stand_in, pointer.clone()));
            }
            for reading in readings {
                let named =
                    Named { pointer: &pointer, request, region, felt: felt.get(at).copied().unwrap_or_default() };
                self.reading(&named, &reading, on, &mut found);
            }
        }
        found
    }

    /// What was named, reading by reading, and whether something of it was not understood; `None` where that is a fault.
    fn find(&mut self, pointer: &str, request: &ConditionRequest) -> Option<(Vec<Reading>, bool)> {
        let names = self.ruleset.names();
        let one = |found: Match, says: CodeSays| {
            let manner =
                Manner { phase: says.phase, control: says.control, severity: says.severity, ..Manner::default() };
            vec![Reading { meanings: vec![found.condition], by: found.by, manner }]
        };
        let (mut readings, mut leftover, text, at) = match (&request.id, &request.code, &request.text) {
            (Some(id), None, None) => {
                let readings: Vec<Reading> =
                    names.by_id(id).map(|found| one(found, CodeSays::default())).unwrap_or_default();
                let leftover = readings.is_empty();
                (readings, leftover, id, "id")
            }
            (None, Some(code), None) => {
                let found = names.by_code(&code.system, &code.code);
                let readings: Vec<Reading> = found.map(|(found, says)| one(found, says)).unwrap_or_default();
                let leftover = readings.is_empty();
                (readings, leftover, &code.code, "code/code")
            }
            (None, None, Some(text)) => {
                let understood = names.understand(text);
                (understood.readings, understood.leftover, text, "text")
            }
            _ => {
                let detail = "name the condition by exactly one of `id`, `code` and `text`";
                self.faults.push(Fault::new(pointer, "exactly-one-name", detail));
                return None;
            }
        };
        if self.refuse_address(&format!("{pointer}/{at}"), text) {
            return None;
        }
        // A heading says too little to be screened: it counts as not understood.
        let before = readings.len();
        readings.retain(|reading| {
            reading.meanings.iter().all(|meaning| !self.ruleset.condition(*meaning).document.heading)
        });
        leftover |= readings.len() < before;
        if leftover {
            let did_you_mean = if request.code.is_some() { Vec::new() } else { self.conditions_like(text) };
            let unrecognised = Unrecognised { pointer: pointer.to_owned(), text: text.clone(), did_you_mean };
            // A slip that was put right is listed as what it was taken for.
            if !readings.iter().any(|reading| reading.by == RecognisedBy::Approximate) {
                self.coverage.unrecognised.push(unrecognised);
            }
        }
        Some((readings, leftover))
    }

    /// Takes one condition that was named into the facts.
    fn reading(&mut self, named: &Named<'_>, reading: &Reading, on: Date, found: &mut Conditions) {
        let Named { pointer, request, region, felt } = *named;
        for meaning in &reading.meanings {
            let condition = self.ruleset.condition(*meaning);
            let id = condition.id.clone();
            let told = told(&reading.manner, condition.document.kind, request, on);
            let because = match told {
                Told::Denied => Some(SetAsideBecause::Denied),
                Told::SomebodyElses => Some(SetAsideBecause::FamilyHistory),
                Told::Absent | Told::Own { .. } => None,
            };
            if let Some(because) = because {
                self.coverage.set_aside.push(SetAside { pointer: pointer.to_owned(), id, because });
            } else {
                self.coverage.recognised.push(Recognised { pointer: pointer.to_owned(), id, by: reading.by });
            }
            let lifelong = !condition.document.lifelong.is_empty();
            let stays = lifelong && request.state.unwrap_or_default() == State::Present && !reading.manner.perhaps;
            match told {
                // A denial that was only nearly understood denies nothing.
                Told::Denied | Told::Absent if reading.by != RecognisedBy::Approximate => found.absent.push(*meaning),
                Told::SomebodyElses if !(reading.manner.over || reading.manner.ended || reading.manner.had) => {
                    if let Some(met) = met_by(self.ruleset, *meaning) {
                        let id = self.ruleset.condition(met).id.clone();
                        self.coverage.recognised.push(Recognised { pointer: pointer.to_owned(), id, by: reading.by });
                        found.present.push(ConditionFact::bare(met, pointer.to_owned()));
                    }
                }
                Told::Denied | Told::Absent | Told::SomebodyElses => {}
                Told::Own { present, phase, onset, resolved } => found.present.push(ConditionFact {
                    condition: *meaning,
                    pointer: pointer.to_owned(),
                    // "History of multiple sclerosis": what does not pass is there.
                    present: if stays { Truth::True } else { present },
                    phase,
                    control: request.control.or(reading.manner.control),
                    severity: request.severity.or(reading.manner.severity),
                    place: region.or(reading.manner.region).map(|number| self.place(&[number])),
                    onset,
                    resolved,
                    lifelong,
                    felt,
                }),
            }
        }
        if reading.meanings.len() > 1 && !reading.manner.denied && !reading.manner.family {
            found.ambiguous.push((pointer.to_owned(), reading.meanings.clone()));
        }
    }
}

/// What a client has met whose relative has this condition.
fn met_by(ruleset: &Ruleset, theirs: ConditionIx) -> Option<ConditionIx> {
    let mut above = ruleset.condition(theirs).ancestors.iter();
    let id = above.find_map(|above| ruleset.condition(*above).document.others_have_it.as_ref())?;
    Some(ruleset.names().by_id(id.as_str())?.condition)
}
