//! Verdicts by condition and massage type.

use actix_web::get;
use actix_web::web::Data;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::model::MassageTypeId;
use crate::screening::MatrixRow;

use super::super::parameters::{Cursor, Limit, Page, Parameters, page};
use super::super::pin::{Chosen, VersionPath};
use super::super::problem::ReadProblemResponses;
use super::super::server::Service;
use super::{Answer, check_category};

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
