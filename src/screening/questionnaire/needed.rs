//! What the rules need to know: which conditions matter for a massage type, and which facts are read of each.

use std::collections::BTreeSet;

use crate::model::{ClearedBy, Control, Effect, Severity};
use crate::ruleset::{Condition, ConditionIx, Fact, Rule, Ruleset};

/// The part of a ruleset that a form is made for.
pub(super) struct Scope<'r> {
    ruleset: &'r Ruleset,
    massage_type: Option<usize>,
    also: BTreeSet<ConditionIx>,
}

impl<'r> Scope<'r> {
    /// Everything, or what matters for one massage type by its number in the catalogue.
    pub(super) fn new(ruleset: &'r Ruleset, massage_type: Option<usize>) -> Self {
        let mut scope = Self { ruleset, massage_type, also: BTreeSet::new() };
        scope.also = scope.rules().filter_map(|rule| rule.client.also.as_ref()).flatten().copied().collect();
        scope
    }

    /// The rules that count, by id.
    pub(super) fn rules(&self) -> impl Iterator<Item = &'r Rule> {
        self.ruleset.rules().iter().filter(|rule| self.counts(rule))
    }

    /// Whether a rule counts: for one massage type, where it can change the answer of a session of that type.
    ///
    /// Pressure, regions, products and further techniques are left to the session: whatever is booked of that type, the form
    /// has asked for it. What only recommends a session changes no answer.
    fn counts(&self, rule: &Rule) -> bool {
        let Some(number) = self.massage_type else { return true };
        let session = &rule.session;
        rule.effect > Effect::Indicate
            && session.massage_types.is_none_or(|types| types & (1 << number) != 0)
            && session.tones.as_ref().is_none_or(|tones| {
                self.ruleset.massage_types().get(number).is_some_and(|kind| tones.contains(&kind.tone))
            })
    }

    fn rules_on(&self, condition: &'r Condition) -> impl Iterator<Item = &'r Rule> {
        condition.rules.iter().map(|ix| self.ruleset.rule(*ix)).filter(|rule| self.counts(rule))
    }

    /// Whether a rule about something else asks if the client has this as well.
    fn is_also(&self, ix: ConditionIx) -> bool {
        self.also.iter().any(|above| self.ruleset.is_a(ix, *above))
    }

    /// The conditions that the form offers, by id: a client can name them, and a rule counts on them.
    pub(super) fn conditions(&self) -> impl Iterator<Item = &'r Condition> {
        let fallbacks = self.ruleset.fallbacks();
        self.ruleset.conditions().iter().filter(move |condition| {
            !condition.document.heading
                && !fallbacks.stand_in(condition.ix)
                && (self.rules_on(condition).next().is_some() || self.is_also(condition.ix))
        })
    }

    /// Whether a condition that is there now is a red flag, whatever else is known of it.
    pub(super) fn is_urgent(&self, condition: &'r Condition) -> bool {
        self.rules_on(condition).any(|rule| {
            let (course, client, session) = (&rule.course, &rule.client, &rule.session);
            let of_itself = course.resolved_within_days.is_none()
                && course.onset_within_days.is_none()
                && course.control.is_none()
                && course.severity.is_none()
                && course.regions.is_none();
            let of_anybody = client.age.is_none()
                && client.pregnancy_weeks.is_none()
                && client.sex.is_none()
                && client.activity_level.is_none()
                && client.first_session.is_none()
                && client.also.is_none();
            let of_any_session = session.massage_types.is_none()
                && session.techniques.is_none()
                && session.tones.is_none()
                && session.pressure.is_none()
                && session.duration_minutes.is_none()
                && session.regions.is_none()
                && session.products.is_none();
            rule.red_flag.is_some()
                && !rule.local
                && of_itself
                && of_anybody
                && of_any_session
                && course.phases.is_none_or(|phases| crate::model::PhaseSet::CURRENT.within(phases))
        })
    }

    /// The facts that rules read of a condition, in the order in which they are asked.
    pub(super) fn facts_of(&self, condition: &'r Condition) -> Vec<Fact> {
        let mut read = BTreeSet::new();
        if self.is_also(condition.ix) {
            read.insert(Fact::Phase);
        }
        for rule in self.rules_on(condition) {
            read.extend(facts_read(rule));
        }
        ORDER.into_iter().filter(|fact| read.contains(fact)).collect()
    }

    /// The least standing whose agreement a rule on this condition counts, if there is one.
    pub(super) fn clearance_of(&self, condition: &'r Condition) -> Option<ClearedBy> {
        self.rules_on(condition).filter_map(|rule| rule.clearance).map(|clearance| clearance.by).min()
    }

    /// The facts of the client that rules read, in the order in which they are asked.
    pub(super) fn facts_of_client(&self) -> Vec<Fact> {
        let read: BTreeSet<Fact> = self
            .rules()
            .flat_map(|rule| {
                let client = &rule.client;
                [
                    client.age.map(|_| Fact::Age),
                    client.sex.as_ref().filter(|sexes| sexes.len() < 3).map(|_| Fact::Sex),
                    client.pregnancy_weeks.map(|_| Fact::PregnancyWeeks),
                    client.activity_level.as_ref().filter(|levels| levels.len() < 5).map(|_| Fact::ActivityLevel),
                    client.first_session.map(|_| Fact::FirstSession),
                ]
            })
            .flatten()
            .collect();
        let order = [Fact::Age, Fact::Sex, Fact::PregnancyWeeks, Fact::ActivityLevel, Fact::FirstSession];
        order.into_iter().filter(|fact| read.contains(fact)).collect()
    }
}

/// The order in which the facts of a condition are asked.
const ORDER: [Fact; 6] = [Fact::Phase, Fact::Resolved, Fact::Onset, Fact::Control, Fact::Severity, Fact::BodyRegion];

/// The facts that a rule reads of the condition it is about.
fn facts_read(rule: &Rule) -> impl Iterator<Item = Fact> {
    let course = &rule.course;
    let mentions_every = |values: Option<usize>, all: usize| values.is_none_or(|values| values == all);
    [
        (course.phases.is_some() || course.resolved_within_days.is_some()).then_some(Fact::Phase),
        course.resolved_within_days.map(|_| Fact::Resolved),
        course.onset_within_days.map(|_| Fact::Onset),
        (!mentions_every(course.control.as_ref().map(Vec::len), Control::ALL.len())).then_some(Fact::Control),
        (!mentions_every(course.severity.as_ref().map(Vec::len), Severity::ALL.len())).then_some(Fact::Severity),
        (course.regions.is_some() || rule.local && rule.affects.is_none()).then_some(Fact::BodyRegion),
    ]
    .into_iter()
    .flatten()
}
