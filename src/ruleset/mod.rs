//! From files to an index: reads what authors wrote, complains about all of it at once, and builds the [`Ruleset`].
//!
//! Owns the ruleset's form, its checks, its names and the truth of a rule's predicates. Knows nothing of HTTP, of answers in
//! prose or of the clock; only `files` touches the disk.

mod analysis;
mod answers;
mod assemble;
mod bookings;
mod catalogue;
mod categories;
mod check;
mod compile;
pub mod document;
mod error;
mod explain;
mod facts;
mod files;
mod forbidden;
mod index;
mod inquiry;
mod languages;
mod manner;
mod names;
mod observations;
mod predicate;
mod reading;
mod record;
mod references;
mod regions;
mod release;
mod sentences;
mod texts;

pub use answers::{Answer, Missing, answers, give, is_of_condition, pointer, template, word};
pub use bookings::{BookedAs, BookingIndex, Mention};
pub use categories::CategorySet;
pub use check::{Checked, Counts, Diagnostic, Level, check};
pub use error::RulesetError;
pub use explain::{WeighedPredicate, predicates};
pub use facts::{ClearanceFact, ClientFacts, ConditionFact, Facts, Felt, ProductFacts, SessionFacts};
pub use files::{Folder, SourceFile, read_folder, write_release};
pub use index::{
    AdviceEntry, BodyRegion, Category, ClearanceTest, Condition, ConditionIx, Fallbacks, MassageType, Place,
    PostSessionRule, Product, Rule, RuleIx, Ruleset, Technique,
};
pub use inquiry::{Inquiry, OpenQuestion, inquire};
pub use names::{
    CodeSays, Manner, Match, Misunderstanding, NameIndex, Phrase, PhrasesFile, Reading, Understanding, Understood,
    Unit, When, measure, normalise,
};
pub use observations::{
    AnswerDocument, AnswersDocument, BodySiteDocument, FindingDocument, Look, MedicinesDocument, NamedDocument,
    ObservationDocument, Observations, ObservationsFile, RecordCode, SaysNothingDocument, SeverityCodeDocument,
    ThenDocument, UnitDocument, WeeksFrom,
};
pub use predicate::{ClientTest, Course, Fact, SessionTest, Weighed, Witness, holding_clearance, place_of, weigh};
pub use reading::has_address;
pub use record::Record;
pub use regions::RegionSet;
pub use release::{Rulesets, bundle_bytes, digest};
pub use texts::Texts;
