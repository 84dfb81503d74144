//! From documents to a [`Ruleset`], its only maker: names become numbers, and what cannot be used is refused.

mod conditions;
mod predicates;
mod rules;
mod waking;

use std::sync::Arc;

use crate::model::{ConditionId, ConditionKind, RegionId, RulesetStamp};

use super::bookings::BookingIndex;
use super::catalogue::{massage_types, products, regions, techniques};
use super::document::{Bundle, ImpliedBy};
use super::error::RulesetError;
use super::index::{BodyRegion, Condition, ConditionIx, Fallbacks, Place, Ruleset};
use super::names::{NameIndex, Vocabulary, normalise};
use super::observations;
use super::regions::RegionSet;
use super::release::{bundle_bytes, digest};
use conditions::{conditions, words};
use rules::{RuleScope, cited_sources, rules};
use waking::{categories, index_post_session_rules, index_rules, numbered};

pub(super) use predicates::phases_of;
pub(super) use rules::as_rule;

pub(super) type Result<T> = std::result::Result<T, RulesetError>;

impl Ruleset {
    /// A ruleset from the bytes of a release; its digest is theirs.
    ///
    /// # Errors
    /// Where the bytes are no bundle, or the bundle no ruleset.
    pub fn from_bundle_bytes(bytes: &[u8]) -> Result<Self> {
        let form = |source| RulesetError::Form { file: "bundle".to_owned(), source };
        let bundle: Bundle = serde_json::from_slice(bytes).map_err(form)?;
        compile(bundle, bytes.into())
    }

    /// A ruleset from its documents; its bytes are the canonical ones.
    ///
    /// # Errors
    /// Where the documents contradict each other.
    pub fn from_bundle(bundle: Bundle) -> Result<Self> {
        let bytes = bundle_bytes(&bundle)?;
        compile(bundle, bytes.into())
    }
}

fn compile(bundle: Bundle, bytes: Arc<[u8]>) -> Result<Ruleset> {
    let mut names = NameIndex::default();
    if let Some(file) = &bundle.words {
        names.set_words(file);
    }
    let techniques = techniques(&bundle, &mut names)?;
    let regions = regions(&bundle, &mut names)?;
    let products = products(&bundle, &mut names)?;
    let massage_types = massage_types(&bundle, &techniques, &mut names)?;
    let mut conditions = conditions(&bundle, &regions, &mut names)?;
    words(&bundle, &mut names)?;
    let rules = {
        let scope = RuleScope {
            conditions: &names.condition_ids,
            techniques: techniques.iter().enumerate().map(|(number, technique)| (&technique.id, number)).collect(),
            massage_types: massage_types.iter().enumerate().map(|(number, kind)| (&kind.id, number)).collect(),
            regions: &regions,
            products: products.iter().enumerate().map(|(number, product)| (product.id.as_str(), number)).collect(),
            sources: cited_sources(&bundle)?,
        };
        (rules(&bundle, &scope)?, scope.post_session(&bundle)?, scope.advice(&bundle)?)
    };
    let (rules, post_session_rules, (self_care, watch_for)) = rules;
    index_rules(&mut conditions, &rules);
    index_post_session_rules(&mut conditions, &post_session_rules);
    let fallbacks = fallbacks(&bundle, &conditions, &names)?;
    let categories = categories(&mut conditions, fallbacks)?;
    for category in &categories {
        names.guess(Vocabulary::Categories, normalise(&category.id), &category.id);
    }
    let unconditional = numbered(&rules).filter(|(_, rule)| rule.condition.is_none()).map(|(ix, _)| ix).collect();
    let observations = observations::compile(&bundle)?;
    let disclaimer = bundle
        .messages
        .get("common")
        .and_then(|common| common.get("disclaimer"))
        .map(|text| Arc::from(text.as_str()))
        .ok_or_else(|| RulesetError::Missing("sentence `common/disclaimer` in messages.json".to_owned()))?;
    let bookings = BookingIndex::new(&bundle)?;
    let stamp = RulesetStamp { version: bundle.manifest.version.clone(), digest: digest(&bytes).into() };
    Ok(Ruleset {
        stamp,
        bytes,
        bundle,
        conditions,
        categories,
        rules,
        unconditional,
        post_session_rules,
        self_care,
        watch_for,
        massage_types,
        techniques,
        regions,
        products,
        fallbacks,
        names,
        bookings,
        observations,
        disclaimer,
    })
}

/// A number that [`at_most`] or memory has bounded.
#[expect(clippy::cast_possible_truncation, reason = "no ruleset holds four thousand million things")]
fn index(number: usize) -> u32 {
    number as u32
}

pub(super) fn at_most(kind: &'static str, number: usize, most: usize) -> Result<()> {
    if number > most { Err(RulesetError::TooMany { kind, most }) } else { Ok(()) }
}

pub(super) fn dangling(by: &str, kind: &'static str, id: &str) -> RulesetError {
    RulesetError::Dangling { by: by.to_owned(), kind, id: id.to_owned() }
}

fn place_named(by: &str, ids: &[RegionId], regions: &[BodyRegion]) -> Result<Option<Place>> {
    if ids.is_empty() {
        return Ok(None);
    }
    let set = region_set(by, ids, regions)?;
    let mut ids = ids.to_vec();
    ids.sort();
    Ok(Some(Place { set, ids }))
}

fn region_set(by: &str, ids: &[RegionId], regions: &[BodyRegion]) -> Result<RegionSet> {
    ids.iter().try_fold(RegionSet::default(), |set, id| {
        let region =
            regions.iter().find(|region| region.id == *id).ok_or_else(|| dangling(by, "body region", id.as_str()))?;
        Ok(set.union(region.set))
    })
}

fn fallbacks(bundle: &Bundle, conditions: &[Condition], names: &NameIndex) -> Result<Fallbacks> {
    let find = |id: &ConditionId| {
        names.condition_ids.get(id.as_str()).copied().ok_or_else(|| dangling("manifest.json", "condition", id.as_str()))
    };
    let ids = &bundle.manifest.fallbacks;
    let fallbacks = Fallbacks {
        unrecognised: find(&ids.unrecognised)?,
        incomplete_intake: find(&ids.incomplete_intake)?,
        approximate: ids.approximate.as_ref().map(find).transpose()?,
        pregnancy: conditions
            .iter()
            .position(|condition| condition.document.implied_by == Some(ImpliedBy::PregnancyWeeks))
            .map(|number| ConditionIx(index(number))),
    };
    for (ix, id) in [(fallbacks.unrecognised, &ids.unrecognised), (fallbacks.incomplete_intake, &ids.incomplete_intake)]
    {
        let condition = conditions.get(ix.0 as usize);
        if condition.is_none_or(|condition| {
            condition.rules.is_empty() || condition.document.kind != ConditionKind::Circumstance
        }) {
            return Err(RulesetError::Missing(format!("circumstance `{id}` with a rule on it")));
        }
    }
    Ok(fallbacks)
}
