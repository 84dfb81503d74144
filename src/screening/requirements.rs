//! Requirements of several rules as one list: the strictest of each kind, nothing twice.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Pressure, ProductId, RegionId, Requirement, TechniqueId};

use super::outcome::Outcome;

type Where = Option<Vec<RegionId>>;

/// One list from the requirements of all outcomes, sorted by kind.
pub(super) fn merge<'o, 'r: 'o>(outcomes: impl Iterator<Item = &'o Outcome<'r>>) -> Vec<Requirement> {
    let mut avoid: BTreeSet<RegionId> = BTreeSet::new();
    let mut techniques: BTreeMap<Where, BTreeSet<TechniqueId>> = BTreeMap::new();
    let mut pressure: BTreeMap<Where, Pressure> = BTreeMap::new();
    let mut products: BTreeSet<ProductId> = BTreeSet::new();
    let mut minutes: Option<u16> = None;
    let mut rest: BTreeSet<Requirement> = BTreeSet::new();
    for requirement in outcomes.flat_map(|outcome| outcome.requirements.iter().cloned()) {
        match requirement {
            Requirement::AvoidRegion { regions } => avoid.extend(regions),
            Requirement::AvoidTechnique { techniques: named, regions } => {
                techniques.entry(sorted(regions)).or_default().extend(named);
            }
            Requirement::PressureMax { level, regions } => {
                pressure.entry(sorted(regions)).and_modify(|least| *least = level.min(*least)).or_insert(level);
            }
            Requirement::AvoidProduct { products: named } => products.extend(named),
            Requirement::DurationMax { minutes: most } => {
                minutes = Some(minutes.map_or(most, |least| least.min(most)));
            }
            Requirement::Position { .. }
            | Requirement::TherapistTraining { .. }
            | Requirement::CheckFirst { .. }
            | Requirement::RiseSlowly
            | Requirement::StopOnRequest
            | Requirement::StopOnPain
            | Requirement::FragranceFreeProduct
            | Requirement::GradualPressure
            | Requirement::NoHeat
            | Requirement::NoForcedJointMovement
            | Requirement::HygieneCover
            | Requirement::TherapistFeedback
            | Requirement::DrinkToThirst
            | Requirement::GentleAfterCare => {
                rest.insert(requirement);
            }
        }
    }
    // A limit for one region says nothing where the limit for the whole body is as low.
    if let Some(everywhere) = pressure.get(&None).copied() {
        pressure.retain(|regions, level| regions.is_none() || *level < everywhere);
    }
    let mut merged = Vec::new();
    if !avoid.is_empty() {
        merged.push(Requirement::AvoidRegion { regions: avoid.into_iter().collect() });
    }
    merged.extend(
        techniques
            .into_iter()
            .map(|(regions, named)| Requirement::AvoidTechnique { techniques: named.into_iter().collect(), regions }),
    );
    merged.extend(pressure.into_iter().map(|(regions, level)| Requirement::PressureMax { level, regions }));
    if !products.is_empty() {
        merged.push(Requirement::AvoidProduct { products: products.into_iter().collect() });
    }
    merged.extend(minutes.map(|minutes| Requirement::DurationMax { minutes }));
    merged.extend(rest);
    merged
}

fn sorted(regions: Where) -> Where {
    regions.map(|mut regions| {
        regions.sort();
        regions.dedup();
        regions
    })
}
