//! Names inside a statement: where they stand, and what they can mean.

use crate::model::RecognisedBy;

use super::super::index::ConditionIx;
use super::NameIndex;

/// The longest name, in words, that is looked for inside a sentence.
const LONGEST_NAME: usize = 8;

/// A name inside a statement.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a thing that words say or don't, independently of the others"
)]
#[derive(Debug, Clone)]
pub(super) struct Spotted {
    pub(super) start: usize,
    pub(super) length: usize,
    pub(super) meanings: Vec<ConditionIx>,
    pub(super) by: RecognisedBy,
    /// An everyday word or an abbreviation, which says little among words that are not understood.
    pub(super) slight: bool,
    pub(super) denied: bool,
    pub(super) ended: bool,
    /// A denial may reach it or not.
    pub(super) doubted: bool,
    /// The name itself speaks of the present alone: "recent seizures".
    pub(super) now: bool,
}

impl Spotted {
    fn new(start: usize, length: usize, meanings: Vec<ConditionIx>, by: RecognisedBy, slight: bool) -> Self {
        Self { start, length, meanings, by, slight, denied: false, ended: false, doubted: false, now: false }
    }

    /// The number of the word behind it.
    pub(super) fn end(&self) -> usize {
        self.start + self.length
    }

    /// Takes a denial back: what was denied may be there.
    pub(super) fn doubt(&mut self) {
        self.doubted |= self.denied;
        self.denied = false;
    }
}

impl NameIndex {
    /// Names inside the words, the longest first, none overlapping, in the order in which they stand.
    pub(super) fn spot(&self, words: &[String]) -> Vec<Spotted> {
        let mut taken = vec![false; words.len()];
        let mut found = Vec::new();
        for length in (1..=LONGEST_NAME.min(words.len())).rev() {
            for (start, window) in words.windows(length).enumerate() {
                let free = taken.get(start..start + length).is_some_and(|span| span.iter().all(|taken| !taken));
                let Some(first) = window.first() else { continue };
                // A word that says something else, by itself or with those that follow, is no name inside a sentence.
                let rest = words.get(start..).unwrap_or_default();
                let speaks = length == 1
                    && (self.words.is_phrase(first)
                        || self.words.is_slight(first)
                            && self.words.phrase(rest).is_some_and(|(_, longer)| longer > 1));
                if !free || speaks || self.is_framed(window) {
                    continue;
                }
                if let Some((meanings, by)) = self.named(window).filter(|_| !self.parts_a_name(words, start, length)) {
                    taken.iter_mut().skip(start).take(length).for_each(|taken| *taken = true);
                    let slight = length == 1 && self.words.is_slight(first);
                    found.push(Spotted::new(start, length, meanings, by, slight));
                }
            }
        }
        found.sort_by_key(|spotted| spotted.start);
        found
    }

    /// The conditions that exactly these words name, in any order.
    pub(super) fn named(&self, words: &[String]) -> Option<(Vec<ConditionIx>, RecognisedBy)> {
        let meanings = self.keys.get(&self.key_of(words))?;
        Some((meanings.clone(), if meanings.len() > 1 { RecognisedBy::Ambiguous } else { RecognisedBy::Synonym }))
    }

    /// Whether a longer name than these words have room for begins in them: in "problems with my heart disease" the problems are
    /// not those of the heart.
    fn parts_a_name(&self, words: &[String], start: usize, length: usize) -> bool {
        let end = start + length;
        let small = (start..end).rev().find(|at| words.get(*at).is_some_and(|word| self.words.is_small(word)));
        let Some(from) = small.map(|at| at + 1).filter(|from| *from < end) else { return false };
        (end + 1..=words.len().min(from + LONGEST_NAME)).any(|longer| {
            words.get(from..longer).is_some_and(|name| !self.is_framed(name) && self.named(name).is_some())
        })
    }

    /// Whether small words stand around a name that does without them; they may belong to a phrase before or after it.
    fn is_framed(&self, window: &[String]) -> bool {
        let small = |word: Option<&String>| word.is_some_and(|word| self.words.is_small(word));
        let weighty = window.iter().filter(|word| !self.words.is_small(word)).count();
        window.len() > 1 && weighty > 1 && (small(window.first()) || small(window.last()))
    }

    /// Whether the word before the name says that it is the client's.
    pub(super) fn is_mine(&self, words: &[String], spotted: &Spotted) -> bool {
        spotted.start.checked_sub(1).and_then(|at| words.get(at)).is_some_and(|word| self.words.is_mine(word))
    }
}
