//! What a missing fact can be: every answer that can make a difference to a rule, and what it does to the facts.

use jiff::ToSpan;
use jiff::civil::Date;

use crate::model::{ActivityLevel, Control, Phase, PhaseSet, Severity, Sex, Trend};

use super::facts::{ConditionFact, Facts};
use super::index::{ConditionIx, Place, Rule, Ruleset};
use super::predicate::Fact;
use super::regions::RegionSet;

/// A fact that is missing: what kind, and of which condition (by its place among the facts) where it is a condition's.
pub type Missing = (Fact, Option<usize>);

/// One answer to an open question.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Whether the client has the condition.
    State(bool),
    /// Its phase.
    Phase(Phase),
    /// Its control.
    Control(Control),
    /// Its severity.
    Severity(Severity),
    /// Where it is.
    Region(Place),
    /// The day it was over.
    Resolved(Date),
    /// The day it began.
    Onset(Date),
    /// The client's age in years.
    Age(u16),
    /// Completed weeks of pregnancy.
    PregnancyWeeks(u16),
    /// The client's sex.
    Sex(Sex),
    /// How the client moves.
    ActivityLevel(ActivityLevel),
    /// Whether it is the first massage.
    FirstSession(bool),
    /// The products used, by number.
    Products(Vec<usize>),
    /// The session's length in minutes.
    Duration(u16),
    /// Whether the client has another condition as well.
    Also(bool),
    /// Hours from the session to the symptom.
    OnsetHours(u16),
    /// Hours that the symptom has lasted.
    DurationHours(u16),
    /// How the symptom is changing.
    Trend(Trend),
}

/// Where a fact stands in the request; `subject` is the pointer of the condition that it may belong to.
#[must_use]
pub fn pointer(fact: Fact, subject: Option<&str>) -> String {
    let of_subject =
        |field: &str| subject.map_or_else(|| format!("/conditions/-{field}"), |subject| format!("{subject}{field}"));
    match fact {
        Fact::MassageType => "/session/massageType".to_owned(),
        Fact::Techniques => "/session/techniques".to_owned(),
        Fact::Pressure => "/session/pressure".to_owned(),
        Fact::Duration => "/session/durationMinutes".to_owned(),
        Fact::Regions => "/session/bodyRegions".to_owned(),
        Fact::Products => "/session/products".to_owned(),
        Fact::Age => "/client/age".to_owned(),
        Fact::PregnancyWeeks => "/client/pregnancyWeeks".to_owned(),
        Fact::Sex => "/client/sex".to_owned(),
        Fact::ActivityLevel => "/client/activityLevel".to_owned(),
        Fact::FirstSession => "/client/firstSession".to_owned(),
        Fact::Also(_) => "/conditions/-".to_owned(),
        Fact::State => of_subject("/state"),
        Fact::Phase => of_subject("/phase"),
        Fact::Resolved => of_subject("/resolved"),
        Fact::Onset => of_subject("/onset"),
        Fact::Control => of_subject("/control"),
        Fact::Severity => of_subject("/severity"),
        Fact::BodyRegion => of_subject("/bodyRegion"),
        Fact::OnsetHours => of_subject("/onsetHoursAfter"),
        Fact::DurationHours => of_subject("/durationHours"),
        Fact::Trend => of_subject("/trend"),
    }
}

/// Whether a fact belongs to one condition.
#[must_use]
pub fn is_of_condition(fact: Fact) -> bool {
    match fact {
        Fact::State
        | Fact::Phase
        | Fact::Resolved
        | Fact::Onset
        | Fact::Control
        | Fact::Severity
        | Fact::BodyRegion
        | Fact::OnsetHours
        | Fact::DurationHours
        | Fact::Trend => true,
        Fact::MassageType
        | Fact::Techniques
        | Fact::Pressure
        | Fact::Duration
        | Fact::Regions
        | Fact::Products
        | Fact::Age
        | Fact::PregnancyWeeks
        | Fact::Sex
        | Fact::ActivityLevel
        | Fact::FirstSession
        | Fact::Also(_) => false,
    }
}

/// Every answer that can make a difference to one of the rules.
#[must_use]
pub fn answers(ruleset: &Ruleset, facts: &Facts, rules: &[&Rule], (fact, subject): Missing) -> Vec<Answer> {
    let on = facts.session.date;
    match fact {
        Fact::State => vec![Answer::State(true), Answer::State(false)],
        Fact::Phase => {
            // What was named without a phase is not over: that it is would take back what was said.
            let possible = subject.and_then(|number| facts.conditions.get(number)).map(|fact| fact.phases(on));
            let fits = |phase: &Phase| possible.is_none_or(|possible| PhaseSet::from(*phase).within(possible));
            Phase::ALL.into_iter().filter(fits).map(Answer::Phase).collect()
        }
        Fact::Control => Control::ALL.map(Answer::Control).to_vec(),
        Fact::Severity => Severity::ALL.map(Answer::Severity).to_vec(),
        Fact::BodyRegion => regions(ruleset, facts, rules).into_iter().map(Answer::Region).collect(),
        Fact::Resolved => {
            let limits = rules.iter().filter_map(|rule| rule.course.resolved_within_days);
            dates(on, limits).into_iter().map(Answer::Resolved).collect()
        }
        Fact::Onset => {
            let limits = rules.iter().filter_map(|rule| rule.course.onset_within_days);
            dates(on, limits).into_iter().map(Answer::Onset).collect()
        }
        Fact::Age => {
            let bounds = rules.iter().filter_map(|rule| rule.client.age);
            edges(bounds.flat_map(|bounds| [bounds.at_least, bounds.at_most.map(|most| most + 1)]), 40)
                .map(Answer::Age)
                .collect()
        }
        Fact::PregnancyWeeks => {
            let bounds = rules.iter().filter_map(|rule| rule.client.pregnancy_weeks);
            edges(bounds.flat_map(|bounds| [bounds.at_least, bounds.at_most.map(|most| most + 1)]), 20)
                .map(Answer::PregnancyWeeks)
                .collect()
        }
        Fact::Duration => {
            let least = rules.iter().map(|rule| rule.session.duration_minutes);
            edges(least, 60).map(Answer::Duration).collect()
        }
        Fact::Sex => [Sex::Female, Sex::Male, Sex::Other].map(Answer::Sex).to_vec(),
        Fact::ActivityLevel => [
            ActivityLevel::Sedentary,
            ActivityLevel::Moderate,
            ActivityLevel::Active,
            ActivityLevel::Athlete,
            ActivityLevel::PhysicalLabour,
        ]
        .map(Answer::ActivityLevel)
        .to_vec(),
        Fact::FirstSession => vec![Answer::FirstSession(true), Answer::FirstSession(false)],
        Fact::Products => products(rules).into_iter().map(Answer::Products).collect(),
        Fact::Also(_) => vec![Answer::Also(true), Answer::Also(false)],
        Fact::OnsetHours => {
            hours(rules.iter().filter_map(|rule| rule.course.onset_hours)).map(Answer::OnsetHours).collect()
        }
        Fact::DurationHours => {
            hours(rules.iter().filter_map(|rule| rule.course.duration_hours)).map(Answer::DurationHours).collect()
        }
        Fact::Trend => Trend::ALL.map(Answer::Trend).to_vec(),
        // These are always known: the session has a type, a pressure, a day and the techniques and regions that it has.
        Fact::MassageType | Fact::Techniques | Fact::Pressure | Fact::Regions => {
            debug_assert!(subject.is_none(), "a session's own facts belong to no condition");
            Vec::new()
        }
    }
}

fn hours(bounds: impl Iterator<Item = super::document::Bounds>) -> impl Iterator<Item = u16> {
    edges(bounds.flat_map(|bounds| [bounds.at_least, bounds.at_most.map(|most| most + 1)]), 12)
}

/// Numbers on both sides of every edge.
fn edges(at: impl Iterator<Item = Option<u16>>, ordinary: u16) -> impl Iterator<Item = u16> {
    let mut numbers: Vec<u16> = at.flatten().flat_map(|edge| [edge.saturating_sub(1), edge]).collect();
    numbers.push(ordinary);
    numbers.sort_unstable();
    numbers.dedup();
    numbers.into_iter()
}

/// Days on both sides of every limit before `on`.
fn dates(on: Date, limits: impl Iterator<Item = i32>) -> Vec<Date> {
    let mut dates: Vec<Date> = limits
        .flat_map(|limit| [limit - 1, limit])
        .chain([0])
        .filter_map(|days| on.checked_sub(days.days()).ok())
        .collect();
    dates.sort_unstable();
    dates.dedup();
    dates
}

/// One place for each way in which a region can lie to the session and to the places that rules name; it bears the names of
/// all regions that lie so.
fn regions(ruleset: &Ruleset, facts: &Facts, rules: &[&Rule]) -> Vec<Place> {
    let named: Vec<RegionSet> = rules.iter().filter_map(|rule| rule.course.regions).collect();
    let mut seen: Vec<(bool, bool, Vec<bool>)> = Vec::new();
    let mut places: Vec<Place> = Vec::new();
    for region in ruleset.regions() {
        let lies = match &facts.session.regions {
            Some(session) => (session.set.within(region.set), session.set.meets(region.set)),
            None => (false, true),
        };
        let kind = (lies.0, lies.1, named.iter().map(|set| region.set.meets(*set)).collect());
        let known = seen.iter().position(|known| *known == kind).and_then(|at| places.get_mut(at));
        if let Some(place) = known {
            place.ids.push(region.id.clone());
        } else {
            seen.push(kind);
            places.push(Place { set: region.set, ids: vec![region.id.clone()] });
        }
    }
    places
}

/// Nothing, or one of the products that rules name.
fn products(rules: &[&Rule]) -> Vec<Vec<usize>> {
    let mut named: Vec<usize> =
        rules.iter().filter_map(|rule| rule.session.products.as_ref()).flatten().copied().collect();
    named.sort_unstable();
    named.dedup();
    std::iter::once(Vec::new()).chain(named.into_iter().map(|product| vec![product])).collect()
}

/// Puts one answer into the facts.
pub fn give(facts: &mut Facts, (fact, subject): Missing, answer: &Answer) {
    let condition = subject.and_then(|number| facts.conditions.get_mut(number));
    match (answer, condition) {
        // Denied, it stays in its place, so that the others keep theirs.
        (Answer::State(has), Some(condition)) => condition.present = (*has).into(),
        (Answer::Phase(phase), Some(condition)) => condition.phase = Some(*phase),
        (Answer::Control(control), Some(condition)) => condition.control = Some(*control),
        (Answer::Severity(severity), Some(condition)) => condition.severity = Some(*severity),
        (Answer::Region(place), Some(condition)) => condition.place = Some(place.clone()),
        (Answer::Resolved(date), Some(condition)) => condition.resolved = Some(*date),
        (Answer::Onset(date), Some(condition)) => condition.onset = Some(*date),
        (Answer::OnsetHours(hours), Some(condition)) => condition.felt.onset_hours = Some(*hours),
        (Answer::DurationHours(hours), Some(condition)) => condition.felt.duration_hours = Some(*hours),
        (Answer::Trend(trend), Some(condition)) => condition.felt.trend = Some(*trend),
        (Answer::Age(age), _) => facts.client.age = Some(*age),
        (Answer::PregnancyWeeks(weeks), _) => facts.client.pregnancy_weeks = Some(*weeks),
        (Answer::Sex(sex), _) => facts.client.sex = Some(*sex),
        (Answer::ActivityLevel(level), _) => facts.client.activity_level = Some(*level),
        (Answer::FirstSession(first), _) => facts.client.first_session = Some(*first),
        (Answer::Products(products), _) => {
            facts.session.products.known.get_or_insert_default().extend(products);
            facts.session.products.unrecognised = false;
        }
        (Answer::Duration(minutes), _) => facts.session.duration_minutes = Some(*minutes),
        (Answer::Also(has), _) => {
            if let Fact::Also(also) = fact {
                if *has { add(facts, also) } else { facts.absent.push(also) }
            }
        }
        (
            Answer::State(_)
            | Answer::Phase(_)
            | Answer::Control(_)
            | Answer::Severity(_)
            | Answer::Region(_)
            | Answer::Resolved(_)
            | Answer::Onset(_)
            | Answer::OnsetHours(_)
            | Answer::DurationHours(_)
            | Answer::Trend(_),
            None,
        ) => {}
    }
}

fn add(facts: &mut Facts, condition: ConditionIx) {
    facts.conditions.push(ConditionFact::bare(condition, "/conditions/-".to_owned()));
}

/// The sentence of `messages.json` that asks for a fact.
#[must_use]
pub fn template(fact: Fact) -> &'static str {
    match fact {
        Fact::State => "state",
        Fact::Phase => "phase",
        Fact::Resolved => "resolved",
        Fact::Onset => "onset",
        Fact::Control => "control",
        Fact::Severity => "severity",
        Fact::BodyRegion => "bodyRegion",
        Fact::OnsetHours => "onsetHoursAfter",
        Fact::DurationHours => "durationHours",
        Fact::Trend => "trend",
        Fact::Age => "age",
        Fact::PregnancyWeeks => "pregnancyWeeks",
        Fact::Sex => "sex",
        Fact::ActivityLevel => "activityLevel",
        Fact::FirstSession => "firstSession",
        Fact::Products => "products",
        Fact::Duration => "durationMinutes",
        Fact::Also(_) => "also",
        Fact::MassageType | Fact::Techniques | Fact::Pressure | Fact::Regions => "session",
    }
}

/// The answer as it is written in a request; `None` where any date, number or name will do.
#[must_use]
pub fn word(answer: &Answer) -> Option<&'static str> {
    match answer {
        Answer::State(true) | Answer::Also(true) => Some("present"),
        Answer::State(false) | Answer::Also(false) => Some("absent"),
        Answer::Phase(phase) => Some(phase.as_str()),
        Answer::Control(control) => Some(control.as_str()),
        Answer::Severity(severity) => Some(severity.as_str()),
        Answer::Sex(sex) => Some(match sex {
            Sex::Female => "female",
            Sex::Male => "male",
            Sex::Other => "other",
        }),
        Answer::ActivityLevel(level) => Some(match level {
            ActivityLevel::Sedentary => "sedentary",
            ActivityLevel::Moderate => "moderate",
            ActivityLevel::Active => "active",
            ActivityLevel::Athlete => "athlete",
            ActivityLevel::PhysicalLabour => "physical-labour",
        }),
        Answer::Trend(trend) => Some(trend.as_str()),
        Answer::FirstSession(true) => Some("true"),
        Answer::FirstSession(false) => Some("false"),
        Answer::Region(_)
        | Answer::Resolved(_)
        | Answer::Onset(_)
        | Answer::Age(_)
        | Answer::PregnancyWeeks(_)
        | Answer::Products(_)
        | Answer::Duration(_)
        | Answer::OnsetHours(_)
        | Answer::DurationHours(_) => None,
    }
}
