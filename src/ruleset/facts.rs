//! A request in the ruleset's own numbers: every name resolved, every default filled in, once.

use std::collections::BTreeMap;

use jiff::civil::Date;

use crate::model::{
    ActivityLevel, ClearedBy, ConditionRequest, Control, Coverage, Fault, Intake, Phase, PhaseSet, Pressure, Recognised,
    RecognisedBy, RegionId, ScreeningRequest, SessionRequest, Severity, Sex, State, Truth, Unrecognised,
};

use super::index::{ConditionIx, Place, Ruleset};
use super::names::Match;
use super::regions::RegionSet;

/// What is to be booked.
#[derive(Debug, Clone)]
pub struct SessionFacts {
    /// The massage type's number in the catalogue.
    pub massage_type: usize,
    /// The type's techniques and those booked with it, one bit each.
    pub techniques: u64,
    /// Techniques booked beyond the type's own.
    pub extra_techniques: u64,
    /// The pressure asked for, else the type's usual one.
    pub pressure: Pressure,
    /// Whether the pressure was asked for.
    pub pressure_given: bool,
    /// What is worked on; `None` is the whole body.
    pub regions: Option<Place>,
    /// The day.
    pub date: Date,
    /// How long, in minutes.
    pub duration_minutes: Option<u16>,
    /// What is used on the skin.
    pub products: ProductFacts,
}

/// What is used on the skin.
#[derive(Debug, Clone, Default)]
pub struct ProductFacts {
    /// The products understood, by number; `None` when nothing was told.
    pub known: Option<Vec<usize>>,
    /// Whether one was told that was not understood.
    pub unrecognised: bool,
}

/// What is known of the client apart from conditions.
#[derive(Debug, Clone, Copy, Default)]
pub struct ClientFacts {
    /// Age in full years.
    pub age: Option<u16>,
    /// Completed weeks of pregnancy.
    pub pregnancy_weeks: Option<u16>,
    /// Sex.
    pub sex: Option<Sex>,
    /// How the client usually moves.
    pub activity_level: Option<ActivityLevel>,
    /// Whether it is the first massage.
    pub first_session: Option<bool>,
}

/// One condition that the client has or may have.
#[derive(Debug, Clone)]
pub struct ConditionFact {
    /// Which.
    pub condition: ConditionIx,
    /// Where in the request it was named.
    pub pointer: String,
    /// Whether the client has it: unknown where they are not sure.
    pub present: Truth,
    /// Where it stands in its course.
    pub phase: Option<Phase>,
    /// Whether it is kept in check.
    pub control: Option<Control>,
    /// How bad it is.
    pub severity: Option<Severity>,
    /// Where it is.
    pub place: Option<Place>,
    /// The day it began.
    pub onset: Option<Date>,
    /// The day it was over.
    pub resolved: Option<Date>,
}

impl ConditionFact {
    /// A condition that is present, and nothing more is known of it.
    #[must_use]
    pub fn bare(condition: ConditionIx, pointer: String) -> Self {
        Self {
            condition,
            pointer,
            present: Truth::True,
            phase: None,
            control: None,
            severity: None,
            place: None,
            onset: None,
            resolved: None,
        }
    }

    /// The phases that it can be in on the day `on`.
    ///
    /// An end date that lies before a new beginning, or after the day itself, does not end the condition; a phase that was
    /// told stands, unless it says "over" before the end date.
    #[must_use]
    pub fn phases(&self, on: Date) -> PhaseSet {
        let ended = self.ended(on);
        match self.phase {
            Some(Phase::Resolved) if self.resolved.is_some() && !ended => PhaseSet::CURRENT,
            Some(phase) => phase.into(),
            None if ended => Phase::Resolved.into(),
            None => PhaseSet::CURRENT,
        }
    }

    /// Whether it was over on the day `on` by its dates.
    #[must_use]
    pub fn ended(&self, on: Date) -> bool {
        self.resolved.is_some_and(|end| end <= on && self.onset.is_none_or(|onset| onset <= end))
    }
}

/// Somebody's agreement.
#[derive(Debug, Clone, Copy)]
pub struct ClearanceFact {
    /// What it is about.
    pub condition: ConditionIx,
    /// Who agreed.
    pub by: ClearedBy,
    /// On which day.
    pub date: Date,
    /// Its place in the request.
    pub number: usize,
}

/// One client and one session, in the numbers of one ruleset.
#[derive(Debug, Clone)]
pub struct Facts {
    /// The session.
    pub session: SessionFacts,
    /// The client.
    pub client: ClientFacts,
    /// How much was asked.
    pub intake: Intake,
    /// The conditions that the client has or may have, with those that stand for what cannot be answered.
    pub conditions: Vec<ConditionFact>,
    /// The conditions that were asked and denied.
    pub absent: Vec<ConditionIx>,
    /// The agreements that are about a condition understood.
    pub clearances: Vec<ClearanceFact>,
    /// How many agreements the request lists, understood or not.
    pub clearances_listed: usize,
    /// What was understood and what was not.
    pub coverage: Coverage,
}

/// Whether a text holds what looks like an e-mail address.
#[must_use]
pub fn has_address(text: &str) -> bool {
    text.split_whitespace().any(|word| {
        word.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !host.starts_with('.'))
    })
}

struct Reader<'r> {
    ruleset: &'r Ruleset,
    faults: Vec<Fault>,
    coverage: Coverage,
}

impl Reader<'_> {
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
            self.faults.push(Fault::new(pointer, "unknown-body-region", "no body region has this name").guessing(guesses));
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

    fn session(&mut self, request: &SessionRequest, today: Date) -> Option<SessionFacts> {
        let names = self.ruleset.names();
        let massage_type = names.massage_type(&request.massage_type);
        if massage_type.is_none() {
            let guesses = names.massage_types_like(&request.massage_type);
            self.faults.push(
                Fault::new("/session/massageType", "unknown-massage-type", "no massage type has this name").guessing(guesses),
            );
        }
        let mut regions = None;
        if let Some(named) = &request.body_regions {
            if named.is_empty() {
                self.faults.push(Fault::new(
                    "/session/bodyRegions",
                    "too-few-items",
                    "name at least one region, or leave the field out for the whole body",
                ));
            }
            let numbers: Vec<usize> = named
                .iter()
                .enumerate()
                .filter_map(|(at, name)| self.region(&format!("/session/bodyRegions/{at}"), name))
                .collect();
            regions = Some(self.place(&numbers));
        }
        if let Some(minutes) = request.duration_minutes
            && !(1..=600).contains(&minutes)
        {
            self.faults.push(Fault::new("/session/durationMinutes", "out-of-range", "from 1 to 600 minutes"));
        }
        let products = self.products(request.products.as_deref());
        let mut extra = 0;
        for (at, name) in request.techniques.iter().flatten().enumerate() {
            if let Some(number) = names.technique(name) {
                extra |= 1_u64 << number;
            } else {
                let guesses = names.techniques_like(name);
                let pointer = format!("/session/techniques/{at}");
                self.faults.push(Fault::new(pointer, "unknown-technique", "no technique has this name").guessing(guesses));
            }
        }
        let massage_type = massage_type?;
        let kind = self.ruleset.massage_types().get(massage_type)?;
        Some(SessionFacts {
            massage_type,
            techniques: kind.techniques | extra,
            extra_techniques: extra,
            pressure: request.pressure.unwrap_or(kind.usual_pressure),
            pressure_given: request.pressure.is_some(),
            regions,
            date: request.date.unwrap_or(today),
            duration_minutes: request.duration_minutes,
            products,
        })
    }

    fn products(&mut self, named: Option<&[String]>) -> ProductFacts {
        let Some(named) = named else { return ProductFacts::default() };
        let mut facts = ProductFacts { known: Some(Vec::new()), unrecognised: false };
        for (at, name) in named.iter().enumerate() {
            let pointer = format!("/session/products/{at}");
            if self.refuse_address(&pointer, name) {
                continue;
            }
            if let Some(number) = self.ruleset.names().product(name) {
                facts.known.get_or_insert_default().push(number);
            } else {
                facts.unrecognised = true;
                let did_you_mean = self.ruleset.names().products_like(name);
                self.coverage.unrecognised.push(Unrecognised { pointer, text: name.clone(), did_you_mean });
            }
        }
        facts
    }

    /// What the condition was named by; `None` where that is a fault.
    fn find(&mut self, pointer: &str, request: &ConditionRequest) -> Option<Result<Match, Unrecognised>> {
        let names = self.ruleset.names();
        let (found, text, at) = match (&request.id, &request.code, &request.text) {
            (Some(id), None, None) => (names.by_id(id), id.clone(), "id"),
            (None, Some(code), None) => (names.by_code(&code.system, &code.code), code.code.clone(), "code"),
            (None, None, Some(text)) => (names.by_text(text), text.clone(), "text"),
            _ => {
                self.faults.push(Fault::new(
                    pointer,
                    "exactly-one-name",
                    "name the condition by exactly one of `id`, `code` and `text`",
                ));
                return None;
            }
        };
        if self.refuse_address(&format!("{pointer}/{at}"), &text) {
            return None;
        }
        // A heading says too little to be screened: it counts as not understood.
        let found = found.filter(|found| !self.ruleset.condition(found.condition).document.heading);
        Some(found.ok_or_else(|| {
            let did_you_mean = if request.code.is_some() { Vec::new() } else { names.conditions_like(&text) };
            Unrecognised { pointer: pointer.to_owned(), text, did_you_mean }
        }))
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
        let mut reader = Reader { ruleset, faults: Vec::new(), coverage: Coverage::default() };
        let session = reader.session(&request.session, today);
        let client = reader.client(request);
        let (mut conditions, absent) = reader.conditions(&request.conditions);
        let clearances = reader.clearances(request);
        let Reader { faults, mut coverage, .. } = reader;
        let Some(session) = session.filter(|_| faults.is_empty()) else {
            return Err(faults);
        };
        let fallbacks = ruleset.fallbacks();
        if client.pregnancy_weeks.is_some()
            && let Some(pregnancy) = fallbacks.pregnancy
            && !conditions.iter().any(|fact| {
                fact.present == Truth::True
                    && ruleset.is_a(fact.condition, pregnancy)
                    && fact.phases(session.date).within(PhaseSet::CURRENT)
            })
        {
            let pointer = "/client/pregnancyWeeks".to_owned();
            let id = ruleset.condition(pregnancy).id.clone();
            coverage.recognised.push(Recognised { pointer: pointer.clone(), id, by: RecognisedBy::Attribute });
            conditions.push(ConditionFact::bare(pregnancy, pointer));
        }
        if request.intake == Intake::Partial {
            conditions.push(ConditionFact::bare(fallbacks.incomplete_intake, "/intake".to_owned()));
            coverage.not_asked = not_asked(ruleset, &conditions, &absent);
        }
        let clearances_listed = request.clearances.as_ref().map_or(0, Vec::len);
        Ok(Self { session, client, intake: request.intake, conditions, absent, clearances, clearances_listed, coverage })
    }
}

impl Reader<'_> {
    fn client(&mut self, request: &ScreeningRequest) -> ClientFacts {
        let Some(client) = &request.client else { return ClientFacts::default() };
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

    fn conditions(&mut self, requests: &[ConditionRequest]) -> (Vec<ConditionFact>, Vec<ConditionIx>) {
        let mut present = Vec::with_capacity(requests.len() + 1);
        let mut absent = Vec::new();
        if requests.len() > 200 {
            self.faults.push(Fault::new("/conditions", "too-many-items", "at most 200 conditions"));
            return (present, absent);
        }
        for (at, request) in requests.iter().enumerate() {
            let pointer = format!("/conditions/{at}");
            let region = request
                .body_region
                .as_ref()
                .and_then(|name| self.region(&format!("{pointer}/bodyRegion"), name));
            let place = region.map(|number| self.place(&[number]));
            let Some(found) = self.find(&pointer, request) else { continue };
            let state = request.state.unwrap_or_default();
            let found = match found {
                Ok(found) => {
                    let id = self.ruleset.condition(found.condition).id.clone();
                    self.coverage.recognised.push(Recognised { pointer: pointer.clone(), id, by: found.by });
                    found
                }
                Err(unrecognised) => {
                    self.coverage.unrecognised.push(unrecognised);
                    if state != State::Absent {
                        present.push(ConditionFact::bare(self.ruleset.fallbacks().unrecognised, pointer));
                    }
                    continue;
                }
            };
            if state == State::Absent {
                absent.push(found.condition);
                continue;
            }
            present.push(ConditionFact {
                condition: found.condition,
                pointer,
                present: if state == State::Present { Truth::True } else { Truth::Unknown },
                phase: request.phase,
                control: request.control,
                severity: request.severity,
                place,
                onset: request.onset,
                resolved: request.resolved,
            });
        }
        (present, absent)
    }

    fn clearances(&mut self, request: &ScreeningRequest) -> Vec<ClearanceFact> {
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
                let did_you_mean = names.conditions_like(&clearance.condition);
                self.coverage.unrecognised.push(Unrecognised { pointer, text: clearance.condition.clone(), did_you_mean });
            }
        }
        facts
    }
}

/// The categories with a contraindication or precaution, none of whose conditions was mentioned.
fn not_asked(ruleset: &Ruleset, conditions: &[ConditionFact], absent: &[ConditionIx]) -> Vec<String> {
    let mut categories: BTreeMap<&str, bool> = BTreeMap::new();
    let fallbacks = ruleset.fallbacks();
    let stand_ins = [fallbacks.unrecognised, fallbacks.incomplete_intake].map(|ix| &ruleset.condition(ix).id);
    for condition in ruleset.conditions().iter().filter(|condition| !stand_ins.contains(&&condition.id)) {
        categories.entry(&condition.category).or_default();
    }
    for ix in conditions.iter().map(|fact| &fact.condition).chain(absent) {
        let condition = ruleset.condition(*ix);
        if !stand_ins.contains(&&condition.id) {
            categories.insert(&condition.category, true);
        }
    }
    categories.into_iter().filter(|(_, mentioned)| !mentioned).map(|(category, _)| category.to_owned()).collect()
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

    #[test]
    fn an_end_date_before_a_new_beginning_ends_nothing() {
        let day = |text: &str| text.parse::<Date>().unwrap();
        let mut fact = ConditionFact::bare(ConditionIx(0), String::new());
        fact.resolved = Some(day("2026-01-10"));
        assert!(fact.ended(day("2026-01-10")));
        assert!(!fact.ended(day("2026-01-09")));
        fact.onset = Some(day("2026-02-01"));
        assert!(!fact.ended(day("2026-03-01")));
        assert_eq!(fact.phases(day("2026-03-01")), PhaseSet::CURRENT);
        fact.phase = Some(Phase::Resolved);
        assert_eq!(fact.phases(day("2026-03-01")), PhaseSet::CURRENT);
    }
}
