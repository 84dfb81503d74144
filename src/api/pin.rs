//! Which ruleset answers, and how long its answer may be kept.

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::body::BoxBody;
use actix_web::dev::Payload;
use actix_web::http::header::{self, EntityTag, Header as _, HeaderValue, IfMatch, IfNoneMatch};
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, HttpResponse, Responder};
use serde::{Deserialize, Serialize};
use utoipa::IntoParams;

use crate::model::Language;
use crate::ruleset::{Ruleset, Rulesets};

use super::language::name_language;
use super::parameters;
use super::problem::{FaultResponse, Problem, ProblemType};
use super::server::Service;

/// The header that pins a version, and that names it in answers.
pub(crate) const RULESET_VERSION: &str = "ruleset-version";
/// The header that names the digest in answers.
pub(crate) const RULESET_DIGEST: &str = "ruleset-digest";

const NEWEST: &str = "latest";
/// A pinned resource never changes.
const FOR_A_YEAR: &str = "public, max-age=31536000, immutable";

/// The pin in the query.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct PinQuery {
    /// The ruleset version that is to answer, or `latest`, which is meant when none is given.
    #[param(example = "latest")]
    ruleset: Option<String>,
}

/// The pin in the headers, as it is documented.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Header)]
#[expect(dead_code, reason = "documents what `Pin` reads from the request itself")]
pub(crate) struct PinHeaders {
    /// The ruleset version that is to answer, as the query parameter `ruleset` says it.
    #[param(rename = "Ruleset-Version", required = false, example = "latest")]
    ruleset_version: String,
    /// Answer only if the ruleset has this digest: an entity tag such as `"sha256:..."`, several, or `*`.
    #[param(rename = "If-Match", required = false, pattern = r##"^(\*|"[!#-~]*"(, ?"[!#-~]*")*)$"##, example = "*")]
    if_match: String,
    /// Names the request in the answer and in the log: at most 64 letters, digits, `-`, `_` and `.`. Anything else is replaced.
    #[param(rename = "X-Request-Id", required = false, example = "booking-4711")]
    x_request_id: String,
}

/// Which ruleset the caller of a screening wants.
#[derive(Debug)]
pub(crate) struct Pin {
    version: Option<String>,
    if_match: Option<IfMatch>,
}

impl FromRequest for Pin {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(Self::read(request))
    }
}

impl Pin {
    fn read(request: &HttpRequest) -> Result<Self, Problem> {
        Self::of(request, parameters::read::<PinQuery>(request.query_string())?.ruleset)
    }

    /// The pin of a request whose query asks for this version.
    ///
    /// # Errors
    /// A 400 where the headers disagree with it, or with each other.
    pub(crate) fn of(request: &HttpRequest, asked: Option<String>) -> Result<Self, Problem> {
        let mut headers = request.headers().get_all(RULESET_VERSION).map(HeaderValue::to_str);
        let header = headers.next().transpose().map_err(|_| unusable(RULESET_VERSION, "is no version"))?;
        let version = match (asked, header) {
            (Some(asked), Some(header)) if asked != header => {
                let detail = "The query parameter `ruleset` and the header `Ruleset-Version` disagree.";
                return Err(Problem::new(ProblemType::ConflictingPin, detail));
            }
            (asked, header) => asked.or_else(|| header.map(str::to_owned)),
        };
        if headers.any(|other| other.ok() != version.as_deref()) {
            return Err(Problem::new(
                ProblemType::ConflictingPin,
                "The header `Ruleset-Version` is given twice and disagrees.",
            ));
        }
        let if_match = if request.headers().contains_key(header::IF_MATCH) {
            let expected =
                IfMatch::parse(request).ok().filter(|it| !matches!(it, IfMatch::Items(tags) if tags.is_empty()));
            Some(expected.ok_or_else(|| unusable("If-Match", "holds no entity tag; it stands in double quotes"))?)
        } else {
            None
        };
        Ok(Self { version, if_match })
    }

    /// Whether a version is asked for.
    pub(crate) fn names_version(&self) -> bool {
        self.version.is_some()
    }

    /// The same pin, where nothing else is asked for with this version.
    pub(crate) fn or(self, version: Option<&str>) -> Self {
        Self { version: self.version.or_else(|| version.map(str::to_owned)), ..self }
    }

    /// The ruleset that is to answer.
    ///
    /// # Errors
    /// A 404 for a version that is not loaded, a 412 where it is not the ruleset that was expected.
    pub(crate) fn choose<'r>(&self, rulesets: &'r Rulesets) -> Result<&'r Arc<Ruleset>, Problem> {
        let ruleset = rulesets.find(self.version.as_deref().unwrap_or(NEWEST))?;
        let tag = entity_tag(ruleset);
        let expected = match &self.if_match {
            None | Some(IfMatch::Any) => true,
            Some(IfMatch::Items(tags)) => {
                // The tag of a resource of the ruleset, in whatever language, is good for the ruleset.
                let of_resource = |told: &str| {
                    told.strip_prefix(tag.tag()).is_some_and(|rest| rest.is_empty() || rest.starts_with(';'))
                };
                tags.iter().any(|it| !it.weak && (it.tag() == ruleset.digest() || of_resource(it.tag())))
            }
        };
        if expected {
            return Ok(ruleset);
        }
        let detail = format!("Ruleset {} has the digest `{}`.", ruleset.version(), ruleset.digest());
        Err(Problem::new(ProblemType::RulesetChanged, detail))
    }
}

fn unusable(header: &str, detail: &str) -> Problem {
    Problem::new(ProblemType::InvalidHeader, "A request header cannot be used.")
        .with_errors(vec![FaultResponse::of_header(header, "unusable-value", detail)])
}

/// What a resource of a ruleset depends on: the ruleset's bytes, and the program that shows them.
fn entity_tag(ruleset: &Ruleset) -> EntityTag {
    EntityTag::new_strong(format!("{};{}", ruleset.digest(), env!("CARGO_PKG_VERSION")))
}

/// The ruleset that an address names.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "documents what `Chosen` reads from the request itself")]
pub(crate) struct VersionPath {
    /// A version of the ruleset, or `latest`.
    #[param(example = "latest")]
    version: String,
}

/// The thing that an address names.
#[derive(Debug, IntoParams)]
#[into_params(parameter_in = Path)]
#[expect(dead_code, reason = "documents what `Chosen` reads from the request itself")]
pub(crate) struct IdPath {
    /// The thing's id.
    id: String,
}

/// A ruleset chosen by the address, `{version}`, and perhaps a thing in it, `{id}`.
#[derive(Debug)]
pub(crate) struct Chosen {
    /// The ruleset.
    pub(crate) ruleset: Arc<Ruleset>,
    id: String,
    newest: bool,
}

impl FromRequest for Chosen {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        ready(Self::read(request))
    }
}

impl Chosen {
    fn read(request: &HttpRequest) -> Result<Self, Problem> {
        let version = request.match_info().query("version");
        let service = request.app_data::<Data<Service>>().ok_or_else(|| Problem::of_status(http_500()))?;
        let ruleset = Arc::clone(service.rulesets.find(version)?);
        Ok(Self { ruleset, id: request.match_info().query("id").to_owned(), newest: version == NEWEST })
    }

    /// The `{id}` of the address, as it was written.
    pub(crate) fn id(&self) -> &str {
        &self.id
    }

    /// The problem of an `{id}` that the ruleset does not have; `like` are those that may have been meant.
    pub(crate) fn nothing(&self, kind: &str, like: Vec<String>) -> Problem {
        let detail = format!("Ruleset {} has no {kind} of this id.", self.ruleset.version());
        let fault = FaultResponse::of_parameter("id", "unknown-id", format!("no {kind} has this id")).guessing(like);
        Problem::new(ProblemType::NotInRuleset, detail).with_errors(vec![fault])
    }

    /// The answer, with how long it may be kept.
    pub(crate) fn answer<T>(self, body: T) -> Cached<T> {
        Cached { body, chosen: self, language: None }
    }

    /// The answer in a language, of which there are others at the same address.
    pub(crate) fn answer_in<T>(self, language: Language, body: T) -> Cached<T> {
        Cached { body, chosen: self, language: Some(language) }
    }
}

fn http_500() -> actix_web::http::StatusCode {
    actix_web::http::StatusCode::INTERNAL_SERVER_ERROR
}

/// A resource of a ruleset that callers may keep: for good where the version is pinned, else to be asked about again.
pub(crate) struct Cached<T> {
    body: T,
    chosen: Chosen,
    language: Option<Language>,
}

impl<T: Serialize> Responder for Cached<T> {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let Self { body, chosen, language } = self;
        let mut tag = entity_tag(&chosen.ruleset);
        if let Some(language) = language {
            tag = EntityTag::new_strong(format!("{};{}", tag.tag(), language.as_str()));
        }
        let mut response = revalidated(request, &tag);
        response
            .insert_header((header::CACHE_CONTROL, if chosen.newest { "no-cache" } else { FOR_A_YEAR }))
            .insert_header((RULESET_VERSION, chosen.ruleset.version()))
            .insert_header((RULESET_DIGEST, chosen.ruleset.digest()));
        let mut response = finish(response, &body);
        if let Some(language) = language {
            name_language(response.headers_mut(), language);
        }
        response
    }
}

/// A response with this tag: 304 where the caller has it already (RFC 9110, section 13.1.2), else 200.
pub(crate) fn revalidated(request: &HttpRequest, tag: &EntityTag) -> actix_web::HttpResponseBuilder {
    let has_it = match IfNoneMatch::parse(request) {
        Ok(IfNoneMatch::Any) => request.headers().contains_key(header::IF_NONE_MATCH),
        Ok(IfNoneMatch::Items(tags)) => tags.iter().any(|it| it.weak_eq(tag)),
        Err(_) => false,
    };
    let mut response = if has_it { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    response.insert_header(header::ETag(tag.clone()));
    response
}

/// The response with this body as JSON, unless it is a 304.
pub(crate) fn finish<T: Serialize>(mut response: actix_web::HttpResponseBuilder, body: &T) -> HttpResponse {
    let mut response = response.finish();
    if response.status() == actix_web::http::StatusCode::NOT_MODIFIED {
        return response;
    }
    match serde_json::to_vec(body) {
        Ok(bytes) => {
            response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
            response.set_body(BoxBody::new(bytes))
        }
        Err(_) => HttpResponse::from_error(Problem::of_status(http_500())),
    }
}
