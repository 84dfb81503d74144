//! One session of many, read and screened exactly as `POST /v1/screenings` reads and screens it.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use actix_web::web::Bytes;
use jiff::civil::Date;
use serde::Serialize;

use crate::model::{Fault, Language, Screening, ScreeningRequest};
use crate::ruleset::{Facts, Ruleset};
use crate::screening;

use super::body::{Body, schema_of};
use super::many::unfinished;
use super::problem::{Problem, ProblemResponse, ProblemType};
use super::schema::BodySchema;

/// How one request among many is read and answered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Alone<'r> {
    pub(crate) schema: &'r BodySchema,
    pub(crate) ruleset: &'r Ruleset,
    /// The language of the prose.
    pub(crate) language: Language,
    /// The largest request, in bytes.
    pub(crate) limit_bytes: usize,
    /// The day of a session without a date.
    pub(crate) today: Date,
}

impl Alone<'_> {
    /// The screening of one request.
    ///
    /// # Errors
    /// The problem that `POST /v1/screenings` would answer with: 400, 413, 422, or 500 for a fault of ours, which spoils no
    /// other request.
    pub(crate) fn screen(&self, text: Bytes) -> Result<Screening, Problem> {
        let Self { schema, ruleset, language, limit_bytes, today } = *self;
        if text.len() > limit_bytes {
            return Err(too_large(limit_bytes));
        }
        let screen = || {
            let request: ScreeningRequest = Body::of(text).decode(schema, ruleset)?;
            let facts = Facts::read(ruleset, &request, today).map_err(Problem::invalid)?.in_language(language);
            Ok(screening::screen(ruleset, &facts))
        };
        // Nothing that is shared changes, so nothing is left half changed.
        catch_unwind(AssertUnwindSafe(screen)).unwrap_or_else(|_| Err(unfinished()))
    }
}

fn too_large(limit_bytes: usize) -> Problem {
    Problem::new(ProblemType::BodyTooLarge, format!("The request has more than {limit_bytes} bytes."))
}

/// The largest request on a line, in bytes: as the service takes by default.
pub const LINE_LIMIT_BYTES: usize = 256 * 1024;

/// Screens requests that come one a line, for callers without HTTP.
#[derive(Debug)]
pub struct LineScreener {
    ruleset: Arc<Ruleset>,
    schema: BodySchema,
    language: Language,
}

/// What one line came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScreenedLine {
    /// The answer as one line of JSON: `line`, `status`, and `screening` or `problem`, as in an item of a batch.
    pub json: String,
    /// Everything that is wrong with the line; empty where it was screened.
    pub faults: Vec<Fault>,
}

#[derive(Serialize)]
struct LineResponse<'a> {
    line: u64,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    screening: Option<&'a Screening>,
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<ProblemResponse<'a>>,
}

impl LineScreener {
    /// A screener against this ruleset, with prose in this language.
    ///
    /// # Errors
    /// Where the published schema cannot be made.
    pub fn new(ruleset: Arc<Ruleset>, language: Language) -> Result<Self, Vec<Fault>> {
        let schema = schema_of::<ScreeningRequest>(&ruleset)?;
        Ok(Self { ruleset, schema, language })
    }

    /// Screens the request on a line, counted from 1; `today` stands in for a session without a date, and no text for one
    /// that was longer than [`LINE_LIMIT_BYTES`].
    ///
    /// # Errors
    /// Where the answer cannot be written as JSON, which no request can cause.
    pub fn screen(&self, line: u64, text: Option<Vec<u8>>, today: Date) -> Result<ScreenedLine, serde_json::Error> {
        let alone = Alone {
            schema: &self.schema,
            ruleset: &self.ruleset,
            language: self.language,
            limit_bytes: LINE_LIMIT_BYTES,
            today,
        };
        let screened = text.ok_or_else(|| too_large(LINE_LIMIT_BYTES)).and_then(|text| alone.screen(text.into()));
        let (screening, problem) = (screened.as_ref().ok(), screened.as_ref().err().map(Problem::response));
        let status = problem.as_ref().map_or(200, ProblemResponse::status);
        let json = serde_json::to_string(&LineResponse { line, status, screening, problem })?;
        Ok(ScreenedLine { json, faults: screened.err().map(Problem::into_faults).unwrap_or_default() })
    }
}
