//! Conditions, the codes that mean them, and words that can mean several of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::{ConditionId, ConditionKind, Control, Phase, RegionId, Severity, SourceId};

/// `conditions/<category>.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConditionsFile {
    /// The category of all of them.
    pub category: String,
    /// The conditions.
    pub conditions: Vec<ConditionDocument>,
}

/// One condition as authors write it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConditionDocument {
    /// Its id.
    pub id: ConditionId,
    /// What a person reads.
    pub name: String,
    /// What kind of thing it is.
    pub kind: ConditionKind,
    /// Other names.
    pub synonyms: Vec<String>,
    /// Names in other languages, by BCP 47 language tag.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub names: BTreeMap<String, Vec<String>>,
    /// Codes that mean it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<CodeDocument>,
    /// Its parents: their rules hold for it too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub broader: Vec<ConditionId>,
    /// Where it is when a request names no region.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<RegionId>,
    /// The client attribute that implies it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub implied_by: Option<ImpliedBy>,
    /// A heading that rules may name and clients cannot: naming it counts as not understood.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub heading: bool,
    /// Sources that say that it does not pass: said to be over, it counts as in remission. None where it can pass.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lifelong: Vec<SourceId>,
    /// What a client has whose relative or housemate has it, or something below it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub others_have_it: Option<ConditionId>,
    /// What it means, where the name alone could be misread.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition: Option<String>,
    /// Where the entry comes from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<SourceId>,
}

/// A client attribute that implies a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum ImpliedBy {
    /// `client.pregnancyWeeks`.
    PregnancyWeeks,
}

/// A code of a code system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeDocument {
    /// The code system's canonical address.
    pub system: String,
    /// The code.
    pub code: String,
    /// The phase that the code itself says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<Phase>,
    /// The control that the code itself says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control: Option<Control>,
    /// The severity that the code itself says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
}

/// `ambiguous.json`: words that can mean several conditions.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AmbiguousFile {
    /// The words.
    pub ambiguous: Vec<AmbiguousDocument>,
}

/// A word that can mean several conditions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AmbiguousDocument {
    /// The word.
    pub name: String,
    /// Other ways to write it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub synonyms: Vec<String>,
    /// What it can mean, the commonest first.
    pub meanings: Vec<ConditionId>,
}
