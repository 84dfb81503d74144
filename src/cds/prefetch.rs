//! What a client of CDS Hooks sends along with its question, key by key: there, not there, failed, or only in part.

use serde_json::{Map, Value};

use super::bundle;

/// What is asked for in advance, in the order in which it is advertised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// The patient.
    Patient,
    /// The problem list and the diagnoses of encounters.
    Conditions,
    /// Allergies and intolerances.
    Allergies,
    /// Medicines that are ordered.
    MedicationRequests,
    /// Medicines that are taken.
    MedicationStatements,
    /// Operations and other procedures.
    Procedures,
    /// Vital signs.
    Observations,
}

impl Key {
    /// Every key, in order.
    pub const ALL: [Self; 7] = [
        Self::Patient,
        Self::Conditions,
        Self::Allergies,
        Self::MedicationRequests,
        Self::MedicationStatements,
        Self::Procedures,
        Self::Observations,
    ];

    /// Its name among the prefetch.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Patient => "patient",
            Self::Conditions => "conditions",
            Self::Allergies => "allergies",
            Self::MedicationRequests => "medications",
            Self::MedicationStatements => "medicationStatements",
            Self::Procedures => "procedures",
            Self::Observations => "observations",
        }
    }

    /// The prefetch template, in the subset that every client understands (CDS Hooks 2.0.1, "Prefetch query restrictions").
    ///
    /// Conditions are not narrowed by category: many records leave the category out.
    #[must_use]
    pub const fn template(self) -> &'static str {
        match self {
            Self::Patient => "Patient/{{context.patientId}}",
            Self::Conditions => "Condition?patient={{context.patientId}}",
            Self::Allergies => "AllergyIntolerance?patient={{context.patientId}}",
            Self::MedicationRequests => "MedicationRequest?patient={{context.patientId}}&status=active",
            Self::MedicationStatements => "MedicationStatement?patient={{context.patientId}}",
            Self::Procedures => "Procedure?patient={{context.patientId}}",
            Self::Observations => {
                "Observation?patient={{context.patientId}}&category=vital-signs&_sort=-date&_count=20"
            }
        }
    }

    /// The type of the resources that it holds.
    #[must_use]
    pub const fn resource_type(self) -> &'static str {
        match self {
            Self::Patient => "Patient",
            Self::Conditions => "Condition",
            Self::Allergies => "AllergyIntolerance",
            Self::MedicationRequests => "MedicationRequest",
            Self::MedicationStatements => "MedicationStatement",
            Self::Procedures => "Procedure",
            Self::Observations => "Observation",
        }
    }

    /// Whether there is nothing to say without it.
    #[must_use]
    pub const fn is_required(self) -> bool {
        matches!(self, Self::Patient | Self::Conditions)
    }

    /// The key that holds resources of this type.
    #[must_use]
    pub fn of_type(resource_type: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.resource_type() == resource_type)
    }

    const fn place(self) -> usize {
        self as usize
    }
}

/// What came under one key.
#[derive(Clone, Default, PartialEq)]
pub enum Content {
    /// The client did not send the key.
    #[default]
    Absent,
    /// The client looked, and there is nothing.
    Empty,
    /// The client tried and failed, or sent what is no FHIR.
    Failed,
    /// Some of it, and there is more, or there may be.
    Partial {
        /// What came.
        resources: Vec<Value>,
        /// Where the next page is, if the client says so.
        next: Option<String>,
    },
    /// All of it.
    Complete(Vec<Value>),
}

impl std::fmt::Debug for Content {
    /// Shows the state and how many resources there are; never what they say.
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let state = match self {
            Self::Absent => "Absent",
            Self::Empty => "Empty",
            Self::Failed => "Failed",
            Self::Partial { .. } => "Partial",
            Self::Complete(_) => "Complete",
        };
        write!(formatter, "{state}({})", self.resources().len())
    }
}

impl Content {
    /// Reads what stands under a key: `null` or an empty searchset is [`Content::Empty`]; an `OperationOutcome`, an HTML
    /// page or anything else that is no resource is [`Content::Failed`]; a Bundle with an unread `next` page, fewer entries
    /// than its `total`, or a part that failed is [`Content::Partial`].
    ///
    /// The resources of a Bundle bear ids, and refer to each other by type and id, whatever the Bundle calls them.
    #[must_use]
    pub fn read(value: Option<&Value>) -> Self {
        let Some(value) = value else { return Self::Absent };
        match value {
            Value::Null => Self::Empty,
            Value::Object(members) => match members.get("resourceType").and_then(Value::as_str) {
                Some("Bundle") => bundle::read(members),
                Some("OperationOutcome") | None => Self::Failed,
                Some(_) => Self::Complete(vec![value.clone()]),
            },
            Value::Array(items) if !items.is_empty() => Self::Complete(items.clone()),
            Value::Array(_) | Value::Bool(_) | Value::Number(_) | Value::String(_) => Self::Failed,
        }
    }

    /// Whether this can be the answer to what was asked for: a search that brought only other things is of something else.
    fn answers(&self, key: Key) -> bool {
        let mut kinds = self.resources().iter().map(|resource| resource.get("resourceType").and_then(Value::as_str));
        self.resources().is_empty() || kinds.any(|kind| kind == Some(key.resource_type()))
    }

    /// The same, and perhaps there is more.
    #[must_use]
    pub fn partly(self) -> Self {
        match self {
            Self::Empty => Self::Partial { resources: Vec::new(), next: None },
            Self::Complete(resources) => Self::Partial { resources, next: None },
            Self::Absent | Self::Failed | Self::Partial { .. } => self,
        }
    }

    /// What came, whole or in part.
    #[must_use]
    pub fn resources(&self) -> &[Value] {
        match self {
            Self::Absent | Self::Empty | Self::Failed => &[],
            Self::Partial { resources, .. } | Self::Complete(resources) => resources,
        }
    }

    /// Whether everything there is was seen.
    #[must_use]
    pub const fn is_whole(&self) -> bool {
        matches!(self, Self::Empty | Self::Complete(_))
    }
}

/// What came under all keys.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Prefetch {
    contents: [Content; 7],
    /// What came under keys that nobody asked for: read, but no sign that anything is complete.
    others: Vec<Content>,
    /// Whose record it is, where the caller says so.
    patient: Option<String>,
}

impl Prefetch {
    /// Reads the `prefetch` of a request.
    ///
    /// A lone resource where a search was asked for is one of perhaps several, a search that brought only other things was
    /// another search, and keys of the client's own may say something
    /// too.
    #[must_use]
    pub fn read(prefetch: Option<&Map<String, Value>>) -> Self {
        let mut read = Self::default();
        for (name, value) in prefetch.into_iter().flatten() {
            let content = Content::read(Some(value));
            match Key::ALL.into_iter().find(|key| key.name() == name) {
                Some(key) => {
                    let lone = key != Key::Patient && value.get("resourceType").is_some_and(|kind| kind != "Bundle");
                    read.set(key, if lone || !content.answers(key) { content.partly() } else { content });
                }
                None if !content.resources().is_empty() => read.others.push(content),
                None => {}
            }
        }
        read
    }

    /// Reads a record that comes as one: a Bundle, a `Parameters` with resources or Bundles in it, or a single resource.
    ///
    /// A Bundle says nothing of what it does not hold, so only `complete`, the caller's word that it holds the whole record,
    /// makes a type of which there is nothing count as empty. A Bundle that says itself that there is more is in part.
    #[must_use]
    pub fn of_record(record: &Value, complete: bool) -> Self {
        let content = match record.get("resourceType").and_then(Value::as_str) {
            Some("Parameters") => bundle::parameters(record),
            _ => Content::read(Some(record)),
        };
        let whole = complete && content.is_whole();
        let of_type = |key: Key| -> Vec<Value> {
            let is_one =
                |resource: &&Value| resource.get("resourceType").is_some_and(|kind| kind == key.resource_type());
            content.resources().iter().filter(is_one).cloned().collect()
        };
        let mut read = Self::default();
        for key in Key::ALL {
            let resources = of_type(key);
            let content = if resources.is_empty() { Content::Empty } else { Content::Complete(resources) };
            // There is one patient: the one that came is all of them.
            let all = whole || key == Key::Patient && content != Content::Empty;
            read.set(key, if all { content } else { content.partly() });
        }
        let known =
            |resource: &&Value| resource.get("resourceType").and_then(Value::as_str).and_then(Key::of_type).is_some();
        let others: Vec<Value> = content.resources().iter().filter(|resource| !known(resource)).cloned().collect();
        if !others.is_empty() {
            read.others.push(Content::Complete(others));
        }
        read
    }

    /// What came under a key.
    #[must_use]
    pub fn get(&self, key: Key) -> &Content {
        self.contents.get(key.place()).unwrap_or(&Content::Absent)
    }

    /// Puts content under a key.
    pub fn set(&mut self, key: Key, content: Content) {
        if let Some(place) = self.contents.get_mut(key.place()) {
            *place = content;
        }
    }

    /// Says whose record it is: what belongs to another patient is then left out even where no patient came.
    pub fn set_patient(&mut self, id: &str) {
        self.patient = Some(id.to_owned());
    }

    /// Whose record it is, where the caller said so.
    #[must_use]
    pub fn patient(&self) -> Option<&str> {
        self.patient.as_deref()
    }

    /// What came under keys that nobody asked for.
    #[must_use]
    pub fn others(&self) -> &[Content] {
        &self.others
    }

    /// The keys that did not come. One that failed is not asked for again.
    #[must_use]
    pub fn missing(&self) -> Vec<Key> {
        Key::ALL.into_iter().filter(|key| *self.get(*key) == Content::Absent).collect()
    }

    /// The keys without which there is nothing to say and of which nothing came, under whatever name.
    #[must_use]
    pub fn unusable_required(&self) -> Vec<Key> {
        let came = |key: Key| {
            let other = self.others.iter().flat_map(Content::resources);
            other.filter_map(|resource| resource.get("resourceType")).any(|kind| kind == key.resource_type())
        };
        let nothing = |key: Key| matches!(self.get(key), Content::Absent | Content::Failed) && !came(key);
        Key::ALL.into_iter().filter(|key| key.is_required() && nothing(*key)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: &Value) -> Content {
        Content::read(Some(value))
    }

    #[test]
    fn every_state_of_a_key_is_told_apart() {
        let resource = json!({ "resourceType": "Condition", "id": "1" });
        let search = |more: Value| {
            let mut bundle = json!({ "resourceType": "Bundle", "type": "searchset" });
            bundle.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
            read(&bundle)
        };
        assert_eq!(Content::read(None), Content::Absent);
        assert_eq!(read(&Value::Null), Content::Empty);
        assert_eq!(search(json!({})), Content::Empty);
        assert_eq!(search(json!({ "total": null, "entry": [] })), Content::Empty);
        assert_eq!(search(json!({ "entry": [{ "resource": resource }] })), Content::Complete(vec![resource.clone()]));
        let next = json!([{ "relation": "self", "url": "a" }, { "relation": "next", "url": "b" }]);
        let partly =
            |next: Option<&str>| Content::Partial { resources: vec![resource.clone()], next: next.map(str::to_owned) };
        assert_eq!(search(json!({ "link": next, "entry": [{ "resource": resource }] })), partly(Some("b")));
        assert_eq!(search(json!({ "total": 2, "entry": [{ "resource": resource }] })), partly(None));
        assert_eq!(search(json!({ "entry": [{ "resource": resource }, {}] })), partly(None));
        for failed in [json!({ "resourceType": "OperationOutcome" }), json!("<html>"), json!({}), json!([]), json!(5)] {
            assert_eq!(read(&failed), Content::Failed, "{failed}");
        }
    }

    #[test]
    fn included_resources_and_hints_are_not_counted_among_the_matches() {
        let entry = json!([
            { "resource": { "resourceType": "MedicationRequest", "id": "1" }, "search": { "mode": "match" } },
            { "resource": { "resourceType": "Medication", "id": "2" }, "search": { "mode": "include" } },
            { "resource": { "resourceType": "OperationOutcome", "issue": [{ "severity": "warning" }] }, "search": { "mode": "outcome" } }
        ]);
        let whole = read(&json!({ "resourceType": "Bundle", "total": 1, "entry": entry }));
        assert!(whole.is_whole() && whole.resources().len() == 2);
        assert!(!read(&json!({ "resourceType": "Bundle", "total": 2, "entry": entry })).is_whole());
    }

    #[test]
    fn a_search_that_brought_only_other_things_is_no_answer() {
        let search =
            |kind: &str| json!({ "resourceType": "Bundle", "entry": [{ "resource": { "resourceType": kind } }] });
        for kind in ["Patient", "Encounter", "Observation", "AllergyIntolerance"] {
            let prefetch = json!({ "conditions": search(kind) });
            assert!(!Prefetch::read(prefetch.as_object()).get(Key::Conditions).is_whole(), "{kind}");
        }
        let prefetch = json!({ "conditions": search("Condition") });
        assert!(Prefetch::read(prefetch.as_object()).get(Key::Conditions).is_whole());
    }

    #[test]
    fn a_key_that_failed_is_not_asked_for_again_and_a_resource_under_another_name_will_do() {
        let prefetch = json!({
            "patient": { "resourceType": "Patient", "id": "1" },
            "condition": { "resourceType": "Condition", "id": "2" },
            "allergies": { "resourceType": "OperationOutcome" }
        });
        let read = Prefetch::read(prefetch.as_object());
        assert!(read.missing().contains(&Key::Conditions) && !read.missing().contains(&Key::Allergies));
        assert_eq!(read.unusable_required(), []);
        assert_eq!(Prefetch::read(None).unusable_required(), [Key::Patient, Key::Conditions]);
    }

    #[test]
    fn no_content_shows_what_it_holds() {
        let content = read(&json!({ "resourceType": "Condition", "code": { "text": "secret" } }));
        assert_eq!(format!("{content:?}"), "Complete(1)");
    }
}
