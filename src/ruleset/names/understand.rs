//! What a person's words say: which conditions, and whether they are there, past, possible or somebody else's.

use std::collections::BTreeSet;

use crate::model::RecognisedBy;

use super::super::index::ConditionIx;
use super::NameIndex;
use super::clauses::Clause;
use super::fold::stems;
use super::hear::Heard;
use super::manner::Manner;
use super::spot::Spotted;
use super::words::Says;

/// More statements than any answer of one person has; what comes after them is not read.
const MOST_CLAUSES: usize = 100;

/// Longer than any answer that can be a name; what is longer is not read.
const MOST_WORDS: usize = 40;

/// One condition that was named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// What it can mean; more than one where the word is ambiguous.
    pub meanings: Vec<ConditionIx>,
    /// By what it was found.
    pub by: RecognisedBy,
    /// What was said about it.
    pub manner: Manner,
}

/// What a text says.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Understanding {
    /// The conditions that were named.
    pub readings: Vec<Reading>,
    /// Whether it says that there is nothing.
    pub nothing: bool,
    /// Whether something in it was not understood.
    pub leftover: bool,
}

impl Understanding {
    /// What is named in one place and denied in another is the client's: "no swelling from my lymphoedema".
    fn keep_what_is_named(&mut self) {
        let is_aside = |reading: &Reading| reading.manner.denied || reading.manner.family;
        let named: BTreeSet<ConditionIx> =
            self.readings.iter().filter(|reading| !is_aside(reading)).flat_map(|it| it.meanings.clone()).collect();
        for reading in self.readings.iter_mut().filter(|reading| reading.manner.denied) {
            reading.meanings.retain(|meaning| !named.contains(meaning));
        }
        self.readings.retain(|reading| !reading.meanings.is_empty());
    }

    /// Adds what a statement without a name says: "hypertension, well controlled" speaks of the one before.
    fn say_of_those_before(&mut self, heard: &Heard, oneself: bool) {
        // "my father had diabetes, so do I"
        if oneself && !heard.denies {
            for reading in self.readings.iter_mut().filter(|reading| reading.manner.family) {
                reading.manner = reading.manner.of_both();
            }
        }
        if let Some(last) = self.readings.last_mut().filter(|_| !heard.strange) {
            last.manner.add(&heard.manner);
        }
    }
}

impl NameIndex {
    /// Reads a text: the whole as a name first, then statement by statement.
    #[must_use]
    pub fn understand(&self, text: &str) -> Understanding {
        if let Some(reading) = self.whole(text) {
            return Understanding { readings: vec![reading], ..Understanding::default() };
        }
        if self.words.says_nothing(text) {
            return Understanding { nothing: true, ..Understanding::default() };
        }
        let mut understanding = Understanding::default();
        let (mut carried, mut oneself) = (false, false);
        for (at, clause) in self.clauses(text).into_iter().enumerate() {
            if at >= MOST_CLAUSES {
                understanding.leftover = true;
                break;
            }
            // "no diabetes, asthma or epilepsy" denies all three; after "and" or "but" a denial ends.
            let denied = carried && clause.or_follows;
            let before = understanding.readings.len();
            self.clause(&clause, denied, oneself && clause.and_before, &mut understanding);
            // "I and my mother have epilepsy"
            oneself = understanding.readings.len() == before && self.words.speak_of_oneself(&clause.words);
            carried = understanding
                .readings
                .get(before..)
                .is_some_and(|new| !new.is_empty() && new.iter().all(|reading| reading.manner.denied));
        }
        understanding.keep_what_is_named();
        if understanding.readings.is_empty() {
            understanding.leftover = true;
        }
        understanding
    }

    /// Whether the text begins by saying that something is not there, whatever that is.
    #[must_use]
    pub fn denies(&self, text: &str) -> bool {
        self.words.phrase(&stems(text)).is_some_and(|(says, _)| says == Says::NotThere)
    }

    /// Whether the text is a denial, and nothing else.
    #[must_use]
    pub fn only_denies(&self, text: &str) -> bool {
        let words = stems(text);
        self.words.phrase(&words).is_some_and(|(says, length)| says == Says::NotThere && length == words.len())
    }

    /// Whether the text denies something, or says that it is not what is there.
    #[must_use]
    pub fn has_denial(&self, text: &str) -> bool {
        let words = stems(text);
        (0..words.len()).any(|at| {
            let rest = words.get(at..).unwrap_or_default();
            let undone = |length: usize| rest.get(..length).is_some_and(|phrase| self.words.is_undone(phrase));
            self.words.phrase(rest).is_some_and(|(says, _)| says == Says::NotThere) || undone(1) || undone(2)
        })
    }

    /// The whole text as one name: as it is written, by its words in any order, or as a word with several meanings.
    fn whole(&self, text: &str) -> Option<Reading> {
        if let Some(found) = self.by_text(text) {
            return Some(Reading { meanings: vec![found.condition], by: found.by, manner: Manner::default() });
        }
        if let Some(meanings) = self.ambiguous.get(&super::normalise(text)) {
            return Some(Reading {
                meanings: meanings.clone(),
                by: RecognisedBy::Ambiguous,
                manner: Manner::default(),
            });
        }
        let words = stems(text);
        if words.iter().any(|word| self.words.is_phrase(word)) {
            return None;
        }
        let (meanings, by) = self.named(&words)?;
        Some(Reading { meanings, by, manner: Manner::default() })
    }

    fn clause(&self, clause: &Clause, denied: bool, oneself: bool, understanding: &mut Understanding) {
        let words = clause.words.as_slice();
        if words.len() > MOST_WORDS {
            understanding.leftover = true;
            return;
        }
        let mut found = self.spot(words);
        let mut heard = self.hear(clause, words, &mut found, denied);
        let mut approximate = false;
        if found.is_empty() || heard.strange {
            let corrected = self.corrected(words);
            if corrected != words {
                let mut nearly = self.spot(&corrected);
                let how = self.hear(clause, &corrected, &mut nearly, denied);
                // A slip of the pen is put right only where everything is then understood.
                let short = |spotted: &Spotted| {
                    spotted.length == 1 && corrected.get(spotted.start).is_some_and(|word| word.chars().count() < 5)
                };
                if !nearly.is_empty() && !how.strange && !nearly.iter().any(short) {
                    (found, heard, approximate) = (nearly, how, true);
                }
            }
        }
        let strange = heard.strange;
        if strange {
            found.retain(|spotted| !spotted.slight);
        }
        understanding.leftover |= strange || approximate;
        let oneself = oneself || self.words.speak_of_oneself(words);
        if found.is_empty() {
            understanding.say_of_those_before(&heard, oneself);
            return;
        }
        // "my husband thinks I have epilepsy", "my epilepsy runs in the family"
        let names: Vec<_> = found.iter().map(|spotted| spotted.start..spotted.start + spotted.length).collect();
        let both = heard.manner.family
            && (oneself
                || found.iter().any(|spotted| self.is_mine(words, spotted))
                || !self.words.are_plainly_others(words, &names, &clause.breaks));
        for spotted in found {
            let by = if approximate { RecognisedBy::Approximate } else { spotted.by };
            let manner = if both { heard.manner.of_both() } else { heard.manner.of(&spotted) };
            understanding.readings.push(Reading { meanings: spotted.meanings, by, manner });
        }
    }
}
