//! Requests to begin with: each works as it stands, and together they show what the API can take.

use serde_json::{Value, json};

/// A name, a line about it, and the body.
pub(crate) type NamedExample = (&'static str, &'static str, Value);

/// Bodies of `POST /v1/screenings`.
pub(crate) fn screenings() -> Vec<NamedExample> {
    vec![
        (
            "controlled-hypertension",
            "A relaxing massage with blood pressure under control",
            json!({
                "session": { "massageType": "relaxing", "pressure": 2, "bodyRegions": ["back", "neck"], "date": "2026-11-28" },
                "client": { "age": 46, "firstSession": false },
                "intake": "complete",
                "conditions": [{ "id": "hypertension", "control": "controlled" }, { "id": "fever", "state": "absent" }]
            }),
        ),
        (
            "disc-herniation",
            "A Thai massage in pregnancy with a herniated disc, blood thinners and a doctor's agreement",
            json!({
                "session": {
                    "massageType": "thai", "pressure": 4, "bodyRegions": ["back"], "date": "2026-11-28",
                    "durationMinutes": 90, "products": ["almond-oil"]
                },
                "client": {
                    "age": 46, "sex": "female", "pregnancyWeeks": 30, "activityLevel": "sedentary", "firstSession": true
                },
                "intake": "complete",
                "conditions": [
                    { "id": "disc-herniation", "phase": "chronic", "bodyRegion": "lower-back", "onset": "2026-05-01" },
                    { "code": { "system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "I10" }, "control": "controlled" },
                    { "text": "blood thinners", "state": "present" },
                    { "id": "fever", "state": "absent" }
                ],
                "clearances": [{ "condition": "disc-herniation", "by": "physician", "date": "2026-11-20" }]
            }),
        ),
        (
            "in-the-clients-words",
            "Conditions as the client says them",
            json!({
                "session": { "massageType": "classical", "date": "2026-11-28" },
                "intake": "complete",
                "conditions": [{ "text": "high blood pressure" }, { "text": "pregnant" }]
            }),
        ),
        (
            "one-place-only",
            "A condition in one place and a massage in another",
            json!({
                "session": { "massageType": "sports", "bodyRegions": ["legs"], "date": "2026-11-28" },
                "intake": "complete",
                "conditions": [{ "id": "sunburn", "bodyRegion": "shoulders" }]
            }),
        ),
        (
            "partial-intake",
            "Nothing was asked yet, so that the best answer is `caution`",
            json!({ "session": { "massageType": "acupressure", "date": "2026-11-28" }, "intake": "partial", "conditions": [] }),
        ),
    ]
}

/// Bodies of `POST /v1/post-session-assessments`.
pub(crate) fn assessments() -> Vec<NamedExample> {
    vec![
        (
            "sore-shoulder",
            "A dull ache on the day after a first Thai massage",
            json!({
                "session": { "massageType": "thai", "pressure": 4, "bodyRegions": ["back"] },
                "hoursSinceSession": 40,
                "client": { "age": 46, "firstSession": true },
                "intake": "complete",
                "conditions": [],
                "symptoms": [{
                    "text": "dull ache", "bodyRegion": "shoulder", "onsetHoursAfter": 10, "durationHours": 30,
                    "severity": "mild", "trend": "improving"
                }]
            }),
        ),
        (
            "bruise-on-blood-thinners",
            "A bruise in a client who takes blood thinners",
            json!({
                "session": { "massageType": "sports", "pressure": 4, "bodyRegions": ["legs"] },
                "hoursSinceSession": 20,
                "intake": "complete",
                "conditions": [{ "text": "warfarin" }],
                "symptoms": [{ "text": "bruise", "bodyRegion": "thigh", "onsetHoursAfter": 6, "trend": "steady" }]
            }),
        ),
        (
            "swollen-calf",
            "One calf has swollen",
            json!({
                "session": { "massageType": "classical", "bodyRegions": ["legs"] },
                "hoursSinceSession": 30,
                "intake": "complete",
                "conditions": [],
                "symptoms": [{ "text": "swollen calf", "onsetHoursAfter": 12 }]
            }),
        ),
    ]
}

/// Bodies of `POST /cds-services/massage-contraindications`.
pub(crate) fn hook_calls() -> Vec<NamedExample> {
    let patient = json!({ "resourceType": "Patient", "id": "p1", "birthDate": "1980-05-01", "gender": "female" });
    let condition = |system: &str, code: &str, display: &str| {
        json!({ "resourceType": "Bundle", "type": "searchset", "entry": [{ "resource": {
            "resourceType": "Condition", "id": "c1", "subject": { "reference": "Patient/p1" },
            "clinicalStatus": { "coding": [{
                "system": "http://terminology.hl7.org/CodeSystem/condition-clinical", "code": "active"
            }] },
            "code": { "coding": [{ "system": system, "code": code, "display": display }] }
        } }] })
    };
    let prefetch = |conditions: &Value| {
        json!({
            "patient": patient, "conditions": conditions, "allergies": null, "medications": null,
            "medicationStatements": null, "procedures": null, "observations": null
        })
    };
    let pregnant = condition("http://snomed.info/sct", "77386006", "Pregnant");
    let varices = condition("http://hl7.org/fhir/sid/icd-10-cm", "I83.90", "Asymptomatic varicose veins");
    vec![
        (
            "appointment-book",
            "A Thai massage is booked for a patient who is pregnant",
            json!({
                "hook": "appointment-book", "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
                "context": { "userId": "Practitioner/1", "patientId": "p1", "appointments": {
                    "resourceType": "Bundle", "type": "collection", "entry": [{ "resource": {
                        "resourceType": "Appointment", "id": "a1", "status": "proposed",
                        "serviceType": [{ "coding": [{
                            "system": "https://kneadsafe.example/fhir/CodeSystem/massage-type", "code": "thai", "display": "Thai massage"
                        }] }],
                        "start": "2026-11-28T10:00:00Z", "end": "2026-11-28T11:00:00Z",
                        "participant": [{ "actor": { "reference": "Patient/p1" }, "status": "accepted" }]
                    } }]
                } },
                "prefetch": prefetch(&pregnant)
            }),
        ),
        (
            "order-sign",
            "Massage of any type is ordered for a patient with varicose veins",
            json!({
                "hook": "order-sign", "hookInstance": "0cdbd9bb-b7b2-4d5f-9e1e-0c1d7c1d9b5a",
                "context": { "userId": "Practitioner/1", "patientId": "p1", "draftOrders": {
                    "resourceType": "Bundle", "type": "collection", "entry": [{ "resource": {
                        "resourceType": "ServiceRequest", "id": "o1", "status": "draft", "intent": "order",
                        "subject": { "reference": "Patient/p1" }, "occurrenceDateTime": "2026-11-28",
                        "code": { "coding": [{
                            "system": "http://snomed.info/sct", "code": "387854002", "display": "Massage physiotherapy (regime/therapy)"
                        }] }
                    } }]
                } },
                "prefetch": prefetch(&varices)
            }),
        ),
    ]
}

/// Bodies of `POST /cds-services/massage-contraindications/feedback`.
pub(crate) fn feedback() -> Vec<NamedExample> {
    vec![(
        "overridden",
        "The user went on in spite of a card",
        json!({ "feedback": [{
            "card": "4e0a3a1e-3283-4575-ab82-028d55fe2719", "outcome": "overridden",
            "overrideReason": { "reason": {
                "code": "risk-benefit-ratio", "system": "http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes",
                "display": "Recipient assessment of risk/benefit ratio"
            } },
            "outcomeTimestamp": "2026-11-28T10:00:00Z"
        }] }),
    )]
}
