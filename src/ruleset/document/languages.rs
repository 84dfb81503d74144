//! The sentences of messages, and what the ruleset says in another language.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::model::{ConditionId, Language, MassageTypeId, ProductId, RegionId, RuleId, TechniqueId};

use super::rules::ReasonDocument;

/// `messages.json`: sentences by audience and name.
pub type MessagesFile = BTreeMap<String, BTreeMap<String, String>>;

/// One file of `languages/<tag>/`, or all of them together: what the ruleset says, in another language.
///
/// Every map goes by the ids of what it translates.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TranslationDocument {
    /// Into which language.
    pub language: Language,
    /// The category of a file that bears its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// The sentences of `messages.json`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub messages: MessagesFile,
    /// Names of conditions.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub conditions: BTreeMap<ConditionId, Arc<str>>,
    /// Reasons of rules.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rules: BTreeMap<RuleId, ReasonDocument>,
    /// Reasons of rules about what is felt after a session.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub post_session_rules: BTreeMap<RuleId, ReasonDocument>,
    /// What a client can do, or should watch for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub advice: BTreeMap<String, Arc<str>>,
    /// Names of massage types.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub massage_types: BTreeMap<MassageTypeId, String>,
    /// Names of techniques.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub techniques: BTreeMap<TechniqueId, String>,
    /// Names of body regions.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub body_regions: BTreeMap<RegionId, String>,
    /// Names of products.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub products: BTreeMap<ProductId, String>,
}
