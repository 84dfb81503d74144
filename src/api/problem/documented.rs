//! The failures that the API document lists for an operation.

use std::collections::BTreeMap;

use serde_json::json;
use utoipa::IntoResponses;
use utoipa::openapi::{ContentBuilder, Ref, RefOr, Response, ResponseBuilder};

use super::MEDIA_TYPE;
use super::kinds::{Entry, ProblemType};

/// The documented failures of a request with a body, by status.
pub(crate) struct ProblemResponses;

/// The documented failures of reading a resource of a ruleset, by status.
pub(crate) struct ReadProblemResponses;

impl IntoResponses for ProblemResponses {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        use ProblemType as P;
        documented(&[
            P::MalformedJson,
            P::InvalidUtf8,
            P::TooDeep,
            P::IncompleteBody,
            P::InvalidParameter,
            P::InvalidHeader,
            P::ConflictingPin,
            P::Unauthenticated,
            P::UnknownRulesetVersion,
            P::NotAcceptable,
            P::RequestTimeout,
            P::RulesetChanged,
            P::BodyTooLarge,
            P::UnsupportedMediaType,
            P::InvalidRequest,
        ])
    }
}

impl IntoResponses for ReadProblemResponses {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        use ProblemType as P;
        let mut responses = documented(&[
            P::InvalidParameter,
            P::Unauthenticated,
            P::UnknownRulesetVersion,
            P::NotInRuleset,
            P::NotAcceptable,
            P::InvalidRequest,
        ]);
        let unchanged = ResponseBuilder::new().description("What the caller has is still right (`If-None-Match`)");
        responses.insert("304".to_owned(), RefOr::T(unchanged.build()));
        responses
    }
}

/// Responses for these types of problem, those of one status together, each with an example.
pub(crate) fn documented(kinds: &[ProblemType]) -> BTreeMap<String, RefOr<Response>> {
    let mut by_status: BTreeMap<String, Vec<Entry>> = BTreeMap::new();
    for kind in kinds {
        let entry = kind.entry();
        by_status.entry(entry.status.to_string()).or_default().push(entry);
    }
    by_status
        .into_iter()
        .filter_map(|(status, entries)| {
            let example = entries.first().map(|entry| {
                json!({ "type": format!("/problems/{}", entry.slug), "title": entry.title, "status": entry.status, "detail": entry.help })
            })?;
            let titles: Vec<String> = entries.iter().map(|entry| format!("{} (`{}`)", entry.title, entry.slug)).collect();
            let schema = Ref::from_schema_name("Problem");
            let content = ContentBuilder::new().schema(Some(schema)).example(Some(example)).build();
            let response = ResponseBuilder::new().description(titles.join("; ")).content(MEDIA_TYPE, content).build();
            Some((status, RefOr::T(response)))
        })
        .collect()
}
