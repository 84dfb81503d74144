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
