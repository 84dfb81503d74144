//! The answers of an intake form as they are posted as a FHIR R4 `QuestionnaireResponse`.
//!
//! Source: HL7 FHIR R4 (4.0.1), `QuestionnaireResponse`.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

use crate::model::Fault;
use crate::screening::questionnaire::{Given, GivenValue, Said, canonical_of};

use super::schema::below;

/// The name of the schema of answers as a FHIR resource.
pub(crate) const FHIR_ANSWERS: &str = "QuestionnaireResponseRequest";

/// Answers to the intake form as a FHIR R4 `QuestionnaireResponse`. Members that are not listed here (`subject`, `author`,
/// `authored`, `identifier` and others) are taken and not read.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct QuestionnaireResponseRequest {
    /// Always `QuestionnaireResponse`.
    pub(crate) resource_type: ResourceTypeRequest,
    /// The form that was answered: its canonical address with `|` and its version. The version is needed unless the query or a
    /// header says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200, example = "https://kneadsafe.example/fhir/Questionnaire/intake|1.2.0")]
    pub(crate) questionnaire: Option<String>,
    /// How far it has come. What was entered in error is not screened.
    pub(crate) status: ResponseStatusRequest,
    /// The groups and questions.
    #[serde(default)]
    #[schema(max_items = 5000)]
    pub(crate) item: Vec<ResponseItemRequest>,
}

/// The type of the resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub(crate) enum ResourceTypeRequest {
    /// Answers to a questionnaire.
    QuestionnaireResponse,
}

/// How far a response has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum ResponseStatusRequest {
    /// It is being filled in: what is not answered was not asked.
    InProgress,
    /// It is finished.
    Completed,
    /// It was changed after it was finished.
    Amended,
    /// It is wrong altogether.
    EnteredInError,
    /// It was given up.
    Stopped,
}

/// A group or a question of a response.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ResponseItemRequest {
    /// Its name on the form.
    #[schema(min_length = 1, max_length = 300, example = "category.cardiovascular.conditions")]
    pub(crate) link_id: String,
    /// The answers.
    #[serde(default)]
    #[schema(max_items = 200)]
    pub(crate) answer: Vec<ResponseAnswerRequest>,
    /// What stands below a group.
    #[serde(default)]
    #[schema(max_items = 5000, no_recursion)]
    pub(crate) item: Vec<ResponseItemRequest>,
}

/// One answer of a response, by exactly one `value…`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct ResponseAnswerRequest {
    /// Yes or no.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value_boolean: Option<bool>,
    /// A number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value_decimal: Option<f64>,
    /// A whole number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value_integer: Option<f64>,
    /// A day.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value_date: Option<String>,
    /// A day with a time, which is not read.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value_date_time: Option<String>,
    /// Words, or what a choice is called.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value_string: Option<String>,
    /// A choice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) value_coding: Option<CodingRequest>,
    /// What stands below the answer.
    #[schema(no_recursion)]
    pub(crate) item: Vec<ResponseItemRequest>,
}

/// A choice of a form.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub(crate) struct CodingRequest {
    /// The code system, as the form writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) system: Option<String>,
    /// The code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) code: Option<String>,
    /// What it is called; read where there is no code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) display: Option<String>,
}

/// The members of a resource, an item, an answer and a coding that are read.
const READ: [&[&str]; 4] = [
    &["resourceType", "questionnaire", "status", "item", "modifierExtension", "implicitRules"],
    &["linkId", "answer", "item", "modifierExtension"],
    &[
        "valueBoolean",
        "valueDecimal",
        "valueInteger",
        "valueDate",
        "valueDateTime",
        "valueTime",
        "valueString",
        "valueUri",
        "valueAttachment",
        "valueCoding",
        "valueQuantity",
        "valueReference",
        "item",
        "modifierExtension",
    ],
    &["system", "code", "display"],
];

/// The same resource without the members that are not read, so that nothing in them is looked at: they may name a person.
pub(crate) fn pruned(resource: Value) -> Value {
    let Value::Object(members) = resource else { return resource };
    Value::Object(keep(members, 0))
}

fn keep(members: Map<String, Value>, kind: usize) -> Map<String, Value> {
    let read = READ.get(kind).copied().unwrap_or_default();
    let kept = members.into_iter().filter(|(name, _)| read.contains(&name.as_str()));
    kept.map(|(name, value)| {
        let kind = match name.as_str() {
            "item" => Some(1),
            "answer" => Some(2),
            "valueCoding" => Some(3),
            _ => None,
        };
        let value = match (kind, value) {
            (Some(kind), Value::Object(inner)) => Value::Object(keep(inner, kind)),
            (Some(kind), Value::Array(items)) => items
                .into_iter()
                .map(|item| if let Value::Object(inner) = item { Value::Object(keep(inner, kind)) } else { item })
                .collect(),
            (_, value) => value,
        };
        (name, value)
    })
    .collect()
}

/// The form that a canonical address names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Canonical {
    /// The massage type that it is for, by id; `None` is the whole form.
    pub(crate) massage_type: Option<String>,
    /// Its version.
    pub(crate) version: Option<String>,
}

impl Canonical {
    /// Reads a canonical address, with or without a version; `None` where it is not one of our forms.
    pub(crate) fn read(text: &str) -> Option<Self> {
        let (url, version) = text.split_once('|').map_or((text, None), |(url, version)| (url, Some(version)));
        let suffix = url.strip_prefix(&canonical_of(None))?;
        let massage_type = if suffix.is_empty() { None } else { Some(suffix.strip_prefix('-')?.to_owned()) };
        Some(Self { massage_type, version: version.filter(|version| !version.is_empty()).map(str::to_owned) })
    }
}

/// What a response says that no answer can be read from.
#[derive(Debug, Default)]
pub(crate) struct Walk {
    pub(crate) given: Vec<Given>,
    pub(crate) faults: Vec<Fault>,
}

impl QuestionnaireResponseRequest {
    /// The answers, each with its place, and what cannot be read.
    pub(crate) fn given(&self) -> Walk {
        let mut walk = Walk::default();
        if self.status == ResponseStatusRequest::EnteredInError {
            let detail = "was entered in error, so that nothing in it counts";
            walk.faults.push(Fault::new("/status", "entered-in-error", detail));
        }
        walk.items("/item", &self.item);
        walk
    }
}

impl Walk {
    fn items(&mut self, pointer: &str, items: &[ResponseItemRequest]) {
        for (at, item) in items.iter().enumerate() {
            let here = format!("{pointer}/{at}");
            let mut values = Vec::new();
            for (at, answer) in item.answer.iter().enumerate() {
                let pointer = format!("{here}/answer/{at}");
                self.items(&format!("{pointer}/item"), &answer.item);
                values.extend(self.value(&pointer, answer));
            }
            if !values.is_empty() {
                self.given.push(Given { link_id: item.link_id.clone(), pointer: here.clone(), values });
            }
            self.items(&format!("{here}/item"), &item.item);
        }
    }

    /// What an answer says; one without a value, such as a reason why there is none, says nothing.
    fn value(&mut self, pointer: &str, answer: &ResponseAnswerRequest) -> Option<GivenValue> {
        // A day is what counts of a point in time.
        let day = |text: &String| Said::Text(text.split('T').next().unwrap_or_default().to_owned());
        let said: Vec<(&str, Said)> = [
            answer.value_boolean.map(|flag| ("valueBoolean", Said::Flag(flag))),
            answer.value_decimal.map(|number| ("valueDecimal", Said::Number(number))),
            answer.value_integer.map(|number| ("valueInteger", Said::Number(number))),
            answer.value_date.as_ref().map(|text| ("valueDate", Said::Text(text.clone()))),
            answer.value_date_time.as_ref().map(|text| ("valueDateTime", day(text))),
            answer.value_string.as_ref().map(|text| ("valueString", Said::Text(text.clone()))),
            answer.value_coding.as_ref().and_then(|coding| Some(("valueCoding", coding.said()?))),
        ]
        .into_iter()
        .flatten()
        .collect();
        if said.len() > 1 {
            self.faults.push(Fault::new(pointer, "exactly-one-value", "must have one `value…` alone"));
            return None;
        }
        let (name, said) = said.into_iter().next()?;
        Some(GivenValue { pointer: format!("{pointer}/{name}"), said })
    }
}

impl CodingRequest {
    fn said(&self) -> Option<Said> {
        match (&self.code, &self.display) {
            (Some(code), _) => Some(Said::Code(self.system.clone(), code.clone())),
            (None, Some(display)) => Some(Said::Text(display.clone())),
            (None, None) => None,
        }
    }
}

/// What must not be passed over in silence (FHIR R4, modifier elements): the places of it.
pub(crate) fn modifiers(resource: &Value) -> Vec<Fault> {
    let mut faults = Vec::new();
    find_modifiers(resource, "", &mut faults);
    faults
}

fn find_modifiers(value: &Value, pointer: &str, faults: &mut Vec<Fault>) {
    const UNREADABLE: [&str; 7] = [
        "modifierExtension",
        "implicitRules",
        "valueTime",
        "valueUri",
        "valueAttachment",
        "valueQuantity",
        "valueReference",
    ];
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let here = below(pointer, name);
                if UNREADABLE.contains(&name.as_str()) {
                    let detail = "is not understood here, and cannot be left out of account";
                    faults.push(Fault::new(here, "not-understood", detail));
                } else {
                    find_modifiers(member, &here, faults);
                }
            }
        }
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                find_modifiers(item, &format!("{pointer}/{at}"), faults);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}
