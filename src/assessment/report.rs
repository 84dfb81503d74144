//! An assessment as a FHIR R4 `AdverseEvent`, without anything that identifies a person.

use serde_json::{Value, json};

use crate::model::{Assessment, Level};
use crate::ruleset::{Facts, Ruleset};

/// The report as FHIR R4 JSON. `subject` is required there; it says only that it is a client who is not identified.
///
/// Source: HL7 FHIR R4, `AdverseEvent`.
#[must_use]
#[expect(clippy::indexing_slicing, reason = "the number was read from this ruleset's own catalogue")]
pub fn adverse_event(ruleset: &Ruleset, facts: &Facts, assessment: &Assessment) -> Value {
    let felt: Vec<&str> = facts
        .conditions
        .iter()
        .filter(|fact| fact.felt.since_session)
        .map(|fact| ruleset.condition(fact.condition).name.as_ref())
        .collect();
    let codings: Vec<Value> = facts
        .conditions
        .iter()
        .filter(|fact| fact.felt.since_session)
        .flat_map(|fact| &ruleset.condition(fact.condition).document.codes)
        .map(|code| json!({ "system": code.system, "code": code.code }))
        .collect();
    let kind = &ruleset.massage_types()[facts.session.massage_type].document.name;
    let text = if felt.is_empty() { "Nothing felt after massage".to_owned() } else { felt.join("; ") };
    let mut event = json!({ "text": text });
    if !codings.is_empty() {
        event["coding"] = Value::Array(codings);
    }
    let serious = assessment.level >= Level::SeeDoctor;
    let severity = match assessment.level {
        Level::Expected | Level::ContactTherapist => "mild",
        Level::SeeDoctor => "moderate",
        Level::Emergency => "severe",
    };
    json!({
        "resourceType": "AdverseEvent",
        "actuality": "actual",
        "category": [{ "text": "Massage session" }],
        "event": event,
        "subject": { "display": "Massage client, not identified" },
        "date": facts.session.date.to_string(),
        "seriousness": { "coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/adverse-event-seriousness",
            "code": if serious { "serious" } else { "non-serious" },
        }] },
        "severity": { "coding": [{
            "system": "http://terminology.hl7.org/CodeSystem/adverse-event-severity",
            "code": severity,
        }] },
        "suspectEntity": [{ "instance": { "display": kind } }],
    })
}
