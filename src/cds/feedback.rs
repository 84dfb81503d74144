//! What became of a card: read for its outcome and the reason's code alone.
//!
//! A comment is clinical text and is not looked at. Source: CDS Hooks 2.0.1, "Feedback".

use std::fmt;

use jiff::Timestamp;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::model::Fault;

use super::cards::OVERRIDE_SYSTEM;

/// What a user made of a card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// A suggestion was taken.
    Accepted,
    /// The user went on in spite of it.
    Overridden,
}

impl Outcome {
    /// The word used in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Accepted => "accepted",
            Self::Overridden => "overridden",
        }
    }
}

/// What became of one card.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Feedback {
    /// The card's name.
    pub card: Uuid,
    /// What the user made of it.
    pub outcome: Outcome,
    /// The reason's code, where it is one of HL7's; `other` for another, `none` where no code is given.
    pub reason: &'static str,
}

impl fmt::Debug for Feedback {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Feedback").field("outcome", &self.outcome).finish_non_exhaustive()
    }
}

/// HL7's reasons for going on in spite of advice, with the headings that they stand under (CDS Hooks 3.0.0-ballot).
const REASONS: [&str; 35] = [
    "cds-not-applicable",
    "patient-ineligible",
    "indication-order-exists",
    "action-completed",
    "action-unsuccessful",
    "action-performed-no-adverse-effect",
    "action-not-priority",
    "cds-suboptimal-context",
    "limited-time",
    "wrong-time-workflow",
    "inappropriate-recipient",
    "need-more-info",
    "recipient-disagrees-evidence",
    "does-not-align-latest-evidence",
    "expert-contradicts",
    "policy-contradicts",
    "recipient-does-not-trust",
    "recipient-concerns-outcomes",
    "risk-benefit-ratio",
    "mitigate-risk-negative-outcome",
    "likely-negative-health-outcomes",
    "patient-contraindication",
    "does-not-align-preferences",
    "patient-fears-discomfort",
    "patient-does-not-want-change",
    "cultural-religious-reason",
    "prefers-alternative",
    "patient-refuses",
    "not-convenient-feasible",
    "inadequate-support",
    "service-not-available",
    "implementation-challenges",
    "too-costly-uncovered",
    "recipient-does-not-understand",
    "comorbidity-disability",
];

impl Feedback {
    /// Reads a body of feedback. Unknown members and extensions are left alone.
    ///
    /// # Errors
    /// Everything that is missing or cannot be read.
    pub fn read(body: &Value) -> Result<Vec<Self>, Vec<Fault>> {
        let Some(list) = body.get("feedback") else {
            let kind = if body.is_object() {
                ("/feedback", "missing", "is missing")
            } else {
                ("", "wrong-type", "must be an object")
            };
            return Err(vec![Fault::new(kind.0, kind.1, kind.2)]);
        };
        let Some(items) = list.as_array() else {
            return Err(vec![Fault::new("/feedback", "wrong-type", "must be an array")]);
        };
        let mut faults = Vec::new();
        let read: Vec<Self> = items
            .iter()
            .enumerate()
            .filter_map(|(at, item)| one(item, &format!("/feedback/{at}"), &mut faults))
            .collect();
        if faults.is_empty() { Ok(read) } else { Err(faults) }
    }
}

type Item<'v> = &'v Map<String, Value>;

fn one(item: &Value, at: &str, faults: &mut Vec<Fault>) -> Option<Feedback> {
    let Some(item) = item.as_object() else {
        faults.push(Fault::new(at, "wrong-type", "must be an object"));
        return None;
    };
    let card = name(item.get("card"), &format!("{at}/card"), faults);
    let outcome = outcome(item, at, faults);
    suggestions(item, outcome, at, faults);
    let reason = reason(item, at, faults);
    time(item, at, faults);
    Some(Feedback { card: card?, outcome: outcome?, reason })
}

fn missing_or(value: Option<&Value>, at: &str, otherwise: (&str, &str)) -> Fault {
    match value {
        None | Some(Value::Null) => Fault::new(at, "missing", "is missing"),
        Some(_) => Fault::new(at, otherwise.0, otherwise.1),
    }
}

fn name(value: Option<&Value>, at: &str, faults: &mut Vec<Fault>) -> Option<Uuid> {
    let name = value.and_then(Value::as_str).and_then(|text| Uuid::parse_str(text).ok());
    if name.is_none() {
        faults.push(missing_or(value, at, ("not-a-uuid", "must be a UUID")));
    }
    name
}

fn outcome(item: Item<'_>, at: &str, faults: &mut Vec<Fault>) -> Option<Outcome> {
    let value = item.get("outcome");
    let found =
        [Outcome::Accepted, Outcome::Overridden].into_iter().find(|it| value.is_some_and(|value| value == it.as_str()));
    if found.is_none() {
        let fault =
            missing_or(value, &format!("{at}/outcome"), ("unknown-value", "must be `accepted` or `overridden`"));
        faults.push(fault);
    }
    found
}

fn suggestions(item: Item<'_>, outcome: Option<Outcome>, at: &str, faults: &mut Vec<Fault>) {
    let at = format!("{at}/acceptedSuggestions");
    let value = item.get("acceptedSuggestions").filter(|value| !value.is_null());
    match value.map(Value::as_array) {
        Some(None) => faults.push(Fault::new(at, "wrong-type", "must be an array")),
        Some(Some(list)) if !list.is_empty() => {
            for (number, suggestion) in list.iter().enumerate() {
                name(suggestion.get("id"), &format!("{at}/{number}/id"), faults);
            }
        }
        Some(Some(_)) | None if outcome == Some(Outcome::Accepted) => {
            faults.push(Fault::new(at, "missing", "an accepted card names the suggestions that were accepted"));
        }
        Some(Some(_)) | None => {}
    }
}

fn reason(item: Item<'_>, at: &str, faults: &mut Vec<Fault>) -> &'static str {
    const NONE: &str = "none";
    let at = format!("{at}/overrideReason");
    let Some(value) = item.get("overrideReason").filter(|value| !value.is_null()) else { return NONE };
    let Some(value) = value.as_object() else {
        faults.push(Fault::new(at, "wrong-type", "must be an object"));
        return NONE;
    };
    let comment = value.get("userComment").filter(|comment| !comment.is_null());
    if comment.is_some_and(|comment| !comment.is_string()) {
        faults.push(Fault::new(format!("{at}/userComment"), "wrong-type", "must be a text"));
    }
    let Some(coding) = value.get("reason").filter(|coding| !coding.is_null()) else {
        if comment.is_none() {
            faults.push(Fault::new(at, "missing", "has a `reason` or a `userComment`"));
        }
        return NONE;
    };
    let text = |member: &str| coding.get(member).and_then(Value::as_str).filter(|text| !text.is_empty());
    let (system, code) = (text("system"), text("code"));
    for (member, given) in [("code", code), ("system", system)] {
        if given.is_none() {
            faults.push(missing_or(
                coding.get(member),
                &format!("{at}/reason/{member}"),
                ("wrong-type", "must be a text"),
            ));
        }
    }
    let known = REASONS.into_iter().find(|known| system == Some(OVERRIDE_SYSTEM) && code == Some(*known));
    known.unwrap_or("other")
}

fn time(item: Item<'_>, at: &str, faults: &mut Vec<Fault>) {
    let value = item.get("outcomeTimestamp");
    let sound = value.and_then(Value::as_str).is_some_and(|text| text.parse::<Timestamp>().is_ok());
    if !sound {
        let fault = missing_or(
            value,
            &format!("{at}/outcomeTimestamp"),
            ("not-a-time", "must be a time as RFC 3339 writes it"),
        );
        faults.push(fault);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const CARD: &str = "4e0a3a1e-3283-4575-ab82-028d55fe2719";

    fn read(item: &Value) -> Result<Vec<Feedback>, Vec<String>> {
        Feedback::read(&json!({ "feedback": [item] }))
            .map_err(|faults| faults.iter().map(|fault| format!("{} {}", fault.pointer, fault.code)).collect())
    }

    #[test]
    fn the_examples_of_the_specification_are_read() {
        let accepted = json!({
            "card": CARD, "outcome": "accepted", "acceptedSuggestions": [{ "id": "e56e1945-20b3-4393-8503-a1a20fd73152" }],
            "outcomeTimestamp": "2020-12-11T00:00:00Z"
        });
        assert_eq!(read(&accepted).unwrap()[0].outcome, Outcome::Accepted);
        let overridden = json!({
            "card": CARD, "outcome": "overridden", "outcomeTimestamp": "2020-12-11T00:00:00Z",
            "overrideReason": { "reason": { "code": "patient-refuses", "system": OVERRIDE_SYSTEM }, "userComment": "canary" }
        });
        let feedback = read(&overridden).unwrap()[0];
        assert_eq!(feedback.reason, "patient-refuses");
        assert!(!format!("{feedback:?}").contains("canary"));
    }

    #[test]
    fn a_reason_that_nobody_lists_is_other() {
        for (system, code, counted) in [
            ("http://example.org/reasons", "patient-refuses", "other"),
            (OVERRIDE_SYSTEM, "made-up", "other"),
            (OVERRIDE_SYSTEM, "risk-benefit-ratio", "risk-benefit-ratio"),
        ] {
            let item = json!({
                "card": CARD, "outcome": "overridden", "outcomeTimestamp": "2020-12-11T00:00:00.5+00:00",
                "overrideReason": { "reason": { "code": code, "system": system } }
            });
            assert_eq!(read(&item).unwrap()[0].reason, counted, "{code}");
        }
    }

    #[test]
    fn every_fault_is_named() {
        assert_eq!(
            read(&json!({ "card": "x", "outcome": "ignored", "overrideReason": {}, "outcomeTimestamp": "yesterday" }))
                .unwrap_err(),
            [
                "/feedback/0/card not-a-uuid",
                "/feedback/0/outcome unknown-value",
                "/feedback/0/overrideReason missing",
                "/feedback/0/outcomeTimestamp not-a-time"
            ]
        );
        assert_eq!(
            read(&json!({ "card": CARD, "outcome": "accepted", "acceptedSuggestions": [], "outcomeTimestamp": "2020-12-11T00:00:00Z" }))
                .unwrap_err(),
            ["/feedback/0/acceptedSuggestions missing"]
        );
        assert!(Feedback::read(&json!({})).is_err() && Feedback::read(&json!([])).is_err());
        assert_eq!(Feedback::read(&json!({ "feedback": [] })).unwrap(), []);
    }
}
