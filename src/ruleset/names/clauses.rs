//! Parts of a text that are read one by one, and the lists that they make up.

use super::NameIndex;
use super::fold::{is_unspaced, stems};

/// A part of a text that is read by itself.
pub(super) struct Clause {
    pub(super) words: Vec<String>,
    /// Whether the denial of the clause before reaches this one.
    pub(super) or_follows: bool,
    /// Whether "and" or the like stands before it.
    pub(super) and_before: bool,
}

#[derive(Clone, Copy)]
enum Join {
    Start,
    Stop,
    And,
    Or,
    Comma,
}

impl NameIndex {
    /// Parts a text at commas, full stops, "and", "but" and the like.
    pub(super) fn clauses(&self, text: &str) -> Vec<Clause> {
        let lower = text.to_lowercase();
        let mut clauses: Vec<(Vec<String>, Join)> = Vec::new();
        let mut joined = Join::Start;
        for part in lower.split_inclusive([',', ';', '.', '\n', '+', '&']) {
            let mut words: Vec<String> = Vec::new();
            for word in part.split_whitespace() {
                let bare = word.trim_matches(|letter: char| !letter.is_alphanumeric());
                if let Some(carries) = self.words.join(bare) {
                    if !words.is_empty() {
                        clauses.push((std::mem::take(&mut words), joined));
                    }
                    joined = if carries { Join::Or } else { Join::And };
                    continue;
                }
                for stem in stems(word) {
                    if stem.chars().any(is_unspaced) && !self.vocabulary.contains_key(&stem) {
                        words.extend(self.parted(&stem));
                    } else {
                        words.push(stem);
                    }
                }
            }
            if !words.is_empty() {
                clauses.push((words, joined));
                joined = match part.chars().next_back() {
                    Some(',') => Join::Comma,
                    Some('+' | '&') => Join::And,
                    _ => Join::Stop,
                };
            }
        }
        or_lists(clauses)
    }

    /// One word of a script without spaces, as the words that are known in it and the rest.
    fn parted(&self, word: &str) -> Vec<String> {
        let mut parts = Vec::new();
        let mut rest = word;
        let mut unknown = String::new();
        while let Some(letter) = rest.chars().next() {
            if let Some(known) = self.unspaced.iter().find(|known| rest.starts_with(known.as_str())) {
                if !unknown.is_empty() {
                    parts.push(std::mem::take(&mut unknown));
                }
                parts.push(known.clone());
                rest = rest.get(known.len()..).unwrap_or("");
            } else {
                unknown.push(letter);
                rest = rest.get(letter.len_utf8()..).unwrap_or("");
            }
        }
        if !unknown.is_empty() {
            parts.push(unknown);
        }
        parts
    }
}

/// Marks the statements of a list that ends in "or".
fn or_lists(clauses: Vec<(Vec<String>, Join)>) -> Vec<Clause> {
    let mut list = false;
    let mut all: Vec<Clause> = clauses
        .into_iter()
        .rev()
        .map(|(words, join)| {
            list = match join {
                Join::Or => true,
                Join::Comma => list,
                Join::And | Join::Start | Join::Stop => false,
            };
            Clause { words, or_follows: list, and_before: matches!(join, Join::And) }
        })
        .collect();
    all.reverse();
    all
}
