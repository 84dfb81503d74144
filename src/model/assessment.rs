//! After the session: what is felt, and how much it matters.

use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::wire;
use super::{
    Certainty, ClientRequest, CodeRequest, ConditionId, ConditionRequest, Coverage, EvidenceResponse, Intake,
    MassageTypeId, Messages, Pressure, RegionId, RuleId, RulesetStamp, SessionRequest, Severity, SourceId, State,
    Urgency,
};

/// How what is felt is changing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Trend {
    /// It grows less.
    Improving,
    /// It stays as it is.
    Steady,
    /// It grows worse.
    Worsening,
}

impl Trend {
    /// All three, in order.
    pub const ALL: [Self; 3] = [Self::Improving, Self::Steady, Self::Worsening];

    /// The word used in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Improving => "improving",
            Self::Steady => "steady",
            Self::Worsening => "worsening",
        }
    }
}

/// How much what is felt matters, ordered by urgency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// An ordinary course.
    Expected,
    /// The therapist should know before the next session.
    ContactTherapist,
    /// A doctor should look at it.
    SeeDoctor,
    /// Call the emergency number now.
    Emergency,
}

impl Level {
    /// All four, mildest first.
    pub const ALL: [Self; 4] = [Self::Expected, Self::ContactTherapist, Self::SeeDoctor, Self::Emergency];

    /// The word used in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Expected => "expected",
            Self::ContactTherapist => "contact-therapist",
            Self::SeeDoctor => "see-doctor",
            Self::Emergency => "emergency",
        }
    }
}

/// Is what this client feels after this massage to be expected?
///
/// Takes no patient identifiers: fields that are not listed here are refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({
    "session": { "massageType": "thai", "pressure": 4, "bodyRegions": ["back"] },
    "hoursSinceSession": 40,
    "client": { "age": 46, "firstSession": true },
    "intake": "complete",
    "conditions": [],
    "symptoms": [{ "text": "dull ache", "bodyRegion": "shoulder", "onsetHoursAfter": 10, "durationHours": 30,
                   "severity": "mild", "trend": "improving" }]
}))]
pub struct AssessmentRequest {
    /// The session that was given.
    pub session: SessionRequest,
    /// How long ago it ended, in hours.
    #[serde(default, deserialize_with = "wire::small", skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 8760, example = 40)]
    pub hours_since_session: Option<u16>,
    /// What is known of the client apart from conditions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<ClientRequest>,
    /// How much of the client's health was asked.
    pub intake: Intake,
    /// The client's conditions, as in a screening.
    #[schema(max_items = 200)]
    pub conditions: Vec<ConditionRequest>,
    /// What is felt since the session.
    #[schema(max_items = 50)]
    pub symptoms: Vec<SymptomRequest>,
}

/// One thing that is felt, named by exactly one of `id`, `code` and `text`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schema(example = json!({ "text": "dull ache", "bodyRegion": "shoulder", "onsetHoursAfter": 10, "severity": "mild" }))]
pub struct SymptomRequest {
    /// The symptom's id in the ruleset.
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
    /// Whether the client feels it. Not given: `present`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<State>,
    /// Where on the body it is, by id or synonym.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 120, example = "shoulder")]
    pub body_region: Option<String>,
    /// How many hours after the session it began.
    #[serde(default, deserialize_with = "wire::small", skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 8760, example = 10)]
    pub onset_hours_after: Option<u16>,
    /// How long it has lasted, in hours. Not given: from its beginning until now, where both are known.
    #[serde(default, deserialize_with = "wire::small", skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 8760, example = 30)]
    pub duration_hours: Option<u16>,
    /// How bad it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// How it is changing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trend: Option<Trend>,
}

/// One rule that holds or may hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssessmentReason {
    /// The rule.
    pub rule_id: RuleId,
    /// What it comes to.
    pub level: Level,
    /// How sure it is that the rule applies.
    pub certainty: Certainty,
    /// The symptom that it is about, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<ConditionId>,
    /// The facts that it read, as JSON Pointers into the request.
    pub facts: Vec<String>,
    /// The reason in a clinician's words.
    #[schema(value_type = String)]
    pub text: Arc<str>,
    /// What supports the rule.
    pub evidence: EvidenceResponse,
}

/// A question whose answer can move the level.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AssessmentQuestion {
    /// Where the answer belongs in the request: a JSON Pointer.
    pub about: String,
    /// The question in plain words.
    pub text: String,
    /// The answers there are; empty where any number or name will do.
    pub answers: Vec<String>,
    /// The levels that the answers can lead to, mildest first.
    pub can_reach: Vec<Level>,
}

/// How long an ordinary course lasts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ExpectedCourse {
    /// It should be over this many hours after the session.
    pub until_hours: u16,
}

/// Something to do, or to watch for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Advice {
    /// Its id in the ruleset.
    #[schema(value_type = String)]
    pub id: Arc<str>,
    /// What to tell the client.
    #[schema(value_type = String)]
    pub text: Arc<str>,
    /// Where it comes from.
    pub sources: Vec<SourceId>,
}

/// What the report means for the next booking: facts that can be posted to `/v1/screenings`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct NextSession {
    /// What is felt, as conditions of a screening.
    pub conditions: Vec<ConditionRequest>,
    /// No more pressure than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pressure_max: Option<Pressure>,
}

/// The answer to an assessment. A screening aid, not a diagnosis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = AssessmentResponse)]
pub struct Assessment {
    /// The highest level among the reasons.
    pub level: Level,
    /// How urgently a doctor should look at it, where one should.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgency: Option<Urgency>,
    /// Every rule that holds or may hold, by rule id.
    pub reasons: Vec<AssessmentReason>,
    /// How long an ordinary course lasts; not given where this is none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_course: Option<ExpectedCourse>,
    /// Signs that would change the answer.
    pub watch_for: Vec<Advice>,
    /// What the client can do meanwhile. Never a medicine, never a herb.
    pub self_care: Vec<Advice>,
    /// What to ask, the weightiest first.
    pub questions: Vec<AssessmentQuestion>,
    /// What it means for the next booking.
    pub next_session: NextSession,
    /// What was understood and what was not.
    pub coverage: Coverage,
    /// The answer in prose.
    pub messages: Messages,
    /// That this is a screening aid and not a diagnosis.
    #[schema(value_type = String)]
    pub disclaimer: Arc<str>,
    /// Which ruleset answered.
    pub ruleset: RulesetStamp,
}

/// What happened, in short and without anything that identifies a person: for a quality record.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AdverseEventSummary {
    /// The massage type.
    pub massage_type: MassageTypeId,
    /// The pressure.
    pub pressure: Pressure,
    /// The regions; not given for the whole body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_regions: Option<Vec<RegionId>>,
    /// The day of the session.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// What is felt, as far as it was understood.
    pub symptoms: Vec<SymptomSummary>,
    /// How many things were named and not understood.
    pub not_understood: usize,
    /// How much it matters.
    pub level: Level,
    /// How urgently a doctor should look at it, where one should.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgency: Option<Urgency>,
    /// The rules that say so.
    pub rules: Vec<RuleId>,
    /// Which ruleset answered.
    pub ruleset: RulesetStamp,
}

/// One thing that is felt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SymptomSummary {
    /// The symptom.
    pub id: ConditionId,
    /// Where it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_region: Option<RegionId>,
    /// How many hours after the session it began.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub onset_hours_after: Option<u16>,
    /// How many hours it has lasted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_hours: Option<u16>,
    /// How bad it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
    /// How it is changing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trend: Option<Trend>,
}
