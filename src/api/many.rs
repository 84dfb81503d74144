//! What answers about many sessions share: their headers, and what the log may say of them.

use std::sync::Arc;

use actix_web::body::BoxBody;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, Responder};
use serde::Serialize;
use utoipa::ToSchema;

use crate::model::{Language, RulesetStamp, Verdict};

use super::language::name_language;
use super::pin::{RULESET_DIGEST, RULESET_VERSION, finish};
use super::problem::Problem;

/// How many sessions came to what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = BatchCounts)]
pub(crate) struct VerdictCounts {
    /// Screenings with the verdict `allow`.
    pub(crate) allow: u64,
    /// Screenings with the verdict `caution`.
    pub(crate) caution: u64,
    /// Screenings with the verdict `deny`.
    pub(crate) deny: u64,
    /// Items with a problem.
    pub(crate) failed: u64,
}

impl VerdictCounts {
    /// Counts one more; `None` is a problem.
    pub(crate) fn count(&mut self, verdict: Option<Verdict>) {
        let counted = match verdict {
            Some(Verdict::Allow) => &mut self.allow,
            Some(Verdict::Caution) => &mut self.caution,
            Some(Verdict::Deny) => &mut self.deny,
            None => &mut self.failed,
        };
        *counted += 1;
    }
}

/// What the log may say of many sessions: nothing about the clients.
#[derive(Debug, Clone)]
pub(crate) struct ManyFigures {
    pub(crate) counts: VerdictCounts,
    pub(crate) ruleset: Arc<str>,
    /// Whether each session was screened for a client of its own.
    pub(crate) clients: bool,
}

/// An answer about many sessions on its way to the caller.
pub(crate) struct ManyAnswer<T> {
    pub(crate) body: T,
    pub(crate) language: Language,
    pub(crate) stamp: RulesetStamp,
    pub(crate) figures: ManyFigures,
}

impl<T: Serialize> Responder for ManyAnswer<T> {
    type Body = BoxBody;

    fn respond_to(self, _request: &HttpRequest) -> HttpResponse {
        let Self { body, language, stamp, figures } = self;
        let mut response = finish(HttpResponse::Ok(), &body);
        let headers = response.headers_mut();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        name_language(headers, language);
        for (name, value) in [(RULESET_VERSION, &stamp.version), (RULESET_DIGEST, &stamp.digest)] {
            if let Ok(value) = HeaderValue::from_str(value) {
                headers.insert(HeaderName::from_static(name), value);
            }
        }
        response.extensions_mut().insert(figures);
        response
    }
}

/// The problem of work that did not come to its end.
pub(crate) fn unfinished() -> Problem {
    Problem::of_status(StatusCode::INTERNAL_SERVER_ERROR)
}
