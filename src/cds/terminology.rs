//! The massage types as a FHIR code system, and how codes of others lead to them.

use serde_json::{Map, Value, json};

use crate::ruleset::Ruleset;
use crate::ruleset::document::BookingCodeDocument;

/// The canonical address of the code system of massage types.
pub const MASSAGE_TYPE: &str = "https://kneadsafe.example/fhir/CodeSystem/massage-type";
/// The canonical address of the map from codes of others.
pub const MAP: &str = "https://kneadsafe.example/fhir/ConceptMap/massage-type";
/// The code of massage whose type is not told; every type stands below it.
pub const ANY_TYPE: &str = "massage";

const ANY_TYPE_NAME: &str = "Massage of a type that is not told";

/// The code and name of a massage type, or of massage of any type.
#[must_use]
pub fn coding(ruleset: &Ruleset, number: Option<usize>) -> (String, String) {
    match number.and_then(|number| ruleset.massage_types().get(number)) {
        Some(kind) => (kind.id.to_string(), kind.document.name.clone()),
        None => (ANY_TYPE.to_owned(), any_type_name(ruleset).to_owned()),
    }
}

fn any_type_name(ruleset: &Ruleset) -> &str {
    ruleset.bundle().massage_types.unspecified.as_ref().map_or(ANY_TYPE_NAME, |document| document.name.as_str())
}

/// What both resources say of themselves.
fn about(ruleset: &Ruleset, kind: &str, url: &str, name: &str, title: &str, description: &str) -> Map<String, Value> {
    let manifest = &ruleset.bundle().manifest;
    let members = [
        ("resourceType", json!(kind)),
        ("id", json!("massage-type")),
        ("url", json!(url)),
        ("version", json!(manifest.version)),
        ("name", json!(name)),
        ("title", json!(title)),
        ("status", json!("active")),
        ("experimental", json!(false)),
        ("date", json!(manifest.date.to_string())),
        ("publisher", json!("The Kneadsafe project")),
        ("description", json!(description)),
    ];
    members.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The massage types as a `CodeSystem`. Source: HL7 FHIR R4, `CodeSystem`.
#[must_use]
pub fn code_system(ruleset: &Ruleset) -> Value {
    let types: Vec<Value> = ruleset
        .massage_types()
        .iter()
        .map(|kind| {
            let designations: Vec<Value> = kind.document.synonyms.iter().map(|name| json!({ "value": name })).collect();
            concept(
                kind.id.as_str(),
                &kind.document.name,
                Some(&kind.document.description),
                "designation",
                designations,
            )
        })
        .collect();
    let unspecified = ruleset.bundle().massage_types.unspecified.as_ref();
    let definition = unspecified.map(|document| document.description.as_str());
    let top = concept(ANY_TYPE, any_type_name(ruleset), definition, "concept", types);
    let description =
        "Types of massage that can be booked. The code above all others stands for a massage whose type is not told.";
    let mut resource = about(ruleset, "CodeSystem", MASSAGE_TYPE, "MassageType", "Massage types", description);
    resource.insert("caseSensitive".to_owned(), json!(true));
    resource.insert("hierarchyMeaning".to_owned(), json!("is-a"));
    resource.insert("content".to_owned(), json!("complete"));
    resource.insert("count".to_owned(), json!(ruleset.massage_types().len() + 1));
    resource.insert("concept".to_owned(), json!([top]));
    Value::Object(resource)
}

/// One concept, with a list below it where there is anything to list.
fn concept(code: &str, display: &str, definition: Option<&str>, list: &str, items: Vec<Value>) -> Value {
    let mut concept = Map::new();
    concept.insert("code".to_owned(), json!(code));
    concept.insert("display".to_owned(), json!(display));
    concept.extend(definition.map(|definition| ("definition".to_owned(), json!(definition))));
    if !items.is_empty() {
        concept.insert(list.to_owned(), Value::Array(items));
    }
    Value::Object(concept)
}

/// How codes of others lead to massage types, as a `ConceptMap`. Source: HL7 FHIR R4, `ConceptMap`.
#[must_use]
pub fn concept_map(ruleset: &Ruleset) -> Value {
    let mut groups: Vec<(String, Vec<Value>)> = Vec::new();
    let file = &ruleset.bundle().massage_types;
    let of_any = file.unspecified.iter().flat_map(|document| &document.codes).map(|code| (None, code));
    let of_types = file
        .massage_types
        .iter()
        .enumerate()
        .flat_map(|(number, kind)| kind.codes.iter().map(move |code| (Some(number), code)));
    for (number, BookingCodeDocument { system, code, display, equivalence }) in of_any.chain(of_types) {
        let (target, name) = coding(ruleset, number);
        let element = json!({
            "code": code, "display": display,
            "target": [{ "code": target, "display": name, "equivalence": equivalence.as_str() }],
        });
        match groups.iter_mut().find(|(known, _)| known == system) {
            Some((_, elements)) => elements.push(element),
            None => groups.push((system.clone(), vec![element])),
        }
    }
    let description =
        "Codes under which a massage is booked elsewhere, and the massage types that they are screened as.";
    let mut resource = about(ruleset, "ConceptMap", MAP, "MassageTypeMap", "Codes of massage elsewhere", description);
    let groups: Vec<Value> = groups
        .into_iter()
        .map(|(source, elements)| json!({ "source": source, "target": MASSAGE_TYPE, "element": elements }))
        .collect();
    if !groups.is_empty() {
        resource.insert("group".to_owned(), Value::Array(groups));
    }
    Value::Object(resource)
}
