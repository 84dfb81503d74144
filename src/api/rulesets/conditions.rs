//! The conditions of a ruleset, to be found by name, category or code.

use std::sync::Arc;

use actix_web::get;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::model::{ConditionId, Effect, RuleId};
use crate::ruleset::Condition;
use crate::ruleset::document::ConditionDocument;

use super::super::parameters::{Cursor, Limit, NoQuery, Page, Parameters, page};
use super::super::pin::{Chosen, IdPath, VersionPath};
use super::super::problem::ReadProblemResponses;
use super::{Answer, check_category};

// The API document names a page by its alias: a generic type would be called `Page_X` there.
type ConditionPageResponse = Page<ConditionResponse>;

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
