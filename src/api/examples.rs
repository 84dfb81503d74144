//! Requests to begin with: each works as it stands, and together they show what the API can take.

use serde_json::{Value, json};

use crate::screening::questionnaire::canonical_of;

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
        (
            "half-asked",
            "The client was asked about the skin and about infections alone: `questions` says what is left",
            json!({
                "session": { "massageType": "turkish", "date": "2026-11-28" },
                "intake": "partial",
                "asked": ["skin", "skin-infectious", "infection"],
                "conditions": [{ "id": "eczema", "phase": "remission" }]
            }),
        ),
        (
            "red-flag",
            "A sign that has to be seen by a doctor before anything is booked",
            json!({
                "session": { "massageType": "sports", "date": "2026-11-28" },
                "intake": "partial",
                "conditions": [{ "text": "chest pain" }]
            }),
        ),
    ]
}

/// Bodies of `POST /v1/screenings/batch`.
pub(crate) fn batches() -> Vec<NamedExample> {
    vec![
        (
            "two-clients",
            "Two sessions of the day",
            json!({
                "items": [
                    {
                        "id": "slot-0900",
                        "request": {
                            "session": { "massageType": "relaxing", "pressure": 2, "bodyRegions": ["back"], "date": "2026-11-28" },
                            "intake": "complete",
                            "conditions": [{ "id": "hypertension", "control": "controlled" }]
                        }
                    },
                    {
                        "id": "slot-1030",
                        "request": {
                            "session": { "massageType": "thai", "date": "2026-11-28" },
                            "intake": "complete",
                            "conditions": [{ "text": "slipped disc" }]
                        }
                    }
                ]
            }),
        ),
        (
            "one-good-one-bad",
            "A session that can be screened, and one that cannot: its problem stands in its own item",
            json!({
                "items": [
                    {
                        "id": "slot-0900",
                        "request": {
                            "session": { "massageType": "classical", "date": "2026-11-28" },
                            "intake": "complete",
                            "conditions": []
                        }
                    },
                    {
                        "id": "slot-1030",
                        "request": {
                            "session": { "massageType": "thai", "date": "2026-11-28" },
                            "intake": "partial",
                            "asked": ["hart"],
                            "conditions": []
                        }
                    }
                ]
            }),
        ),
    ]
}

/// Bodies of `POST /v1/screenings/matrix`.
pub(crate) fn calendars() -> Vec<NamedExample> {
    vec![
        (
            "after-a-sprain",
            "Three massage types over a month, after an ankle sprain",
            json!({
                "session": { "bodyRegions": ["legs"] },
                "massageTypes": ["thai", "sports", "relaxing"],
                "dates": { "from": "2026-11-28", "days": 30 },
                "intake": "complete",
                "conditions": [{ "text": "sprained ankle", "onset": "2026-11-25" }]
            }),
        ),
        (
            "pregnancy",
            "Every massage type on three days of a pregnancy; the weeks are those of the earliest day",
            json!({
                "dates": ["2026-11-28", "2026-12-12", "2027-01-09"],
                "client": { "age": 31, "pregnancyWeeks": 20 },
                "intake": "complete",
                "conditions": []
            }),
        ),
    ]
}

/// Bodies of `POST /v1/fhir/screenings`.
pub(crate) fn records() -> Vec<NamedExample> {
    let patient = json!({ "resourceType": "Patient", "id": "example", "gender": "female", "birthDate": "1980-05-10" });
    let subject = json!({ "reference": "Patient/example" });
    let coding =
        |system: &str, code: &str, display: &str| json!([{ "system": system, "code": code, "display": display }]);
    let status = |kind: &str, code: &str| json!({ "coding": [{ "system": format!("http://terminology.hl7.org/CodeSystem/{kind}"), "code": code }] });
    let bundle = |resources: &[&Value]| {
        let entries: Vec<Value> = resources.iter().map(|resource| json!({ "resource": resource })).collect();
        json!({ "resourceType": "Bundle", "type": "collection", "entry": entries })
    };
    let hypertension = json!({
        "resourceType": "Condition", "id": "pressure", "subject": subject,
        "clinicalStatus": status("condition-clinical", "active"),
        "verificationStatus": status("condition-ver-status", "confirmed"),
        "code": { "coding": coding("http://hl7.org/fhir/sid/icd-10-cm", "I10", "Essential (primary) hypertension") }
    });
    let anticoagulant = json!({
        "resourceType": "MedicationRequest", "id": "thinner", "status": "active", "intent": "order", "subject": subject,
        "medicationCodeableConcept": { "coding": coding("http://www.whocc.no/atc", "B01AA03", "warfarin") }
    });
    let platelets = json!({
        "resourceType": "Observation", "id": "platelets", "status": "final", "subject": subject,
        "code": { "coding": coding("http://loinc.org", "777-3", "Platelets [#/volume] in Blood by Automated count") },
        "effectiveDateTime": "2026-11-10",
        "valueQuantity": { "value": 42, "unit": "10*3/uL", "system": "http://unitsofmeasure.org", "code": "10*3/uL" }
    });
    vec![
        ("hypertension", "High blood pressure, coded in ICD-10-CM", bundle(&[&patient, &hypertension])),
        ("anticoagulant", "A medicine by its ATC class", bundle(&[&patient, &hypertension, &anticoagulant])),
        ("few-platelets", "A laboratory value with its unit", bundle(&[&patient, &platelets])),
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

/// Plain bodies of `POST /v1/screenings/from-questionnaire`.
pub(crate) fn questionnaire_answers() -> Vec<NamedExample> {
    vec![
        (
            "controlled-hypertension",
            "Blood pressure under control, nothing of the heart besides, nothing with the skin; the rest was not asked",
            json!({
                "ruleset": "latest",
                "session": { "massageType": "relaxing", "pressure": 2, "bodyRegions": ["back"], "date": "2026-11-28" },
                "answers": {
                    "urgent.conditions": "none",
                    "client.age": 46,
                    "category.cardiovascular.conditions": ["hypertension"],
                    "condition.hypertension.control": "controlled",
                    "category.skin.conditions": "none"
                }
            }),
        ),
        (
            "session-on-the-form",
            "The form's own questions about the massage are answered, and something in the client's own words",
            json!({
                "ruleset": "latest",
                "answers": {
                    "session.massageType": "thai",
                    "session.date": "2026-11-28",
                    "category.musculoskeletal.conditions": ["disc-herniation"],
                    "condition.disc-herniation.phase": "chronic",
                    "condition.disc-herniation.clearance": "physician",
                    "condition.disc-herniation.clearanceDate": "2026-11-20",
                    "category.medication.other": ["blood thinners"]
                }
            }),
        ),
    ]
}

/// Bodies of `POST /v1/screenings/from-questionnaire` as FHIR resources.
pub(crate) fn questionnaire_responses() -> Vec<NamedExample> {
    let coding = |system: &str, code: &str| json!({ "valueCoding": { "system": format!("https://kneadsafe.example/fhir/CodeSystem/{system}"), "code": code } });
    vec![(
        "questionnaire-response",
        "A response with one category answered; the session is in the form",
        json!({
            "resourceType": "QuestionnaireResponse",
            "questionnaire": format!("{}|{}", canonical_of(None), "latest"),
            "status": "completed",
            "item": [
                { "linkId": "session", "item": [
                    { "linkId": "session.massageType", "answer": [coding("massage-type", "relaxing")] },
                    { "linkId": "session.date", "answer": [{ "valueDate": "2026-11-28" }] }
                ] },
                { "linkId": "category.cardiovascular", "item": [
                    { "linkId": "category.cardiovascular.conditions", "answer": [coding("condition", "hypertension")] },
                    { "linkId": "condition.hypertension", "item": [
                        { "linkId": "condition.hypertension.control", "answer": [coding("control", "controlled")] }
                    ] }
                ] }
            ]
        }),
    )]
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
