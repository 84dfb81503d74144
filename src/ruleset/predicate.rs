//! A rule's predicates, and how true they are for one client and one session.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::model::{ActivityLevel, Control, Phase, PhaseSet, Pressure, Severity, Sex, Tone, Trend, Truth};

use super::document::Bounds;
use super::facts::{ClearanceFact, ConditionFact, Facts};
use super::index::{ConditionIx, Place, Rule, Ruleset};
use super::regions::RegionSet;

/// What must hold of the condition.
#[derive(Debug, Clone, Default)]
pub struct Course {
    /// It is in one of these phases.
    pub phases: Option<PhaseSet>,
    /// It has been over for fewer days than this; with `phases`, an *or*.
    pub resolved_within_days: Option<i32>,
    /// It began fewer days ago than this.
    pub onset_within_days: Option<i32>,
    /// It is kept in check, or not.
    pub control: Option<Vec<Control>>,
    /// It is as bad as this.
    pub severity: Option<Vec<Severity>>,
    /// Its own region meets this.
    pub regions: Option<RegionSet>,
    /// It began so many hours after the session.
    pub onset_hours: Option<Bounds>,
    /// It has lasted so many hours.
    pub duration_hours: Option<Bounds>,
    /// It is changing so.
    pub trend: Option<Vec<Trend>>,
}

/// What must hold of the client.
#[derive(Debug, Clone, Default)]
pub struct ClientTest {
    /// Age in years.
    pub age: Option<Bounds>,
    /// Completed weeks of pregnancy.
    pub pregnancy_weeks: Option<Bounds>,
    /// Sex.
    pub sex: Option<Vec<Sex>>,
    /// How the client usually moves.
    pub activity_level: Option<Vec<ActivityLevel>>,
    /// Whether it is the first massage.
    pub first_session: Option<bool>,
    /// The client has one of these as well.
    pub also: Option<Vec<ConditionIx>>,
}

/// What must hold of the session.
#[derive(Debug, Clone, Default)]
pub struct SessionTest {
    /// The massage types for which it can hold, one bit each.
    pub massage_types: Option<u64>,
    /// It has one of these techniques, one bit each.
    pub techniques: Option<u64>,
    /// It does this to muscle tone.
    pub tones: Option<Vec<Tone>>,
    /// It is at least this strong.
    pub pressure: Option<Pressure>,
    /// It is at least this long, in minutes.
    pub duration_minutes: Option<u16>,
    /// It touches this.
    pub regions: Option<RegionSet>,
    /// It uses one of these products or what belongs to them.
    pub products: Option<Vec<usize>>,
}

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

pub(super) fn one_of<T: PartialEq, W: Witness>(
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

pub(super) fn within_bounds<W: Witness>(
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

/// Full days from `start` to `end`; negative where `end` is the earlier.
fn days(start: Date, end: Date) -> i32 {
    (end - start).get_days()
}

fn day_after(start: Date, days: i32) -> Option<Date> {
    start.checked_add(days.days()).ok()
}

impl Course {
    fn truth<W: Witness>(
        &self,
        condition: &ConditionFact,
        own: Option<&Place>,
        on: Date,
        witness: &mut W,
    ) -> (Truth, Option<Date>) {
        let (course, over) = self.course(condition, on, witness);
        let (began, past) = self.began(condition, on, witness);
        let until = match (over, past) {
            (Some(one), Some(other)) => Some(one.min(other)),
            (one, other) => one.or(other),
        };
        let truth = course
            .and(began)
            .and(one_of(condition.control, self.control.as_deref(), Fact::Control, Control::ALL.len(), witness))
            .and(one_of(condition.severity, self.severity.as_deref(), Fact::Severity, Severity::ALL.len(), witness))
            .and(self.placed(condition.place.as_ref().or(own), condition.place.is_some(), witness))
            .and(self.felt(condition, witness));
        (truth, until)
    }

    /// As long, as late and changing as it must be.
    pub(super) fn felt<W: Witness>(&self, condition: &ConditionFact, witness: &mut W) -> Truth {
        let felt = &condition.felt;
        within_bounds(felt.onset_hours, self.onset_hours, Fact::OnsetHours, witness)
            .and(within_bounds(felt.duration_hours, self.duration_hours, Fact::DurationHours, witness))
            .and(one_of(felt.trend, self.trend.as_deref(), Fact::Trend, Trend::ALL.len(), witness))
    }

    /// In one of the phases, or over for too short a time.
    pub(super) fn course<W: Witness>(
        &self,
        condition: &ConditionFact,
        on: Date,
        witness: &mut W,
    ) -> (Truth, Option<Date>) {
        let possible = condition.phases(on);
        let in_phase = self.phases.map(|allowed| {
            if condition.phase.is_some() {
                witness.read(Fact::Phase);
            }
            if possible.within(allowed) {
                Truth::True
            } else if possible.meets(allowed) {
                Truth::Unknown
            } else {
                Truth::False
            }
        });
        let recently =
            self.resolved_within_days.map(|limit| match condition.resolved.filter(|_| condition.ended(on)) {
                Some(end) => {
                    witness.read(Fact::Resolved);
                    (Truth::from(days(end, on) < limit), day_after(end, limit))
                }
                None if possible.meets(PhaseSet::EMPTY.with(Phase::Resolved).with(Phase::Remission)) => {
                    (Truth::Unknown, None)
                }
                None => (Truth::False, None),
            });
        if condition.resolved.is_some() && (self.phases.is_some() || self.resolved_within_days.is_some()) {
            witness.read(Fact::Resolved);
        }
        let (truth, until) = match (in_phase, recently) {
            (None, None) => return (Truth::True, None),
            (Some(phase), None) => (phase, None),
            (None, Some(recent)) => recent,
            // Time lifts the rule only where the phase does not hold it.
            (Some(phase), Some((recent, until))) => (phase.or(recent), until.filter(|_| phase == Truth::False)),
        };
        if truth == Truth::Unknown {
            let phase_told = condition.phase.is_some();
            witness.missed(if phase_told { Fact::Resolved } else { Fact::Phase });
        }
        (truth, until.filter(|_| truth == Truth::True))
    }

    pub(super) fn began<W: Witness>(
        &self,
        condition: &ConditionFact,
        on: Date,
        witness: &mut W,
    ) -> (Truth, Option<Date>) {
        let Some(limit) = self.onset_within_days else { return (Truth::True, None) };
        if let Some(onset) = condition.onset {
            witness.read(Fact::Onset);
            let recent = days(onset, on) < limit;
            (recent.into(), day_after(onset, limit).filter(|_| recent))
        } else {
            witness.missed(Fact::Onset);
            (Truth::Unknown, None)
        }
    }

    pub(super) fn placed<W: Witness>(&self, place: Option<&Place>, told: bool, witness: &mut W) -> Truth {
        let Some(regions) = self.regions else { return Truth::True };
        if let Some(place) = place {
            if told {
                witness.read(Fact::BodyRegion);
            }
            place.set.meets(regions).into()
        } else {
            witness.missed(Fact::BodyRegion);
            Truth::Unknown
        }
    }
}

impl ClientTest {
    fn truth<W: Witness>(&self, ruleset: &Ruleset, facts: &Facts, witness: &mut W) -> Truth {
        let client = &facts.client;
        within_bounds(client.age, self.age, Fact::Age, witness)
            .and(within_bounds(client.pregnancy_weeks, self.pregnancy_weeks, Fact::PregnancyWeeks, witness))
            .and(one_of(client.sex, self.sex.as_deref(), Fact::Sex, 3, witness))
            .and(one_of(client.activity_level, self.activity_level.as_deref(), Fact::ActivityLevel, 5, witness))
            .and(one_of(
                client.first_session,
                self.first_session.as_ref().map(std::slice::from_ref),
                Fact::FirstSession,
                2,
                witness,
            ))
            .and(self.also(ruleset, facts, witness))
    }

    pub(super) fn also<W: Witness>(&self, ruleset: &Ruleset, facts: &Facts, witness: &mut W) -> Truth {
        let Some(also) = &self.also else { return Truth::True };
        let mut truth = Truth::False;
        for wanted in also {
            truth = truth.or(has(ruleset, facts, *wanted, witness));
        }
        truth
    }
}

/// Whether the client has a condition now, or one below it.
fn has<W: Witness>(ruleset: &Ruleset, facts: &Facts, wanted: ConditionIx, witness: &mut W) -> Truth {
    let mut truth = Truth::False;
    for (number, fact) in facts.conditions.iter().enumerate() {
        if !ruleset.is_a(fact.condition, wanted) {
            continue;
        }
        let possible = fact.phases(facts.session.date);
        let now = if possible.within(PhaseSet::CURRENT) {
            Truth::True
        } else if possible.meets(PhaseSet::CURRENT) {
            Truth::Unknown
        } else {
            Truth::False
        };
        let has = now.and(fact.present);
        if has > Truth::False {
            witness.read_condition(number);
        }
        if has == Truth::Unknown {
            witness.missed_of(number, Fact::State);
        }
        truth = truth.or(has);
    }
    let denied = facts.absent.iter().any(|absent| ruleset.is_a(wanted, *absent));
    let asked = ruleset.condition(wanted).family.within(facts.asked);
    if truth == Truth::False && !asked && !denied {
        witness.missed(Fact::Also(wanted));
        return Truth::Unknown;
    }
    truth
}

impl SessionTest {
    /// How true it is of the session that is to be booked.
    pub fn truth<W: Witness>(&self, ruleset: &Ruleset, facts: &Facts, witness: &mut W) -> Truth {
        let known = [Self::of_type, Self::with_techniques, Self::as_strong, Self::touches];
        if known.iter().any(|part| part(self, facts, witness) == Truth::False)
            || self.on_tone(ruleset, facts, witness) == Truth::False
        {
            return Truth::False;
        }
        self.duration(facts, witness).and(self.uses(ruleset, facts, witness))
    }

    pub(super) fn of_type<W: Witness>(&self, facts: &Facts, witness: &mut W) -> Truth {
        let Some(types) = self.massage_types else { return Truth::True };
        witness.read(Fact::MassageType);
        (types & (1 << facts.session.massage_type) != 0).into()
    }

    pub(super) fn with_techniques<W: Witness>(&self, facts: &Facts, witness: &mut W) -> Truth {
        let Some(techniques) = self.techniques else { return Truth::True };
        let session = &facts.session;
        witness.read(if session.extra_techniques & techniques == 0 { Fact::MassageType } else { Fact::Techniques });
        (techniques & session.techniques != 0).into()
    }

    pub(super) fn on_tone<W: Witness>(&self, ruleset: &Ruleset, facts: &Facts, witness: &mut W) -> Truth {
        let Some(tones) = &self.tones else { return Truth::True };
        witness.read(Fact::MassageType);
        let kind = ruleset.massage_types().get(facts.session.massage_type);
        kind.is_some_and(|kind| tones.contains(&kind.tone)).into()
    }

    pub(super) fn as_strong<W: Witness>(&self, facts: &Facts, witness: &mut W) -> Truth {
        let Some(least) = self.pressure else { return Truth::True };
        let session = &facts.session;
        witness.read(if session.pressure_given { Fact::Pressure } else { Fact::MassageType });
        (session.pressure >= least).into()
    }

    pub(super) fn touches<W: Witness>(&self, facts: &Facts, witness: &mut W) -> Truth {
        let (Some(regions), Some(place)) = (self.regions, &facts.session.regions) else { return Truth::True };
        witness.read(Fact::Regions);
        place.set.meets(regions).into()
    }

    pub(super) fn duration<W: Witness>(&self, facts: &Facts, witness: &mut W) -> Truth {
        let bounds = self.duration_minutes.map(|least| Bounds { at_least: Some(least), at_most: None });
        within_bounds(facts.session.duration_minutes, bounds, Fact::Duration, witness)
    }

    pub(super) fn uses<W: Witness>(&self, ruleset: &Ruleset, facts: &Facts, witness: &mut W) -> Truth {
        let Some(products) = &self.products else { return Truth::True };
        let told = &facts.session.products;
        let used = told.known.iter().flatten().filter_map(|number| ruleset.products().get(*number));
        if used.flat_map(|product| &product.ancestors).any(|above| products.contains(above)) {
            witness.read(Fact::Products);
            return Truth::True;
        }
        if told.known.is_none() || told.unrecognised {
            witness.missed(Fact::Products);
            return Truth::Unknown;
        }
        witness.read(Fact::Products);
        Truth::False
    }
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
