//! The JSON exactly as authors write it, and as the API shows it again: a file for each kind of document.

mod cases;
mod catalogue;
mod conditions;
mod languages;
mod massage_types;
mod post_session;
mod predicates;
mod rules;
mod sources;
mod words;

use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::ConditionId;

pub use cases::{
    AssessmentCaseDocument, AssessmentCasesFile, AssessmentExpectDocument, CaseDocument, CasesFile, ExpectDocument,
};
pub use catalogue::{
    BodyRegionDocument, BodyRegionsFile, ProductDocument, ProductsFile, TechniqueDocument, TechniquesFile,
};
pub use conditions::{AmbiguousDocument, AmbiguousFile, CodeDocument, ConditionDocument, ConditionsFile, ImpliedBy};
pub use languages::{MessagesFile, TranslationDocument};
pub use massage_types::{
    BookingCodeDocument, Equivalence, GoalDocument, MassageTypeDocument, MassageTypesFile, UnspecifiedDocument,
};
pub use post_session::{AdviceDocument, PostSessionFile, PostSessionRuleDocument, TopicDocument};
pub use predicates::{
    Bounds, ClientDocument, MinutesAtLeast, PhaseWord, PressureAtLeast, SessionDocument, WhereDocument,
};
pub use rules::{
    ClearanceDocument, EvidenceDocument, ReasonDocument, RedFlagDocument, RuleDocument, RulesFile, Scope, WhenPartly,
    WhenUnknown,
};
pub use sources::{
    NotAdoptedDocument, NotAdoptedFile, SourceDocument, SourceKind, SourcesFile, Standing, TraceDocument,
    TraceabilityFile,
};
pub use words::WordsFile;

/// A whole ruleset in one document: what a release holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Bundle {
    /// `manifest.json`.
    pub manifest: Manifest,
    /// `conditions/`, by category.
    pub conditions: Vec<ConditionsFile>,
    /// `ambiguous.json`.
    #[serde(default, skip_serializing_if = "no_ambiguity")]
    pub ambiguous: AmbiguousFile,
    /// `words.json`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<WordsFile>,
    /// `observations.json`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observations: Option<super::observations::ObservationsFile>,
    /// `rules/`, by category.
    pub rules: Vec<RulesFile>,
    /// `massage-types.json`.
    pub massage_types: MassageTypesFile,
    /// `techniques.json`.
    pub techniques: TechniquesFile,
    /// `body-regions.json`.
    pub body_regions: BodyRegionsFile,
    /// `products.json`.
    pub products: ProductsFile,
    /// `sources.json`.
    pub sources: SourcesFile,
    /// `messages.json`.
    pub messages: MessagesFile,
    /// `languages/`, one document a language.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub translations: Vec<TranslationDocument>,
    /// `not-adopted.json`.
    pub not_adopted: NotAdoptedFile,
    /// `post-session.json`.
    pub post_session: PostSessionFile,
    /// `traceability.json`.
    pub traceability: TraceabilityFile,
}

/// `manifest.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Manifest {
    /// The form of the files; this program reads form 1.
    pub format: u32,
    /// Version (SemVer): a minor one can change verdicts, a patch only words.
    #[schema(value_type = String)]
    pub version: Arc<str>,
    /// The day of the release.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// What it is called.
    pub title: String,
    /// Under which licence it may be used.
    pub licence: String,
    /// Notices that go with code systems and sources.
    pub notices: Vec<String>,
    /// What changed, newest first.
    pub changes: Vec<Change>,
    /// The conditions that stand for what cannot be answered.
    pub fallbacks: FallbackIds,
}

/// What changed in one version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The version.
    pub version: String,
    /// Its day.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// What a clinician can notice.
    pub notes: Vec<String>,
}

/// The conditions that stand for what cannot be answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FallbackIds {
    /// Stands for a condition that was not understood.
    pub unrecognised: ConditionId,
    /// Stands for a partial intake.
    pub incomplete_intake: ConditionId,
    /// Stands for a name that was understood only nearly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approximate: Option<ConditionId>,
}

fn no_ambiguity(file: &AmbiguousFile) -> bool {
    file.ambiguous.is_empty()
}
