//! From posted answers to the facts that they amount to: which version is meant, where the session is said, what is wrong.

use std::sync::Arc;

use jiff::civil::Date;
use serde::Deserialize;
use serde_json::Value;
use utoipa::IntoParams;

use crate::model::{Fault, Language, Pressure, ScreeningRequest, SessionRequest};
use crate::ruleset::{Facts, Ruleset};
use crate::screening::questionnaire::{Answered, Given, MASSAGE_TYPE, canonical_of, read_answers};

use super::pin::Pin;
use super::problem::{FaultResponse, Problem};
use super::questionnaire_answers::QuestionnaireAnswersRequest;
use super::questionnaire_response::{Canonical, QuestionnaireResponseRequest, modifiers};
use super::screenings::today_utc;
use super::server::Service;

/// What is to be booked, where the body does not say it. No health data stands in a URL.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(crate) struct SessionQuery {
    /// The ruleset version that is to answer, or `latest`. The body may name it as well.
    #[param(example = "latest")]
    pub(crate) ruleset: Option<String>,
    /// The massage type, by id or one of its other names.
    #[param(max_length = 120)]
    massage_type: Option<String>,
    /// The pressure wanted, 1 to 5.
    #[param(value_type = Option<u8>, minimum = 1, maximum = 5)]
    pressure: Option<Level>,
    /// Where the client is to be worked on, parted by commas.
    #[param(max_length = 2000)]
    body_regions: Option<String>,
    /// The day of the session.
    #[param(value_type = Option<String>, format = Date)]
    date: Option<Day>,
    /// How long it is to last, in minutes.
    #[param(minimum = 1, maximum = 600)]
    duration_minutes: Option<u16>,
}

/// A level of pressure in a query.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "u8")]
struct Level(Pressure);

impl TryFrom<u8> for Level {
    type Error = &'static str;
    fn try_from(level: u8) -> Result<Self, Self::Error> {
        Pressure::new(level).map(Self).ok_or("from 1 to 5")
    }
}

/// A day in a query.
#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(try_from = "String")]
struct Day(Date);

impl TryFrom<String> for Day {
    type Error = &'static str;
    fn try_from(text: String) -> Result<Self, Self::Error> {
        let shaped = text.len() == 10 && text.split('-').count() == 3;
        text.parse().ok().filter(|_| shaped).map(Self).ok_or("a day of the form YYYY-MM-DD")
    }
}

impl SessionQuery {
    pub(crate) fn says_something(&self) -> bool {
        self.massage_type.is_some()
            || self.pressure.is_some()
            || self.body_regions.is_some()
            || self.date.is_some()
            || self.duration_minutes.is_some()
    }

    pub(crate) fn session(&self) -> SessionRequest {
        let regions = self.body_regions.as_deref();
        SessionRequest {
            massage_type: self.massage_type.clone().unwrap_or_default(),
            pressure: self.pressure.map(|level| level.0),
            body_regions: regions.map(|list| list.split(',').map(|name| name.trim().to_owned()).collect()),
            date: self.date.map(|day| day.0),
            duration_minutes: self.duration_minutes,
            ..SessionRequest::default()
        }
    }
}

/// A fault of the request that answers amount to, at the place where it was posted.
fn posted_at(fault: Fault, answered: &Answered, fhir: bool) -> FaultResponse {
    if let Some(origin) = answered.origin(&fault.pointer) {
        return FaultResponse::from(Fault { pointer: origin.to_owned(), ..fault });
    }
    let field = fault.pointer.strip_prefix("/session/").and_then(|field| field.split('/').next());
    match field {
        Some(field) if fhir => {
            FaultResponse::of_parameter(field, &fault.code, fault.detail).guessing(fault.did_you_mean)
        }
        Some(_) | None => FaultResponse::from(fault),
    }
}

/// What was posted.
pub(crate) enum Posted {
    /// Answers in plain JSON.
    Plain(Value),
    /// A FHIR resource, without the members that are not read.
    Fhir(Value),
}

/// What was read of it.
pub(crate) struct Answers {
    given: Vec<Given>,
    session: Option<SessionRequest>,
    /// The massage type that the form is for, where it says so itself.
    massage_type: Option<String>,
}

impl Answers {
    /// The session as far as no answer says it; a form for one massage type says which, where nothing else does.
    fn session(&self, query: &SessionQuery) -> SessionRequest {
        let mut session = self.session.clone().unwrap_or_else(|| query.session());
        let answered = self.given.iter().any(|given| given.link_id == MASSAGE_TYPE && !given.values.is_empty());
        if session.massage_type.is_empty() && !answered {
            session.massage_type = self.massage_type.clone().unwrap_or_default();
        }
        session
    }

    /// The facts that the answers amount to, and the request that tells them; or everything that is wrong.
    pub(crate) fn facts(
        &self,
        service: &Service,
        ruleset: &Ruleset,
        language: Language,
        query: &SessionQuery,
        fhir: bool,
    ) -> Result<(Facts, ScreeningRequest), Vec<FaultResponse>> {
        let mut faults = Vec::new();
        if self.session.is_some() && query.says_something() {
            let detail = "is said in the query, and `session` stands in the body; say it once";
            faults.push(FaultResponse::from(Fault::new("/session", "said-twice", detail)));
        }
        let form = |massage_type| service.form(ruleset, massage_type, language);
        let answered = match read_answers(ruleset, form, &self.given, self.session(query)) {
            Ok(answered) => answered,
            Err(unreadable) => {
                faults.extend(unreadable.faults.into_iter().map(FaultResponse::from));
                unreadable.rest
            }
        };
        let read = Facts::read(ruleset, &answered.request, today_utc());
        if answered.request.session.massage_type.is_empty() {
            let detail = "say which massage: in the query, in `session`, or by the question `session.massageType`";
            faults.push(if fhir {
                FaultResponse::of_parameter("massageType", "missing", detail)
            } else {
                FaultResponse::from(Fault::new("/session", "missing", detail))
            });
        }
        let untold =
            |fault: &Fault| answered.request.session.massage_type.is_empty() && fault.pointer == "/session/massageType";
        match read {
            Ok(facts) if faults.is_empty() => return Ok((facts.in_language(language), answered.request)),
            Ok(_) => {}
            Err(more) => faults
                .extend(more.into_iter().filter(|fault| !untold(fault)).map(|fault| posted_at(fault, &answered, fhir))),
        }
        Err(faults)
    }
}

impl Posted {
    /// The version that it names, and where.
    fn version(&self) -> (Option<String>, &'static str) {
        let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
        match self {
            Self::Plain(value) => (text(value, "ruleset"), "/ruleset"),
            Self::Fhir(value) => {
                let canonical = text(value, "questionnaire").and_then(|canonical| Canonical::read(&canonical));
                (canonical.and_then(|canonical| canonical.version), "/questionnaire")
            }
        }
    }

    /// The ruleset that is to answer: the one whose form was answered.
    pub(crate) fn choose<'s>(&self, pin: Pin, service: &'s Service) -> Result<&'s Arc<Ruleset>, Problem> {
        let (version, pointer) = self.version();
        let invalid = |code: &str, detail: &str| Problem::invalid(vec![Fault::new(pointer, code, detail)]);
        let Some(version) = version else {
            if !pin.names_version() {
                let detail = "say which version of the form was answered, here, in the query or in `Ruleset-Version`";
                return Err(invalid("missing", detail));
            }
            return pin.choose(&service.rulesets);
        };
        let Ok(named) = service.rulesets.find(&version) else {
            let loaded = service.rulesets.iter().map(|ruleset| ruleset.version().to_owned()).collect();
            let fault = Fault::new(pointer, "unknown-ruleset-version", "the form is of a version that is not loaded");
            return Err(Problem::invalid(vec![fault.guessing(loaded)]));
        };
        let ruleset = pin.or(Some(&version)).choose(&service.rulesets)?;
        if ruleset.digest() == named.digest() {
            Ok(ruleset)
        } else {
            Err(invalid("another-version", "the form is of another version than the one that is asked for"))
        }
    }

    /// What can be read of it, and what is wrong with its form.
    pub(crate) fn read(self, service: &Service, ruleset: &Ruleset, twice: Vec<Fault>) -> (Option<Answers>, Vec<Fault>) {
        let mut faults = twice;
        let answers = match self {
            Self::Plain(value) => {
                faults.extend(service.answers_schema.faults(&value, ruleset));
                let request: Option<QuestionnaireAnswersRequest> = decoded(value, &mut faults);
                request.map(|request| Answers { given: request.given(), session: request.session, massage_type: None })
            }
            Self::Fhir(value) => {
                faults.extend(service.fhir_answers_schema.faults(&value, ruleset));
                faults.extend(modifiers(&value));
                let request: Option<QuestionnaireResponseRequest> = decoded(value, &mut faults);
                request.map(|request| {
                    let walk = request.given();
                    faults.extend(walk.faults);
                    let canonical = request.questionnaire.as_deref().map(Canonical::read);
                    if canonical == Some(None) {
                        let fault = Fault::new("/questionnaire", "unknown-questionnaire", "is no form of this service");
                        faults.push(fault.guessing(vec![canonical_of(None)]));
                    }
                    let massage_type = canonical.flatten().and_then(|canonical| canonical.massage_type);
                    Answers { given: walk.given, session: None, massage_type }
                })
            }
        };
        faults.sort();
        (answers, faults)
    }
}

/// The request that a value holds, as far as it can be read.
fn decoded<T: serde::de::DeserializeOwned>(value: Value, faults: &mut Vec<Fault>) -> Option<T> {
    let request = serde_json::from_value(value).ok();
    if request.is_none() && faults.is_empty() {
        faults.push(Fault::new("", "not-as-published", "fits none of the forms of the published schema"));
    }
    request
}
