//! A screening as FHIR R4: a `GuidanceResponse` with what was decided, and a `DetectedIssue` for each reason.
//!
//! Source: HL7 FHIR R4 (4.0.1), `GuidanceResponse`, `DetectedIssue`.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::model::{Certainty, Effect, Fault, Reason, Requirement, Screening};
use crate::ruleset::Ruleset;

use super::outcome::{Issue, OperationOutcome};
use super::prefetch::Key;
use super::record::{Record, Warning};

/// Where the project's own resources and code systems live.
const BASE: &str = "https://kneadsafe.example/fhir";

/// The screening of a record as a Bundle of type `collection`.
///
/// Pure: the same arguments give the same bytes, ids included. Resources of the record are referred to by type and id, where
/// they bear one; nothing else of the record is repeated. A reason that only speaks for the session is no issue and stands in
/// no entry. `pages` is what the addresses of rules begin with: the service's own address, or nothing.
#[must_use]
pub fn bundle(ruleset: &Ruleset, record: &Record, screening: &Screening, pages: &str) -> Value {
    let subject = record.patient.as_deref();
    let issues = screening.reasons.iter().filter(|reason| reason.effect > Effect::Indicate);
    let issues: Vec<Value> = issues.map(|reason| issue(ruleset, record, screening, reason, subject, pages)).collect();
    let mut resources = vec![guidance(record, screening, subject)];
    resources.extend(issues);
    // Ids follow from what stands in the resources, so that two issues of one rule are told apart by their order alone.
    let seed = Uuid::new_v5(&Uuid::NAMESPACE_URL, screening.ruleset.digest.as_bytes());
    let entries: Vec<Value> = resources
        .into_iter()
        .enumerate()
        .map(|(number, mut resource)| {
            let id = Uuid::new_v5(&seed, format!("{number} {resource}").as_bytes()).to_string();
            set(&mut resource, "id", id.clone());
            json!({ "fullUrl": format!("urn:uuid:{id}"), "resource": resource })
        })
        .collect();
    json!({ "resourceType": "Bundle", "type": "collection", "entry": entries })
}

/// Faults as an `OperationOutcome`.
#[must_use]
pub fn outcome(faults: &[Fault]) -> Value {
    let issue = |fault: &Fault| {
        let hint = if fault.did_you_mean.is_empty() {
            String::new()
        } else {
            format!("; did you mean {}?", fault.did_you_mean.join(", "))
        };
        let code = match fault.code.as_str() {
            "malformed-json" | "invalid-utf-8" | "too-deep" | "not-fhir" => "structure",
            "unknown-massage-type" | "unknown-body-region" => "code-invalid",
            "missing-parameter" => "required",
            _ => "value",
        };
        let issue = Issue::error(code)
            .coded(format!("{BASE}/CodeSystem/fault"), &*fault.code)
            .diagnosed(format!("{}{hint}", fault.detail));
        if fault.pointer.is_empty() { issue } else { issue.told(&*fault.pointer) }
    };
    faults.iter().map(issue).collect::<OperationOutcome>().resource()
}

/// Sets a member of an object.
fn set(object: &mut Value, member: &str, value: impl Into<Value>) {
    if let Some(members) = object.as_object_mut() {
        members.insert(member.to_owned(), value.into());
    }
}

/// Whether a name is that of a resource, and not of a place.
fn is_reference(name: &str) -> bool {
    name.contains('/')
}

fn references<'r>(names: impl Iterator<Item = &'r String>) -> Vec<Value> {
    let mut seen: Vec<&String> = Vec::new();
    for name in names.filter(|name| is_reference(name)) {
        if !seen.contains(&name) {
            seen.push(name);
        }
    }
    seen.into_iter().map(|name| json!({ "reference": name })).collect()
}

fn guidance(record: &Record, screening: &Screening, subject: Option<&str>) -> Value {
    let settled = record.incomplete.is_empty() && screening.questions.is_empty();
    let messages = (!record.warnings.is_empty()).then(|| warnings(&record.warnings));
    let contained: Vec<Value> = std::iter::once(output(screening)).chain(messages).collect();
    let mut guidance = json!({
        "resourceType": "GuidanceResponse",
        "contained": contained,
        "moduleUri": format!("{BASE}/ruleset/{}", screening.ruleset.version),
        // Where more data can make a better answer, FHIR calls that requested.
        "status": if settled { "success" } else { "data-requested" },
        "note": [{ "text": screening.messages.clinician }, { "text": &*screening.disclaimer }],
        "outputParameters": { "reference": "#output" },
    });
    if let Some(subject) = subject {
        set(&mut guidance, "subject", json!({ "reference": format!("Patient/{subject}") }));
    }
    let asked: Vec<Value> = record.incomplete.iter().map(|key| json!({ "type": key.resource_type() })).collect();
    if !asked.is_empty() {
        set(&mut guidance, "dataRequirement", asked);
    }
    if !record.warnings.is_empty() {
        set(&mut guidance, "evaluationMessage", json!([{ "reference": "#warnings" }]));
    }
    guidance
}

/// What a program needs of the answer.
fn output(screening: &Screening) -> Value {
    let session = &screening.session;
    let mut parameters = vec![
        json!({ "name": "verdict", "valueCode": screening.verdict.as_str() }),
        json!({ "name": "action", "valueCode": screening.action.as_str() }),
        json!({ "name": "settled", "valueBoolean": screening.settled }),
        json!({ "name": "massageType", "valueCode": session.massage_type.as_str() }),
        json!({ "name": "pressure", "valueInteger": session.pressure.level() }),
        json!({ "name": "date", "valueDate": session.date.to_string() }),
    ];
    for region in session.body_regions.iter().flatten() {
        parameters.push(json!({ "name": "bodyRegion", "valueCode": region.as_str() }));
    }
    if let Some(day) = screening.eligible_from {
        parameters.push(json!({ "name": "eligibleFrom", "valueDate": day.to_string() }));
    }
    for requirement in &screening.requirements {
        parameters.push(json!({ "name": "requirement", "valueString": required(requirement) }));
    }
    for question in &screening.questions {
        parameters.push(json!({ "name": "question", "valueString": question.text }));
    }
    for alternative in screening.alternatives.iter().filter(|other| other.verdict < screening.verdict) {
        parameters.push(json!({ "name": "alternative", "part": [
            { "name": "massageType", "valueCode": alternative.massage_type.as_str() },
            { "name": "pressure", "valueInteger": alternative.pressure.level() },
            { "name": "verdict", "valueCode": alternative.verdict.as_str() },
        ] }));
    }
    let messages = &screening.messages;
    for (name, text) in
        [("client", &messages.client), ("frontDesk", &messages.front_desk), ("therapist", &messages.therapist)]
    {
        parameters.push(json!({ "name": name, "valueString": text }));
    }
    parameters.push(json!({ "name": "rulesetVersion", "valueString": &*screening.ruleset.version }));
    parameters.push(json!({ "name": "rulesetDigest", "valueString": &*screening.ruleset.digest }));
    json!({ "resourceType": "Parameters", "id": "output", "parameter": parameters })
}

/// What could not be used of the record; names resources and keys, and says nothing of what stands in them.
fn warnings(warnings: &[Warning]) -> Value {
    let issue = |warning: &Warning| {
        Issue::warning("incomplete")
            .coded(format!("{BASE}/CodeSystem/record-warning"), warning.code.as_str())
            .diagnosed(&*warning.about)
    };
    let mut resource = warnings.iter().map(issue).collect::<OperationOutcome>().resource();
    set(&mut resource, "id", "warnings");
    resource
}

fn issue(
    ruleset: &Ruleset,
    record: &Record,
    screening: &Screening,
    reason: &Reason,
    subject: Option<&str>,
    pages: &str,
) -> Value {
    let severity = match reason.effect {
        Effect::Deny => "high",
        Effect::Caution => "moderate",
        Effect::Advise | Effect::Indicate => "low",
    };
    let mut issue = json!({
        "resourceType": "DetectedIssue",
        "status": if reason.certainty == Certainty::Definite { "final" } else { "preliminary" },
        "code": { "coding": [{ "system": format!("{BASE}/CodeSystem/rule"), "code": reason.rule_id.as_str() }] },
        "severity": severity,
        "detail": &*reason.text,
        "reference": format!("{pages}/v1/rulesets/{}/rules/{}", screening.ruleset.version, reason.rule_id),
    });
    if let Some(subject) = subject {
        set(&mut issue, "patient", json!({ "reference": format!("Patient/{subject}") }));
    }
    let implicated = references(reason.facts.iter().flat_map(|pointer| record.resources(pointer)));
    let mut evidence: Vec<Value> = reason
        .evidence
        .sources
        .iter()
        .map(|source| {
            let coding = json!({ "system": format!("{BASE}/CodeSystem/source"), "code": source.id.as_str() });
            json!({ "code": [{ "coding": [coding], "text": &*source.title }] })
        })
        .collect();
    if !implicated.is_empty() {
        evidence.push(json!({ "detail": implicated.clone() }));
        set(&mut issue, "implicated", implicated);
    }
    for (field, list) in [("evidence", evidence), ("mitigation", mitigations(ruleset, reason))] {
        if !list.is_empty() {
            set(&mut issue, field, list);
        }
    }
    issue
}

/// What lowers the risk: what the rule asks of the session, and whose agreement would lift it.
fn mitigations(ruleset: &Ruleset, reason: &Reason) -> Vec<Value> {
    let rules = ruleset.rules();
    let place = rules.binary_search_by(|rule| rule.id.cmp(&reason.rule_id)).ok();
    let requirements = place.and_then(|place| rules.get(place)).into_iter().flat_map(|rule| &rule.requirements);
    let mut texts: Vec<String> = requirements.map(required).collect();
    texts.extend(reason.clearance.map(|by| format!("Agreement of: {}", by.as_str())));
    texts.extend(reason.eligible_from.map(|day| format!("Wait until {day}")));
    texts.into_iter().map(|text| json!({ "action": { "text": text } })).collect()
}

/// A requirement in words: its kind, and what it names.
fn required(requirement: &Requirement) -> String {
    let Ok(Value::Object(mut members)) = serde_json::to_value(requirement) else { return String::new() };
    let kind = members.remove("kind").and_then(|kind| kind.as_str().map(sentence)).unwrap_or_default();
    let named: Vec<String> = named(&members);
    if named.is_empty() { kind } else { format!("{kind}: {}", named.join("; ")) }
}

fn named(members: &Map<String, Value>) -> Vec<String> {
    let spoken = |value: &Value| value.as_str().map_or_else(|| value.to_string(), |text| text.replace('-', " "));
    // What, then where.
    let where_last = members.iter().filter(|(name, _)| *name != "regions").chain(members.get_key_value("regions"));
    where_last
        .map(|(name, value)| {
            let items = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
            let values = items.iter().map(spoken).collect::<Vec<_>>().join(", ");
            if name == "regions" && members.len() > 1 { format!("in {values}") } else { values }
        })
        .collect()
}

fn sentence(kind: &str) -> String {
    let words = kind.replace('-', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| format!("{}{}", first.to_uppercase(), letters.as_str()))
}

/// The types of resources that a record is made of, for messages.
#[must_use]
pub fn types() -> String {
    Key::ALL.map(Key::resource_type).join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Pressure;

    #[test]
    fn a_requirement_is_told_in_words() {
        let avoid = Requirement::AvoidRegion { regions: vec!["lumbar-spine".parse().unwrap()] };
        assert_eq!(required(&avoid), "Avoid region: lumbar spine");
        let level = Pressure::new(2).unwrap();
        let light = Requirement::PressureMax { level, regions: Some(vec!["back".parse().unwrap()]) };
        assert_eq!(required(&light), "Pressure max: 2; in back");
        assert_eq!(required(&Requirement::RiseSlowly), "Rise slowly");
    }

    #[test]
    fn every_fault_is_an_issue() {
        let faults = [Fault::new("/entry", "not-fhir", "no Bundle"), Fault::new("", "missing-parameter", "name it")];
        let outcome = outcome(&faults);
        assert_eq!(outcome["issue"].as_array().unwrap().len(), 2);
        assert_eq!(outcome["issue"][1]["code"], "required");
    }
}
