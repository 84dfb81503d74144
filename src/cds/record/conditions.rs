//! `Condition`, `AllergyIntolerance` and `Procedure`: what there is, how sure it is, where it stands in its course.

use jiff::civil::Date;

use crate::model::{ConditionKind, ConditionRequest, Phase, RecognisedBy, Severity, State};
use crate::ruleset::{ConditionIx, Manner, Observations, Reading, RecordCode, has_address};

use super::super::date::Days;
use super::super::fhir::{self, Allergy, Coding, Concept, Condition, Procedure, Quantity};
use super::WarningCode;
use super::naming::{Naming, Sort, name, without_tag};
use super::reader::{Reader, Source};

/// What a procedure that only looked or talked says of the condition that it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Looked {
    /// It was looked for: nothing is said.
    For,
    /// It was looked at or talked of: it may be there.
    At,
}

/// What a procedure tells besides its name: then it is more than a look.
const OUTCOME: [&str; 6] = ["outcome", "complication", "complicationDetail", "report", "note", "reasonCode"];

/// What a resource says of a thing besides its name.
#[derive(Debug, Clone, Default)]
pub(super) struct Course {
    pub(super) state: Option<State>,
    pub(super) phase: Option<Phase>,
    pub(super) onset: Option<Date>,
    pub(super) resolved: Option<Date>,
    pub(super) severity: Option<Severity>,
    pub(super) regions: Vec<Option<String>>,
}

impl Course {
    /// The thing with everything that is said of it, once for each place.
    fn of(&self, named: &ConditionRequest) -> Vec<ConditionRequest> {
        let whole = [None];
        let regions: &[Option<String>] = if self.regions.is_empty() { &whole } else { &self.regions };
        let placed = |region: &Option<String>| ConditionRequest {
            // A name that says "perhaps" stands against a status that says "surely".
            state: match (self.state, named.state) {
                (Some(State::Absent), _) => Some(State::Absent),
                (Some(State::Unknown), _) | (_, Some(State::Unknown)) => Some(State::Unknown),
                (state, other) => state.or(other),
            },
            phase: self.phase,
            onset: self.onset,
            resolved: self.resolved,
            severity: self.severity,
            body_region: region.clone(),
            ..named.clone()
        };
        regions.iter().map(placed).collect()
    }
}

impl Reader<'_> {
    pub(super) fn condition(&mut self, source: &Source<'_>) {
        let condition: Condition = fhir::read(source.value);
        let Some(state) = verified(condition.verification_status.as_ref()) else { return };
        let course = Course {
            state,
            severity: condition.severity.as_ref().and_then(|severity| self.severity(severity)),
            regions: self.regions(&condition.body_site),
            ..Course::default()
        };
        let began = condition
            .onset_date_time
            .or_else(|| condition.onset_period.and_then(|period| period.start.or(period.end)))
            .or_else(|| self.at_age(condition.onset_age.as_ref()))
            .or(condition.recorded_date);
        let ended = condition
            .abatement_date_time
            .or_else(|| condition.abatement_period.and_then(|period| period.end))
            .or_else(|| self.at_age(condition.abatement_age.as_ref()));
        let status = clinical(condition.clinical_status.as_ref());
        // A status that nobody understands may say that it is here, whenever it ended.
        let unread = status.is_none() && source.value.get("clinicalStatus").is_some_and(|status| !status.is_null());
        let status = if unread { Some("unread") } else { status };
        for course in stages(&course, status, began, ended, self.on) {
            self.name(source, condition.code.as_ref(), Sort::Thing, &course);
        }
    }

    pub(super) fn allergy(&mut self, source: &Source<'_>) {
        let allergy: Allergy = fhir::read(source.value);
        let Some(state) = verified(allergy.verification_status.as_ref()) else { return };
        let status = clinical(allergy.clinical_status.as_ref());
        let severe = allergy.reaction.iter().any(|reaction| reaction.severity.as_deref() == Some("severe"));
        let course = Course {
            state: match (state, status) {
                (None, Some("inactive")) => Some(State::Unknown),
                (state, _) => state,
            },
            phase: (status == Some("resolved")).then_some(Phase::Resolved),
            severity: severe.then_some(Severity::Severe),
            ..Course::default()
        };
        let substances = allergy.reaction.iter().filter_map(|reaction| reaction.substance.as_ref());
        let says_nothing = |code: &Concept| {
            matches!(name(self.ruleset, code, Sort::Allergy), Naming::Nothing | Naming::NotKnown | Naming::Unreadable)
        };
        // A code that says "nothing" beside a substance that did something is to be weighed against it.
        let code = match allergy.code {
            Some(code) if !says_nothing(&code) => Some(code),
            code => code.into_iter().chain(substances.cloned()).reduce(Concept::with),
        };
        self.name(source, code.as_ref(), Sort::Allergy, &course);
    }

    pub(super) fn procedure(&mut self, source: &Source<'_>) {
        let procedure: Procedure = fhir::read(source.value);
        // What was not done, or is only planned, is no procedure that the client has had.
        if matches!(procedure.status.as_deref(), Some("not-done" | "entered-in-error" | "preparation")) {
            return;
        }
        let tells_more = OUTCOME.iter().any(|name| source.value.get(name).is_some_and(|it| !it.is_null()));
        let looked = procedure.code.as_ref().filter(|_| !tells_more).and_then(|code| self.looked(code));
        if looked == Some(Looked::For) {
            return;
        }
        let day = procedure
            .performed_date_time
            .or_else(|| procedure.performed_period.and_then(|period| period.end.or(period.start)))
            .or_else(|| self.at_age(procedure.performed_age.as_ref()));
        let course = Course {
            state: looked.map(|_| State::Unknown),
            onset: day.map(|day| last(day, self.on)),
            regions: self.regions(&procedure.body_site),
            ..Course::default()
        };
        self.name(source, procedure.code.as_ref(), Sort::Thing, &course);
    }

    /// What a procedure that only looked or talked was about: all its names say so, and no code is known or stands without a name.
    fn looked(&self, code: &Concept) -> Option<Looked> {
        let is_known = |code: RecordCode| self.ruleset.names().by_code(&code.system, &code.code).is_some();
        let is_bare = |coding: &Coding| coding.display.as_deref().is_none_or(|text| text.trim().is_empty());
        if code.codes().any(is_known) || code.coding.iter().any(is_bare) {
            return None;
        }
        let looked: Option<Vec<Looked>> = code.words().map(|text| self.looked_by_name(without_tag(text))).collect();
        looked?.into_iter().max()
    }

    fn looked_by_name(&self, name: &str) -> Option<Looked> {
        let look = self.ruleset.observations().look(name)?;
        if look.left.is_empty() {
            return Some(Looked::For);
        }
        let said = self.ruleset.names().understand(&look.left);
        // What was done to somebody, or is in them, was not looked for: it is there.
        let is_ill = |meaning: &ConditionIx| {
            let kind = self.ruleset.condition(*meaning).document.kind;
            !matches!(kind, ConditionKind::Procedure | ConditionKind::Device | ConditionKind::Medication)
        };
        let is_name = |reading: &Reading| {
            let plain = reading.by != RecognisedBy::Approximate && reading.manner == Manner::default();
            plain && reading.meanings.iter().all(is_ill)
        };
        let whole = !said.leftover && !said.nothing && said.readings.iter().all(is_name);
        whole.then_some(if look.seeks { Looked::For } else { Looked::At })
    }

    /// Adds what a concept names, with everything that is said of it.
    pub(super) fn name(&mut self, source: &Source<'_>, concept: Option<&Concept>, sort: Sort, course: &Course) {
        let nothing = Concept::default();
        if sort == Sort::Thing && concept.is_some_and(|concept| says_nothing(self.ruleset.observations(), concept)) {
            return;
        }
        match name(self.ruleset, concept.unwrap_or(&nothing), sort) {
            Naming::Nothing => {}
            Naming::NotKnown => self.lacks(source.key, WarningCode::NotKnown, &source.name),
            Naming::Unreadable => self.lacks(source.key, WarningCode::Unreadable, &source.name),
            // Of what is not there, nobody needs to know what it would have been.
            Naming::Things { contradictory: true, .. } if course.state == Some(State::Absent) => {
                self.warn(WarningCode::Contradictory, &source.name);
            }
            Naming::Things { conditions, contradictory } => {
                if contradictory {
                    self.warn(WarningCode::Contradictory, &source.name);
                }
                for condition in conditions.iter().flat_map(|named| course.of(named)) {
                    match sort {
                        Sort::Medicine => self.add_medicine(condition, &source.name),
                        Sort::Thing | Sort::Allergy => self.add(condition, &source.name),
                    }
                }
            }
        }
    }

    fn severity(&self, concept: &Concept) -> Option<Severity> {
        let observations = self.ruleset.observations();
        let by_word = |word: &str| serde_json::from_value(word.to_lowercase().into()).ok();
        concept.codes().find_map(|code| observations.severity(&code)).or_else(|| concept.words().find_map(by_word))
    }

    /// The places, each once; `None` stands for one that is not understood.
    fn regions(&self, sites: &[Concept]) -> Vec<Option<String>> {
        let mut regions: Vec<Option<String>> = sites.iter().map(|site| self.region(site)).collect();
        regions.sort();
        regions.dedup();
        regions
    }

    fn region(&self, site: &Concept) -> Option<String> {
        let by_code = site.codes().find_map(|code| self.ruleset.observations().region(&code).map(ToString::to_string));
        by_code.or_else(|| {
            let words = site.words().filter(|words| !has_address(words));
            words.flat_map(site_names).find(|name| self.ruleset.names().region(name).is_some())
        })
    }

    /// The days on which the client was of this age.
    fn at_age(&self, age: Option<&Quantity>) -> Option<Days> {
        let age = age?;
        let in_years =
            age.code.as_deref().or(age.unit.as_deref()).is_none_or(|unit| {
                matches!(unit.trim().to_lowercase().as_str(), "a" | "yr" | "yrs" | "year" | "years")
            });
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded by the line before")]
        let whole = age.value.filter(|years| (0.0..=130.0).contains(years)).map(|years| years as u16)?;
        self.birth.filter(|_| in_years)?.years_later(whole)
    }
}

/// Whether everything that it is called, in codes and in words, is one thing that does not bear on a massage.
fn says_nothing(observations: &Observations, concept: &Concept) -> bool {
    let codes: Option<Vec<RecordCode>> = concept.coding.iter().map(Coding::record_code).collect();
    let words: Vec<&str> = concept.words().map(without_tag).collect();
    codes.is_some_and(|codes| observations.says_nothing(&codes, &words))
}

/// How sure it is: `None` for what was entered in error, else the state, where it is not simply there. Where several things
/// are said, the one that leaves most open counts.
#[expect(clippy::option_option, reason = "not read at all is another thing than read without a state")]
fn verified(status: Option<&Concept>) -> Option<Option<State>> {
    let Some(status) = status else { return Some(None) };
    let says = |words: &[&str]| words.iter().any(|word| status.says(word));
    if says(&["confirmed"]) {
        Some(None)
    } else if says(&["unconfirmed", "provisional", "differential", "presumed"]) {
        Some(Some(State::Unknown))
    } else if says(&["refuted"]) {
        Some(Some(State::Absent))
    } else if says(&["entered-in-error"]) {
        None
    } else {
        Some(None)
    }
}

/// The clinical status. Of a status and its narrower one the narrower counts; one that says "here" and "over" at once says
/// no more than that it is here, and not since when.
fn clinical(status: Option<&Concept>) -> Option<&'static str> {
    let status = status?;
    let first = |words: &[&'static str]| words.iter().copied().find(|word| status.says(word));
    match (first(&["relapse", "recurrence", "active"]), first(&["remission", "resolved", "inactive"])) {
        (Some("active"), Some(_)) => Some("recurrence"),
        (here, over) => here.or(over),
    }
}

/// Where the condition can stand by its clinical status.
fn stages(course: &Course, status: Option<&str>, began: Option<Days>, ended: Option<Days>, on: Date) -> Vec<Course> {
    let resolved = ended.map(|ended| last(ended, on));
    let onset = began.map(|began| {
        let latest = last(began, on);
        // It did not begin after it ended, if its days allow that.
        resolved.filter(|end| began.first <= *end && *end < latest).unwrap_or(latest)
    });
    let at = |phase: Option<Phase>, onset: Option<Date>, resolved: Option<Date>| Course {
        phase,
        onset,
        resolved,
        ..course.clone()
    };
    match status {
        Some("resolved") => vec![at(Some(Phase::Resolved), onset, resolved)],
        Some("remission") => vec![at(Some(Phase::Remission), onset, resolved)],
        Some("inactive") if resolved.is_some() => vec![at(Some(Phase::Resolved), onset, resolved)],
        Some("inactive") => [Phase::Remission, Phase::Resolved]
            .into_iter()
            .map(|phase| Course {
                // Refuted stays refuted.
                state: course.state.or(Some(State::Unknown)),
                ..at(Some(phase), onset, None)
            })
            .collect(),
        // When the first began says nothing of this one.
        Some("recurrence") => vec![at(None, None, None)],
        Some("relapse") => vec![at(Some(Phase::Flare), None, None)],
        Some("active") => vec![at(None, onset, None)],
        Some("unread") if resolved.is_some() => {
            vec![Course { state: course.state.or(Some(State::Unknown)), ..at(None, onset, None) }]
        }
        // Without a status, an end date is the one thing that says that it is over.
        _ => vec![at(None, onset, resolved)],
    }
}

/// The last day that is possible and has come, unless all of them are still to come.
pub(super) fn last(days: Days, on: Date) -> Date {
    if days.first <= on { days.last.min(on) } else { days.last }
}

/// What a place on the body may be called in the ruleset.
fn site_names(words: &str) -> Vec<String> {
    let lower = super::naming::without_tag(words).to_lowercase();
    let mut names = vec![lower.clone()];
    let bare = lower.trim_start_matches("entire ").trim_start_matches("structure of ").trim_end_matches(" structure");
    let bare = bare.trim_end_matches(" region");
    names.push(bare.to_owned());
    for side in ["left ", "right ", "both ", "bilateral "] {
        names.extend(bare.strip_prefix(side).map(str::to_owned));
    }
    names.extend(
        bare.split(" of ").last().filter(|rest| *rest != bare).map(|_| bare.replace("left ", "").replace("right ", "")),
    );
    names
}
