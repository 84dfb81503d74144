//! The OpenAPI document: what the handlers say of themselves, and what only a ruleset or the whole can say.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::info::{ContactBuilder, InfoBuilder, LicenseBuilder};
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::{ArrayItems, Object, ObjectBuilder, Schema, SchemaType, Type};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityRequirement, SecurityScheme};
use utoipa::openapi::tag::TagBuilder;
use utoipa::openapi::{Components, OpenApi, Ref, RefOr, ServerBuilder};
use utoipa::{PartialSchema as _, ToSchema as _};

use crate::model::Language;
use crate::ruleset::{Ruleset, Rulesets};

use super::examples;
use super::outcome::FHIR_JSON;
use super::problem::ProblemResponse;
use super::routes;
use super::schema::{BODY_REGION_NAME, MASSAGE_TYPE_NAME, TECHNIQUE_NAME};

const BEARER: &str = "bearer";

const DESCRIPTION: &str = "Kneadsafe answers one question before a massage is booked: *may this client have this massage, on \
    this day, and if not, what would make it possible?* It is stateless: nothing about a client is stored or logged, and \
    it takes nothing that identifies a person.\n\nEvery answer is a screening aid, not a diagnosis and no medical advice. \
    What is unknown, unrecognised or not asked never leads to `allow`. Every reason names its rule, the facts that it read \
    and its sources.\n\nFailures are problem documents (RFC 9457); bad bodies are answered with all their faults at once.";

/// The OpenAPI document, with the names of the newest ruleset that the program carries; the same bytes every time.
#[must_use]
pub fn openapi() -> OpenApi {
    let rulesets = Rulesets::embedded().ok();
    let newest = rulesets.as_ref().and_then(|rulesets| rulesets.find("latest").ok());
    openapi_for(newest.map(|ruleset| &**ruleset))
}

/// The OpenAPI document with the names of this ruleset.
pub(crate) fn openapi_for(ruleset: Option<&Ruleset>) -> OpenApi {
    let mut document = routes::documented();
    document.info = InfoBuilder::new()
        .title("Kneadsafe")
        .version(env!("CARGO_PKG_VERSION"))
        .description(Some(DESCRIPTION))
        .contact(Some(ContactBuilder::new().name(Some("The Kneadsafe project")).build()))
        .license(Some(LicenseBuilder::new().name("Apache License 2.0").identifier(Some("Apache-2.0")).build()))
        .build();
    document.servers =
        Some(vec![ServerBuilder::new().url("/").description(Some("The service that serves this document")).build()]);
    let tag = |name: &str, about: &str| TagBuilder::new().name(name).description(Some(about)).build();
    document.tags = Some(vec![
        tag("screenings", "May this client have this massage, on this day?"),
        tag("fhir", "The same from a health record in FHIR R4, and the answer in FHIR R4."),
        tag("assessments", "Is what a client feels after a massage to be expected?"),
        tag("rulesets", "What a verdict rests on: conditions, massage types, rules and their sources, by version."),
        tag("cds-hooks", "The same for EHRs: CDS Hooks 2.0.1 over FHIR R4, and the code system of massage types."),
        tag("operations", "Whether the service lives, how it does, what it is, and what its failures mean."),
    ]);
    for (path, item) in &mut document.paths.paths {
        let operations = [&mut item.get, &mut item.post].into_iter().flatten();
        operations.for_each(|operation| finish_operation(path, operation));
    }
    if let Some(components) = &mut document.components {
        finish_components(components, ruleset);
    }
    document
}

/// The document as it is served and written: JSON, indented, one line end.
pub(crate) fn bytes(document: &OpenApi) -> Result<Vec<u8>, serde_json::Error> {
    let mut bytes = serde_json::to_vec_pretty(document)?;
    bytes.push(b'\n');
    Ok(bytes)
}

fn finish_operation(path: &str, operation: &mut Operation) {
    operation.operation_id = operation.operation_id.take().map(|id| camel_case(&id));
    if path.starts_with("/v1") || path.starts_with("/cds-services") {
        // Either is enough: keys are asked for only where the service has some.
        operation.security =
            Some(vec![SecurityRequirement::default(), SecurityRequirement::new::<_, [&str; 0], &str>(BEARER, [])]);
    }
    if let Some(RefOr::T(body)) = &mut operation.request_body {
        for (media_type, content) in &mut body.content {
            let RefOr::T(content) = content else { continue };
            let bodies = match (path, media_type.as_str()) {
                ("/v1/screenings", _) => examples::screenings(),
                ("/v1/fhir/screenings", _) => examples::records(),
                ("/cds-services/{id}", _) => examples::hook_calls(),
                ("/cds-services/{id}/feedback", _) => examples::feedback(),
                ("/v1/screenings/batch", _) => examples::batches(),
                ("/v1/screenings/matrix", _) => examples::calendars(),
                ("/v1/screenings/from-questionnaire", FHIR_JSON) => examples::questionnaire_responses(),
                ("/v1/screenings/from-questionnaire", _) => examples::questionnaire_answers(),
                ("/v1/post-session-assessments", _) => examples::assessments(),
                _ => Vec::new(),
            };
            content.examples = bodies
                .iter()
                .map(|(name, summary, value)| {
                    let example = ExampleBuilder::new().summary(*summary).value(Some(value.clone())).build();
                    ((*name).to_owned(), RefOr::T(example))
                })
                .collect();
        }
    }
}

fn camel_case(name: &str) -> String {
    let mut words = name.split('_');
    let mut camel = words.next().unwrap_or_default().to_owned();
    for word in words {
        let mut letters = word.chars();
        camel.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        camel.push_str(letters.as_str());
    }
    camel
}

fn finish_components(components: &mut Components, ruleset: Option<&Ruleset>) {
    let schemas = &mut components.schemas;
    // `ProblemResponses` refers to it by name alone.
    let mut problem = vec![(ProblemResponse::name().into_owned(), ProblemResponse::schema())];
    ProblemResponse::schemas(&mut problem);
    schemas.extend(problem);
    // Headers alone refer to it.
    schemas.insert(Language::name().into_owned(), Language::schema());
    // An answer may gain a field in any release.
    for (_, schema) in schemas.iter_mut().filter(|(name, _)| !name.ends_with("Request")) {
        if let RefOr::T(Schema::Object(object)) = schema {
            object.additional_properties = None;
        }
    }
    if let Some(ruleset) = ruleset {
        name_things(schemas, ruleset);
    }
    for name in ["ConditionRequest", "SymptomRequest"] {
        if let Some(named) = object(schemas, name) {
            named.extensions = Some(Extensions::from_iter([("oneOf", exactly_one_name())]));
        }
    }
    let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    components.security_schemes.insert(BEARER.to_owned(), RefOr::T(bearer));
}

type Schemas = BTreeMap<String, RefOr<Schema>>;

fn object<'s>(schemas: &'s mut Schemas, name: &str) -> Option<&'s mut Object> {
    match schemas.get_mut(name) {
        Some(RefOr::T(Schema::Object(object))) => Some(object),
        _ => None,
    }
}

/// A condition is named by `id`, `code` or `text`; one that is `null` is not given.
fn exactly_one_name() -> Value {
    const NAMES: [(&str, &str); 3] = [("id", "string"), ("code", "object"), ("text", "string")];
    let only = |given: &str| -> Value {
        let properties: serde_json::Map<String, Value> = NAMES
            .iter()
            .map(|(name, kind)| ((*name).to_owned(), json!({ "type": if *name == given { kind } else { "null" } })))
            .collect();
        json!({ "required": [given], "properties": properties })
    };
    Value::Array(NAMES.iter().map(|(name, _)| only(name)).collect())
}

/// Publishes the names that massage types, body regions and techniques go by.
fn name_things(schemas: &mut Schemas, ruleset: &Ruleset) {
    let bundle = ruleset.bundle();
    let named = [
        (
            MASSAGE_TYPE_NAME,
            "A massage type by its id or one of its other names; letter case, accents, spaces and hyphens do not matter.",
            names(bundle.massage_types.massage_types.iter().map(|it| (it.id.as_str(), it.name.as_str(), &it.synonyms))),
        ),
        (
            BODY_REGION_NAME,
            "A body region by its id or one of its other names; letter case, accents, spaces and hyphens do not matter.",
            names(bundle.body_regions.body_regions.iter().map(|it| (it.id.as_str(), it.name.as_str(), &it.synonyms))),
        ),
        (
            TECHNIQUE_NAME,
            "A technique by its id or one of its other names; letter case, accents, spaces and hyphens do not matter.",
            names(bundle.techniques.techniques.iter().map(|it| (it.id.as_str(), it.name.as_str(), &it.synonyms))),
        ),
    ];
    for (name, about, names) in named {
        let schema = ObjectBuilder::new()
            .schema_type(SchemaType::Type(Type::String))
            .description(Some(about))
            .enum_values(Some(names))
            .build();
        schemas.insert(name.to_owned(), RefOr::T(Schema::Object(schema)));
    }
    for name in ["SessionRequest", "CalendarSessionRequest"] {
        if let Some(session) = object(schemas, name) {
            refer(session, "massageType", MASSAGE_TYPE_NAME);
            refer_items(session, "bodyRegions", BODY_REGION_NAME);
            refer_items(session, "techniques", TECHNIQUE_NAME);
        }
    }
    if let Some(calendar) = object(schemas, "CalendarRequest") {
        refer_items(calendar, "massageTypes", MASSAGE_TYPE_NAME);
    }
    for name in ["ConditionRequest", "SymptomRequest"] {
        if let Some(named) = object(schemas, name) {
            refer_or_null(named, "bodyRegion", BODY_REGION_NAME);
        }
    }
}

/// Ids first, in the order of the catalogue; then the other names.
fn names<'n>(things: impl Iterator<Item = (&'n str, &'n str, &'n Vec<String>)> + Clone) -> Vec<Value> {
    let ids = things.clone().map(|(id, _, _)| id);
    let others =
        things.flat_map(|(_, name, synonyms)| std::iter::once(name).chain(synonyms.iter().map(String::as_str)));
    let mut seen = BTreeSet::new();
    ids.chain(others).filter(|name| seen.insert(*name)).map(Value::from).collect()
}

fn described(property: &RefOr<Schema>) -> Option<String> {
    if let RefOr::T(Schema::Object(object)) = property { object.description.clone() } else { None }
}

fn reference(name: &str, description: Option<String>) -> Ref {
    let mut reference = Ref::from_schema_name(name);
    reference.description = description.unwrap_or_default();
    reference
}

fn refer(object: &mut Object, property: &str, name: &str) {
    if let Some(schema) = object.properties.get_mut(property) {
        *schema = RefOr::Ref(reference(name, described(schema)));
    }
}

fn refer_or_null(object: &mut Object, property: &str, name: &str) {
    if let Some(schema) = object.properties.get_mut(property) {
        let null = ObjectBuilder::new().schema_type(SchemaType::Type(Type::Null)).build();
        let either = utoipa::openapi::schema::OneOfBuilder::new().item(reference(name, described(schema))).item(null);
        *schema = RefOr::T(Schema::OneOf(either.build()));
    }
}

fn refer_items(object: &mut Object, property: &str, name: &str) {
    if let Some(RefOr::T(Schema::Array(array))) = object.properties.get_mut(property) {
        array.items = ArrayItems::RefOrSchema(Box::new(RefOr::Ref(Ref::from_schema_name(name))));
    }
}
