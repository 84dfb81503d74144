//! What a request says of the client besides conditions: who they are, who agreed, and what they were asked.

use crate::model::{ClientRequest, Fault, Intake, ScreeningRequest, Unrecognised};

use super::super::categories::CategorySet;
use super::super::facts::{ClearanceFact, ClientFacts};
use super::Reader;

impl Reader<'_> {
    pub(super) fn client(&mut self, request: Option<&ClientRequest>) -> ClientFacts {
        let Some(client) = request else { return ClientFacts::default() };
        if client.age.is_some_and(|age| age > 130) {
            self.faults.push(Fault::new("/client/age", "out-of-range", "from 0 to 130 years"));
        }
        if client.pregnancy_weeks.is_some_and(|weeks| weeks > 45) {
            self.faults.push(Fault::new("/client/pregnancyWeeks", "out-of-range", "from 0 to 45 weeks"));
        }
        ClientFacts {
            age: client.age,
            pregnancy_weeks: client.pregnancy_weeks,
            sex: client.sex,
            activity_level: client.activity_level,
            first_session: client.first_session,
        }
    }

    /// The categories of which the client was asked in full.
    pub(super) fn asked(&mut self, intake: Intake, named: Option<&[String]>) -> CategorySet {
        let categories = self.ruleset.categories();
        let mut asked = if intake == Intake::Complete { CategorySet::ALL } else { CategorySet::default() };
        for (at, name) in named.into_iter().flatten().enumerate() {
            if let Some(category) = categories.iter().find(|category| *category.id == **name) {
                asked = asked.union(category.set);
            } else {
                let guesses = self.ruleset.names().categories_like(name);
                let pointer = format!("/asked/{at}");
                self.faults
                    .push(Fault::new(pointer, "unknown-category", "no category has this name").guessing(guesses));
            }
        }
        asked
    }

    pub(super) fn clearances(&mut self, request: &ScreeningRequest) -> Vec<ClearanceFact> {
        let mut facts = Vec::new();
        for (number, clearance) in request.clearances.iter().flatten().enumerate() {
            let pointer = format!("/clearances/{number}/condition");
            if self.refuse_address(&pointer, &clearance.condition) {
                continue;
            }
            let names = self.ruleset.names();
            let found = names.by_id(&clearance.condition).or_else(|| names.by_text(&clearance.condition));
            if let Some(found) = found {
                facts.push(ClearanceFact {
                    condition: found.condition,
                    by: clearance.by,
                    date: clearance.date,
                    number,
                });
            } else {
                let did_you_mean = self.conditions_like(&clearance.condition);
                self.coverage.unrecognised.push(Unrecognised {
                    pointer,
                    text: clearance.condition.clone(),
                    did_you_mean,
                });
            }
        }
        facts
    }
}
