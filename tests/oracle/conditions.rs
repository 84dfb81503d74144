//! What the client has, as far as it was understood, and what a rule's `where` makes of it.

use jiff::ToSpan;
use jiff::civil::Date;
use serde_json::{Value, json};

use super::bundle::{Bundle, Thing, and_below, list, lists, strings};
use super::names::{Heard, Meant, called};
use super::truth::{Truth, all, any};

/// One condition of the client.
pub(crate) struct Stated<'a> {
    /// The condition.
    pub(crate) condition: &'a Thing,
    /// The request's own words about it.
    pub(crate) said: Value,
}

/// What was said, and what a code adds to it: its facts count where the request tells none.
fn with_facts(said: &Value, facts: &Value) -> Value {
    let mut said = said.clone();
    for fact in ["phase", "control", "severity"] {
        if said[fact].is_null() {
            said[fact] = facts[fact].clone();
        }
    }
    said
}

/// The whole days from one day to another.
pub(crate) fn days_between(from: Date, to: Date) -> i64 {
    i64::from((to - from).get_days())
}

/// A day of a request.
pub(crate) fn day(value: &Value) -> Option<Date> {
    value.as_str().map(|text| text.parse().unwrap())
}

/// Whether a fact is in a list of words; not told is unknown unless the list has every word there is.
pub(crate) fn told(wanted: &Value, fact: &Value, every_word: &[&str]) -> Truth {
    if wanted.is_null() {
        return Some(true);
    }
    match fact.as_str() {
        Some(fact) => Some(lists(wanted, fact)),
        None if every_word.iter().all(|word| lists(wanted, word)) => Some(true),
        None => None,
    }
}

impl<'a> Stated<'a> {
    /// Everything that the request says of the client's health; nothing where it says it in sentences.
    pub(crate) fn all(bundle: &'a Bundle, request: &Value, coverage: &Value, today: Date) -> Option<Vec<Self>> {
        let mut stated = Vec::new();
        for (number, said) in list(&request["conditions"]).into_iter().enumerate() {
            // What is not understood, or only nearly, is so for certain, whatever was said of it.
            let fallback = |which| Self { condition: bundle.fallback(which), said: json!({}) };
            let is_absent = said["state"] == "absent";
            let heard = match bundle.understood(said) {
                Meant::These(meanings, facts) => {
                    let said = with_facts(said, &facts);
                    stated.extend(meanings.into_iter().map(|condition| Self { condition, said: said.clone() }));
                    continue;
                }
                Meant::Nothing => Heard::Unrecognised,
                Meant::Words => {
                    bundle.heard(said["text"].as_str().unwrap(), &format!("/conditions/{number}"), coverage)
                }
            };
            match heard {
                // What is stated absent in words that are not quite understood denies nothing.
                Heard::Nearly(_) | Heard::Unrecognised if is_absent => {}
                Heard::Nearly(condition) => {
                    stated.extend([Self { condition, said: said.clone() }, fallback("approximate")]);
                }
                Heard::Unrecognised => stated.push(fallback("unrecognised")),
                Heard::Sentence => return None,
            }
        }
        if request["client"]["pregnancyWeeks"].is_number() {
            for condition in
                bundle.conditions.iter().filter(|condition| condition.json["impliedBy"] == "pregnancyWeeks")
            {
                let is_it = |stated: &Self| stated.is_below(&condition.id) && stated.is_had_now(today) == Some(true);
                if !stated.iter().any(is_it) {
                    stated.push(Self { condition, said: json!({}) });
                }
            }
        }
        Some(stated)
    }

    /// What stands for categories of which the client was not asked.
    pub(crate) fn not_asked(bundle: &'a Bundle) -> Self {
        Self { condition: bundle.fallback("incompleteIntake"), said: json!({}) }
    }

    /// Whether it is this condition or a child of it.
    pub(crate) fn is_below(&self, id: &str) -> bool {
        self.condition.and_above.contains(id)
    }

    /// Whether the client has it, or had it.
    pub(crate) fn is_had(&self) -> Truth {
        match self.said["state"].as_str() {
            Some("absent") => Some(false),
            Some("unknown") => None,
            _ => Some(true),
        }
    }

    /// Whether the client has it now.
    pub(crate) fn is_had_now(&self, today: Date) -> Truth {
        all(&[self.is_had(), self.is_in_phase(&json!(["current"]), today)])
    }

    /// The day it was over, where that can be: not before it began, and not after the session.
    fn end(&self, today: Date) -> Option<Date> {
        let began = day(&self.said["onset"]);
        day(&self.said["resolved"]).filter(|end| *end <= today && began.is_none_or(|began| began <= *end))
    }

    /// The phases in which it may be. An end that cannot be belies that it is over.
    fn possible_phases(&self, today: Date) -> Vec<&str> {
        let is_over = self.end(today).is_some();
        let is_belied = self.said["resolved"].is_string() && !is_over;
        let over = if self.condition.json["lifelong"].is_array() { "remission" } else { "resolved" };
        match self.said["phase"].as_str() {
            Some("resolved") if is_belied => vec!["acute", "subacute", "chronic", "flare", "remission"],
            Some("resolved") => vec![over],
            Some(phase) => vec![phase],
            None if is_over => vec![over],
            None => vec!["acute", "subacute", "chronic", "flare", "remission"],
        }
    }

    fn is_in_phase(&self, phases: &Value, today: Date) -> Truth {
        let is_listed = |phase: &str| lists(phases, phase) || (lists(phases, "current") && phase != "resolved");
        let listed: Vec<bool> = self.possible_phases(today).into_iter().map(is_listed).collect();
        match (listed.contains(&true), listed.contains(&false)) {
            (true, false) => Some(true),
            (true, true) => None,
            (false, _) => Some(false),
        }
    }

    fn ended_within(&self, limit: i64, today: Date) -> Truth {
        match (self.end(today), self.said["phase"].as_str()) {
            (Some(end), _) => Some(days_between(end, today) < limit),
            (None, Some("resolved" | "remission") | None) => None,
            (None, Some(_)) => Some(false),
        }
    }

    fn began_within(&self, limit: i64, today: Date) -> Truth {
        day(&self.said["onset"]).map(|began| days_between(began, today) < limit)
    }

    /// Where on the body it is: as told, else as the vocabulary says.
    pub(crate) fn regions(&self, bundle: &'a Bundle) -> Option<Vec<&'a str>> {
        if let Some(region) = self.said["bodyRegion"].as_str() {
            return called(&bundle.regions, region).map(|region| vec![region.id.as_str()]);
        }
        Some(strings(&self.condition.json["regions"])).filter(|regions| !regions.is_empty())
    }

    /// Whether a rule's `where` holds for it on a day.
    pub(crate) fn fits(&self, bundle: &Bundle, wanted: &Value, today: Date) -> Truth {
        let course = match (&wanted["phase"], wanted["resolvedWithinDays"].as_i64()) {
            (Value::Null, None) => Some(true),
            (Value::Null, Some(limit)) => self.ended_within(limit, today),
            (phases, None) => self.is_in_phase(phases, today),
            (phases, Some(limit)) => any(&[self.is_in_phase(phases, today), self.ended_within(limit, today)]),
        };
        let onset = wanted["onsetWithinDays"].as_i64().map_or(Some(true), |limit| self.began_within(limit, today));
        let region = match (&wanted["regions"], self.regions(bundle)) {
            (Value::Null, _) => Some(true),
            (_, None) => None,
            (wanted, Some(own)) => {
                let (own, wanted) = (and_below(&bundle.regions, &own), and_below(&bundle.regions, &strings(wanted)));
                Some(!own.is_disjoint(&wanted))
            }
        };
        let control = told(&wanted["control"], &self.said["control"], &["controlled", "uncontrolled"]);
        let severity = told(&wanted["severity"], &self.said["severity"], &["mild", "moderate", "severe"]);
        all(&[course, onset, control, severity, region])
    }

    /// The first day on which a `where` no longer holds, where the calendar alone sees to that.
    pub(crate) fn eligible_from(&self, bundle: &Bundle, wanted: &Value, today: Date) -> Option<Date> {
        let after = |from: Option<Date>, limit: &Value| Some(from?.saturating_add(limit.as_i64()?.days()));
        let ended = after(self.end(today), &wanted["resolvedWithinDays"]);
        let began = after(day(&self.said["onset"]), &wanted["onsetWithinDays"]);
        let days = [ended, began].into_iter().flatten();
        days.filter(|day| *day > today && self.fits(bundle, wanted, *day) == Some(false)).min()
    }
}
