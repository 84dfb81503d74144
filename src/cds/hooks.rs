//! What a CDS Hooks client calls with: the request of a hook, read leniently, with every fault of what is needed.
//!
//! Owns the names of the hooks and their contexts. Knows nothing of what a resource means.

use std::fmt;

use serde_json::value::RawValue;
use serde_json::{Map, Value};

use crate::model::Fault;

use super::raw::{Members, Resource, resources};

/// A moment in a client's workflow at which the service is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Hook {
    /// Appointments are being booked.
    AppointmentBook,
    /// Orders are being chosen.
    OrderSelect,
    /// Orders are about to be signed.
    OrderSign,
    /// A patient's record is opened.
    PatientView,
}

impl Hook {
    /// Every hook of the service, in the order of its discovery.
    pub const ALL: [Self; 4] = [Self::AppointmentBook, Self::OrderSelect, Self::OrderSign, Self::PatientView];

    /// The name that HL7's hook library gives it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::AppointmentBook => "appointment-book",
            Self::OrderSelect => "order-select",
            Self::OrderSign => "order-sign",
            Self::PatientView => "patient-view",
        }
    }

    /// The member of its context that holds what is booked or ordered.
    const fn bookings(self) -> Option<&'static str> {
        match self {
            Self::AppointmentBook => Some("appointments"),
            Self::OrderSelect | Self::OrderSign => Some("draftOrders"),
            Self::PatientView => None,
        }
    }
}

/// A bearer token that opens the client's FHIR server; never shown.
#[derive(Clone)]
pub struct AccessToken(String);

impl AccessToken {
    /// The token itself, for the one request header that it is made for.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AccessToken")
    }
}

/// What the client gives for reading from its FHIR server.
#[derive(Debug, Clone)]
pub struct FhirAuthorization {
    /// The token.
    pub access_token: AccessToken,
}

/// What every hook tells, and what is booked or ordered.
#[derive(Clone)]
pub struct Context {
    /// Who uses the client: `Practitioner/123`.
    pub user_id: String,
    /// Whose record it is: the id of a `Patient`.
    pub patient_id: String,
    /// The encounter that the call is about, if there is one.
    pub encounter_id: Option<String>,
    /// What is booked or ordered, of the orders only those that are selected.
    pub bookings: Vec<Resource>,
    /// Medicines that are being ordered along with it, selected or not: the record may not hold them yet.
    pub medicines: Vec<Resource>,
}

/// One call of a hook.
#[derive(Clone)]
pub struct HookCall {
    /// Which hook.
    pub hook: Hook,
    /// The client's name for this call.
    pub hook_instance: String,
    /// The base address of the client's FHIR server, as the client says; `None` also where its token cannot be used.
    pub fhir_server: Option<String>,
    /// The client's token for it.
    pub fhir_authorization: Option<FhirAuthorization>,
    /// What every hook tells, and what is booked or ordered.
    pub context: Context,
    /// What the client has fetched beforehand, as it came; `None` where it is no JSON object.
    pub prefetch: Option<Map<String, Value>>,
}

impl fmt::Debug for HookCall {
    // INVARIANT: neither the token nor the context nor anything of the record is shown.
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("HookCall").field("hook", &self.hook).finish_non_exhaustive()
    }
}

/// Why a body is no call of a hook.
#[derive(Debug)]
pub enum CallError {
    /// It is no JSON.
    Json(serde_json::Error),
    /// It has these faults.
    Faults(Vec<Fault>),
}

impl HookCall {
    /// Reads a request body. What is not needed is not looked at; unknown members and extensions are left alone.
    ///
    /// # Errors
    /// [`CallError::Json`] for a body that is no JSON, [`CallError::Faults`] with everything that is missing or cannot be read.
    pub fn read(body: &[u8]) -> Result<Self, CallError> {
        let raw: &RawValue = serde_json::from_slice(body).map_err(CallError::Json)?;
        let mut faults = Vec::new();
        let Some(members) = Members::read(raw) else {
            return Err(CallError::Faults(vec![Fault::new("", "wrong-type", "must be an object")]));
        };
        once(
            &members,
            "",
            &["hook", "hookInstance", "fhirServer", "fhirAuthorization", "context", "prefetch"],
            &mut faults,
        );
        let hook = text(&members, "", "hook", &mut faults).and_then(|name| known_hook(&name, &mut faults));
        let hook_instance = text(&members, "", "hookInstance", &mut faults);
        let context = if let Some(context) = members.get("context").and_then(Members::read) {
            read_context(hook, &context, &mut faults)
        } else {
            faults.push(absent_or("/context", members.value("context").is_some(), "must be an object"));
            None
        };
        let given = members.get("fhirAuthorization").is_some_and(|raw| raw.get() != "null");
        let fhir_authorization = members.value("fhirAuthorization").as_ref().and_then(authorization);
        let barred = given && fhir_authorization.is_none();
        match (hook, hook_instance, context) {
            (Some(hook), Some(hook_instance), Some(context)) if faults.is_empty() => Ok(Self {
                hook,
                hook_instance,
                // A token that cannot be used is no leave to ask without one.
                fhir_server: members.value("fhirServer").and_then(non_empty).filter(|_| !barred),
                fhir_authorization,
                context,
                prefetch: members.get("prefetch").and_then(super::raw::prefetch),
            }),
            _ => {
                faults.sort();
                Err(CallError::Faults(faults))
            }
        }
    }
}

fn absent_or(pointer: &str, given: bool, otherwise: &str) -> Fault {
    if given { Fault::new(pointer, "wrong-type", otherwise) } else { Fault::new(pointer, "missing", "is missing") }
}

/// A member that is given twice says two things.
fn once(members: &Members, above: &str, names: &[&str], faults: &mut Vec<Fault>) {
    let twice = names.iter().filter(|name| members.is_twice(name));
    faults
        .extend(twice.map(|name| Fault::new(format!("{above}/{name}"), "duplicate-field", "is given more than once")));
}

fn non_empty(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text).filter(|text| !text.trim().is_empty()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// A text that must be there.
fn text(members: &Members, above: &str, name: &str, faults: &mut Vec<Fault>) -> Option<String> {
    let value = members.value(name);
    let given = value.is_some();
    let text = value.and_then(non_empty);
    if text.is_none() {
        faults.push(absent_or(&format!("{above}/{name}"), given, "must be a text that is not empty"));
    }
    text
}

fn known_hook(name: &str, faults: &mut Vec<Fault>) -> Option<Hook> {
    let found = Hook::ALL.into_iter().find(|hook| hook.name() == name);
    if found.is_none() {
        let names = Hook::ALL.map(|hook| hook.name().to_owned()).to_vec();
        faults.push(Fault::new("/hook", "unknown-hook", "the service is not offered for this hook").guessing(names));
    }
    found
}

fn authorization(value: &Value) -> Option<FhirAuthorization> {
    let token = value.get("access_token")?.as_str().filter(|token| !token.is_empty())?;
    let bearer =
        value.get("token_type").is_none_or(|kind| kind.as_str().is_some_and(|it| it.eq_ignore_ascii_case("bearer")));
    bearer.then(|| FhirAuthorization { access_token: AccessToken(token.to_owned()) })
}

fn read_context(hook: Option<Hook>, context: &Members, faults: &mut Vec<Fault>) -> Option<Context> {
    let read = ["userId", "patientId", "encounterId", "appointments", "draftOrders", "selections"];
    once(context, "/context", &read, faults);
    let user_id = text(context, "/context", "userId", faults);
    let patient_id = text(context, "/context", "patientId", faults);
    let bookings = hook.and_then(Hook::bookings).map(|name| bookings(context, name, faults)).unwrap_or_default();
    let selections = if hook == Some(Hook::OrderSelect) { Some(selections(context, faults)) } else { None };
    let named = |selection: &String| bookings.iter().any(|resource| is_named(resource, selection));
    // Where a selection leads nowhere, it may mean any of them.
    let selections = selections.filter(|selections| !selections.is_empty() && selections.iter().all(named));
    let chosen = |resource: &Resource| {
        selections.as_ref().is_none_or(|selections| selections.iter().any(|selection| is_named(resource, selection)))
    };
    let medicines = bookings.iter().filter(|resource| resource.kind() == "MedicationRequest").cloned().collect();
    Some(Context {
        medicines,
        user_id: user_id?,
        patient_id: patient_id.map(|id| bare(&id).to_owned())?,
        encounter_id: context.value("encounterId").and_then(non_empty),
        bookings: bookings.into_iter().filter(chosen).collect(),
    })
}

fn bookings(context: &Members, name: &str, faults: &mut Vec<Fault>) -> Vec<Resource> {
    let pointer = format!("/context/{name}");
    let raw = context.get(name).filter(|raw| raw.get() != "null");
    let found = raw.and_then(resources);
    if found.is_none() {
        faults.push(absent_or(&pointer, raw.is_some(), "must be a Bundle of resources"));
    }
    found.unwrap_or_default()
}

/// The orders that are selected, by reference, whatever version is meant.
fn selections(context: &Members, faults: &mut Vec<Fault>) -> Vec<String> {
    let value = context.value("selections");
    let list = value.as_ref().and_then(Value::as_array);
    let named: Option<Vec<String>> =
        list.and_then(|list| list.iter().map(|item| Some(current(item.as_str()?).to_owned())).collect());
    if named.is_none() {
        faults.push(absent_or("/context/selections", value.is_some(), "must be a list of references"));
    }
    named.unwrap_or_default()
}

/// A reference without the version.
fn current(reference: &str) -> &str {
    reference.split("/_history/").next().unwrap_or_default().trim()
}

/// Whether a reference means this resource: by the Bundle's address for it, by type and id, or by its id alone.
fn is_named(resource: &Resource, reference: &str) -> bool {
    if resource.full_url.as_deref().map(current) == Some(reference) {
        return true;
    }
    let id = match resource.value.get("id") {
        Some(Value::String(id)) => id.clone(),
        Some(Value::Number(id)) => id.to_string(),
        Some(Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_)) | None => return false,
    };
    let mut parts = reference.rsplit('/');
    match (parts.next(), parts.next()) {
        (Some(last), Some(kind)) => kind == resource.kind() && last == id,
        _ => reference.trim_start_matches('#') == id,
    }
}

/// The id of a patient who is named by a reference.
fn bare(patient: &str) -> &str {
    let patient = patient.trim();
    patient.strip_prefix("Patient/").or_else(|| Some(patient.rsplit_once("/Patient/")?.1)).map_or(patient, current_id)
}

fn current_id(id: &str) -> &str {
    id.split('/').next().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn call(value: &Value) -> Result<HookCall, Vec<String>> {
        HookCall::read(value.to_string().as_bytes()).map_err(|error| match error {
            CallError::Faults(faults) => {
                faults.iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect()
            }
            CallError::Json(error) => vec![error.to_string()],
        })
    }

    fn ordinary() -> Value {
        json!({
            "hook": "order-select", "hookInstance": "d1577c69-dfbe-44ad-ba6d-3e05e953b2ea",
            "fhirServer": "https://ehr.example/fhir", "fhirAuthorization": { "access_token": "secret-token", "token_type": "Bearer" },
            "extension": { "com.example.x": 1 },
            "context": {
                "userId": "Practitioner/1", "patientId": "p1", "selections": ["https://ehr.example/fhir/ServiceRequest/2"],
                "draftOrders": { "resourceType": "Bundle", "entry": [
                    { "resource": { "resourceType": "ServiceRequest", "id": "1" } },
                    { "resource": { "resourceType": "ServiceRequest", "id": "2" } } ] }
            }
        })
    }

    #[test]
    fn a_call_is_read_and_only_selected_orders_are_kept() {
        let call = call(&ordinary()).unwrap();
        assert_eq!((call.hook, call.context.patient_id.as_str()), (Hook::OrderSelect, "p1"));
        assert_eq!(call.context.bookings.iter().map(Resource::id).collect::<Vec<_>>(), [Some("2")]);
        assert_eq!(call.fhir_authorization.as_ref().unwrap().access_token.expose(), "secret-token");
    }

    #[test]
    fn no_token_and_no_context_is_shown() {
        let shown = format!("{:?} {:?}", call(&ordinary()).unwrap(), call(&ordinary()).unwrap().fhir_authorization);
        assert!(!shown.contains("secret") && !shown.contains("p1"), "{shown}");
    }

    #[test]
    fn everything_that_is_missing_is_named_at_once() {
        assert_eq!(call(&json!({})).unwrap_err(), ["/context missing", "/hook missing", "/hookInstance missing"]);
        let faulty = json!({ "hook": "appointment-book", "hookInstance": "", "context": { "userId": 7, "appointments": "<html>" } });
        assert_eq!(
            call(&faulty).unwrap_err(),
            [
                "/context/appointments wrong-type",
                "/context/patientId missing",
                "/context/userId wrong-type",
                "/hookInstance wrong-type"
            ]
        );
        let other = json!({ "hook": "order-dispatch", "hookInstance": "i", "context": { "userId": "Patient/1", "patientId": "1" } });
        assert_eq!(call(&other).unwrap_err(), ["/hook unknown-hook"]);
        assert_eq!(call(&json!([])).unwrap_err(), [" wrong-type"]);
    }

    #[test]
    fn a_selection_means_an_order_however_it_is_written_and_all_of_them_where_it_leads_nowhere() {
        let mut odd = ordinary();
        odd["context"]["draftOrders"]["entry"][1]["fullUrl"] = json!("urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0");
        for (selections, chosen) in [
            (json!(["urn:uuid:0c3151bd-1cbf-4d64-b04d-cd9187a4c6e0"]), 1),
            (json!(["ServiceRequest/2/_history/1"]), 1),
            (json!([" ServiceRequest/2"]), 1),
            (json!(["2"]), 1),
            (json!(["#2"]), 1),
            (json!([]), 2),
            (json!(["ServiceRequest/9"]), 2),
            (json!(["ServiceRequest/2", "urn:uuid:9"]), 2),
        ] {
            odd["context"]["selections"] = selections.clone();
            assert_eq!(call(&odd).unwrap().context.bookings.len(), chosen, "{selections}");
        }
        odd["context"]["draftOrders"]["entry"][1]["resource"]["id"] = json!(7);
        odd["context"]["selections"] = json!(["ServiceRequest/7"]);
        assert_eq!(call(&odd).unwrap().context.bookings.len(), 1);
        odd["context"]["draftOrders"]["entry"][1]["resource"]["id"] = json!("s_1");
        odd["context"]["selections"] = json!(["ServiceRequest/s_1"]);
        assert_eq!(call(&odd).unwrap().context.bookings.len(), 1);
    }

    #[test]
    fn a_token_that_cannot_be_used_leaves_no_server_to_ask() {
        for authorization in [
            json!({ "access_token": "secret", "token_type": "mac" }),
            json!({ "access_token": 7 }),
            json!({}),
            json!("secret"),
        ] {
            let mut odd = ordinary();
            odd["fhirAuthorization"] = authorization;
            let call = call(&odd).unwrap();
            assert!(call.fhir_authorization.is_none() && call.fhir_server.is_none());
        }
        let mut open = ordinary();
        open["fhirAuthorization"] = Value::Null;
        assert!(call(&open).unwrap().fhir_server.is_some());
    }

    #[test]
    fn a_patient_may_be_named_by_a_reference() {
        for id in ["p1", "Patient/p1", "https://ehr.example/fhir/Patient/p1", "Patient/p1/_history/2"] {
            let mut odd = ordinary();
            odd["context"]["patientId"] = json!(id);
            assert_eq!(call(&odd).unwrap().context.patient_id, "p1", "{id}");
        }
    }

    #[test]
    fn a_member_that_is_given_twice_is_a_fault() {
        let body = ordinary().to_string();
        let prefetch = body.replacen('{', r#"{"prefetch":{"conditions":null},"prefetch":{},"#, 1);
        let patient = body.replace(r#""patientId":"p1""#, r#""patientId":"p1","patientId":"p2""#);
        for (body, pointer) in [(prefetch, "/prefetch"), (patient, "/context/patientId")] {
            let Err(CallError::Faults(faults)) = HookCall::read(body.as_bytes()) else { panic!("it was read") };
            assert_eq!(
                faults.iter().map(|fault| (fault.pointer.as_str(), fault.code.as_str())).collect::<Vec<_>>(),
                [(pointer, "duplicate-field")]
            );
        }
    }

    #[test]
    fn a_prefetch_that_is_no_object_and_members_that_are_null_count_as_not_given() {
        let mut odd = ordinary();
        odd["prefetch"] = json!("<html>504</html>");
        odd["fhirServer"] = Value::Null;
        odd["fhirAuthorization"] = Value::Null;
        let call = call(&odd).unwrap();
        assert!(call.prefetch.is_none() && call.fhir_server.is_none() && call.fhir_authorization.is_none());
    }
}
