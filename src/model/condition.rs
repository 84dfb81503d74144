//! Facts about one condition of a client.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Whether the client has the condition.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// The client has it, or had it: the other facts say which.
    #[default]
    Present,
    /// Asked, and no.
    Absent,
    /// Asked, and the client does not know; or suspected.
    Unknown,
}

/// Where a condition stands in its course.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Sudden and at its height.
    Acute,
    /// Past its height, not yet settled.
    Subacute,
    /// Long-standing and settled.
    Chronic,
    /// A long-standing condition that has grown worse.
    Flare,
    /// A long-standing condition that is quiet now.
    Remission,
    /// Over.
    Resolved,
}

impl Phase {
    /// Every phase, in order.
    pub const ALL: [Self; 6] =
        [Self::Acute, Self::Subacute, Self::Chronic, Self::Flare, Self::Remission, Self::Resolved];

    /// The word used in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Acute => "acute",
            Self::Subacute => "subacute",
            Self::Chronic => "chronic",
            Self::Flare => "flare",
            Self::Remission => "remission",
            Self::Resolved => "resolved",
        }
    }
}

/// A set of phases, one bit each.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PhaseSet(u8);

impl PhaseSet {
    /// No phase.
    pub const EMPTY: Self = Self(0);
    /// Every phase but [`Phase::Resolved`].
    pub const CURRENT: Self = Self(0b1_1111);

    /// The set with one more phase.
    #[must_use]
    pub const fn with(self, phase: Phase) -> Self {
        Self(self.0 | 1 << phase as u8)
    }

    /// The phases of either set.
    #[must_use]
    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Whether every phase of this set is in the other.
    #[must_use]
    pub const fn within(self, other: Self) -> bool {
        self.0 & !other.0 == 0
    }

    /// Whether the two have a phase in common.
    #[must_use]
    pub const fn meets(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }
}

impl From<Phase> for PhaseSet {
    fn from(phase: Phase) -> Self {
        Self::EMPTY.with(phase)
    }
}

/// Whether treatment keeps the condition in check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Control {
    /// In check, by treatment or by itself.
    Controlled,
    /// Not in check, or not treated.
    Uncontrolled,
}

impl Control {
    /// Both, in order.
    pub const ALL: [Self; 2] = [Self::Controlled, Self::Uncontrolled];

    /// The word used in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Controlled => "controlled",
            Self::Uncontrolled => "uncontrolled",
        }
    }
}

/// How bad the condition is now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Noticed, in nobody's way.
    Mild,
    /// Between the two.
    Moderate,
    /// Keeps the client from ordinary things.
    Severe,
}

impl Severity {
    /// All three, in order.
    pub const ALL: [Self; 3] = [Self::Mild, Self::Moderate, Self::Severe];

    /// The word used in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mild => "mild",
            Self::Moderate => "moderate",
            Self::Severe => "severe",
        }
    }
}

/// What kind of thing a condition is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ConditionKind {
    /// An illness or lasting disorder.
    Disorder,
    /// Something the client feels.
    Symptom,
    /// An injury.
    Injury,
    /// An operation or other procedure.
    Procedure,
    /// A device in or on the body.
    Device,
    /// A class of medicines that is taken.
    Medication,
    /// An allergy.
    Allergy,
    /// Pregnancy and the time around it.
    Pregnancy,
    /// Anything else about the client, the session or who gives it.
    Circumstance,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn current_means_every_phase_but_resolved() {
        for phase in Phase::ALL {
            assert_eq!(PhaseSet::from(phase).within(PhaseSet::CURRENT), phase != Phase::Resolved);
        }
    }

    #[test]
    fn the_words_are_the_ones_that_serde_writes() {
        for phase in Phase::ALL {
            assert_eq!(serde_json::to_value(phase).unwrap(), phase.as_str());
        }
        for control in Control::ALL {
            assert_eq!(serde_json::to_value(control).unwrap(), control.as_str());
        }
        for severity in Severity::ALL {
            assert_eq!(serde_json::to_value(severity).unwrap(), severity.as_str());
        }
    }
}
