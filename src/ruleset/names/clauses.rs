//! Parts of a text that are read one by one, and the lists that they make up.

use super::NameIndex;
use super::breaks::{Breaks, Piece, pieces};
use super::fold::{is_unspaced, stems};

/// A part of a text that is read by itself.
pub(super) struct Clause {
    pub(super) words: Vec<String>,
    /// Where signs part its words.
    pub(super) breaks: Breaks,
    /// Whether the denial of the clause before reaches this one.
    pub(super) or_follows: bool,
    /// Whether "or" itself stands before it.
    pub(super) or_before: bool,
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

/// A part of a text, and how it is joined to the one before.
struct Part {
    words: Vec<String>,
    breaks: Breaks,
    join: Join,
}

impl Part {
    fn new(join: Join) -> Self {
        Self { words: Vec::new(), breaks: Breaks::default(), join }
    }
}

impl NameIndex {
    /// Parts a text at commas, full stops, "and", "but" and the like.
    pub(super) fn clauses(&self, text: &str) -> Vec<Clause> {
        let lower = text.to_lowercase();
        let mut clauses: Vec<Part> = Vec::new();
        let mut joined = Join::Start;
        for part in lower.split_inclusive([',', ';', '.', '\n', '+', '&']) {
            let mut words = Part::new(joined);
            let pieces = pieces(part);
            for (at, piece) in pieces.iter().enumerate() {
                let word = match piece {
                    Piece::Break(sign) => {
                        words.breaks.add(words.words.len(), *sign);
                        continue;
                    }
                    Piece::Word(word) => *word,
                };
                // "my mother as well also": what joins nothing is a word like others.
                let is_last = at + 1 == pieces.len() && !words.words.is_empty();
                let bare = word.trim_matches(|letter: char| !letter.is_alphanumeric());
                if let Some(carries) = self.words.join(bare).filter(|_| !(is_last && self.words.is_phrase(bare))) {
                    joined = if carries { Join::Or } else { Join::And };
                    let before = std::mem::replace(&mut words, Part::new(joined));
                    clauses.extend(Some(before).filter(|part| !part.words.is_empty()));
                    continue;
                }
                self.add_word(word, &mut words);
            }
            if !words.words.is_empty() {
                clauses.push(words);
                joined = match part.chars().next_back() {
                    Some(',') => Join::Comma,
                    Some('+' | '&') => Join::And,
                    _ => Join::Stop,
                };
            }
        }
        or_lists(clauses)
    }

    /// Adds what stands between two spaces: one word, or several that a hyphen or a slash ties.
    fn add_word(&self, word: &str, part: &mut Part) {
        for (at, piece) in word.split('/').enumerate() {
            if at > 0 {
                part.breaks.tie(part.words.len());
            }
            for stem in stems(piece) {
                if stem.chars().any(is_unspaced) && !self.vocabulary.contains_key(&stem) {
                    part.words.extend(self.parted(&stem));
                } else {
                    part.words.push(stem);
                }
            }
            if ["'s", "’s"].iter().any(|end| piece.ends_with(end)) {
                part.breaks.own(part.words.len().saturating_sub(1));
            }
        }
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
fn or_lists(parts: Vec<Part>) -> Vec<Clause> {
    let mut list = false;
    let mut all: Vec<Clause> = parts
        .into_iter()
        .rev()
        .map(|Part { words, breaks, join }| {
            list = match join {
                Join::Or => true,
                Join::Comma => list,
                Join::And | Join::Start | Join::Stop => false,
            };
            Clause {
                words,
                breaks,
                or_follows: list,
                or_before: matches!(join, Join::Or),
                and_before: matches!(join, Join::And),
            }
        })
        .collect();
    all.reverse();
    all
}
