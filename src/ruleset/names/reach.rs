//! How far a denial, or an end, reaches over the words that follow it.

use super::breaks::Sign;
use super::manner::Manner;
use super::spot::Spotted;
use super::words::{Mark, Says};

/// How far a denial, or an end, reaches while a statement is read word by word.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a thing that words say or don't, independently of the others"
)]
#[derive(Default)]
pub(super) struct Reach {
    pub(super) next: Next,
    /// The statement has said "no" and has named nothing since.
    pub(super) refusing: bool,
    /// A name was met since the denial.
    pub(super) named: bool,
    /// The denial is that of the statement before.
    pub(super) carried: bool,
    /// A name was met since the last sign.
    pub(super) met: bool,
    /// What was named before may be what is asked for: "Diabetes:".
    pub(super) asked: bool,
}

/// What the words so far say of the next name.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Next {
    #[default]
    Plain,
    /// It is not there.
    Denied,
    /// A denial may reach it or not.
    Doubted,
    /// It was there until then.
    Ended,
}

impl Reach {
    /// The reach at the beginning of a statement.
    pub(super) fn of(carried: bool) -> Self {
        Self { next: if carried { Next::Denied } else { Next::Plain }, carried, ..Self::default() }
    }

    pub(super) fn stop(&mut self) {
        self.next = Next::Plain;
    }

    /// A sign stands here: "no allergies - pregnant" is two statements, and "no: pregnant" may be.
    pub(super) fn part(&mut self, sign: Sign) {
        self.asked = sign == Sign::Asks && self.met;
        self.met = false;
        self.next = match self.next {
            Next::Denied | Next::Doubted if !self.named => Next::Doubted,
            Next::Ended if !self.named => Next::Ended,
            Next::Plain | Next::Denied | Next::Doubted | Next::Ended => Next::Plain,
        };
    }

    /// Says of a name what the words before it say. A denial is plain for one name and for those tied to it alone: "no
    /// allergies asthma" may be a list or two statements.
    pub(super) fn meet(&mut self, spotted: &mut Spotted, is_tied: bool, is_parted: bool) {
        let is_sure = (!self.named || is_tied) && !is_parted;
        spotted.denied = self.next == Next::Denied && is_sure;
        spotted.ended = self.next == Next::Ended && is_sure;
        spotted.doubted = self.next == Next::Doubted || self.next == Next::Denied && !is_sure;
        if spotted.doubted {
            self.next = Next::Doubted;
        }
        (self.named, self.met, self.refusing, self.asked) = (true, true, false, false);
    }

    /// What a mark does to the reach and says of what is named.
    pub(super) fn mark(&mut self, mark: Mark, manner: &mut Manner) {
        let is_begun = self.named || self.carried;
        match mark {
            Mark::Anew => {
                if is_begun || self.next == Next::Doubted {
                    self.stop();
                }
            }
            Mark::Now => {
                manner.now = true;
                // "no diabetes or now pregnant"
                if is_begun {
                    self.stop();
                }
            }
            Mark::Still => {
                // "never again"
                manner.still |= !self.refusing;
                if is_begun {
                    self.stop();
                }
            }
            Mark::Other => manner.other |= !self.carried,
            Mark::Answer | Mark::Yes | Mark::Earlier => {}
        }
    }
}

/// What words that neither deny nor end say, and how far a denial reaches over them.
pub(super) fn says_more(says: Says, reach: &mut Reach, manner: &mut Manner) {
    // "not in remission" denies the remission and "not severe" how bad it is.
    let is_spared = reach.next == Next::Denied && !reach.named;
    match says {
        Says::NotThere | Says::Ended | Says::Onward => {}
        Says::Nothing | Says::Mine => reach.stop(),
        Says::Link | Says::EverSince => {
            manner.since |= says == Says::EverSince;
            if reach.named {
                reach.stop();
            }
        }
        Says::Lately(days) => manner.lately = Some(days),
        Says::SomebodyElses => manner.family = true,
        Says::Over => manner.over = true,
        Says::Had => manner.had = true,
        Says::HaveHad => manner.have_had = true,
        Says::Perhaps => {
            manner.perhaps = true;
            reach.stop();
        }
        Says::Phase(phase) => {
            reach.stop();
            manner.phase = if is_spared { manner.phase } else { Some(phase) };
        }
        Says::Control(control) => {
            reach.stop();
            manner.control = if is_spared { manner.control } else { Some(control) };
        }
        Says::Severity(severity) => {
            reach.stop();
            manner.severity = if is_spared { manner.severity } else { Some(severity) };
        }
    }
}
