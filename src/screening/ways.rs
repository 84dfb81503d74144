//! The smallest changes that reach a better verdict: each is tried by screening it.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::model::{Effect, Pressure, RegionId, Verdict, WayForward};
use crate::ruleset::{ClearanceFact, Facts, Place, RegionSet, Ruleset, place_of};

use super::outcome::{Outcome, verdict};

/// How many ways are shown, at most.
const MOST: usize = 8;

/// One change to a request.
#[derive(Debug, Clone)]
enum Change {
    Type { number: usize },
    Pressure(Pressure),
    Regions(Place),
    Date(jiff::civil::Date),
    NoProduct,
    Clear(Vec<ClearanceFact>),
}

impl Change {
    /// Changes of one kind are never combined.
    fn kind(&self) -> u8 {
        match self {
            Self::Clear(_) => 0,
            Self::NoProduct => 1,
            Self::Pressure(_) => 2,
            Self::Regions(_) => 3,
            Self::Date(_) => 4,
            Self::Type { .. } => 5,
        }
    }

    fn apply(&self, ruleset: &Ruleset, to: &mut Facts, original: &Facts) {
        match self {
            Self::Type { number } => book_type(ruleset, to, original, *number),
            Self::Pressure(pressure) => to.session.pressure = *pressure,
            Self::Regions(place) => to.session.regions = Some(place.clone()),
            Self::Date(date) => to.session.date = *date,
            Self::NoProduct => {
                to.session.products.known = Some(Vec::new());
                to.session.products.unrecognised = false;
            }
            Self::Clear(clearances) => to.clearances.extend(clearances),
        }
    }

    fn write(&self, ruleset: &Ruleset, original: &Facts, into: &mut BTreeMap<String, Value>) {
        match self {
            Self::Type { number } => {
                let Some(kind) = ruleset.massage_types().get(*number) else { return };
                into.insert("/session/massageType".to_owned(), json!(kind.id));
                // A heavier pressure that was asked for does not fit the other type.
                if original.session.pressure_given && kind.usual_pressure < original.session.pressure {
                    into.entry("/session/pressure".to_owned()).or_insert_with(|| json!(kind.usual_pressure));
                }
            }
            Self::Pressure(pressure) => {
                into.insert("/session/pressure".to_owned(), json!(pressure));
            }
            Self::Regions(place) => {
                into.insert("/session/bodyRegions".to_owned(), json!(place.ids));
            }
            Self::Date(date) => {
                into.insert("/session/date".to_owned(), json!(date.to_string()));
            }
            Self::NoProduct => {
                into.insert("/session/products".to_owned(), json!([]));
            }
            Self::Clear(clearances) => {
                for clearance in clearances {
                    let value = json!({
                        "condition": ruleset.condition(clearance.condition).id,
                        "by": clearance.by,
                        "date": clearance.date.to_string(),
                    });
                    into.insert(format!("/clearances/{}", clearance.number), value);
                }
            }
        }
    }
}

/// Books another massage type: its techniques, and its usual pressure or the one asked for where that is lighter.
pub(super) fn book_type(ruleset: &Ruleset, to: &mut Facts, original: &Facts, number: usize) {
    let Some(kind) = ruleset.massage_types().get(number) else { return };
    let session = &mut to.session;
    session.massage_type = number;
    session.techniques = kind.techniques | original.session.extra_techniques;
    session.pressure = if original.session.pressure_given {
        kind.usual_pressure.min(original.session.pressure)
    } else {
        kind.usual_pressure
    };
}

/// The ways to a better verdict, the fewest changes first.
///
/// A single change counts when it reaches a better verdict; two together when they reach a better one than either alone.
pub(super) fn forward(ruleset: &Ruleset, facts: &Facts, found: &[Outcome<'_>], now: Verdict) -> Vec<WayForward> {
    if now == Verdict::Allow {
        return Vec::new();
    }
    let single: Vec<(Change, Verdict)> = changes(ruleset, facts, found)
        .into_iter()
        .map(|change| {
            let reached = tried(ruleset, facts, [&change]);
            (change, reached)
        })
        .collect();
    let mut ways: Vec<(usize, Verdict, WayForward)> = Vec::new();
    let mut lightest: Option<Pressure> = None;
    for (change, reached) in &single {
        if *reached >= now {
            continue;
        }
        // Of several pressures, the heaviest that reaches a verdict says it all.
        if let Change::Pressure(pressure) = change
            && lightest.replace(*pressure).is_some()
            && ways.iter().any(|(_, verdict, way)| verdict == reached && way.change.contains_key("/session/pressure"))
        {
            continue;
        }
        ways.push((1, *reached, way(ruleset, facts, &[change], *reached)));
    }
    for (at, (one, alone)) in single.iter().enumerate() {
        for (other, also_alone) in single.iter().skip(at + 1) {
            if one.kind() == other.kind() || ways.len() > 64 {
                continue;
            }
            let reached = tried(ruleset, facts, [one, other]);
            if reached < now.min(*alone).min(*also_alone) {
                ways.push((2, reached, way(ruleset, facts, &[one, other], reached)));
            }
        }
    }
    ways.sort_by_key(|(changes, verdict, _)| (*changes, *verdict));
    ways.truncate(MOST);
    ways.into_iter().map(|(_, _, way)| way).collect()
}

fn tried<'c>(ruleset: &Ruleset, facts: &Facts, changes: impl IntoIterator<Item = &'c Change>) -> Verdict {
    let mut trial = facts.clone();
    let mut changes: Vec<&Change> = changes.into_iter().collect();
    // Another type brings its own pressure; a pressure that is named as well is the one that counts.
    changes.sort_by_key(|change| std::cmp::Reverse(change.kind()));
    for change in changes {
        change.apply(ruleset, &mut trial, facts);
    }
    verdict(ruleset, &trial)
}

fn way(ruleset: &Ruleset, facts: &Facts, changes: &[&Change], verdict: Verdict) -> WayForward {
    let mut change = BTreeMap::new();
    let mut changes = changes.to_vec();
    changes.sort_by_key(|change| std::cmp::Reverse(change.kind()));
    for part in changes {
        part.write(ruleset, facts, &mut change);
    }
    WayForward { change, verdict }
}

/// The single changes that are worth a try, the smallest first.
fn changes(ruleset: &Ruleset, facts: &Facts, found: &[Outcome<'_>]) -> Vec<Change> {
    let weighty: Vec<&Outcome<'_>> = found.iter().filter(|outcome| outcome.effect >= Effect::Caution).collect();
    let mut changes = Vec::new();
    changes.extend(clearances(ruleset, facts, &weighty).map(Change::Clear));
    if facts.session.products.known.as_ref().is_none_or(|known| !known.is_empty())
        || facts.session.products.unrecognised
    {
        changes.push(Change::NoProduct);
    }
    let lighter = Pressure::ALL.into_iter().rev().filter(|pressure| *pressure < facts.session.pressure);
    changes.extend(lighter.map(Change::Pressure));
    changes.extend(remaining_regions(ruleset, facts, &weighty).map(Change::Regions));
    changes.extend(weighty.iter().filter_map(|outcome| outcome.until).max().map(Change::Date));
    let others = (0..ruleset.massage_types().len()).filter(|number| *number != facts.session.massage_type);
    changes.extend(others.map(|number| Change::Type { number }));
    changes
}

/// Every agreement that a deny or caution asks for, together.
fn clearances(ruleset: &Ruleset, facts: &Facts, weighty: &[&Outcome<'_>]) -> Option<Vec<ClearanceFact>> {
    let mut needed: BTreeMap<crate::model::ConditionId, ClearanceFact> = BTreeMap::new();
    for outcome in weighty {
        let (Some(test), false) = (outcome.rule.clearance, outcome.cleared) else { continue };
        let Some(subject) = outcome.subject.and_then(|number| facts.conditions.get(number)) else { continue };
        let condition = ruleset.condition(subject.condition);
        let clearance = needed.entry(condition.id.clone()).or_insert(ClearanceFact {
            condition: subject.condition,
            by: test.by,
            date: facts.session.date,
            number: 0,
        });
        clearance.by = clearance.by.max(test.by);
    }
    let first = facts.clearances_listed;
    let numbered: Vec<ClearanceFact> = needed
        .into_values()
        .enumerate()
        .map(|(at, clearance)| ClearanceFact { number: first + at, ..clearance })
        .collect();
    (!numbered.is_empty()).then_some(numbered)
}

/// The session's own regions without those that local rules are about; `None` where nothing is left or nothing changes.
fn remaining_regions(ruleset: &Ruleset, facts: &Facts, weighty: &[&Outcome<'_>]) -> Option<Place> {
    let session = facts.session.regions.as_ref()?;
    let mut avoid = RegionSet::default();
    for outcome in weighty.iter().filter(|outcome| outcome.rule.local) {
        let subject = outcome.subject.and_then(|number| facts.conditions.get(number));
        if let Some(place) = place_of(ruleset, outcome.rule, subject) {
            avoid = avoid.union(place.set);
        }
    }
    let kept: Vec<&crate::ruleset::BodyRegion> = ruleset
        .regions()
        .iter()
        .filter(|region| session.ids.contains(&region.id) && !region.set.meets(avoid))
        .collect();
    if kept.is_empty() || kept.len() == session.ids.len() {
        return None;
    }
    let mut ids: Vec<RegionId> = kept.iter().map(|region| region.id.clone()).collect();
    ids.sort();
    let set = kept.iter().fold(RegionSet::default(), |set, region| set.union(region.set));
    Some(Place { set, ids })
}
