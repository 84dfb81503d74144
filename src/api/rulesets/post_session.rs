//! What is known of the time after a session.

use actix_web::get;

use crate::ruleset::document::TopicDocument;

use super::super::parameters::{Page, PageQuery, Parameters};
use super::super::pin::{Chosen, VersionPath};
use super::super::problem::ReadProblemResponses;
use super::Answer;

// The API document names a page by its alias: a generic type would be called `Page_X` there.
type TopicPageResponse = Page<TopicDocument>;

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
