//! The time after a session: what is known, what a feeling comes to, and what a client can do meanwhile.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::{ConditionId, Level, Pressure, RuleId, SourceId, Urgency};

use super::predicates::{ClientDocument, SessionDocument, WhereDocument};
use super::rules::{EvidenceDocument, ReasonDocument, WhenUnknown};

/// `post-session.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PostSessionFile {
    /// What is known, by topic.
    pub topics: Vec<TopicDocument>,
    /// What a feeling after a session comes to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<PostSessionRuleDocument>,
    /// What a client can do meanwhile.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub self_care: Vec<AdviceDocument>,
    /// Signs that would change the answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub watch_for: Vec<AdviceDocument>,
}

/// One rule about feelings after a session: the same predicates as before it, and a level for an effect.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PostSessionRuleDocument {
    /// Its id.
    pub id: RuleId,
    /// What it comes to. `expected` says that this is an ordinary course; any other level raises the answer.
    pub level: Level,
    /// The symptom it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<ConditionId>,
    /// What must hold of the symptom.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub where_: Option<WhereDocument>,
    /// What must hold of the client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<ClientDocument>,
    /// What must hold of the session that was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionDocument>,
    /// What it comes to while a fact is missing.
    #[serde(default, skip_serializing_if = "WhenUnknown::is_ask")]
    pub when_unknown: WhenUnknown,
    /// How urgently a doctor should look at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgency: Option<Urgency>,
    /// With level `expected`: hours after the session by which it should be over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_hours: Option<u16>,
    /// No more pressure than this in the next session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_pressure_max: Option<Pressure>,
    /// Why, for three readers.
    pub reason: ReasonDocument,
    /// What supports it.
    pub evidence: EvidenceDocument,
    /// A judgement that a reader should be able to question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Something that a client can do, or should watch for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AdviceDocument {
    /// Its id.
    #[schema(value_type = String)]
    pub id: Arc<str>,
    /// What to tell the client.
    #[schema(value_type = String)]
    pub text: Arc<str>,
    /// Only with one of these symptoms, or one below them; with every symptom when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub symptoms: Vec<ConditionId>,
    /// Not for a client who has, or may have, one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_with: Vec<ConditionId>,
    /// Up to this level of the answer.
    pub up_to: Level,
    /// Where it comes from.
    pub sources: Vec<SourceId>,
}

/// What is known about one feeling after a session, or one thing to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TopicDocument {
    /// Its id.
    pub id: String,
    /// What a person reads.
    pub title: String,
    /// What is known.
    pub summary: String,
    /// Where it comes from.
    pub sources: Vec<SourceId>,
}
