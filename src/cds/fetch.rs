//! Asks the EHR's FHIR server for what did not come along with a call, where that server is configured.
//!
//! Owns what is asked and whether an answer is one: of the right type, about this patient, with all its pages. Whom a request
//! may go to and what it may cost is `outbound.rs`'s. A server that fails costs its call the data and nothing else: the keys
//! are [`Content::Failed`] or [`Content::Partial`], never whole.

use std::collections::BTreeSet;

use futures_util::future::join_all;
use serde_json::{Map, Value, json};
use url::Url;

use crate::outbound::{FhirCall, Outbound, OutboundFault};

use super::bundle::{is_next, one_or_many};
use super::hooks::HookCall;
use super::prefetch::{Content, Key, Prefetch};

/// Asks for the keys that are missing, and for the further pages of those that came in part.
///
/// All keys are asked for at the same time. Where no server is given, or it is not configured, nothing is asked and nothing
/// changes. A key whose template says how many it wants is not read beyond its first page.
pub async fn fill(outbound: &Outbound, call: &HookCall, prefetch: &mut Prefetch) {
    let wanted = wanted(call, prefetch);
    let Some(fhir_server) = call.fhir_server.as_deref().filter(|_| !wanted.is_empty()) else { return };
    let token = call.fhir_authorization.as_ref().map(|authorization| authorization.access_token.expose());
    let patient = PatientId::read(&call.context.patient_id);
    let contents = match (outbound.call(fhir_server, token), patient) {
        (Ok(server), Some(patient)) => {
            let asked = wanted.into_iter().map(|want| want.ask(&server, patient, outbound.page_limit()));
            join_all(asked).await
        }
        (Err(OutboundFault::Refused), _) => return,
        (Ok(_) | Err(_), _) => wanted.into_iter().filter_map(Want::give_up).collect(),
    };
    tracing::debug!(
        keys = contents.len(),
        whole = contents.iter().filter(|(_, content)| content.is_whole()).count(),
        "asked for what a call did not bring"
    );
    for (key, content) in contents {
        prefetch.set(key, content);
    }
}

/// A key that is to be asked for.
struct Want {
    key: Key,
    /// The page that came along with the call.
    first: Option<Map<String, Value>>,
}

fn wanted(call: &HookCall, prefetch: &Prefetch) -> Vec<Want> {
    let sent = |key: Key| call.prefetch.as_ref()?.get(key.name())?.as_object().cloned();
    let want = |key: Key| match prefetch.get(key) {
        Content::Absent => Some(Want { key, first: None }),
        Content::Partial { next: Some(_), .. } if !is_limited(key) => Some(Want { key, first: Some(sent(key)?) }),
        Content::Partial { .. } | Content::Empty | Content::Failed | Content::Complete(_) => None,
    };
    Key::ALL.into_iter().filter_map(want).collect()
}

/// Whether the template itself says how many it wants.
fn is_limited(key: Key) -> bool {
    key.template().contains("_count=")
}

impl Want {
    /// What becomes of the key where nothing can be asked: what came along stays as it is.
    fn give_up(self) -> Option<(Key, Content)> {
        self.first.is_none().then_some((self.key, Content::Failed))
    }

    async fn ask(self, server: &FhirCall<'_>, patient: PatientId<'_>, page_limit: usize) -> (Key, Content) {
        let key = self.key;
        let content = if key == Key::Patient {
            read_patient(server, patient).await
        } else {
            search(server, patient, self, page_limit).await
        };
        (key, content)
    }
}

/// The id of a patient, fit to stand in an address: FHIR's pattern (R4, 2.24.0.1 "id"), and no step upwards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct PatientId<'c>(&'c str);

impl<'c> PatientId<'c> {
    fn read(id: &'c str) -> Option<Self> {
        let fits = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
        let good = (1..=64).contains(&id.len()) && id.bytes().all(fits) && id.bytes().any(|byte| byte != b'.');
        good.then_some(Self(id))
    }

    fn address(self, server: &FhirCall<'_>, key: Key) -> Option<Url> {
        let path = key.template().replace("{{context.patientId}}", self.0);
        server.base().at(&path).filter(|_| !path.contains("{{"))
    }

    /// Whether a resource may be this patient's: it says so, or does not say whose it is.
    fn may_own(self, resource: &Value) -> bool {
        let subjects = ["subject", "patient"].into_iter().filter_map(|name| resource.get(name)?.get("reference"));
        subjects.into_iter().all(|reference| reference.as_str().is_some_and(|reference| self.is_named_by(reference)))
    }

    /// `Patient/1`, `Patient/1/_history/2`, or the same with an address before it.
    fn is_named_by(self, reference: &str) -> bool {
        let current = reference.split("/_history/").next().unwrap_or_default();
        let mut steps = current.rsplit('/');
        (steps.next(), steps.next()) == (Some(self.0), Some("Patient"))
    }
}

async fn read_patient(server: &FhirCall<'_>, patient: PatientId<'_>) -> Content {
    let Some(address) = patient.address(server, Key::Patient) else { return Content::Failed };
    match server.get(address).await {
        Ok(resource)
            if resource.get("resourceType") == Some(&json!("Patient"))
                && resource.get("id") == Some(&json!(patient.0)) =>
        {
            Content::read(Some(&resource))
        }
        Ok(_) | Err(_) => Content::Failed,
    }
}

/// Every page of a search, as one Bundle; with a `next` link where pages remain unread.
async fn search(server: &FhirCall<'_>, patient: PatientId<'_>, want: Want, page_limit: usize) -> Content {
    let mut pages = Pages::default();
    let mut next = match want.first {
        Some(first) => pages.turn(server.base().url(), first),
        None => Next::Page(patient.address(server, want.key)),
    };
    let pages_to_read = if is_limited(want.key) { 1 } else { page_limit };
    for _ in 0..pages_to_read {
        let Next::Page(address) = next else { break };
        // A page that was read already would be read for ever.
        let Some(address) = address.filter(|address| pages.read.insert(address.clone())) else {
            return pages.partial();
        };
        match server.get(address.clone()).await {
            Ok(Value::Object(page)) if is_answer(&page, want.key, patient) => next = pages.turn(&address, page),
            Ok(Value::Object(page)) if pages.bundle.is_none() || tells_of_another(&page, patient) => {
                return Content::Failed;
            }
            Ok(_) | Err(_) => return pages.partial(),
        }
    }
    match next {
        Next::End => pages.whole(),
        // There is more than was asked for, and it says where: the reader may know that the newest are enough.
        Next::Page(_) if is_limited(want.key) => pages.unchanged(),
        Next::Page(_) => pages.partial(),
    }
}

/// Where a search goes on.
enum Next {
    /// There is no further page.
    End,
    /// There is one; `None` where its address cannot be read.
    Page(Option<Url>),
}

/// The pages that were read.
#[derive(Default)]
struct Pages {
    bundle: Option<Map<String, Value>>,
    read: BTreeSet<Url>,
}

impl Pages {
    /// Adds a page that was read at an address, and says where the next one is.
    fn turn(&mut self, at: &Url, mut page: Map<String, Value>) -> Next {
        let next = match one_or_many(page.get("link")).iter().find(|link| is_next(link)) {
            Some(link) => Next::Page(link.get("url").and_then(Value::as_str).and_then(|url| at.join(url).ok())),
            None => Next::End,
        };
        match &mut self.bundle {
            None => self.bundle = Some(page),
            Some(bundle) => {
                let entries = bundle.entry("entry").or_insert_with(|| json!([]));
                if !entries.is_array() {
                    *entries = Value::Array(vec![entries.take()]);
                }
                match (entries, page.remove("entry")) {
                    (Value::Array(entries), Some(Value::Array(more))) => entries.extend(more),
                    (Value::Array(entries), Some(one)) => entries.push(one),
                    _ => {}
                }
            }
        }
        next
    }

    /// What was read, of which nothing is missing but what it says itself.
    fn whole(mut self) -> Content {
        self.bundle.as_mut().and_then(|bundle| bundle.remove("link"));
        self.unchanged()
    }

    /// What was read, of which something is missing.
    fn partial(mut self) -> Content {
        let link = json!([{ "relation": "next" }]);
        self.bundle.as_mut().and_then(|bundle| bundle.insert("link".to_owned(), link));
        self.unchanged()
    }

    fn unchanged(self) -> Content {
        self.bundle.map_or(Content::Failed, |bundle| Content::read(Some(&Value::Object(bundle))))
    }
}

/// Whether a page is what a search for this key and patient can answer.
fn is_answer(page: &Map<String, Value>, key: Key, patient: PatientId<'_>) -> bool {
    let of_type = |resource: &Value, kind: &str| resource.get("resourceType").and_then(Value::as_str) == Some(kind);
    let text = |name: &str| page.get(name).and_then(Value::as_str);
    let fits = |entry: &Value| {
        let included = entry.pointer("/search/mode").and_then(Value::as_str) == Some("include");
        entry.get("resource").is_none_or(|resource| {
            of_type(resource, "OperationOutcome") || included || of_type(resource, key.resource_type())
        })
    };
    text("resourceType") == Some("Bundle")
        && text("type").is_none_or(|kind| kind == "searchset")
        && one_or_many(page.get("entry")).iter().all(fits)
        && !tells_of_another(page, patient)
}

/// Whether a page has a resource of another patient: then nothing that the server says of this one can be relied on.
fn tells_of_another(page: &Map<String, Value>, patient: PatientId<'_>) -> bool {
    let entries = one_or_many(page.get("entry"));
    entries.iter().filter_map(|entry| entry.get("resource")).any(|resource| !patient.may_own(resource))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_is_of_fhirs_pattern_and_no_step_upwards() {
        let long = "a".repeat(64);
        for good in ["1", "a-B.9", long.as_str(), "..a"] {
            assert!(PatientId::read(good).is_some(), "{good}");
        }
        let longer = "a".repeat(65);
        for bad in ["", ".", "..", "../x", "1&_include=*", "1/2", "1?x", "1#", "%2e", "1 ", "ä", "Patient/1", &longer]
        {
            assert_eq!(PatientId::read(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_resource_of_another_patient_is_told_from_ones_own() {
        let patient = PatientId("p1");
        for own in ["Patient/p1", "https://ehr.example/fhir/Patient/p1", "Patient/p1/_history/3"] {
            assert!(patient.may_own(&json!({ "subject": { "reference": own } })), "{own}");
        }
        for other in ["Patient/p2", "Patient/p11", "Group/p1", "p1", "#p1", "Patient/p2/_history/p1", "XPatient/p1"] {
            assert!(!patient.may_own(&json!({ "patient": { "reference": other } })), "{other}");
        }
        assert!(patient.may_own(&json!({ "subject": { "display": "somebody" } })));
        assert!(!patient.may_own(&json!({ "subject": { "reference": 1 } })));
    }

    #[test]
    fn an_answer_is_a_searchset_of_the_type_that_was_asked_for() {
        let answer = |page: Value| is_answer(page.as_object().unwrap(), Key::Conditions, PatientId("p1"));
        let condition = json!({ "resourceType": "Condition", "subject": { "reference": "Patient/p1" } });
        let medication = json!({ "resourceType": "Medication" });
        assert!(answer(json!({ "resourceType": "Bundle", "type": "searchset", "entry": [{ "resource": condition }] })));
        assert!(answer(json!({ "resourceType": "Bundle", "type": "searchset" })));
        assert!(answer(json!({ "resourceType": "Bundle", "entry": [
            { "resource": medication, "search": { "mode": "include" } },
            { "resource": { "resourceType": "OperationOutcome" }, "search": { "mode": "outcome" } }] })));
        assert!(!answer(json!({ "resourceType": "Bundle", "entry": [{ "resource": medication }] })));
        assert!(!answer(json!({ "resourceType": "Bundle", "type": "history" })));
        assert!(!answer(json!({ "resourceType": "OperationOutcome" })));
        assert!(!answer(condition));
    }
}
