//! The intake form of a ruleset, and the screening of its answers.

use std::sync::Arc;

use actix_web::body::BoxBody;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, Responder, get, post};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::model::{Fault, Language, Pressure, Screening, ScreeningRequest, SessionRequest, Verdict};
use crate::ruleset::{Facts, Ruleset};
use crate::screening;
use crate::screening::questionnaire::{
    Answered, Given, IntakeForm, MASSAGE_TYPE, canonical_of, questionnaire, read_answers,
};

use super::body::Body;
use super::guard::FHIR_JSON;
use super::language::{Accepted, LanguageHeader};
use super::parameters::{Parameters, meaningless};
use super::pin::{Cached, Chosen, Pin, PinHeaders, VersionPath};
use super::problem::{FaultResponse, Problem, ProblemResponses, ProblemType, ReadProblemResponses};
use super::questionnaire_answers::QuestionnaireAnswersRequest;
use super::questionnaire_response::{Canonical, QuestionnaireResponseRequest, modifiers, pruned};
use super::screenings::{ScreeningAnswer, today_utc};
use super::server::Service;

/// Which form to show.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(crate) struct QuestionnaireQuery {
    /// Only what matters for this massage type, by id or one of its other names.
    #[param(example = "thai")]
    massage_type: Option<String>,
    /// The language of its texts; `en` when not given, and where the ruleset speaks no other.
    #[param(inline)]
    language: Option<Language>,
    /// In which form to show it; `json` when not given.
    #[param(inline)]
    format: Option<FormFormat>,
}

/// A form in which to show the intake form.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
enum FormFormat {
    /// Plain JSON.
    #[default]
    Json,
    /// A FHIR R4 Questionnaire, as application/fhir+json.
    Fhir,
}

/// A FHIR R4 Questionnaire (HL7 FHIR 4.0.1).
#[derive(ToSchema)]
#[schema(as = FhirQuestionnaire)]
#[expect(dead_code, reason = "describes the resource in the API document")]
pub(crate) struct QuestionnaireResource {
    /// Always `Questionnaire`.
    #[schema(rename = "resourceType", example = "Questionnaire")]
    resource_type: String,
    /// Its canonical address.
    #[schema(format = "uri", example = "https://kneadsafe.example/fhir/Questionnaire/intake")]
    url: String,
    /// The version of the ruleset that it was made from.
    #[schema(example = "1.2.0")]
    version: String,
    /// Always `active`.
    #[schema(example = "active")]
    status: String,
    /// What it is called.
    title: String,
    /// Its groups, and the questions in them.
    item: Vec<Value>,
}

/// The form on its way to the caller.
pub(crate) enum FormAnswer {
    Json(Cached<Arc<IntakeForm>>),
    Fhir(Cached<Value>),
}

impl Responder for FormAnswer {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        match self {
            Self::Json(form) => form.respond_to(request),
            Self::Fhir(resource) => {
                let mut response = resource.respond_to(request);
                if let Some(kind) = response.headers_mut().get_mut(header::CONTENT_TYPE) {
                    *kind = HeaderValue::from_static(FHIR_JSON);
                }
                response
            }
        }
    }
}

/// Show the intake form
///
/// What to ask a client before a massage, made from the rules of this version: nothing is asked that no rule reads. Signs
/// that need a doctor now come first, then the massage, the client, and one group for each category of conditions with a
/// choice, room for the client's own words, and what to ask further of each condition that was chosen. With `massageType`,
/// what can change no answer for that type is left out, whatever else is booked with it. `format=fhir` shows it as a FHIR R4
/// Questionnaire. Its answers go to `POST /v1/screenings/from-questionnaire`.
#[utoipa::path(
    tag = "rulesets",
    params(VersionPath, QuestionnaireQuery),
    responses(
        (
            status = 200, description = "The form",
            content((IntakeForm = "application/json"), (QuestionnaireResource = "application/fhir+json"))
        ),
        ReadProblemResponses,
    )
)]
#[get("/v1/rulesets/{version}/questionnaire")]
pub(crate) async fn show_questionnaire(
    service: Data<Service>,
    chosen: Chosen,
    query: Parameters<QuestionnaireQuery>,
) -> Result<FormAnswer, Problem> {
    let massage_type = match query.massage_type.as_deref() {
        None => None,
        Some(name) => Some(massage_type(&chosen.ruleset, name)?),
    };
    let form = service.form(&chosen.ruleset, massage_type, query.language.unwrap_or_default());
    Ok(match query.format.unwrap_or_default() {
        FormFormat::Json => FormAnswer::Json(chosen.answer(form)),
        FormFormat::Fhir => {
            let resource = questionnaire(&chosen.ruleset, &form);
            FormAnswer::Fhir(chosen.answer(resource))
        }
    })
}

fn massage_type(ruleset: &Ruleset, name: &str) -> Result<usize, Problem> {
    ruleset.names().massage_type(name).ok_or_else(|| {
        let fault = FaultResponse::of_parameter("massageType", "unknown-massage-type", "no massage type has this name");
        meaningless(fault.guessing(ruleset.names().massage_types_like(name)))
    })
}

/// What is to be booked, where the body does not say it. No health data stands in a URL.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(crate) struct SessionQuery {
    /// The ruleset version that is to answer, or `latest`. The body may name it as well.
    #[param(example = "latest")]
    ruleset: Option<String>,
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
    fn says_something(&self) -> bool {
        self.massage_type.is_some()
            || self.pressure.is_some()
            || self.body_regions.is_some()
            || self.date.is_some()
            || self.duration_minutes.is_some()
    }

    fn session(&self) -> SessionRequest {
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

/// A screening of a form's answers.
#[derive(Debug, Serialize, ToSchema)]
pub(crate) struct QuestionnaireScreeningResponse {
    /// The screening, as `POST /v1/screenings` answers it.
    #[serde(flatten)]
    screening: Screening,
    /// The request that the answers amount to: every pointer in the screening points into it. `POST /v1/screenings` answers it
    /// in the same way.
    request: ScreeningRequest,
}

/// A screening of a form's answers on its way to the caller.
pub(crate) struct QuestionnaireAnswer {
    response: QuestionnaireScreeningResponse,
    language: Language,
}

impl Responder for QuestionnaireAnswer {
    type Body = BoxBody;

    fn respond_to(self, request: &HttpRequest) -> HttpResponse {
        let Self { response, language } = self;
        match serde_json::to_vec(&response) {
            Ok(bytes) => {
                let screening = response.screening;
                ScreeningAnswer { screening, language }.respond_to(request).set_body(BoxBody::new(bytes))
            }
            Err(_) => HttpResponse::from_error(Problem::new(ProblemType::Internal, ProblemType::Internal.entry().help)),
        }
    }
}

/// Screen the answers of an intake form
///
/// Takes what a client answered on the form of `GET /v1/rulesets/{version}/questionnaire`, in plain JSON or as a FHIR R4
/// `QuestionnaireResponse`, and answers as `POST /v1/screenings` does, with the request that the answers amount to.
///
/// What was not answered was not asked, and never counts as "no": a category counts as asked once its question about conditions
/// is answered, with conditions or with `none`, and `coverage.notAsked` names those that are left. The session stands in
/// `session`, in the query, or in the form's own answers. Members of a FHIR resource that tell whose it is (`subject`, `author`,
/// `identifier`) are not read, kept or logged. A form that names another version than the newest is screened by that version.
#[utoipa::path(
    tag = "screenings",
    params(SessionQuery, PinHeaders, LanguageHeader),
    request_body(content(
        (QuestionnaireAnswersRequest = "application/json"),
        (QuestionnaireResponseRequest = "application/fhir+json")
    )),
    responses(
        (
            status = 200, description = "The verdict, with every reason", body = QuestionnaireScreeningResponse,
            content_type = "application/json",
            headers(
                ("Screening-Verdict" = Verdict, description = "The verdict, as in the body"),
                ("Ruleset-Version" = String, description = "The version of the ruleset that answered"),
                ("Ruleset-Digest" = String, description = "The digest of the ruleset that answered"),
                ("Content-Language" = Language, description = "The language of the prose"),
                ("X-Request-Id" = String, description = "The request's name, yours or a new one"),
            )
        ),
        ProblemResponses,
    )
)]
#[post("/v1/screenings/from-questionnaire")]
pub(crate) async fn screen_questionnaire(
    service: Data<Service>,
    request: HttpRequest,
    query: Parameters<SessionQuery>,
    accepted: Accepted,
    body: Body,
) -> Result<QuestionnaireAnswer, Problem> {
    let pin = Pin::of(&request, query.ruleset.clone())?;
    let (value, twice) = body.value()?;
    let fhir = value.get("resourceType").is_some() || is_fhir(&request);
    let posted = if fhir { Posted::Fhir(pruned(value)) } else { Posted::Plain(value) };
    let ruleset = posted.choose(pin, &service)?;
    let language = accepted.choose(ruleset);
    let (answers, faults) = posted.read(&service, ruleset, twice);
    let mut faults: Vec<FaultResponse> = faults.into_iter().map(FaultResponse::from).collect();
    if let Some(answers) = answers {
        match answers.facts(&service, ruleset, language, &query, fhir) {
            Ok((facts, request)) if faults.is_empty() => {
                let screening = screening::screen(ruleset, &facts);
                let response = QuestionnaireScreeningResponse { screening, request };
                return Ok(QuestionnaireAnswer { response, language });
            }
            Ok(_) => {}
            Err(more) => faults.extend(more),
        }
    }
    Err(Problem::of_faults(each_once(faults)))
}

/// The faults, each kind of mistake once at its place, in the order in which they were found.
fn each_once(faults: Vec<FaultResponse>) -> Vec<FaultResponse> {
    let mut seen: Vec<FaultResponse> = Vec::with_capacity(faults.len());
    for fault in faults {
        let same = |known: &FaultResponse| {
            (&known.pointer, &known.parameter, &known.code) == (&fault.pointer, &fault.parameter, &fault.code)
        };
        if !seen.iter().any(same) {
            seen.push(fault);
        }
    }
    seen
}

fn is_fhir(request: &HttpRequest) -> bool {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    kind.is_some_and(|kind| kind.trim().to_ascii_lowercase().starts_with(FHIR_JSON))
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
enum Posted {
    Plain(Value),
    Fhir(Value),
}

/// What was read of it.
struct Answers {
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
    fn facts(
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
    fn choose<'s>(&self, pin: Pin, service: &'s Service) -> Result<&'s Arc<Ruleset>, Problem> {
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
    fn read(self, service: &Service, ruleset: &Ruleset, twice: Vec<Fault>) -> (Option<Answers>, Vec<Fault>) {
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
