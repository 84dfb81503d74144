//! Every condition with every massage type, one verdict each.

use std::sync::Arc;

use jiff::civil::Date;
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::{ConditionId, ConditionRequest, Intake, MassageTypeId, ScreeningRequest, SessionRequest, Verdict};
use crate::ruleset::{Facts, Ruleset};

use super::{verdict, ways};

/// The verdicts of bare conditions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Matrix {
    /// The massage types, in the order of the verdicts.
    pub massage_types: Vec<MassageTypeId>,
    /// One row a condition.
    pub rows: Vec<MatrixRow>,
}

/// One condition's verdicts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MatrixRow {
    /// The condition.
    pub condition: ConditionId,
    /// Its category.
    #[schema(value_type = String)]
    pub category: Arc<str>,
    /// One verdict for each massage type, in the order of `massageTypes`.
    pub verdicts: Vec<Verdict>,
}

/// The verdict for a client who has this one condition now and of whom nothing else is told, for a session of the whole
/// body at the type's usual pressure. Headings are left out.
#[must_use]
pub fn matrix(ruleset: &Ruleset) -> Matrix {
    let massage_types: Vec<MassageTypeId> = ruleset.massage_types().iter().map(|kind| kind.id.clone()).collect();
    let rows = ruleset
        .conditions()
        .iter()
        .filter(|condition| !condition.document.heading)
        .map(|condition| MatrixRow {
            condition: condition.id.clone(),
            category: condition.category.clone(),
            verdicts: row(ruleset, &condition.id),
        })
        .collect();
    Matrix { massage_types, rows }
}

fn row(ruleset: &Ruleset, condition: &ConditionId) -> Vec<Verdict> {
    let Some(first) = ruleset.massage_types().first() else { return Vec::new() };
    let request = ScreeningRequest {
        session: SessionRequest { massage_type: first.id.to_string(), ..SessionRequest::default() },
        client: None,
        intake: Intake::Complete,
        asked: None,
        conditions: vec![ConditionRequest { id: Some(condition.to_string()), ..ConditionRequest::default() }],
        clearances: None,
    };
    // No date is told of the condition, so that the day of the session does not matter.
    let Ok(facts) = Facts::read(ruleset, &request, Date::default()) else { return Vec::new() };
    let mut booked = facts.clone();
    (0..ruleset.massage_types().len())
        .map(|number| {
            ways::book_type(ruleset, &mut booked, &facts, number);
            verdict(ruleset, &booked)
        })
        .collect()
}
