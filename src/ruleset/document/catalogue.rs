//! What a session is made of besides its type: techniques, body regions and products.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::{ProductId, RegionId, SourceId, TechniqueId};

/// `techniques.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TechniquesFile {
    /// The techniques.
    pub techniques: Vec<TechniqueDocument>,
}

/// One technique.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TechniqueDocument {
    /// Its id.
    pub id: TechniqueId,
    /// What a person reads.
    pub name: String,
    /// Other names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub synonyms: Vec<String>,
    /// What it is.
    pub description: String,
    /// Where the entry comes from.
    pub sources: Vec<SourceId>,
}

/// `body-regions.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BodyRegionsFile {
    /// The regions.
    pub body_regions: Vec<BodyRegionDocument>,
}

/// One body region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BodyRegionDocument {
    /// Its id.
    pub id: RegionId,
    /// What a person reads.
    pub name: String,
    /// Other names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub synonyms: Vec<String>,
    /// The regions that it is a part of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub broader: Vec<RegionId>,
}

/// `products.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductsFile {
    /// The products.
    pub products: Vec<ProductDocument>,
}

/// One product used on the skin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductDocument {
    /// Its id.
    pub id: ProductId,
    /// What a person reads.
    pub name: String,
    /// Other names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub synonyms: Vec<String>,
    /// The kinds of product that it belongs to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub broader: Vec<ProductId>,
}
