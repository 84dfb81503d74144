//! What must hold of the client.

use crate::model::{ActivityLevel, PhaseSet, Sex, Truth};

use super::super::document::Bounds;
use super::super::facts::Facts;
use super::super::index::{ConditionIx, Ruleset};
use super::witness::{Fact, Witness, one_of, within_bounds};

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

impl ClientTest {
    pub(super) fn truth<W: Witness>(&self, ruleset: &Ruleset, facts: &Facts, witness: &mut W) -> Truth {
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

    pub(in crate::ruleset) fn also<W: Witness>(&self, ruleset: &Ruleset, facts: &Facts, witness: &mut W) -> Truth {
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
