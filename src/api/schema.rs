//! What is wrong with a body, by the schema that the OpenAPI document publishes for it: all of it, in words of our own.
//!
//! Details name what the schema asks for, never what the body says.

use jsonschema::error::ValidationErrorKind as Kind;
use jsonschema::{ValidationError, Validator};
use serde_json::{Value, json};

use crate::model::Fault;
use crate::ruleset::{Ruleset, has_address};

/// Names of the component schemas whose values are names of a ruleset.
pub(crate) const MASSAGE_TYPE_NAME: &str = "MassageTypeName";
/// As [`MASSAGE_TYPE_NAME`], for body regions.
pub(crate) const BODY_REGION_NAME: &str = "BodyRegionName";
/// As [`MASSAGE_TYPE_NAME`], for techniques.
pub(crate) const TECHNIQUE_NAME: &str = "TechniqueName";

/// More faults than this help nobody.
const MOST_FAULTS: usize = 200;
/// Longer lists of choices are left to the document.
const MOST_OPTIONS: usize = 12;

/// One component schema of the published document, compiled.
#[derive(Debug)]
pub(crate) struct BodySchema {
    root: Value,
    validator: Validator,
}

impl BodySchema {
    /// The schema of this name in an OpenAPI document.
    ///
    /// # Errors
    /// Where the document's schemas cannot be compiled.
    pub(crate) fn new(document: &Value, name: &str) -> Result<Self, Box<ValidationError<'static>>> {
        let components = document.get("components").cloned().unwrap_or_default();
        let root = json!({
            "$schema": "https://json-schema.org/draft/2020-12/schema",
            "$ref": format!("#/components/schemas/{name}"),
            "components": components,
        });
        let validator = jsonschema::options().should_validate_formats(true).build(&root).map_err(Box::new)?;
        Ok(Self { root, validator })
    }

    /// Everything that is wrong with a body, by place; names are those of `ruleset`. At most 200 faults.
    pub(crate) fn faults(&self, body: &Value, ruleset: &Ruleset) -> Vec<Fault> {
        let mut finding = Finding { root: &self.root, ruleset, faults: Vec::new() };
        for error in self.validator.iter_errors(body) {
            finding.error(&error);
            if finding.faults.len() > MOST_FAULTS {
                break;
            }
        }
        finding.addresses(body, &mut String::new());
        let mut faults = finding.faults;
        faults.sort();
        faults.dedup();
        faults.truncate(MOST_FAULTS);
        faults
    }
}

struct Finding<'s> {
    root: &'s Value,
    ruleset: &'s Ruleset,
    faults: Vec<Fault>,
}

impl Finding<'_> {
    fn fault(&mut self, pointer: impl Into<String>, code: &str, detail: impl Into<String>) {
        self.faults.push(Fault::new(pointer, code, detail));
    }

    #[expect(clippy::wildcard_enum_match_arm, reason = "keywords that no published schema uses have one sentence")]
    fn error(&mut self, error: &ValidationError<'_>) {
        let at = error.instance_path().as_str().to_owned();
        match error.kind() {
            Kind::Required { property } => {
                let name = property.as_str().unwrap_or_default();
                self.fault(below(&at, name), "missing", format!("`{name}` is required"));
            }
            Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
                self.unknown_fields(error, &at, unexpected);
            }
            Kind::Type { .. } => self.fault(at, "wrong-type", format!("must be {}", self.types(error))),
            Kind::Enum { options } => self.not_an_option(error, at, options),
            Kind::Minimum { limit } => self.fault(at, "out-of-range", format!("must be {limit} or more")),
            Kind::Maximum { limit } => self.fault(at, "out-of-range", format!("must be {limit} or less")),
            Kind::MinLength { limit } => self.fault(at, "too-short", format!("must have {limit} or more characters")),
            Kind::MaxLength { limit } => self.fault(at, "too-long", format!("must have {limit} or fewer characters")),
            Kind::MinItems { limit } => self.fault(at, "too-few-items", format!("must have {limit} or more items")),
            Kind::MaxItems { limit } => self.fault(at, "too-many-items", format!("must have {limit} or fewer items")),
            Kind::Format { format } if format == "date" => {
                self.fault(at, "not-a-date", "must be a day of the form YYYY-MM-DD");
            }
            Kind::OneOfNotValid { context } | Kind::OneOfMultipleValid { context } | Kind::AnyOf { context } => {
                self.alternatives(error, at, context);
            }
            _ => self.fault(
                at,
                "not-as-published",
                format!("breaks `{}` of the published schema", error.kind().keyword()),
            ),
        }
    }

    fn unknown_fields(&mut self, error: &ValidationError<'_>, at: &str, unexpected: &[String]) {
        let schema = error.schema_path().as_str().rsplit_once('/').and_then(|(object, _)| self.root.pointer(object));
        let known: Vec<&str> = schema
            .and_then(|schema| schema.get("properties"))
            .and_then(Value::as_object)
            .map(|properties| properties.keys().map(String::as_str).collect())
            .unwrap_or_default();
        for name in unexpected {
            let fault = Fault::new(below(at, name), "unknown-field", "no field of this name is taken here")
                .guessing(like(name, known.iter().copied()));
            self.faults.push(fault);
        }
    }

    fn not_an_option(&mut self, error: &ValidationError<'_>, at: String, options: &Value) {
        // What is no text at all has its fault already.
        let Some(said) = error.instance().as_str() else { return };
        let names = self.ruleset.names();
        let schema = error.schema_path().as_str();
        let is = |name: &str| schema.contains(&format!("/{name}/"));
        // A name of the ruleset is taken in any spelling, and an older ruleset can know others than the published ones.
        let (known, code, detail, guesses) = if is(MASSAGE_TYPE_NAME) {
            (
                names.massage_type(said),
                "unknown-massage-type",
                "no massage type has this name",
                names.massage_types_like(said),
            )
        } else if is(BODY_REGION_NAME) {
            (names.region(said), "unknown-body-region", "no body region has this name", names.regions_like(said))
        } else if is(TECHNIQUE_NAME) {
            (names.technique(said), "unknown-technique", "no technique has this name", names.techniques_like(said))
        } else {
            let options: Vec<&str> = options.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
            let detail = if options.len() <= MOST_OPTIONS {
                format!("must be one of `{}`", options.join("`, `"))
            } else {
                "is not one of the values that the schema lists".to_owned()
            };
            self.faults.push(Fault::new(at, "unknown-value", detail).guessing(like(said, options.into_iter())));
            return;
        };
        if known.is_none() {
            self.faults.push(Fault::new(at, code, detail).guessing(guesses));
        }
    }

    fn alternatives(&mut self, error: &ValidationError<'_>, at: String, branches: &[Vec<ValidationError<'static>>]) {
        let schema = error.schema_path().as_str();
        if schema.ends_with("/ConditionRequest/oneOf") || schema.ends_with("/SymptomRequest/oneOf") {
            let given = ["id", "code", "text"]
                .into_iter()
                .filter(|name| error.instance().get(name).is_some_and(|it| !it.is_null()));
            // One name of a wrong type is a fault of that name, and told there.
            if given.count() != 1 && error.instance().is_object() {
                self.fault(at, "exactly-one-name", "name it by exactly one of `id`, `code` and `text`");
            }
            return;
        }
        // What is left out by its type alone, as `null` is, was not meant.
        let wrong_type = |branch: &&Vec<ValidationError<'static>>| {
            branch.iter().any(|inner| matches!(inner.kind(), Kind::Type { .. }) && inner.instance_path().as_str() == at)
        };
        if let Some(branch) = branches.iter().find(|branch| !wrong_type(branch)) {
            for inner in branch {
                self.error(inner);
            }
        } else if branches.iter().flatten().any(|inner| matches!(inner.kind(), Kind::Type { .. })) {
            let mut kinds: Vec<String> = branches
                .iter()
                .flatten()
                .filter(|inner| matches!(inner.kind(), Kind::Type { .. }) && inner.instance_path().as_str() == at)
                .map(|inner| self.types(inner))
                .filter(|kind| kind != "null")
                .collect();
            kinds.dedup();
            self.fault(at, "wrong-type", format!("must be {}", kinds.join(" or ")));
        } else {
            self.fault(at, "not-as-published", "fits none of the forms of the published schema");
        }
    }

    fn types(&self, error: &ValidationError<'_>) -> String {
        let name = |kind: &str| match kind {
            "string" => "a string",
            "integer" => "a whole number",
            "number" => "a number",
            "boolean" => "`true` or `false`",
            "array" => "an array",
            "object" => "an object",
            _ => "null",
        };
        match self.root.pointer(error.schema_path().as_str()) {
            Some(Value::String(kind)) => name(kind).to_owned(),
            Some(Value::Array(kinds)) => {
                let words: Vec<&str> =
                    kinds.iter().filter_map(Value::as_str).filter(|kind| *kind != "null").map(name).collect();
                words.join(" or ")
            }
            _ => "of another type".to_owned(),
        }
    }

    /// Texts that would identify a person, wherever they stand.
    fn addresses(&mut self, value: &Value, at: &mut String) {
        let length = at.len();
        match value {
            Value::String(text) if has_address(text) => {
                self.fault(
                    at.clone(),
                    "personal-data",
                    "looks like an e-mail address; the service takes nothing that identifies a person",
                );
            }
            Value::Array(items) => {
                for (number, item) in items.iter().enumerate() {
                    *at = below(at, &number.to_string());
                    self.addresses(item, at);
                    at.truncate(length);
                }
            }
            Value::Object(members) => {
                for (name, member) in members {
                    *at = below(at, name);
                    self.addresses(member, at);
                    at.truncate(length);
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

/// The JSON Pointer of a member (RFC 6901, section 3).
pub(crate) fn below(pointer: &str, name: &str) -> String {
    format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"))
}

/// The names that are like this one, likeliest first, at most three.
pub(crate) fn like<'n>(said: &str, names: impl Iterator<Item = &'n str>) -> Vec<String> {
    const LIKE_ENOUGH: f64 = 0.8;
    const MOST: usize = 3;
    const LONGEST: usize = 120;
    if said.len() > LONGEST {
        return Vec::new();
    }
    let folded = said.to_lowercase();
    let mut found: Vec<(f64, &str)> = names
        .map(|name| (strsim::jaro_winkler(&folded, &name.to_lowercase()), name))
        .filter(|(likeness, _)| *likeness >= LIKE_ENOUGH)
        .collect();
    found.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(other.1)));
    found.into_iter().take(MOST).map(|(_, name)| name.to_owned()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pointers_are_escaped() {
        assert_eq!(below("/a", "b/c~d"), "/a/b~1c~0d");
    }

    #[test]
    fn a_misspelt_name_finds_the_right_one() {
        assert_eq!(like("massagetype", ["massageType", "pressure"].into_iter()), ["massageType"]);
        assert!(like("weather", ["massageType", "pressure"].into_iter()).is_empty());
    }
}
