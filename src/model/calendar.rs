//! A calendar page: one client, many massage types and many days.

use std::sync::Arc;

use jiff::ToSpan;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::wire;
use super::{
    Action, ClearanceRequest, ClientRequest, ConditionRequest, Coverage, Intake, MassageTypeId, Pressure, RulesetStamp,
    Verdict,
};

/// Which massage can this client have on which day?
///
/// Takes no patient identifiers: fields that are not listed here are refused.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CalendarRequest {
    /// What is the same in every session. Not given: the whole body at each type's usual pressure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<CalendarSessionRequest>,
    /// The massage types, by id or by one of their synonyms, in the order of the answer. Not given: all of the ruleset.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_items = 1, max_items = 50, example = json!(["thai", "relaxing"]))]
    pub massage_types: Option<Vec<String>>,
    /// The days, in the order of the answer.
    pub dates: CalendarDatesRequest,
    /// What is known of the client apart from conditions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<ClientRequest>,
    /// How much of the client's health was asked.
    pub intake: Intake,
    /// With a partial intake: the categories of conditions of which the client was asked in full, so that what is not listed of
    /// them is absent. A complete intake has asked of all.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 50, example = json!(["cardiovascular", "skin"]))]
    pub asked: Option<Vec<String>>,
    /// The client's conditions. One condition in two places is listed twice. Tell days by `onset` and `resolved`: words such
    /// as "three weeks ago" are read as said on the day of each session.
    #[schema(max_items = 200)]
    pub conditions: Vec<ConditionRequest>,
    /// Who has agreed to what.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 200)]
    pub clearances: Option<Vec<ClearanceRequest>>,
}

/// What is the same in every session of a calendar.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CalendarSessionRequest {
    /// The pressure wanted, of every type. Not given: each type's usual pressure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pressure: Option<Pressure>,
    /// Where the client is to be worked on, by id or synonym. Not given: the whole body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(min_items = 1, max_items = 100, example = json!(["back"]))]
    pub body_regions: Option<Vec<String>>,
    /// How long each is to last, in minutes.
    #[serde(default, deserialize_with = "wire::small", skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 600, example = 60)]
    pub duration_minutes: Option<u16>,
    /// What is used on the skin, by id or synonym. Not given: not known. Empty: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 50, example = json!(["almond-oil"]))]
    pub products: Option<Vec<String>>,
    /// Techniques planned beyond those that belong to each type, by id or name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 50, example = json!([]))]
    pub techniques: Option<Vec<String>>,
}

/// The days of a calendar: listed, or one after another.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(untagged)]
pub enum CalendarDatesRequest {
    /// Days in any order.
    Listed(ListedDaysRequest),
    /// Days one after another.
    Consecutive(ConsecutiveDaysRequest),
}

/// Days in any order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(min_items = 1, max_items = 90)]
pub struct ListedDaysRequest(pub Vec<DayRequest>);

/// A day of the form YYYY-MM-DD.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(value_type = String, format = Date, example = "2026-11-28")]
pub struct DayRequest(#[serde(deserialize_with = "wire::date")] pub Date);

/// Days one after another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConsecutiveDaysRequest {
    /// The first day.
    #[serde(deserialize_with = "wire::date")]
    #[schema(value_type = String, format = Date, example = "2026-11-28")]
    pub from: Date,
    /// How many days.
    #[serde(deserialize_with = "wire::small_required")]
    #[schema(minimum = 1, maximum = 90, example = 30)]
    pub days: u16,
}

impl CalendarDatesRequest {
    /// How many days are asked for.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::Listed(days) => days.0.len(),
            Self::Consecutive(run) => run.days.into(),
        }
    }

    /// Whether no day is asked for.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Every day, in the order asked; `None` where one would lie after the last day that there is, in the year 9999.
    #[must_use]
    pub fn days(&self) -> Option<Vec<Date>> {
        match self {
            Self::Listed(days) => Some(days.0.iter().map(|day| day.0).collect()),
            Self::Consecutive(run) => {
                (0..run.days).map(|after| run.from.checked_add(i64::from(after).days()).ok()).collect()
            }
        }
    }
}

/// A calendar page. A screening aid, not a diagnosis.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CalendarResponse)]
pub struct Calendar {
    /// One row a massage type, in the order asked.
    pub massage_types: Vec<CalendarRow>,
    /// What was understood and what was not, as on the earliest day; `notAsked` over all the massage types.
    pub coverage: Coverage,
    /// That this is a screening aid and not a diagnosis.
    #[schema(value_type = String)]
    pub disclaimer: Arc<str>,
    /// Which ruleset answered.
    pub ruleset: RulesetStamp,
}

/// One massage type over the days of a calendar.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CalendarRow {
    /// The massage type.
    pub massage_type: MassageTypeId,
    /// The pressure it was screened with: the one asked for, else the type's usual one.
    pub pressure: Pressure,
    /// The first day on which time alone makes the verdict milder than on the earliest day asked; it can lie beyond the
    /// calendar.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub eligible_from: Option<Date>,
    /// One entry a day, in the order asked.
    pub days: Vec<CalendarDay>,
}

/// One massage type on one day: what `POST /v1/screenings` says of this session.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CalendarDay {
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// The verdict.
    pub verdict: Verdict,
    /// What the caller is to do.
    pub action: Action,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn days(dates: serde_json::Value) -> Option<Vec<String>> {
        let dates: CalendarDatesRequest = serde_json::from_value(dates).unwrap();
        dates.days().map(|days| days.iter().map(ToString::to_string).collect())
    }

    #[test]
    fn days_are_listed_or_follow_one_another() {
        let listed = days(serde_json::json!(["2026-12-24", "2026-11-28"])).unwrap();
        assert_eq!(listed, ["2026-12-24", "2026-11-28"]);
        let run = days(serde_json::json!({ "from": "2026-12-30", "days": 3.0 })).unwrap();
        assert_eq!(run, ["2026-12-30", "2026-12-31", "2027-01-01"]);
        assert_eq!(days(serde_json::json!({ "from": "9999-12-31", "days": 2 })), None);
    }
}
