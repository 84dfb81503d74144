//! From a request to facts: every name resolved or kept as not understood, every fault listed.

mod client;
mod conditions;
mod report;
mod session;

use jiff::civil::Date;

use crate::model::{
    Coverage, Effect, Fault, Language, PhaseSet, Recognised, RecognisedBy, RegionId, ScreeningRequest, Truth,
};

use super::facts::{ConditionFact, Facts};
use super::index::{Category, ConditionIx, Place, Ruleset};
use super::regions::RegionSet;
use conditions::Conditions;

/// Whether a text holds what looks like an e-mail address.
#[must_use]
pub fn has_address(text: &str) -> bool {
    text.split_whitespace().any(|word| {
        word.split_once('@')
            .is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !host.starts_with('.'))
    })
}

struct Reader<'r> {
    ruleset: &'r Ruleset,
    most_conditions: usize,
    faults: Vec<Fault>,
    coverage: Coverage,
    /// Whether to guess at what may have been meant by a name that is not understood: that takes most of the time.
    guesses: bool,
}

/// The most conditions that a request may list; a health record may hold more.
const MOST_CONDITIONS: usize = 200;

impl<'r> Reader<'r> {
    fn new(ruleset: &'r Ruleset, most_conditions: usize) -> Self {
        Self { ruleset, most_conditions, faults: Vec::new(), coverage: Coverage::default(), guesses: true }
    }
}

impl Reader<'_> {
    fn conditions_like(&self, name: &str) -> Vec<String> {
        if self.guesses { self.ruleset.names().conditions_like(name) } else { Vec::new() }
    }

    fn refuse_address(&mut self, pointer: &str, text: &str) -> bool {
        let found = has_address(text);
        if found {
            self.faults.push(Fault::new(
                pointer,
                "personal-data",
                "looks like an e-mail address; the service takes nothing that identifies a person",
            ));
        }
        found
    }

    fn region(&mut self, pointer: &str, name: &str) -> Option<usize> {
        let found = self.ruleset.names().region(name);
        if found.is_none() {
            let guesses = self.ruleset.names().regions_like(name);
            self.faults
                .push(Fault::new(pointer, "unknown-body-region", "no body region has this name").guessing(guesses));
        }
        found
    }

    fn place(&mut self, regions: &[usize]) -> Place {
        let mut set = RegionSet::default();
        let mut ids: Vec<RegionId> = Vec::new();
        for region in regions.iter().filter_map(|number| self.ruleset.regions().get(*number)) {
            set = set.union(region.set);
            ids.push(region.id.clone());
        }
        ids.sort();
        ids.dedup();
        Place { set, ids }
    }
}

impl Facts {
    /// Resolves a request against a ruleset; `today` stands in for a session without a date.
    ///
    /// What is not recognised among the conditions is kept: it is listed in [`Facts::coverage`] and stands among the conditions
    /// as the ruleset's `unrecognised` fallback. So does a partial intake.
    ///
    /// # Errors
    /// Every fault at once: a massage type, region or technique that does not exist, a condition with none or several of
    /// `id`, `code` and `text`, numbers out of range, texts that look like an e-mail address.
    pub fn read(ruleset: &Ruleset, request: &ScreeningRequest, today: Date) -> Result<Self, Vec<Fault>> {
        Self::of(Reader::new(ruleset, MOST_CONDITIONS), request, today)
    }

    /// As [`Facts::read`], for what was read from a health record: it may hold more conditions than a request may list, and
    /// none of them must be lost.
    ///
    /// # Errors
    /// As [`Facts::read`].
    pub fn read_record(ruleset: &Ruleset, request: &ScreeningRequest, today: Date) -> Result<Self, Vec<Fault>> {
        Self::of(Reader::new(ruleset, usize::MAX), request, today)
    }

    /// As [`Facts::read`], for a request that differs in its session alone from one that was read: what is not understood is not
    /// guessed at again.
    ///
    /// # Errors
    /// As [`Facts::read`].
    pub fn read_again(ruleset: &Ruleset, request: &ScreeningRequest, today: Date) -> Result<Self, Vec<Fault>> {
        Self::of(Reader { guesses: false, ..Reader::new(ruleset, MOST_CONDITIONS) }, request, today)
    }

    fn of(mut reader: Reader<'_>, request: &ScreeningRequest, today: Date) -> Result<Self, Vec<Fault>> {
        let ruleset = reader.ruleset;
        let session = reader.session(&request.session, today);
        let client = reader.client(request.client.as_ref());
        let on = request.session.date.unwrap_or(today);
        let Conditions { present: conditions, absent, ambiguous } =
            reader.conditions("/conditions", &request.conditions, &[], on);
        let clearances = reader.clearances(request);
        let asked = reader.asked(request.intake, request.asked.as_deref());
        let Reader { faults, coverage, .. } = reader;
        let Some(session) = session.filter(|_| faults.is_empty()) else {
            return Err(faults);
        };
        let clearances_listed = request.clearances.as_ref().map_or(0, Vec::len);
        let mut facts = Self {
            session,
            client,
            intake: request.intake,
            asked,
            asked_listed: request.asked.is_some(),
            conditions,
            absent,
            clearances,
            clearances_listed,
            ambiguous,
            coverage,
            language: Language::En,
        };
        facts.complete(ruleset);
        Ok(facts)
    }

    /// Adds what follows from what was told: a pregnancy from its weeks, a stand-in for what was not asked.
    fn complete(&mut self, ruleset: &Ruleset) {
        let fallbacks = ruleset.fallbacks();
        let on = self.session.date;
        let known = |pregnancy: ConditionIx| {
            self.conditions.iter().any(|fact| {
                fact.present == Truth::True
                    && ruleset.is_a(fact.condition, pregnancy)
                    && fact.phases(on).within(PhaseSet::CURRENT)
            })
        };
        if self.client.pregnancy_weeks.is_some()
            && let Some(pregnancy) = fallbacks.pregnancy.filter(|pregnancy| !known(*pregnancy))
        {
            let pointer = "/client/pregnancyWeeks".to_owned();
            let id = ruleset.condition(pregnancy).id.clone();
            self.coverage.recognised.push(Recognised { pointer: pointer.clone(), id, by: RecognisedBy::Attribute });
            self.conditions.push(ConditionFact::bare(pregnancy, pointer));
        }
        let not_asked = self.not_asked(ruleset);
        if !not_asked.is_empty() {
            self.conditions.push(ConditionFact::bare(fallbacks.incomplete_intake, "/intake".to_owned()));
            self.coverage.not_asked = not_asked.iter().map(|category| category.id.to_string()).collect();
        }
    }

    /// The categories that bear on this session and of which the client was not asked in full, by id.
    #[must_use]
    pub fn not_asked<'r>(&self, ruleset: &'r Ruleset) -> Vec<&'r Category> {
        let bears =
            |category: &Category| {
                category.rules.iter().map(|ix| ruleset.rule(*ix)).any(|rule| {
                    rule.effect >= Effect::Caution && rule.session.truth(ruleset, self, &mut ()) > Truth::False
                })
            };
        let unasked = ruleset.categories().iter().filter(|category| !category.set.within(self.asked));
        unasked.filter(|category| bears(category)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_seen_among_words() {
        assert!(has_address("mail me at ann@example.org please"));
        assert!(!has_address("pain @ the knee"));
        assert!(!has_address("@home"));
    }
}
