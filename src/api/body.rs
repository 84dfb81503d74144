//! Request bodies: read whole before anything is decided, decoded on the fast path, explained in full where that fails.

use std::cell::RefCell;
use std::fmt;
use std::future::{Ready, poll_fn, ready};
use std::pin::pin;

use actix_web::body::{BodyStream, EitherBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderMap};
use actix_web::middleware::Next;
use actix_web::mime;
use actix_web::rt::time::timeout;
use actix_web::web::{Bytes, BytesMut, Data};
use actix_web::{FromRequest, HttpMessage as _, HttpRequest, ResponseError as _};
use serde::de::{DeserializeOwned, DeserializeSeed, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::{Map, Value};

use crate::model::Fault;
use crate::ruleset::Ruleset;

use super::problem::{Problem, ProblemType};
use super::schema::{BodySchema, below};
use super::server::Service;

/// A caller who sends more than the limit hears so, if it stops before this many bytes; a longer one is cut off.
const DRAIN_BYTES: usize = 16 * 1024 * 1024;

/// Reads the whole body before any handler runs, so that an early refusal leaves nothing on the connection.
pub(crate) async fn buffer<B: MessageBody>(
    service: Data<Service>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<EitherBody<B>>, actix_web::Error> {
    let (request, payload) = request.into_parts();
    let payload = if matches!(payload, Payload::None) {
        payload
    } else {
        match timeout(service.body_timeout, whole(&request, payload, service.body_limit_bytes(request.path()))).await {
            Ok(Ok(bytes)) => {
                request.extensions_mut().insert(Buffered(bytes));
                Payload::None
            }
            failed => {
                let problem = match failed {
                    Ok(Err(problem)) => problem,
                    _ => Problem::of_status(StatusCode::REQUEST_TIMEOUT),
                };
                let response = problem.error_response().map_into_right_body();
                return Ok(ServiceResponse::new(request, response));
            }
        }
    };
    Ok(next.call(ServiceRequest::from_parts(request, payload)).await?.map_into_left_body())
}

/// A body that has arrived whole.
struct Buffered(Bytes);

async fn whole(request: &HttpRequest, payload: Payload, limit: usize) -> Result<Bytes, Problem> {
    let too_large = || {
        let detail = format!("The body has more than {limit} bytes.");
        Problem::new(ProblemType::BodyTooLarge, detail)
    };
    let announced =
        request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if announced.is_some_and(|length| length > DRAIN_BYTES) {
        return Err(too_large());
    }
    let mut bytes = BytesMut::with_capacity(announced.unwrap_or(0).min(limit));
    let mut length: usize = 0;
    let mut stream = pin!(BodyStream::new(payload));
    while let Some(chunk) = poll_fn(|context| stream.as_mut().poll_next(context)).await {
        let chunk =
            chunk.map_err(|_| Problem::new(ProblemType::IncompleteBody, ProblemType::IncompleteBody.entry().help))?;
        length = length.saturating_add(chunk.len());
        if length > DRAIN_BYTES {
            break;
        }
        if length <= limit {
            bytes.extend_from_slice(&chunk);
        }
    }
    if length > limit { Err(too_large()) } else { Ok(bytes.freeze()) }
}

/// A JSON body, not yet decoded: that needs the ruleset whose names it uses.
#[derive(Debug)]
pub(crate) struct Body(Bytes);

impl Body {
    /// A body that stood within another, or came without HTTP.
    pub(crate) fn of(text: impl Into<Bytes>) -> Self {
        Self(text.into())
    }

    /// The body as it came.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// The request that the body holds.
    ///
    /// # Errors
    /// A 400 where it is no JSON, else a 422 with everything that is wrong.
    pub(crate) fn decode<T: RequestBody>(&self, schema: &BodySchema, ruleset: &Ruleset) -> Result<T, Problem> {
        match serde_json::from_slice::<T>(&self.0) {
            Ok(request) if request.is_surely_in_bounds() && request.shape() == Shape::of(&self.0) => Ok(request),
            decoded => {
                let (document, mut faults) = self.document()?;
                faults.extend(schema.faults(&document, ruleset));
                faults.sort();
                match decoded {
                    Ok(request) if faults.is_empty() => Ok(request),
                    _ => Err(Problem::invalid(faults)),
                }
            }
        }
    }

    /// The body as any JSON, and a fault for each member that is given twice.
    ///
    /// # Errors
    /// A 400 where it is no JSON.
    pub(crate) fn document(&self) -> Result<(Value, Vec<Fault>), Problem> {
        let text = std::str::from_utf8(&self.0).map_err(|error| {
            let detail = format!("The byte at offset {} is not UTF-8.", error.valid_up_to());
            Problem::new(ProblemType::InvalidUtf8, detail)
        })?;
        let duplicates = RefCell::default();
        let mut reader = serde_json::Deserializer::from_str(text);
        let document = Node { pointer: String::new(), duplicates: &duplicates }
            .deserialize(&mut reader)
            .and_then(|document| reader.end().map(|()| document))
            .map_err(|error| unreadable(&error))?;
        let twice = |pointer| Fault::new(pointer, "duplicate-field", "is given more than once");
        Ok((document, duplicates.into_inner().into_iter().map(twice).collect()))
    }
}

/// The request that a text holds, for callers without HTTP: read exactly as a body is.
///
/// # Errors
/// Everything that is wrong with it, by place; a text that is no JSON is one fault.
pub fn read_request<T: RequestBody>(text: &[u8], ruleset: &Ruleset) -> Result<T, Vec<Fault>> {
    let schema = schema_of::<T>(ruleset)?;
    Body::of(Bytes::copy_from_slice(text)).decode(&schema, ruleset).map_err(Problem::into_faults)
}

/// The published schema of a request, for callers without HTTP: making it takes longer than many readings.
pub(crate) fn schema_of<T: RequestBody>(ruleset: &Ruleset) -> Result<BodySchema, Vec<Fault>> {
    let unusable = |detail: String| vec![Fault::new("", "unusable-schema", detail)];
    let document = serde_json::to_value(super::document::openapi_for(Some(ruleset)))
        .map_err(|error| unusable(error.to_string()))?;
    BodySchema::new(&document, T::SCHEMA).map_err(|error| unusable(error.to_string()))
}

/// The health record that a text holds, for callers without HTTP: read exactly as a body of `POST /v1/fhir/screenings` is.
///
/// # Errors
/// Everything that is wrong with it, by place.
pub fn read_record(text: &[u8]) -> Result<Value, Vec<Fault>> {
    super::fhir::record_of(&Body(Bytes::copy_from_slice(text))).map_err(Problem::into_faults)
}

/// A request that comes as a JSON body.
pub trait RequestBody: DeserializeOwned {
    /// The name of its schema in the OpenAPI document.
    const SCHEMA: &'static str;

    /// Whether every length is within the published bounds; where this is not sure, the schema decides.
    fn is_surely_in_bounds(&self) -> bool;

    /// How many objects and arrays its JSON has.
    fn shape(&self) -> Shape;
}

/// How many objects and arrays a JSON text has, or more: a bracket in a string counts too.
///
/// Serde reads an array as a structure and an object as a word (`[46]` for a client, `{"acute": null}` for a phase), which
/// the published schema does not allow. The first adds an array, and nothing takes one away; the second adds an object, and
/// only the first takes one away. So where either was done the numbers differ, and then the schema decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shape {
    /// How many objects.
    pub objects: usize,
    /// How many arrays.
    pub arrays: usize,
}

impl Shape {
    /// How many of each a text has.
    pub(crate) fn of(bytes: &[u8]) -> Self {
        bytes.iter().fold(Self { objects: 0, arrays: 0 }, |shape, byte| Self {
            objects: shape.objects + usize::from(*byte == b'{'),
            arrays: shape.arrays + usize::from(*byte == b'['),
        })
    }
}

/// Where reading stopped, and not at what.
pub(crate) fn unreadable(error: &serde_json::Error) -> Problem {
    let place = format!("line {}, column {}", error.line(), error.column());
    // Their messages are fixed sentences; those of the third kind could hold what was read.
    let (kind, detail) = match error.classify() {
        Category::Eof => (ProblemType::MalformedJson, format!("The body ends too early, at {place}.")),
        Category::Syntax | Category::Io if error.to_string().starts_with("recursion limit") => {
            (ProblemType::TooDeep, format!("Nested too deeply at {place}."))
        }
        Category::Syntax | Category::Io | Category::Data => {
            (ProblemType::MalformedJson, format!("Reading stopped at {place}."))
        }
    };
    Problem::new(kind, detail)
}

/// Reads any JSON value and keeps the places of members that are given twice.
struct Node<'d> {
    pointer: String,
    duplicates: &'d RefCell<Vec<String>>,
}

impl<'de> DeserializeSeed<'de> for Node<'_> {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node<'_> {
    type Value = Value;
    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("JSON")
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_f64<E: serde::de::Error>(self, value: f64) -> Result<Value, E> {
        serde_json::Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("not a number"))
    }
    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut read = Vec::new();
        while let Some(item) =
            items.next_element_seed(Node { pointer: below(&self.pointer, &read.len().to_string()), ..self })?
        {
            read.push(item);
        }
        Ok(Value::Array(read))
    }
    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut read = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            let pointer = below(&self.pointer, &name);
            let value = members.next_value_seed(Node { pointer: pointer.clone(), ..self })?;
            if read.insert(name, value).is_some() {
                self.duplicates.borrow_mut().push(pointer);
            }
        }
        Ok(Value::Object(read))
    }
}

impl FromRequest for Body {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let buffered = request.extensions_mut().remove::<Buffered>().map_or_else(Bytes::new, |Buffered(bytes)| bytes);
        ready(check_type(request.headers()).map(|()| Self(buffered)))
    }
}

/// Whether the headers announce JSON in UTF-8, as it is.
fn check_type(headers: &HeaderMap) -> Result<(), Problem> {
    let refused = |detail: &str| Err(Problem::new(ProblemType::UnsupportedMediaType, detail));
    if headers.get(header::CONTENT_ENCODING).is_some_and(|coding| !coding.as_bytes().eq_ignore_ascii_case(b"identity"))
    {
        return refused("The body is sent in a content encoding.");
    }
    let Some(announced) = headers.get(header::CONTENT_TYPE) else {
        return refused("The request has no `Content-Type`.");
    };
    let Some(media_type) = announced.to_str().ok().and_then(|text| text.parse::<mime::Mime>().ok()) else {
        return refused("`Content-Type` is no media type.");
    };
    let json = media_type.type_() == mime::APPLICATION
        && (media_type.subtype() == mime::JSON || media_type.suffix() == Some(mime::JSON));
    let utf_8 = media_type.get_param(mime::CHARSET).is_none_or(|charset| charset == mime::UTF_8);
    match (json, utf_8) {
        (true, true) => Ok(()),
        (true, false) => refused("JSON is sent as UTF-8."),
        (false, _) => refused("`Content-Type` is not JSON."),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn announced(content_type: &'static str) -> bool {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static(content_type));
        check_type(&headers).is_ok()
    }

    #[test]
    fn json_in_utf_8_is_taken_under_any_of_its_names() {
        for good in ["application/json", "application/json; charset=utf-8", "application/fhir+json", "APPLICATION/JSON"]
        {
            assert!(announced(good), "{good}");
        }
        for bad in ["text/json", "text/plain", "application/json; charset=latin1", "application/jsonp", "json", ""] {
            assert!(!announced(bad), "{bad}");
        }
    }
}
