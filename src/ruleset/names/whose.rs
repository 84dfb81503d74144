//! Whether what is named beside a person is plainly that person's.
//!
//! "My mother has epilepsy" is hers. "Ringworm from our cat", "allergic to baby oil" and "mother of two with varicose veins" may be
//! the client's own.

use std::ops::Range;

use super::breaks::Breaks;
use super::words::{Mark, Person, Words};

impl Words {
    /// Whether all persons among these words own what is named at `names`, in a form that leaves no doubt.
    pub(super) fn are_plainly_others(&self, words: &[String], names: &[Range<usize>], breaks: &Breaks) -> bool {
        if self.say_alike(words) {
            return false;
        }
        let mut at = 0;
        while let Some(rest) = words.get(at..).filter(|rest| !rest.is_empty()) {
            let inside = names.iter().find(|name| name.contains(&at));
            match (inside, self.person(rest)) {
                (None, Some((person, length))) => {
                    if !self.owns(words, at..at + length, person, names, breaks) {
                        return false;
                    }
                    at += length;
                }
                (Some(_), _) | (_, None) => at += 1,
            }
        }
        true
    }

    fn owns(
        &self,
        words: &[String],
        place: Range<usize>,
        person: Person,
        names: &[Range<usize>],
        breaks: &Breaks,
    ) -> bool {
        let before = words.get(..place.start).unwrap_or_default();
        let possessed = before.last().is_some_and(|word| self.is_mine(word));
        let lead = if possessed { before.get(..before.len() - 1).unwrap_or_default() } else { before };
        // "got my mother's varicose veins", and "for my mum" is a booking for her.
        if self.end_in_shared(lead) {
            return false;
        }
        let who = words.get(place.clone()).unwrap_or_default();
        let behind = words.get(place.end..).unwrap_or_default();
        match names.iter().find(|name| name.start >= place.end) {
            // "mother diabetes", but "baby oil allergy" and "wife pregnant"
            Some(name) if name.start == place.end => {
                let may_be_the_guest = self.may_be_the_guest(who) && !breaks.is_owner(place.end - 1);
                person == Person::Relative && (!may_be_the_guest || self.tell_of(words, name))
            }
            Some(_) => self.say_has(behind) || possessed && person == Person::Relative,
            None => {
                // "pregnant wife", but "epilepsy (father)"
                let is_told_of =
                    names.iter().any(|name| name.end == place.start) && breaks.before(place.start).is_none();
                let lead = match lead.split_last() {
                    Some((last, rest)) if self.is_small(last) && !self.end_in_through(lead) => rest,
                    _ => lead,
                };
                person == Person::Relative && !is_told_of && !self.end_in_through(lead)
            }
        }
    }

    /// Whether a name holds a word that tells of the person before it: "my wife just had a caesarean".
    fn tell_of(&self, words: &[String], name: &Range<usize>) -> bool {
        let inside = words.get(name.clone()).unwrap_or_default();
        inside.iter().any(|word| self.mark(std::slice::from_ref(word)) == Some(Mark::Anew))
    }
}
