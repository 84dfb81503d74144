//! Each predicate of a rule by itself: how true it is, and which facts it read and missed.

use crate::model::{Control, Severity, Truth};

use super::facts::{ConditionFact, Facts};
use super::index::{Rule, Ruleset};
use super::predicate::{Fact, one_of, overlap, place_of, within_bounds};
use super::record::Record;

/// One predicate of a rule, weighed by itself.
#[derive(Debug)]
pub struct WeighedPredicate {
    /// Where it stands in the rule, as authors write it: `where.phase`.
    pub part: &'static str,
    /// How true it is.
    pub truth: Truth,
    /// What it read and missed.
    pub record: Record,
}

/// Weighs every predicate that a rule has, those among them that cannot change its truth any more.
#[must_use]
pub fn predicates(
    ruleset: &Ruleset,
    rule: &Rule,
    facts: &Facts,
    subject: Option<&ConditionFact>,
) -> Vec<WeighedPredicate> {
    let mut found = Vec::new();
    let mut part = |part: &'static str, weigh: &dyn Fn(&mut Record) -> Truth| {
        let mut record = Record::default();
        let truth = weigh(&mut record);
        found.push(WeighedPredicate { part, truth, record });
    };
    if let Some(subject) = subject {
        part("condition", &|record| {
            if subject.present == Truth::Unknown {
                crate::ruleset::Witness::missed(record, Fact::State);
            }
            subject.present
        });
        of_course(ruleset, rule, facts, subject, &mut part);
    }
    if rule.local {
        let told = rule.affects.is_none() && subject.is_some_and(|subject| subject.place.is_some());
        part("scope", &|record| overlap(rule, place_of(ruleset, rule, subject), told, facts, record).0);
    }
    of_client(ruleset, rule, facts, &mut part);
    of_session(ruleset, rule, facts, &mut part);
    found
}

type Part<'p> = &'p mut dyn FnMut(&'static str, &dyn Fn(&mut Record) -> Truth);

fn of_course(ruleset: &Ruleset, rule: &Rule, facts: &Facts, subject: &ConditionFact, part: Part<'_>) {
    let (course, on) = (&rule.course, facts.session.date);
    if course.phases.is_some() || course.resolved_within_days.is_some() {
        let name = match (course.phases, course.resolved_within_days) {
            (Some(_), Some(_)) => "where.phase or where.resolvedWithinDays",
            (Some(_), None) => "where.phase",
            (None, _) => "where.resolvedWithinDays",
        };
        part(name, &|record| course.course(subject, on, record).0);
    }
    if course.onset_within_days.is_some() {
        part("where.onsetWithinDays", &|record| course.began(subject, on, record).0);
    }
    if course.control.is_some() {
        let all = Control::ALL.len();
        part("where.control", &|record| one_of(subject.control, course.control.as_deref(), Fact::Control, all, record));
    }
    if course.severity.is_some() {
        let all = Severity::ALL.len();
        part("where.severity", &|record| {
            one_of(subject.severity, course.severity.as_deref(), Fact::Severity, all, record)
        });
    }
    if course.regions.is_some() {
        let own = ruleset.condition(subject.condition).place.as_ref();
        part("where.regions", &|record| course.placed(subject.place.as_ref().or(own), subject.place.is_some(), record));
    }
}

fn of_client(ruleset: &Ruleset, rule: &Rule, facts: &Facts, part: Part<'_>) {
    let (test, client) = (&rule.client, &facts.client);
    if test.age.is_some() {
        part("client.age", &|record| within_bounds(client.age, test.age, Fact::Age, record));
    }
    if test.pregnancy_weeks.is_some() {
        part("client.pregnancyWeeks", &|record| {
            within_bounds(client.pregnancy_weeks, test.pregnancy_weeks, Fact::PregnancyWeeks, record)
        });
    }
    if test.sex.is_some() {
        part("client.sex", &|record| one_of(client.sex, test.sex.as_deref(), Fact::Sex, 3, record));
    }
    if test.activity_level.is_some() {
        part("client.activityLevel", &|record| {
            one_of(client.activity_level, test.activity_level.as_deref(), Fact::ActivityLevel, 5, record)
        });
    }
    if let Some(first) = &test.first_session {
        part("client.firstSession", &|record| {
            one_of(client.first_session, Some(std::slice::from_ref(first)), Fact::FirstSession, 2, record)
        });
    }
    if test.also.is_some() {
        part("client.also", &|record| test.also(ruleset, facts, record));
    }
}

fn of_session(ruleset: &Ruleset, rule: &Rule, facts: &Facts, part: Part<'_>) {
    let test = &rule.session;
    if test.massage_types.is_some() {
        part("session.massageTypes", &|record| test.of_type(facts, record));
    }
    if test.techniques.is_some() {
        part("session.techniques", &|record| test.with_techniques(facts, record));
    }
    if test.tones.is_some() {
        part("session.effects", &|record| test.on_tone(ruleset, facts, record));
    }
    if test.pressure.is_some() {
        part("session.pressure", &|record| test.as_strong(facts, record));
    }
    if test.duration_minutes.is_some() {
        part("session.durationMinutes", &|record| test.duration(facts, record));
    }
    if test.regions.is_some() {
        part("session.regions", &|record| test.touches(facts, record));
    }
    if test.products.is_some() {
        part("session.products", &|record| test.uses(ruleset, facts, record));
    }
}
