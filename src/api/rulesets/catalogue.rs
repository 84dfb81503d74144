//! What a session is made of: massage types, techniques, body regions and products.

use actix_web::get;

use crate::ruleset::document::{BodyRegionDocument, MassageTypeDocument, ProductDocument, TechniqueDocument};

use super::super::parameters::{NoQuery, Page, PageQuery, Parameters};
use super::super::pin::{Chosen, IdPath, VersionPath};
use super::super::problem::ReadProblemResponses;
use super::Answer;

// The API document names a page by its alias: a generic type would be called `Page_X` there.
type BodyRegionPageResponse = Page<BodyRegionDocument>;
type MassageTypePageResponse = Page<MassageTypeDocument>;
type ProductPageResponse = Page<ProductDocument>;
type TechniquePageResponse = Page<TechniqueDocument>;

/// List massage types
///
/// Every massage type with its techniques, effect, usual pressure and goals, in the order of the catalogue.
#[utoipa::path(
    tag = "rulesets",
    params(VersionPath, PageQuery),
    responses((status = 200, description = "The massage types", body = MassageTypePageResponse), ReadProblemResponses)
)]
#[get("/v1/rulesets/{version}/massage-types")]
pub(crate) async fn list_massage_types(
    chosen: Chosen,
    query: Parameters<PageQuery>,
) -> Answer<MassageTypePageResponse> {
    let items = chosen.ruleset.bundle().massage_types.massage_types.iter().collect();
    let body = query.page(&chosen.ruleset, items, MassageTypeDocument::clone)?;
    Ok(chosen.answer(body))
}

/// Show a massage type
///
/// One massage type, by its id.
#[utoipa::path(
    tag = "rulesets",
    params(VersionPath, IdPath),
    responses((status = 200, description = "The massage type", body = MassageTypeDocument), ReadProblemResponses)
)]
#[get("/v1/rulesets/{version}/massage-types/{id}")]
pub(crate) async fn show_massage_type(chosen: Chosen, _query: Parameters<NoQuery>) -> Answer<MassageTypeDocument> {
    let id = chosen.id();
    let found = chosen.ruleset.massage_types().iter().find(|kind| kind.id.as_str() == id);
    let Some(body) = found.map(|kind| (*kind.document).clone()) else {
        return Err(chosen.nothing("massage type", chosen.ruleset.names().massage_types_like(id)));
    };
    Ok(chosen.answer(body))
}

/// List techniques
///
/// Every technique, in the order of the catalogue. Rules name techniques, so that a new massage type inherits what holds
/// for its techniques.
#[utoipa::path(
    tag = "rulesets",
    params(VersionPath, PageQuery),
    responses((status = 200, description = "The techniques", body = TechniquePageResponse), ReadProblemResponses)
)]
#[get("/v1/rulesets/{version}/techniques")]
pub(crate) async fn list_techniques(chosen: Chosen, query: Parameters<PageQuery>) -> Answer<TechniquePageResponse> {
    let items = chosen.ruleset.bundle().techniques.techniques.iter().collect();
    let body = query.page(&chosen.ruleset, items, TechniqueDocument::clone)?;
    Ok(chosen.answer(body))
}

/// List body regions
///
/// The tree of body regions, in the order of the catalogue; `broader` names the regions that one is a part of.
#[utoipa::path(
    tag = "rulesets",
    params(VersionPath, PageQuery),
    responses((status = 200, description = "The body regions", body = BodyRegionPageResponse), ReadProblemResponses)
)]
#[get("/v1/rulesets/{version}/body-regions")]
pub(crate) async fn list_body_regions(chosen: Chosen, query: Parameters<PageQuery>) -> Answer<BodyRegionPageResponse> {
    let items = chosen.ruleset.bundle().body_regions.body_regions.iter().collect();
    let body = query.page(&chosen.ruleset, items, BodyRegionDocument::clone)?;
    Ok(chosen.answer(body))
}

/// List products
///
/// What is used on the skin, in the order of the catalogue; `broader` names the kinds that one belongs to.
#[utoipa::path(
    tag = "rulesets",
    params(VersionPath, PageQuery),
    responses((status = 200, description = "The products", body = ProductPageResponse), ReadProblemResponses)
)]
#[get("/v1/rulesets/{version}/products")]
pub(crate) async fn list_products(chosen: Chosen, query: Parameters<PageQuery>) -> Answer<ProductPageResponse> {
    let items = chosen.ruleset.bundle().products.products.iter().collect();
    let body = query.page(&chosen.ruleset, items, ProductDocument::clone)?;
    Ok(chosen.answer(body))
}
