//! A rule's predicates, and how true they are for one client and one session.

mod client;
mod course;
mod session;
mod witness;

use jiff::civil::Date;

use crate::model::Truth;

use super::facts::{ClearanceFact, ConditionFact, Facts};
use super::index::{Place, Rule, Ruleset};

pub use client::ClientTest;
pub use course::Course;
pub use session::SessionTest;
pub use witness::{Fact, Witness};
pub(super) use witness::{one_of, within_bounds};

/// How true a rule is, and what follows from where and when.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weighed {
    /// How true its predicates are together.
    pub truth: Truth,
    /// Whether it is local and the session is only partly inside its place.
    pub partly: bool,
    /// The first day on which time alone makes it false.
    pub until: Option<Date>,
}

impl Weighed {
    const FALSE: Self = Self { truth: Truth::False, partly: false, until: None };
}

/// Full days from `start` to `end`; negative where `end` is the earlier.
fn days(start: Date, end: Date) -> i32 {
    (end - start).get_days()
}

/// Where the session lies to the place that a local rule is about.
pub(super) fn overlap<W: Witness>(
    rule: &Rule,
    place: Option<&Place>,
    told: bool,
    facts: &Facts,
    witness: &mut W,
) -> (Truth, bool) {
    if !rule.local {
        return (Truth::True, false);
    }
    let Some(place) = place else {
        witness.missed(Fact::BodyRegion);
        // Wherever it is, the whole body is only partly inside.
        return (Truth::Unknown, facts.session.regions.is_none());
    };
    if told {
        witness.read(Fact::BodyRegion);
    }
    let Some(session) = &facts.session.regions else { return (Truth::True, true) };
    witness.read(Fact::Regions);
    if session.set.within(place.set) { (Truth::True, false) } else { (session.set.meets(place.set).into(), true) }
}

/// The place that a local rule is about: its own, else where the client says the condition is, else where it usually is.
#[must_use]
pub fn place_of<'f>(ruleset: &'f Ruleset, rule: &'f Rule, subject: Option<&'f ConditionFact>) -> Option<&'f Place> {
    rule.affects.as_ref().or_else(|| {
        let subject = subject?;
        subject.place.as_ref().or(ruleset.condition(subject.condition).place.as_ref())
    })
}

/// Weighs one rule for one client and one session; `subject` is the client's condition that woke it, if it names one.
pub fn weigh<W: Witness>(
    ruleset: &Ruleset,
    rule: &Rule,
    facts: &Facts,
    subject: Option<&ConditionFact>,
    witness: &mut W,
) -> Weighed {
    let session = rule.session.truth(ruleset, facts, witness);
    if session == Truth::False {
        return Weighed::FALSE;
    }
    let told = rule.affects.is_none() && subject.is_some_and(|subject| subject.place.is_some());
    let (meets, partly) = overlap(rule, place_of(ruleset, rule, subject), told, facts, witness);
    if meets == Truth::False {
        return Weighed::FALSE;
    }
    let (course, until) = match subject {
        Some(subject) => {
            let own = ruleset.condition(subject.condition).place.as_ref();
            let (course, until) = rule.course.truth(subject, own, facts.session.date, witness);
            if subject.present == Truth::Unknown {
                witness.missed(Fact::State);
            }
            (course.and(subject.present), until)
        }
        None => (Truth::True, None),
    };
    if course == Truth::False {
        return Weighed::FALSE;
    }
    let truth = session.and(meets).and(course).and(rule.client.truth(ruleset, facts, witness));
    Weighed { truth, partly, until: until.filter(|_| truth != Truth::False) }
}

/// The agreement that makes a rule milder for one of the client's conditions, if there is one.
///
/// It must be about that condition or one above it, and not be broader than the rule; be given by enough standing; and be
/// dated on or before the day of the session, and not too old.
#[must_use]
pub fn holding_clearance<'f>(
    ruleset: &Ruleset,
    rule: &Rule,
    facts: &'f Facts,
    subject: &ConditionFact,
) -> Option<&'f ClearanceFact> {
    let test = rule.clearance?;
    let about = rule.condition?;
    facts.clearances.iter().find(|clearance| {
        ruleset.is_a(subject.condition, clearance.condition)
            && ruleset.is_a(clearance.condition, about)
            && clearance.by >= test.by
            && clearance.date <= facts.session.date
            && test.max_age_days.is_none_or(|most| days(clearance.date, facts.session.date) <= most)
    })
}
