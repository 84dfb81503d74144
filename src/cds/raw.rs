//! JSON as it came: what an EHR sends for a booking goes back byte for byte but for what is changed.

use std::collections::HashSet;
use std::fmt;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde::ser::{Serialize, SerializeMap as _, Serializer};
use serde_json::value::RawValue;
use serde_json::{Map, Value, json};

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

    /// Whether there is more than one member of this name.
    #[must_use]
    pub fn is_twice(&self, name: &str) -> bool {
        self.all(name).nth(1).is_some()
    }

    /// Every value of this name.
    fn all(&self, name: &str) -> impl Iterator<Item = &RawValue> {
        self.0.iter().filter(move |(known, _)| known == name).map(|(_, value)| &**value)
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

/// The deepest that is looked into for what can still be read.
const MOST_LEVELS: usize = 60;

/// What can be read of what a client has fetched beforehand, key by key and entry by entry; `None` where it is no object.
///
/// A value that cannot be read, and a member that is given twice, spoil no more than what they stand in: the rest is read,
/// and beside it stands an empty entry, which makes the key one that came in part.
#[must_use]
pub fn prefetch(raw: &RawValue) -> Option<Map<String, Value>> {
    let members = Members::read(raw)?;
    let mut prefetch = Map::new();
    for (name, value) in &members.0 {
        let content =
            if members.is_twice(name) { marked(members.all(name).map(content).collect()) } else { content(value) };
        prefetch.insert(name.clone(), content);
    }
    Some(prefetch)
}

/// What stands under one key.
fn content(raw: &RawValue) -> Value {
    let (value, whole) = salvaged(raw, MOST_LEVELS);
    match value {
        Some(value) if whole => value,
        Some(Value::Array(items)) => marked(items),
        Some(value @ Value::Object(_)) => marked(vec![value]),
        // Not `null`, which would say that there is nothing.
        _ => Value::String(String::new()),
    }
}

/// Resources, and that there is more that could not be read.
fn marked(resources: Vec<Value>) -> Value {
    let mut next = Value::Null;
    let mut entries: Vec<Value> = Vec::new();
    for mut resource in resources.into_iter().filter(Value::is_object) {
        if next.is_null()
            && resource.get("resourceType").is_some_and(|kind| kind == "Bundle")
            && let Some(link) = resource.get_mut("link")
        {
            next = link.take();
        }
        entries.push(json!({ "resource": resource }));
    }
    entries.push(json!({}));
    json!({ "resourceType": "Bundle", "link": next, "entry": entries })
}

/// What can be read of a value, and whether that is all of it. Of members of one name the last is read, and the entries of
/// all of them.
fn salvaged(raw: &RawValue, levels: usize) -> (Option<Value>, bool) {
    let read = serde_json::from_str::<Value>(raw.get()).ok();
    if read.is_some() && serde_json::from_str::<Once>(raw.get()).is_ok() {
        return (read, true);
    }
    let Some(below) = levels.checked_sub(1) else { return (None, false) };
    if let Ok(items) = serde_json::from_str::<Vec<Box<RawValue>>>(raw.get()) {
        return (Some(Value::Array(items.iter().filter_map(|item| salvaged(item, below).0).collect())), false);
    }
    let Some(members) = Members::read(raw) else { return (None, false) };
    let mut kept = Map::new();
    for (name, value) in &members.0 {
        let Some(value) = salvaged(value, below).0 else { continue };
        match (kept.get_mut(name), value) {
            (Some(Value::Array(entries)), Value::Array(more)) if name == "entry" => entries.extend(more),
            (_, value) => drop(kept.insert(name.clone(), value)),
        }
    }
    (Some(Value::Object(kept)), false)
}

/// Any JSON in which no object has two members of one name.
struct Once;

impl<'de> Deserialize<'de> for Once {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Looked;
        impl<'de> Visitor<'de> for Looked {
            type Value = Once;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("JSON")
            }
            fn visit_unit<E>(self) -> Result<Once, E> {
                Ok(Once)
            }
            fn visit_bool<E>(self, _: bool) -> Result<Once, E> {
                Ok(Once)
            }
            fn visit_i64<E>(self, _: i64) -> Result<Once, E> {
                Ok(Once)
            }
            fn visit_u64<E>(self, _: u64) -> Result<Once, E> {
                Ok(Once)
            }
            fn visit_f64<E>(self, _: f64) -> Result<Once, E> {
                Ok(Once)
            }
            fn visit_str<E>(self, _: &str) -> Result<Once, E> {
                Ok(Once)
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Once, A::Error> {
                while items.next_element::<Once>()?.is_some() {}
                Ok(Once)
            }
            fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Once, A::Error> {
                let mut names = HashSet::new();
                while let Some((name, Once)) = members.next_entry::<String, Once>()? {
                    if !names.insert(name) {
                        return Err(A::Error::custom("a member is given twice"));
                    }
                }
                Ok(Once)
            }
        }
        deserializer.deserialize_any(Looked)
    }
}

/// A FHIR resource: as it was written, and understood.
#[derive(Clone)]
pub struct Resource {
    /// As it was written.
    pub raw: Box<RawValue>,
    /// Understood.
    pub value: Value,
    /// Whether a member of it could not be read and is left out.
    pub damaged: bool,
    /// The address that the Bundle gives it.
    pub full_url: Option<String>,
}

impl Resource {
    /// The resource that this is, where it is a JSON object.
    ///
    /// Half a character is one that is unknown, and a member that cannot be read is left out; the rest counts.
    #[must_use]
    pub fn read(raw: &RawValue) -> Option<Self> {
        let of = |raw: Box<RawValue>, value: Value, damaged: bool| {
            value.is_object().then_some(Self { raw, value, damaged, full_url: None })
        };
        if let Ok(value) = serde_json::from_str(raw.get()) {
            return of(raw.to_owned(), value, false);
        }
        let mended = RawValue::from_string(mended(raw.get())).ok()?;
        if let Ok(value) = serde_json::from_str(mended.get()) {
            return of(mended, value, false);
        }
        let members = Members::read(&mended)?;
        let readable =
            |(name, value): &(String, Box<RawValue>)| Some((name.clone(), serde_json::from_str(value.get()).ok()?));
        let value = Value::Object(members.0.iter().filter_map(readable).collect());
        of(mended, value, true)
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

/// The text with U+FFFD for every escape of half a character that the other half does not follow.
fn mended(text: &str) -> String {
    let unit = |at: usize| {
        let digits = text.get(at..at + 6)?.strip_prefix("\\u")?;
        u16::from_str_radix(digits, 16).ok()
    };
    let mut mended = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let length = match unit(at) {
            Some(0xD800..=0xDBFF) if matches!(unit(at + 6), Some(0xDC00..=0xDFFF)) => 12,
            Some(0xD800..=0xDFFF) => {
                mended.push_str("\\ufffd");
                at += 6;
                continue;
            }
            _ if rest.starts_with('\\') => 2,
            _ => rest.find('\\').unwrap_or(rest.len()),
        };
        let Some(kept) = rest.get(..length) else {
            mended.push_str(rest);
            break;
        };
        mended.push_str(kept);
        at += length;
    }
    mended
}

/// How deep Bundles may stand in each other.
const MOST_DEPTH: usize = 8;

/// The resources of a Bundle and of the Bundles in it, of a plain array or of one resource by itself; `None` where it is nothing
/// of the kind, or where something in it is no resource, so that nobody could tell what it books.
#[must_use]
pub fn resources(raw: &RawValue) -> Option<Vec<Resource>> {
    let mut found = Vec::new();
    let read = if raw.get().trim_start().starts_with('[') {
        let list: Vec<Box<RawValue>> = serde_json::from_str(raw.get()).ok()?;
        list.iter().filter(|item| item.get() != "null").try_for_each(|item| collect(item, None, 0, &mut found))
    } else {
        collect(raw, None, 0, &mut found)
    };
    read.map(|()| found)
}

fn collect(raw: &RawValue, full_url: Option<String>, depth: usize, found: &mut Vec<Resource>) -> Option<()> {
    let members = Members::read(raw)?;
    let kind = members.value("resourceType");
    let is_bundle = kind.as_ref().map_or_else(|| members.get("entry").is_some(), |kind| kind == "Bundle");
    if !is_bundle {
        let is_alone = depth == 0;
        let resource = Resource { full_url, ..Resource::read(raw)? };
        let is_told = is_type(resource.kind()) && resource.kind() != "Parameters";
        let is_outcome = resource.kind() == "OperationOutcome";
        if !is_told || is_outcome && is_alone {
            return None;
        }
        found.push(resource);
        return Some(());
    }
    let entries: Vec<Box<RawValue>> = match members.get("entry").map(|entry| (entry, entry.get())) {
        _ if depth >= MOST_DEPTH => return None,
        None | Some((_, "null")) => Vec::new(),
        Some((_, text)) if text.starts_with('[') => serde_json::from_str(text).ok()?,
        Some((only, _)) => vec![only.to_owned()],
    };
    for entry in entries.iter().filter(|entry| entry.get() != "null") {
        let members = Members::read(entry)?;
        let full_url = members.value("fullUrl").and_then(|url| url.as_str().map(|url| url.trim().to_owned()));
        match members.get("resource").filter(|resource| resource.get() != "null") {
            Some(resource) => collect(resource, full_url, depth + 1, found)?,
            // The resource itself, where its entry should stand.
            None if members.get("resourceType").is_some() => collect(entry, full_url, depth + 1, found)?,
            None => {}
        }
    }
    Some(())
}

/// Whether a text can be a type of resource, written as FHIR does.
fn is_type(kind: &str) -> bool {
    const READ: [&str; 5] = ["Appointment", "Bundle", "MedicationRequest", "ProcedureRequest", "ServiceRequest"];
    kind.starts_with(|letter: char| letter.is_ascii_uppercase())
        && kind.bytes().all(|byte| byte.is_ascii_alphabetic())
        && !READ.iter().any(|read| read.eq_ignore_ascii_case(kind) && *read != kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cds::prefetch::Content;

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
    fn what_cannot_be_read_spoils_no_more_than_what_it_stands_in() {
        let deep = format!("{}1{}", "[".repeat(200), "]".repeat(200));
        for odd in [r#""smile \ud83d""#, "1e999", deep.as_str(), r#"{ "a": 1, "a": 2 }"#] {
            let text = format!(
                r#"{{ "patient": {{ "resourceType": "Patient", "id": "1", "x": {odd} }},
                "conditions": {{ "resourceType": "Bundle", "total": 2, "entry": [
                {{ "resource": {{ "resourceType": "Condition", "id": "a", "note": {odd} }} }}, {{ "resource": {{ "id": "b" }} }} ] }},
                "allergies": {odd}, "observations": null }}"#
            );
            let read = prefetch(&raw(&text)).unwrap();
            let content = |name: &str| Content::read(read.get(name));
            assert!(!content("patient").is_whole() && content("patient").resources()[0]["id"] == "1", "{odd}");
            let conditions = content("conditions");
            let ids: Vec<&Value> = conditions.resources().iter().map(|one| &one["id"]).collect();
            assert_eq!(ids, ["a", "b"], "{odd}");
            assert!(!content("conditions").is_whole() && !content("allergies").is_whole(), "{odd}");
            assert_eq!(content("observations"), Content::Empty);
        }
    }

    #[test]
    fn a_member_that_is_given_twice_takes_nothing_away_in_silence() {
        let bundle = r#"{ "resourceType": "Bundle", "entry": [{ "resource": { "id": "a" } }], "entry": [] }"#;
        for text in
            [format!(r#"{{ "conditions": {bundle} }}"#), format!(r#"{{ "conditions": {bundle}, "conditions": null }}"#)]
        {
            let content = Content::read(prefetch(&raw(&text)).unwrap().get("conditions"));
            assert!(!content.is_whole() && content.resources().len() == 1, "{text}");
        }
    }

    #[test]
    fn a_bundle_an_array_and_a_resource_hold_resources() {
        const ONE: &str = r#"{"resourceType":"Appointment","id":"1"}"#;
        for (text, number) in [
            (format!(r#"{{"resourceType":"Bundle","entry":[{{"resource":{ONE}}},{{}}]}}"#), Some(1)),
            (format!(r#"{{"entry":[{{"resource":{ONE}}}]}}"#), Some(1)),
            (
                format!(r#"{{"resourceType":"Bundle","entry":[null,{{"resource":null}},{{"resource":{ONE}}}]}}"#),
                Some(1),
            ),
            (format!(r#"{{"resourceType":"Bundle","entry":{{"resource":{ONE}}}}}"#), Some(1)),
            (format!(r#"{{"resourceType":"Bundle","entry":[{ONE}]}}"#), Some(1)),
            (
                format!(r#"{{"entry":[{{"resource":{{"resourceType":"Bundle","entry":[{{"resource":{ONE}}}]}}}}]}}"#),
                Some(1),
            ),
            (r#"{"resourceType":"Bundle"}"#.to_owned(), Some(0)),
            (format!("[{ONE},{ONE}]"), Some(2)),
            (ONE.to_owned(), Some(1)),
            ("{}".to_owned(), None),
            (r#"{"id":"1"}"#.to_owned(), None),
            (r#"{"entry":[{"resource":{"id":"1"}}]}"#.to_owned(), None),
            (r#"{"resourceType":"appointment"}"#.to_owned(), None),
            (format!(r#"{{"resourceType":"bundle","entry":[{{"resource":{ONE}}}]}}"#), None),
            (r#"{"resourceType":"OperationOutcome"}"#.to_owned(), None),
            (r#"{"resourceType":"Parameters"}"#.to_owned(), None),
            ("[1]".to_owned(), None),
            ("\"<html>\"".to_owned(), None),
        ] {
            assert_eq!(resources(&raw(&text)).map(|found| found.len()), number, "{text}");
        }
    }

    #[test]
    fn half_a_character_and_a_number_out_of_range_cost_no_more_than_themselves() {
        let odd = r#"{"resourceType":"Appointment","comment":"smile \ud83d \ud83d\ude00 \\ud83d"}"#;
        let resource = Resource::read(&raw(odd)).unwrap();
        assert_eq!(resource.value["comment"], "smile \u{fffd} \u{1f600} \\ud83d");
        assert!(!resource.damaged);
        let odd = r#"{"resourceType":"Appointment","priority":1e999,"comment":"x"}"#;
        let resource = Resource::read(&raw(odd)).unwrap();
        assert!(resource.damaged && resource.value["comment"] == "x");
    }
}
