//! Signs that part the words of a statement without ending it: "no allergies - pregnant", "pacemaker: none".

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use unicode_normalization::char::is_combining_mark;

/// A sign between two words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sign {
    /// What is before it is said.
    Parts,
    /// What is before it may be what is asked for: "Pregnant?", "Allergies:".
    Asks,
}

/// Where signs stand among the words of a statement, by the number of the word behind them.
#[derive(Debug, Default)]
pub(super) struct Breaks {
    signs: BTreeMap<usize, Sign>,
    ties: BTreeSet<usize>,
    owners: BTreeSet<usize>,
}

/// A word with what is tied to it, or a sign.
pub(super) enum Piece<'t> {
    Word(&'t str),
    Break(Sign),
}

impl Breaks {
    /// Adds a sign before the word of this number.
    pub(super) fn add(&mut self, at: usize, sign: Sign) {
        let kept = self.signs.entry(at).or_insert(sign);
        if sign == Sign::Asks {
            *kept = sign;
        }
    }

    /// Ties the word of this number to the one before: "numbness/tingling".
    pub(super) fn tie(&mut self, at: usize) {
        self.ties.insert(at);
    }

    /// The sign before the word of this number.
    pub(super) fn before(&self, at: usize) -> Option<Sign> {
        self.signs.get(&at).copied()
    }

    /// Says that the word of this number is an owner's: "wife's".
    pub(super) fn own(&mut self, at: usize) {
        self.owners.insert(at);
    }

    /// Whether the word of this number is an owner's.
    pub(super) fn is_owner(&self, at: usize) -> bool {
        self.owners.contains(&at)
    }

    /// The next word behind this one before which a sign stands.
    pub(super) fn next(&self, at: usize) -> Option<usize> {
        self.signs.range(at + 1..).next().map(|(at, _)| *at)
    }

    /// Whether a sign stands before one of these words.
    pub(super) fn any_in(&self, words: Range<usize>) -> bool {
        words.start < words.end && self.signs.range(words).next().is_some()
    }

    /// Whether the word of this number is tied to the one before.
    pub(super) fn is_tied(&self, at: usize) -> bool {
        self.ties.contains(&at)
    }
}

/// The words of a text and the signs between them. A hyphen or a slash parts only where a space stands beside it.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    for token in text.split_whitespace() {
        if token.starts_with('-') || token.chars().all(|letter| matches!(letter, '-' | '/')) {
            pieces.push(Piece::Break(Sign::Parts));
        }
        let mut rest = token;
        while let Some((at, sign)) = rest.char_indices().find(|(_, letter)| is_sign(*letter)) {
            let (word, more) = rest.split_at(at);
            pieces.extend(Some(word).filter(|word| has_letters(word)).map(Piece::Word));
            pieces.push(Piece::Break(if matches!(sign, '?' | ':' | '=') { Sign::Asks } else { Sign::Parts }));
            rest = more.strip_prefix(sign).unwrap_or_default();
        }
        pieces.extend(Some(rest).filter(|word| has_letters(word)).map(Piece::Word));
        if token.len() > 1 && token.ends_with('-') {
            pieces.push(Piece::Break(Sign::Parts));
        }
    }
    pieces
}

fn has_letters(word: &str) -> bool {
    word.chars().any(char::is_alphanumeric)
}

/// Whether a character parts what is before it from what follows, as brackets, dashes, bullets and little pictures do.
fn is_sign(letter: char) -> bool {
    let ties = matches!(letter, '-' | '/' | '\'' | '"' | '`' | ',' | ';' | '.' | '+' | '&' | '%' | '\u{ad}')
        || matches!(
            letter,
            '’' | '‘' | 'ʼ' | '´' | '′' | '“' | '”' | '„' | '«' | '»' | '‐' | '‑' | '°' | '\u{200b}'..='\u{200d}'
        );
    !(ties || letter.is_alphanumeric() || letter.is_whitespace() || is_combining_mark(letter))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(text: &str) -> String {
        let write = |piece: Piece<'_>| match piece {
            Piece::Word(word) => word.to_owned(),
            Piece::Break(Sign::Parts) => "|".to_owned(),
            Piece::Break(Sign::Asks) => "?".to_owned(),
        };
        pieces(text).into_iter().map(write).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn signs_part_words_and_hyphens_and_slashes_only_between_spaces() {
        assert_eq!(written("no allergies - pregnant"), "no allergies | pregnant");
        assert_eq!(written("allergies:none (pregnant)"), "allergies ? none | pregnant |");
        assert_eq!(written("no x-ray w/o n/a"), "no x-ray w/o n/a");
        assert_eq!(written("no allergies 🙂 pregnant → dvt"), "no allergies | pregnant | dvt");
        assert_eq!(written("don’t / ไม่เป็น"), "don’t | ไม่เป็น");
    }
}
