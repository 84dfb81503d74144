//! A health record as conditions of a client, each with the resource that it came from.
//!
//! What is there is read as what it says, and what it leaves open stays open:
//! - an active condition has no phase but is not over; `recurrence` starts anew, `relapse` is a flare, `remission` and
//!   `resolved` are what they say, and `inactive` can be either of the two;
//! - when it began is the last day that its onset leaves open, else the day on which it was written down. So a stroke that
//!   is "active" since 2015 is a stroke of 2015, and whether that still matters is for the rules to say;
//! - provisional, differential and unconfirmed are unknown, refuted is absent, and what was entered in error is not read;
//! - a medicine that was stopped counts for the days that the ruleset gives it.
//!
//! Nothing is dropped in silence: what cannot be used is a warning and makes its key incomplete, and a record that is
//! incomplete never comes to `allow`.

mod conditions;
mod findings;
mod measurements;
mod medicines;
mod naming;
mod passing;
mod reader;
mod reasons;

use jiff::civil::Date;

use crate::model::{ClientRequest, ConditionRequest, Fault, Intake, ScreeningRequest, SessionRequest};
use crate::ruleset::{Facts, Ruleset};

use super::prefetch::{Key, Prefetch};

pub use passing::in_passing;
pub use reasons::Reasons;

/// What a health record says about a client.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Record {
    /// The id of the patient whose record it is, where it is a plain one.
    pub patient: Option<String>,
    /// Age, sex and weeks of pregnancy.
    pub client: ClientRequest,
    /// The conditions, in the order in which they stand in the record; no two alike.
    pub entries: Vec<Entry>,
    /// What could not be used, and what was left out; in order and each once.
    pub warnings: Vec<Warning>,
    /// The keys of which not everything is known, in order and each once.
    pub incomplete: Vec<Key>,
    /// The resource that the weeks of pregnancy came from.
    pub pregnancy_weeks_from: Option<String>,
}

/// One condition, and where it stands in the record.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The condition.
    pub condition: ConditionRequest,
    /// The resources that say so, as `Condition/123`, or as `conditions[3]` where one bears no id; at least one.
    pub resources: Vec<String>,
}

/// Something that could not be used, or was left out. Says nothing of what stands in it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Warning {
    /// What kind.
    pub code: WarningCode,
    /// A resource (`Condition/123`), or the name of a key.
    pub about: String,
}

/// What kind of warning it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum WarningCode {
    /// The key did not come.
    NotSent,
    /// The key could not be had.
    NotAvailable,
    /// There is more than was sent.
    NotAll,
    /// The record says that nothing is known of this.
    NotKnown,
    /// The resource, or a weighty part of it, cannot be read.
    Unreadable,
    /// The resource belongs to another patient.
    OtherPatient,
    /// Its codes and its words name different things.
    Contradictory,
    /// Nothing reads resources of this type.
    UnknownType,
    /// The value has a unit that nobody knows.
    UnknownUnit,
}

impl WarningCode {
    /// The word used in answers.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::NotSent => "not-sent",
            Self::NotAvailable => "not-available",
            Self::NotAll => "not-all",
            Self::NotKnown => "not-known",
            Self::Unreadable => "unreadable",
            Self::OtherPatient => "other-patient",
            Self::Contradictory => "contradictory",
            Self::UnknownType => "unknown-type",
            Self::UnknownUnit => "unknown-unit",
        }
    }
}

impl Record {
    /// Reads a record, as it stands on the day `on`.
    ///
    /// Never fails: what cannot be used is a warning, and makes its key incomplete.
    #[must_use]
    pub fn read(ruleset: &Ruleset, prefetch: &Prefetch, on: Date) -> Self {
        reader::read(ruleset, prefetch, on, &Reasons::default())
    }

    /// Reads a record along with the reasons that a booking gives: what they name counts as what stands in the record does.
    #[must_use]
    pub fn read_with(ruleset: &Ruleset, prefetch: &Prefetch, on: Date, reasons: &Reasons) -> Self {
        reader::read(ruleset, prefetch, on, reasons)
    }

    /// The screening of this record's client for a session. `/conditions/N` of it is the entry N of the record.
    ///
    /// The intake is complete only where nothing is incomplete.
    #[must_use]
    pub fn request(&self, session: SessionRequest) -> ScreeningRequest {
        ScreeningRequest {
            session,
            client: Some(self.client.clone()),
            intake: if self.incomplete.is_empty() { Intake::Complete } else { Intake::Partial },
            asked: None,
            conditions: self.entries.iter().map(|entry| entry.condition.clone()).collect(),
            clearances: None,
        }
    }

    /// The facts of a screening of this record's client, however many conditions there are.
    ///
    /// # Errors
    /// Every fault of the session; nothing in a record is one.
    pub fn facts(&self, ruleset: &Ruleset, session: SessionRequest, today: Date) -> Result<Facts, Vec<Fault>> {
        Facts::read_record(ruleset, &self.request(session), today)
    }

    /// The resources that a fact came from, by its JSON Pointer in the request.
    #[must_use]
    pub fn resources(&self, pointer: &str) -> &[String] {
        if pointer == "/client/pregnancyWeeks" {
            return self.pregnancy_weeks_from.as_slice();
        }
        pointer
            .strip_prefix("/conditions/")
            .and_then(|rest| rest.split('/').next()?.parse::<usize>().ok())
            .and_then(|number| self.entries.get(number))
            .map_or(&[], |entry| &entry.resources)
    }
}
