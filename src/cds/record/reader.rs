//! Goes through everything that came, decides whose it is, and hands each resource to what reads it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use jiff::civil::Date;
use serde_json::Value;

use crate::model::{ClientRequest, ConditionRequest, Sex};
use crate::ruleset::Ruleset;

use super::super::bundle::one_or_many;
use super::super::date::{Days, days_between};
use super::super::fhir::{self, Concept, Observation, Patient, Reference};
use super::super::prefetch::{Content, Key, Prefetch};
use super::measurements::Measured;
use super::naming::{Naming, Sort, name};
use super::reasons::{Reasons, leave_out_known};
use super::{Entry, Record, Warning, WarningCode};

/// Resources that say nothing of the health of the patient themself: who treats, who pays, when and where; and what is read
/// only where another resource points to it.
const NOTHING_TO_READ: [&str; 35] = [
    "Account",
    "Appointment",
    "AppointmentResponse",
    "AuditEvent",
    "Binary",
    "CareTeam",
    "Claim",
    "ClaimResponse",
    "Consent",
    "Contract",
    "Coverage",
    "CoverageEligibilityRequest",
    "CoverageEligibilityResponse",
    "Encounter",
    "Endpoint",
    "EnrollmentRequest",
    "EnrollmentResponse",
    "EpisodeOfCare",
    "ExplanationOfBenefit",
    "FamilyMemberHistory",
    "Group",
    "HealthcareService",
    "Invoice",
    "List",
    "Location",
    "Medication",
    "OperationOutcome",
    "Organization",
    "Practitioner",
    "PractitionerRole",
    "Provenance",
    "RelatedPerson",
    "Schedule",
    "Slot",
    "Specimen",
];

/// Those of them that name illnesses or point to them.
const POINTS_TO_ILLNESS: [&str; 6] =
    ["Claim", "CoverageEligibilityRequest", "Encounter", "EpisodeOfCare", "ExplanationOfBenefit", "List"];

/// Whose a resource is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Whose {
    /// The patient's.
    Theirs,
    /// Somebody else's.
    Others,
    /// Nobody can say.
    Unclear,
}

/// What a resource mentions: the reasons and diagnoses that it names, and what it points to.
#[derive(Default)]
struct Mentions {
    concepts: Vec<Concept>,
    references: Vec<Reference>,
}

impl Mentions {
    fn find(&mut self, value: &Value) {
        const NAMES: [&str; 3] = ["reasonCode", "diagnosisCodeableConcept", "concept"];
        match value {
            // What was struck off a list is not on it.
            Value::Object(members) if members.get("deleted") == Some(&Value::Bool(true)) => {}
            Value::Object(members) => {
                for (name, member) in members {
                    if name == "reference" && member.is_string() {
                        self.references.extend(serde_json::from_value::<Reference>(value.clone()));
                    } else if name == "contained" {
                        continue;
                    } else if NAMES.contains(&name.as_str()) {
                        let each = one_or_many(Some(member)).iter().cloned();
                        self.concepts.extend(each.filter_map(|one| serde_json::from_value::<Concept>(one).ok()));
                    }
                    self.find(member);
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.find(item)),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
}

/// Whether it says that something in it is not to be understood as usual.
fn is_modified(value: &Value) -> bool {
    !one_or_many(value.get("modifierExtension")).is_empty()
}

/// One resource, with what it is called in warnings and answers.
pub(super) struct Source<'v> {
    pub(super) key: Key,
    pub(super) value: &'v Value,
    pub(super) name: String,
}

/// Reads a record, resource by resource.
pub(super) struct Reader<'r> {
    pub(super) ruleset: &'r Ruleset,
    pub(super) on: Date,
    pub(super) birth: Option<Days>,
    /// `Medication` resources by id.
    pub(super) medications: HashMap<&'r str, &'r Value>,
    /// `Observation` resources by id.
    pub(super) observations: HashMap<&'r str, &'r Value>,
    pub(super) client: ClientRequest,
    pub(super) pregnancy_weeks_from: Option<String>,
    whose: Option<String>,
    /// By what else the patient is known.
    identifiers: Vec<Value>,
    entries: Vec<Entry>,
    known: HashMap<String, usize>,
    warnings: BTreeSet<Warning>,
    incomplete: BTreeSet<Key>,
}

/// Reads a record as it stands on the day `on`, and the reasons of a booking.
pub(super) fn read(ruleset: &Ruleset, prefetch: &Prefetch, on: Date, reasons: &Reasons) -> Record {
    let mut reader = Reader {
        ruleset,
        on,
        birth: None,
        medications: HashMap::new(),
        observations: HashMap::new(),
        client: ClientRequest::default(),
        pregnancy_weeks_from: None,
        whose: None,
        identifiers: Vec::new(),
        entries: Vec::new(),
        known: HashMap::new(),
        warnings: BTreeSet::new(),
        incomplete: BTreeSet::new(),
    };
    for key in Key::ALL {
        reader.state(key, prefetch.get(key));
    }
    let sources = sources(prefetch);
    for source in &sources {
        match (resource_type(source.value), text(source.value, "id")) {
            ("Medication", Some(id)) => drop(reader.medications.insert(id, source.value)),
            ("Observation", Some(id)) => drop(reader.observations.insert(id, source.value)),
            _ => {}
        }
    }
    reader.patient_and_the_rest(prefetch, &sources);
    let recorded = reader.entries.len();
    reader.reasons(reasons, &sources);
    let Reader { client, pregnancy_weeks_from, whose, mut entries, warnings, incomplete, .. } = reader;
    leave_out_known(ruleset, &mut entries, recorded);
    Record {
        patient: whose.filter(|id| is_id(id)),
        client,
        entries,
        warnings: warnings.into_iter().collect(),
        incomplete: incomplete.into_iter().collect(),
        pregnancy_weeks_from,
    }
}

/// Everything that came, key by key.
fn sources(prefetch: &Prefetch) -> Vec<Source<'_>> {
    let asked = Key::ALL.into_iter().map(|key| (key, prefetch.get(key)));
    let others = prefetch.others().iter().map(|content| (Key::Conditions, content));
    let mut sources = Vec::new();
    for (under, content) in asked.chain(others) {
        for (at, value) in content.resources().iter().enumerate() {
            let key = Key::of_type(resource_type(value)).unwrap_or(under);
            sources.push(Source { key, value, name: named(value, under, at) });
        }
    }
    sources
}

/// Type and id where both are there and well formed, else the place.
fn named(value: &Value, under: Key, at: usize) -> String {
    let id = text(value, "id").filter(|id| is_id(id));
    let kind = resource_type(value);
    let is_type = !kind.is_empty() && kind.len() <= 40 && kind.bytes().all(|byte| byte.is_ascii_alphabetic());
    match id {
        Some(id) if is_type => format!("{kind}/{id}"),
        _ => format!("{}[{at}]", under.name()),
    }
}

/// Whether it has the form of a FHIR id.
fn is_id(text: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.');
    (1..=64).contains(&text.len()) && text.bytes().all(plain)
}

fn text<'v>(value: &'v Value, field: &str) -> Option<&'v str> {
    value.get(field).and_then(Value::as_str)
}

fn resource_type(value: &Value) -> &str {
    text(value, "resourceType").unwrap_or_default()
}

impl<'r> Reader<'r> {
    /// Takes in whether a key came whole.
    fn state(&mut self, key: Key, content: &Content) {
        let code = match content {
            Content::Empty | Content::Complete(_) => return,
            Content::Partial { resources, next: Some(_) } if self.reaches_back(key, resources) => return,
            Content::Partial { .. } => WarningCode::NotAll,
            Content::Absent => WarningCode::NotSent,
            Content::Failed => WarningCode::NotAvailable,
        };
        self.lacks(key, code, key.name());
    }

    /// Whether a page of observations is sorted newest first and ends with one that is too old to say anything: then nothing
    /// on the pages behind it can.
    fn reaches_back(&self, key: Key, resources: &[Value]) -> bool {
        let Some(longest) = self.ruleset.observations().longest_days().filter(|_| key == Key::Observations) else {
            return false;
        };
        let days: Option<Vec<Days>> = resources
            .iter()
            .map(|value| {
                (resource_type(value) == "Observation").then(|| fhir::read::<Observation>(value).day()).flatten()
            })
            .collect();
        days.is_some_and(|days| {
            days.is_sorted_by(|one, next| one.last >= next.last)
                && days.last().is_some_and(|oldest| days_between(oldest.last, self.on) > i32::from(longest))
        })
    }

    /// Finds the patient, and reads everything that is theirs.
    fn patient_and_the_rest(&mut self, prefetch: &Prefetch, sources: &[Source<'r>]) {
        let patients: Vec<&Source<'_>> =
            sources.iter().filter(|source| resource_type(source.value) == "Patient").collect();
        let mut whose = prefetch.patient().map(str::to_owned);
        let patient = patients.iter().find(|source| whose.is_none() || text(source.value, "id") == whose.as_deref());
        if let Some(source) = patient {
            whose = whose.or_else(|| text(source.value, "id").map(str::to_owned));
            self.patient(source);
        } else if prefetch.get(Key::Patient).is_whole() {
            self.lacks(Key::Patient, WarningCode::NotSent, Key::Patient.name());
        }
        for other in patients.iter().filter(|other| patient.is_none_or(|patient| !std::ptr::eq(**other, *patient))) {
            if text(other.value, "id") != whose.as_deref() || whose.is_none() {
                self.lacks(Key::Patient, WarningCode::OtherPatient, &other.name);
            }
        }
        let mut measured = BTreeMap::new();
        if let Some(source) = patient {
            self.inside(source, &mut measured);
            if is_modified(source.value) {
                self.lacks(Key::Patient, WarningCode::Unreadable, &source.name);
            }
        }
        for source in sources {
            if resource_type(source.value) == "Patient" {
                continue;
            }
            let read = !NOTHING_TO_READ.contains(&resource_type(source.value));
            let theirs = self.whose(source.value, &mut whose);
            if read && theirs != Whose::Theirs {
                self.lacks(source.key, WarningCode::OtherPatient, &source.name);
            }
            if theirs == Whose::Others {
                continue;
            }
            self.inside(source, &mut measured);
            if is_modified(source.value) {
                self.lacks(source.key, WarningCode::Unreadable, &source.name);
            }
            if POINTS_TO_ILLNESS.contains(&resource_type(source.value)) {
                self.mentioned(source, sources);
            }
            self.resource(source, &mut measured);
        }
        self.measurements(measured);
        self.whose = whose;
    }

    /// Hands a resource to what reads its type.
    fn resource(&mut self, source: &Source<'r>, measured: &mut Measured) {
        match resource_type(source.value) {
            "Condition" => self.condition(source),
            "AllergyIntolerance" => self.allergy(source),
            "MedicationRequest" | "MedicationStatement" => self.medicine(source),
            "Procedure" => self.procedure(source),
            "Observation" => self.observation(source, measured),
            "" => self.lacks(source.key, WarningCode::Unreadable, &source.name),
            kind if NOTHING_TO_READ.contains(&kind) => {}
            _ => self.lacks(source.key, WarningCode::UnknownType, &source.name),
        }
    }

    /// Reads what stands inside a resource and would be read beside it.
    fn inside(&mut self, source: &Source<'r>, measured: &mut Measured) {
        // What stands inside these is somebody else's.
        if matches!(resource_type(source.value), "FamilyMemberHistory" | "RelatedPerson") {
            return;
        }
        for value in one_or_many(source.value.get("contained")) {
            if let Some(key) = Key::of_type(resource_type(value)).filter(|key| *key != Key::Patient) {
                let inner = Source { key, value, name: source.name.clone() };
                if is_modified(value) {
                    self.lacks(key, WarningCode::Unreadable, &inner.name);
                }
                self.resource(&inner, measured);
            }
        }
    }

    /// What a visit, a bill or a list says of illnesses has to stand among the resources themselves: here it has neither a
    /// status nor a day.
    fn mentioned(&mut self, source: &Source<'r>, sources: &[Source<'r>]) {
        let mut mentions = Mentions::default();
        mentions.find(source.value);
        let kept = |kind: &str, id: &str| {
            sources.iter().any(|other| resource_type(other.value) == kind && text(other.value, "id") == Some(id))
        };
        for reference in &mentions.references {
            if let Some((Some(kind @ ("Condition" | "AllergyIntolerance")), id)) = reference.target()
                && !kept(kind, id)
            {
                let key = Key::of_type(kind).unwrap_or(source.key);
                self.lacks(key, WarningCode::NotAll, &source.name);
            }
        }
        let told = |concept: &Concept| {
            let others = sources.iter().filter_map(|other| other.value.get("code"));
            others.filter_map(|code| serde_json::from_value::<Concept>(code.clone()).ok()).any(|other| {
                let same_word = |word: &str| other.words().any(|known| known.eq_ignore_ascii_case(word));
                concept.codes().any(|code| other.codes().any(|known| known == code)) || concept.words().any(same_word)
            })
        };
        let says_nothing = |concept: &Concept| {
            matches!(name(self.ruleset, concept, Sort::Thing), Naming::Nothing | Naming::Unreadable)
        };
        if mentions.concepts.iter().any(|concept| !says_nothing(concept) && !told(concept)) {
            self.lacks(Key::Conditions, WarningCode::NotAll, &source.name);
        }
    }

    /// Whose a resource is. One that does not say whose it is came with the others.
    fn whose(&self, value: &Value, whose: &mut Option<String>) -> Whose {
        let Some(subject) = value.get("subject").or_else(|| value.get("patient")) else { return Whose::Theirs };
        let reference: Reference = serde_json::from_value(subject.clone()).unwrap_or_default();
        let Some((kind, id)) = reference.target() else {
            return self.by_identifiers(one_or_many(subject.get("identifier")));
        };
        let is_patient = kind.is_none_or(|kind| kind == "Patient") && !id.starts_with('#');
        if is_patient && whose.get_or_insert_with(|| id.to_owned()) == id { Whose::Theirs } else { Whose::Others }
    }

    /// Whose a resource is that names its patient by identifiers alone.
    fn by_identifiers(&self, named: &[Value]) -> Whose {
        let system = |identifier: &Value| text(identifier, "system").map(str::to_owned);
        let same = |one: &Value, other: &Value| system(one) == system(other) && one.get("value") == other.get("value");
        if named.is_empty() || named.iter().any(|one| self.identifiers.iter().any(|own| same(one, own))) {
            return Whose::Theirs;
        }
        let other =
            |one: &Value| self.identifiers.iter().any(|own| system(one).is_some() && system(one) == system(own));
        if named.iter().any(other) { Whose::Others } else { Whose::Unclear }
    }

    fn patient(&mut self, source: &Source<'_>) {
        let patient: Patient = fhir::read(source.value);
        // A record that was joined to another, or is out of use, is not where new things are written down.
        let replaced = |link: &Value| text(link, "type") == Some("replaced-by");
        let unused = source.value.get("active").is_some_and(|active| *active == Value::Bool(false));
        if unused || one_or_many(source.value.get("link")).iter().any(replaced) {
            self.lacks(Key::Patient, WarningCode::NotAll, &source.name);
        }
        self.identifiers = one_or_many(source.value.get("identifier")).to_vec();
        self.birth = patient.birth_date;
        let age = patient.birth_date.map(|born| {
            let (youngest, oldest) = (years(born.last, self.on), years(born.first, self.on));
            youngest.zip(oldest).filter(|(youngest, oldest)| youngest == oldest).map(|(age, _)| age)
        });
        self.client.age = age.flatten();
        let born = source.value.get("birthDate").is_some();
        let possible = |born: Days| born.first <= self.on && years(born.last.min(self.on), self.on).is_some();
        if born && !patient.birth_date.is_some_and(possible) {
            self.lacks(Key::Patient, WarningCode::Unreadable, &source.name);
        }
        self.client.sex = match patient.gender.as_deref() {
            Some("female") => Some(Sex::Female),
            Some("male") => Some(Sex::Male),
            Some("other") => Some(Sex::Other),
            _ => None,
        };
    }

    /// Notes that a key does not say everything.
    pub(super) fn lacks(&mut self, key: Key, code: WarningCode, about: &str) {
        self.incomplete.insert(key);
        self.warn(code, about);
    }

    /// Notes something that leaves its key as whole as it was.
    pub(super) fn warn(&mut self, code: WarningCode, about: &str) {
        self.warnings.insert(Warning { code, about: about.to_owned() });
    }

    /// Adds a medicine. Of one that was ordered again and again, the last order counts of those that are taken, of those that may
    /// be, and of those that are over.
    pub(super) fn add_medicine(&mut self, condition: ConditionRequest, resource: &str) {
        let undated = ConditionRequest { onset: None, resolved: None, ..condition.clone() };
        let alike = format!("medicine {}", serde_json::to_string(&undated).unwrap_or_default());
        let last = |medicine: &ConditionRequest| (medicine.resolved, medicine.onset);
        match self.known.get(&alike).and_then(|place| self.entries.get_mut(*place)) {
            Some(entry) if last(&condition) > last(&entry.condition) => {
                *entry = Entry { condition, resources: vec![resource.to_owned()] };
            }
            Some(_) => {}
            None => {
                self.known.insert(alike, self.entries.len());
                self.entries.push(Entry { condition, resources: vec![resource.to_owned()] });
            }
        }
    }

    /// Adds a condition; one that stands there already only gains a resource.
    pub(super) fn add(&mut self, condition: ConditionRequest, resource: &str) {
        // A condition always reads as JSON; were it not so, it would stand alone.
        let alike = serde_json::to_string(&condition).unwrap_or_else(|_| format!("{}", self.entries.len()));
        let place = *self.known.entry(alike).or_insert(self.entries.len());
        match self.entries.get_mut(place) {
            Some(entry) if !entry.resources.iter().any(|known| known == resource) => {
                entry.resources.push(resource.to_owned());
            }
            Some(_) => {}
            None => self.entries.push(Entry { condition, resources: vec![resource.to_owned()] }),
        }
    }
}

/// Full years between two days; `None` before the first and beyond any age.
fn years(born: Date, on: Date) -> Option<u16> {
    let birthday_to_come = (on.month(), on.day()) < (born.month(), born.day());
    let years = i32::from(on.year()) - i32::from(born.year()) - i32::from(birthday_to_come);
    u16::try_from(years).ok().filter(|years| *years <= 130)
}
