//! From an id, a code or a person's words to the thing that is meant.

mod breaks;
mod clauses;
mod correct;
mod fold;
mod guess;
mod hear;
mod manner;
mod phrases;
mod reach;
mod search;
mod spot;
mod understand;
mod whose;
mod words;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::model::{Control, Phase, RecognisedBy, Severity};

use super::document::WordsFile;
use super::index::ConditionIx;
use fold::{key, stems};
pub(super) use guess::Guess;
use words::Words;

pub use fold::normalise;
pub use manner::{Manner, When};
pub use phrases::{Misunderstanding, Phrase, PhrasesFile, Understood, measure};
pub use understand::{Reading, Understanding};
pub use words::Unit;

/// A condition that a name, code or id stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Match {
    /// The condition.
    pub condition: ConditionIx,
    /// By what it was found.
    pub by: RecognisedBy,
}

/// What a code says besides which condition it is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct CodeSays {
    /// Where the condition stands in its course.
    pub phase: Option<Phase>,
    /// Whether it is kept in check.
    pub control: Option<Control>,
    /// How bad it is.
    pub severity: Option<Severity>,
}

const ICD_10_CM: &str = "http://hl7.org/fhir/sid/icd-10-cm";
const ATC: &str = "http://www.whocc.no/atc";

/// Names to things. Made by the compiler, which refuses two things of one name.
#[derive(Debug, Clone, Default)]
pub struct NameIndex {
    pub(super) condition_ids: HashMap<String, ConditionIx>,
    pub(super) condition_names: HashMap<String, Match>,
    pub(super) codes: HashMap<String, HashMap<String, (ConditionIx, CodeSays)>>,
    /// Words with several meanings, folded.
    pub(super) ambiguous: HashMap<String, Vec<ConditionIx>>,
    /// The words of each name, in order of the alphabet.
    keys: HashMap<String, Vec<ConditionIx>>,
    /// The words of each region's name.
    region_keys: HashMap<String, usize>,
    /// Every word of a name, in a fixed order, with the conditions whose names have it.
    vocabulary: BTreeMap<String, BTreeSet<ConditionIx>>,
    /// The words of scripts without spaces, the longest first.
    unspaced: Vec<String>,
    words: Words,
    searchable: Vec<search::Searchable>,
    pub(super) massage_types: HashMap<String, usize>,
    pub(super) regions: HashMap<String, usize>,
    pub(super) products: HashMap<String, usize>,
    pub(super) techniques: HashMap<String, usize>,
    /// What to offer when a name is not found.
    pub(super) guesses: HashMap<Vocabulary, Vec<Guess>>,
}

/// A set of names that is looked up by itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Vocabulary {
    Conditions,
    MassageTypes,
    Regions,
    Products,
    Techniques,
    Categories,
}

/// Upper case, without the dot: codes are written both ways.
fn fold_code(code: &str) -> String {
    code.chars().filter(|letter| !matches!(letter, '.' | ' ')).flat_map(char::to_uppercase).collect()
}

impl NameIndex {
    /// The condition of exactly this id.
    #[must_use]
    pub fn by_id(&self, id: &str) -> Option<Match> {
        let condition = *self.condition_ids.get(id)?;
        Some(Match { condition, by: RecognisedBy::Id })
    }

    /// The condition of exactly this name, folded.
    #[must_use]
    pub fn by_text(&self, text: &str) -> Option<Match> {
        self.condition_names.get(&normalise(text)).copied()
    }

    /// The condition that a code stands for: the code's own, else that of the nearest code above it in code systems whose
    /// codes show their parents (ICD-10-CM, ATC).
    #[must_use]
    pub fn by_code(&self, system: &str, code: &str) -> Option<(Match, CodeSays)> {
        let codes = self.codes.get(system.trim_end_matches('/'))?;
        let folded = fold_code(code);
        let shortest = match system {
            ICD_10_CM | ATC => 3,
            _ => folded.len(),
        };
        let (condition, says) = (shortest.max(1)..=folded.len())
            .rev()
            .filter_map(|end| folded.get(..end))
            .find_map(|prefix| codes.get(prefix))?;
        Some((Match { condition: *condition, by: RecognisedBy::Code }, *says))
    }

    /// Adds a code; false where it stood for something already.
    pub(super) fn add_code(&mut self, system: &str, code: &str, condition: ConditionIx, says: CodeSays) -> bool {
        self.codes.entry(system.to_owned()).or_default().insert(fold_code(code), (condition, says)).is_none()
    }

    /// Adds the words of a condition's name, for texts that hold them in another order or among others.
    pub(super) fn add_words(&mut self, name: &str, condition: ConditionIx) {
        let words = stems(name);
        let meanings = self.keys.entry(self.key_of(&words)).or_default();
        if !meanings.contains(&condition) {
            meanings.push(condition);
        }
        self.add_vocabulary(words, &[condition]);
        self.add_searchable(name, condition);
    }

    /// Adds a word with several meanings.
    pub(super) fn add_ambiguous(&mut self, name: &str, meanings: &[ConditionIx]) {
        let words = stems(name);
        self.ambiguous.insert(normalise(name), meanings.to_vec());
        self.keys.insert(self.key_of(&words), meanings.to_vec());
        self.add_vocabulary(words, meanings);
    }

    fn add_vocabulary(&mut self, words: Vec<String>, meanings: &[ConditionIx]) {
        for word in words {
            if word.chars().any(fold::is_unspaced) {
                self.unspaced.push(word.clone());
            }
            self.vocabulary.entry(word).or_default().extend(meanings);
        }
    }

    /// Adds the words of a region's name.
    pub(super) fn add_region_words(&mut self, name: &str, region: usize) {
        self.region_keys.insert(self.key_of(&stems(name)), region);
    }

    /// Sets the words that stand around names; before any name is added.
    pub(super) fn set_words(&mut self, file: &WordsFile) {
        self.words = Words::new(file);
        self.unspaced = self.words.all().filter(|word| word.chars().any(fold::is_unspaced)).cloned().collect();
    }

    /// Ends the adding of names.
    pub(super) fn finish(&mut self) {
        self.unspaced.sort_by_key(|word| (std::cmp::Reverse(word.chars().count()), word.clone()));
        self.unspaced.dedup();
    }

    /// A key that texts of the same words share, whatever their order and small words.
    fn key_of(&self, words: &[String]) -> String {
        let weighty: Vec<&str> = words.iter().map(String::as_str).filter(|word| !self.words.is_small(word)).collect();
        // "with child" must not come down to "child".
        if weighty.len() < 2 && words.len() > 1 { key(words.iter().map(String::as_str)) } else { key(weighty) }
    }

    /// Adds a name that can be offered when another is not found.
    pub(super) fn guess(&mut self, vocabulary: Vocabulary, folded: String, id: &str) {
        self.guesses.entry(vocabulary).or_default().push(Guess::new(folded, id));
    }

    /// The massage type of this id or synonym, as its number in the catalogue.
    #[must_use]
    pub fn massage_type(&self, name: &str) -> Option<usize> {
        self.massage_types.get(&normalise(name)).copied()
    }

    /// The body region of this id or synonym.
    #[must_use]
    pub fn region(&self, name: &str) -> Option<usize> {
        self.regions.get(&normalise(name)).copied()
    }

    /// The product of this id or synonym.
    #[must_use]
    pub fn product(&self, name: &str) -> Option<usize> {
        self.products.get(&normalise(name)).copied()
    }

    /// The technique of this id or name.
    #[must_use]
    pub fn technique(&self, name: &str) -> Option<usize> {
        self.techniques.get(&normalise(name)).copied()
    }

    /// Condition ids whose names are like this one, likeliest first, at most three.
    #[must_use]
    pub fn conditions_like(&self, name: &str) -> Vec<String> {
        self.like(Vocabulary::Conditions, name)
    }

    /// Massage type ids whose names are like this one.
    #[must_use]
    pub fn massage_types_like(&self, name: &str) -> Vec<String> {
        self.like(Vocabulary::MassageTypes, name)
    }

    /// Category ids that are like this one.
    #[must_use]
    pub fn categories_like(&self, name: &str) -> Vec<String> {
        self.like(Vocabulary::Categories, name)
    }

    /// Region ids whose names are like this one.
    #[must_use]
    pub fn regions_like(&self, name: &str) -> Vec<String> {
        self.like(Vocabulary::Regions, name)
    }

    /// Product ids whose names are like this one.
    #[must_use]
    pub fn products_like(&self, name: &str) -> Vec<String> {
        self.like(Vocabulary::Products, name)
    }

    /// Technique ids whose names are like this one.
    #[must_use]
    pub fn techniques_like(&self, name: &str) -> Vec<String> {
        self.like(Vocabulary::Techniques, name)
    }

    fn like(&self, vocabulary: Vocabulary, name: &str) -> Vec<String> {
        let guesses = self.guesses.get(&vocabulary).map(Vec::as_slice).unwrap_or_default();
        guess::like(guesses, &normalise(name))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_icd_code_stands_for_itself_and_everything_below() {
        let mut names = NameIndex::default();
        names.add_code(ICD_10_CM, "M51", ConditionIx(1), CodeSays::default());
        names.add_code(ICD_10_CM, "M51.2", ConditionIx(2), CodeSays::default());
        let found = |code: &str| names.by_code(ICD_10_CM, code).map(|(found, _)| found.condition);
        assert_eq!(found("M51"), Some(ConditionIx(1)));
        assert_eq!(found("m5126"), Some(ConditionIx(2)));
        assert_eq!(found("M51.9"), Some(ConditionIx(1)));
        assert_eq!(found("M52"), None);
        assert_eq!(found(""), None);
        assert_eq!(found("é"), None);
        assert_eq!(names.by_code("http://snomed.info/sct", "M51"), None);
    }
}
