//! Answers as they were given, before they are compared with the form.

use std::collections::HashMap;

/// The answers to one question.
#[derive(Debug, Clone, PartialEq)]
pub struct Given {
    /// The question.
    pub link_id: String,
    /// Where it is in what was posted.
    pub pointer: String,
    /// What was answered.
    pub values: Vec<GivenValue>,
}

/// One answer.
#[derive(Debug, Clone, PartialEq)]
pub struct GivenValue {
    /// Where it is in what was posted.
    pub pointer: String,
    /// What it says.
    pub said: Said,
}

/// What an answer says, as it was written.
#[derive(Debug, Clone, PartialEq)]
pub enum Said {
    /// A code, perhaps with its code system.
    Code(Option<String>, String),
    /// Words, a day, or a code without a system.
    Text(String),
    /// A number.
    Number(f64),
    /// Yes or no.
    Flag(bool),
}

/// The answers to each question together, unanswered questions left out.
pub(super) fn merged(given: &[Given]) -> Vec<Given> {
    let mut merged: Vec<Given> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for answers in given.iter().filter(|answers| !answers.values.is_empty()) {
        let place = *places.entry(&answers.link_id).or_insert(merged.len());
        match merged.get_mut(place) {
            Some(known) => known.values.extend(answers.values.iter().cloned()),
            None => merged.push(answers.clone()),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(link_id: &str, words: &[&str]) -> Given {
        let value = |word: &&str| GivenValue { pointer: String::new(), said: Said::Text((*word).to_owned()) };
        Given { link_id: link_id.to_owned(), pointer: String::new(), values: words.iter().map(value).collect() }
    }

    #[test]
    fn a_question_that_is_answered_in_two_places_has_all_its_answers() {
        let all = [given("a", &["1"]), given("b", &[]), given("a", &["2"]), given("c", &["3"])];
        assert_eq!(merged(&all), [given("a", &["1", "2"]), given("c", &["3"])]);
    }
}
