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
    /// For so long, as far as the words say until now.
    For(u16, Unit),
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
    /// It was there until then.
    pub ended: bool,
    /// The client "had" it, which does not say that it is over.
    pub had: bool,
    /// The client "has had" it, which says that it is there where it is told for how long or since when.
    pub have_had: bool,
    /// It has been there ever since.
    pub since: bool,
    /// When it was.
    pub when: Option<When>,
    /// How many days ago it was at the latest, where words say so: "this morning".
    pub lately: Option<u16>,
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
        // "no chest pain today but yesterday": what was there at some time was not never there.
        if self.denied && (more.when.is_some() || more.lately.is_some()) {
            (self.denied, self.perhaps) = (false, true);
        }
        self.over |= more.over;
        self.ended |= more.ended;
        self.had |= more.had;
        self.have_had |= more.have_had;
        self.since |= more.since;
        self.when = self.when.or(more.when);
        self.lately = self.lately.or(more.lately);
        self.phase = self.phase.or(more.phase);
        self.control = self.control.or(more.control);
        self.severity = self.severity.or(more.severity);
        self.region = self.region.or(more.region);
    }

    /// What is left where the client speaks of themselves beside a relative: nothing that may have been the relative's.
    fn of_both(&self) -> Self {
        Self { perhaps: true, region: self.region, ..Self::default() }
    }

    /// What the words of a statement say of one name in it.
    fn of(mut self, spotted: &Spotted) -> Self {
        self.denied = spotted.denied;
        self.ended = spotted.ended;
        if !self.denied {
            return self;
        }
        // What is not there since a day, for some time or today was there before, or may have been.
        let lasted = match self.when {
            Some(When::For(count, unit)) => Some(When::Ago(count, unit)),
            Some(_) | None => None,
        };
        if lasted.is_some() || self.since || self.lately.is_some() {
            self.ended = lasted.is_some() || self.since && (self.when.is_some() || self.lately.is_some());
            (self.denied, self.perhaps, self.when) = (false, true, lasted.or(self.when));
        }
        self
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
    ended: bool,
}

/// What one word, or several that belong together, say.
enum Word {
    Says(Says),
    When(When),
    Region(usize),
    Nothing,
    Strange,
}

/// How far a denial, or an end, reaches while a statement is read word by word.
#[derive(Default)]
struct Reach {
    next: Next,
    /// The statement has said "no" and has named nothing since.
    refusing: bool,
    /// A name was met since the denial.
    named: bool,
}

/// What the words so far say of the next name.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum Next {
    #[default]
    Plain,
    /// It is not there.
    Denied,
    /// It was there until then.
    Ended,
}

impl Reach {
    fn stop(&mut self) {
        self.next = Next::Plain;
    }
}

/// What the words of a statement say besides its names.
#[derive(Default)]
struct Heard {
    manner: Manner,
    /// Something was not understood.
    strange: bool,
    /// Something denies.
    denies: bool,
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
        for clause in self.clauses(text) {
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

    fn clause(&self, clause: &Clause, denied: bool, oneself: bool, understanding: &mut Understanding) {
        let words = clause.words.as_slice();
        if words.len() > MOST_WORDS {
            understanding.leftover = true;
            return;
        }
        let mut found = self.spot(words);
        let mut heard = self.hear(words, &mut found, denied);
        let mut approximate = false;
        if found.is_empty() || heard.strange {
            let corrected = self.corrected(words);
            if corrected != words {
                let mut nearly = self.spot(&corrected);
                let how = self.hear(&corrected, &mut nearly, denied);
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
                || !self.words.are_plainly_others(words, &names));
        for spotted in found {
            let by = if approximate { RecognisedBy::Approximate } else { spotted.by };
            let manner = if both { heard.manner.of_both() } else { heard.manner.of(&spotted) };
            understanding.readings.push(Reading { meanings: spotted.meanings, by, manner });
        }
    }

    /// Whether the word before the name says that it is the client's.
    fn is_mine(&self, words: &[String], spotted: &Spotted) -> bool {
        spotted.start.checked_sub(1).and_then(|at| words.get(at)).is_some_and(|word| self.words.is_mine(word))
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
                if let Some((meanings, by)) = self.named(window).filter(|_| !self.parts_a_name(words, start, length)) {
                    taken.iter_mut().skip(start).take(length).for_each(|taken| *taken = true);
                    let slight = length == 1 && self.words.is_slight(first);
                    found.push(Spotted { start, length, meanings, by, slight, denied: false, ended: false });
                }
            }
        }
        found.sort_by_key(|spotted| spotted.start);
        found
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

    /// What the words outside the names say, which names they deny, and whether one of them was not understood.
    ///
    /// A denial reaches forward to the names that follow it, over words that a denial reaches over and no others: "no oil on the
    /// eczema" denies the oil, "no medicine for my epilepsy" denies no epilepsy. At the end of a statement it reaches
    /// back: "pacemaker: none". A denial of a denial denies nothing.
    fn hear(&self, words: &[String], found: &mut Vec<Spotted>, carried: bool) -> Heard {
        let mut heard = Heard::default();
        let mut reach = Reach { next: if carried { Next::Denied } else { Next::Plain }, ..Reach::default() };
        let mut at = 0;
        while let Some(rest) = words.get(at..).filter(|rest| !rest.is_empty()) {
            if let Some(spotted) = found.iter_mut().find(|spotted| spotted.start == at) {
                spotted.denied = reach.next == Next::Denied;
                spotted.ended = reach.next == Next::Ended;
                (reach.named, reach.refusing) = (true, false);
                at += spotted.length;
                continue;
            }
            // A phrase must not reach into a name.
            let until = found.iter().map(|spotted| spotted.start).find(|start| *start > at).unwrap_or(words.len());
            let free = rest.get(..until - at).unwrap_or(rest);
            let (word, took) = self.one_word_more(free);
            let is_last = at + took >= words.len();
            let is_undone = free.get(..took).is_some_and(|phrase| self.words.is_undone(phrase));
            at += took;
            if reach.refusing && is_undone {
                // "not healed", "not ruled out"
                reach = Reach::default();
                continue;
            }
            match word {
                Word::Strange => {
                    heard.strange = true;
                    reach.stop();
                }
                Word::Nothing => {}
                Word::When(when) => heard.manner.when = Some(when),
                Word::Region(region) => heard.manner.region = Some(region),
                Word::Says(Says::NotThere) => {
                    heard.denies = true;
                    if reach.refusing {
                        // "not without a pacemaker"
                        reach = Reach::default();
                        continue;
                    }
                    let before = found.iter_mut().filter(|spotted| spotted.start < at);
                    if is_last && reach.next != Next::Denied {
                        before.for_each(|spotted| spotted.denied = true);
                    }
                    reach = Reach { next: Next::Denied, refusing: true, ..Reach::default() };
                }
                Word::Says(Says::Ended) => {
                    for spotted in found.iter_mut().filter(|spotted| spotted.start < at) {
                        (spotted.denied, spotted.ended) = (false, true);
                    }
                    reach = Reach { next: Next::Ended, ..Reach::default() };
                    // Of a statement without a name.
                    heard.manner.ended = true;
                }
                Word::Says(says) => says_more(says, &mut reach, &mut heard.manner),
            }
        }
        self.keep_what_is_inside(words, found);
        heard
    }

    /// A denied name may hold another, which the client has: "no bleeding in my pregnancy", "not cured of cancer".
    fn keep_what_is_inside(&self, words: &[String], found: &mut Vec<Spotted>) {
        let mut kept = Vec::new();
        for spotted in found.iter().filter(|spotted| spotted.denied) {
            let name = words.get(spotted.start..spotted.start + spotted.length).unwrap_or_default();
            let mine = name.iter().position(|word| self.words.is_mine(word)).map(|at| at + 1);
            let undone = |word: &String| self.words.is_undone(std::slice::from_ref(word));
            let rest: Vec<String> = if let Some(from) = mine {
                name.iter().skip(from).cloned().collect()
            } else if name.iter().any(undone) {
                name.iter().filter(|word| !undone(word)).cloned().collect()
            } else {
                continue;
            };
            kept.extend(self.spot(&rest).into_iter().map(|inner| Spotted { start: spotted.start, ..inner }));
        }
        found.extend(kept);
    }

    /// Reads what stands at the beginning of these words, and how many of them it takes.
    fn one_word_more(&self, words: &[String]) -> (Word, usize) {
        if let Some((count, unit, length)) = self.words.lasting(words) {
            return match self.age_after(words, length) {
                Some(length) => (Word::Nothing, length),
                None => (Word::When(When::For(count, unit)), length),
            };
        }
        if let Some((count, unit, length)) = self.words.span(words) {
            if let Some(length) = self.age_after(words, length) {
                return (Word::Nothing, length);
            }
            return if words.get(length).is_some_and(|word| word == "ago") {
                (Word::When(When::Ago(count, unit)), length + 1)
            } else {
                (Word::When(When::For(count, unit)), length)
            };
        }
        if let Some((says, length)) = self.words.phrase(words) {
            return (Word::Says(says), length);
        }
        let Some(word) = words.first() else { return (Word::Nothing, 1) };
        if let Some(year) = year(word) {
            (Word::When(When::Year(year)), 1)
        } else if let Some((region, length)) = self.region_at(words) {
            (Word::Region(region), length)
        } else if self.words.is_small(word) || word.parse::<u32>().is_ok() {
            (Word::Nothing, 1)
        } else {
            (Word::Strange, 1)
        }
    }

    /// How many words an age takes whose span of time takes so many: "ten years old".
    fn age_after(&self, words: &[String], span: usize) -> Option<usize> {
        let unit = span.checked_sub(1)?;
        Some(unit + self.words.age(words.get(unit..)?)?)
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
                joined = match part.chars().next_back() {
                    Some(',') => Join::Comma,
                    Some('+' | '&') => Join::And,
                    _ => Join::Stop,
                };
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
                Join::And | Join::Start | Join::Stop => false,
            };
            Clause { words, or_follows: list, and_before: matches!(join, Join::And) }
        })
        .collect();
    all.reverse();
    all
}

/// What words that neither deny nor end say, and how far a denial reaches over them.
fn says_more(says: Says, reach: &mut Reach, manner: &mut Manner) {
    // "not in remission" denies the remission and "not severe" how bad it is.
    let is_spared = reach.next == Next::Denied && !reach.named;
    match says {
        Says::NotThere | Says::Ended | Says::Onward => {}
        Says::Nothing | Says::Mine => reach.stop(),
        Says::Link | Says::EverSince => {
            manner.since |= says == Says::EverSince;
            if reach.named {
                reach.stop();
            }
        }
        Says::Lately(days) => manner.lately = Some(days),
        Says::SomebodyElses => manner.family = true,
        Says::Over => manner.over = true,
        Says::Had => manner.had = true,
        Says::HaveHad => manner.have_had = true,
        Says::Perhaps => {
            manner.perhaps = true;
            reach.stop();
        }
        Says::Phase(phase) => {
            reach.stop();
            manner.phase = if is_spared { manner.phase } else { Some(phase) };
        }
        Says::Control(control) => {
            reach.stop();
            manner.control = if is_spared { manner.control } else { Some(control) };
        }
        Says::Severity(severity) => {
            reach.stop();
            manner.severity = if is_spared { manner.severity } else { Some(severity) };
        }
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
    /// Whether "and" or the like stands before it.
    and_before: bool,
}

#[derive(Clone, Copy)]
enum Join {
    Start,
    Stop,
    And,
    Or,
    Comma,
}
