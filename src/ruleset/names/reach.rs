//! How far a denial, or an end, reaches over the words that follow it.

use super::manner::Manner;
use super::words::Says;

/// How far a denial, or an end, reaches while a statement is read word by word.
#[derive(Default)]
pub(super) struct Reach {
    pub(super) next: Next,
    /// The statement has said "no" and has named nothing since.
    pub(super) refusing: bool,
    /// A name was met since the denial.
    pub(super) named: bool,
}

/// What the words so far say of the next name.
#[derive(Clone, Copy, Default, PartialEq, Eq)]
pub(super) enum Next {
    #[default]
    Plain,
    /// It is not there.
    Denied,
    /// It was there until then.
    Ended,
}

impl Reach {
    pub(super) fn stop(&mut self) {
        self.next = Next::Plain;
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
