//! From files to an index: reads what authors wrote, complains about all of it at once, and builds the [`Ruleset`].
//!
//! Owns the ruleset's form, its checks, its names and the truth of a rule's predicates. Knows nothing of HTTP, of answers in
//! prose or of the clock; only `files` touches the disk.

mod analysis;
mod assemble;
mod check;
mod compile;
pub mod document;
mod error;
mod facts;
mod files;
mod index;
mod manner;
mod names;
mod predicate;
mod reading;
mod references;
mod regions;
mod release;

pub use check::{Checked, Counts, Diagnostic, Level, check};
pub use error::RulesetError;
pub use facts::{ClearanceFact, ClientFacts, ConditionFact, Facts, ProductFacts, SessionFacts};
pub use files::{Folder, SourceFile, read_folder, write_release};
pub use index::{
    BodyRegion, ClearanceTest, Condition, ConditionIx, Fallbacks, MassageType, Place, Product, Rule, RuleIx, Ruleset,
    Technique,
};
pub use names::{
    CodeSays, Manner, Match, Misunderstanding, NameIndex, Phrase, PhrasesFile, Reading, Understanding, Understood,
    Unit, When, measure, normalise,
};
pub use predicate::{ClientTest, Course, Fact, SessionTest, Weighed, Witness, holding_clearance, place_of, weigh};
pub use reading::has_address;
pub use regions::RegionSet;
pub use release::{Rulesets, bundle_bytes, digest};
