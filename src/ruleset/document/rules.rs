//! Rules: what each asks, of whom, why, and on what grounds.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::{ClearedBy, ConditionId, Effect, Grade, RegionId, Requirement, RuleId, SourceId, Urgency};

use super::predicates::{ClientDocument, SessionDocument, WhereDocument};

/// `rules/<category>.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RulesFile {
    /// The category of all of them.
    pub category: String,
    /// The rules.
    pub rules: Vec<RuleDocument>,
}

/// One rule as authors write it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RuleDocument {
    /// Its id.
    pub id: RuleId,
    /// What it asks.
    pub effect: Effect,
    /// Whether it is about the whole body or one place.
    #[serde(default, skip_serializing_if = "Scope::is_systemic")]
    pub scope: Scope,
    /// The condition it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<ConditionId>,
    /// What must hold of the condition.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub where_: Option<WhereDocument>,
    /// What must hold of the client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<ClientDocument>,
    /// What must hold of the session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionDocument>,
    /// The place it is about, whatever region the client names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub affects: Vec<RegionId>,
    /// What it comes to while a fact is missing.
    #[serde(default, skip_serializing_if = "WhenUnknown::is_ask")]
    pub when_unknown: WhenUnknown,
    /// What a session gets that is only partly inside the place.
    #[serde(default, skip_serializing_if = "WhenPartly::is_caution")]
    pub when_partly: WhenPartly,
    /// Who may agree, and what the rule then comes down to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with_clearance: Option<ClearanceDocument>,
    /// Set where this is not about a booking.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub red_flag: Option<RedFlagDocument>,
    /// Why, for three readers.
    pub reason: ReasonDocument,
    /// What the session must observe.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requirements: Vec<Requirement>,
    /// What supports it.
    pub evidence: EvidenceDocument,
    /// A judgement that a reader should be able to question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Whether a rule is about the whole body or one place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// The whole body.
    #[default]
    Systemic,
    /// Only where regions meet.
    Local,
}

impl Scope {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn is_systemic(&self) -> bool {
        matches!(self, Self::Systemic)
    }
}

/// What a rule comes to while a fact is missing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WhenUnknown {
    /// Caution, and a question.
    #[default]
    Ask,
    /// The effect itself.
    Assume,
}

impl WhenUnknown {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    pub(super) fn is_ask(&self) -> bool {
        matches!(self, Self::Ask)
    }
}

/// What a local rule without a condition comes to for a session that is only partly inside its place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WhenPartly {
    /// Caution.
    #[default]
    Caution,
    /// Advice: the place is simply left out.
    Advise,
}

impl WhenPartly {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn is_caution(&self) -> bool {
        matches!(self, Self::Caution)
    }
}

/// Who may agree, and what the rule then comes down to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClearanceDocument {
    /// The least standing that counts.
    pub by: ClearedBy,
    /// What the rule then asks.
    pub effect: Effect,
    /// How old the agreement may be, in days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age_days: Option<u16>,
}

/// How urgently the client should be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RedFlagDocument {
    /// How urgently.
    pub urgency: Urgency,
}

/// Why, for three readers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonDocument {
    /// Exact.
    #[schema(value_type = String)]
    pub clinician: Arc<str>,
    /// What to do.
    #[schema(value_type = String)]
    pub therapist: Arc<str>,
    /// Plain and kind, at most 140 characters.
    #[schema(value_type = String)]
    pub client: Arc<str>,
}

/// What supports a rule, and what speaks against it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EvidenceDocument {
    /// How strong the support is.
    pub grade: Grade,
    /// The sources that say so.
    pub agree: Vec<SourceId>,
    /// The sources that say otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disagree: Vec<SourceId>,
}
