//! `POST /v1/screenings/batch`: many screenings in one request, each as if it had come alone.

use std::collections::BTreeSet;

use actix_web::post;
use actix_web::web::{Bytes, Data, block};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::model::{Fault, Language, RulesetStamp, Screening, ScreeningRequest, Verdict};
use crate::ruleset::Ruleset;

use super::alone::Alone;
use super::body::{Body, Shape};
use super::language::{Accepted, LanguageHeader};
use super::many::{ManyAnswer, ManyFigures, VerdictCounts, unfinished};
use super::pin::{Pin, PinHeaders, PinQuery};
use super::problem::{Problem, ProblemResponse, ProblemResponses};
use super::schema::BodySchema;
use super::screenings::{is_short, today_utc};
use super::server::Service;
use super::turns::Turns;

const MOST_ITEMS: usize = 1000;

/// Many sessions to be screened, each by itself.
///
/// Takes no patient identifiers: fields that are not listed here are refused, and so is an `id` that looks like an e-mail address.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct BatchRequest {
    /// The sessions. The answer keeps their order.
    #[schema(max_items = 1000)]
    items: Vec<BatchItemRequest>,
}

/// One session of a batch.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct BatchItemRequest {
    /// Your own name for it, which the answer repeats; no two items have the same. Never a client's name.
    #[schema(min_length = 1, max_length = 120, example = "slot-0815")]
    id: String,
    /// The body of `POST /v1/screenings`. What is wrong with it is told in the item's own problem, and spoils no other item.
    #[schema(value_type = ScreeningRequest)]
    request: Box<RawValue>,
}

/// The answers to a batch. Screening aids, not diagnoses.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BatchResponse {
    /// One answer an item, in the order asked.
    #[schema(value_type = Vec<BatchItemResponse>)]
    items: Vec<Box<RawValue>>,
    /// How many items came to what.
    counts: VerdictCounts,
    /// Which ruleset answered.
    ruleset: RulesetStamp,
}

/// The answer to one item of a batch: a screening, or why there is none.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct BatchItemResponse<'a> {
    /// The item's `id`.
    id: &'a str,
    /// What `POST /v1/screenings` would have answered: 200 with a `screening`, else the status of the `problem`.
    #[schema(minimum = 200, maximum = 599, example = 200)]
    status: u16,
    /// The screening, as `POST /v1/screenings` answers it.
    #[serde(skip_serializing_if = "Option::is_none")]
    screening: Option<&'a Screening>,
    /// What is wrong with the item. Treat its booking as held. The pointers lead into the item's `request`.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<ProblemResponse<'a>>,
}

/// Screen many sessions
///
/// Each item is answered as if it had come alone to `POST /v1/screenings`, with a screening or with a problem of its own; one
/// bad item spoils no other. The batch is refused as a whole only where it cannot be read, has too many items, or an `id` is
/// missing or given twice. The order is kept. Nothing of the request is stored or logged.
#[utoipa::path(
    tag = "screenings",
    params(PinQuery, PinHeaders, LanguageHeader),
    request_body(content = BatchRequest, content_type = "application/json"),
    responses(
        (
            status = 200, description = "An answer to each item, whatever it came to", body = BatchResponse,
            content_type = "application/json",
            headers(
                ("Ruleset-Version" = String, description = "The version of the ruleset that answered"),
                ("Ruleset-Digest" = String, description = "The digest of the ruleset that answered"),
                ("Content-Language" = Language, description = "The language of the prose"),
                ("X-Request-Id" = String, description = "The request's name, yours or a new one"),
            )
        ),
        ProblemResponses,
    )
)]
#[post("/v1/screenings/batch")]
pub(crate) async fn screen_batch(
    service: Data<Service>,
    pin: Pin,
    accepted: Accepted,
    body: Body,
) -> Result<ManyAnswer<BatchResponse>, Problem> {
    let ruleset = pin.choose(&service.rulesets)?.clone();
    let (language, today) = (accepted.choose(&ruleset), today_utc());
    block(move || {
        let batch = BatchRequest::read(&body, &service.batch_schema, &ruleset)?;
        drop(body);
        let alone = Alone {
            schema: &service.screening_schema,
            ruleset: &ruleset,
            language,
            limit_bytes: service.body_limit_bytes("/v1/screenings"),
            today,
        };
        answer(&batch, &alone, &service.turns)
    })
    .await
    .map_err(|_| unfinished())?
}

fn answer(batch: &BatchRequest, alone: &Alone<'_>, turns: &Turns) -> Result<ManyAnswer<BatchResponse>, Problem> {
    let answered = turns
        .map(&batch.items, |item| item.answer(&alone.screen(Bytes::copy_from_slice(item.request.get().as_bytes()))));
    let mut counts = VerdictCounts::default();
    let mut items = Vec::with_capacity(answered.len());
    for answer in answered {
        let (item, verdict) = answer.map_err(|_| unfinished())?;
        counts.count(verdict);
        items.push(item);
    }
    let stamp = alone.ruleset.stamp().clone();
    let figures = ManyFigures { counts, ruleset: stamp.version.clone(), clients: true };
    let body = BatchResponse { items, counts, ruleset: stamp.clone() };
    Ok(ManyAnswer { body, language: alone.language, stamp, figures })
}

impl BatchItemRequest {
    /// The answer as JSON, and its verdict where there is one.
    fn answer(
        &self,
        screened: &Result<Screening, Problem>,
    ) -> Result<(Box<RawValue>, Option<Verdict>), serde_json::Error> {
        let (screening, problem) = match screened {
            Ok(screening) => (Some(screening), None),
            Err(problem) => (None, Some(problem.response())),
        };
        let status = problem.as_ref().map_or(200, ProblemResponse::status);
        let answer = BatchItemResponse { id: &self.id, status, screening, problem };
        Ok((to_raw_value(&answer)?, screening.map(|screening| screening.verdict)))
    }
}

impl BatchRequest {
    /// The name of its schema in the OpenAPI document.
    pub(crate) const SCHEMA: &'static str = "BatchRequest";

    /// Reads the batch, and not yet the requests in it.
    ///
    /// # Errors
    /// A 400 where it is no JSON, else a 422 with everything that is wrong with the batch itself.
    fn read(body: &Body, schema: &BodySchema, ruleset: &Ruleset) -> Result<Self, Problem> {
        let decoded = match serde_json::from_slice::<Self>(body.bytes()) {
            Ok(batch) if batch.is_surely_as_published(body) => return Ok(batch),
            decoded => decoded,
        };
        let (mut document, mut faults) = body.document()?;
        faults.retain(|fault| !is_within_a_request(&fault.pointer));
        set_apart(&mut document, ruleset);
        faults.extend(schema.faults(&document, ruleset));
        faults.extend(doubled_ids(&document));
        faults.sort();
        match decoded {
            Ok(batch) if faults.is_empty() => Ok(batch),
            _ => Err(Problem::invalid(faults)),
        }
    }

    /// Whether the batch itself is surely as its schema wants it; where this is not sure, the schema decides.
    fn is_surely_as_published(&self, body: &Body) -> bool {
        // The batch is an object with a list of objects; what else has brackets stands in the requests or in names.
        let mut shape = Shape { objects: 1 + self.items.len(), arrays: 1 };
        for text in self.items.iter().flat_map(|item| [item.id.as_str(), item.request.get()]) {
            let inner = Shape::of(text.as_bytes());
            shape.objects += inner.objects;
            shape.arrays += inner.arrays;
        }
        let mut seen = BTreeSet::new();
        self.items.len() <= MOST_ITEMS
            && self.items.iter().all(|item| seen.insert(&item.id))
            && self.items.iter().all(|item| is_short(&item.id, 120) && !item.id.contains('@'))
            && shape == Shape::of(body.bytes())
    }
}

/// A fault for each `id` that an item before it has.
fn doubled_ids(document: &Value) -> Vec<Fault> {
    let mut seen = BTreeSet::new();
    let items = document.get("items").and_then(Value::as_array).into_iter().flatten().enumerate();
    let ids = items.filter_map(|(at, item)| Some((at, item.get("id")?.as_str()?)));
    ids.filter(|(_, id)| !seen.insert(*id))
        .map(|(at, _)| Fault::new(format!("/items/{at}/id"), "duplicate-id", "an item before it has the same"))
        .collect()
}

/// Puts a plain request in the place of each item's own, which is judged by itself.
fn set_apart(document: &mut Value, ruleset: &Ruleset) {
    let massage_type = ruleset.massage_types().first().map(|kind| &kind.id);
    let plain = json!({ "session": { "massageType": massage_type }, "intake": "complete", "conditions": [] });
    let items = document.get_mut("items").and_then(Value::as_array_mut).into_iter().flatten();
    for request in items.filter_map(|item| item.get_mut("request")) {
        request.clone_from(&plain);
    }
}

/// Whether a pointer leads into an item's request: `/items/3/request/…`.
fn is_within_a_request(pointer: &str) -> bool {
    let mut steps = pointer.split('/').skip(1);
    steps.next() == Some("items") && steps.next().is_some() && steps.next() == Some("request") && steps.next().is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_stands_in_a_request_is_left_to_its_item() {
        assert!(is_within_a_request("/items/3/request/session/massageType"));
        for own in ["/items/3/request", "/items/3/id", "/items", "", "/other/3/request/session"] {
            assert!(!is_within_a_request(own), "{own}");
        }
    }
}
