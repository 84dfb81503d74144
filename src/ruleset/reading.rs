//! From a request to facts: every name resolved or kept as not understood, every fault listed.

use jiff::civil::Date;

use crate::model::{
    AssessmentRequest, ClientRequest, ConditionRequest, Coverage, Effect, Fault, Intake, Language, PhaseSet,
    Recognised, RecognisedBy, RegionId, ScreeningRequest, SessionRequest, SetAside, SetAsideBecause, State,
    SymptomRequest, Truth, Unrecognised,
};

use super::categories::CategorySet;
use super::facts::{ClearanceFact, ClientFacts, ConditionFact, Facts, Felt, ProductFacts, SessionFacts};
use super::index::{Category, ConditionIx, Place, Ruleset};
use super::manner::{Told, told};
use super::names::{CodeSays, Manner, Match, Reading};
use super::regions::RegionSet;

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

    fn session(&mut self, request: &SessionRequest, today: Date) -> Option<SessionFacts> {
        let names = self.ruleset.names();
        let massage_type = names.massage_type(&request.massage_type);
        if massage_type.is_none() {
            let guesses = names.massage_types_like(&request.massage_type);
            self.faults.push(
                Fault::new("/session/massageType", "unknown-massage-type", "no massage type has this name")
                    .guessing(guesses),
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
                self.faults
                    .push(Fault::new(pointer, "unknown-technique", "no technique has this name").guessing(guesses));
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

    /// Resolves a report of what is felt after a session; what is felt stands among the conditions, marked as such.
    ///
    /// # Errors
    /// Every fault at once, as for a screening.
    pub fn read_report(ruleset: &Ruleset, request: &AssessmentRequest, today: Date) -> Result<Self, Vec<Fault>> {
        let mut reader = Reader::new(ruleset, MOST_CONDITIONS);
        let session = reader.session(&request.session, today);
        let client = reader.client(request.client.as_ref());
        let on = request.session.date.unwrap_or(today);
        if request.hours_since_session.is_some_and(|hours| hours > MOST_HOURS) {
            reader.faults.push(Fault::new("/hoursSinceSession", "out-of-range", "from 0 to 8760 hours"));
        }
        let mut found = reader.conditions("/conditions", &request.conditions, &[], on);
        let (symptoms, felt) = reader.symptoms(request);
        let felt_now = reader.conditions("/symptoms", &symptoms, &felt, on);
        found.present.extend(felt_now.present.into_iter().map(|mut fact| {
            fact.felt.since_session = true;
            fact
        }));
        found.absent.extend(felt_now.absent);
        found.ambiguous.extend(felt_now.ambiguous);
        let Reader { faults, coverage, .. } = reader;
        let Some(session) = session.filter(|_| faults.is_empty()) else {
            return Err(faults);
        };
        let mut facts = Self {
            session,
            client,
            intake: request.intake,
            asked: if request.intake == Intake::Complete { CategorySet::ALL } else { CategorySet::default() },
            asked_listed: false,
            conditions: found.present,
            absent: found.absent,
            clearances: Vec::new(),
            clearances_listed: 0,
            ambiguous: found.ambiguous,
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
}

impl Facts {
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

/// One entry of a request that names conditions.
#[derive(Clone, Copy)]
struct Named<'n> {
    pointer: &'n str,
    request: &'n ConditionRequest,
    region: Option<usize>,
    felt: Felt,
}

/// What was found among the conditions of a request.
#[derive(Default)]
struct Conditions {
    present: Vec<ConditionFact>,
    absent: Vec<ConditionIx>,
    ambiguous: Vec<(String, Vec<ConditionIx>)>,
}

impl Reader<'_> {
    fn client(&mut self, request: Option<&ClientRequest>) -> ClientFacts {
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

    /// What was named, reading by reading, and whether something of it was not understood; `None` where that is a fault.
    fn find(&mut self, pointer: &str, request: &ConditionRequest) -> Option<(Vec<Reading>, bool)> {
        let names = self.ruleset.names();
        let one = |found: Match, says: CodeSays| {
            let manner =
                Manner { phase: says.phase, control: says.control, severity: says.severity, ..Manner::default() };
            vec![Reading { meanings: vec![found.condition], by: found.by, manner }]
        };
        let (mut readings, mut leftover, text, at) = match (&request.id, &request.code, &request.text) {
            (Some(id), None, None) => {
                let readings: Vec<Reading> =
                    names.by_id(id).map(|found| one(found, CodeSays::default())).unwrap_or_default();
                let leftover = readings.is_empty();
                (readings, leftover, id, "id")
            }
            (None, Some(code), None) => {
                let found = names.by_code(&code.system, &code.code);
                let readings: Vec<Reading> = found.map(|(found, says)| one(found, says)).unwrap_or_default();
                let leftover = readings.is_empty();
                (readings, leftover, &code.code, "code/code")
            }
            (None, None, Some(text)) => {
                let understood = names.understand(text);
                (understood.readings, understood.leftover, text, "text")
            }
            _ => {
                let detail = "name the condition by exactly one of `id`, `code` and `text`";
                self.faults.push(Fault::new(pointer, "exactly-one-name", detail));
                return None;
            }
        };
        if self.refuse_address(&format!("{pointer}/{at}"), text) {
            return None;
        }
        // A heading says too little to be screened: it counts as not understood.
        let before = readings.len();
        readings.retain(|reading| {
            reading.meanings.iter().all(|meaning| !self.ruleset.condition(*meaning).document.heading)
        });
        leftover |= readings.len() < before;
        if leftover {
            let did_you_mean = if request.code.is_some() { Vec::new() } else { self.conditions_like(text) };
            let unrecognised = Unrecognised { pointer: pointer.to_owned(), text: text.clone(), did_you_mean };
            // A slip that was put right is listed as what it was taken for.
            if !readings.iter().any(|reading| reading.by == RecognisedBy::Approximate) {
                self.coverage.unrecognised.push(unrecognised);
            }
        }
        Some((readings, leftover))
    }

    fn conditions(&mut self, base: &str, requests: &[ConditionRequest], felt: &[Felt], on: Date) -> Conditions {
        let mut found = Conditions { present: Vec::with_capacity(requests.len() + 1), ..Conditions::default() };
        if requests.len() > self.most_conditions {
            self.faults.push(Fault::new(base, "too-many-items", "at most 200 entries"));
            return found;
        }
        for (at, request) in requests.iter().enumerate() {
            let pointer = format!("{base}/{at}");
            let region =
                request.body_region.as_ref().and_then(|name| self.region(&format!("{pointer}/bodyRegion"), name));
            let Some((readings, leftover)) = self.find(&pointer, request) else { continue };
            let state = request.state.unwrap_or_default();
            if leftover && state != State::Absent {
                let approximate = readings.iter().any(|reading| reading.by == RecognisedBy::Approximate);
                let fallbacks = self.ruleset.fallbacks();
                let stand_in = fallbacks.approximate.filter(|_| approximate).unwrap_or(fallbacks.unrecognised);
                found.present.push(ConditionFact::bare(stand_in, pointer.clone()));
            }
            for reading in readings {
                let named =
                    Named { pointer: &pointer, request, region, felt: felt.get(at).copied().unwrap_or_default() };
                self.reading(&named, &reading, on, &mut found);
            }
        }
        found
    }

    /// Takes one condition that was named into the facts.
    fn reading(&mut self, named: &Named<'_>, reading: &Reading, on: Date, found: &mut Conditions) {
        let Named { pointer, request, region, felt } = *named;
        for meaning in &reading.meanings {
            let condition = self.ruleset.condition(*meaning);
            let id = condition.id.clone();
            let told = told(&reading.manner, condition.document.kind, request, on);
            let because = match told {
                Told::Denied => Some(SetAsideBecause::Denied),
                Told::SomebodyElses => Some(SetAsideBecause::FamilyHistory),
                Told::Absent | Told::Own { .. } => None,
            };
            if let Some(because) = because {
                self.coverage.set_aside.push(SetAside { pointer: pointer.to_owned(), id, because });
            } else {
                self.coverage.recognised.push(Recognised { pointer: pointer.to_owned(), id, by: reading.by });
            }
            match told {
                // A denial that was only nearly understood denies nothing.
                Told::Denied | Told::Absent if reading.by != RecognisedBy::Approximate => found.absent.push(*meaning),
                Told::SomebodyElses if !(reading.manner.over || reading.manner.ended || reading.manner.had) => {
                    if let Some(met) = met_by(self.ruleset, *meaning) {
                        let id = self.ruleset.condition(met).id.clone();
                        self.coverage.recognised.push(Recognised { pointer: pointer.to_owned(), id, by: reading.by });
                        found.present.push(ConditionFact::bare(met, pointer.to_owned()));
                    }
                }
                Told::Denied | Told::Absent | Told::SomebodyElses => {}
                Told::Own { present, phase, onset, resolved } => found.present.push(ConditionFact {
                    condition: *meaning,
                    pointer: pointer.to_owned(),
                    present,
                    phase,
                    control: request.control.or(reading.manner.control),
                    severity: request.severity.or(reading.manner.severity),
                    place: region.or(reading.manner.region).map(|number| self.place(&[number])),
                    onset,
                    resolved,
                    lifelong: !condition.document.lifelong.is_empty(),
                    felt,
                }),
            }
        }
        if reading.meanings.len() > 1 && !reading.manner.denied && !reading.manner.family {
            found.ambiguous.push((pointer.to_owned(), reading.meanings.clone()));
        }
    }

    /// The categories of which the client was asked in full.
    fn asked(&mut self, intake: Intake, named: Option<&[String]>) -> CategorySet {
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

    /// What is felt, as conditions and what is felt of each.
    fn symptoms(&mut self, request: &AssessmentRequest) -> (Vec<ConditionRequest>, Vec<Felt>) {
        if request.symptoms.len() > 50 {
            self.faults.push(Fault::new("/symptoms", "too-many-items", "at most 50 symptoms"));
            return (Vec::new(), Vec::new());
        }
        for (at, symptom) in request.symptoms.iter().enumerate() {
            for (field, hours) in
                [("onsetHoursAfter", symptom.onset_hours_after), ("durationHours", symptom.duration_hours)]
            {
                if hours.is_some_and(|hours| hours > MOST_HOURS) {
                    let pointer = format!("/symptoms/{at}/{field}");
                    self.faults.push(Fault::new(pointer, "out-of-range", "from 0 to 8760 hours"));
                }
            }
        }
        request.symptoms.iter().map(|symptom| felt(symptom, request.hours_since_session)).unzip()
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

/// A year of hours.
const MOST_HOURS: u16 = 8760;

/// A symptom as a condition, and what is felt of it; what still lasts has lasted since it began.
fn felt(symptom: &SymptomRequest, hours_since_session: Option<u16>) -> (ConditionRequest, Felt) {
    let since_onset =
        hours_since_session.zip(symptom.onset_hours_after).and_then(|(now, onset)| now.checked_sub(onset));
    let felt = Felt {
        since_session: true,
        onset_hours: symptom.onset_hours_after,
        duration_hours: symptom.duration_hours.or(since_onset),
        trend: symptom.trend,
    };
    let condition = ConditionRequest {
        id: symptom.id.clone(),
        code: symptom.code.clone(),
        text: symptom.text.clone(),
        state: symptom.state,
        severity: symptom.severity,
        body_region: symptom.body_region.clone(),
        ..ConditionRequest::default()
    };
    (condition, felt)
}

/// What a client has met whose relative has this condition.
fn met_by(ruleset: &Ruleset, theirs: ConditionIx) -> Option<ConditionIx> {
    let above = ruleset.condition(theirs).ancestors.iter();
    let id = above.filter_map(|above| ruleset.condition(*above).document.others_have_it.as_ref()).next()?;
    Some(ruleset.names().by_id(id.as_str())?.condition)
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
