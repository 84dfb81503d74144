//! The facts that predicates read, and who hears which were read and which were missed.

use crate::model::Truth;

use super::super::document::Bounds;
use super::super::index::ConditionIx;

/// A fact that a predicate reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fact {
    /// `/session/massageType`.
    MassageType,
    /// `/session/techniques`.
    Techniques,
    /// `/session/pressure`.
    Pressure,
    /// `/session/durationMinutes`.
    Duration,
    /// `/session/bodyRegions`.
    Regions,
    /// `/session/products`.
    Products,
    /// `/client/age`.
    Age,
    /// `/client/pregnancyWeeks`.
    PregnancyWeeks,
    /// `/client/sex`.
    Sex,
    /// `/client/activityLevel`.
    ActivityLevel,
    /// `/client/firstSession`.
    FirstSession,
    /// Whether the client also has a condition that is not the rule's own.
    Also(ConditionIx),
    /// The state of the condition that is weighed.
    State,
    /// Its `phase`.
    Phase,
    /// Its `resolved`.
    Resolved,
    /// Its `onset`.
    Onset,
    /// Its `control`.
    Control,
    /// Its `severity`.
    Severity,
    /// Its `bodyRegion`.
    BodyRegion,
    /// Its `onsetHoursAfter`.
    OnsetHours,
    /// Its `durationHours`.
    DurationHours,
    /// Its `trend`.
    Trend,
}

/// Hears which facts a predicate read, and which it missed.
pub trait Witness {
    /// The fact was known and read.
    fn read(&mut self, fact: Fact);
    /// The fact was not known, and its value would matter.
    fn missed(&mut self, fact: Fact);
    /// A fact of another condition of the client was not known; the condition is told by its place among the facts.
    fn missed_of(&mut self, number: usize, fact: Fact);
    /// Another condition of the client was read, by its place among the facts.
    fn read_condition(&mut self, number: usize);
}

/// Hears nothing.
impl Witness for () {
    fn read(&mut self, _: Fact) {}
    fn missed(&mut self, _: Fact) {}
    fn missed_of(&mut self, _: usize, _: Fact) {}
    fn read_condition(&mut self, _: usize) {}
}

pub(in crate::ruleset) fn one_of<T: PartialEq, W: Witness>(
    told: Option<T>,
    allowed: Option<&[T]>,
    fact: Fact,
    all: usize,
    witness: &mut W,
) -> Truth {
    let Some(allowed) = allowed else { return Truth::True };
    match told {
        Some(value) => {
            witness.read(fact);
            allowed.contains(&value).into()
        }
        None if allowed.len() == all => Truth::True,
        None => {
            witness.missed(fact);
            Truth::Unknown
        }
    }
}

pub(in crate::ruleset) fn within_bounds<W: Witness>(
    told: Option<u16>,
    bounds: Option<Bounds>,
    fact: Fact,
    witness: &mut W,
) -> Truth {
    let Some(bounds) = bounds else { return Truth::True };
    if let Some(value) = told {
        witness.read(fact);
        (bounds.at_least.is_none_or(|least| value >= least) && bounds.at_most.is_none_or(|most| value <= most)).into()
    } else {
        witness.missed(fact);
        Truth::Unknown
    }
}
