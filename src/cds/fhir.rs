//! A small, lenient model of the FHIR R4 resources that a screening reads.
//!
//! Every field is optional. A field of the wrong form reads as not given, and one item stands for an array of one: what
//! is missing is then unknown, which never makes an answer milder. Source: HL7 FHIR R4 (4.0.1).

use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::ruleset::RecordCode;

use super::date::Days;

/// A field that reads as not given where it has the wrong form.
fn maybe<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Option<T>, D::Error> {
    Ok(serde_json::from_value(Value::deserialize(deserializer)?).ok())
}

/// One or many; items of the wrong form are left out.
fn many<'de, D: Deserializer<'de>, T: DeserializeOwned>(deserializer: D) -> Result<Vec<T>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let items = super::bundle::one_or_many(Some(&value)).to_vec();
    Ok(items.into_iter().filter_map(|item| serde_json::from_value(item).ok()).collect())
}

/// A date, or the days that it can mean.
fn days<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Days>, D::Error> {
    Ok(Value::deserialize(deserializer)?.as_str().and_then(Days::read))
}

/// A number, also where it is written as a text.
fn number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<f64>, D::Error> {
    Ok(match Value::deserialize(deserializer)? {
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse().ok(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
    .filter(|number| number.is_finite()))
}

/// A code of a code system, with its name.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Coding {
    /// The code system.
    #[serde(deserialize_with = "maybe")]
    pub system: Option<String>,
    /// The code.
    #[serde(deserialize_with = "maybe")]
    pub code: Option<String>,
    /// Its name.
    #[serde(deserialize_with = "maybe")]
    pub display: Option<String>,
}

impl Coding {
    /// System and code, the system as FHIR writes it.
    #[must_use]
    pub fn record_code(&self) -> Option<RecordCode> {
        let filled =
            |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
        Some(RecordCode { system: canonical(&filled(&self.system)?).to_owned(), code: filled(&self.code)? })
    }
}

/// The canonical address of a code system that some senders name by its OID, by an older address or with a version.
pub(super) fn canonical(system: &str) -> &str {
    let system = system.split('|').next().unwrap_or_default().trim().trim_end_matches('/');
    match system {
        "urn:oid:2.16.840.1.113883.6.90" | "https://hl7.org/fhir/sid/icd-10-cm" => "http://hl7.org/fhir/sid/icd-10-cm",
        "urn:oid:2.16.840.1.113883.6.96" | "https://snomed.info/sct" => "http://snomed.info/sct",
        "urn:oid:2.16.840.1.113883.6.88" => "http://www.nlm.nih.gov/research/umls/rxnorm",
        "urn:oid:2.16.840.1.113883.6.73" => "http://www.whocc.no/atc",
        "urn:oid:2.16.840.1.113883.6.1" | "https://loinc.org" => "http://loinc.org",
        "https://terminology.hl7.org/CodeSystem/service-type"
        | "http://hl7.org/fhir/service-type"
        | "https://hl7.org/fhir/service-type" => "http://terminology.hl7.org/CodeSystem/service-type",
        edition if edition.starts_with("http://snomed.info/sct/") => "http://snomed.info/sct",
        known => known,
    }
}

/// A thing named by codes, words or both; a bare text or a bare coding will do.
#[derive(Debug, Clone, Default)]
pub struct Concept {
    /// The codes.
    pub coding: Vec<Coding>,
    /// The words.
    pub text: Option<String>,
}

impl<'de> Deserialize<'de> for Concept {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize, Default)]
        #[serde(default)]
        struct Written {
            #[serde(deserialize_with = "many")]
            coding: Vec<Coding>,
            #[serde(deserialize_with = "maybe")]
            text: Option<String>,
            #[serde(deserialize_with = "maybe")]
            concept: Option<Concept>,
        }
        let value = Value::deserialize(deserializer)?;
        let value = value.as_array().and_then(|items| items.first()).unwrap_or(&value).clone();
        if let Value::String(text) = value {
            return Ok(Self { coding: Vec::new(), text: Some(text) });
        }
        let bare = value.get("coding").is_none() && value.get("code").is_some();
        let coding = if bare { serde_json::from_value(value.clone()).ok() } else { None };
        let written: Written = serde_json::from_value(value).unwrap_or_default();
        let mut concept = written.concept.unwrap_or_default();
        concept.coding.extend(written.coding);
        concept.coding.extend(coding);
        concept.text = concept.text.or(written.text);
        Ok(concept)
    }
}

impl Concept {
    /// The words: the text first, then the names of the codes.
    pub fn words(&self) -> impl Iterator<Item = &str> {
        let displays = self.coding.iter().filter_map(|coding| coding.display.as_deref());
        self.text.as_deref().into_iter().chain(displays).map(str::trim).filter(|text| !text.is_empty())
    }

    /// The codes that name their system.
    pub fn codes(&self) -> impl Iterator<Item = RecordCode> {
        self.coding.iter().filter_map(Coding::record_code)
    }

    /// Whether its codes or words say this status, which is written as FHIR writes its codes: as a word among others too.
    #[must_use]
    pub fn says(&self, status: &str) -> bool {
        let codes = self.coding.iter().filter_map(|coding| coding.code.as_deref());
        let apart = |letter: char| !letter.is_alphanumeric() && letter != '-';
        codes.chain(self.words()).flat_map(|text| text.split(apart)).any(|word| word.eq_ignore_ascii_case(status))
    }

    /// Both as one, the words of the other among the names.
    #[must_use]
    pub fn with(mut self, other: Self) -> Self {
        self.coding.extend(other.coding);
        self.coding.extend(other.text.map(|text| Coding { display: Some(text), ..Coding::default() }));
        self
    }
}

/// A pointer to another resource.
#[derive(Debug, Clone, Default)]
pub struct Reference {
    /// `Type/id`, an address, `#id` of a contained resource.
    pub reference: Option<String>,
    /// What it is called.
    pub display: Option<String>,
}

impl<'de> Deserialize<'de> for Reference {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let value = Value::deserialize(deserializer)?;
        if let Value::String(reference) = value {
            return Ok(Self { reference: Some(reference), display: None });
        }
        let text = |name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        Ok(Self { reference: text("reference"), display: text("display") })
    }
}

impl Reference {
    /// Type and id, whatever stands before them and whatever version is meant; the type is missing for `urn:uuid:` and
    /// the like.
    #[must_use]
    pub fn target(&self) -> Option<(Option<&str>, &str)> {
        let reference = self.reference.as_deref()?.split("/_history/").next()?;
        if let Some(bare) = reference.strip_prefix("urn:uuid:").or_else(|| reference.strip_prefix("urn:oid:")) {
            return Some((None, bare));
        }
        let mut parts = reference.rsplit('/');
        let id = parts.next().filter(|id| !id.is_empty())?;
        Some((parts.next(), id))
    }
}

/// A span of time.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(default)]
pub struct Period {
    /// Its beginning.
    #[serde(deserialize_with = "days")]
    pub start: Option<Days>,
    /// Its end.
    #[serde(deserialize_with = "days")]
    pub end: Option<Days>,
}

/// A measured amount.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Quantity {
    /// The number.
    #[serde(deserialize_with = "number")]
    pub value: Option<f64>,
    /// `<`, `<=`, `>=` or `>`.
    #[serde(deserialize_with = "maybe")]
    pub comparator: Option<String>,
    /// The unit in words.
    #[serde(deserialize_with = "maybe")]
    pub unit: Option<String>,
    /// The unit in UCUM.
    #[serde(deserialize_with = "maybe")]
    pub code: Option<String>,
}

/// Two amounts and what lies between them.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Range {
    /// The lower.
    #[serde(deserialize_with = "maybe")]
    pub low: Option<Quantity>,
    /// The upper.
    #[serde(deserialize_with = "maybe")]
    pub high: Option<Quantity>,
}

/// `Patient`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Patient {
    /// Its id.
    #[serde(deserialize_with = "maybe")]
    pub id: Option<String>,
    /// The day of birth.
    #[serde(deserialize_with = "days")]
    pub birth_date: Option<Days>,
    /// Administrative gender.
    #[serde(deserialize_with = "maybe")]
    pub gender: Option<String>,
}

/// `Condition`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Condition {
    /// Where it stands.
    #[serde(deserialize_with = "maybe")]
    pub clinical_status: Option<Concept>,
    /// How sure it is.
    #[serde(deserialize_with = "maybe")]
    pub verification_status: Option<Concept>,
    /// How bad it is.
    #[serde(deserialize_with = "maybe")]
    pub severity: Option<Concept>,
    /// What it is.
    #[serde(deserialize_with = "maybe")]
    pub code: Option<Concept>,
    /// Where on the body.
    #[serde(deserialize_with = "many")]
    pub body_site: Vec<Concept>,
    /// When it began.
    #[serde(deserialize_with = "days")]
    pub onset_date_time: Option<Days>,
    /// At what age it began.
    #[serde(deserialize_with = "maybe")]
    pub onset_age: Option<Quantity>,
    /// In what time it began.
    #[serde(deserialize_with = "maybe")]
    pub onset_period: Option<Period>,
    /// When it ended.
    #[serde(deserialize_with = "days")]
    pub abatement_date_time: Option<Days>,
    /// At what age it ended.
    #[serde(deserialize_with = "maybe")]
    pub abatement_age: Option<Quantity>,
    /// In what time it ended.
    #[serde(deserialize_with = "maybe")]
    pub abatement_period: Option<Period>,
    /// When it was written down: it had begun by then.
    #[serde(deserialize_with = "days")]
    pub recorded_date: Option<Days>,
}

/// `AllergyIntolerance`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Allergy {
    /// Where it stands.
    #[serde(deserialize_with = "maybe")]
    pub clinical_status: Option<Concept>,
    /// How sure it is.
    #[serde(deserialize_with = "maybe")]
    pub verification_status: Option<Concept>,
    /// What it is, or to what.
    #[serde(deserialize_with = "maybe")]
    pub code: Option<Concept>,
    /// What happened.
    #[serde(deserialize_with = "many")]
    pub reaction: Vec<Reaction>,
}

/// What happened after somebody met what they are allergic to.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Reaction {
    /// The substance, where the allergy itself does not say.
    #[serde(deserialize_with = "maybe")]
    pub substance: Option<Concept>,
    /// How bad it was.
    #[serde(deserialize_with = "maybe")]
    pub severity: Option<String>,
}

/// `MedicationRequest` and `MedicationStatement`: what is the same in both, and what one of them has.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Medication {
    /// Where it stands.
    #[serde(deserialize_with = "maybe")]
    pub status: Option<String>,
    /// Whether it is an order, a plan or a proposal.
    #[serde(deserialize_with = "maybe")]
    pub intent: Option<String>,
    /// Whether it says that it must not be given.
    #[serde(deserialize_with = "maybe")]
    pub do_not_perform: Option<bool>,
    /// What it is.
    #[serde(deserialize_with = "maybe")]
    pub medication_codeable_concept: Option<Concept>,
    /// Where it says what it is.
    #[serde(deserialize_with = "maybe")]
    pub medication_reference: Option<Reference>,
    /// Either of the two, as R5 writes it.
    #[serde(deserialize_with = "maybe")]
    pub medication: Option<Value>,
    /// Resources inside this one.
    #[serde(deserialize_with = "many")]
    pub contained: Vec<Value>,
    /// When it was ordered.
    #[serde(deserialize_with = "days")]
    pub authored_on: Option<Days>,
    /// When it was taken.
    #[serde(deserialize_with = "days")]
    pub effective_date_time: Option<Days>,
    /// From when to when it was taken.
    #[serde(deserialize_with = "maybe")]
    pub effective_period: Option<Period>,
    /// How it is dispensed.
    #[serde(deserialize_with = "maybe")]
    pub dispense_request: Option<DispenseRequest>,
}

/// How a medicine is dispensed.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct DispenseRequest {
    /// From when to when.
    #[serde(deserialize_with = "maybe")]
    pub validity_period: Option<Period>,
}

/// `Procedure`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Procedure {
    /// Where it stands.
    #[serde(deserialize_with = "maybe")]
    pub status: Option<String>,
    /// What it is.
    #[serde(deserialize_with = "maybe")]
    pub code: Option<Concept>,
    /// Where on the body.
    #[serde(deserialize_with = "many")]
    pub body_site: Vec<Concept>,
    /// When it was done.
    #[serde(deserialize_with = "days")]
    pub performed_date_time: Option<Days>,
    /// From when to when it was done.
    #[serde(deserialize_with = "maybe")]
    pub performed_period: Option<Period>,
    /// At what age it was done.
    #[serde(deserialize_with = "maybe")]
    pub performed_age: Option<Quantity>,
}

/// `Observation`, or one of its components.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Observation {
    /// Where it stands.
    #[serde(deserialize_with = "maybe")]
    pub status: Option<String>,
    /// What was measured or asked.
    #[serde(deserialize_with = "maybe")]
    pub code: Option<Concept>,
    /// When.
    #[serde(deserialize_with = "days")]
    pub effective_date_time: Option<Days>,
    /// From when to when.
    #[serde(deserialize_with = "maybe")]
    pub effective_period: Option<Period>,
    /// When, to the instant.
    #[serde(deserialize_with = "days")]
    pub effective_instant: Option<Days>,
    /// When it was given out.
    #[serde(deserialize_with = "days")]
    pub issued: Option<Days>,
    /// An amount.
    #[serde(deserialize_with = "maybe")]
    pub value_quantity: Option<Quantity>,
    /// A range.
    #[serde(deserialize_with = "maybe")]
    pub value_range: Option<Range>,
    /// A code.
    #[serde(deserialize_with = "maybe")]
    pub value_codeable_concept: Option<Concept>,
    /// A day.
    #[serde(deserialize_with = "days")]
    pub value_date_time: Option<Days>,
    /// A whole number.
    #[serde(deserialize_with = "number")]
    pub value_integer: Option<f64>,
    /// A text; a number in it counts.
    #[serde(deserialize_with = "maybe")]
    pub value_string: Option<String>,
    /// Yes or no.
    #[serde(deserialize_with = "maybe")]
    pub value_boolean: Option<bool>,
    /// Why there is no value.
    #[serde(deserialize_with = "maybe")]
    pub data_absent_reason: Option<Concept>,
    /// Its parts.
    #[serde(deserialize_with = "many")]
    pub component: Vec<Observation>,
    /// Where its parts are.
    #[serde(deserialize_with = "many")]
    pub has_member: Vec<Reference>,
}

impl Observation {
    /// The day on which it was; the last that is possible.
    #[must_use]
    pub fn day(&self) -> Option<Days> {
        let period = self.effective_period.unwrap_or_default();
        self.effective_date_time.or(period.end).or(period.start).or(self.effective_instant).or(self.issued)
    }
}

/// Reads a resource; what is no object reads as nothing given.
#[must_use]
pub fn read<T: DeserializeOwned + Default>(value: &Value) -> T {
    T::deserialize(value).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_field_of_the_wrong_form_reads_as_not_given() {
        let condition: Condition = read(&json!({
            "clinicalStatus": 5, "code": { "text": "gout", "coding": "x" }, "onsetDateTime": ["2020"], "bodySite": { "text": "toe" }
        }));
        assert!(condition.clinical_status.is_none_or(|status| !status.says("active")));
        assert_eq!(condition.code.unwrap().text.as_deref(), Some("gout"));
        assert!(condition.onset_date_time.is_none());
        assert_eq!(condition.body_site.len(), 1);
    }

    #[test]
    fn a_concept_is_read_from_a_text_a_coding_or_a_list() {
        let read = |value: Value| serde_json::from_value::<Concept>(value).unwrap();
        assert!(read(json!("active")).says("active") && read(json!("currently ACTIVE!")).says("active"));
        assert!(
            read(json!({ "coding": { "code": "Active" } })).says("active") && !read(json!("inactive")).says("active")
        );
        assert_eq!(read(json!({ "system": "s", "code": "c" })).codes().count(), 1);
        assert_eq!(read(json!([{ "text": "a" }])).words().collect::<Vec<_>>(), ["a"]);
        assert_eq!(read(json!({ "concept": { "text": "a" } })).words().collect::<Vec<_>>(), ["a"]);
    }

    #[test]
    fn a_reference_names_its_target_however_it_is_written() {
        let target = |text: &str| {
            let reference = Reference { reference: Some(text.to_owned()), display: None };
            reference.target().map(|(kind, id)| (kind.map(str::to_owned), id.to_owned()))
        };
        let patient = Some((Some("Patient".to_owned()), "1".to_owned()));
        assert_eq!(target("Patient/1"), patient);
        assert_eq!(target("https://ehr.example/fhir/Patient/1/_history/3"), patient);
        assert_eq!(target("urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0").unwrap().0, None);
        assert_eq!(target(""), None);
    }
}
