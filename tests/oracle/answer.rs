//! What the two are compared by.

use jiff::civil::Date;
use kneadsafe::model::Screening;
use serde_json::Value;

use super::bundle::Bundle;
use super::conditions::{Stated, day};
use super::rules::Asked;

/// A reason, in the words of the answer's JSON.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Why {
    pub(crate) rule: String,
    pub(crate) condition: Option<String>,
    pub(crate) effect: String,
    pub(crate) certainty: String,
    pub(crate) eligible_from: Option<Date>,
}

/// A verdict and all its reasons, sorted.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Answer {
    pub(crate) verdict: String,
    pub(crate) reasons: Vec<Why>,
}

impl Answer {
    fn new(verdict: &str, mut reasons: Vec<Why>) -> Self {
        reasons.sort();
        // What one rule says alike of several conditions is one reason.
        reasons.dedup();
        Self { verdict: verdict.to_owned(), reasons }
    }

    /// The same things out of the engine's answer.
    pub(crate) fn of_engine(screening: &Screening) -> Self {
        let word = |value: Value| value.as_str().unwrap().to_owned();
        let reasons = screening.reasons.iter().map(|reason| Why {
            rule: reason.rule_id.to_string(),
            condition: reason.condition.as_ref().map(ToString::to_string),
            effect: word(serde_json::to_value(reason.effect).unwrap()),
            certainty: word(serde_json::to_value(reason.certainty).unwrap()),
            eligible_from: reason.eligible_from,
        });
        Self::new(screening.verdict.as_str(), reasons.collect())
    }
}

impl Bundle {
    /// The verdict and its reasons, by walking every rule for every condition. The engine's `coverage` is asked about
    /// words that are no name, and about nothing else; there is no answer where they are a sentence.
    pub(crate) fn answer(&self, request: &Value, coverage: &Value, today: Date) -> Option<Answer> {
        let today = day(&request["session"]["date"]).unwrap_or(today);
        let mut stated = Stated::all(self, request, coverage, today)?;
        if Asked::new(self, request, today, &stated).leaves_something_out() {
            stated.push(Stated::not_asked(self));
        }
        let asked = Asked::new(self, request, today, &stated);
        let mut reasons = Vec::new();
        for rule in &self.rules {
            if let Some(condition) = rule["condition"].as_str() {
                let meant = stated.iter().filter(|stated| stated.is_below(condition));
                reasons.extend(meant.filter_map(|stated| asked.weigh(rule, Some(stated))));
            } else {
                reasons.extend(asked.weigh(rule, None));
            }
        }
        let has = |effect: &str| reasons.iter().any(|reason| reason.effect == effect);
        let verdict = match (has("deny"), has("caution")) {
            (true, _) => "deny",
            (false, true) => "caution",
            (false, false) => "allow",
        };
        Some(Answer::new(verdict, reasons))
    }
}
