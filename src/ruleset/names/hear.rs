//! What the words of a statement say besides its names, read word by word.

use super::NameIndex;
use super::manner::{Manner, When};
use super::reach::{Next, Reach, says_more};
use super::spot::Spotted;
use super::words::Says;

/// What the words of a statement say besides its names.
#[derive(Default)]
pub(super) struct Heard {
    pub(super) manner: Manner,
    /// Something was not understood.
    pub(super) strange: bool,
    /// Something denies.
    pub(super) denies: bool,
}

/// What one word, or several that belong together, say.
enum Word {
    Says(Says),
    When(When),
    Region(usize),
    Nothing,
    Strange,
}

impl NameIndex {
    /// What the words outside the names say, which names they deny, and whether one of them was not understood.
    ///
    /// A denial reaches forward to the names that follow it, over words that a denial reaches over and no others: "no oil on the
    /// eczema" denies the oil, "no medicine for my epilepsy" denies no epilepsy. At the end of a statement it reaches
    /// back: "pacemaker: none". A denial of a denial denies nothing.
    pub(super) fn hear(&self, words: &[String], found: &mut Vec<Spotted>, carried: bool) -> Heard {
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
}

pub(super) fn year(word: &str) -> Option<i16> {
    (word.len() == 4).then(|| word.parse().ok()).flatten().filter(|year| (1900..=2100).contains(year))
}
