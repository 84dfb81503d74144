//! What must hold of the condition: its course, how it is kept, where it is and how it is felt.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::model::{Control, Phase, PhaseSet, Severity, Trend, Truth};

use super::super::document::Bounds;
use super::super::facts::ConditionFact;
use super::super::index::Place;
use super::super::regions::RegionSet;
use super::days;
use super::witness::{Fact, Witness, one_of, within_bounds};

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

impl Course {
    pub(super) fn truth<W: Witness>(
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
    pub(in crate::ruleset) fn felt<W: Witness>(&self, condition: &ConditionFact, witness: &mut W) -> Truth {
        let felt = &condition.felt;
        within_bounds(felt.onset_hours, self.onset_hours, Fact::OnsetHours, witness)
            .and(within_bounds(felt.duration_hours, self.duration_hours, Fact::DurationHours, witness))
            .and(one_of(felt.trend, self.trend.as_deref(), Fact::Trend, Trend::ALL.len(), witness))
    }

    /// In one of the phases, or over for too short a time.
    pub(in crate::ruleset) fn course<W: Witness>(
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

    pub(in crate::ruleset) fn began<W: Witness>(
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

    pub(in crate::ruleset) fn placed<W: Witness>(&self, place: Option<&Place>, told: bool, witness: &mut W) -> Truth {
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

fn day_after(start: Date, days: i32) -> Option<Date> {
    start.checked_add(days.days()).ok()
}
