//! What a ruleset rests on, what it does not follow, and where each statement of the seed article went.

use actix_web::get;
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::{RuleId, SourceId};
use crate::ruleset::document::{NotAdoptedDocument, RuleDocument, SourceDocument, TraceDocument};

use super::super::parameters::{NoQuery, Page, PageQuery, Parameters};
use super::super::pin::{Chosen, IdPath, VersionPath};
use super::super::problem::ReadProblemResponses;
use super::super::schema::like;
use super::Answer;

// The API document names a page by its alias: a generic type would be called `Page_X` there.
type NotAdoptedPageResponse = Page<NotAdoptedDocument>;
type SourcePageResponse = Page<SourceDocument>;
type TracePageResponse = Page<TraceResponse>;

/// List sources
///
/// What the ruleset rests on: the seed article row by row, the project's reviews, publications.
#[utoipa::path(
    tag = "rulesets",
    params(VersionPath, PageQuery),
    responses((status = 200, description = "The sources", body = SourcePageResponse), ReadProblemResponses)
)]
#[get("/v1/rulesets/{version}/sources")]
pub(crate) async fn list_sources(chosen: Chosen, query: Parameters<PageQuery>) -> Answer<SourcePageResponse> {
    let items = chosen.ruleset.bundle().sources.sources.iter().collect();
    let body = query.page(&chosen.ruleset, items, SourceDocument::clone)?;
    Ok(chosen.answer(body))
}

/// One source, and what rests on it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct SourceDetailResponse {
    /// The source.
    #[serde(flatten)]
    document: SourceDocument,
    /// The rules that it supports.
    agree: Vec<RuleId>,
    /// The rules that it speaks against.
    disagree: Vec<RuleId>,
}

/// Show a source
///
/// One source by its id, with the rules that it supports and those that it speaks against.
#[utoipa::path(
    tag = "rulesets",
    params(VersionPath, IdPath),
    responses((status = 200, description = "The source", body = SourceDetailResponse), ReadProblemResponses)
)]
#[get("/v1/rulesets/{version}/sources/{id}")]
pub(crate) async fn show_source(chosen: Chosen, _query: Parameters<NoQuery>) -> Answer<SourceDetailResponse> {
    let ruleset = &*chosen.ruleset;
    let sources = &ruleset.bundle().sources.sources;
    let Some(source) = sources.iter().find(|source| source.id.as_str() == chosen.id()) else {
        return Err(chosen.nothing("source", like(chosen.id(), sources.iter().map(|source| source.id.as_str()))));
    };
    let citing = |cited: fn(&RuleDocument) -> &[SourceId]| {
        let rules = ruleset.rules().iter().filter(|rule| cited(&rule.document).contains(&source.id));
        rules.map(|rule| rule.id.clone()).collect()
    };
    let body = SourceDetailResponse {
        document: source.clone(),
        agree: citing(|rule| &rule.evidence.agree),
        disagree: citing(|rule| &rule.evidence.disagree),
    };
    Ok(chosen.answer(body))
}

/// List claims that are not followed
///
/// What the seed article or custom says and this ruleset deliberately does not do, with why and what speaks against it.
#[utoipa::path(
    tag = "rulesets",
    params(VersionPath, PageQuery),
    responses((status = 200, description = "The claims", body = NotAdoptedPageResponse), ReadProblemResponses)
)]
#[get("/v1/rulesets/{version}/not-adopted")]
pub(crate) async fn list_not_adopted(chosen: Chosen, query: Parameters<PageQuery>) -> Answer<NotAdoptedPageResponse> {
    let items = chosen.ruleset.bundle().not_adopted.not_adopted.iter().collect();
    let body = query.page(&chosen.ruleset, items, NotAdoptedDocument::clone)?;
    Ok(chosen.answer(body))
}

/// Where one row of the seed's register went.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct TraceResponse {
    /// The row.
    row: SourceId,
    /// Where it went.
    #[serde(flatten)]
    trace: TraceDocument,
}

/// List where each statement of the seed article went
///
/// Every row of the register with the rules, catalogue entries, topics or claims not followed that carry it.
#[utoipa::path(
    tag = "rulesets",
    params(VersionPath, PageQuery),
    responses((status = 200, description = "The rows", body = TracePageResponse), ReadProblemResponses)
)]
#[get("/v1/rulesets/{version}/traceability")]
pub(crate) async fn list_traceability(chosen: Chosen, query: Parameters<PageQuery>) -> Answer<TracePageResponse> {
    let items = chosen.ruleset.bundle().traceability.rows.iter().collect();
    let body =
        query.page(&chosen.ruleset, items, |(row, trace)| TraceResponse { row: row.clone(), trace: trace.clone() })?;
    Ok(chosen.answer(body))
}
