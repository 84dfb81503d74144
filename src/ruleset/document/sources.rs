//! What the ruleset rests on, what it deliberately does not follow, and where each row of the register went.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::{RuleId, SourceId};

/// `sources.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourcesFile {
    /// The sources.
    pub sources: Vec<SourceDocument>,
}

/// What kind of source it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SourceKind {
    /// A statement of the seed article.
    Seed,
    /// The project's own weighing of a dispute.
    Review,
    /// Something published.
    Published,
}

/// How a statement of the seed article stands against what else was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// A source that was read agrees.
    Supported,
    /// Nothing read contradicts it; support is weak.
    Plausible,
    /// A source that was read contradicts it or shows it too broad.
    Disputed,
    /// Following it as written could harm.
    Unsafe,
}

/// One source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SourceDocument {
    /// Its id.
    pub id: SourceId,
    /// What kind of source.
    pub kind: SourceKind,
    /// What it is, or what the seed article says.
    #[schema(value_type = String)]
    pub title: Arc<str>,
    /// Where in the seed article.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locator: Option<String>,
    /// How a statement of the seed stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standing: Option<Standing>,
    /// The review that weighs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<SourceId>,
    /// Publications that bear on it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub supported_by: Vec<SourceId>,
    /// How much of it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<String>,
    /// Where it can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "uri")]
    pub url: Option<Arc<str>>,
}

/// `not-adopted.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NotAdoptedFile {
    /// The claims.
    pub not_adopted: Vec<NotAdoptedDocument>,
}

/// A claim that is deliberately not followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NotAdoptedDocument {
    /// Its id.
    pub id: String,
    /// What is claimed.
    pub claim: String,
    /// Why it is not followed.
    pub why: String,
    /// The rows of the register that make it.
    pub rows: Vec<SourceId>,
    /// What speaks against it.
    pub sources: Vec<SourceId>,
}

/// `traceability.json`: where each row of the register went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TraceabilityFile {
    /// By row.
    pub rows: BTreeMap<SourceId, TraceDocument>,
}

/// Where one row of the register went.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TraceDocument {
    /// Rules that carry it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<RuleId>,
    /// Entries of the catalogue, as `kind:id`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub catalogue: Vec<String>,
    /// Topics of `post-session.json`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub post_session: Vec<String>,
    /// Entries of `not-adopted.json`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_adopted: Vec<String>,
}
