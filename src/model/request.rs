//! A screening asked for: one client, one session.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::wire;
use super::{ActivityLevel, ClearedBy, Control, Intake, Phase, Pressure, Severity, Sex, State};

/// May this client have this massage on this day?
///
/// Takes no patient identifiers: fields that are not listed here are refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({
    "session": { "massageType": "relaxing", "pressure": 2, "bodyRegions": ["back", "neck"], "date": "2026-11-28" },
    "client": { "age": 46, "firstSession": true },
    "intake": "complete",
    "conditions": [{ "id": "hypertension", "control": "controlled" }, { "id": "fever", "state": "absent" }]
}))]
pub struct ScreeningRequest {
    /// What is to be booked.
    pub session: SessionRequest,
    /// What is known of the client apart from conditions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<ClientRequest>,
    /// How much of the client's health was asked.
    pub intake: Intake,
    /// With a partial intake: the categories of conditions of which the client was asked in full, so that what is not listed of
    /// them is absent. `coverage.notAsked` says which are left. A complete intake has asked of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 50, example = json!(["cardiovascular", "skin"]))]
    pub asked: Option<Vec<String>>,
    /// The client's conditions. One condition in two places is listed twice.
    #[schema(max_items = 200)]
    pub conditions: Vec<ConditionRequest>,
    /// Who has agreed to what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 200)]
    pub clearances: Option<Vec<ClearanceRequest>>,
}

/// What is to be booked.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SessionRequest {
    /// The massage type, by id or by one of its synonyms.
    #[schema(max_length = 120, example = "thai")]
    pub massage_type: String,
    /// The pressure wanted. Not given: the type's usual pressure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pressure: Option<Pressure>,
    /// Where the client is to be worked on, by id or synonym. Not given: the whole body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_items = 1, max_items = 100, example = json!(["back"]))]
    pub body_regions: Option<Vec<String>>,
    /// The day of the session. Not given: today in UTC, and the answer says which day that was.
    #[serde(default, deserialize_with = "wire::optional_date", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date, example = "2026-11-28")]
    pub date: Option<Date>,
    /// How long it is to last, in minutes.
    #[serde(default, deserialize_with = "wire::small", skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 600, example = 60)]
    pub duration_minutes: Option<u16>,
    /// What is used on the skin, by id or synonym. Not given: not known. Empty: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 50, example = json!(["almond-oil"]))]
    pub products: Option<Vec<String>>,
    /// Techniques planned beyond those that belong to the type, by id or name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 50, example = json!([]))]
    pub techniques: Option<Vec<String>>,
}

/// What is known of the client apart from conditions. Everything is optional; what is left out is unknown.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClientRequest {
    /// Age in full years.
    #[serde(default, deserialize_with = "wire::small", skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 130, example = 46)]
    pub age: Option<u16>,
    /// Sex, where a rule asks for it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<Sex>,
    /// Completed weeks of pregnancy. Given: the client is pregnant, listed among the conditions or not.
    #[serde(default, deserialize_with = "wire::small", skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 45, example = 30)]
    pub pregnancy_weeks: Option<u16>,
    /// How the client usually moves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activity_level: Option<ActivityLevel>,
    /// Whether this is the client's first massage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_session: Option<bool>,
}

/// One condition of the client, named by exactly one of `id`, `code` and `text`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({ "id": "disc-herniation", "phase": "chronic", "bodyRegion": "lower-back" }))]
pub struct ConditionRequest {
    /// The condition's id in the ruleset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 120)]
    pub id: Option<String>,
    /// A code of a code system that the ruleset knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<CodeRequest>,
    /// What the client calls it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_length = 1, max_length = 200)]
    pub text: Option<String>,
    /// Whether the client has it. Not given: `present`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<State>,
    /// Where it stands in its course. Not given: unknown, but not over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<Phase>,
    /// Whether it is kept in check.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control: Option<Control>,
    /// How bad it is now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// Where on the body it is, by id or synonym.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 120, example = "lower-back")]
    pub body_region: Option<String>,
    /// The day it began.
    #[serde(default, deserialize_with = "wire::optional_date", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date, example = "2026-05-01")]
    pub onset: Option<Date>,
    /// The day it was over: the first day without it or, for a chronic illness, the day its last flare ended.
    #[serde(default, deserialize_with = "wire::optional_date", skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date, example = "2026-11-20")]
    pub resolved: Option<Date>,
}

/// A code of a code system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CodeRequest {
    /// The code system's canonical address, as FHIR writes it.
    #[schema(min_length = 1, max_length = 200, example = "http://hl7.org/fhir/sid/icd-10-cm")]
    pub system: String,
    /// The code, with or without its dot.
    #[schema(min_length = 1, max_length = 64, example = "I10")]
    pub code: String,
}

/// Somebody's agreement to the session in view of one condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClearanceRequest {
    /// The condition it is about, by id or by any name that the ruleset knows.
    #[schema(min_length = 1, max_length = 200, example = "disc-herniation")]
    pub condition: String,
    /// Who agreed.
    pub by: ClearedBy,
    /// The day of the agreement. One dated after the session does not count.
    #[serde(deserialize_with = "wire::date")]
    #[schema(value_type = String, format = Date, example = "2026-11-20")]
    pub date: Date,
}
