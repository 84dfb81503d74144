//! What the numbers and codes of a health record stand for: `observations.json`, and how it is looked up.

use std::collections::{BTreeSet, HashMap};

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::{ConditionId, Control, RegionId, Severity, SourceId, State};

use super::bookings::folded_words;
use super::compile::{Result, dangling};
use super::document::Bundle;
use super::error::RulesetError;
use super::names::normalise;

/// `observations.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ObservationsFile {
    /// How a value is brought to the unit of its observation.
    pub units: Vec<UnitDocument>,
    /// What is measured or asked.
    pub observations: Vec<ObservationDocument>,
    /// Values that say whether what an observation names is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub answers: Option<AnswersDocument>,
    /// How an observation is read that names a condition.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub named: Option<NamedDocument>,
    /// Codes for how bad a condition is.
    pub severities: Vec<SeverityCodeDocument>,
    /// Codes for a place on the body.
    pub body_sites: Vec<BodySiteDocument>,
    /// Codes that say: asked, and there is nothing.
    pub nothing_known: Vec<RecordCode>,
    /// What is known and does not bear on a massage.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub says_nothing: Vec<SaysNothingDocument>,
    /// Codes that say: nothing is known of this.
    pub nothing_asked: Vec<RecordCode>,
    /// How medicines are read.
    pub medicines: MedicinesDocument,
    /// How procedures are read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub procedures: Option<ProceduresDocument>,
}

/// A code of a code system, as a health record writes it.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordCode {
    /// The code system's canonical address.
    pub system: String,
    /// The code.
    pub code: String,
}

/// How a value is brought to another unit.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct UnitDocument {
    /// The unit that observations name (UCUM).
    pub unit: String,
    /// What senders write; an empty one stands for no unit.
    pub names: Vec<String>,
    /// What the value is multiplied by.
    pub factor: f64,
    /// What is added after that.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub offset: f64,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &f64) -> bool {
    *number == 0.0
}

/// A code for how bad a condition is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SeverityCodeDocument {
    /// The code system's canonical address.
    pub system: String,
    /// The code.
    pub code: String,
    /// What it means.
    pub severity: Severity,
}

/// A code for a place on the body.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BodySiteDocument {
    /// The code system's canonical address.
    pub system: String,
    /// The code.
    pub code: String,
    /// The region.
    pub region: RegionId,
}

/// Something that is measured or asked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ObservationDocument {
    /// Its id.
    pub id: String,
    /// What a person reads.
    pub name: String,
    /// Codes that mean it.
    pub codes: Vec<RecordCode>,
    /// What it is called where it bears no code.
    pub names: Vec<String>,
    /// A panel: the observations that it is made of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<String>,
    /// The unit of the bounds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// So many days a value counts as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub current_for_days: Option<u16>,
    /// So many days what it stands for is perhaps still there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unknown_for_days: Option<u16>,
    /// What values stand for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<FindingDocument>,
    /// Coded values that stand for nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub says_nothing: Vec<RecordCode>,
    /// Values in words that stand for nothing.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub says_nothing_said: Vec<String>,
    /// Whether the value is the name of a condition that the client has.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub value_names: bool,
    /// Where the entry comes from.
    pub sources: Vec<SourceId>,
    /// A judgement that a reader should be able to question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// What some values of an observation stand for.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FindingDocument {
    /// The value is at least this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<f64>,
    /// The value is more than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub above: Option<f64>,
    /// The value is less than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub below: Option<f64>,
    /// The value is one of these codes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub coded: Vec<RecordCode>,
    /// The value is one of these words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub said: Vec<String>,
    /// What it stands for.
    pub then: ThenDocument,
    /// What supports it.
    pub sources: Vec<SourceId>,
}

/// What a value stands for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ThenDocument {
    /// The condition.
    pub condition: ConditionId,
    /// Whether it is there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<State>,
    /// Whether it is kept in check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control: Option<Control>,
    /// How bad it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// How the value gives the weeks of pregnancy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weeks: Option<WeeksFrom>,
}

/// How a value gives the weeks of pregnancy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WeeksFrom {
    /// It is those completed on its day.
    Completed,
    /// It is the day on which 40 are completed.
    UntilDue,
}

/// Values that say whether what an observation names is there.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswersDocument {
    /// It is.
    pub yes: AnswerDocument,
    /// It is not.
    pub no: AnswerDocument,
}

/// What an answer is written as.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AnswerDocument {
    /// In codes.
    pub codes: Vec<RecordCode>,
    /// In words.
    pub words: Vec<String>,
}

/// How an observation is read that names a condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NamedDocument {
    /// So many days it counts as it is.
    pub current_for_days: u16,
    /// Where the entry comes from.
    pub sources: Vec<SourceId>,
    /// A judgement that a reader should be able to question.
    pub note: String,
}

/// Something that is known and does not bear on a massage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct SaysNothingDocument {
    /// What a person reads.
    pub name: String,
    /// Codes that mean it.
    pub codes: Vec<RecordCode>,
    /// What the codes are called.
    pub names: Vec<String>,
    /// Where the codes and names come from.
    pub sources: Vec<SourceId>,
    /// A judgement that a reader should be able to question.
    pub note: String,
}

/// How medicines are read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MedicinesDocument {
    /// A medicine that was stopped counts as taken for so many days.
    pub stopped_counts_for_days: u16,
    /// Words around the name of a medicine.
    pub words: Vec<String>,
    /// What supports the figures.
    pub sources: Vec<SourceId>,
    /// A judgement that a reader should be able to question.
    pub note: String,
}

/// How procedures are read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ProceduresDocument {
    /// Words of procedures that only look or talk.
    pub looks: Vec<String>,
    /// Words of procedures that look whether something is there: the condition that is named beside them is what was looked for.
    pub seeks: Vec<String>,
    /// Words that say nothing beside those: what is looked at, by what and how.
    pub plain: Vec<String>,
    /// What supports the lists.
    pub sources: Vec<SourceId>,
    /// A judgement that a reader should be able to question.
    pub note: String,
}

/// What the name of a procedure that looks or talks says besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Look {
    /// Whether it looks whether something is there.
    pub seeks: bool,
    /// What is left of the name; empty where nothing is.
    pub left: String,
}

/// The same, looked up by code and name. Empty in a ruleset that has no such file.
#[derive(Debug, Clone, Default)]
pub struct Observations {
    file: Option<ObservationsFile>,
    by_code: HashMap<RecordCode, usize>,
    by_name: HashMap<String, usize>,
    medicine_words: BTreeSet<String>,
    looks: BTreeSet<String>,
    seeks: BTreeSet<String>,
    plain: BTreeSet<String>,
}

impl Observations {
    /// Whether the ruleset reads numbers at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.file.is_none()
    }

    /// The observation of this code.
    #[must_use]
    pub fn by_code(&self, code: &RecordCode) -> Option<&ObservationDocument> {
        self.at(*self.by_code.get(code)?)
    }

    /// The observation of this name, folded.
    #[must_use]
    pub fn by_name(&self, name: &str) -> Option<&ObservationDocument> {
        self.at(*self.by_name.get(&normalise(name))?)
    }

    /// The observation of this id.
    #[must_use]
    pub fn by_id(&self, id: &str) -> Option<&ObservationDocument> {
        self.file.as_ref()?.observations.iter().find(|one| one.id == id)
    }

    fn at(&self, number: usize) -> Option<&ObservationDocument> {
        self.file.as_ref()?.observations.get(number)
    }

    /// The most days for which any value says anything.
    #[must_use]
    pub fn longest_days(&self) -> Option<u16> {
        let observations = &self.file.as_ref()?.observations;
        observations.iter().filter_map(|one| one.unknown_for_days.max(one.current_for_days)).max()
    }

    /// A value in another unit; `None` where nobody knows how.
    #[must_use]
    pub fn convert(&self, value: f64, from: &str, to: &str) -> Option<f64> {
        let units = &self.file.as_ref()?.units;
        let written = from.trim();
        let same = |name: &String| name == written || !written.is_empty() && name.eq_ignore_ascii_case(written);
        let rule = units.iter().find(|rule| rule.unit == to && rule.names.iter().any(same))?;
        Some(value.mul_add(rule.factor, rule.offset))
    }

    /// How bad a condition is by this code.
    #[must_use]
    pub fn severity(&self, code: &RecordCode) -> Option<Severity> {
        let codes = &self.file.as_ref()?.severities;
        codes.iter().find(|known| known.system == code.system && known.code == code.code).map(|known| known.severity)
    }

    /// The region of this code.
    #[must_use]
    pub fn region(&self, code: &RecordCode) -> Option<&RegionId> {
        let codes = &self.file.as_ref()?.body_sites;
        codes.iter().find(|known| known.system == code.system && known.code == code.code).map(|known| &known.region)
    }

    /// Whether the code says that somebody asked and there is nothing.
    #[must_use]
    pub fn says_nothing_known(&self, code: &RecordCode) -> bool {
        self.file.as_ref().is_some_and(|file| file.nothing_known.contains(code))
    }

    /// Whether the value says that what its observation names is there; `None` where it says neither or both.
    #[must_use]
    pub fn answer(&self, codes: &[RecordCode], words: &[&str]) -> Option<bool> {
        let answers = self.file.as_ref()?.answers.as_ref()?;
        let is = |answer: &AnswerDocument| {
            let said = |text: &&str| answer.words.iter().any(|word| normalise(word) == normalise(text));
            codes.iter().any(|code| answer.codes.contains(code)) || words.iter().any(said)
        };
        match (is(&answers.yes), is(&answers.no)) {
            (true, false) => Some(true),
            (false, true) => Some(false),
            _ => None,
        }
    }

    /// How an observation is read that names a condition.
    #[must_use]
    pub fn named(&self) -> Option<&NamedDocument> {
        self.file.as_ref()?.named.as_ref()
    }

    /// Whether all of these codes and all of these words are of one thing that does not bear on a massage. Without a
    /// code, or without a word, nobody can say so.
    #[must_use]
    pub fn says_nothing(&self, codes: &[RecordCode], words: &[&str]) -> bool {
        let Some(file) = self.file.as_ref().filter(|_| !codes.is_empty() && !words.is_empty()) else { return false };
        file.says_nothing.iter().any(|entry| {
            let named = |text: &&str| entry.names.iter().any(|name| normalise(name) == normalise(text));
            codes.iter().all(|code| entry.codes.contains(code)) && words.iter().all(named)
        })
    }

    /// Whether the code says that nothing is known.
    #[must_use]
    pub fn says_nothing_asked(&self, code: &RecordCode) -> bool {
        self.file.as_ref().is_some_and(|file| file.nothing_asked.contains(code))
    }

    /// How medicines are read.
    #[must_use]
    pub fn medicines(&self) -> Option<&MedicinesDocument> {
        self.file.as_ref().map(|file| &file.medicines)
    }

    /// Whether the word stands around names of medicines.
    #[must_use]
    pub fn is_medicine_word(&self, word: &str) -> bool {
        self.medicine_words.contains(&normalise(word))
    }

    /// What the name of a procedure says besides that it looks or talks; `None` where it does not say that.
    ///
    /// Every word that is not known to be plain is left, and so may be a condition or what was found.
    #[must_use]
    pub fn look(&self, name: &str) -> Option<Look> {
        let words = folded_words(name);
        let looks = words.iter().any(|word| self.looks.contains(word) || self.seeks.contains(word));
        let seeks = words.iter().any(|word| self.seeks.contains(word));
        // A plus is a result.
        if !looks || name.contains('+') {
            return None;
        }
        let says = |word: &&String| {
            let known = self.looks.contains(*word) || self.seeks.contains(*word) || self.plain.contains(*word);
            !known && !word.bytes().all(|byte| byte.is_ascii_digit())
        };
        let left: Vec<&str> = words.iter().filter(says).map(String::as_str).collect();
        Some(Look { seeks, left: left.join(" ") })
    }
}

/// Looks up everything once; refuses what does not exist or exists twice.
pub(super) fn compile(bundle: &Bundle) -> Result<Observations> {
    let Some(file) = bundle.observations.clone() else { return Ok(Observations::default()) };
    if let Some((by, kind, id)) = dangling_names(bundle, &file).into_iter().next() {
        return Err(dangling(&by, kind, &id));
    }
    let mut observations = Observations::default();
    for (number, document) in file.observations.iter().enumerate() {
        let twice = |id: &str| RulesetError::Duplicate { kind: "observation code or name", id: id.to_owned() };
        for code in &document.codes {
            if observations.by_code.insert(code.clone(), number).is_some() {
                return Err(twice(&code.code));
            }
        }
        for name in &document.names {
            if observations.by_name.insert(normalise(name), number).is_some() {
                return Err(twice(name));
            }
        }
    }
    observations.medicine_words = file.medicines.words.iter().map(|word| normalise(word)).collect();
    if let Some(procedures) = &file.procedures {
        let folded = |words: &[String]| words.iter().flat_map(|word| folded_words(word)).collect();
        observations.looks = folded(&procedures.looks);
        observations.seeks = folded(&procedures.seeks);
        observations.plain = folded(&procedures.plain);
    }
    observations.file = Some(file);
    Ok(observations)
}

/// Every name that nothing defines: what names it, what kind of thing it should be, and the name.
pub(super) fn dangling_names(bundle: &Bundle, file: &ObservationsFile) -> Vec<(String, &'static str, String)> {
    let conditions: BTreeSet<&str> =
        bundle.conditions.iter().flat_map(|file| &file.conditions).map(|condition| condition.id.as_str()).collect();
    let sources: BTreeSet<&str> = bundle.sources.sources.iter().map(|source| source.id.as_str()).collect();
    let regions: BTreeSet<&str> = bundle.body_regions.body_regions.iter().map(|region| region.id.as_str()).collect();
    let known: BTreeSet<&str> = file.observations.iter().map(|one| one.id.as_str()).collect();
    let units: BTreeSet<&str> = file.units.iter().map(|unit| unit.unit.as_str()).collect();
    let mut missing = Vec::new();
    let mut need = |by: &str, kind: &'static str, id: &str, among: &BTreeSet<&str>| {
        if !among.contains(id) {
            missing.push((by.to_owned(), kind, id.to_owned()));
        }
    };
    for one in &file.observations {
        one.parts.iter().for_each(|part| need(&one.id, "observation", part, &known));
        one.unit.iter().for_each(|unit| need(&one.id, "unit", unit, &units));
        for finding in &one.findings {
            need(&one.id, "condition", finding.then.condition.as_str(), &conditions);
            finding.sources.iter().for_each(|source| need(&one.id, "source", source.as_str(), &sources));
        }
        one.sources.iter().for_each(|source| need(&one.id, "source", source.as_str(), &sources));
    }
    for site in &file.body_sites {
        need(&site.code, "body region", site.region.as_str(), &regions);
    }
    for entry in &file.says_nothing {
        entry.sources.iter().for_each(|source| need(&entry.name, "source", source.as_str(), &sources));
    }
    let named = file.named.iter().flat_map(|named| &named.sources);
    named.for_each(|source| need("named", "source", source.as_str(), &sources));
    let procedures = file.procedures.iter().flat_map(|procedures| &procedures.sources);
    procedures.for_each(|source| need("procedures", "source", source.as_str(), &sources));
    file.medicines.sources.iter().for_each(|source| need("medicines", "source", source.as_str(), &sources));
    missing
}

#[cfg(test)]
mod tests {
    use super::*;

    fn observations() -> Observations {
        let file: ObservationsFile = serde_json::from_str(include_str!("../../ruleset/observations.json")).unwrap();
        Observations { file: Some(file), ..Observations::default() }
    }

    #[test]
    fn a_value_is_brought_to_the_unit_of_its_observation() {
        let observations = observations();
        let close = |value: Option<f64>, expected: f64| (value.unwrap() - expected).abs() < 0.01;
        assert!(close(observations.convert(100.4, "[degF]", "Cel"), 38.0));
        assert!(close(observations.convert(38.0, "Cel", "Cel"), 38.0));
        assert!(close(observations.convert(16.0, "kPa", "mm[Hg]"), 120.01));
        assert!(close(observations.convert(45000.0, "/uL", "10*9/L"), 45.0));
        assert!(close(observations.convert(11.1, "mmol/L", "mg/dL"), 199.98));
        assert_eq!(observations.convert(38.0, "K", "Cel"), None);
        assert_eq!(observations.convert(38.0, "", "Cel"), None);
    }
}
