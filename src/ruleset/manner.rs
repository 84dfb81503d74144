//! What words beside a condition's name do to its facts.

use jiff::civil::{Date, date};
use jiff::{Span, ToSpan};

use crate::model::{ConditionKind, ConditionRequest, Phase, State, Truth};

use super::names::{Manner, Unit, When};

/// What was told of one condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// The request says that it is absent.
    Absent,
    /// The words deny it.
    Denied,
    /// It is somebody else's.
    SomebodyElses,
    /// The client has it, may have it, or had it.
    Own {
        /// Whether it is there.
        present: Truth,
        /// Where it stands in its course.
        phase: Option<Phase>,
        /// The day it began.
        onset: Option<Date>,
        /// The day it was over.
        resolved: Option<Date>,
    },
}

/// Adds what the words say to what the fields of the request say; a field counts more than a word.
///
/// Words alone never make a lasting illness count as over: "history of diabetes" often means that it is still there, so
/// it counts as one that may be. An injury or a symptom of the past is over; so is anything that "was" in a
/// year before, from the end of that year.
pub(super) fn told(manner: &Manner, kind: ConditionKind, request: &ConditionRequest, on: Date) -> Told {
    let state = request.state.unwrap_or_default();
    // "no family history of diabetes" says nothing of the client, and "no cancer now" nothing of before.
    let denied = manner.denied && !manner.family;
    let is_of_now = manner.now && outlasts(kind);
    match (state, denied) {
        // Denied twice over says nothing for certain.
        (State::Absent, true) => return unsure(request),
        (State::Absent, false) => return Told::Absent,
        (State::Present | State::Unknown, true) if !is_of_now => return Told::Denied,
        (State::Present | State::Unknown, _) => {}
    }
    if manner.family {
        return Told::SomebodyElses;
    }
    let manner = &settled(manner, kind, on);
    let certain = state == State::Present && !manner.perhaps;
    let mut present = if certain { Truth::True } else { Truth::Unknown };
    let mut phase = request.phase.or(manner.phase);
    let (mut onset, mut resolved) = (request.onset, request.resolved);
    let passing = passes(kind);
    if request.phase.is_none() && request.resolved.is_none() {
        let lasts = manner.since || matches!(manner.when, Some(When::For(..)));
        let lately = manner.lately.filter(|_| manner.ended).map(|days| When::Ago(days, Unit::Day));
        // "had it for two years" does not say when.
        let when = manner.when.filter(|when| !(manner.had && matches!(when, When::For(..))));
        let then = when.or(lately).and_then(|when| day(when, on));
        let long_ago = then.is_some_and(|then| then < on) && manner.when.is_some_and(|when| is_long_ago(when, on));
        let over = manner.over || manner.ended || manner.had && long_ago && !lasts && !manner.have_had;
        // How long it lasted is not how long it has been over.
        let ended_on = then.filter(|_| !matches!(manner.when, Some(When::For(..))));
        match (over, if over { ended_on } else { then }) {
            // An operation of the past is an operation: what counts is the day it was.
            (true, Some(then)) if kind == ConditionKind::Procedure => onset = onset.or(Some(then)),
            (true, None) if kind == ConditionKind::Procedure => {}
            // What a client has not had for a while or takes no longer since last week is asked about.
            (true, Some(_)) if manner.ended && !passing && (manner.perhaps || !long_ago) => {
                present = present.and(Truth::Unknown);
            }
            (true, Some(then)) => resolved = Some(then),
            // "old injury for two years"
            (true, None) if then.is_some() => present = present.and(Truth::Unknown),
            (true, None) if passing => phase = Some(Phase::Resolved),
            (true, None) => present = present.and(Truth::Unknown),
            (false, Some(then)) if long_ago && !lasts && !manner.have_had && kind == ConditionKind::Injury => {
                resolved = Some(then);
            }
            (false, Some(then)) => {
                onset = onset.or(Some(then));
                if long_ago && !lasts && kind != ConditionKind::Procedure {
                    present = present.and(Truth::Unknown);
                }
            }
            (false, None) => {}
        }
        // "I had" without a day that lies far back does not say that it is over.
        if (manner.had || manner.have_had && !lasts) && !over && kind != ConditionKind::Procedure {
            present = present.and(Truth::Unknown);
        }
    }
    Told::Own { present, phase, onset, resolved }
}

/// What the words come to where they say two things: the latest day counts, and what is there again is not over.
fn settled(manner: &Manner, kind: ConditionKind, on: Date) -> Manner {
    let lasts = manner.since || matches!(manner.when, Some(When::For(..)));
    let lately =
        manner.lately.filter(|_| !(lasts || manner.over || manner.ended)).map(|days| When::Ago(days, Unit::Day));
    let latest = [manner.when, manner.also, lately.filter(|_| manner.when.is_some())]
        .into_iter()
        .flatten()
        .max_by_key(|when| day(*when, on));
    let mut settled = Manner { when: latest, perhaps: manner.perhaps || manner.denied, ..*manner };
    if !manner.is_back() {
        return settled;
    }
    let is_past = manner.over || manner.had || latest.is_some_and(|when| is_long_ago(when, on));
    if is_past && (manner.over || !lasts) {
        let late = latest.filter(|when| !is_long_ago(*when, on));
        // An operation that was done again was done.
        settled.perhaps |= late.is_none() && kind != ConditionKind::Procedure;
        (settled.over, settled.healed, settled.had, settled.when) = (false, false, false, late);
    }
    settled
}

/// Whether what is not there now may matter from before: an operation or an injury that is past counts by its day.
fn outlasts(kind: ConditionKind) -> bool {
    match kind {
        ConditionKind::Disorder
        | ConditionKind::Symptom
        | ConditionKind::Device
        | ConditionKind::Medication
        | ConditionKind::Allergy => true,
        ConditionKind::Injury | ConditionKind::Procedure | ConditionKind::Pregnancy | ConditionKind::Circumstance => {
            false
        }
    }
}

fn unsure(request: &ConditionRequest) -> Told {
    Told::Own { present: Truth::Unknown, phase: request.phase, onset: request.onset, resolved: request.resolved }
}

/// Whether things of this kind come to an end by themselves.
fn passes(kind: ConditionKind) -> bool {
    match kind {
        ConditionKind::Injury | ConditionKind::Symptom => true,
        ConditionKind::Disorder
        | ConditionKind::Procedure
        | ConditionKind::Device
        | ConditionKind::Medication
        | ConditionKind::Allergy
        | ConditionKind::Pregnancy
        | ConditionKind::Circumstance => false,
    }
}

/// The latest day that the words can mean.
fn day(when: When, on: Date) -> Option<Date> {
    match when {
        When::Year(year) => Some(date(year, 12, 31).min(on)),
        When::Ago(count, unit) | When::For(count, unit) => on.checked_sub(span(count, unit)).ok(),
    }
}

fn span(count: u16, unit: Unit) -> Span {
    let count = i64::from(count.min(200));
    match unit {
        Unit::Day => count.days(),
        Unit::Week => count.weeks(),
        Unit::Month => count.months(),
        Unit::Year => count.years(),
    }
}

fn is_long_ago(when: When, on: Date) -> bool {
    match when {
        When::Year(year) => year < on.year(),
        When::Ago(_, Unit::Year) | When::For(_, Unit::Year) => true,
        When::Ago(count, Unit::Month) | When::For(count, Unit::Month) => count >= 12,
        When::Ago(_, Unit::Day | Unit::Week) | When::For(_, Unit::Day | Unit::Week) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ON: Date = date(2026, 11, 28);

    fn own(manner: Manner, kind: ConditionKind) -> Told {
        told(&manner, kind, &ConditionRequest::default(), ON)
    }

    #[test]
    fn a_broken_leg_years_ago_is_over_and_diabetes_is_not() {
        let manner = Manner { when: Some(When::Year(2015)), ..Manner::default() };
        let over = Told::Own { present: Truth::True, phase: None, onset: None, resolved: Some(date(2015, 12, 31)) };
        assert_eq!(own(manner, ConditionKind::Injury), over);
        let perhaps =
            Told::Own { present: Truth::Unknown, phase: None, onset: Some(date(2015, 12, 31)), resolved: None };
        assert_eq!(own(manner, ConditionKind::Disorder), perhaps);
        let lasting = Manner { since: true, ..manner };
        let still = Told::Own { present: Truth::True, phase: None, onset: Some(date(2015, 12, 31)), resolved: None };
        assert_eq!(own(lasting, ConditionKind::Disorder), still);
    }

    #[test]
    fn how_long_an_injury_has_lasted_is_not_how_long_ago_it_was() {
        let manner = Manner { when: Some(When::For(2, Unit::Year)), ..Manner::default() };
        let still = Told::Own { present: Truth::True, phase: None, onset: Some(date(2024, 11, 28)), resolved: None };
        assert_eq!(own(manner, ConditionKind::Injury), still);
        let had = Manner { have_had: true, since: true, when: Some(When::Year(2024)), ..Manner::default() };
        let still = Told::Own { present: Truth::True, phase: None, onset: Some(date(2024, 12, 31)), resolved: None };
        assert_eq!(own(had, ConditionKind::Disorder), still);
    }

    #[test]
    fn a_medicine_that_is_no_longer_taken_since_last_week_is_asked_about() {
        let manner = Manner { ended: true, since: true, lately: Some(1), ..Manner::default() };
        let asked = Told::Own { present: Truth::Unknown, phase: None, onset: None, resolved: None };
        assert_eq!(own(manner, ConditionKind::Medication), asked);
        let resolved = Some(date(2026, 11, 27));
        let over = Told::Own { present: Truth::True, phase: None, onset: None, resolved };
        assert_eq!(own(manner, ConditionKind::Symptom), over);
    }

    #[test]
    fn history_of_a_lasting_illness_says_that_it_may_be_there() {
        let manner = Manner { over: true, ..Manner::default() };
        let perhaps = Told::Own { present: Truth::Unknown, phase: None, onset: None, resolved: None };
        assert_eq!(own(manner, ConditionKind::Disorder), perhaps);
    }

    #[test]
    fn what_is_not_there_now_may_have_been_there_and_an_operation_counts_by_its_day() {
        let manner = Manner { denied: true, now: true, ..Manner::default() };
        assert!(matches!(own(manner, ConditionKind::Disorder), Told::Own { present: Truth::Unknown, .. }));
        assert_eq!(own(manner, ConditionKind::Procedure), Told::Denied);
        assert_eq!(own(manner, ConditionKind::Pregnancy), Told::Denied);
    }

    #[test]
    fn of_two_days_the_latest_counts_and_what_is_there_again_is_not_over() {
        let twice = Manner { when: Some(When::Year(2015)), lately: Some(1), ..Manner::default() };
        let late = Told::Own { present: Truth::True, phase: None, onset: Some(date(2026, 11, 27)), resolved: None };
        assert_eq!(own(twice, ConditionKind::Injury), late);
        let again = Manner { when: Some(When::Year(2015)), still: true, ..Manner::default() };
        let perhaps = Told::Own { present: Truth::Unknown, phase: None, onset: None, resolved: None };
        assert_eq!(own(again, ConditionKind::Injury), perhaps);
        let healed = Manner { over: true, healed: true, now: true, ..Manner::default() };
        let over = Told::Own { present: Truth::True, phase: Some(Phase::Resolved), onset: None, resolved: None };
        assert_eq!(own(healed, ConditionKind::Injury), over);
    }

    #[test]
    fn a_denial_of_what_the_request_says_is_absent_is_no_denial() {
        let request = ConditionRequest { state: Some(State::Absent), ..ConditionRequest::default() };
        let manner = Manner { denied: true, ..Manner::default() };
        assert!(matches!(
            told(&manner, ConditionKind::Disorder, &request, ON),
            Told::Own { present: Truth::Unknown, .. }
        ));
        let of_now = Manner { now: true, ..manner };
        assert!(matches!(
            told(&of_now, ConditionKind::Disorder, &request, ON),
            Told::Own { present: Truth::Unknown, .. }
        ));
    }
}
