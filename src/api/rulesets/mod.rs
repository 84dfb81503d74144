//! The rulesets and everything in them, to be read: a list of each kind, and each thing by its id.

pub(super) mod catalogue;
pub(super) mod conditions;
pub(super) mod matrix;
pub(super) mod post_session;
pub(super) mod rules;
pub(super) mod sources;

use std::sync::Arc;

use actix_web::body::BoxBody;
use actix_web::http::header::{self, EntityTag};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, Responder, get};
use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::Language;
use crate::ruleset::document::Change;
use crate::ruleset::{Ruleset, digest};

use super::parameters::{NoQuery, Page, Parameters, meaningless};
use super::pin::{Cached, Chosen, VersionPath, finish, revalidated};
use super::problem::{FaultResponse, Problem, ReadProblemResponses};
use super::schema::like;
use super::server::Service;

type Answer<T> = Result<Cached<T>, Problem>;

// The API document names a page by its alias: a generic type would be called `Page_X` there.
type RulesetPageResponse = Page<RulesetResponse>;

/// One ruleset.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RulesetResponse {
    /// Its version (SemVer): a minor one can change verdicts, a patch only words.
    #[schema(value_type = String, example = "1.0.0")]
    version: Arc<str>,
    /// The digest of its bytes: what `If-Match` expects.
    #[schema(value_type = String, example = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    digest: Arc<str>,
    /// The day of the release.
    #[schema(value_type = String, format = Date)]
    date: Date,
    /// What it is called.
    title: String,
    /// Under which licence it may be used.
    licence: String,
    /// Notices that go with code systems and sources.
    notices: Vec<String>,
    /// What changed, newest first.
    changes: Vec<Change>,
    /// The languages in which its answers can be had, English first.
    languages: Vec<Language>,
    /// How much is in it.
    counts: CountsResponse,
}

/// How much is in a ruleset.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CountsResponse {
    /// Conditions.
    conditions: usize,
    /// Rules.
    rules: usize,
    /// Massage types.
    massage_types: usize,
    /// Techniques.
    techniques: usize,
    /// Body regions.
    body_regions: usize,
    /// Products.
    products: usize,
    /// Sources.
    sources: usize,
    /// Claims that are deliberately not followed.
    not_adopted: usize,
}

impl From<&Ruleset> for RulesetResponse {
    fn from(ruleset: &Ruleset) -> Self {
        let bundle = ruleset.bundle();
        let manifest = &bundle.manifest;
        Self {
            version: ruleset.stamp().version.clone(),
            digest: ruleset.stamp().digest.clone(),
            date: manifest.date,
            title: manifest.title.clone(),
            licence: manifest.licence.clone(),
            notices: manifest.notices.clone(),
            changes: manifest.changes.clone(),
            languages: ruleset.languages().collect(),
            counts: CountsResponse {
                conditions: ruleset.conditions().len(),
                rules: ruleset.rules().len(),
                massage_types: ruleset.massage_types().len(),
                techniques: ruleset.techniques().len(),
                body_regions: ruleset.regions().len(),
                products: ruleset.products().len(),
                sources: bundle.sources.sources.len(),
                not_adopted: bundle.not_adopted.not_adopted.len(),
            },
        }
    }
}

/// The rulesets in service.
pub(crate) struct RulesetsAnswer {
    page: Page<RulesetResponse>,
    tag: EntityTag,
}

impl Responder for RulesetsAnswer {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let mut response = revalidated(request, &self.tag);
        response.insert_header((header::CACHE_CONTROL, "no-cache"));
        finish(response, &self.page)
    }
}

/// List the rulesets
///
/// Every version in service, newest first, all on one page. Any of them can be pinned in a screening.
#[utoipa::path(
    tag = "rulesets",
    responses((status = 200, description = "The versions in service", body = RulesetPageResponse), ReadProblemResponses)
)]
#[get("/v1/rulesets")]
pub(crate) async fn list_rulesets(service: Data<Service>, _query: Parameters<NoQuery>) -> RulesetsAnswer {
    let mut items: Vec<RulesetResponse> =
        service.rulesets.iter().map(|ruleset| RulesetResponse::from(&**ruleset)).collect();
    items.reverse();
    let digests: String = items.iter().map(|item| &*item.digest).chain([env!("CARGO_PKG_VERSION")]).collect();
    let total = items.len();
    RulesetsAnswer {
        page: Page { items, next_cursor: None, total },
        tag: EntityTag::new_strong(digest(digests.as_bytes())),
    }
}

/// Show a ruleset
///
/// Version, digest, counts and notes of one ruleset; `latest` is the newest in service.
#[utoipa::path(
    tag = "rulesets",
    params(VersionPath),
    responses((status = 200, description = "The ruleset", body = RulesetResponse), ReadProblemResponses)
)]
#[get("/v1/rulesets/{version}")]
pub(crate) async fn show_ruleset(chosen: Chosen, _query: Parameters<NoQuery>) -> Answer<RulesetResponse> {
    let body = RulesetResponse::from(&*chosen.ruleset);
    Ok(chosen.answer(body))
}

fn check_category(ruleset: &Ruleset, category: Option<&str>) -> Result<(), Problem> {
    let Some(category) = category else { return Ok(()) };
    let bundle = ruleset.bundle();
    let mut known: Vec<&str> = bundle.conditions.iter().map(|file| file.category.as_str()).collect();
    known.extend(bundle.rules.iter().map(|file| file.category.as_str()));
    known.sort_unstable();
    known.dedup();
    if known.contains(&category) {
        return Ok(());
    }
    let detail = format!("no category has this name; known: `{}`", known.join("`, `"));
    let guesses = like(category, known.into_iter());
    Err(meaningless(FaultResponse::of_parameter("category", "unknown-category", detail).guessing(guesses)))
}
