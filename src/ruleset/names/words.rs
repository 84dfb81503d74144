//! The words around a condition's name, and what they say about it.

use std::collections::{HashMap, HashSet};

use crate::model::{Control, Phase, Severity};

use super::super::document::WordsFile;
use super::fold::{normalise, stems};

/// A unit of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Unit {
    /// A day.
    Day,
    /// A week.
    Week,
    /// A month.
    Month,
    /// A year.
    Year,
}

/// What a phrase says about the condition that it stands beside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Says {
    Nothing,
    /// Nothing, and a denial reaches over it.
    Onward,
    /// Nothing, and what follows stands to what is before it: "for", "from".
    Link,
    /// Whose the next thing is: the client's.
    Mine,
    /// So many days ago, at the latest.
    Lately(u16),
    NotThere,
    SomebodyElses,
    Over,
    /// It was there until then.
    Ended,
    Had,
    HaveHad,
    EverSince,
    Perhaps,
    Phase(Phase),
    Control(Control),
    Severity(Severity),
}

/// What a phrase does to what stands around it, besides what it says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    /// A new statement begins: a denial that has named something ends.
    Anew,
    /// Only of the present: what is denied now may have been there, and what was there is there.
    Now,
    /// There is one already: "no other".
    Other,
    /// It is there again or still.
    Still,
    /// It answers what stands before it and says nothing of what follows.
    Answer,
    /// What stands before it is there.
    Yes,
    /// It was before, which does not say that it is over.
    Earlier,
}

/// Somebody else than the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Person {
    Relative,
    /// Somebody whose word may belong to the name of a thing, or who may share what the client has.
    Companion,
}

/// The longest phrase of the client's own or before a span of time, in words.
const LONGEST_LEAD: usize = 4;

/// Every phrase, by its words.
#[derive(Debug, Clone, Default)]
pub(super) struct Words {
    phrases: HashMap<Vec<String>, Says>,
    longest: usize,
    marks: HashMap<Vec<String>, Mark>,
    /// What says the opposite after a denial: "not healed".
    undone: HashSet<Vec<String>>,
    /// What says that the client speaks of themselves.
    own: HashSet<Vec<String>>,
    /// What stands before a span of time through which something lasted.
    during: HashSet<Vec<String>>,
    relatives: HashSet<Vec<String>>,
    companions: HashSet<Vec<String>>,
    through: HashSet<Vec<String>>,
    /// Relatives who may be the guest.
    spouses: HashSet<Vec<String>>,
    /// What stands before somebody whose thing may be the client's: "got my mother's".
    shared: HashSet<Vec<String>>,
    /// What says that one has it as well as another.
    alike: HashSet<Vec<String>>,
    nothing: HashSet<String>,
    small: HashSet<String>,
    everyday: HashSet<String>,
    joins: HashMap<String, bool>,
    known: HashSet<String>,
    units: HashMap<String, Unit>,
    numbers: HashMap<String, u16>,
}

impl Words {
    pub(super) fn new(file: &WordsFile) -> Self {
        let mut words = Self::default();
        // Releases from before these lists let a denial reach over everything that says nothing.
        words.add(&file.filler, if file.onward.is_empty() { Says::Onward } else { Says::Nothing });
        words.add(&file.onward, Says::Onward);
        words.mark_all(file);
        words.add(&file.link, Says::Link);
        words.add(&file.mine, Says::Mine);
        for (phrase, days) in &file.lately {
            words.add(std::slice::from_ref(phrase), Says::Lately(*days));
        }
        for (phase, phrases) in &file.phases {
            words.add(phrases, Says::Phase(*phase));
        }
        for (control, phrases) in &file.control {
            words.add(phrases, Says::Control(*control));
        }
        for (severity, phrases) in &file.severity {
            words.add(phrases, Says::Severity(*severity));
        }
        // The weightier readings last: they win where a phrase stands twice.
        words.add(&file.suspected, Says::Perhaps);
        words.add(&file.past, Says::Over);
        words.add(&file.had, Says::Had);
        words.add(&file.have_had, Says::HaveHad);
        words.add(&file.since, Says::EverSince);
        words.add(&file.family, Says::SomebodyElses);
        words.add(&file.negation, Says::NotThere);
        words.add(&file.ended, Says::Ended);
        words.undone = file.undone.iter().map(|phrase| stems(phrase)).collect();
        words.own = file.own.iter().map(|phrase| stems(phrase)).collect();
        words.during = file.during.iter().map(|phrase| stems(phrase)).collect();
        words.relatives = file.relatives.iter().map(|phrase| stems(phrase)).collect();
        words.companions = file.companions.iter().map(|phrase| stems(phrase)).collect();
        words.spouses = file.spouses.iter().map(|phrase| stems(phrase)).collect();
        words.shared = file.shared.iter().map(|phrase| stems(phrase)).collect();
        words.alike = file.alike.iter().map(|phrase| stems(phrase)).collect();
        words.through = file.through.iter().map(|phrase| stems(phrase)).collect();
        words.small = file.small.iter().flat_map(|word| stems(word)).collect();
        words.everyday = file.everyday.iter().flat_map(|word| stems(word)).collect();
        words.joins.extend(file.and.iter().map(|word| (word.clone(), false)));
        words.joins.extend(file.or.iter().map(|word| (word.clone(), true)));
        words.nothing = file.nothing.iter().map(|text| normalise(text)).collect();
        for (unit, names) in &file.units {
            let unit = match unit.as_str() {
                "day" => Unit::Day,
                "week" => Unit::Week,
                "month" => Unit::Month,
                _ => Unit::Year,
            };
            words.units.extend(names.iter().flat_map(|name| stems(name)).map(|name| (name, unit)));
        }
        words.numbers = file.numbers.iter().map(|(name, number)| (name.clone(), *number)).collect();
        words
    }

    fn add(&mut self, phrases: &[String], says: Says) {
        for phrase in phrases {
            let phrase = stems(phrase);
            self.longest = self.longest.max(phrase.len());
            self.known.extend(phrase.iter().cloned());
            self.phrases.insert(phrase, says);
        }
    }

    /// Marks phrases, which other lists have as well.
    fn mark_all(&mut self, file: &WordsFile) {
        for (phrases, mark) in [
            (&file.anew, Mark::Anew),
            (&file.presently, Mark::Now),
            (&file.other, Mark::Other),
            (&file.still, Mark::Still),
            (&file.answers, Mark::Answer),
            (&file.yes, Mark::Yes),
            (&file.earlier, Mark::Earlier),
        ] {
            self.marks.extend(phrases.iter().map(|phrase| (stems(phrase), mark)));
        }
    }

    /// What exactly this phrase does to what stands around it.
    pub(super) fn mark(&self, phrase: &[String]) -> Option<Mark> {
        self.marks.get(phrase).copied()
    }

    /// Whether the person of these words may be the guest.
    pub(super) fn may_be_the_guest(&self, person: &[String]) -> bool {
        self.spouses.contains(person)
    }

    /// Whether the last of these words say that what a person has may be the client's: "got", "for".
    pub(super) fn end_in_shared(&self, words: &[String]) -> bool {
        (1..=2).any(|length| {
            words.len() >= length && words.get(words.len() - length..).is_some_and(|it| self.shared.contains(it))
        })
    }

    /// Whether one of these words says that one has it as well as another.
    pub(super) fn say_alike(&self, words: &[String]) -> bool {
        (0..words.len()).any(|start| {
            (1..=2).any(|length| words.get(start..start + length).is_some_and(|it| self.alike.contains(it)))
        })
    }

    /// Somebody who is named at the beginning of these words, and how many words that takes.
    pub(super) fn person(&self, words: &[String]) -> Option<(Person, usize)> {
        (1..=self.longest.min(words.len())).rev().find_map(|length| {
            let phrase = words.get(..length)?;
            let person = if self.relatives.contains(phrase) {
                Person::Relative
            } else if self.companions.contains(phrase) {
                Person::Companion
            } else {
                return None;
            };
            Some((person, length))
        })
    }

    /// Whether the last of these words say from whom, like whom or through whom.
    pub(super) fn end_in_through(&self, words: &[String]) -> bool {
        (1..=2).any(|length| {
            words.len() >= length && words.get(words.len() - length..).is_some_and(|it| self.through.contains(it))
        })
    }

    /// Whether these words begin by saying that somebody has or had something.
    pub(super) fn say_has(&self, words: &[String]) -> bool {
        self.phrase(words).is_some_and(|(says, _)| matches!(says, Says::Onward | Says::Had | Says::HaveHad))
    }

    /// Whether the whole answer says that there is nothing.
    pub(super) fn says_nothing(&self, text: &str) -> bool {
        self.nothing.contains(&normalise(text))
    }

    /// The longest phrase at the beginning of these words, and how many of them it takes.
    pub(super) fn phrase(&self, words: &[String]) -> Option<(Says, usize)> {
        (1..=self.longest.min(words.len()))
            .rev()
            .find_map(|length| self.phrases.get(words.get(..length)?).map(|says| (*says, length)))
    }

    /// Whether a denial before exactly this phrase turns it into its opposite.
    pub(super) fn is_undone(&self, phrase: &[String]) -> bool {
        self.undone.contains(phrase)
    }

    /// Whether the client speaks of themselves somewhere in these words.
    pub(super) fn speak_of_oneself(&self, words: &[String]) -> bool {
        (0..words.len()).any(|start| {
            let rest = words.get(start..).unwrap_or_default();
            (1..=LONGEST_LEAD.min(rest.len())).any(|length| rest.get(..length).is_some_and(|it| self.own.contains(it)))
        })
    }

    /// Whether the word says whose the next thing is: the client's.
    pub(super) fn is_mine(&self, word: &str) -> bool {
        matches!(self.phrases.get(std::slice::from_ref(&word.to_owned())), Some(Says::Mine))
    }

    /// A span of time through which something lasted at the beginning of these words: "for the past three weeks".
    pub(super) fn lasting(&self, words: &[String]) -> Option<(u16, Unit, usize)> {
        (1..words.len().min(LONGEST_LEAD + 1)).rev().find_map(|length| {
            let (count, unit, more) =
                words.get(..length).filter(|lead| self.during.contains(*lead)).and(self.span(words.get(length..)?))?;
            Some((count, unit, length + more))
        })
    }

    /// Whether a span of time that ends here is an age: "years old" says nothing, "years" does.
    pub(super) fn age(&self, unit_onward: &[String]) -> Option<usize> {
        self.phrase(unit_onward)
            .filter(|(says, length)| *length > 1 && matches!(says, Says::Nothing | Says::Onward))
            .map(|(_, length)| length)
    }

    /// Whether the word belongs to a phrase, a unit or a number.
    pub(super) fn knows(&self, word: &str) -> bool {
        self.units.contains_key(word)
            || self.numbers.contains_key(word)
            || self.known.contains(word)
            || self.small.contains(word)
    }

    /// Whether the word may stand inside a name or be left out of it.
    pub(super) fn is_small(&self, word: &str) -> bool {
        self.small.contains(word)
    }

    /// Whether the word by itself is a phrase that says something else than a name.
    pub(super) fn is_phrase(&self, word: &str) -> bool {
        self.phrases.contains_key(std::slice::from_ref(&word.to_owned()))
    }

    /// Whether a name of this one word says little by itself: an everyday word, or an abbreviation.
    pub(super) fn is_slight(&self, word: &str) -> bool {
        word.chars().count() <= 3 || self.everyday.contains(word)
    }

    /// Whether the word parts two statements, and if so, whether it carries a denial on.
    pub(super) fn join(&self, word: &str) -> Option<bool> {
        self.joins.get(word).copied()
    }

    /// Every word of a phrase.
    pub(super) fn all(&self) -> impl Iterator<Item = &String> {
        self.known.iter()
    }

    /// A span of time at the beginning of these words, and how many of them it takes: "three weeks".
    pub(super) fn span(&self, words: &[String]) -> Option<(u16, Unit, usize)> {
        let number = words.first()?;
        let count = number.parse().ok().or_else(|| self.numbers.get(number).copied())?;
        let mut at = 1;
        // "a couple of weeks", "a few days"
        while let Some(more) = words.get(at).filter(|word| self.numbers.contains_key(*word) || *word == "of") {
            if let Some(better) = self.numbers.get(more).filter(|_| count == 1) {
                return self.units.get(words.get(at + 1)?).map(|unit| (*better, *unit, at + 2));
            }
            at += 1;
        }
        self.units.get(words.get(at)?).map(|unit| (count, *unit, at + 1))
    }
}
