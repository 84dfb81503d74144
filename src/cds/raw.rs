//! JSON as it came: what an EHR sends for a booking goes back byte for byte but for what is changed.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::Value;
use serde_json::value::RawValue;

/// The members of a JSON object, in the order in which they came, each value as it was written.
#[derive(Clone, Default)]
pub struct Members(Vec<(String, Box<RawValue>)>);

impl Members {
    /// The members, where this is an object.
    #[must_use]
    pub fn read(raw: &RawValue) -> Option<Self> {
        serde_json::from_str(raw.get()).ok()
    }

    /// The value of the last member of this name, as JSON reads an object.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&RawValue> {
        self.0.iter().rev().find(|(known, _)| known == name).map(|(_, value)| &**value)
    }

    /// The same, understood; `None` also where it is `null` or cannot be read.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<Value> {
        let value: Value = serde_json::from_str(self.get(name)?.get()).ok()?;
        (!value.is_null()).then_some(value)
    }

    /// Puts this value in the place of every member of this name, or at the end where there is none.
    pub fn set(&mut self, name: &str, value: Box<RawValue>) {
        let mut found = false;
        for (_, old) in self.0.iter_mut().filter(|(known, _)| known == name) {
            old.clone_from(&value);
            found = true;
        }
        if !found {
            self.0.push((name.to_owned(), value));
        }
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a JSON object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Members, A::Error> {
                let mut read = Vec::new();
                while let Some(member) = members.next_entry::<String, Box<RawValue>>()? {
                    read.push(member);
                }
                Ok(Members(read))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

impl Serialize for Members {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

/// A FHIR resource: as it was written, and understood.
#[derive(Clone)]
pub struct Resource {
    /// As it was written.
    pub raw: Box<RawValue>,
    /// Understood.
    pub value: Value,
}

impl Resource {
    /// The resource that this is, where it is a JSON object.
    #[must_use]
    pub fn read(raw: &RawValue) -> Option<Self> {
        let value: Value = serde_json::from_str(raw.get()).ok()?;
        value.is_object().then(|| Self { raw: raw.to_owned(), value })
    }

    /// What kind of resource it says that it is.
    #[must_use]
    pub fn kind(&self) -> &str {
        self.value.get("resourceType").and_then(Value::as_str).unwrap_or_default()
    }

    /// Its id, where it has one of FHIR's form.
    #[must_use]
    pub fn id(&self) -> Option<&str> {
        self.value.get("id").and_then(Value::as_str).filter(|id| is_id(id))
    }
}

/// Whether a text is an id as FHIR writes them: up to 64 letters, digits, hyphens and dots.
#[must_use]
pub fn is_id(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.'))
}

/// The resources of a Bundle, of a plain array or of one resource by itself; `None` where it is nothing of the kind.
#[must_use]
pub fn resources(raw: &RawValue) -> Option<Vec<Resource>> {
    if let Ok(list) = serde_json::from_str::<Vec<Box<RawValue>>>(raw.get()) {
        return list.iter().map(|item| Resource::read(item)).collect();
    }
    let members = Members::read(raw)?;
    if members.value("resourceType").is_some_and(|kind| kind != "Bundle") {
        return Some(vec![Resource::read(raw)?]);
    }
    let Some(entries) = members.get("entry") else { return Some(Vec::new()) };
    let entries: Vec<Members> = serde_json::from_str(entries.get()).ok()?;
    entries.iter().filter_map(|entry| entry.get("resource")).map(Resource::read).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn raw(text: &str) -> Box<RawValue> {
        serde_json::from_str(text).unwrap()
    }

    #[test]
    fn what_is_not_changed_stays_as_it_was_written() {
        let text = r#"{"z": 1.0, "a":1e2,"n":{"k" :[ 1,  2.50 ]},"u":"\u00e9"}"#;
        let mut members = Members::read(&raw(text)).unwrap();
        members.set("a", raw("true"));
        members.set("new", raw("7"));
        assert_eq!(
            serde_json::to_string(&members).unwrap(),
            r#"{"z":1.0,"a":true,"n":{"k" :[ 1,  2.50 ]},"u":"\u00e9","new":7}"#
        );
    }

    #[test]
    fn a_bundle_an_array_and_a_resource_hold_resources() {
        for (text, number) in [
            (r#"{"resourceType":"Bundle","entry":[{"resource":{"id":"1"}},{}]}"#, Some(1)),
            (r#"{"entry":[{"resource":{"id":"1"}}]}"#, Some(1)),
            (r#"{"resourceType":"Bundle"}"#, Some(0)),
            (r#"[{"id":"1"},{"id":"2"}]"#, Some(2)),
            (r#"{"resourceType":"Appointment"}"#, Some(1)),
            ("[1]", None),
            ("\"<html>\"", None),
            (r#"{"entry":{}}"#, None),
        ] {
            assert_eq!(resources(&raw(text)).map(|found| found.len()), number, "{text}");
        }
    }
}
