//! A rule's predicates: what must hold of the condition, the client and the session, in numbers.

use crate::model::{MassageTypeId, Phase, PhaseSet, ProductId, TechniqueId};

use super::super::document::{ClientDocument, PhaseWord, SessionDocument, WhereDocument};
use super::super::predicate::{ClientTest, Course, SessionTest};
use super::rules::RuleScope;
use super::{Result, dangling, region_set};

impl RuleScope<'_> {
    pub(super) fn course(&self, by: &str, document: Option<&WhereDocument>) -> Result<Course> {
        let Some(document) = document else { return Ok(Course::default()) };
        Ok(Course {
            phases: document
                .phase
                .as_ref()
                .map(|words| words.iter().fold(PhaseSet::EMPTY, |set, word| set.union(phases_of(*word)))),
            resolved_within_days: document.resolved_within_days.map(i32::from),
            onset_within_days: document.onset_within_days.map(i32::from),
            control: document.control.clone(),
            severity: document.severity.clone(),
            regions: document.regions.as_ref().map(|ids| region_set(by, ids, self.regions)).transpose()?,
            onset_hours: document.onset_hours_after,
            duration_hours: document.duration_hours,
            trend: document.trend.clone(),
        })
    }

    pub(super) fn client(&self, by: &str, document: Option<&ClientDocument>) -> Result<ClientTest> {
        let Some(document) = document else { return Ok(ClientTest::default()) };
        let also = document.also.as_ref();
        Ok(ClientTest {
            age: document.age,
            pregnancy_weeks: document.pregnancy_weeks,
            sex: document.sex.clone(),
            activity_level: document.activity_level.clone(),
            first_session: document.first_session,
            also: also.map(|ids| ids.iter().map(|id| self.condition(by, id)).collect()).transpose()?,
        })
    }

    pub(super) fn session(&self, by: &str, document: Option<&SessionDocument>) -> Result<SessionTest> {
        let Some(document) = document else { return Ok(SessionTest::default()) };
        let only = document.massage_types.as_ref().map(|ids| self.type_bits(by, ids)).transpose()?;
        let never = document.except_massage_types.as_ref().map(|ids| self.type_bits(by, ids)).transpose()?;
        let massage_types = match (only, never) {
            (None, None) => None,
            (only, never) => Some(only.unwrap_or(u64::MAX) & !never.unwrap_or(0)),
        };
        Ok(SessionTest {
            massage_types,
            techniques: document.techniques.as_ref().map(|ids| self.technique_bits(by, ids)).transpose()?,
            tones: document.effects.clone(),
            pressure: document.pressure.map(|pressure| pressure.at_least),
            duration_minutes: document.duration_minutes.map(|minutes| minutes.at_least),
            regions: document.regions.as_ref().map(|ids| region_set(by, ids, self.regions)).transpose()?,
            products: document.products.as_ref().map(|ids| self.product_numbers(by, ids)).transpose()?,
        })
    }

    fn type_bits(&self, by: &str, ids: &[MassageTypeId]) -> Result<u64> {
        ids.iter().try_fold(0, |bits, id| {
            let number = self.massage_types.get(id).ok_or_else(|| dangling(by, "massage type", id.as_str()))?;
            Ok(bits | 1 << number)
        })
    }

    pub(super) fn technique_bits(&self, by: &str, ids: &[TechniqueId]) -> Result<u64> {
        ids.iter().try_fold(0, |bits, id| {
            let number = self.techniques.get(id).ok_or_else(|| dangling(by, "technique", id.as_str()))?;
            Ok(bits | 1 << number)
        })
    }

    pub(super) fn product_numbers(&self, by: &str, ids: &[ProductId]) -> Result<Vec<usize>> {
        ids.iter()
            .map(|id| self.products.get(id.as_str()).copied().ok_or_else(|| dangling(by, "product", id.as_str())))
            .collect()
    }
}

/// The phases that one word of a rule stands for.
pub(in crate::ruleset) fn phases_of(word: PhaseWord) -> PhaseSet {
    match word {
        PhaseWord::Acute => Phase::Acute.into(),
        PhaseWord::Subacute => Phase::Subacute.into(),
        PhaseWord::Chronic => Phase::Chronic.into(),
        PhaseWord::Flare => Phase::Flare.into(),
        PhaseWord::Remission => Phase::Remission.into(),
        PhaseWord::Resolved => Phase::Resolved.into(),
        PhaseWord::Current => PhaseSet::CURRENT,
    }
}
