//! One change to a request: what it does to the facts, and how it is written.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde_json::{Value, json};

use crate::model::{Effect, Pressure, RegionId};
use crate::ruleset::{BodyRegion, ClearanceFact, Facts, Place, RegionSet, Ruleset, place_of};

use super::outcome::Outcome;

/// Where the massage type of a request stands.
pub(super) const TYPE: &str = "/session/massageType";

/// One change to a request. None of them touches what was told of the client's health.
#[derive(Debug, Clone)]
pub(super) enum Change {
    /// Products left out: those that stay.
    Products(Vec<usize>),
    /// Less pressure.
    Pressure(Pressure),
    /// Fewer regions.
    Regions(Place),
    /// Another massage type.
    Type(usize),
    /// A later day.
    Date(Date),
    /// Somebody's agreement.
    Clear(ClearanceFact),
}

/// The part of a request that a change touches; two changes of one part exclude each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Part {
    Type,
    Products,
    Pressure,
    Regions,
    Date,
    Clearance(crate::ruleset::ConditionIx),
}

impl Change {
    pub(super) fn part(&self) -> Part {
        match self {
            Self::Products(_) => Part::Products,
            Self::Pressure(_) => Part::Pressure,
            Self::Regions(_) => Part::Regions,
            Self::Type(_) => Part::Type,
            Self::Date(_) => Part::Date,
            Self::Clear(clearance) => Part::Clearance(clearance.condition),
        }
    }

    /// How much it asks of everybody: of two ways with as many changes, the one that costs less comes first.
    pub(super) fn cost(&self, facts: &Facts) -> u32 {
        match self {
            Self::Products(_) => 1,
            Self::Pressure(pressure) => 1 + u32::from(facts.session.pressure.level().saturating_sub(pressure.level())),
            Self::Regions(_) => 6,
            Self::Type(_) => 7,
            // A week more is a step more; longer waits cost more than anybody's letter.
            Self::Date(date) => 8 + u32::try_from((*date - facts.session.date).get_days() / 7).unwrap_or(0),
            Self::Clear(clearance) => 10 + clearance.by as u32,
        }
    }

    pub(super) fn apply(&self, ruleset: &Ruleset, to: &mut Facts) {
        match self {
            Self::Products(kept) => {
                to.session.products.known = Some(kept.clone());
                to.session.products.unrecognised = false;
            }
            Self::Pressure(pressure) => {
                to.session.pressure = *pressure;
                to.session.pressure_given = true;
            }
            Self::Regions(place) => to.session.regions = Some(place.clone()),
            Self::Type(number) => {
                let Some(kind) = ruleset.massage_types().get(*number) else { return };
                to.session.massage_type = *number;
                to.session.techniques = kind.techniques | to.session.extra_techniques;
                if !to.session.pressure_given {
                    to.session.pressure = kind.usual_pressure;
                }
            }
            Self::Date(date) => to.session.date = *date,
            Self::Clear(clearance) => to.clearances.push(*clearance),
        }
    }

    /// Adds the change to a map of JSON Pointers and new values.
    pub(super) fn write(&self, ruleset: &Ruleset, facts: &Facts, into: &mut BTreeMap<String, Value>) {
        let (pointer, value) = match self {
            Self::Products(kept) => {
                let kept: Vec<_> = kept.iter().filter_map(|at| Some(&ruleset.products().get(*at)?.id)).collect();
                ("/session/products".to_owned(), json!(kept))
            }
            Self::Pressure(pressure) => ("/session/pressure".to_owned(), json!(pressure)),
            Self::Regions(place) => ("/session/bodyRegions".to_owned(), json!(place.ids)),
            Self::Type(number) => {
                let Some(kind) = ruleset.massage_types().get(*number) else { return };
                (TYPE.to_owned(), json!(kind.id))
            }
            Self::Date(date) => ("/session/date".to_owned(), json!(date.to_string())),
            Self::Clear(clearance) => {
                let added = into.keys().filter(|pointer| pointer.starts_with("/clearances/")).count();
                let value = json!({
                    "condition": ruleset.condition(clearance.condition).id,
                    "by": clearance.by,
                    "date": clearance.date.to_string(),
                });
                (format!("/clearances/{}", facts.clearances_listed + added), value)
            }
        };
        into.insert(pointer, value);
    }
}

/// Every change that is worth a try against these outcomes.
pub(super) fn changes(ruleset: &Ruleset, facts: &Facts, weighty: &[&Outcome<'_>]) -> Vec<Change> {
    let mut changes = products(ruleset, facts, weighty);
    let lighter = Pressure::ALL.into_iter().rev().filter(|pressure| *pressure < facts.session.pressure);
    changes.extend(lighter.map(Change::Pressure));
    changes.extend(fewer_regions(ruleset, facts, weighty));
    let others = (0..ruleset.massage_types().len()).filter(|number| *number != facts.session.massage_type);
    changes.extend(others.map(Change::Type));
    let mut days: Vec<Date> = weighty.iter().filter_map(|outcome| outcome.until).collect();
    days.sort_unstable();
    days.dedup();
    changes.extend(days.into_iter().map(Change::Date));
    changes.extend(clearances(facts, weighty));
    changes
}

/// The products of the session without those that rules speak against, and without any.
fn products(ruleset: &Ruleset, facts: &Facts, weighty: &[&Outcome<'_>]) -> Vec<Change> {
    let told = &facts.session.products;
    let against: Vec<usize> =
        weighty.iter().filter_map(|outcome| outcome.rule.session.products.as_ref()).flatten().copied().collect();
    if against.is_empty() || told.known.as_ref().is_some_and(Vec::is_empty) && !told.unrecognised {
        return Vec::new();
    }
    let fine = |number: &usize| {
        ruleset
            .products()
            .get(*number)
            .is_some_and(|product| !product.ancestors.iter().any(|above| against.contains(above)))
    };
    let kept: Vec<usize> = told.known.iter().flatten().copied().filter(fine).collect();
    let mut changes = vec![Change::Products(kept.clone())];
    if !kept.is_empty() {
        changes.push(Change::Products(Vec::new()));
    }
    changes
}

/// What is left of the session's regions without the place of each rule, and without all their places.
fn fewer_regions(ruleset: &Ruleset, facts: &Facts, weighty: &[&Outcome<'_>]) -> Vec<Change> {
    let mut avoid: Vec<RegionSet> = Vec::new();
    for outcome in weighty {
        let subject = outcome.subject.and_then(|number| facts.conditions.get(number));
        let place = outcome.rule.local.then(|| place_of(ruleset, outcome.rule, subject)).flatten().map(|it| it.set);
        for set in place.into_iter().chain(outcome.rule.session.regions) {
            if !avoid.contains(&set) {
                avoid.push(set);
            }
        }
    }
    if avoid.len() > 1 {
        avoid.push(avoid.iter().copied().fold(RegionSet::default(), RegionSet::union));
    }
    // Places that every session leaves out are no offer.
    let never: Vec<RegionSet> = ruleset
        .unconditional()
        .iter()
        .map(|ix| ruleset.rule(*ix))
        .filter(|rule| rule.local && rule.effect == Effect::Deny)
        .filter_map(|rule| rule.affects.as_ref().map(|place| place.set))
        .collect();
    avoid.into_iter().filter_map(|set| remaining(ruleset, facts, set, &never)).map(Change::Regions).collect()
}

/// The widest regions of the session that do not meet a place, those left out that lie where no session goes; `None` where nothing is left, or nothing changes.
fn remaining(ruleset: &Ruleset, facts: &Facts, avoid: RegionSet, never: &[RegionSet]) -> Option<Place> {
    let session = facts.session.regions.as_ref();
    let inside = |region: &BodyRegion| {
        !region.set.meets(avoid)
            && session.is_none_or(|session| region.set.within(session.set))
            && !never.iter().any(|place| region.set.within(*place))
    };
    let left: Vec<&BodyRegion> = ruleset.regions().iter().filter(|region| inside(region)).collect();
    let widest = left.iter().filter(|region| {
        !left.iter().any(|wider| wider.id != region.id && region.set.within(wider.set) && !wider.set.within(region.set))
    });
    let mut ids: Vec<RegionId> = widest.clone().map(|region| region.id.clone()).collect();
    let set = widest.fold(RegionSet::default(), |set, region| set.union(region.set));
    ids.sort();
    let changed = session.is_none_or(|session| session.ids != ids);
    (!ids.is_empty() && changed).then_some(Place { set, ids })
}

/// Each agreement that one of the rules asks for, on the day of the session.
fn clearances(facts: &Facts, weighty: &[&Outcome<'_>]) -> Vec<Change> {
    let mut found: Vec<ClearanceFact> = Vec::new();
    for outcome in weighty.iter().filter(|outcome| outcome.effect >= Effect::Caution && !outcome.cleared) {
        let Some(test) = outcome.rule.clearance else { continue };
        let Some(subject) = outcome.subject.and_then(|number| facts.conditions.get(number)) else { continue };
        let clearance = ClearanceFact {
            condition: subject.condition,
            by: test.by,
            date: facts.session.date,
            number: facts.clearances_listed,
        };
        if !found.iter().any(|known| known.condition == clearance.condition && known.by == clearance.by) {
            found.push(clearance);
        }
    }
    found.sort_by_key(|clearance| (clearance.condition, clearance.by));
    found.into_iter().map(Change::Clear).collect()
}
