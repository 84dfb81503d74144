//! An assessment as a report, typed or as a FHIR R4 `AdverseEvent`, without anything that identifies a person.

use serde_json::{Value, json};

use crate::model::{AdverseEventSummary, Assessment, Level, SymptomSummary};
use crate::ruleset::{Facts, Ruleset};

use super::felt;

/// The report in short.
#[must_use]
#[expect(clippy::indexing_slicing, reason = "the number was read from this ruleset's own catalogue")]
pub fn summary(ruleset: &Ruleset, facts: &Facts, assessment: &Assessment) -> AdverseEventSummary {
    let mut rules: Vec<_> = assessment.reasons.iter().map(|reason| reason.rule_id.clone()).collect();
    rules.dedup();
    AdverseEventSummary {
        massage_type: ruleset.massage_types()[facts.session.massage_type].id.clone(),
        pressure: facts.session.pressure,
        body_regions: facts.session.regions.as_ref().map(|place| place.ids.clone()),
        date: facts.session.date,
        symptoms: felt(ruleset, facts)
            .map(|fact| SymptomSummary {
                id: ruleset.condition(fact.condition).id.clone(),
                body_region: fact.place.as_ref().and_then(|place| place.ids.first().cloned()),
                onset_hours_after: fact.felt.onset_hours,
                duration_hours: fact.felt.duration_hours,
                severity: fact.severity,
                trend: fact.felt.trend,
            })
            .collect(),
        not_understood: facts.coverage.unrecognised.len(),
        level: assessment.level,
        urgency: assessment.urgency,
        rules,
        ruleset: assessment.ruleset.clone(),
    }
}

/// The report as FHIR R4 JSON. `subject` is required there; it says only that it is a client who is not identified.
///
/// Source: HL7 FHIR R4, `AdverseEvent`.
#[must_use]
#[expect(clippy::indexing_slicing, reason = "the number was read from this ruleset's own catalogue")]
pub fn adverse_event(ruleset: &Ruleset, facts: &Facts, assessment: &Assessment) -> Value {
    let names: Vec<&str> = felt(ruleset, facts).map(|fact| ruleset.condition(fact.condition).name.as_ref()).collect();
    let codings: Vec<Value> = felt(ruleset, facts)
        .flat_map(|fact| &ruleset.condition(fact.condition).document.codes)
        .map(|code| json!({ "system": code.system, "code": code.code }))
        .collect();
    let kind = &ruleset.massage_types()[facts.session.massage_type].document.name;
    let text = if names.is_empty() { "Nothing felt after massage".to_owned() } else { names.join("; ") };
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
