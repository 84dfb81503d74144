//! The form as data.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use utoipa::ToSchema;

use crate::model::{ConditionId, Language, MassageTypeId};
use crate::ruleset::{ConditionIx, Fact};

/// An intake form: what to ask a client before a massage, for every massage type or for one.
///
/// A condition's follow-ups are asked only where it was chosen. Whatever is left out counts as not asked, never as "no": a
/// category counts as asked once its question about conditions is answered, with conditions or with `none`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct IntakeForm {
    /// The canonical address of the same form as a FHIR Questionnaire.
    #[schema(format = "uri", example = "https://kneadsafe.example/fhir/Questionnaire/intake")]
    pub url: String,
    /// The version of the ruleset that it was made from.
    #[schema(value_type = String, example = "1.2.0")]
    pub version: Arc<str>,
    /// The massage type it is for; not given: every type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub massage_type: Option<MassageTypeId>,
    /// The language of its texts.
    pub language: Language,
    /// What it is called.
    pub title: String,
    /// How to fill it in.
    pub instructions: String,
    /// What it asks, in order: what needs a doctor now, the massage, the client, then one group for each category of conditions.
    pub groups: Vec<FormGroup>,
    /// Answers that many questions share, by name.
    pub option_lists: BTreeMap<OptionList, Vec<FormOption>>,
}

/// Questions that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FormGroup {
    /// Its name in answers.
    #[schema(example = "category.cardiovascular")]
    pub link_id: String,
    /// What a person reads.
    pub title: String,
    /// The questions.
    pub items: Vec<FormItem>,
    /// What to ask further of each condition that was chosen.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub follow_ups: Vec<FollowUps>,
}

/// What to ask further of one condition.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FollowUps {
    /// Their name in answers.
    #[schema(example = "condition.hypertension")]
    pub link_id: String,
    /// The condition.
    pub condition: ConditionId,
    /// What a person reads: the condition's name.
    pub title: String,
    /// They are asked where one of these answers was given.
    pub ask_if: Vec<AskIf>,
    /// The questions.
    pub items: Vec<FormItem>,
}

/// One question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FormItem {
    /// Its name in answers, the same in every version that asks it.
    #[schema(example = "category.cardiovascular.conditions")]
    pub link_id: String,
    /// What a person reads.
    pub text: String,
    /// What kind of answer it takes.
    pub kind: ItemKind,
    /// Whether it takes several answers.
    pub multiple: bool,
    /// With `choice`: the answers there are.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub options: Vec<FormOption>,
    /// With `choice`, in place of `options`: the list in `optionLists` that holds them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub option_list: Option<OptionList>,
    /// It is asked where one of these answers was given; empty: always.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub ask_if: Vec<AskIf>,
    /// What it fills in the request of `POST /v1/screenings`: a JSON Pointer, `-` for a new entry of a list.
    #[schema(example = "/conditions/-")]
    pub fills: String,
    /// What it asks.
    #[serde(skip)]
    pub(super) asks: Asks,
}

/// What kind of answer a question takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum ItemKind {
    /// One of the options, or several, by `value`.
    Choice,
    /// Yes or no.
    Boolean,
    /// A day, `YYYY-MM-DD`.
    Date,
    /// A whole number.
    Integer,
    /// Words, at most 200 characters.
    Text,
}

/// One answer that can be chosen.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct FormOption {
    /// What to send.
    #[schema(example = "hypertension")]
    pub value: String,
    /// What a person reads.
    #[schema(example = "High blood pressure")]
    pub text: String,
}

/// An answer on which another question depends.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AskIf {
    /// The question.
    pub link_id: String,
    /// The answer.
    pub value: String,
}

/// A list of answers that many questions share.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum OptionList {
    /// Where a condition stands in its course.
    Phase,
    /// Whether it is kept in check.
    Control,
    /// How bad it is.
    Severity,
    /// Places on the body.
    BodyRegion,
}

impl OptionList {
    /// Every list.
    pub const ALL: [Self; 4] = [Self::Phase, Self::Control, Self::Severity, Self::BodyRegion];

    /// The word used in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Phase => "phase",
            Self::Control => "control",
            Self::Severity => "severity",
            Self::BodyRegion => "body-region",
        }
    }
}

/// The name of the question that asks for the massage type.
pub const MASSAGE_TYPE: &str = "session.massageType";

/// The answer that nothing of a list holds.
pub(super) const NONE: &str = "none";

/// What a question is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Asks {
    /// Which conditions of a category the client has; with a number, only those that matter for that massage type.
    Conditions { category: usize, massage_type: Option<usize> },
    /// Which signs the client has that need a doctor now.
    Urgent,
    /// What else of a category, in the client's words.
    Other,
    /// A fact of one condition.
    Condition(ConditionIx, Fact),
    /// Who agreed to a massage in view of one condition.
    ClearedBy(ConditionIx),
    /// On which day they agreed.
    ClearedOn(ConditionIx),
    /// A fact of the client or the session.
    Plain(Fact),
    /// The day of the session.
    Date,
}

impl IntakeForm {
    /// Every question, in order.
    pub fn items(&self) -> impl Iterator<Item = &FormItem> {
        self.groups
            .iter()
            .flat_map(|group| group.items.iter().chain(group.follow_ups.iter().flat_map(|follow| &follow.items)))
    }

    /// The answers that a question can be given by choice.
    #[must_use]
    pub fn options<'f>(&'f self, item: &'f FormItem) -> &'f [FormOption] {
        match item.option_list {
            Some(list) => self.option_lists.get(&list).map(Vec::as_slice).unwrap_or_default(),
            None => &item.options,
        }
    }

    /// The conditions of a category that it asks of, by the number of the category.
    pub(super) fn conditions_of(&self, number: usize) -> Option<&FormItem> {
        self.items().find(|item| matches!(item.asks, Asks::Conditions { category, .. } if category == number))
    }

    /// The names of its groups, which take no answer.
    pub(super) fn is_group(&self, link_id: &str) -> bool {
        self.groups
            .iter()
            .any(|group| group.link_id == link_id || group.follow_ups.iter().any(|follow| follow.link_id == link_id))
    }
}
