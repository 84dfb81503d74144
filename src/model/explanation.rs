//! Why a rule counted, or did not: predicate by predicate.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{Certainty, ConditionId, Effect, RuleId, Truth};

/// One rule that the client's conditions woke, or that names none, whether it came to hold or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExplainedRule {
    /// The rule.
    pub rule_id: RuleId,
    /// The client's condition that it was weighed for, if it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<ConditionId>,
    /// Where in the request that condition stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pointer: Option<String>,
    /// How true all its predicates are together: as the least true of them.
    pub truth: Truth,
    /// What it comes to; not given where it does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<Effect>,
    /// How sure it is that it applies; not given where it does not count.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub certainty: Option<Certainty>,
    /// Each of its predicates.
    pub predicates: Vec<ExplainedPredicate>,
}

/// One predicate of a rule.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExplainedPredicate {
    /// Where it stands in the rule.
    #[schema(example = "where.phase")]
    pub part: String,
    /// How true it is.
    pub truth: Truth,
    /// The facts that it read, as JSON Pointers into the request.
    pub facts: Vec<String>,
    /// The facts that it missed, likewise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missing: Vec<String>,
}
