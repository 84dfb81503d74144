//! From a verdict and what surrounds it to the one thing that a simple caller is to do.

use jiff::civil::Date;

use crate::model::{Action, Alternative, Coverage, Effect, Range, Verdict, WayForward};

use super::outcome::Outcome;

/// All that the choice depends on.
pub(super) struct Situation<'s, 'r> {
    pub(super) verdict: Verdict,
    pub(super) range: Range,
    pub(super) refer: bool,
    pub(super) outcomes: &'s [Outcome<'r>],
    pub(super) alternatives: &'s [Alternative],
    pub(super) ways_forward: &'s [WayForward],
    pub(super) eligible_from: Option<Date>,
    pub(super) asks: bool,
    pub(super) coverage: &'s Coverage,
}

/// The one thing to do.
pub(super) fn choose(situation: &Situation<'_, '_>) -> Action {
    if situation.refer {
        return Action::Refer;
    }
    match situation.verdict {
        Verdict::Allow => Action::Confirm,
        Verdict::Caution if open(situation) => Action::Ask,
        Verdict::Caution => Action::ConfirmWithPrecautions,
        // A deny that an answer can lift is a question first.
        Verdict::Deny if situation.asks && situation.range.best < Verdict::Deny => Action::Ask,
        Verdict::Deny if small_change(situation.ways_forward) => Action::OfferAlternatives,
        Verdict::Deny if clearable(situation.outcomes) => Action::HoldForClearance,
        Verdict::Deny if elsewhere(situation) => Action::OfferAlternatives,
        Verdict::Deny => Action::Reject,
    }
}

/// Whether the caution is there because something is not known.
fn open(situation: &Situation<'_, '_>) -> bool {
    situation.asks
        || !situation.coverage.not_asked.is_empty()
        || situation.range.worst > Verdict::Caution
        || !situation.coverage.unrecognised.is_empty() && situation.range.best != situation.range.worst
}

/// Whether somebody's agreement would lift every deny.
fn clearable(outcomes: &[Outcome<'_>]) -> bool {
    outcomes
        .iter()
        .filter(|outcome| outcome.effect == Effect::Deny)
        .all(|outcome| outcome.rule.clearance.is_some() && !outcome.cleared)
}

/// Whether the same massage on the same day will do with less pressure, fewer places or without a product: nobody has to wait
/// for a letter then.
fn small_change(ways_forward: &[WayForward]) -> bool {
    const SMALL: [&str; 3] = ["/session/pressure", "/session/bodyRegions", "/session/products"];
    ways_forward.iter().any(|way| way.change.keys().all(|pointer| SMALL.contains(&pointer.as_str())))
}

/// Whether another massage type, another day or another small change does better.
fn elsewhere(situation: &Situation<'_, '_>) -> bool {
    situation.eligible_from.is_some()
        || !situation.ways_forward.is_empty()
        || situation.alternatives.iter().any(|alternative| alternative.verdict < situation.verdict)
}
