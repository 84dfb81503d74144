//! What a person's words say: which conditions, and whether they are there, past, possible or somebody else's.

use std::collections::BTreeSet;

use crate::model::{Control, Phase, RecognisedBy, Severity};

use super::super::index::ConditionIx;
use super::NameIndex;
use super::fold::stems;
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
    /// Adds what a word of the same statement says.
    fn hear(&mut self, more: &Self) {
        self.family |= more.family;
        self.perhaps |= more.perhaps;
        self.over |= more.over;
        self.had |= more.had;
        self.since |= more.since;
        self.when = more.when.or(self.when);
        self.phase = more.phase.or(self.phase);
        self.control = more.control.or(self.control);
        self.severity = more.severity.or(self.severity);
        self.region = more.region.or(self.region);
    }

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
const LONGEST_NAME: usize = 8;

/// A name inside a statement.
#[derive(Debug, Clone)]
struct Spotted {
    start: usize,
    length: usize,
    meanings: Vec<ConditionIx>,
    by: RecognisedBy,
    /// An everyday word or an abbreviation, which says little among words that are not understood.
    slight: bool,
    denied: bool,
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
        let mut carried = false;
        for clause in self.clauses(text) {
            // "no diabetes, asthma or epilepsy" denies all three; after "and" or "but" a denial ends.
            let denied = carried && clause.or_follows;
            let before = understanding.readings.len();
            self.clause(&clause.words, denied, &mut understanding);
            carried = understanding
                .readings
                .get(before..)
                .is_some_and(|new| !new.is_empty() && new.iter().all(|reading| reading.manner.denied));
        }
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

    /// The conditions that exactly these words name, in any order.
    fn named(&self, words: &[String]) -> Option<(Vec<ConditionIx>, RecognisedBy)> {
        let meanings = self.keys.get(&self.key_of(words))?;
        Some((meanings.clone(), if meanings.len() > 1 { RecognisedBy::Ambiguous } else { RecognisedBy::Synonym }))
    }

    fn clause(&self, words: &[String], denied: bool, understanding: &mut Understanding) {
        if words.len() > MOST_WORDS {
            understanding.leftover = true;
            return;
        }
        let mut found = self.spot(words);
        let (mut manner, mut strange) = self.manner(words, &mut found);
        let mut approximate = false;
        if found.is_empty() || strange {
            let corrected = self.corrected(words);
            if corrected != words {
                let mut nearly = self.spot(&corrected);
                let (how, still_strange) = self.manner(&corrected, &mut nearly);
                // A slip of the pen is put right only where everything is then understood.
                let short = |spotted: &Spotted| {
                    spotted.length == 1 && corrected.get(spotted.start).is_some_and(|word| word.chars().count() < 5)
                };
                if !nearly.is_empty() && !still_strange && !nearly.iter().any(short) {
                    (found, manner, strange, approximate) = (nearly, how, false, true);
                }
            }
        }
        if strange {
            found.retain(|spotted| !spotted.slight);
        }
        understanding.leftover |= strange || approximate;
        if found.is_empty() {
            // "hypertension, well controlled": a statement without a name speaks of the one before.
            if let Some(last) = understanding.readings.last_mut().filter(|_| !strange) {
                last.manner.add(&manner);
            }
            return;
        }
        for spotted in found {
            let by = if approximate { RecognisedBy::Approximate } else { spotted.by };
            let manner = Manner { denied: spotted.denied || denied, ..manner };
            understanding.readings.push(Reading { meanings: spotted.meanings, by, manner });
        }
    }

    /// Names inside the words, the longest first, none overlapping, in the order in which they stand.
    fn spot(&self, words: &[String]) -> Vec<Spotted> {
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
                if let Some((meanings, by)) = self.named(window) {
                    taken.iter_mut().skip(start).take(length).for_each(|taken| *taken = true);
                    let slight = length == 1 && self.words.is_slight(first);
                    found.push(Spotted { start, length, meanings, by, slight, denied: false });
                }
            }
        }
        found.sort_by_key(|spotted| spotted.start);
        found
    }

    /// Whether small words stand around a name that does without them; they may belong to a phrase before or after it.
    fn is_framed(&self, window: &[String]) -> bool {
        let small = |word: Option<&String>| word.is_some_and(|word| self.words.is_small(word));
        let weighty = window.iter().filter(|word| !self.words.is_small(word)).count();
        window.len() > 1 && weighty > 1 && (small(window.first()) || small(window.last()))
    }

    /// What the words outside the names say, which names they deny, and whether one of them was not understood.
    ///
    /// A denial reaches forward to the names that follow it, until a word that is not understood: "no oil on the eczema"
    /// denies the oil. At the end of a statement it reaches back: "pacemaker: none".
    fn manner(&self, words: &[String], found: &mut [Spotted]) -> (Manner, bool) {
        let mut manner = Manner::default();
        let (mut strange, mut denying, mut since_name) = (false, false, false);
        let mut at = 0;
        while let Some(rest) = words.get(at..).filter(|rest| !rest.is_empty()) {
            if let Some(spotted) = found.iter_mut().find(|spotted| spotted.start == at) {
                spotted.denied = denying;
                since_name = true;
                at += spotted.length;
                continue;
            }
            // A phrase must not reach into a name.
            let until = found.iter().map(|spotted| spotted.start).find(|start| *start > at).unwrap_or(words.len());
            let free = rest.get(..until - at).unwrap_or(rest);
            let mut heard = Manner::default();
            let mut odd = false;
            let took = self.one_word_more(free, &mut heard, &mut odd);
            if heard.denied {
                if at + took >= words.len() && since_name && !denying {
                    for spotted in found.iter_mut() {
                        spotted.denied = true;
                    }
                }
                denying = true;
            } else if odd {
                denying = false;
                strange = true;
            } else if denying && (heard.phase.is_some() || heard.control.is_some()) {
                // "not in remission" denies the remission.
                denying = false;
            } else {
                manner.hear(&heard);
            }
            at += took;
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
        } else if !self.words.is_small(word) && word.parse::<u32>().is_err() {
            *strange = true;
        }
        1
    }

    /// A body region at the beginning of these words.
    fn region_at(&self, words: &[String]) -> Option<(usize, usize)> {
        (1..=3.min(words.len())).rev().find_map(|length| {
            let named = self.key_of(words.get(..length)?);
            self.region_keys.get(&named).map(|region| (*region, length))
        })
    }

    /// The words with each that nobody knows replaced by the one known word that it is likest, if there is just one.
    fn corrected(&self, words: &[String]) -> Vec<String> {
        words
            .iter()
            .map(|word| {
                let known = self.vocabulary.contains_key(word) || self.words.knows(word) || year(word).is_some();
                if known { word.clone() } else { self.likest(word).unwrap_or_else(|| word.clone()) }
            })
            .collect()
    }

    /// The known word that this one is likest; of several, one only if they stand for a condition in common.
    fn likest(&self, word: &str) -> Option<String> {
        let length = word.chars().count();
        let most = match length {
            0..=3 => return None,
            4..=7 => 1,
            _ => 2,
        };
        let mut best: Option<(usize, &String, BTreeSet<ConditionIx>)> = None;
        // Slips of the first letter are rare, and this keeps the search short.
        let first = word.chars().next().map(String::from)?;
        let same_start =
            self.vocabulary.range(first.clone()..).take_while(|(candidate, _)| candidate.starts_with(&first));
        for (candidate, owners) in same_start {
            let size = candidate.chars().count();
            if size < 4 || size.abs_diff(length) > most {
                continue;
            }
            let distance = strsim::osa_distance(word, candidate);
            if distance > most {
                continue;
            }
            match &mut best {
                Some((least, ..)) if distance > *least => {}
                Some((least, longest, shared)) if distance == *least => {
                    shared.retain(|owner| owners.contains(owner));
                    if candidate.len() > longest.len() {
                        *longest = candidate;
                    }
                }
                _ => best = Some((distance, candidate, owners.clone())),
            }
        }
        best.filter(|(_, _, shared)| !shared.is_empty()).map(|(_, candidate, _)| candidate.clone())
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

    /// Parts a text at commas, full stops, "and", "but" and the like.
    fn clauses(&self, text: &str) -> Vec<Clause> {
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
                    if stem.chars().any(super::fold::is_unspaced) && !self.vocabulary.contains_key(&stem) {
                        words.extend(self.parted(&stem));
                    } else {
                        words.push(stem);
                    }
                }
            }
            if !words.is_empty() {
                clauses.push((words, joined));
                joined = if part.ends_with(',') { Join::Comma } else { Join::And };
            }
        }
        or_lists(clauses)
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
                Join::And | Join::Start => false,
            };
            Clause { words, or_follows: list }
        })
        .collect();
    all.reverse();
    all
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

#[derive(Clone, Copy)]
enum Join {
    Start,
    And,
    Or,
    Comma,
}
