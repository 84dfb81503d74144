//! What must hold of the condition, the client and the session for a rule to hold.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::{
    ActivityLevel, ConditionId, Control, MassageTypeId, Pressure, ProductId, RegionId, Severity, Sex, TechniqueId,
    Tone, Trend,
};

/// A phase as rules name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PhaseWord {
    /// Sudden and at its height.
    Acute,
    /// Past its height.
    Subacute,
    /// Long-standing and settled.
    Chronic,
    /// Grown worse.
    Flare,
    /// Quiet now.
    Remission,
    /// Over.
    Resolved,
    /// Every phase but `resolved`.
    Current,
}

/// What must hold of the condition.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WhereDocument {
    /// It is in one of these phases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<Vec<PhaseWord>>,
    /// It has been over for fewer days than this; with `phase`, an *or*.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_within_days: Option<u16>,
    /// It began fewer days ago than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub onset_within_days: Option<u16>,
    /// It is kept in check, or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control: Option<Vec<Control>>,
    /// It is as bad as this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Vec<Severity>>,
    /// Its own region meets one of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regions: Option<Vec<RegionId>>,
    /// After a session: it began so many hours after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub onset_hours_after: Option<Bounds>,
    /// After a session: it has lasted so many hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_hours: Option<Bounds>,
    /// After a session: it is changing so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trend: Option<Vec<Trend>>,
}

/// What must hold of the client.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClientDocument {
    /// Age in years.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age: Option<Bounds>,
    /// Completed weeks of pregnancy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pregnancy_weeks: Option<Bounds>,
    /// Sex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<Vec<Sex>>,
    /// How the client usually moves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activity_level: Option<Vec<ActivityLevel>>,
    /// Whether it is the first massage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_session: Option<bool>,
    /// The client has one of these as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub also: Option<Vec<ConditionId>>,
}

/// A range of whole numbers, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Bounds {
    /// The least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<u16>,
    /// The greatest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<u16>,
}

/// What must hold of the session.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SessionDocument {
    /// The type is one of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub massage_types: Option<Vec<MassageTypeId>>,
    /// The type is none of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub except_massage_types: Option<Vec<MassageTypeId>>,
    /// It has one of these techniques.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub techniques: Option<Vec<TechniqueId>>,
    /// It does this to muscle tone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effects: Option<Vec<Tone>>,
    /// It is at least this strong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pressure: Option<PressureAtLeast>,
    /// It is at least this long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_minutes: Option<MinutesAtLeast>,
    /// It touches one of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regions: Option<Vec<RegionId>>,
    /// It uses one of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub products: Option<Vec<ProductId>>,
}

/// A least pressure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PressureAtLeast {
    /// The level.
    pub at_least: Pressure,
}

/// A least length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MinutesAtLeast {
    /// Minutes.
    pub at_least: u16,
}
