//! What the words of a statement say besides its names, read word by word.

use crate::model::Phase;

use super::NameIndex;
use super::breaks::Sign;
use super::clauses::Clause;
use super::manner::{Manner, When};
use super::reach::{Next, Reach, says_more};
use super::spot::Spotted;
use super::words::{Mark, Says};

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

/// Where a phrase stands in a statement.
struct Place<'c> {
    clause: &'c Clause,
    words: &'c [String],
    start: usize,
    end: usize,
}

/// The nearest name before a place.
fn before(found: &mut [Spotted], at: usize) -> Option<&mut Spotted> {
    found.iter_mut().rev().find(|spotted| spotted.start < at)
}

impl NameIndex {
    /// What the words outside the names say, which names they deny, and whether one of them was not understood.
    ///
    /// A denial reaches forward to the name that follows it, over words that a denial reaches over and no others: "no oil on the
    /// eczema" denies the oil, "no medicine for my epilepsy" denies no epilepsy. At the end of a statement, or before a sign, it
    /// reaches back to the nearest name: "pacemaker: none". A denial of a denial denies nothing.
    pub(super) fn hear(&self, clause: &Clause, words: &[String], found: &mut Vec<Spotted>, carried: bool) -> Heard {
        let mut heard = Heard::default();
        let mut reach = Reach::of(carried);
        let mut at = 0;
        while let Some(rest) = words.get(at..).filter(|rest| !rest.is_empty()) {
            if let Some(sign) = clause.breaks.before(at) {
                reach.part(sign);
            }
            if let Some(spotted) = found.iter_mut().find(|spotted| spotted.start == at) {
                let is_parted = clause.breaks.any_in(at + 1..spotted.end());
                reach.meet(spotted, clause.breaks.is_tied(at), is_parted);
                at = spotted.end();
                continue;
            }
            // A phrase must not reach into a name or over a sign.
            let name = found.iter().map(|spotted| spotted.start).find(|start| *start > at).unwrap_or(words.len());
            let until = clause.breaks.next(at).map_or(name, |sign| sign.min(name));
            let free = rest.get(..until - at).unwrap_or(rest);
            let (word, took) = self.one_word_more(free);
            let phrase = free.get(..took).unwrap_or_default();
            let place = Place { clause, words, start: at, end: at + took };
            at += took;
            if reach.refusing && self.words.is_undone(phrase) {
                // "not healed", "not ruled out"
                heard.manner.still = true;
                before(found, place.start).into_iter().for_each(Spotted::doubt);
                reach = Reach::default();
                continue;
            }
            let mark = self.words.mark(phrase);
            if let Some(mark) = mark.filter(|mark| !(*mark == Mark::Anew && self.goes_on(&place, phrase))) {
                reach.mark(mark, &mut heard.manner);
            }
            match word {
                Word::Strange => {
                    heard.strange = true;
                    reach.stop();
                }
                Word::Nothing => {}
                Word::When(when) => heard.manner.date(when),
                Word::Region(region) => heard.manner.region = Some(region),
                Word::Says(Says::NotThere) => {
                    heard.denies = true;
                    reach = self.deny(&place, mark, found, &reach);
                }
                Word::Says(Says::Ended) => {
                    if let Some(spotted) = before(found, at) {
                        (spotted.denied, spotted.doubted, spotted.ended) = (false, false, true);
                    }
                    reach = Reach { next: Next::Ended, ..Reach::default() };
                    // Of a statement without a name.
                    heard.manner.ended = true;
                }
                Word::Says(says) => {
                    // "old" says less than "healed".
                    heard.manner.healed |= says == Says::Over && mark != Some(Mark::Earlier);
                    says_more(says, &mut reach, &mut heard.manner);
                }
            }
            if mark == Some(Mark::Yes) {
                before(found, place.start).into_iter().for_each(Spotted::doubt);
            }
        }
        self.keep_what_is_inside(words, found);
        let old = Manner { over: true, ..heard.manner };
        if old.is_back() {
            self.keep_what_is_back(words, found);
        }
        heard
    }

    /// Whether a word that begins a statement elsewhere goes on here with the one before: "never pregnant or had surgery".
    fn goes_on(&self, place: &Place<'_>, phrase: &[String]) -> bool {
        place.start == 0 && place.clause.or_before && !self.words.speak_of_oneself(phrase)
    }

    /// What a denial at this place denies before it, and how far it reaches from there.
    fn deny(&self, place: &Place<'_>, mark: Option<Mark>, found: &mut [Spotted], reach: &Reach) -> Reach {
        if reach.refusing {
            // "not without a pacemaker"
            return Reach::default();
        }
        let breaks = &place.clause.breaks;
        let is_last = place.end >= place.words.len() || breaks.before(place.end).is_some();
        let next = found.iter().find(|spotted| spotted.start == place.end);
        let is_answer = mark == Some(Mark::Answer);
        // "allergies none pregnant", "Asthma: no Pregnant: yes"; not "blood pressure normal with tablets"
        let is_form =
            next.is_some_and(|next| is_answer || reach.asked && breaks.before(next.end()) == Some(Sign::Asks));
        let mut has_answered = false;
        if (is_last || is_form) && reach.next != Next::Denied {
            has_answered = self.deny_before(place, found);
        }
        let next = match () {
            () if has_answered => Next::Plain,
            // "Diabetes: no epilepsy" may deny the one or the other, and "none" what stands before it.
            () if is_answer || reach.asked => Next::Doubted,
            () => Next::Denied,
        };
        Reach { next, refusing: true, ..Reach::default() }
    }

    /// Denies the name that a denial answers and those tied to it; false where none stands right before it.
    fn deny_before(&self, place: &Place<'_>, found: &mut [Spotted]) -> bool {
        let breaks = &place.clause.breaks;
        let Some(last) = found.iter().rposition(|spotted| spotted.start < place.start) else { return false };
        let Some(end) = found.get(last).map(Spotted::end) else { return false };
        let sign = (end..=place.start).rev().find(|at| breaks.before(*at).is_some());
        let answers = |word: &String| self.words.mark(std::slice::from_ref(word)) == Some(Mark::Anew);
        // "Medication: warfarin / Other: none" denies the others.
        if sign
            .is_some_and(|from| !place.words.get(from..place.start).is_some_and(|between| between.iter().all(answers)))
        {
            return false;
        }
        let mut from = place.start;
        for spotted in found.iter_mut().take(last + 1).rev() {
            if from < place.start && !(spotted.end() == from && breaks.is_tied(from)) {
                break;
            }
            spotted.denied = true;
            from = spotted.start;
        }
        true
    }

    /// A denied name may hold another, which the client has: "no bleeding in my pregnancy", "not cured of cancer".
    fn keep_what_is_inside(&self, words: &[String], found: &mut Vec<Spotted>) {
        let mut kept = Vec::new();
        for spotted in found.iter_mut().filter(|spotted| spotted.denied) {
            let name = words.get(spotted.start..spotted.end()).unwrap_or_default();
            spotted.now = name.iter().any(|word| self.words.mark(std::slice::from_ref(word)) == Some(Mark::Now));
            let mine = name.iter().position(|word| self.words.is_mine(word)).map(|at| at + 1);
            let undone = |word: &String| {
                let word = std::slice::from_ref(word);
                // "no relapse MS"
                let flares = |says| says == Says::Phase(Phase::Flare);
                self.words.is_undone(word) || self.words.phrase(word).is_some_and(|(says, _)| flares(says))
            };
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

    /// What is old and there again is what it was: an "old fracture acting up" is a fracture.
    fn keep_what_is_back(&self, words: &[String], found: &mut Vec<Spotted>) {
        let is_earlier = |word: &&String| self.words.mark(std::slice::from_ref(*word)) == Some(Mark::Earlier);
        let mut kept = Vec::new();
        for spotted in found.iter().filter(|spotted| !spotted.denied) {
            let name = words.get(spotted.start..spotted.end()).unwrap_or_default();
            if name.iter().any(|word| is_earlier(&word)) {
                let rest: Vec<String> = name.iter().filter(|word| !is_earlier(word)).cloned().collect();
                kept.extend(self.spot(&rest).into_iter().map(|inner| Spotted { start: spotted.start, ..inner }));
            }
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
