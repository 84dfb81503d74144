//! What is booked or ordered: whether it is a massage, of which type, where on the body, when, and for what reason.
//!
//! Reads leniently, for senders differ; what it cannot read it takes for unknown, never for harmless. Which code and which word
//! stands for which massage is the ruleset's to say.

use std::collections::BTreeSet;

use jiff::civil::Date;
use serde_json::Value;

use crate::model::SessionRequest;
use crate::ruleset::{BookedAs, Ruleset};

use super::fhir::canonical;
use super::raw::Resource;
use super::record::{Reasons, in_passing};
use super::terminology;
use super::times::{Moment, minutes_between};

/// A massage that is booked or ordered.
#[derive(Clone)]
pub struct Booking<'c> {
    /// The resource that books it; `None` where nothing is booked and massage of any type is asked about.
    pub resource: Option<&'c Resource>,
    /// Its type and id, where it has an id.
    pub reference: Option<String>,
    /// The massage types that it names, by number; several where it contradicts itself or names them all; none where the type is not told.
    pub types: Vec<usize>,
    /// Where on the body, by name; `None` for the whole body, and where a place was not understood.
    pub regions: Option<Vec<String>>,
    /// The day.
    pub date: Option<Date>,
    /// How long, in minutes.
    pub minutes: Option<u16>,
    /// The reasons that it gives.
    pub reasons: Reasons,
    /// Whether it names patients, and not the one whose record it is.
    pub other_patient: bool,
}

/// Whether the resource has been called off, so that nothing is booked.
fn is_off(resource: &Resource) -> bool {
    let status = resource.value.get("status").and_then(Value::as_str).unwrap_or_default();
    let off = matches!(
        status.to_ascii_lowercase().as_str(),
        "cancelled" | "noshow" | "entered-in-error" | "revoked" | "completed"
    );
    off || resource.value.get("doNotPerform").and_then(Value::as_bool) == Some(true)
}

/// HL7's reasons for an appointment, and those of them that say nothing of the patient's health. Source: HL7 v2, table 0276.
const VISIT_REASONS: [&str; 2] = ["http://terminology.hl7.org/CodeSystem/v2-0276", "http://hl7.org/fhir/v2/0276"];
const ORDINARY_VISITS: [&str; 4] = ["CHECKUP", "FOLLOWUP", "ROUTINE", "WALKIN"];

/// Longer than any title and notes of a booking, in bytes: what is longer counts as a part that could not be read.
const MOST_ASIDE: usize = 20_000;

/// The members of a resource that say what is booked.
struct Fields {
    concepts: &'static [&'static str],
    /// What it belongs to: says that it is a massage, but not by everyday words ("sports medicine").
    headings: &'static [&'static str],
    /// Says what it is.
    title: Option<&'static str>,
    instructions: &'static [&'static str],
    notes: &'static [&'static str],
}

const APPOINTMENT: Fields = Fields {
    concepts: &["serviceType", "appointmentType"],
    headings: &["serviceCategory", "specialty", "reasonCode", "reason"],
    title: Some("description"),
    instructions: &["patientInstruction"],
    notes: &["comment", "note"],
};
const ORDER: Fields = Fields {
    concepts: &["code", "orderDetail"],
    headings: &["category", "reasonCode", "reason"],
    title: None,
    instructions: &["patientInstruction"],
    notes: &["note", "comment"],
};

fn fields(resource: &Resource) -> Option<&'static Fields> {
    match resource.kind() {
        "Appointment" => Some(&APPOINTMENT),
        "ServiceRequest" | "ProcedureRequest" => Some(&ORDER),
        _ => None,
    }
}

impl<'c> Booking<'c> {
    /// The massage that a resource books for this patient; `None` where it books none.
    #[must_use]
    pub fn read(ruleset: &Ruleset, resource: &'c Resource, patient_id: &str) -> Option<Self> {
        let fields = fields(resource)?;
        if is_off(resource) {
            return None;
        }
        // What could not be read may be what says that it is a massage.
        let types = types(ruleset, resource, fields).or_else(|| resource.damaged.then(Vec::new))?;
        let start = moment(&resource.value, &["start", "occurrenceDateTime"])
            .or_else(|| period(&resource.value, "start"))
            .or_else(|| first_event(&resource.value));
        let end = moment(&resource.value, &["end"]).or_else(|| period(&resource.value, "end"));
        let told = resource.value.get("minutesDuration").and_then(Value::as_u64).and_then(|it| u16::try_from(it).ok());
        let between = start.zip(end).and_then(|(start, end)| minutes_between(start, end));
        Some(Self {
            resource: Some(resource),
            reference: resource.id().map(|id| format!("{}/{id}", resource.kind())),
            types,
            regions: regions(ruleset, resource),
            date: start.map(|moment| moment.date),
            minutes: between.or(told).filter(|minutes| (1..=600).contains(minutes)),
            reasons: reasons(ruleset, resource, fields),
            other_patient: is_for_others(&resource.value, patient_id),
        })
    }

    /// Massage of any type, which nothing books.
    #[must_use]
    pub fn of_any_type() -> Self {
        Self {
            resource: None,
            reference: None,
            types: Vec::new(),
            regions: None,
            date: None,
            minutes: None,
            reasons: Reasons::default(),
            other_patient: false,
        }
    }

    /// The session of one massage type on the day `on`.
    #[must_use]
    pub fn session(&self, ruleset: &Ruleset, number: usize, on: Date) -> Option<SessionRequest> {
        let kind = ruleset.massage_types().get(number)?;
        Some(SessionRequest {
            massage_type: kind.id.to_string(),
            body_regions: self.regions.clone(),
            date: Some(on),
            duration_minutes: self.minutes,
            ..SessionRequest::default()
        })
    }
}

/// One or many: some senders leave the array out around a single item.
pub(super) fn each(value: Option<&Value>) -> &[Value] {
    match value {
        Some(Value::Array(items)) => items,
        Some(Value::Null) | None => &[],
        Some(item) => std::slice::from_ref(item),
    }
}

/// What is named, and how surely.
#[derive(Default)]
struct Named {
    types: BTreeSet<usize>,
    /// A massage is named, of whatever type.
    massage: bool,
}

impl Named {
    fn hear(&mut self, booked: BookedAs) {
        self.massage = true;
        if let BookedAs::Type(number) = booked {
            self.types.insert(number);
        }
    }
}

/// The types that are named, none where any may be meant; `None` where no massage is booked.
fn types(ruleset: &Ruleset, resource: &Resource, fields: &Fields) -> Option<Vec<usize>> {
    let mut told = Named::default();
    let mut slight = BTreeSet::new();
    for concept in fields.concepts.iter().flat_map(|name| each(resource.value.get(name))) {
        hear_concept(ruleset, concept, &mut told, &mut slight);
    }
    for concept in fields.headings.iter().flat_map(|name| each(resource.value.get(name))).chain(services(resource)) {
        hear_concept(ruleset, concept, &mut told, &mut BTreeSet::new());
    }
    let title = fields.title.and_then(|name| resource.value.get(name)).and_then(Value::as_str);
    hear_text(ruleset, title.unwrap_or_default(), &mut told, &mut BTreeSet::new());
    // A name that else means little is a massage where it is all that is said of what is booked.
    if !told.massage {
        let said: Vec<&str> =
            fields.concepts.iter().flat_map(|name| each(resource.value.get(name))).flat_map(texts_of).collect();
        let alone = title.into_iter().filter(|_| said.is_empty());
        for text in said.iter().copied().chain(alone).filter(|text| ruleset.bookings().is_only_massage(text)) {
            told.massage = true;
            hear_text(ruleset, text, &mut Named::default(), &mut slight);
        }
    }
    let mut aside = Named::default();
    for text in fields.instructions.iter().chain(fields.notes).flat_map(|name| each(resource.value.get(name))) {
        hear_text(ruleset, note(text).unwrap_or_default(), &mut aside, &mut BTreeSet::new());
    }
    if !told.massage {
        return aside.massage.then(|| aside.types.into_iter().collect());
    }
    told.types.extend(slight);
    // What is said aside can add a type to those that are told, but cannot say which it is where nothing else does.
    if !told.types.is_empty() {
        told.types.extend(aside.types);
    }
    Some(told.types.into_iter().collect())
}

/// The `CodeableConcept` itself, also inside a reference of FHIR R5.
fn plain(concept: &Value) -> &Value {
    concept.get("concept").unwrap_or(concept)
}

/// What is offered, among the participants.
fn services(resource: &Resource) -> impl Iterator<Item = &Value> {
    let actors = each(resource.value.get("participant")).iter().filter_map(|participant| participant.get("actor"));
    actors.filter(|actor| is_service(actor))
}

/// Whether a reference points to what is offered, rather than to a person or a place.
fn is_service(actor: &Value) -> bool {
    let text = |name: &str| actor.get(name).and_then(Value::as_str).unwrap_or_default();
    text("type") == "HealthcareService" || text("reference").rsplit('/').nth(1) == Some("HealthcareService")
}

/// What a reference is called, also as the reference of a FHIR R5 concept.
fn display_of(value: &Value) -> Option<&str> {
    value.get("display").or_else(|| value.pointer("/reference/display"))?.as_str()
}

/// Every text of a concept or reference.
pub(super) fn texts_of(value: &Value) -> impl Iterator<Item = &str> {
    let concept = plain(value);
    let displays = each(concept.get("coding")).iter().filter_map(|coding| coding.get("display"));
    let texts = concept.get("text").into_iter().chain(displays).filter_map(Value::as_str);
    let texts = texts.chain(concept.as_str()).chain(display_of(value));
    texts.map(str::trim).filter(|text| !text.is_empty())
}

fn hear_concept(ruleset: &Ruleset, concept: &Value, told: &mut Named, slight: &mut BTreeSet<usize>) {
    hear_text(ruleset, display_of(concept).unwrap_or_default(), told, slight);
    let concept = plain(concept);
    if let Some(text) = concept.as_str().or_else(|| concept.get("text")?.as_str()) {
        hear_text(ruleset, text, told, slight);
    }
    for coding in each(concept.get("coding")) {
        let text = |name: &str| coding.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
        let (system, display) = (text("system"), text("display"));
        let code = code_of(coding).map(|code| code.split('|').next().unwrap_or_default().to_owned());
        if let Some(booked) = code.and_then(|code| by_code(ruleset, system, &code, display)) {
            told.hear(booked);
        }
        hear_text(ruleset, display.unwrap_or_default(), told, slight);
    }
}

/// A code, also one that is written as a number.
fn code_of(coding: &Value) -> Option<String> {
    match coding.get("code")? {
        Value::String(code) => Some(code.trim().to_owned()),
        Value::Number(code) => Some(code.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// What a code books, whatever edition of its system is named beside system or code.
fn by_code(ruleset: &Ruleset, system: Option<&str>, code: &str, display: Option<&str>) -> Option<BookedAs> {
    let own = || ruleset.massage_types().iter().position(|kind| kind.id.as_str() == code).map(BookedAs::Type);
    match system.map(canonical) {
        // Whatever it is called in a later edition of our own system, it is a massage.
        Some(terminology::MASSAGE_TYPE) => Some(own().unwrap_or(BookedAs::AnyType)),
        Some(system) => ruleset.bookings().by_code(system, code),
        None => {
            let display = display?;
            let same = |booked: &BookedAs| matches!(booked, BookedAs::Type(number) if ruleset.names().massage_type(display) == Some(*number));
            own().filter(same).or_else(|| ruleset.bookings().by_display(code, display))
        }
    }
}

fn hear_text(ruleset: &Ruleset, text: &str, told: &mut Named, slight: &mut BTreeSet<usize>) {
    for mention in ruleset.bookings().in_text(text) {
        match mention.booked {
            BookedAs::Type(number) if mention.slight => {
                slight.insert(number);
            }
            BookedAs::Type(_) | BookedAs::AnyType => told.hear(mention.booked),
        }
    }
}

/// The reasons that are given, those left out that say nothing but that it is a massage or an ordinary visit.
fn reasons(ruleset: &Ruleset, resource: &Resource, fields: &Fields) -> Reasons {
    let given = || ["reasonCode", "reason"].into_iter().flat_map(|name| each(resource.value.get(name)));
    let beside = each(resource.value.get("reasonReference")).iter();
    let mut asides = asides(ruleset, resource, fields);
    let mut left = MOST_ASIDE;
    let said = asides.len();
    asides.retain(|text| left.checked_sub(text.len()).inspect(|rest| left = *rest).is_some());
    Reasons {
        damaged: resource.damaged || asides.len() < said,
        asides: asides.iter().flat_map(|text| in_passing(ruleset, text)).collect(),
        concepts: given().filter_map(|concept| reason(ruleset, plain(concept))).collect(),
        references: beside
            .chain(given().filter_map(|reason| reason.get("reference")))
            .filter(|it| !it.is_null())
            .cloned()
            .collect(),
        contained: each(resource.value.get("contained")).to_vec(),
        from: resource.id().map_or_else(|| resource.kind().to_owned(), |id| format!("{}/{id}", resource.kind())),
    }
}

/// What is said of the booking besides its reasons, but for what the patient is told to do.
fn asides(ruleset: &Ruleset, resource: &Resource, fields: &Fields) -> Vec<String> {
    let named = fields.concepts.iter().flat_map(|name| each(resource.value.get(name))).flat_map(texts_of);
    let title = fields.title.and_then(|name| resource.value.get(name)).and_then(Value::as_str);
    let above = fields.headings.iter().flat_map(|name| each(resource.value.get(name))).chain(services(resource));
    // Who works there says nothing of the client: "Oncology". What is booked does: "Oncology massage".
    let above = above.flat_map(texts_of).filter(|text| !ruleset.bookings().in_text(text).is_empty());
    let beside =
        ["supportingInformation", "supportingInfo"].into_iter().flat_map(|name| each(resource.value.get(name)));
    let beside = beside.filter_map(display_of);
    let notes = fields.notes.iter().flat_map(|name| each(resource.value.get(name))).filter_map(note);
    named.chain(title).chain(above).chain(beside).chain(notes).map(str::to_owned).collect()
}

/// A text, or what an `Annotation` says.
fn note(text: &Value) -> Option<&str> {
    text.as_str().or_else(|| text.get("text")?.as_str())
}

/// A reason without what is no reason in it; `None` where nothing is left.
fn reason(ruleset: &Ruleset, concept: &Value) -> Option<Value> {
    let is_plain = |text: &Value| text.as_str().is_some_and(|text| ruleset.bookings().is_plain_reason(text));
    let members = match concept {
        Value::Object(members) => members,
        Value::Null => return None,
        Value::String(_) => return (!is_plain(concept)).then(|| concept.clone()),
        Value::Bool(_) | Value::Number(_) | Value::Array(_) => return Some(concept.clone()),
    };
    if members.contains_key("reference") && !members.contains_key("coding") && !members.contains_key("text") {
        return None;
    }
    let codings: Vec<Value> =
        each(members.get("coding")).iter().filter_map(|coding| reason_coding(ruleset, coding)).collect();
    let mut left = members.clone();
    if codings.is_empty() {
        left.remove("coding")
    } else {
        left.insert("coding".to_owned(), codings.into())
    };
    if members.get("text").is_some_and(is_plain) {
        left.remove("text");
    }
    let empty = !left.contains_key("coding") && !left.contains_key("text") && !left.contains_key("code");
    (!empty || members.is_empty()).then(|| left.into())
}

/// A code of a reason, its display alone where the code says nothing of the patient's health but the display might.
fn reason_coding(ruleset: &Ruleset, coding: &Value) -> Option<Value> {
    let text = |name: &str| coding.get(name).and_then(Value::as_str).map(str::trim).filter(|text| !text.is_empty());
    let (system, display) = (text("system"), text("display"));
    let is_plain = display.is_some_and(|display| ruleset.bookings().is_plain_reason(display));
    let Some(code) = code_of(coding) else { return (!is_plain).then(|| coding.clone()) };
    let ordinary = system.is_some_and(|system| VISIT_REASONS.contains(&system)) && ORDINARY_VISITS.contains(&&*code);
    if !ordinary && by_code(ruleset, system, &code, display).is_none() {
        return Some(coding.clone());
    }
    let own = |display: &&str| ruleset.bookings().by_display(&code, display).is_some();
    display.filter(|display| !is_plain && !own(display)).map(|display| serde_json::json!({ "display": display }))
}

/// The regions that are named; `None` where none is, or one is not understood: then the whole body counts.
fn regions(ruleset: &Ruleset, resource: &Resource) -> Option<Vec<String>> {
    let sites = each(resource.value.get("bodySite"));
    let mut named = BTreeSet::new();
    for site in sites.iter().map(plain) {
        let displays = each(site.get("coding")).iter().filter_map(|coding| coding.get("display"));
        let mut texts = site.get("text").into_iter().chain(displays).filter_map(Value::as_str).chain(site.as_str());
        let number = texts.find_map(|text| region(ruleset, text))?;
        named.insert(ruleset.regions().get(number)?.id.to_string());
    }
    (!named.is_empty()).then(|| named.into_iter().collect())
}

/// A region by its name, as it is or without the words that anatomists put around it.
fn region(ruleset: &Ruleset, text: &str) -> Option<usize> {
    const AROUND: [&str; 9] = ["structure", "of", "region", "area", "entire", "left", "right", "both", "the"];
    ruleset.names().region(text).or_else(|| {
        let bare: Vec<&str> = text
            .split(|letter: char| !letter.is_alphanumeric())
            .filter(|word| !word.is_empty() && !AROUND.contains(&word.to_ascii_lowercase().as_str()))
            .collect();
        ruleset.names().region(&bare.join(" "))
    })
}

fn moment(value: &Value, names: &[&str]) -> Option<Moment> {
    names.iter().find_map(|name| Moment::read(value.get(name)?.as_str()?))
}

/// The start or end of the period in which it is asked for.
fn period(value: &Value, which: &str) -> Option<Moment> {
    let bounds = value.pointer("/occurrenceTiming/repeat/boundsPeriod");
    let periods =
        [value.get("occurrencePeriod"), bounds].into_iter().flatten().chain(each(value.get("requestedPeriod")));
    periods.filter_map(|period| period.get(which)?.as_str()).find_map(Moment::read)
}

fn first_event(value: &Value) -> Option<Moment> {
    let events = each(value.pointer("/occurrenceTiming/event"));
    events.iter().filter_map(Value::as_str).filter_map(Moment::read).min_by_key(|moment| moment.date)
}

/// Whether there are patients among the participants, or a subject, and this patient is not one of them for certain.
fn is_for_others(value: &Value, patient_id: &str) -> bool {
    let actors = each(value.get("participant")).iter().filter_map(|participant| participant.get("actor"));
    let whose: Vec<Option<String>> = actors.chain(value.get("subject")).filter_map(patient_of).collect();
    !whose.is_empty() && !whose.iter().any(|id| id.as_deref() == Some(patient_id))
}

/// The id of the patient that a reference means, `None` within for one that nobody can tell; `None` for what is no patient.
#[expect(clippy::option_option, reason = "a patient who is not told is another thing than no patient")]
fn patient_of(actor: &Value) -> Option<Option<String>> {
    let kind = actor.get("type").and_then(Value::as_str);
    let may_be_patient = kind.is_none_or(|kind| kind == "Patient");
    let Some(reference) = actor.get("reference").and_then(Value::as_str) else {
        let is_somebody = actor.get("identifier").is_some() || kind == Some("Patient");
        return (may_be_patient && is_somebody).then_some(None);
    };
    let reference = reference.split("/_history/").next()?.trim();
    if let Some(id) = reference.strip_prefix("urn:uuid:").or_else(|| reference.strip_prefix("urn:oid:")) {
        return may_be_patient.then(|| Some(id.to_owned()));
    }
    if reference.starts_with('#') {
        return may_be_patient.then_some(None);
    }
    let mut parts = reference.rsplit('/');
    let id = parts.next()?;
    (parts.next() == Some("Patient")).then(|| Some(id.to_owned()))
}

/// Whether a `CodeableConcept` names a massage, if only by an everyday word.
pub(super) fn names_a_massage(ruleset: &Ruleset, concept: &Value) -> bool {
    let (mut told, mut slight) = (Named::default(), BTreeSet::new());
    hear_concept(ruleset, concept, &mut told, &mut slight);
    told.massage || !slight.is_empty()
}
