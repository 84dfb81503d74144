//! Rules, before a session and after it: each name in them becomes a number.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use crate::model::{CitedSource, ConditionId, Effect, EvidenceResponse, Level, MassageTypeId, SourceId, TechniqueId};

use super::super::catalogue::unique;
use super::super::document::{
    AdviceDocument, Bundle, EvidenceDocument, PostSessionRuleDocument, RuleDocument, Scope, WhenPartly, WhenUnknown,
};
use super::super::error::RulesetError;
use super::super::forbidden::{forbid, forbidden_after_session, forbidden_before_session};
use super::super::index::{AdviceEntry, BodyRegion, ClearanceTest, ConditionIx, PostSessionRule, Rule};
use super::{Result, dangling, place_named, region_set};

/// What the names in a rule can stand for.
pub(super) struct RuleScope<'b> {
    pub(super) conditions: &'b HashMap<String, ConditionIx>,
    pub(super) techniques: BTreeMap<&'b TechniqueId, usize>,
    pub(super) massage_types: BTreeMap<&'b MassageTypeId, usize>,
    pub(super) regions: &'b [BodyRegion],
    pub(super) products: BTreeMap<&'b str, usize>,
    pub(super) sources: HashMap<&'b SourceId, CitedSource>,
}

pub(super) fn cited_sources(bundle: &Bundle) -> Result<HashMap<&SourceId, CitedSource>> {
    unique("source", bundle.sources.sources.iter().map(|source| source.id.as_str()))?;
    Ok(bundle
        .sources
        .sources
        .iter()
        .map(|source| {
            let cited = CitedSource { id: source.id.clone(), title: source.title.clone(), url: source.url.clone() };
            (&source.id, cited)
        })
        .collect())
}

pub(super) fn rules(bundle: &Bundle, scope: &RuleScope<'_>) -> Result<Vec<Rule>> {
    let mut documents: Vec<(&str, &RuleDocument)> = bundle
        .rules
        .iter()
        .flat_map(|file| file.rules.iter().map(|document| (file.category.as_str(), document)))
        .collect();
    documents.sort_by(|one, other| one.1.id.cmp(&other.1.id));
    unique("rule", documents.iter().map(|(_, document)| document.id.as_str()))?;
    documents
        .into_iter()
        .map(|(category, document)| match forbidden_before_session(document) {
            Some(what) => Err(RulesetError::Forbidden { rule: document.id.to_string(), what }),
            None => scope.rule(category, document),
        })
        .collect()
}

/// A rule about what is felt after a session, as a rule of a screening: for its predicates and its checks.
pub(in crate::ruleset) fn as_rule(document: &PostSessionRuleDocument) -> RuleDocument {
    RuleDocument {
        id: document.id.clone(),
        effect: if document.level == Level::Expected { Effect::Advise } else { Effect::Deny },
        scope: Scope::Systemic,
        condition: document.condition.clone(),
        where_: document.where_.clone(),
        client: document.client.clone(),
        session: document.session.clone(),
        affects: Vec::new(),
        when_unknown: document.when_unknown,
        when_partly: WhenPartly::Caution,
        with_clearance: None,
        red_flag: None,
        reason: document.reason.clone(),
        requirements: Vec::new(),
        evidence: document.evidence.clone(),
        note: document.note.clone(),
    }
}

impl RuleScope<'_> {
    pub(super) fn post_session(&self, bundle: &Bundle) -> Result<Vec<PostSessionRule>> {
        let mut documents: Vec<&PostSessionRuleDocument> = bundle.post_session.rules.iter().collect();
        documents.sort_by(|one, other| one.id.cmp(&other.id));
        unique("post-session rule", documents.iter().map(|document| document.id.as_str()))?;
        documents
            .into_iter()
            .map(|document| {
                if let Some(what) = forbidden_after_session(document) {
                    return Err(RulesetError::Forbidden { rule: document.id.to_string(), what });
                }
                let rule = self.rule("post-session", &as_rule(document))?;
                Ok(PostSessionRule { rule, level: document.level, document: Arc::new(document.clone()) })
            })
            .collect()
    }

    pub(super) fn advice(&self, bundle: &Bundle) -> Result<(Vec<AdviceEntry>, Vec<AdviceEntry>)> {
        let entries = |documents: &[AdviceDocument]| {
            documents
                .iter()
                .map(|document| {
                    let numbers = |ids: &[ConditionId]| {
                        ids.iter().map(|id| self.condition(&document.id, id)).collect::<Result<Vec<_>>>()
                    };
                    Ok(AdviceEntry {
                        symptoms: numbers(&document.symptoms)?,
                        not_with: numbers(&document.not_with)?,
                        document: document.clone(),
                    })
                })
                .collect::<Result<Vec<_>>>()
        };
        Ok((entries(&bundle.post_session.self_care)?, entries(&bundle.post_session.watch_for)?))
    }

    fn rule(&self, category: &str, document: &RuleDocument) -> Result<Rule> {
        forbid(document)?;
        let by = document.id.as_str();
        self.requirements(document)?;
        Ok(Rule {
            id: document.id.clone(),
            effect: document.effect,
            condition: document.condition.as_ref().map(|id| self.condition(by, id)).transpose()?,
            course: self.course(by, document.where_.as_ref())?,
            client: self.client(by, document.client.as_ref())?,
            session: self.session(by, document.session.as_ref())?,
            local: document.scope == Scope::Local,
            affects: place_named(by, &document.affects, self.regions)?,
            assumes: document.when_unknown == WhenUnknown::Assume,
            when_partly: match document.when_partly {
                WhenPartly::Advise => document.effect.min(Effect::Advise),
                WhenPartly::Caution => document.effect.min(Effect::Caution),
            },
            clearance: document.with_clearance.map(|clearance| ClearanceTest {
                by: clearance.by,
                effect: clearance.effect,
                max_age_days: clearance.max_age_days.map(i32::from),
            }),
            red_flag: document.red_flag.map(|flag| flag.urgency),
            requirements: document.requirements.clone(),
            evidence: self.evidence(by, &document.evidence)?,
            document: Arc::new(document.clone()),
            category: category.into(),
        })
    }

    pub(super) fn condition(&self, by: &str, id: &ConditionId) -> Result<ConditionIx> {
        self.conditions.get(id.as_str()).copied().ok_or_else(|| dangling(by, "condition", id.as_str()))
    }

    fn evidence(&self, by: &str, document: &EvidenceDocument) -> Result<EvidenceResponse> {
        let cite = |ids: &[SourceId]| {
            ids.iter()
                .map(|id| self.sources.get(id).cloned().ok_or_else(|| dangling(by, "source", id.as_str())))
                .collect::<Result<Arc<[CitedSource]>>>()
        };
        Ok(EvidenceResponse {
            grade: document.grade,
            sources: cite(&document.agree)?,
            disagree: cite(&document.disagree)?,
        })
    }

    /// Whether everything that the requirements name exists.
    fn requirements(&self, document: &RuleDocument) -> Result<()> {
        use crate::model::Requirement as R;
        let by = document.id.as_str();
        for requirement in &document.requirements {
            match requirement {
                R::AvoidRegion { regions } | R::PressureMax { regions: Some(regions), .. } => {
                    region_set(by, regions, self.regions)?;
                }
                R::AvoidTechnique { techniques, regions } => {
                    self.technique_bits(by, techniques)?;
                    region_set(by, regions.as_deref().unwrap_or_default(), self.regions)?;
                }
                R::AvoidProduct { products } => {
                    self.product_numbers(by, products)?;
                }
                R::PressureMax { regions: None, .. }
                | R::DurationMax { .. }
                | R::Position { .. }
                | R::TherapistTraining { .. }
                | R::CheckFirst { .. }
                | R::RiseSlowly
                | R::StopOnRequest
                | R::StopOnPain
                | R::FragranceFreeProduct
                | R::GradualPressure
                | R::NoHeat
                | R::NoForcedJointMovement
                | R::HygieneCover
                | R::TherapistFeedback
                | R::DrinkToThirst
                | R::GentleAfterCare => {}
            }
        }
        Ok(())
    }
}
