//! What went wrong, as a FHIR R4 `OperationOutcome`. No issue repeats what a record says.
//!
//! Source: HL7 FHIR R4 (4.0.1), `OperationOutcome`.

use serde_json::{Map, Value, json};

/// Everything that went wrong, issue by issue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperationOutcome {
    issues: Vec<Issue>,
}

/// One thing that went wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    severity: &'static str,
    code: &'static str,
    coding: Option<(String, String)>,
    text: Option<String>,
    diagnostics: Option<String>,
    expression: Option<String>,
}

impl Issue {
    /// A failure; `code` is FHIR's kind of issue.
    #[must_use]
    pub fn error(code: &'static str) -> Self {
        Self { severity: "error", code, coding: None, text: None, diagnostics: None, expression: None }
    }

    /// Something that did not keep the answer from being given; `code` is FHIR's kind of issue.
    #[must_use]
    pub fn warning(code: &'static str) -> Self {
        Self { severity: "warning", ..Self::error(code) }
    }

    /// The same with a code that says more exactly what it is.
    #[must_use]
    pub fn coded(self, system: impl Into<String>, code: impl Into<String>) -> Self {
        Self { coding: Some((system.into(), code.into())), ..self }
    }

    /// The same with what it is in words.
    #[must_use]
    pub fn told(self, text: impl Into<String>) -> Self {
        Self { text: Some(text.into()), ..self }
    }

    /// The same with what helps to find the cause.
    #[must_use]
    pub fn diagnosed(self, diagnostics: impl Into<String>) -> Self {
        Self { diagnostics: Some(diagnostics.into()), ..self }
    }

    /// The same with where it is, as a simple `FHIRPath`; `None` for the whole.
    #[must_use]
    pub fn at(self, expression: Option<String>) -> Self {
        Self { expression, ..self }
    }

    fn element(&self) -> Value {
        let mut details = Map::new();
        details.extend(
            self.coding
                .as_ref()
                .map(|(system, code)| ("coding".to_owned(), json!([{ "system": system, "code": code }]))),
        );
        details.extend(self.text.as_ref().map(|text| ("text".to_owned(), json!(text))));
        let mut element = Map::new();
        element.insert("severity".to_owned(), json!(self.severity));
        element.insert("code".to_owned(), json!(self.code));
        // No member of a resource is empty.
        if !details.is_empty() {
            element.insert("details".to_owned(), Value::Object(details));
        }
        element.extend(self.diagnostics.as_ref().map(|text| ("diagnostics".to_owned(), json!(text))));
        element.extend(self.expression.as_ref().map(|path| ("expression".to_owned(), json!([path]))));
        Value::Object(element)
    }
}

impl OperationOutcome {
    /// The resource.
    #[must_use]
    pub fn resource(&self) -> Value {
        let issues: Vec<Value> = self.issues.iter().map(Issue::element).collect();
        json!({ "resourceType": "OperationOutcome", "issue": issues })
    }
}

impl FromIterator<Issue> for OperationOutcome {
    fn from_iter<I: IntoIterator<Item = Issue>>(issues: I) -> Self {
        Self { issues: issues.into_iter().collect() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issue_holds_what_is_known_of_it_and_no_empty_member() {
        let outcome: OperationOutcome = [
            Issue::error("value").coded("urn:faults", "out-of-range").told("/age").diagnosed("from 0 to 130").at(None),
            Issue::warning("incomplete").at(Some("prefetch.patient".to_owned())),
        ]
        .into_iter()
        .collect();
        assert_eq!(
            outcome.resource(),
            json!({ "resourceType": "OperationOutcome", "issue": [
                {
                    "severity": "error", "code": "value", "diagnostics": "from 0 to 130",
                    "details": { "coding": [{ "system": "urn:faults", "code": "out-of-range" }], "text": "/age" },
                },
                { "severity": "warning", "code": "incomplete", "expression": ["prefetch.patient"] },
            ] })
        );
    }
}
