//! What would be better: the booking with another type or on another day, each read and screened as it would be sent back.

use serde_json::json;
use serde_json::value::RawValue;

use crate::cds::booked::{Booking, each, names_a_massage, texts_of};
use crate::cds::raw::{Members, Resource};
use crate::cds::terminology;
use crate::cds::times::moved;
use crate::model::{Action as Verb, Verdict};
use crate::ruleset::{BookedAs, Ruleset};

use super::screened::Screened;
use super::{Action, ActionType, Desk, Suggestion, ids, words};

/// How many other types are offered, at most.
const MOST_TYPES: usize = 3;

/// A change of a booking, and what it is called.
struct Change {
    key: String,
    label: String,
    description: String,
    resource: Box<RawValue>,
}

/// What is asked about the booking.
pub(super) struct Asked<'a, 'c> {
    pub(super) desk: &'a Desk<'a>,
    pub(super) patient_id: &'a str,
    pub(super) prefetch: &'a crate::cds::prefetch::Prefetch,
    pub(super) booking: &'a Booking<'c>,
    pub(super) screened: &'a Screened,
}

impl Asked<'_, '_> {
    /// Suggestions for this card, the best first; one at most is recommended.
    ///
    /// There are none where the booking has no name of its own, so that nobody could tell which is meant, and no other
    /// booking is suggested to somebody who should see a doctor.
    pub(super) fn suggestions(&self, card: uuid::Uuid) -> Vec<Suggestion> {
        let Some(reference) = &self.booking.reference else { return Vec::new() };
        let mut suggestions = Vec::new();
        if self.screened.red_flags().is_empty() {
            suggestions.extend(self.changes().into_iter().map(|change| Suggestion {
                label: change.label,
                uuid: ids::suggestion(card, &change.key).to_string(),
                is_recommended: false,
                actions: vec![Action {
                    kind: ActionType::Update,
                    description: change.description,
                    resource: Some(change.resource),
                    resource_id: None,
                }],
            }));
        }
        if self.screened.verdict == Verdict::Deny {
            suggestions.push(Suggestion {
                label: "Do not book it".to_owned(),
                uuid: ids::suggestion(card, "delete").to_string(),
                is_recommended: false,
                actions: vec![Action {
                    kind: ActionType::Delete,
                    description: "Take the booking away; nothing is booked in its place.".to_owned(),
                    resource: None,
                    resource_id: Some(reference.clone()),
                }],
            });
        }
        // What a question, an agreement or another way could still make possible is not to be thrown away.
        let settled = matches!(self.screened.action(), Verb::Reject | Verb::Refer);
        let best = suggestions
            .first_mut()
            .filter(|first| settled || first.actions.iter().all(|action| action.kind != ActionType::Delete));
        if let Some(best) = best {
            best.is_recommended = true;
        }
        suggestions
    }

    fn changes(&self) -> Vec<Change> {
        let mut found: Vec<(Verdict, Change)> = Vec::new();
        for number in self.other_types() {
            if found.len() == MOST_TYPES {
                break;
            }
            found.extend(self.retyped(number).and_then(|change| Some((self.better(&change)?, change))));
        }
        found.extend(self.later().and_then(|change| Some((self.better(&change)?, change))));
        found.sort_by_key(|(verdict, _)| *verdict);
        let precautions = |verdict| if verdict == Verdict::Caution { ", with precautions" } else { "" };
        found
            .into_iter()
            .map(|(verdict, change)| Change { label: format!("{}{}", change.label, precautions(verdict)), ..change })
            .collect()
    }

    /// Other types, the mildest verdict first as far as it is known, then the gentlest.
    fn other_types(&self) -> Vec<usize> {
        let types = self.desk.ruleset.massage_types();
        let mut known: Vec<(Verdict, usize)> = if self.booking.types.is_empty() {
            self.screened.by_type.iter().map(|(number, screening)| (screening.verdict, *number)).collect()
        } else {
            let others =
                self.screened.strictest().map(|screening| screening.alternatives.as_slice()).unwrap_or_default();
            let number =
                |other: &crate::model::Alternative| types.iter().position(|kind| kind.id == other.massage_type);
            others.iter().filter_map(|other| Some((other.verdict, number(other)?))).collect()
        };
        // Of types that do as well, the gentlest first.
        known.sort_by_key(|(verdict, number)| (*verdict, types.get(*number).map(|kind| kind.usual_pressure), *number));
        let worst = self.screened.worst();
        known.into_iter().filter(|(verdict, _)| *verdict < worst).map(|(_, number)| number).collect()
    }

    /// What the changed resource comes to, read again as it would be sent back; `None` where that is no better.
    fn better(&self, change: &Change) -> Option<Verdict> {
        let ruleset = self.desk.ruleset;
        let resource = Resource::read(&change.resource)?;
        let booking = Booking::read(ruleset, &resource, self.patient_id)?;
        // A booking that no longer names a condition is better only on paper: "Prenatal massage".
        let named = &booking.reasons.asides;
        if !self.booking.reasons.asides.iter().all(|condition| named.contains(condition)) {
            return None;
        }
        let screened = Screened::new(ruleset, &booking, self.prefetch, self.desk.today);
        let better = screened.worst() < self.screened.worst() && screened.red_flags().is_empty();
        better.then_some(screened.verdict)
    }

    fn retyped(&self, number: usize) -> Option<Change> {
        let ruleset = self.desk.ruleset;
        let resource = self.booking.resource?;
        // Whoever reads the narrative must not read another type there.
        let narrative = resource.value.pointer("/text/div").and_then(serde_json::Value::as_str).unwrap_or_default();
        if ruleset.bookings().in_text(narrative).iter().any(|it| matches!(it.booked, BookedAs::Type(_)) && !it.slight) {
            return None;
        }
        let (code, name) = terminology::coding(ruleset, Some(number));
        let member = if resource.kind() == "Appointment" { "serviceType" } else { "code" };
        let text = match spoken(ruleset, resource.value.get(member)) {
            // Whatever else it says is to be kept.
            Some(text) => renamed(ruleset, text, &name)?,
            None => name.clone(),
        };
        let concept = json!({
            "coding": [{ "system": terminology::MASSAGE_TYPE, "code": code, "display": name }], "text": text,
        });
        let concept = serde_json::value::to_raw_value(&concept).ok()?;
        let mut members = Members::read(&resource.raw)?;
        if resource.kind() == "Appointment" {
            members.set("serviceType", replaced(ruleset, members.get("serviceType"), &concept)?);
            if let Some(title) = resource.value.get("description").and_then(serde_json::Value::as_str)
                && let Some(title) = renamed(ruleset, title, &name)
            {
                members.set("description", serde_json::value::to_raw_value(&title).ok()?);
            }
        } else {
            members.set("code", concept);
        }
        Some(Change {
            key: format!("type/{code}"),
            label: format!("Book {name} instead"),
            description: format!("Change the massage type to {name}; all else stays as it is."),
            resource: serde_json::value::to_raw_value(&members).ok()?,
        })
    }

    /// The same on the first day on which time alone makes the verdict milder.
    fn later(&self) -> Option<Change> {
        let resource = self.booking.resource?;
        let [(_, screening)] = self.screened.by_type.as_slice() else { return None };
        let (from, to) = (self.booking.date?, screening.eligible_from?);
        let days = (to - from).get_days();
        let mut members = Members::read(&resource.raw)?;
        // A slot is taken at one time alone.
        if days <= 0 || members.value("slot").is_some() {
            return None;
        }
        let move_text = |raw: &RawValue| {
            let text: String = serde_json::from_str(raw.get()).ok()?;
            serde_json::value::to_raw_value(&moved(&text, days)?).ok()
        };
        let mut changed = false;
        for name in ["start", "end", "occurrenceDateTime"] {
            if let Some(raw) = members.get(name) {
                let later = move_text(raw)?;
                members.set(name, later);
                changed = true;
            }
        }
        if let Some(raw) = members.get("occurrencePeriod") {
            let mut period = Members::read(raw)?;
            for name in ["start", "end"] {
                if let Some(raw) = period.get(name) {
                    let later = move_text(raw)?;
                    period.set(name, later);
                    changed = true;
                }
            }
            members.set("occurrencePeriod", serde_json::value::to_raw_value(&period).ok()?);
        }
        changed.then_some(())?;
        let day = words::day(to);
        Some(Change {
            key: format!("date/{to}"),
            label: format!("Move it to {day}, at the same time"),
            description: format!("Move the booking to {day}, if that time is free; all else stays as it is."),
            resource: serde_json::value::to_raw_value(&members).ok()?,
        })
    }
}

/// The words of what is booked, where they say more than that it is a massage.
fn spoken<'v>(ruleset: &Ruleset, booked: Option<&'v serde_json::Value>) -> Option<&'v str> {
    let mut texts = each(booked).iter().filter(|item| names_a_massage(ruleset, item)).flat_map(texts_of);
    texts.find(|text| !ruleset.bookings().is_only_massage(text))
}

/// The list of service types with the new one in the place of the first that names a massage, and without the others that do.
fn replaced(ruleset: &Ruleset, old: Option<&RawValue>, concept: &RawValue) -> Option<Box<RawValue>> {
    let old: Vec<Box<RawValue>> = match old {
        Some(raw) => serde_json::from_str(raw.get()).unwrap_or_else(|_| vec![raw.to_owned()]),
        None => Vec::new(),
    };
    let mut new: Vec<Box<RawValue>> = Vec::with_capacity(old.len() + 1);
    let mut placed = false;
    for item in old {
        if item.get() == "null" {
            continue;
        }
        let value: serde_json::Value = serde_json::from_str(item.get()).ok()?;
        if !names_a_massage(ruleset, &value) {
            new.push(item);
        } else if !placed {
            new.push(concept.to_owned());
            placed = true;
        }
    }
    if !placed {
        new.push(concept.to_owned());
    }
    serde_json::value::to_raw_value(&new).ok()
}

/// A title with the new type's name where it names another; `None` where it names none.
fn renamed(ruleset: &Ruleset, title: &str, name: &str) -> Option<String> {
    let mut text = String::with_capacity(title.len());
    let mut from = 0;
    let mut changed = false;
    for mention in ruleset.bookings().in_text(title) {
        if matches!(mention.booked, BookedAs::Type(_)) && !mention.slight {
            text.push_str(title.get(from..mention.range.start)?);
            text.push_str(name);
            from = mention.range.end;
            changed = true;
        }
    }
    text.push_str(title.get(from..)?);
    changed.then_some(text)
}
