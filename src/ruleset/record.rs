//! What a rule read and missed, kept for the answer.

use super::answers::{Missing, is_of_condition, pointer};
use super::facts::{ConditionFact, Facts};
use super::predicate::{Fact, Witness};

/// Keeps what a rule read and missed.
#[derive(Debug, Default)]
pub struct Record {
    read: Vec<Fact>,
    missed: Vec<Fact>,
    missed_of: Vec<(Fact, usize)>,
    conditions: Vec<usize>,
}

impl Witness for Record {
    fn read(&mut self, fact: Fact) {
        self.read.push(fact);
    }
    fn missed(&mut self, fact: Fact) {
        self.missed.push(fact);
    }
    fn missed_of(&mut self, number: usize, fact: Fact) {
        self.missed_of.push((fact, number));
    }
    fn read_condition(&mut self, number: usize) {
        self.conditions.push(number);
    }
}

impl Record {
    /// Where in the request the facts stand that were read, in order and each once; `subject` is the condition weighed.
    #[must_use]
    pub fn pointers(&self, subject: Option<&ConditionFact>, facts: &Facts) -> Vec<String> {
        let at = subject.map(|subject| subject.pointer.as_str());
        let mut pointers: Vec<String> = self.read.iter().map(|fact| pointer(*fact, at)).collect();
        pointers.extend(at.map(str::to_owned));
        let others = self.conditions.iter().filter_map(|number| facts.conditions.get(*number));
        pointers.extend(others.map(|fact| fact.pointer.clone()));
        pointers.sort();
        pointers.dedup();
        pointers
    }

    /// The facts that were missed; `subject` is the place among the facts of the condition weighed.
    #[must_use]
    pub fn missing(&self, subject: Option<usize>) -> Vec<Missing> {
        let mut missing: Vec<Missing> =
            self.missed.iter().map(|fact| (*fact, subject.filter(|_| is_of_condition(*fact)))).collect();
        missing.extend(self.missed_of.iter().map(|(fact, number)| (*fact, Some(*number))));
        missing.sort_unstable();
        missing.dedup();
        missing
    }
}
