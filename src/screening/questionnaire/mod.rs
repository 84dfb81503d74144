//! The intake form that a ruleset asks for, and the request that its answers amount to.
//!
//! Owns what is asked, in which order and under which name, and what an answer means. Made from the rules alone: what no rule
//! reads is not asked. Knows no wording of its own; texts are those of the ruleset's `messages.json`.

mod amount;
mod answers;
mod build;
mod fhir;
mod form;
mod given;
mod needed;
mod options;

pub use amount::{Answered, Unreadable};
pub use answers::read_answers;
pub use build::intake_form;
pub use fhir::{canonical_of, questionnaire};
pub use form::{AskIf, FollowUps, FormGroup, FormItem, FormOption, IntakeForm, ItemKind, MASSAGE_TYPE, OptionList};
pub use given::{Given, GivenValue, Said};
