//! A request in the ruleset's own numbers: every name resolved, every default filled in, once.

use jiff::civil::Date;

use crate::model::{
    ActivityLevel, ClearedBy, Control, Coverage, Intake, Language, Phase, PhaseSet, Pressure, Severity, Sex, Trend,
    Truth,
};

use super::categories::CategorySet;
use super::index::{ConditionIx, Place};

/// What is to be booked.
#[derive(Debug, Clone)]
pub struct SessionFacts {
    /// The massage type's number in the catalogue.
    pub massage_type: usize,
    /// The type's techniques and those booked with it, one bit each.
    pub techniques: u64,
    /// Techniques booked beyond the type's own.
    pub extra_techniques: u64,
    /// The pressure asked for, else the type's usual one.
    pub pressure: Pressure,
    /// Whether the pressure was asked for.
    pub pressure_given: bool,
    /// What is worked on; `None` is the whole body.
    pub regions: Option<Place>,
    /// The day.
    pub date: Date,
    /// How long, in minutes.
    pub duration_minutes: Option<u16>,
    /// What is used on the skin.
    pub products: ProductFacts,
}

/// What is used on the skin.
#[derive(Debug, Clone, Default)]
pub struct ProductFacts {
    /// The products understood, by number; `None` when nothing was told.
    pub known: Option<Vec<usize>>,
    /// Whether one was told that was not understood.
    pub unrecognised: bool,
}

/// What is known of the client apart from conditions.
#[derive(Debug, Clone, Copy, Default)]
pub struct ClientFacts {
    /// Age in full years.
    pub age: Option<u16>,
    /// Completed weeks of pregnancy.
    pub pregnancy_weeks: Option<u16>,
    /// Sex.
    pub sex: Option<Sex>,
    /// How the client usually moves.
    pub activity_level: Option<ActivityLevel>,
    /// Whether it is the first massage.
    pub first_session: Option<bool>,
}

/// One condition that the client has or may have.
#[derive(Debug, Clone)]
pub struct ConditionFact {
    /// Which.
    pub condition: ConditionIx,
    /// Where in the request it was named.
    pub pointer: String,
    /// Whether the client has it: unknown where they are not sure.
    pub present: Truth,
    /// Where it stands in its course.
    pub phase: Option<Phase>,
    /// Whether it is kept in check.
    pub control: Option<Control>,
    /// How bad it is.
    pub severity: Option<Severity>,
    /// Where it is.
    pub place: Option<Place>,
    /// The day it began.
    pub onset: Option<Date>,
    /// The day it was over.
    pub resolved: Option<Date>,
    /// Whether it is one that does not pass.
    pub lifelong: bool,
    /// What is felt of it after a session; `None` where it is no symptom of one.
    pub felt: Felt,
}

/// What is felt after a session.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Felt {
    /// Whether it is felt since the session.
    pub since_session: bool,
    /// How many hours after the session it began.
    pub onset_hours: Option<u16>,
    /// How many hours it has lasted.
    pub duration_hours: Option<u16>,
    /// How it is changing.
    pub trend: Option<Trend>,
}

impl ConditionFact {
    /// A condition that is present, and nothing more is known of it.
    #[must_use]
    pub fn bare(condition: ConditionIx, pointer: String) -> Self {
        Self {
            condition,
            pointer,
            present: Truth::True,
            phase: None,
            control: None,
            severity: None,
            place: None,
            onset: None,
            resolved: None,
            lifelong: false,
            felt: Felt::default(),
        }
    }

    /// The phases that it can be in on the day `on`.
    ///
    /// An end date that lies before a new beginning, or after the day itself, does not end the condition; a phase that was
    /// told stands, unless it says "over" before the end date. What is lifelong is at rest where it is said to be over.
    #[must_use]
    pub fn phases(&self, on: Date) -> PhaseSet {
        let ended = self.ended(on);
        let over = if self.lifelong { Phase::Remission } else { Phase::Resolved };
        match self.phase {
            Some(Phase::Resolved) if self.resolved.is_some() && !ended => PhaseSet::CURRENT,
            Some(Phase::Resolved) => over.into(),
            Some(phase) => phase.into(),
            None if ended => over.into(),
            None => PhaseSet::CURRENT,
        }
    }

    /// Whether it was over on the day `on` by its dates.
    #[must_use]
    pub fn ended(&self, on: Date) -> bool {
        self.resolved.is_some_and(|end| end <= on && self.onset.is_none_or(|onset| onset <= end))
    }
}

/// Somebody's agreement.
#[derive(Debug, Clone, Copy)]
pub struct ClearanceFact {
    /// What it is about.
    pub condition: ConditionIx,
    /// Who agreed.
    pub by: ClearedBy,
    /// On which day.
    pub date: Date,
    /// Its place in the request.
    pub number: usize,
}

/// One client and one session, in the numbers of one ruleset.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The session.
    pub session: SessionFacts,
    /// The client.
    pub client: ClientFacts,
    /// How much was asked.
    pub intake: Intake,
    /// The categories of conditions of which the client was asked in full.
    pub asked: CategorySet,
    /// Whether the request lists them.
    pub asked_listed: bool,
    /// The conditions that the client has or may have, with those that stand for what cannot be answered.
    pub conditions: Vec<ConditionFact>,
    /// The conditions that were asked and denied.
    pub absent: Vec<ConditionIx>,
    /// The agreements that are about a condition understood.
    pub clearances: Vec<ClearanceFact>,
    /// How many agreements the request lists, understood or not.
    pub clearances_listed: usize,
    /// Words with several meanings, each by where it stands and what it can mean.
    pub ambiguous: Vec<(String, Vec<ConditionIx>)>,
    /// What was understood and what was not.
    pub coverage: Coverage,
    /// The language in which the answer is to be written; it changes no verdict.
    pub language: Language,
}

impl Facts {
    /// The same facts, to be answered in this language.
    #[must_use]
    pub fn in_language(self, language: Language) -> Self {
        Self { language, ..self }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_date_before_a_new_beginning_ends_nothing() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let mut fact = ConditionFact::bare(ConditionIx(0), String::new());
        fact.resolved = Some(day("2026-01-10"));
        assert!(fact.ended(day("2026-01-10")));
        assert!(!fact.ended(day("2026-01-09")));
        fact.onset = Some(day("2026-02-01"));
        assert!(!fact.ended(day("2026-03-01")));
        assert_eq!(fact.phases(day("2026-03-01")), PhaseSet::CURRENT);
        fact.phase = Some(Phase::Resolved);
        assert_eq!(fact.phases(day("2026-03-01")), PhaseSet::CURRENT);
    }
}
