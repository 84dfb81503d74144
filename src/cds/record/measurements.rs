//! `Observation`: numbers and coded answers as what the ruleset says they stand for.
//!
//! Of each kind the newest day counts, and everything that bears no day. What the ruleset has no entry for says nothing,
//! unless it is itself the name of a condition ([`super::findings`]).

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::Value;

use crate::model::{ConditionRequest, State};
use crate::ruleset::{FindingDocument, ObservationDocument, RecordCode, WeeksFrom, normalise};

use super::super::date::{Days, days_between};
use super::super::fhir::{self, Concept, Observation, Quantity};
use super::WarningCode;
use super::findings::{About, has_value, said};
use super::naming::without_tag;
use super::reader::{Reader, Source};

/// The values of each kind, by the id of the kind, each with its day and its resource.
pub(super) type Measured = BTreeMap<String, Vec<(Option<Days>, Reading, String)>>;

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Reading {
    /// In the unit of its kind, between these two; both may be without end.
    Number { least: f64, most: f64 },
    /// What the answer stands for: the number of the finding, or nothing.
    Answer(Option<usize>),
    /// An answer whose codes and words disagree.
    Disputed,
    /// A condition by its name; none where it is not there.
    Named(Vec<ConditionRequest>),
    /// A day.
    Day(Days),
}

/// Why there is no value.
enum Lacking {
    /// The sender says that there is none.
    Nothing,
    /// It cannot be read.
    Unreadable,
    /// Nobody knows the unit.
    Unit,
}

/// Whether a finding holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Holds {
    No,
    Perhaps,
    Surely,
}

/// An observation that another names as its part.
struct Member {
    observation: Observation,
    /// Whether it stands inside the other.
    inside: bool,
}

impl Reader<'_> {
    pub(super) fn observation(&mut self, source: &Source<'_>, measured: &mut Measured) {
        let observation: Observation = fhir::read(source.value);
        if !is_read(&observation) {
            return;
        }
        if self.ruleset.observations().is_empty() {
            // A ruleset that reads no numbers cannot say that they are in order.
            self.lacks(source.key, WarningCode::UnknownType, &source.name);
            return;
        }
        let Some(concept) = observation.code.as_ref().filter(|concept| self.is_readable(concept)) else {
            self.lacks(source.key, WarningCode::Unreadable, &source.name);
            return;
        };
        let day = observation.day();
        let members = self.members(source, &observation);
        for member in members.iter().filter(|member| member.inside) {
            self.parts(source, &member.observation, member.observation.day().or(day), measured);
            if let Some(concept) = &member.observation.code {
                let day = member.observation.day().or(day);
                self.measure(source, concept, &member.observation, day, &[], measured);
            }
        }
        self.parts(source, &observation, day, measured);
        self.measure(source, concept, &observation, day, &members, measured);
    }

    fn parts(&mut self, source: &Source<'_>, observation: &Observation, day: Option<Days>, measured: &mut Measured) {
        for part in &observation.component {
            match part.code.as_ref().filter(|concept| self.is_readable(concept)) {
                Some(concept) => self.measure(source, concept, part, day, &[], measured),
                None => self.lacks(source.key, WarningCode::Unreadable, &source.name),
            }
        }
    }

    /// The observations that this one names as its parts. One that did not come is missing, unless it is too old to
    /// say anything.
    fn members(&mut self, source: &Source<'_>, observation: &Observation) -> Vec<Member> {
        let mut members = Vec::new();
        let longest = self.ruleset.observations().longest_days().unwrap_or(u16::MAX);
        let counts = observation.day().is_none_or(|day| days_between(day.last, self.on) <= i32::from(longest));
        for reference in &observation.has_member {
            let inside = reference.reference.as_deref().and_then(|text| text.strip_prefix('#'));
            let found = match (inside, reference.target()) {
                (Some(id), _) => contained(source.value, id),
                (None, Some((kind, _))) if kind.is_some_and(|kind| kind != "Observation") => continue,
                (None, Some((_, id))) => self.observations.get(id).copied(),
                (None, None) => None,
            };
            let observation = found.map(fhir::read::<Observation>).filter(is_read).filter(|one| one.code.is_some());
            match observation {
                Some(observation) => members.push(Member { observation, inside: inside.is_some() }),
                None if counts => self.lacks(source.key, WarningCode::NotAll, &source.name),
                None => {}
            }
        }
        members
    }

    /// Takes in one value, if its kind is one that stands for something.
    fn measure(
        &mut self,
        source: &Source<'_>,
        concept: &Concept,
        observation: &Observation,
        day: Option<Days>,
        members: &[Member],
        measured: &mut Measured,
    ) {
        let Some(kind) = self.kind(concept).cloned() else {
            return self.itself(source, concept, observation, day, measured);
        };
        if kind.value_names {
            return self.named_by_value(source, observation, day, measured);
        }
        if !kind.parts.is_empty() {
            if !self.has_all_parts(&kind, observation, members) {
                self.lacks(source.key, WarningCode::Unreadable, &source.name);
            }
            return;
        }
        let value = self.value(&kind, observation);
        if value.as_ref().is_ok_and(|value| *value == Reading::Disputed) {
            self.warn(WarningCode::Contradictory, &source.name);
        }
        match value {
            Ok(value) => measured.entry(kind.id.clone()).or_default().push((day, value, source.name.clone())),
            Err(Lacking::Nothing) => {}
            Err(Lacking::Unreadable) => self.lacks(source.key, WarningCode::Unreadable, &source.name),
            Err(Lacking::Unit) => self.lacks(source.key, WarningCode::UnknownUnit, &source.name),
        }
    }

    fn is_readable(&self, concept: &Concept) -> bool {
        is_named(concept) || self.kind(concept).is_some()
    }

    fn kind(&self, concept: &Concept) -> Option<&ObservationDocument> {
        kind(self.ruleset.observations(), concept)
    }

    /// Whether a panel has everything that it is made of: here, or in the resources that it names.
    fn has_all_parts(&self, panel: &ObservationDocument, observation: &Observation, members: &[Member]) -> bool {
        let beside = members.iter().map(|member| &member.observation);
        let parts: Vec<&Observation> =
            observation.component.iter().chain(beside.flat_map(|one| one.component.iter().chain([one]))).collect();
        let is = |one: &Observation, part: &String| {
            one.code.as_ref().and_then(|code| self.kind(code)).is_some_and(|kind| kind.id == *part)
        };
        observation.component.is_empty()
            && observation.has_member.is_empty()
            && observation.data_absent_reason.is_some()
            || panel.parts.iter().all(|part| parts.iter().any(|one| is(one, part)))
    }

    fn value(&self, kind: &ObservationDocument, observation: &Observation) -> Result<Reading, Lacking> {
        let missing = || {
            // Registered and not yet measured, or asked and not known, is as good as not measured.
            let awaited = observation.status.as_deref() == Some("registered");
            if observation.data_absent_reason.is_some() || awaited { Lacking::Nothing } else { Lacking::Unreadable }
        };
        if kind.findings.iter().any(|finding| !finding.coded.is_empty()) {
            return self
                .answer(kind, observation)
                .ok_or_else(|| if has_value(observation) { Lacking::Unreadable } else { missing() });
        }
        if kind.findings.iter().any(|finding| finding.then.weeks == Some(WeeksFrom::UntilDue)) {
            return observation.value_date_time.map(Reading::Day).ok_or_else(missing);
        }
        let Some(unit) = &kind.unit else { return Err(Lacking::Unreadable) };
        if let Some(range) = &observation.value_range {
            let least = range.low.as_ref().map_or(Ok(f64::NEG_INFINITY), |low| self.amount(low, unit))?;
            let most = range.high.as_ref().map_or(Ok(f64::INFINITY), |high| self.amount(high, unit))?;
            return Ok(Reading::Number { least, most });
        }
        let written = observation.value_string.as_deref().and_then(|text| text.trim().parse::<f64>().ok());
        let bare = observation.value_integer.or(written.filter(|number| number.is_finite()));
        let bare = bare.map(|value| Quantity { value: Some(value), ..Quantity::default() });
        let Some(quantity) = observation.value_quantity.as_ref().or(bare.as_ref()) else { return Err(missing()) };
        if quantity.value.is_none() && observation.data_absent_reason.is_some() {
            return Err(Lacking::Nothing);
        }
        let value = self.amount(quantity, unit)?;
        Ok(match quantity.comparator.as_deref().map(str::trim) {
            None | Some("") => Reading::Number { least: value, most: value },
            Some("<" | "<=") => Reading::Number { least: f64::NEG_INFINITY, most: value },
            Some(">" | ">=") => Reading::Number { least: value, most: f64::INFINITY },
            Some(_) => return Err(Lacking::Unreadable),
        })
    }

    /// What an answer stands for. Codes and words that stand for different things leave it open, and so does a code for
    /// nothing beside the name of a condition.
    fn answer(&self, kind: &ObservationDocument, observation: &Observation) -> Option<Reading> {
        let value = said(observation);
        let by_code = |code: RecordCode| {
            let finding = kind.findings.iter().position(|finding| finding.coded.contains(&code));
            finding.map(Some).or_else(|| kind.says_nothing.contains(&code).then_some(None))
        };
        let by_words = |words: &str| {
            let is = |names: &[String]| names.iter().any(|name| normalise(name) == normalise(words));
            let finding = kind.findings.iter().position(|finding| is(&finding.said));
            finding.map(Some).or_else(|| is(&kind.says_nothing_said).then_some(None))
        };
        let words = value.words().map(without_tag);
        let mut stands: Vec<Option<usize>> = value.codes().filter_map(by_code).collect();
        stands.extend(words.filter_map(by_words));
        let first = *stands.first()?;
        let strange = first.is_none() && self.about(&value) != About::Nothing;
        Some(if strange || stands.iter().any(|other| *other != first) {
            Reading::Disputed
        } else {
            Reading::Answer(first)
        })
    }

    /// A number in the unit of its kind. Nothing that is measured here is below zero but a temperature, and no client has that.
    fn amount(&self, quantity: &Quantity, unit: &str) -> Result<f64, Lacking> {
        let value = quantity.value.filter(|value| *value >= 0.0).ok_or(Lacking::Unreadable)?;
        let observations = self.ruleset.observations();
        let written = [quantity.code.as_deref(), quantity.unit.as_deref()];
        let told = written.into_iter().flatten().filter(|text| !text.trim().is_empty());
        let mut told = told.map(|text| observations.convert(value, text, unit)).peekable();
        let converted =
            if told.peek().is_some() { told.flatten().next() } else { observations.convert(value, "", unit) };
        converted.ok_or(Lacking::Unit)
    }

    /// Adds what the newest values of each kind stand for.
    pub(super) fn measurements(&mut self, measured: Measured) {
        let mut weeks: Vec<(Option<Days>, u16, String)> = Vec::new();
        for (id, values) in measured {
            let newest = newest(values.iter().filter_map(|(day, ..)| *day), self.on);
            let Some(kind) = self.ruleset.observations().by_id(&id).cloned() else {
                let counts = |day: &Option<Days>| day.is_none_or(|day| newest.is_none_or(|newest| day.last >= newest));
                let counted = values.into_iter().filter(|(day, ..)| counts(day));
                counted.for_each(|(day, value, resource)| self.add_named(day, value, &resource));
                continue;
            };
            for (day, value, resource) in &values {
                if day.is_none_or(|day| newest.is_none_or(|newest| day.last >= newest)) {
                    self.findings(&kind, *day, value, resource, &mut weeks);
                }
            }
        }
        self.weeks(weeks);
    }

    fn findings(
        &mut self,
        kind: &ObservationDocument,
        day: Option<Days>,
        value: &Reading,
        resource: &str,
        weeks: &mut Vec<(Option<Days>, u16, String)>,
    ) {
        let age_days = day.map_or(0, |day| days_between(day.last, self.on));
        let within = |most: Option<u16>| most.is_none_or(|most| age_days <= i32::from(most));
        if !within(kind.unknown_for_days.max(kind.current_for_days)) {
            return;
        }
        for (number, finding) in kind.findings.iter().enumerate() {
            let holds = holds(finding, number, value);
            if holds == Holds::No {
                continue;
            }
            let sure = holds == Holds::Surely && within(kind.current_for_days);
            let mut state = if sure { finding.then.state } else { Some(State::Unknown) };
            if let Some(from) = finding.then.weeks {
                match completed(from, value, day, self.on).filter(|_| sure) {
                    Some(completed) => weeks.push((day, completed, resource.to_owned())),
                    // Longer than any pregnancy: it may be over, and nobody says so.
                    None => state = Some(State::Unknown),
                }
            }
            let condition = ConditionRequest {
                id: Some(finding.then.condition.to_string()),
                state,
                control: finding.then.control,
                severity: finding.then.severity,
                onset: None,
                ..ConditionRequest::default()
            };
            self.add(condition, resource);
        }
    }

    /// The weeks of pregnancy by the newest value; values of one day that disagree say nothing for certain.
    fn weeks(&mut self, weeks: Vec<(Option<Days>, u16, String)>) {
        let newest = newest(weeks.iter().filter_map(|(day, ..)| *day), self.on);
        let counts = |day: Option<Days>| day.is_none_or(|day| newest.is_none_or(|newest| day.last >= newest));
        let mut counted = weeks.into_iter().filter(|(day, ..)| counts(*day));
        let Some((_, first, resource)) = counted.next() else { return };
        if counted.all(|(_, other, _)| other == first) {
            self.client.pregnancy_weeks = Some(first);
            self.pregnancy_weeks_from = Some(resource);
        } else {
            self.lacks(super::super::prefetch::Key::Observations, WarningCode::Contradictory, &resource);
        }
    }
}

/// The day before which a value is certainly older than another. One that is dated after the day `on` outdates none.
fn newest(days: impl Iterator<Item = Days>, on: Date) -> Option<Date> {
    days.map(|day| day.first).filter(|first| *first <= on).max()
}

fn is_read(observation: &Observation) -> bool {
    !matches!(observation.status.as_deref(), Some("entered-in-error" | "cancelled"))
}

fn contained<'v>(value: &'v Value, id: &str) -> Option<&'v Value> {
    let inside = super::super::bundle::one_or_many(value.get("contained"));
    inside.iter().find(|one| one.get("id").and_then(Value::as_str) == Some(id))
}

fn kind<'o>(observations: &'o crate::ruleset::Observations, concept: &Concept) -> Option<&'o ObservationDocument> {
    let by_code = concept.codes().find_map(|code| observations.by_code(&code));
    by_code.or_else(|| concept.words().find_map(|words| observations.by_name(without_tag(words))))
}

/// Whether it says what it is: in a code that can be one or, where there is none, in words.
fn is_named(concept: &Concept) -> bool {
    let readable = |code: RecordCode| code.system != "http://loinc.org" || is_loinc(&code.code);
    let has_letters = |words: &str| words.chars().any(char::is_alphabetic);
    concept.codes().any(readable) || concept.coding.is_empty() && concept.words().any(has_letters)
}

/// Digits, a hyphen and a digit.
fn is_loinc(code: &str) -> bool {
    code.split_once('-').is_some_and(|(number, check)| {
        let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        check.len() == 1
            && digits(check)
            && digits(number.trim_start_matches(|letter: char| letter.is_ascii_uppercase()))
    })
}

fn holds(finding: &FindingDocument, number: usize, value: &Reading) -> Holds {
    match value {
        Reading::Answer(stands) if *stands == Some(number) => Holds::Surely,
        Reading::Answer(_) | Reading::Named(_) => Holds::No,
        Reading::Disputed => Holds::Perhaps,
        Reading::Day(_) => Holds::Surely,
        Reading::Number { least, most } => {
            let is_in = |value: f64| {
                finding.at_least.is_none_or(|bound| value >= bound)
                    && finding.above.is_none_or(|bound| value > bound)
                    && finding.below.is_none_or(|bound| value < bound)
            };
            let starts_after = finding.at_least.is_some_and(|bound| *most < bound)
                || finding.above.is_some_and(|bound| *most <= bound);
            let ends_before = finding.below.is_some_and(|bound| *least >= bound);
            match (is_in(*least) && is_in(*most), starts_after || ends_before) {
                (true, _) => Holds::Surely,
                (false, true) => Holds::No,
                (false, false) => Holds::Perhaps,
            }
        }
    }
}

/// The weeks completed on the day `on`; `None` where that is no length of a pregnancy.
fn completed(from: WeeksFrom, value: &Reading, day: Option<Days>, on: Date) -> Option<u16> {
    const TERM_DAYS: i32 = 280;
    const LONGEST_WEEKS: i32 = 45;
    let days = match (from, value) {
        (WeeksFrom::Completed, Reading::Number { least, most }) if (least - most).abs() < f64::EPSILON => {
            #[expect(clippy::cast_possible_truncation, reason = "bounded by the filter")]
            let told = Some(least * 7.0).filter(|days| (0.0..=400.0).contains(days)).map(|days| days.round() as i32)?;
            told + days_between(day?.last, on)
        }
        (WeeksFrom::UntilDue, Reading::Day(due)) if due.first == due.last => TERM_DAYS - days_between(on, due.last),
        _ => return None,
    };
    u16::try_from(days.div_euclid(7)).ok().filter(|weeks| i32::from(*weeks) <= LONGEST_WEEKS)
}
