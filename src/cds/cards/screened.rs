//! One booking against one record: a screening for each massage type that it may be, and what they come to together.

use jiff::civil::Date;

use crate::cds::booked::Booking;
use crate::cds::prefetch::Prefetch;
use crate::cds::record::Record;
use crate::model::{Action, Effect, Reason, RedFlag, RuleId, Screening, Urgency, Verdict};
use crate::ruleset::Ruleset;
use crate::screening;

/// A booking with its screenings.
pub(super) struct Screened {
    pub(super) record: Record,
    /// The day that was screened.
    pub(super) on: Date,
    /// By massage type; empty where the record could not be screened.
    pub(super) by_type: Vec<(usize, Screening)>,
    pub(super) verdict: Verdict,
}

impl Screened {
    /// Screens every massage type that the booking may be. A booking without a day is screened for `today`.
    pub(super) fn new(ruleset: &Ruleset, booking: &Booking<'_>, prefetch: &Prefetch, today: Date) -> Self {
        let on = booking.date.unwrap_or(today);
        let record = Record::read_with(ruleset, prefetch, on, &booking.reasons);
        let all: Vec<usize> = (0..ruleset.massage_types().len()).collect();
        let types = if booking.types.is_empty() { &all } else { &booking.types };
        let screen = |number: &usize| {
            let session = booking.session(ruleset, *number, on)?;
            let facts = record.facts(ruleset, session, today).ok()?;
            Some((*number, screening::screen(ruleset, &facts)))
        };
        let by_type: Vec<(usize, Screening)> = types.iter().map(screen).collect::<Option<_>>().unwrap_or_default();
        let verdict = together(&by_type, booking);
        Self { record, on, by_type, verdict }
    }

    /// The screening that decides: the strictest, the first of several.
    pub(super) fn strictest(&self) -> Option<&Screening> {
        let weight = |screening: &Screening| (screening.red_flags.len(), screening.verdict);
        let mut strictest: Option<&Screening> = None;
        for (_, screening) in &self.by_type {
            if strictest.is_none_or(|known| weight(known) < weight(screening)) {
                strictest = Some(screening);
            }
        }
        strictest
    }

    /// The strictest verdict of any type.
    pub(super) fn worst(&self) -> Verdict {
        self.by_type.iter().map(|(_, screening)| screening.verdict).max().unwrap_or(self.verdict).max(self.verdict)
    }

    /// How urgently the patient should be seen, where a red flag stands.
    pub(super) fn urgency(&self) -> Option<Urgency> {
        self.by_type.iter().filter_map(|(_, screening)| screening.urgency).max()
    }

    /// What is to be done.
    pub(super) fn action(&self) -> Action {
        let strictest = self.strictest().map(|screening| screening.action);
        match (strictest, self.verdict) {
            (Some(action), verdict) if self.strictest().is_some_and(|it| it.verdict == verdict) => action,
            _ => Action::Ask,
        }
    }

    /// Signs that this is not about a booking, each once.
    pub(super) fn red_flags(&self) -> Vec<&RedFlag> {
        let mut flags: Vec<&RedFlag> = Vec::new();
        for flag in self.by_type.iter().flat_map(|(_, screening)| &screening.red_flags) {
            if !flags.iter().any(|known| known.rule_id == flag.rule_id && known.facts == flag.facts) {
                flags.push(flag);
            }
        }
        flags.sort_by_key(|flag| std::cmp::Reverse(flag.urgency));
        flags
    }

    /// Every reason once, the strictest first, with the types that it is about where it is not about all of them.
    pub(super) fn reasons(&self) -> Vec<(&Reason, Vec<usize>)> {
        let mut found: Vec<(&Reason, Vec<usize>)> = Vec::new();
        for (number, screening) in &self.by_type {
            for reason in &screening.reasons {
                let same = |known: &Reason| {
                    known.rule_id == reason.rule_id
                        && known.condition == reason.condition
                        && known.effect == reason.effect
                        && known.certainty == reason.certainty
                        && known.facts == reason.facts
                };
                match found.iter_mut().find(|(known, _)| same(known)) {
                    Some((_, types)) => types.push(*number),
                    None => found.push((reason, vec![*number])),
                }
            }
        }
        for (_, types) in &mut found {
            types.dedup();
            if types.len() == self.by_type.len() {
                types.clear();
            }
        }
        found.sort_by_key(|(reason, _)| (std::cmp::Reverse(reason.effect), reason.certainty));
        found
    }

    /// The rules that decide, each once, red flags first.
    pub(super) fn decisive(&self) -> Vec<&RuleId> {
        let mut ids: Vec<&RuleId> = Vec::new();
        let flags = self.red_flags().into_iter().map(|flag| &flag.rule_id).collect::<Vec<_>>();
        let reasons = self.reasons().into_iter().filter(|(reason, _)| reason.effect >= Effect::Caution);
        for id in flags.into_iter().chain(reasons.map(|(reason, _)| &reason.rule_id)) {
            if !ids.contains(&id) {
                ids.push(id);
            }
        }
        ids
    }
}

/// What the screenings come to: the strictest of the types that are named; where none is, caution unless all agree.
fn together(by_type: &[(usize, Screening)], booking: &Booking<'_>) -> Verdict {
    let verdicts = || by_type.iter().map(|(_, screening)| screening.verdict);
    let (Some(mildest), Some(strictest)) = (verdicts().min(), verdicts().max()) else { return Verdict::Caution };
    let refer = by_type.iter().any(|(_, screening)| !screening.red_flags.is_empty());
    let open = booking.types.is_empty() && mildest < strictest && !refer;
    let verdict = if open { Verdict::Caution } else { strictest };
    // A record of somebody else says nothing about whom the booking is for.
    if booking.other_patient { verdict.max(Verdict::Caution) } else { verdict }
}
