//! The intake form of a ruleset, and the screening of its answers.

use std::sync::Arc;

use actix_web::body::BoxBody;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse, Responder, get, post};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::{IntoParams, ToSchema};

use crate::model::{Language, Screening, ScreeningRequest, Verdict};
use crate::ruleset::Ruleset;
use crate::screening;
use crate::screening::questionnaire::{IntakeForm, questionnaire};

use super::body::Body;
use super::language::{Accepted, LanguageHeader};
use super::outcome::FHIR_JSON;
use super::parameters::{Parameters, meaningless};
use super::pin::{Cached, Chosen, Pin, PinHeaders, VersionPath};
use super::problem::{FaultResponse, Problem, ProblemResponses, ProblemType, ReadProblemResponses};
use super::questionnaire_answers::QuestionnaireAnswersRequest;
use super::questionnaire_posted::{Posted, SessionQuery};
use super::questionnaire_response::{QuestionnaireResponseRequest, pruned};
use super::screenings::ScreeningAnswer;
use super::server::Service;

/// Which form to show.
#[derive(Debug, Deserialize, IntoParams)]
#[serde(rename_all = "camelCase")]
#[into_params(parameter_in = Query, rename_all = "camelCase")]
pub(crate) struct QuestionnaireQuery {
    /// Only what matters for this massage type, by id or one of its other names.
    #[param(example = "thai")]
    massage_type: Option<String>,
    /// The language of its texts, before what `Accept-Language` asks for; English where the ruleset speaks no other.
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
    params(VersionPath, QuestionnaireQuery, LanguageHeader),
    responses(
        (
            status = 200, description = "The form",
            content((IntakeForm = "application/json"), (QuestionnaireResource = "application/fhir+json")),
            headers(("Content-Language" = Language, description = "The language of the texts"))
        ),
        ReadProblemResponses,
    )
)]
#[get("/v1/rulesets/{version}/questionnaire")]
pub(crate) async fn show_questionnaire(
    service: Data<Service>,
    chosen: Chosen,
    accepted: Accepted,
    query: Parameters<QuestionnaireQuery>,
) -> Result<FormAnswer, Problem> {
    let massage_type = match query.massage_type.as_deref() {
        None => None,
        Some(name) => Some(massage_type(&chosen.ruleset, name)?),
    };
    let language = query.language.unwrap_or_else(|| accepted.choose(&chosen.ruleset));
    let form = service.form(&chosen.ruleset, massage_type, language);
    let language = form.language;
    Ok(match query.format.unwrap_or_default() {
        FormFormat::Json => FormAnswer::Json(chosen.answer_in(language, form)),
        FormFormat::Fhir => {
            let resource = questionnaire(&chosen.ruleset, &form);
            FormAnswer::Fhir(chosen.answer_in(language, resource))
        }
    })
}

fn massage_type(ruleset: &Ruleset, name: &str) -> Result<usize, Problem> {
    ruleset.names().massage_type(name).ok_or_else(|| {
        let fault = FaultResponse::of_parameter("massageType", "unknown-massage-type", "no massage type has this name");
        meaningless(fault.guessing(ruleset.names().massage_types_like(name)))
    })
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
    let (value, twice) = body.document()?;
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
