//! How others name a massage that is booked: codes and words, each leading to a type or to massage of any type.

use std::collections::HashMap;
use std::ops::Range;

use super::compile::Result;
use super::document::{BookingCodeDocument, Bundle};
use super::error::RulesetError;
use super::names::normalise;

/// What a code or a word says is booked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum BookedAs {
    /// A massage type, by its number in the catalogue.
    Type(usize),
    /// A massage whose type is not told.
    AnyType,
}

/// A place in a text that names a massage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    /// Where, in bytes.
    pub range: Range<usize>,
    /// What it says is booked.
    pub booked: BookedAs,
    /// A name that means a massage only where one is booked for certain: "sports", "relaxation".
    pub slight: bool,
}

/// Codes and words of bookings. Made by the compiler, which refuses one code of two meanings.
#[derive(Debug, Clone, Default)]
pub struct BookingIndex {
    codes: HashMap<(String, String), BookedAs>,
    displays: HashMap<(String, String), BookedAs>,
    /// Names in folded words, the longest first.
    names: Vec<Name>,
    words: Vec<Pattern>,
    not_booked: Vec<Vec<String>>,
    beside: Vec<Pattern>,
    plain_reasons: Vec<Vec<String>>,
    only_if: Vec<Vec<String>>,
    of_client: Vec<Vec<String>>,
}

#[derive(Debug, Clone)]
struct Name {
    words: Vec<String>,
    booked: BookedAs,
    slight: bool,
}

/// A word, or with a star at either end what it begins or ends with there.
#[derive(Debug, Clone)]
pub(super) struct Pattern {
    letters: String,
    open_before: bool,
    open_behind: bool,
}

impl Pattern {
    pub(super) fn new(word: &str) -> Self {
        Self { letters: normalise(word), open_before: word.starts_with('*'), open_behind: word.ends_with('*') }
    }

    pub(super) fn fits(&self, word: &str) -> bool {
        match (self.open_before, self.open_behind) {
            (true, true) => word.contains(&self.letters),
            (true, false) => word.ends_with(&self.letters),
            (false, true) => word.starts_with(&self.letters),
            (false, false) => word == self.letters,
        }
    }
}

/// One word of a text.
struct Word {
    range: Range<usize>,
    folded: String,
}

fn words(text: &str) -> Vec<Word> {
    let mut found: Vec<Word> = Vec::new();
    let mut start = None;
    let ends = text.char_indices().map(|(at, letter)| (at, is_letter(letter))).chain([(text.len(), false)]);
    for (at, inside) in ends {
        match (inside, start) {
            (true, None) => start = Some(at),
            (false, Some(from)) => {
                let folded = normalise(text.get(from..at).unwrap_or_default());
                if !folded.is_empty() {
                    found.push(Word { range: from..at, folded });
                }
                start = None;
            }
            (true, Some(_)) | (false, None) => {}
        }
    }
    found
}

/// Marks stand within words of some scripts.
fn is_letter(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '\'' | '’') || ('\u{e31}'..='\u{e4e}').contains(&letter)
}

pub(super) fn folded_words(text: &str) -> Vec<String> {
    words(text).into_iter().map(|word| word.folded).collect()
}

impl BookingIndex {
    pub(super) fn new(bundle: &Bundle) -> Result<Self> {
        let file = &bundle.massage_types;
        let mut index = Self::default();
        if let Some(unspecified) = &file.unspecified {
            let (phrases, words): (Vec<_>, Vec<_>) = unspecified.words.iter().partition(|word| word.contains(' '));
            index.words = words.into_iter().map(|word| Pattern::new(word)).collect();
            index.names.extend(phrases.into_iter().map(|phrase| Name {
                words: folded_words(phrase),
                booked: BookedAs::AnyType,
                slight: false,
            }));
            index.beside = unspecified.beside.iter().map(|word| Pattern::new(word)).collect();
            index.plain_reasons = unspecified.plain_reasons.iter().map(|phrase| folded_words(phrase)).collect();
            index.only_if = unspecified.only_if.iter().map(|phrase| folded_words(phrase)).collect();
            index.of_client = unspecified.of_client.iter().map(|phrase| folded_words(phrase)).collect();
            index.not_booked = unspecified.not_booked.iter().map(|phrase| folded_words(phrase)).collect();
            index.add_codes(&unspecified.codes, BookedAs::AnyType)?;
        }
        for (number, document) in file.massage_types.iter().enumerate() {
            index.add_codes(&document.codes, BookedAs::Type(number))?;
            let booked_as: Vec<String> = document.booked_as.iter().map(|name| normalise(name)).collect();
            for name in document.synonyms.iter().chain([&document.name]) {
                let words = folded_words(name);
                let says_massage = words.iter().any(|word| index.is_massage(word));
                let slight = !says_massage && !booked_as.contains(&normalise(name));
                if !words.is_empty() {
                    index.names.push(Name { words, booked: BookedAs::Type(number), slight });
                }
            }
        }
        index.names.sort_by_key(|name| std::cmp::Reverse(name.words.len()));
        Ok(index)
    }

    fn add_codes(&mut self, codes: &[BookingCodeDocument], booked: BookedAs) -> Result<()> {
        for BookingCodeDocument { system, code, display, .. } in codes {
            if self.codes.insert((system.clone(), code.clone()), booked).is_some() {
                return Err(RulesetError::Duplicate { kind: "booking code", id: format!("{system}|{code}") });
            }
            self.displays.insert((code.clone(), normalise(display)), booked);
        }
        Ok(())
    }

    fn is_massage(&self, folded: &str) -> bool {
        self.words.iter().any(|pattern| pattern.fits(folded))
    }

    /// What a code of a code system books.
    #[must_use]
    pub fn by_code(&self, system: &str, code: &str) -> Option<BookedAs> {
        self.codes.get(&(system.trim_end_matches('/').to_owned(), code.to_owned())).copied()
    }

    /// What a code without its system books: only where it stands beside its own display.
    #[must_use]
    pub fn by_display(&self, code: &str, display: &str) -> Option<BookedAs> {
        self.displays.get(&(code.to_owned(), normalise(display))).copied()
    }

    /// Every place of a text that names a massage, in order; the longest name counts, and phrases that book none are left out.
    #[must_use]
    pub fn in_text(&self, text: &str) -> Vec<Mention> {
        let words = words(text);
        let mut found: Vec<(Range<usize>, Mention)> = Vec::new();
        let mut at = 0;
        while at < words.len() {
            let rest = words.get(at..).unwrap_or_default();
            if let Some(phrase) = self.not_booked.iter().find(|phrase| begin(rest, phrase)) {
                at += phrase.len();
                continue;
            }
            let name = self.names.iter().find(|name| begin(rest, &name.words));
            let massage = rest.first().is_some_and(|word| self.is_massage(&word.folded));
            let (length, booked, slight) = match name {
                Some(name) => (name.words.len(), name.booked, name.slight),
                None if massage => (1, self.compound(rest.first().map_or("", |word| word.folded.as_str())), false),
                None => {
                    at += 1;
                    continue;
                }
            };
            let range = span(&words, at, length);
            found.push((at..at + length, Mention { range, booked, slight }));
            at += length;
        }
        joined(found)
    }

    /// Whether a text names massage, if only by a slight name, and nothing else besides.
    #[must_use]
    pub fn is_only_massage(&self, text: &str) -> bool {
        let mentions = self.in_text(text);
        let said = |word: &Word| {
            let inside =
                |mention: &Mention| mention.range.start <= word.range.start && word.range.end <= mention.range.end;
            mentions.iter().any(inside) || self.is_beside(&word.folded)
        };
        !mentions.is_empty() && words(text).iter().all(said)
    }

    /// Whether a reason for a booking says nothing of the client's health.
    #[must_use]
    pub fn is_plain_reason(&self, text: &str) -> bool {
        let words = folded_words(text);
        self.is_only_massage(text) || self.plain_reasons.contains(&words)
    }

    /// What a text says, statement by statement, without the words that name a massage and without what it only supposes. A word
    /// that has massage in it says the rest of it too: `Schwangerschaftsmassage`.
    #[must_use]
    pub fn said_beside(&self, text: &str) -> Vec<String> {
        let mut beside = Vec::new();
        for statement in statements(text) {
            let told = self.before_if(&statement);
            beside.push(self.without_massage(told));
            beside.extend(self.beside_in_words(told));
        }
        beside.retain(|statement| !folded_words(statement).is_empty());
        beside
    }

    /// Whether a statement speaks of the client: "patient", "has", "recent".
    #[must_use]
    pub fn speaks_of_client(&self, statement: &str) -> bool {
        let words = folded_words(statement);
        self.of_client.iter().any(|phrase| words.windows(phrase.len().max(1)).any(|some| some == phrase.as_slice()))
    }

    /// The statement up to where it says what would be.
    fn before_if<'t>(&self, statement: &'t str) -> &'t str {
        let words = words(statement);
        let supposes = |at: &usize| {
            let rest = words.get(*at..).unwrap_or_default();
            self.only_if.iter().any(|phrase| begin(rest, phrase))
        };
        let end = (0..words.len()).find(supposes).and_then(|at| words.get(at)).map(|word| word.range.start);
        end.and_then(|end| statement.get(..end)).unwrap_or(statement)
    }

    fn without_massage(&self, statement: &str) -> String {
        let mut left = statement.to_owned();
        for mention in self.in_text(statement).into_iter().rev() {
            left.replace_range(mention.range, ",");
        }
        left.trim_matches(|letter: char| !is_letter(letter)).to_owned()
    }

    /// What stands in one word with the letters for massage, also without the s that joins.
    fn beside_in_words(&self, statement: &str) -> Vec<String> {
        let mut beside = Vec::new();
        for word in folded_words(statement) {
            let Some(pattern) = self.words.iter().find(|pattern| pattern.fits(&word)) else { continue };
            let Some((before, behind)) = word.split_once(pattern.letters.as_str()) else { continue };
            beside.extend([before, before.trim_end_matches('s'), behind].map(str::to_owned));
        }
        beside.retain(|part| part.chars().count() >= 3);
        beside.dedup();
        beside
    }

    fn is_beside(&self, folded: &str) -> bool {
        let letters = folded.trim_start_matches(|letter: char| letter.is_ascii_digit());
        letters.is_empty() || self.beside.iter().any(|pattern| pattern.fits(letters))
    }

    /// A type and the word for massage written as one: `Thaimassage`.
    fn compound(&self, word: &str) -> BookedAs {
        let known = self.names.iter().find(|name| !name.slight && name.words.concat() == word);
        known.map_or(BookedAs::AnyType, |name| name.booked)
    }
}

/// What is written before a name with a full stop that ends no sentence.
const TITLES: [&str; 7] = ["Ms.", "Mr.", "Mrs.", "Mx.", "Dr.", "Prof.", "St."];

/// The statements of a text, parted at the marks between them.
fn statements(text: &str) -> Vec<String> {
    const MARKS: [char; 16] = ['.', '!', '?', ';', ':', '\n', '\r', '(', ')', '[', ']', '–', '—', '•', '|', '→'];
    let untitled = TITLES.iter().fold(text.to_owned(), |text, title| text.replace(title, title.trim_end_matches('.')));
    let parts = untitled.split(MARKS).flat_map(|part| part.split(" - ")).flat_map(|part| part.split(" / "));
    parts.map(str::to_owned).collect()
}

/// Whether the words begin with a phrase.
fn begin(words: &[Word], phrase: &[String]) -> bool {
    phrase.len() <= words.len() && phrase.iter().zip(words).all(|(one, other)| *one == other.folded)
}

fn span(words: &[Word], at: usize, length: usize) -> Range<usize> {
    let start = words.get(at).map_or(0, |word| word.range.start);
    let end = words.get(at + length - 1).map_or(start, |word| word.range.end);
    start..end
}

/// A slight name beside a word for massage says which: "massage (Swedish)", "deep tissue bodywork".
fn joined(found: Vec<(Range<usize>, Mention)>) -> Vec<Mention> {
    let mut kept: Vec<(Range<usize>, Mention)> = Vec::new();
    for (place, mention) in found {
        if let Some((before, last)) = kept.last_mut()
            && before.end == place.start
        {
            let joins = match (last.booked, mention.booked) {
                (BookedAs::AnyType, BookedAs::Type(_)) => mention.slight,
                (BookedAs::Type(_), BookedAs::AnyType) => last.slight,
                (BookedAs::AnyType, BookedAs::AnyType) => true,
                (BookedAs::Type(_), BookedAs::Type(_)) => false,
            };
            if joins {
                last.booked = last.booked.min(mention.booked);
                last.slight = false;
                last.range.end = mention.range.end;
                before.end = place.end;
                continue;
            }
        }
        kept.push((place, mention));
    }
    kept.into_iter().map(|(_, mention)| mention).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ruleset::Rulesets;

    fn named(text: &str) -> Vec<String> {
        let rulesets = Rulesets::embedded().unwrap();
        let ruleset = rulesets.find("latest").unwrap();
        let mentions = ruleset.bookings().in_text(text).into_iter();
        let name = |booked: BookedAs| match booked {
            BookedAs::Type(number) => ruleset.massage_types()[number].id.to_string(),
            BookedAs::AnyType => "any".to_owned(),
        };
        mentions
            .map(|it| {
                let slight = if it.slight { "?" } else { "" };
                format!("{}{slight} {}", name(it.booked), text.get(it.range).unwrap())
            })
            .collect()
    }

    #[test]
    fn a_massage_is_found_by_its_name_or_by_a_word_for_massage() {
        for (text, found) in [
            ("Traditional Thai massage, 60 min", "thai Traditional Thai massage"),
            ("Shiatsu w/ Anna", "acupressure Shiatsu"),
            ("Massage (Swedish)", "classical Massage (Swedish"),
            ("deep tissue bodywork", "deep-tissue deep tissue bodywork"),
            ("Thaimassage", "thai Thaimassage"),
            ("Rückenmassage", "any Rückenmassage"),
            ("сеанс массажа", "any массажа"),
            ("นวดแผนไทย", "any นวดแผนไทย"),
            ("Sports medicine", "sports? Sports"),
        ] {
            assert_eq!(named(text), [found], "{text}");
        }
        assert_eq!(named("Thai massage or hot stone massage"), ["thai Thai massage", "any hot stone massage"]);
    }

    #[test]
    fn what_books_no_massage_is_not_found() {
        for text in [
            "",
            "Sleep medicine",
            "external cardiac massage",
            "Carotid sinus massage",
            "Consultation, no massage",
            "Message from Anna",
        ] {
            assert_eq!(named(text), Vec::<String>::new(), "{text}");
        }
    }

    #[test]
    fn a_code_counts_with_its_system_or_beside_its_own_display() {
        let rulesets = Rulesets::embedded().unwrap();
        let index = rulesets.find("latest").unwrap().bookings();
        let service_type = "http://terminology.hl7.org/CodeSystem/service-type";
        assert_eq!(index.by_code(service_type, "25"), Some(BookedAs::AnyType));
        assert_eq!(index.by_code(service_type, "183"), None);
        assert_eq!(index.by_code("http://example.org", "25"), None);
        assert_eq!(index.by_display("25", "massage therapy"), Some(BookedAs::AnyType));
        assert_eq!(index.by_display("25", "General Discussion"), None);
        // An older release has none of this.
        assert!(rulesets.find("1.0.0").unwrap().bookings().in_text("massage").is_empty());
    }
}
