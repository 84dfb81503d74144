//! What a person's words say: which conditions, and whether they are there, past, possible or somebody else's.

use crate::model::{Control, Phase, RecognisedBy, Severity};

use super::super::index::ConditionIx;
use super::NameIndex;
use super::fold::{key, stems};
use super::words::{Says, Unit};

/// When something was, as far as words say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// In a year.
    Year(i16),
    /// So long ago.
    Ago(u16, Unit),
}

/// What words say about a condition besides its name.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a thing that words say or don't, independently of the others"
)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Manner {
    /// It is not there.
    pub denied: bool,
    /// It is somebody else's.
    pub family: bool,
    /// It may be there.
    pub perhaps: bool,
    /// It is over.
    pub over: bool,
    /// The client "had" it, which does not say that it is over.
    pub had: bool,
    /// It has been there ever since.
    pub since: bool,
    /// When it was.
    pub when: Option<When>,
    /// Where it stands in its course.
    pub phase: Option<Phase>,
    /// Whether it is kept in check.
    pub control: Option<Control>,
    /// How bad it is.
    pub severity: Option<Severity>,
    /// Where it is, by number.
    pub region: Option<usize>,
}

impl Manner {
    /// Adds what a further clause says, where the first was silent.
    fn add(&mut self, more: &Self) {
        // A denial that stands apart from the name may be about something else: it only makes doubtful.
        self.perhaps |= more.denied | more.family;
        self.perhaps |= more.perhaps;
        self.over |= more.over;
        self.had |= more.had;
        self.since |= more.since;
        self.when = self.when.or(more.when);
        self.phase = self.phase.or(more.phase);
        self.control = self.control.or(more.control);
        self.severity = self.severity.or(more.severity);
        self.region = self.region.or(more.region);
    }
}

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

/// Longer than any answer that can be a name; what is longer is not read.
const MOST_WORDS: usize = 40;

/// The longest name, in words, that is looked for inside a sentence.
const LONGEST_NAME: usize = 7;

impl NameIndex {
    /// Reads a text: the whole as a name first, then clause by clause.
    #[must_use]
    pub fn understand(&self, text: &str) -> Understanding {
        if let Some(reading) = self.whole(text) {
            return Understanding { readings: vec![reading], ..Understanding::default() };
        }
        if self.words.says_nothing(text) {
            return Understanding { nothing: true, ..Understanding::default() };
        }
        let mut understanding = Understanding::default();
        let mut carried = false;
        let clauses = clauses(text);
        for (at, clause) in clauses.iter().enumerate() {
            // "no diabetes, asthma or epilepsy" denies all three; after "and" or "but" a denial ends.
            let denied = carried && clause.or_follows;
            let before = understanding.readings.len();
            self.clause(&clause.words, denied, &mut understanding);
            let all_denied = understanding
                .readings
                .get(before..)
                .is_some_and(|new| !new.is_empty() && new.iter().all(|reading| reading.manner.denied));
            carried = all_denied && clauses.get(at + 1).is_some();
        }
        if understanding.readings.is_empty() {
            understanding.leftover = true;
        }
        understanding
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
        let (meanings, by) = self.named(&words)?;
        Some(Reading { meanings, by, manner: Manner::default() })
    }

    /// The conditions that exactly these words name, in any order.
    fn named(&self, words: &[String]) -> Option<(Vec<ConditionIx>, RecognisedBy)> {
        let meanings = self.keys.get(&key(words.iter().map(String::as_str)))?;
        Some((meanings.clone(), if meanings.len() > 1 { RecognisedBy::Ambiguous } else { RecognisedBy::Synonym }))
    }

    fn clause(&self, words: &[String], denied: bool, understanding: &mut Understanding) {
        if words.len() > MOST_WORDS {
            understanding.leftover = true;
            return;
        }
        let mut found = self.spot(words);
        let mut approximate = false;
        let corrected;
        let mut words = words;
        if found.is_empty() {
            corrected = self.corrected(words);
            found = self.spot(&corrected);
            approximate = !found.is_empty() && corrected != words;
            words = &corrected;
        }
        let (mut manner, strange) = self.manner(words, &found);
        if found.is_empty() {
            understanding.leftover |= strange;
            // "hypertension, well controlled": a clause without a name speaks of the one before.
            if let Some(last) = understanding.readings.last_mut().filter(|_| !strange) {
                last.manner.add(&manner);
            }
            return;
        }
        manner.denied |= denied;
        understanding.leftover |= strange || approximate;
        for (_, _, meanings, by) in found {
            let by = if approximate { RecognisedBy::Approximate } else { by };
            understanding.readings.push(Reading { meanings, by, manner });
        }
    }

    /// Names inside the words, the longest first, none overlapping: where each begins, how long it is, what it means.
    fn spot(&self, words: &[String]) -> Vec<(usize, usize, Vec<ConditionIx>, RecognisedBy)> {
        let mut taken = vec![false; words.len()];
        let mut found = Vec::new();
        for length in (1..=LONGEST_NAME.min(words.len())).rev() {
            for (start, window) in words.windows(length).enumerate() {
                let free = taken.get(start..start + length).is_some_and(|span| span.iter().all(|taken| !taken));
                if !free {
                    continue;
                }
                if let Some((meanings, by)) = self.named(window) {
                    taken.iter_mut().skip(start).take(length).for_each(|taken| *taken = true);
                    found.push((start, length, meanings, by));
                }
            }
        }
        found.sort_by_key(|(start, ..)| *start);
        found
    }

    /// What the words outside the names say, and whether one of them was not understood.
    fn manner(&self, words: &[String], found: &[(usize, usize, Vec<ConditionIx>, RecognisedBy)]) -> (Manner, bool) {
        let mut manner = Manner::default();
        let mut strange = false;
        let mut at = 0;
        while let Some(rest) = words.get(at..).filter(|rest| !rest.is_empty()) {
            if let Some((_, length, ..)) = found.iter().find(|(start, ..)| *start == at) {
                at += length;
                continue;
            }
            // A phrase must not reach into a name.
            let until = found.iter().map(|(start, ..)| *start).find(|start| *start > at).unwrap_or(words.len());
            let free = rest.get(..until - at).unwrap_or(rest);
            at += self.one_word_more(free, &mut manner, &mut strange);
        }
        (manner, strange)
    }

    /// Reads what stands at the beginning of these words and answers how many of them it took.
    fn one_word_more(&self, words: &[String], manner: &mut Manner, strange: &mut bool) -> usize {
        if let Some((count, unit, length)) = self.words.span(words) {
            manner.when = Some(When::Ago(count, unit));
            return length + usize::from(words.get(length).is_some_and(|word| word == "ago"));
        }
        if let Some((says, length)) = self.words.phrase(words) {
            match says {
                Says::Nothing => {}
                Says::NotThere => manner.denied = true,
                Says::SomebodyElses => manner.family = true,
                Says::Over => manner.over = true,
                Says::Had => manner.had = true,
                Says::EverSince => manner.since = true,
                Says::Perhaps => manner.perhaps = true,
                Says::Phase(phase) => manner.phase = Some(phase),
                Says::Control(control) => manner.control = Some(control),
                Says::Severity(severity) => manner.severity = Some(severity),
            }
            return length;
        }
        let Some(word) = words.first() else { return 1 };
        if let Some(year) = year(word) {
            manner.when = Some(When::Year(year));
        } else if let Some((region, length)) = self.region_at(words) {
            manner.region = Some(region);
            return length;
        } else {
            *strange = true;
        }
        1
    }

    /// A body region at the beginning of these words.
    fn region_at(&self, words: &[String]) -> Option<(usize, usize)> {
        (1..=3.min(words.len())).rev().find_map(|length| {
            let named = key(words.get(..length)?.iter().map(String::as_str));
            self.region_keys.get(&named).map(|region| (*region, length))
        })
    }

    /// The words with each that nobody knows replaced by the one known word that it is likest, if there is just one.
    fn corrected(&self, words: &[String]) -> Vec<String> {
        words
            .iter()
            .map(|word| {
                let known = self.vocabulary.contains(word) || self.words.knows(word) || year(word).is_some();
                if known { word.clone() } else { self.likest(word).unwrap_or_else(|| word.clone()) }
            })
            .collect()
    }

    fn likest(&self, word: &str) -> Option<String> {
        let length = word.chars().count();
        let most = match length {
            0..=3 => return None,
            4..=7 => 1,
            _ => 2,
        };
        let mut best: Option<(usize, &String)> = None;
        let mut tied = false;
        for candidate in &self.vocabulary {
            if candidate.chars().count().abs_diff(length) > most || candidate.chars().count() < 4 {
                continue;
            }
            let distance = strsim::osa_distance(word, candidate);
            if distance > most {
                continue;
            }
            match best {
                Some((least, _)) if distance > least => {}
                Some((least, _)) if distance == least => tied = true,
                _ => {
                    best = Some((distance, candidate));
                    tied = false;
                }
            }
        }
        best.filter(|_| !tied).map(|(_, candidate)| candidate.clone())
    }
}

fn year(word: &str) -> Option<i16> {
    (word.len() == 4).then(|| word.parse().ok()).flatten().filter(|year| (1900..=2100).contains(year))
}

/// A part of a text that is read by itself.
struct Clause {
    words: Vec<String>,
    /// Whether the denial of the clause before reaches this one.
    or_follows: bool,
}

/// Parts a text at commas, full stops, "and", "but" and the like.
fn clauses(text: &str) -> Vec<Clause> {
    let lower = text.to_lowercase();
    let mut clauses: Vec<(Vec<String>, Join)> = Vec::new();
    let mut joined = Join::Start;
    for part in lower.split_inclusive([',', ';', '.', '\n', '+', '&', '/']) {
        let (body, end) = match part.char_indices().next_back() {
            Some((at, mark)) if matches!(mark, ',' | ';' | '.' | '\n' | '+' | '&' | '/') => {
                (part.get(..at).unwrap_or(""), mark)
            }
            _ => (part, ' '),
        };
        let mut words: Vec<String> = Vec::new();
        for word in body.split_whitespace() {
            let join = match word {
                "and" | "but" | "plus" | "also" | "und" | "y" | "et" | "и" => Join::And,
                "or" | "nor" | "oder" | "o" | "ou" | "или" => Join::Or,
                _ => {
                    words.extend(stems(word));
                    continue;
                }
            };
            if !words.is_empty() {
                clauses.push((std::mem::take(&mut words), joined));
            }
            joined = join;
        }
        if !words.is_empty() {
            clauses.push((words, joined));
            joined = if end == ',' || end == '/' { Join::Comma } else { Join::And };
        }
    }
    // A run of commas that ends in "or" is one list.
    let mut list = false;
    let mut all: Vec<Clause> = clauses
        .into_iter()
        .rev()
        .map(|(words, join)| {
            list = match join {
                Join::Or => true,
                Join::Comma => list,
                Join::And | Join::Start => false,
            };
            Clause { words, or_follows: list }
        })
        .collect();
    all.reverse();
    all
}

#[derive(Clone, Copy)]
enum Join {
    Start,
    And,
    Or,
    Comma,
}
