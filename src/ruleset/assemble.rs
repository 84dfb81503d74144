//! From the files of a folder to one bundle, with every fault of form on the way.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use super::check::{Diagnostic, Level};
use super::document::{AssessmentCasesFile, Bundle, CasesFile, ConditionsFile, RulesFile, TranslationDocument};
use super::files::Folder;
use super::languages::together;

const RULES_SCHEMA: &str = include_str!("../../ruleset/schema/rules.schema.json");

/// The kinds of file: how the name begins, and the schema.
const SCHEMAS: [(&str, &str); 20] = [
    ("manifest.json", include_str!("../../ruleset/schema/manifest.schema.json")),
    ("conditions/", include_str!("../../ruleset/schema/conditions.schema.json")),
    ("assessment-cases/", include_str!("../../ruleset/schema/assessment-cases.schema.json")),
    ("phrases.json", include_str!("../../ruleset/schema/phrases.schema.json")),
    ("words.json", include_str!("../../ruleset/schema/words.schema.json")),
    ("ambiguous.json", include_str!("../../ruleset/schema/ambiguous.schema.json")),
    ("rules/", RULES_SCHEMA),
    ("cases/", include_str!("../../ruleset/schema/cases.schema.json")),
    ("massage-types.json", include_str!("../../ruleset/schema/massage-types.schema.json")),
    ("techniques.json", include_str!("../../ruleset/schema/techniques.schema.json")),
    ("body-regions.json", include_str!("../../ruleset/schema/body-regions.schema.json")),
    ("products.json", include_str!("../../ruleset/schema/products.schema.json")),
    ("observations.json", include_str!("../../ruleset/schema/observations.schema.json")),
    ("sources.json", include_str!("../../ruleset/schema/sources.schema.json")),
    ("messages.json", include_str!("../../ruleset/schema/messages.schema.json")),
    ("not-adopted.json", include_str!("../../ruleset/schema/not-adopted.schema.json")),
    ("post-session.json", include_str!("../../ruleset/schema/post-session.schema.json")),
    ("traceability.json", include_str!("../../ruleset/schema/traceability.schema.json")),
    ("languages/", include_str!("../../ruleset/schema/translations.schema.json")),
    ("common", include_str!("../../ruleset/schema/common.schema.json")),
];

/// The documents of a folder, as far as they could be read.
pub(super) struct Assembled {
    pub(super) bundle: Option<Bundle>,
    pub(super) cases: Vec<(String, CasesFile)>,
    pub(super) assessment_cases: Vec<(String, AssessmentCasesFile)>,
    /// What each file of a language translates.
    pub(super) translations: Vec<(String, TranslationDocument)>,
    /// The names of the files of conditions and rules, in the order in which the bundle holds them.
    pub(super) condition_files: Vec<String>,
    pub(super) rule_files: Vec<String>,
}

/// Reads every file of the folder against its schema and as its kind of document.
pub(super) fn assemble(folder: &Folder, diagnostics: &mut Vec<Diagnostic>) -> Assembled {
    let values = parse(folder, diagnostics);
    let before = errors(diagnostics);
    validate(&values, diagnostics);
    let mut reader = Reader { values: &values, diagnostics };
    let cases = reader.all::<CasesFile>("cases/");
    let assessment_cases = reader.all::<AssessmentCasesFile>("assessment-cases/");
    let conditions = reader.all::<ConditionsFile>("conditions/");
    let rules = reader.all::<RulesFile>("rules/");
    let translations = reader.all::<TranslationDocument>("languages/");
    for (name, category) in cases
        .iter()
        .map(|(name, file)| (name, &file.category))
        .chain(assessment_cases.iter().map(|(name, file)| (name, &file.category)))
        .chain(conditions.iter().map(|(name, file)| (name, &file.category)))
        .chain(rules.iter().map(|(name, file)| (name, &file.category)))
        .chain(translations.iter().filter_map(|(name, file)| file.category.as_ref().map(|category| (name, category))))
    {
        if !name.ends_with(&format!("/{category}.json")) {
            reader.diagnostics.push(Diagnostic::new(
                "category-name",
                Level::Error,
                name,
                "/category",
                format!("the file of category `{category}` must bear its name"),
            ));
        }
    }
    // What is translated twice is no fault of form: everything else is still checked.
    let mut doubled = Vec::new();
    let parts = json!({
        "manifest": reader.value("manifest.json"),
        "massageTypes": reader.value("massage-types.json"),
        "techniques": reader.value("techniques.json"),
        "bodyRegions": reader.value("body-regions.json"),
        "products": reader.value("products.json"),
        "sources": reader.value("sources.json"),
        "messages": reader.value("messages.json"),
        "translations": together(&translations, &mut doubled),
        "notAdopted": reader.value("not-adopted.json"),
        "postSession": reader.value("post-session.json"),
        "traceability": reader.value("traceability.json"),
        "words": reader.value("words.json"),
        "ambiguous": reader.value("ambiguous.json"),
        "observations": reader.value("observations.json"),
        "conditions": conditions.iter().map(|(_, file)| file).collect::<Vec<_>>(),
        "rules": rules.iter().map(|(_, file)| file).collect::<Vec<_>>(),
    });
    let bundle = if errors(diagnostics) == before { whole(parts, diagnostics) } else { None };
    diagnostics.append(&mut doubled);
    Assembled {
        bundle,
        cases,
        assessment_cases,
        translations,
        condition_files: conditions.into_iter().map(|(name, _)| name).collect(),
        rule_files: rules.into_iter().map(|(name, _)| name).collect(),
    }
}

fn errors(diagnostics: &[Diagnostic]) -> usize {
    diagnostics.iter().filter(|diagnostic| diagnostic.level == Level::Error).count()
}

fn whole(parts: Value, diagnostics: &mut Vec<Diagnostic>) -> Option<Bundle> {
    match serde_json::from_value(parts) {
        Ok(bundle) => Some(bundle),
        Err(error) => {
            diagnostics.push(Diagnostic::new("form", Level::Error, "", "", error.to_string()));
            None
        }
    }
}

fn parse(folder: &Folder, diagnostics: &mut Vec<Diagnostic>) -> BTreeMap<String, Value> {
    let mut values = BTreeMap::new();
    for file in folder.files.values().filter(|file| !file.name.starts_with("releases/")) {
        match serde_json::from_str(&file.text) {
            Ok(value) => {
                values.insert(file.name.clone(), value);
            }
            Err(error) => {
                diagnostics.push(Diagnostic::new("not-json", Level::Error, &file.name, "", error.to_string()));
            }
        }
    }
    values
}

/// Checks every value against the schema of its kind.
fn validate(values: &BTreeMap<String, Value>, diagnostics: &mut Vec<Diagnostic>) {
    let mut validators = Vec::new();
    for (kind, text) in SCHEMAS.iter().filter(|(kind, _)| *kind != "common") {
        match validator(text) {
            Ok(validator) => validators.push((*kind, validator)),
            Err(why) => {
                diagnostics.push(Diagnostic::new("schema", Level::Error, &format!("schema of {kind}"), "", why));
            }
        }
    }
    for (name, value) in values {
        let kind = |kind: &str| if kind.ends_with('/') { name.starts_with(kind) } else { name == kind };
        let Some((_, validator)) = validators.iter().find(|(prefix, _)| kind(prefix)) else {
            diagnostics.push(Diagnostic::new(
                "unknown-file",
                Level::Error,
                name,
                "",
                "no file of a ruleset has this name",
            ));
            continue;
        };
        for error in validator.iter_errors(value) {
            let pointer = error.instance_path().to_string();
            diagnostics.push(Diagnostic::new("schema", Level::Error, name, &pointer, error.to_string()));
        }
    }
}

fn validator(text: &str) -> Result<jsonschema::Validator, String> {
    let schema: Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let common: Value = SCHEMAS
        .last()
        .map_or(Ok(Value::Null), |(_, text)| serde_json::from_str(text))
        .map_err(|error| error.to_string())?;
    let rules: Value = serde_json::from_str(RULES_SCHEMA).map_err(|error| error.to_string())?;
    let registry = jsonschema::Registry::new()
        .add("https://kneadsafe.example/schema/common.schema.json", common)
        .and_then(|registry| registry.add("https://kneadsafe.example/schema/rules.schema.json", rules))
        .and_then(jsonschema::RegistryBuilder::prepare)
        .map_err(|error| error.to_string())?;
    jsonschema::options()
        .with_registry(&registry)
        .should_validate_formats(true)
        .build(&schema)
        .map_err(|error| error.to_string())
}

struct Reader<'a> {
    values: &'a BTreeMap<String, Value>,
    diagnostics: &'a mut Vec<Diagnostic>,
}

impl Reader<'_> {
    fn value(&mut self, name: &str) -> Value {
        self.values.get(name).cloned().unwrap_or_else(|| {
            self.diagnostics.push(Diagnostic::new(
                "missing-file",
                Level::Error,
                name,
                "",
                "every ruleset has this file",
            ));
            Value::Null
        })
    }

    fn all<T: DeserializeOwned>(&mut self, prefix: &str) -> Vec<(String, T)> {
        let mut read = Vec::new();
        for (name, value) in self.values.iter().filter(|(name, _)| name.starts_with(prefix)) {
            match T::deserialize(value) {
                Ok(document) => read.push((name.clone(), document)),
                Err(error) => self.diagnostics.push(Diagnostic::new("form", Level::Error, name, "", error.to_string())),
            }
        }
        read
    }
}
