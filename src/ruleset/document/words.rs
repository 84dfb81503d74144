//! The words that stand around a condition's name.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::model::{Control, Phase, Severity};

/// `words.json`: words around a condition's name, and what they say about it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct WordsFile {
    /// Small words that may stand inside a name or be left out of it.
    pub small: Vec<String>,
    /// Words that part one statement from the next.
    pub and: Vec<String>,
    /// Words that part two statements and carry a denial on.
    pub or: Vec<String>,
    /// Names that are everyday words: they count only where nothing else in the statement is strange.
    pub everyday: Vec<String>,
    /// Words that say nothing.
    pub filler: Vec<String>,
    /// Words that say nothing and over which a denial reaches the name: "never been diagnosed".
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub onward: Vec<String>,
    /// Words that tie what follows to what is before, where a denial ends: "no surgery for".
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub link: Vec<String>,
    /// Words that say that the next thing is the client's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mine: Vec<String>,
    /// Words that say that the client speaks of themselves, whoever else is named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub own: Vec<String>,
    /// Whole answers that say that there is nothing.
    pub nothing: Vec<String>,
    /// What is named is not there.
    pub negation: Vec<String>,
    /// What is named is somebody else's.
    pub family: Vec<String>,
    /// Those of `family` that are persons: what they have is plainly theirs where they stand before it, or after "in" and the like.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub relatives: Vec<String>,
    /// Those of `family` whose word may belong to the name of a thing ("baby oil") or who may share what the client has.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub companions: Vec<String>,
    /// What stands before somebody from whom, like whom or through whom the client has it: "from", "like".
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub through: Vec<String>,
    /// Those of `relatives` who may be the guest: what stands right behind them may be meant for the booking.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub spouses: Vec<String>,
    /// What stands before somebody whose thing may be the client's, or for whom the booking may be: "got", "for".
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub shared: Vec<String>,
    /// What says that one has it as well as another: "too".
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub alike: Vec<String>,
    /// What is named is over.
    pub past: Vec<String>,
    /// Those of `past` that say that it was before, and not that it is over: an "old injury" may flare up.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub earlier: Vec<String>,
    /// What is named is there again or still, whatever else says that it is over.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub still: Vec<String>,
    /// What speaks of the present alone: what is not there now may have been there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub presently: Vec<String>,
    /// What says that there is one already: "no other clots".
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub other: Vec<String>,
    /// Words that begin a new statement: a denial that has named something ends there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub anew: Vec<String>,
    /// Those of `negation` that answer what stands before them and deny nothing that follows: "Allergies: none".
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<String>,
    /// What says that the thing before it is there: "Epilepsy: yes".
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub yes: Vec<String>,
    /// What is named was there until then.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ended: Vec<String>,
    /// What says the opposite after a denial: what is not healed or not ruled out may be there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub undone: Vec<String>,
    /// What is named was there, which does not say that it is over.
    pub had: Vec<String>,
    /// What is named was there and may still be: with how long or since when, it is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub have_had: Vec<String>,
    /// What stands before a span of time through which what is named lasted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub during: Vec<String>,
    /// How many days ago something was at the latest.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub lately: BTreeMap<String, u16>,
    /// What is named has been there ever since.
    pub since: Vec<String>,
    /// What is named may be there.
    pub suspected: Vec<String>,
    /// Where it stands in its course.
    pub phases: BTreeMap<Phase, Vec<String>>,
    /// Whether it is kept in check.
    pub control: BTreeMap<Control, Vec<String>>,
    /// How bad it is.
    pub severity: BTreeMap<Severity, Vec<String>>,
    /// Names of spans of time.
    pub units: BTreeMap<String, Vec<String>>,
    /// Words for numbers.
    pub numbers: BTreeMap<String, u16>,
}
