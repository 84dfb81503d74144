//! Words about the client and the session.

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::wire::whole_number;

/// How much of the client's health was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Intake {
    /// The client answered a full health intake: what is not listed is absent.
    Complete,
    /// What is not listed, nor of a category in `asked`, was not asked, so the best answer is `caution`.
    Partial,
}

/// The client's sex, where a rule asks for it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Sex {
    /// Female.
    Female,
    /// Male.
    Male,
    /// Neither of the two, or not to be told apart.
    Other,
}

/// How the client usually moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ActivityLevel {
    /// Sits most of the day.
    Sedentary,
    /// Some movement every day.
    Moderate,
    /// Exercises often.
    Active,
    /// Trains for competition.
    Athlete,
    /// Works hard with the body.
    PhysicalLabour,
}

/// What a massage type does to muscle tone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Tone {
    /// Raises it.
    Toning,
    /// Lowers it.
    Relaxing,
    /// Either, by choice of stroke.
    Mixed,
}

/// Who agreed to a session, by standing: each counts for those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ClearedBy {
    /// The client, having been told.
    Client,
    /// The therapist who gives the session.
    Therapist,
    /// The client's physician (or midwife).
    Physician,
    /// A specialist in the condition.
    Specialist,
}

impl ClearedBy {
    /// The word used in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Client => "client",
            Self::Therapist => "therapist",
            Self::Physician => "physician",
            Self::Specialist => "specialist",
        }
    }
}

/// How strong the massage is, on the five-level scale after Walton: 1 light lotioning, 2 heavy lotioning, 3 medium,
/// 4 strong, 5 deep.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[schema(value_type = u8, minimum = 1, maximum = 5, example = 3)]
pub struct Pressure(u8);

impl Pressure {
    /// Every level, lightest first.
    pub const ALL: [Self; 5] = [Self(1), Self(2), Self(3), Self(4), Self(5)];

    /// The level, where it is one from 1 to 5.
    #[must_use]
    pub const fn new(level: u8) -> Option<Self> {
        if matches!(level, 1..=5) { Some(Self(level)) } else { None }
    }

    /// The level as a number, 1 to 5.
    #[must_use]
    pub const fn level(self) -> u8 {
        self.0
    }
}

impl<'de> Deserialize<'de> for Pressure {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let level = whole_number(deserializer)?;
        u8::try_from(level)
            .ok()
            .and_then(Self::new)
            .ok_or_else(|| serde::de::Error::custom("pressure is a whole number from 1 to 5"))
    }
}
