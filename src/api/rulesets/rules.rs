//! The rules of a ruleset, as their authors wrote them.

use std::sync::Arc;

use actix_web::get;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::model::Effect;
use crate::ruleset::Rule;
use crate::ruleset::document::RuleDocument;

use super::super::parameters::{Cursor, Limit, NoQuery, Page, Parameters, meaningless, page};
use super::super::pin::{Chosen, IdPath, VersionPath};
use super::super::problem::{FaultResponse, ReadProblemResponses};
use super::super::schema::like;
use super::{Answer, check_category};

// The API document names a page by its alias: a generic type would be called `Page_X` there.
type RulePageResponse = Page<RuleResponse>;

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
