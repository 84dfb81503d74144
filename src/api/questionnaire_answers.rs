//! The answers of an intake form as they are posted in plain JSON.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, OneOfBuilder, SchemaType, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

use crate::model::SessionRequest;
use crate::screening::questionnaire::{Given, GivenValue, Said};

use super::schema::below;

/// The name of the schema of plain answers.
pub(crate) const ANSWERS: &str = "QuestionnaireAnswersRequest";

/// Answers to the intake form of a ruleset.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct QuestionnaireAnswersRequest {
    /// The `version` of the form that was answered. Needed unless the query or a header says it: a category that was answered
    /// on an older form was not asked of what has been added since.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40, example = "latest")]
    pub(crate) ruleset: Option<String>,
    /// What is to be booked, as in a screening; not given where the form's own questions about the massage are answered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) session: Option<SessionRequest>,
    /// The answers, by the `linkId` of their question: one, or a list of them. Choices are named by `value`. What is left out,
    /// `null` or an empty list was not asked.
    pub(crate) answers: BTreeMap<String, AnswerRequest>,
}

/// The answer to one question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum AnswerRequest {
    /// One answer.
    One(SingleAnswerRequest),
    /// Several answers.
    Several(Vec<SingleAnswerRequest>),
    /// None.
    Nothing(()),
}

/// One answer: the value of an option, words or a day; a number; yes or no.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(crate) enum SingleAnswerRequest {
    /// Yes or no.
    Flag(bool),
    /// A number.
    Number(f64),
    /// The value of an option, words or a day.
    Text(String),
}

impl PartialSchema for AnswerRequest {
    fn schema() -> RefOr<Schema> {
        let of_type = |kind| ObjectBuilder::new().schema_type(SchemaType::Type(kind));
        let single =
            || OneOfBuilder::new().item(of_type(Type::Boolean)).item(of_type(Type::Number)).item(of_type(Type::String));
        let several = ArrayBuilder::new().items(single()).max_items(Some(200));
        let about = "One answer, a list of them, or `null` for none: the value of an option, words, a day, a number, yes or no.";
        single().item(several).item(of_type(Type::Null)).description(Some(about)).into()
    }
}

impl ToSchema for AnswerRequest {}

impl QuestionnaireAnswersRequest {
    /// The answers, each with its place.
    pub(crate) fn given(&self) -> Vec<Given> {
        let one = |pointer: String, answer: &SingleAnswerRequest| GivenValue {
            pointer,
            said: match answer {
                SingleAnswerRequest::Flag(flag) => Said::Flag(*flag),
                SingleAnswerRequest::Number(number) => Said::Number(*number),
                SingleAnswerRequest::Text(text) => Said::Text(text.clone()),
            },
        };
        self.answers
            .iter()
            .map(|(link_id, answer)| {
                let pointer = below("/answers", link_id);
                let values = match answer {
                    AnswerRequest::One(answer) => vec![one(pointer.clone(), answer)],
                    AnswerRequest::Several(answers) => {
                        answers.iter().enumerate().map(|(at, answer)| one(format!("{pointer}/{at}"), answer)).collect()
                    }
                    AnswerRequest::Nothing(()) => Vec::new(),
                };
                Given { link_id: link_id.clone(), pointer, values }
            })
            .collect()
    }
}
