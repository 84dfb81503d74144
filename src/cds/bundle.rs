//! The entries of a Bundle, with ids in place of the names that they bear only inside it.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::prefetch::Content;

/// How deep a Bundle may stand in another: the answers of a batch are Bundles.
const MOST_LEVELS: usize = 4;

/// What was found in a Bundle and those inside it.
#[derive(Default)]
struct Found {
    resources: Vec<Value>,
    /// What a resource is called in the Bundle, and what it is called from now on.
    names: BTreeMap<String, String>,
    next: Option<String>,
    lacking: bool,
}

/// Reads a Bundle of whatever type.
pub(super) fn read(bundle: &Map<String, Value>) -> Content {
    let mut found = Found::default();
    found.bundle(bundle, MOST_LEVELS);
    found.content()
}

/// Reads the resources of a `Parameters`, Bundles among them.
pub(super) fn parameters(parameters: &Value) -> Content {
    let mut found = Found::default();
    found.parts(one_or_many(parameters.get("parameter")), MOST_LEVELS);
    found.content()
}

/// One or many: some senders leave the array out around a single item.
pub(super) fn one_or_many(value: Option<&Value>) -> &[Value] {
    match value {
        Some(Value::Array(items)) => items,
        Some(Value::Null) | None => &[],
        Some(item) => std::slice::from_ref(item),
    }
}

impl Found {
    fn content(self) -> Content {
        let Self { mut resources, names, next, lacking } = self;
        for resource in &mut resources {
            rename(resource, &names);
        }
        match (next.is_some() || lacking, resources.is_empty()) {
            (true, _) => Content::Partial { resources, next },
            (false, true) => Content::Empty,
            (false, false) => Content::Complete(resources),
        }
    }

    fn parts(&mut self, parts: &[Value], levels: usize) {
        for part in parts {
            if part.get("resource").is_some() {
                self.entry(part, levels);
            }
            let parts = one_or_many(part.get("part"));
            if levels > 0 {
                self.parts(parts, levels - 1);
            }
            // What is not looked into, and a value that may name an illness, may say something.
            self.lacking |= levels == 0 && !parts.is_empty() || has_telling_value(part);
        }
    }

    fn bundle(&mut self, bundle: &Map<String, Value>, levels: usize) {
        self.lacking |= is_shortened(bundle.get("meta"));
        for link in one_or_many(bundle.get("link")) {
            if is_next(link) {
                self.lacking = true;
                self.next = self.next.take().or_else(|| Some(link.get("url")?.as_str()?.to_owned()));
            }
        }
        let mut matches = 0;
        for entry in one_or_many(bundle.get("entry")) {
            let mode = entry.pointer("/search/mode").and_then(Value::as_str);
            matches += u64::from(!matches!(mode, Some("include" | "outcome")));
            self.entry(entry, levels);
        }
        // A search that tells of more than it shows has not shown all.
        self.lacking |= bundle
            .get("total")
            .filter(|total| !total.is_null())
            .is_some_and(|total| total.as_u64().is_none_or(|total| total > matches));
    }

    fn entry(&mut self, entry: &Value, levels: usize) {
        let resource = entry.get("resource").filter(|resource| resource.is_object());
        let Some(Value::Object(members)) = resource else {
            // The answer to a part of a batch that holds nothing says by its status whether that is because it failed, and by
            // its location that there is something all the same.
            let status = entry.pointer("/response/status").and_then(Value::as_str);
            let unread = entry.get("resource").is_some_and(|resource| !resource.is_null());
            let elsewhere = entry.pointer("/response/location").is_some();
            self.lacking |= unread || elsewhere || !status.is_some_and(|status| status.starts_with('2'));
            return;
        };
        match members.get("resourceType").and_then(Value::as_str) {
            Some("Bundle") if levels > 0 => self.bundle(members, levels - 1),
            Some("OperationOutcome") => self.lacking |= is_failure(members),
            _ => self.resource(entry, members.clone()),
        }
    }

    fn resource(&mut self, entry: &Value, mut resource: Map<String, Value>) {
        self.lacking |= is_shortened(resource.get("meta"));
        let full_url = entry.get("fullUrl").and_then(Value::as_str);
        if resource.get("id").is_none_or(|id| !id.is_string())
            && let Some(id) = full_url.and_then(|url| url.rsplit(['/', ':']).next()).filter(|id| !id.is_empty())
        {
            resource.insert("id".to_owned(), id.into());
        }
        let text = |name: &str| resource.get(name).and_then(Value::as_str);
        if let (Some(url), Some(kind), Some(id)) = (full_url, text("resourceType"), text("id")) {
            self.names.insert(url.to_owned(), format!("{kind}/{id}"));
        }
        self.resources.push(Value::Object(resource));
    }
}

/// Whether a link of a Bundle leads to its next page.
pub(super) fn is_next(link: &Value) -> bool {
    let says = |name: &Value| name.as_str().is_some_and(|name| name.trim().eq_ignore_ascii_case("next"));
    ["relation", "rel"].into_iter().any(|name| one_or_many(link.get(name)).iter().any(says))
}

/// Whether the one who sends it says that parts were left out.
fn is_shortened(meta: Option<&Value>) -> bool {
    let tags = one_or_many(meta.and_then(|meta| meta.get("tag")));
    tags.iter().any(|tag| tag.get("code").is_some_and(|code| code == "SUBSETTED"))
}

/// Whether a parameter has a value that is more than a day, a name of something, or yes or no.
fn has_telling_value(part: &Value) -> bool {
    const PLAIN: [&str; 15] = [
        "Base64Binary",
        "Boolean",
        "Canonical",
        "Date",
        "DateTime",
        "Id",
        "Identifier",
        "Instant",
        "Integer",
        "Meta",
        "Oid",
        "Period",
        "Uri",
        "Url",
        "Uuid",
    ];
    let names = part.as_object().into_iter().flatten().map(|(name, _)| name);
    names.filter_map(|name| name.strip_prefix("value")).any(|kind| !PLAIN.contains(&kind))
}

/// Whether an outcome among the entries tells of something that went wrong.
fn is_failure(outcome: &Map<String, Value>) -> bool {
    let issues = one_or_many(outcome.get("issue"));
    let mild = |issue: &Value| {
        matches!(issue.get("severity").and_then(Value::as_str), Some("information" | "warning" | "success"))
    };
    issues.is_empty() || !issues.iter().all(mild)
}

/// Replaces what other resources are called inside the Bundle by their type and id.
fn rename(value: &mut Value, names: &BTreeMap<String, String>) {
    match value {
        Value::Object(members) => {
            for (key, member) in members {
                let name = member.as_str().filter(|_| key == "reference").and_then(|reference| names.get(reference));
                match name {
                    Some(name) => *member = Value::String(name.clone()),
                    None => rename(member, names),
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| rename(item, names)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn resources_refer_to_each_other_by_the_ids_that_they_bear() {
        let bundle = json!({ "resourceType": "Bundle", "entry": [
            { "fullUrl": "urn:uuid:aa", "resource": { "resourceType": "Patient" } },
            { "fullUrl": "https://ehr.example/fhir/Condition/c", "resource": { "resourceType": "Condition", "id": "c",
              "subject": { "reference": "urn:uuid:aa" }, "evidence": [{ "detail": [{ "reference": "Observation/o" }] }] } }
        ] });
        let content = read(bundle.as_object().unwrap());
        let [patient, condition] = content.resources() else { panic!("two resources") };
        assert_eq!(patient["id"], "aa");
        assert_eq!(condition["subject"]["reference"], "Patient/aa");
        assert_eq!(condition["evidence"][0]["detail"][0]["reference"], "Observation/o");
    }

    #[test]
    fn what_is_not_read_makes_a_bundle_one_that_came_in_part() {
        let whole =
            json!({ "resourceType": "Bundle", "entry": [{ "resource": { "resourceType": "Condition", "id": "1" } }] });
        let with = |name: &str, value: Value| {
            let mut bundle = whole.clone();
            bundle[name] = value;
            read(bundle.as_object().unwrap()).is_whole()
        };
        assert!(with("link", json!([{ "relation": "self" }])));
        for link in [json!({ "relation": "Next" }), json!({ "relation": ["next"] }), json!({ "rel": "next" })] {
            assert!(!with("link", json!([link])), "{link}");
        }
        let tag = json!({ "tag": [{ "code": "SUBSETTED" }] });
        assert!(!with("meta", tag.clone()));
        assert!(with("entry", json!([{ "response": { "status": "204" } }])));
        for entry in [
            json!({ "resource": { "resourceType": "Condition", "meta": tag } }),
            json!({ "resource": [{ "resourceType": "Condition" }], "response": { "status": "200" } }),
            json!({ "resource": "{}", "response": { "status": "200" } }),
            json!({ "response": { "status": "201 Created", "location": "Condition/1" } }),
        ] {
            assert!(!with("entry", json!([entry])), "{entry}");
        }
    }

    #[test]
    fn parameters_hold_no_more_than_was_read_of_them() {
        let condition = json!({ "name": "r", "resource": { "resourceType": "Condition", "id": "1" } });
        let whole = |parameter: Value| parameters(&json!({ "parameter": [parameter, condition] })).is_whole();
        assert!(whole(json!({ "name": "day", "valueDate": "2026-01-01" })));
        assert!(!whole(json!({ "name": "x", "valueString": "DVT" })));
        assert!(!whole(json!({ "name": "x", "valueCodeableConcept": { "text": "DVT" } })));
        let deep = (0..6).fold(condition.clone(), |part, _| json!({ "name": "p", "part": [part] }));
        assert!(!whole(deep));
    }

    #[test]
    fn a_bundle_in_a_bundle_in_a_bundle_ends_somewhere() {
        let mut bundle = json!({ "resourceType": "Bundle" });
        for _ in 0..40 {
            bundle = json!({ "resourceType": "Bundle", "entry": [{ "resource": bundle }] });
        }
        assert_eq!(read(bundle.as_object().unwrap()).resources().len(), 1);
    }
}
