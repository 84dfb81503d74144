//! What the answers to a question lead to, those that lead to the same together.

use crate::model::{LeadsTo, Range};
use crate::ruleset::{Answer, Ruleset, word};

/// What each answer leads to. Numbers and days are told as spans, everything else by its word.
pub(super) fn leads_to(ruleset: &Ruleset, answers: &[Answer], ranges: &[Range]) -> Vec<LeadsTo> {
    let ordered: Option<Vec<(String, Range)>> =
        answers.iter().zip(ranges).map(|(answer, range)| Some((in_order(answer)?, *range))).collect();
    if let Some(ordered) = ordered.filter(|ordered| !ordered.is_empty()) {
        spans(ordered)
    } else {
        let words = answers
            .iter()
            .zip(ranges)
            .flat_map(|(answer, range)| words(ruleset, answer).into_iter().map(|word| (word, *range)));
        grouped(words)
    }
}

/// Answers that lead to the same, in one entry each, in the order in which they first come.
pub(super) fn grouped(answers: impl Iterator<Item = (String, Range)>) -> Vec<LeadsTo> {
    let mut groups: Vec<LeadsTo> = Vec::new();
    for (word, range) in answers {
        match groups.iter_mut().find(|group| group.range == range) {
            Some(group) => group.answers.push(word),
            None => groups.push(LeadsTo { answers: vec![word], from: None, to: None, range }),
        }
    }
    groups
}

/// A number or a day as it is written; `None` for anything else.
fn in_order(answer: &Answer) -> Option<String> {
    match answer {
        Answer::Resolved(day) | Answer::Onset(day) => Some(day.to_string()),
        Answer::Age(number)
        | Answer::PregnancyWeeks(number)
        | Answer::Duration(number)
        | Answer::OnsetHours(number)
        | Answer::DurationHours(number) => Some(number.to_string()),
        Answer::State(_)
        | Answer::Phase(_)
        | Answer::Control(_)
        | Answer::Severity(_)
        | Answer::Region(_)
        | Answer::Sex(_)
        | Answer::ActivityLevel(_)
        | Answer::FirstSession(_)
        | Answer::Products(_)
        | Answer::Also(_)
        | Answer::Trend(_) => None,
    }
}

/// Neighbours that lead to the same, as spans: the answers stand on both sides of every edge, in order.
fn spans(ordered: Vec<(String, Range)>) -> Vec<LeadsTo> {
    let mut found: Vec<LeadsTo> = Vec::new();
    for (value, range) in ordered {
        match found.last_mut() {
            Some(last) if last.range == range => last.to = Some(value),
            _ => found.push(LeadsTo { answers: Vec::new(), from: Some(value.clone()), to: Some(value), range }),
        }
    }
    if let Some(first) = found.first_mut() {
        first.from = None;
    }
    if let Some(last) = found.last_mut() {
        last.to = None;
    }
    found
}

fn words(ruleset: &Ruleset, answer: &Answer) -> Vec<String> {
    match answer {
        Answer::Region(place) => place.ids.iter().map(ToString::to_string).collect(),
        Answer::Products(numbers) if numbers.is_empty() => vec![super::intake::NONE.to_owned()],
        Answer::Products(numbers) => {
            numbers.iter().filter_map(|number| Some(ruleset.products().get(*number)?.id.to_string())).collect()
        }
        Answer::State(_)
        | Answer::Phase(_)
        | Answer::Control(_)
        | Answer::Severity(_)
        | Answer::Sex(_)
        | Answer::ActivityLevel(_)
        | Answer::FirstSession(_)
        | Answer::Also(_)
        | Answer::Trend(_)
        | Answer::Resolved(_)
        | Answer::Onset(_)
        | Answer::Age(_)
        | Answer::PregnancyWeeks(_)
        | Answer::Duration(_)
        | Answer::OnsetHours(_)
        | Answer::DurationHours(_) => word(answer).map(str::to_owned).into_iter().collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Verdict::{Allow, Caution, Deny};

    #[test]
    fn numbers_that_lead_to_the_same_are_one_span() {
        let told = [(40, Allow), (59, Allow), (60, Caution), (79, Caution), (80, Deny)];
        let found = spans(told.map(|(number, verdict)| (number.to_string(), Range::only(verdict))).to_vec());
        let ends: Vec<(Option<&str>, Option<&str>)> =
            found.iter().map(|span| (span.from.as_deref(), span.to.as_deref())).collect();
        assert_eq!(ends, [(None, Some("59")), (Some("60"), Some("79")), (Some("80"), None)]);
    }
}
