//! What words say about a condition besides its name.

use crate::model::{Control, Phase, Severity};

use super::spot::Spotted;
use super::words::Unit;

/// When something was, as far as words say.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// In a year.
    Year(i16),
    /// So long ago.
    Ago(u16, Unit),
    /// For so long, as far as the words say until now.
    For(u16, Unit),
}

impl When {
    /// The later of two days, where that can be told without today's.
    fn later(self, other: Self) -> Option<Self> {
        match (self, other) {
            (Self::Year(one), Self::Year(two)) => Some(Self::Year(one.max(two))),
            (Self::Ago(count, unit), Self::Ago(..)) | (Self::For(count, unit), Self::For(..)) => {
                Some(if days(count, unit) <= other.least_days() { self } else { other })
            }
            (Self::Year(_) | Self::Ago(..) | Self::For(..), _) => None,
        }
    }

    /// For how many days, or how many days ago, at the least.
    fn least_days(self) -> u32 {
        match self {
            Self::Year(_) => 0,
            Self::Ago(count, unit) | Self::For(count, unit) => days(count, unit),
        }
    }
}

fn days(count: u16, unit: Unit) -> u32 {
    let each = match unit {
        Unit::Day => 1,
        Unit::Week => 7,
        Unit::Month => 30,
        Unit::Year => 365,
    };
    u32::from(count) * each
}

/// What words say about a condition besides its name.
#[expect(
    clippy::struct_excessive_bools,
    reason = "each is a thing that words say or don't, independently of the others"
)]
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Manner {
    /// It is not there.
    pub denied: bool,
    /// It is somebody else's.
    pub family: bool,
    /// It may be there.
    pub perhaps: bool,
    /// It is over.
    pub over: bool,
    /// It was there until then.
    pub ended: bool,
    /// The client "had" it, which does not say that it is over.
    pub had: bool,
    /// The client "has had" it, which says that it is there where it is told for how long or since when.
    pub have_had: bool,
    /// It has been there ever since.
    pub since: bool,
    /// It is over in plain words: "healed", and not only "old".
    pub healed: bool,
    /// It is there again or still.
    pub still: bool,
    /// What is said holds now, which says nothing of before.
    pub now: bool,
    /// There is one already: "no other".
    pub other: bool,
    /// When it was.
    pub when: Option<When>,
    /// Another day that is told and that cannot be compared without today's.
    pub also: Option<When>,
    /// How many days ago it was at the latest, where words say so: "this morning".
    pub lately: Option<u16>,
    /// Where it stands in its course.
    pub phase: Option<Phase>,
    /// Whether it is kept in check.
    pub control: Option<Control>,
    /// How bad it is.
    pub severity: Option<Severity>,
    /// Where it is, by number.
    pub region: Option<usize>,
}

impl Manner {
    /// Adds what a further clause says, where the first was silent.
    pub(super) fn add(&mut self, more: &Self) {
        // A denial that stands apart from the name may be about something else: it only makes doubtful.
        self.perhaps |= more.denied | more.family;
        self.perhaps |= more.perhaps;
        // "no chest pain today but yesterday": what was there at some time was not never there.
        if self.denied && (more.when.is_some() || more.lately.is_some()) {
            (self.denied, self.perhaps) = (false, true);
        }
        self.over |= more.over;
        self.ended |= more.ended;
        self.had |= more.had;
        self.have_had |= more.have_had;
        self.since |= more.since;
        self.healed |= more.healed;
        self.still |= more.still;
        self.now |= more.now;
        [more.when, more.also].into_iter().flatten().for_each(|when| self.date(when));
        self.lately = self.lately.or(more.lately);
        self.phase = self.phase.or(more.phase);
        self.control = self.control.or(more.control);
        self.severity = self.severity.or(more.severity);
        self.region = self.region.or(more.region);
    }

    /// Adds a day; of several the latest counts, "fracture 2015 and 2026".
    pub(super) fn date(&mut self, when: When) {
        for known in [&mut self.when, &mut self.also] {
            if let Some(later) = known.map_or(Some(when), |known| known.later(when)) {
                *known = Some(later);
                return;
            }
        }
        // More kinds of days than anybody tells of one thing.
        self.perhaps = true;
    }

    /// Whether the words say that what was there is there: "again", "flaring up".
    #[must_use]
    pub fn is_back(&self) -> bool {
        let is_old = self.over && !self.healed;
        let is_bad = self.phase == Some(Phase::Acute) || self.severity == Some(Severity::Severe);
        self.still
            || self.now && !self.healed && !self.ended
            || self.phase == Some(Phase::Flare)
            || is_old && (self.lately.is_some() || is_bad && self.when.is_none())
    }

    /// What is left where the client speaks of themselves beside a relative: nothing that may have been the relative's.
    pub(super) fn of_both(&self) -> Self {
        Self { perhaps: true, region: self.region, ..Self::default() }
    }

    /// What the words of a statement say of one name in it.
    pub(super) fn of(mut self, spotted: &Spotted) -> Self {
        self.denied = spotted.denied;
        self.ended = spotted.ended;
        self.perhaps |= spotted.doubted;
        if !self.denied {
            return self;
        }
        self.now |= spotted.now;
        if self.other {
            (self.denied, self.perhaps) = (false, true);
            return self;
        }
        // What is not there since a day, for some time or today was there before, or may have been.
        let lasted = match self.when {
            Some(When::For(count, unit)) => Some(When::Ago(count, unit)),
            Some(_) | None => None,
        };
        if lasted.is_some() || self.since || self.lately.is_some() {
            self.ended = lasted.is_some() || self.since && (self.when.is_some() || self.lately.is_some());
            (self.denied, self.perhaps, self.when) = (false, true, lasted.or(self.when));
        }
        self
    }
}
