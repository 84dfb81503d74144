//! Massage types, what they are booked for, and the names and codes under which they are booked.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::{MassageTypeId, Pressure, SourceId, TechniqueId, Tone};

/// `massage-types.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MassageTypesFile {
    /// What massages are booked for.
    pub goals: Vec<GoalDocument>,
    /// The types.
    pub massage_types: Vec<MassageTypeDocument>,
    /// How a massage is booked whose type is not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unspecified: Option<UnspecifiedDocument>,
}

/// How a massage is booked whose type is not told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UnspecifiedDocument {
    /// What a person reads.
    pub name: String,
    /// What it is.
    pub description: String,
    /// Words and phrases for massage; in a word, an asterisk stands for any letters before or behind.
    pub words: Vec<String>,
    /// Phrases with such a word that book no massage.
    pub not_booked: Vec<String>,
    /// Words beside a name that leave it the same booking: how long, and that it is one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beside: Vec<String>,
    /// Reasons for a booking that say nothing of the client's health.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plain_reasons: Vec<String>,
    /// Words behind which a statement only says what would be, to whoever reads it: "cancel if you have a fever".
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only_if: Vec<String>,
    /// Words that say of whom a statement speaks: the client.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub of_client: Vec<String>,
    /// Codes of others for massage of any type.
    pub codes: Vec<BookingCodeDocument>,
}

/// A code of others under which a massage is booked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BookingCodeDocument {
    /// The code system's canonical address.
    pub system: String,
    /// The code.
    pub code: String,
    /// What the code system calls it.
    pub display: String,
    /// How the massage type stands to the code.
    pub equivalence: Equivalence,
}

/// How an entry of ours stands to a code of others. Source: HL7 FHIR R4, `ConceptMap`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Equivalence {
    /// Means the same.
    Equivalent,
    /// Means more.
    Wider,
    /// Means less.
    Narrower,
    /// Meets it in part.
    Inexact,
}

impl Equivalence {
    /// The word used in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Equivalent => "equivalent",
            Self::Wider => "wider",
            Self::Narrower => "narrower",
            Self::Inexact => "inexact",
        }
    }
}

/// What a massage is booked for, as the seed states it; no promise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GoalDocument {
    /// Its id.
    pub id: String,
    /// What a person reads.
    pub name: String,
    /// Where it is stated.
    pub sources: Vec<SourceId>,
}

/// One massage type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MassageTypeDocument {
    /// Its id.
    pub id: MassageTypeId,
    /// What a person reads.
    pub name: String,
    /// Other names.
    pub synonyms: Vec<String>,
    /// What it is.
    pub description: String,
    /// The techniques that belong to it.
    pub techniques: Vec<TechniqueId>,
    /// What it does to muscle tone.
    pub effect: Tone,
    /// The pressure that is meant when none is given.
    pub usual_pressure: Pressure,
    /// What it is booked for.
    pub goals: Vec<String>,
    /// Codes of others under which it is booked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<BookingCodeDocument>,
    /// Names that say by themselves that it is booked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub booked_as: Vec<String>,
    /// Where the entry comes from.
    pub sources: Vec<SourceId>,
}
