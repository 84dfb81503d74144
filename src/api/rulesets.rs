//! The rulesets and everything in them, to be read: a list of each kind, and each thing by its id.

use std::sync::Arc;

use actix_web::body::BoxBody;
use actix_web::http::header::{self, EntityTag};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, Responder, get};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::model::{ConditionId, Effect, Language, MassageTypeId, RuleId, SourceId};
use crate::ruleset::document::{
    BodyRegionDocument, Change, ConditionDocument, MassageTypeDocument, NotAdoptedDocument, ProductDocument,
    RuleDocument, SourceDocument, TechniqueDocument, TopicDocument, TraceDocument,
};
use crate::ruleset::{Condition, Rule, Ruleset, digest};
use crate::screening::MatrixRow;

use super::parameters::{Cursor, Limit, NoQuery, Page, PageQuery, Parameters, meaningless, page};
use super::pin::{Cached, Chosen, IdPath, VersionPath, finish, revalidated};
use super::problem::{FaultResponse, Problem, ReadProblemResponses};
use super::schema::like;
use super::server::Service;

type Answer<T> = Result<Cached<T>, Problem>;

// The API document names a page by its alias: a generic type would be called `Page_X` there.
type BodyRegionPageResponse = Page<BodyRegionDocument>;
type ConditionPageResponse = Page<ConditionResponse>;
type MassageTypePageResponse = Page<MassageTypeDocument>;
type NotAdoptedPageResponse = Page<NotAdoptedDocument>;
type ProductPageResponse = Page<ProductDocument>;
type RulePageResponse = Page<RuleResponse>;
type RulesetPageResponse = Page<RulesetResponse>;
type SourcePageResponse = Page<SourceDocument>;
type TechniquePageResponse = Page<TechniqueDocument>;
type TopicPageResponse = Page<TopicDocument>;
type TracePageResponse = Page<TraceResponse>;

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

/// One condition, with its category.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConditionResponse {
    /// Its category.
    #[schema(value_type = String)]
    category: Arc<str>,
    /// As authors wrote it.
    #[serde(flatten)]
    document: ConditionDocument,
}

impl From<&Condition> for ConditionResponse {
    fn from(condition: &Condition) -> Self {
        Self { category: condition.category.clone(), document: (*condition.document).clone() }
    }
}

/// One condition, and what the ruleset says about it.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct ConditionDetailResponse {
    /// The condition.
    #[serde(flatten)]
    condition: ConditionResponse,
    /// Everything above it: their rules hold for it too.
    ancestors: Vec<ConditionId>,
    /// What stands right below it.
    narrower: Vec<ConditionId>,
    /// The rules on it and on everything above it, by id.
    rules: Vec<RuleOnConditionResponse>,
}

/// A rule that holds for a condition.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RuleOnConditionResponse {
    /// The rule.
    id: RuleId,
    /// What it asks.
    effect: Effect,
    /// The condition it is written on: this one, or one above it.
    on: Option<ConditionId>,
}

/// Which conditions to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct ConditionsQuery {
    /// Part of a name, synonym or id; letter case, accents, hyphens and spaces do not matter, and
    /// slips of the pen are forgiven. Best matches first.
    #[param(value_type = Option<String>, min_length = 1, max_length = 120, example = "disc")]
    q: Option<SearchText>,
    /// Only those of this category.
    #[param(example = "cardiovascular")]
    category: Option<String>,
    /// Only the one that this code stands for: the code system, `|`, the code.
    #[param(value_type = Option<String>, pattern = r"^[^|]+\|[^|]+$", example = "http://hl7.org/fhir/sid/icd-10-cm|I10")]
    code: Option<SystemAndCode>,
    /// The most items of a page; 50 when not given.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, example = 50)]
    limit: Option<Limit>,
    /// Where the page begins: `nextCursor` of the page before.
    #[param(value_type = Option<String>, pattern = "^[0-9a-f]{16}$")]
    cursor: Option<Cursor>,
}

/// What to look for, from 1 to 120 characters.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct SearchText(String);

impl TryFrom<String> for SearchText {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        if (1..=120).contains(&text.chars().count()) { Ok(Self(text)) } else { Err("from 1 to 120 characters") }
    }
}

/// A code with its system, as FHIR's token parameters write it.
#[derive(Debug, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct SystemAndCode {
    system: String,
    code: String,
}

impl TryFrom<String> for SystemAndCode {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        match text.split_once('|') {
            Some((system, code)) if !system.is_empty() && !code.is_empty() && !code.contains('|') => {
                Ok(Self { system: system.to_owned(), code: code.to_owned() })
            }
            _ => Err("system|code"),
        }
    }
}

/// List conditions
///
/// By id; with `q`, the best matches first. All filters that are given hold at once.
#[utoipa::path(
    tag = "rulesets",
    params(VersionPath, ConditionsQuery),
    responses((status = 200, description = "The conditions", body = ConditionPageResponse), ReadProblemResponses)
)]
#[get("/v1/rulesets/{version}/conditions")]
pub(crate) async fn list_conditions(
    chosen: Chosen,
    query: Parameters<ConditionsQuery>,
) -> Answer<ConditionPageResponse> {
    let ruleset = &*chosen.ruleset;
    check_category(ruleset, query.category.as_deref())?;
    let names = ruleset.names();
    let coded = query.code.as_ref().map(|asked| names.by_code(&asked.system, &asked.code).map(|(found, _)| found));
    let candidates: Vec<&Condition> = match &query.q {
        Some(text) => names.search(&text.0).into_iter().map(|ix| ruleset.condition(ix)).collect(),
        None => ruleset.conditions().iter().collect(),
    };
    let items = candidates
        .into_iter()
        .filter(|condition| query.category.as_deref().is_none_or(|category| *condition.category == *category))
        .filter(|condition| match coded {
            None => true,
            Some(found) => found.is_some_and(|found| ruleset.condition(found.condition).id == condition.id),
        })
        .collect();
    let body = page(ruleset, query.limit, query.cursor.as_ref(), items, ConditionResponse::from)?;
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

/// Show a condition
///
/// The condition, what stands above and below it, and the rules that hold for it, those of its parents among them.
#[utoipa::path(
    tag = "rulesets",
    params(VersionPath, IdPath),
    responses((status = 200, description = "The condition", body = ConditionDetailResponse), ReadProblemResponses)
)]
#[get("/v1/rulesets/{version}/conditions/{id}")]
pub(crate) async fn show_condition(chosen: Chosen, _query: Parameters<NoQuery>) -> Answer<ConditionDetailResponse> {
    let ruleset = &*chosen.ruleset;
    let names = ruleset.names();
    let Some(found) = names.by_id(chosen.id()) else {
        return Err(chosen.nothing("condition", names.conditions_like(chosen.id())));
    };
    let condition = ruleset.condition(found.condition);
    let id_of = |ix| ruleset.condition(ix).id.clone();
    let body = ConditionDetailResponse {
        condition: condition.into(),
        ancestors: condition.ancestors.iter().filter(|ix| **ix != found.condition).map(|ix| id_of(*ix)).collect(),
        narrower: ruleset
            .conditions()
            .iter()
            .filter(|other| other.document.broader.contains(&condition.id))
            .map(|other| other.id.clone())
            .collect(),
        rules: condition
            .rules
            .iter()
            .map(|ix| ruleset.rule(*ix))
            .map(|rule| RuleOnConditionResponse {
                id: rule.id.clone(),
                effect: rule.effect,
                on: rule.condition.map(id_of),
            })
            .collect(),
    };
    Ok(chosen.answer(body))
}

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

/// One rule, with its category.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct RuleResponse {
    /// Its category.
    #[schema(value_type = String)]
    category: Arc<str>,
    /// As authors wrote it.
    #[serde(flatten)]
    document: RuleDocument,
}

impl From<&Rule> for RuleResponse {
    fn from(rule: &Rule) -> Self {
        Self { category: rule.category.clone(), document: (*rule.document).clone() }
    }
}

/// Which rules to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct RulesQuery {
    /// Only those that hold for this condition, those of its parents among them.
    #[param(example = "disc-herniation")]
    condition: Option<String>,
    /// Only those of this category.
    #[param(example = "musculoskeletal")]
    category: Option<String>,
    /// Only those that ask this.
    #[param(inline)]
    effect: Option<Effect>,
    /// The most items of a page; 50 when not given.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, example = 50)]
    limit: Option<Limit>,
    /// Where the page begins: `nextCursor` of the page before.
    #[param(value_type = Option<String>, pattern = "^[0-9a-f]{16}$")]
    cursor: Option<Cursor>,
}

/// List rules
///
/// By id, as their authors wrote them, with their sources. All filters that are given hold at once.
#[utoipa::path(
    tag = "rulesets",
    params(VersionPath, RulesQuery),
    responses((status = 200, description = "The rules", body = RulePageResponse), ReadProblemResponses)
)]
#[get("/v1/rulesets/{version}/rules")]
pub(crate) async fn list_rules(chosen: Chosen, query: Parameters<RulesQuery>) -> Answer<RulePageResponse> {
    let ruleset = &*chosen.ruleset;
    check_category(ruleset, query.category.as_deref())?;
    let rules: Vec<&Rule> = match query.condition.as_deref() {
        None => ruleset.rules().iter().collect(),
        Some(id) => {
            let names = ruleset.names();
            let Some(found) = names.by_id(id) else {
                let fault = FaultResponse::of_parameter("condition", "unknown-condition", "no condition has this id");
                return Err(meaningless(fault.guessing(names.conditions_like(id))));
            };
            ruleset.condition(found.condition).rules.iter().map(|ix| ruleset.rule(*ix)).collect()
        }
    };
    let items = rules
        .into_iter()
        .filter(|rule| query.category.as_deref().is_none_or(|category| *rule.category == *category))
        .filter(|rule| query.effect.is_none_or(|effect| rule.effect == effect))
        .collect();
    let body = page(ruleset, query.limit, query.cursor.as_ref(), items, RuleResponse::from)?;
    Ok(chosen.answer(body))
}

/// Show a rule
///
/// One rule as its authors wrote it, by its id.
#[utoipa::path(
    tag = "rulesets",
    params(VersionPath, IdPath),
    responses((status = 200, description = "The rule", body = RuleResponse), ReadProblemResponses)
)]
#[get("/v1/rulesets/{version}/rules/{id}")]
pub(crate) async fn show_rule(chosen: Chosen, _query: Parameters<NoQuery>) -> Answer<RuleResponse> {
    let rules = chosen.ruleset.rules();
    let Some(rule) = rules.iter().find(|rule| rule.id.as_str() == chosen.id()) else {
        return Err(chosen.nothing("rule", like(chosen.id(), rules.iter().map(|rule| rule.id.as_str()))));
    };
    let body = RuleResponse::from(rule);
    Ok(chosen.answer(body))
}

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

/// Which rows of the matrix to list.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct MatrixQuery {
    /// Only conditions of this category.
    #[param(example = "cardiovascular")]
    category: Option<String>,
    /// The most rows of a page; 50 when not given.
    #[param(value_type = Option<u16>, minimum = 1, maximum = 200, example = 50)]
    limit: Option<Limit>,
    /// Where the page begins: `nextCursor` of the page before.
    #[param(value_type = Option<String>, pattern = "^[0-9a-f]{16}$")]
    cursor: Option<Cursor>,
}

/// Verdicts by condition and massage type.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct MatrixResponse {
    /// The massage types, in the order of the verdicts.
    massage_types: Vec<MassageTypeId>,
    /// One row a condition, by id.
    items: Vec<MatrixRow>,
    /// Where the next page begins; not given on the last page.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(pattern = "^[0-9a-f]{16}$")]
    next_cursor: Option<String>,
    /// How many rows there are.
    total: usize,
}

/// Show verdicts by condition and massage type
///
/// The verdict for a client who has this one condition now and of whom nothing else is told, after a complete intake, for a
/// session of the whole body at the type's usual pressure.
#[utoipa::path(
    tag = "rulesets",
    params(VersionPath, MatrixQuery),
    responses((status = 200, description = "The verdicts", body = MatrixResponse), ReadProblemResponses)
)]
#[get("/v1/rulesets/{version}/matrix")]
pub(crate) async fn show_matrix(
    service: Data<Service>,
    chosen: Chosen,
    query: Parameters<MatrixQuery>,
) -> Answer<MatrixResponse> {
    check_category(&chosen.ruleset, query.category.as_deref())?;
    let matrix = service.matrix(&chosen.ruleset);
    let wanted = |row: &&MatrixRow| query.category.as_deref().is_none_or(|category| *row.category == *category);
    let rows = matrix.rows.iter().filter(wanted).collect();
    let Page { items, next_cursor, total } =
        page(&chosen.ruleset, query.limit, query.cursor.as_ref(), rows, MatrixRow::clone)?;
    Ok(chosen.answer(MatrixResponse { massage_types: matrix.massage_types.clone(), items, next_cursor, total }))
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

/// List what is known of the time after a session
///
/// What a client may feel after a massage, how long, what to do about it, and when to see a doctor.
#[utoipa::path(
    tag = "rulesets",
    params(VersionPath, PageQuery),
    responses((status = 200, description = "The topics", body = TopicPageResponse), ReadProblemResponses)
)]
#[get("/v1/rulesets/{version}/post-session")]
pub(crate) async fn list_post_session(chosen: Chosen, query: Parameters<PageQuery>) -> Answer<TopicPageResponse> {
    let items = chosen.ruleset.bundle().post_session.topics.iter().collect();
    let body = query.page(&chosen.ruleset, items, TopicDocument::clone)?;
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
