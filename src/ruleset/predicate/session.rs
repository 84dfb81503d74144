//! What must hold of the session.

use crate::model::{Pressure, Tone, Truth};

use super::super::document::Bounds;
use super::super::facts::Facts;
use super::super::index::Ruleset;
use super::super::regions::RegionSet;
use super::witness::{Fact, Witness, within_bounds};

/// What must hold of the session.
#[derive(Debug, Clone, Default)]
pub struct SessionTest {
    /// The massage types for which it can hold, one bit each.
    pub massage_types: Option<u64>,
    /// It has one of these techniques, one bit each.
    pub techniques: Option<u64>,
    /// It does this to muscle tone.
    pub tones: Option<Vec<Tone>>,
    /// It is at least this strong.
    pub pressure: Option<Pressure>,
    /// It is at least this long, in minutes.
    pub duration_minutes: Option<u16>,
    /// It touches this.
    pub regions: Option<RegionSet>,
    /// It uses one of these products or what belongs to them.
    pub products: Option<Vec<usize>>,
}

impl SessionTest {
    /// How true it is of the session that is to be booked.
    pub fn truth<W: Witness>(&self, ruleset: &Ruleset, facts: &Facts, witness: &mut W) -> Truth {
        let known = [Self::of_type, Self::with_techniques, Self::as_strong, Self::touches];
        if known.iter().any(|part| part(self, facts, witness) == Truth::False)
            || self.on_tone(ruleset, facts, witness) == Truth::False
        {
            return Truth::False;
        }
        self.duration(facts, witness).and(self.uses(ruleset, facts, witness))
    }

    pub(in crate::ruleset) fn of_type<W: Witness>(&self, facts: &Facts, witness: &mut W) -> Truth {
        let Some(types) = self.massage_types else { return Truth::True };
        witness.read(Fact::MassageType);
        (types & (1 << facts.session.massage_type) != 0).into()
    }

    pub(in crate::ruleset) fn with_techniques<W: Witness>(&self, facts: &Facts, witness: &mut W) -> Truth {
        let Some(techniques) = self.techniques else { return Truth::True };
        let session = &facts.session;
        witness.read(if session.extra_techniques & techniques == 0 { Fact::MassageType } else { Fact::Techniques });
        (techniques & session.techniques != 0).into()
    }

    pub(in crate::ruleset) fn on_tone<W: Witness>(&self, ruleset: &Ruleset, facts: &Facts, witness: &mut W) -> Truth {
        let Some(tones) = &self.tones else { return Truth::True };
        witness.read(Fact::MassageType);
        let kind = ruleset.massage_types().get(facts.session.massage_type);
        kind.is_some_and(|kind| tones.contains(&kind.tone)).into()
    }

    pub(in crate::ruleset) fn as_strong<W: Witness>(&self, facts: &Facts, witness: &mut W) -> Truth {
        let Some(least) = self.pressure else { return Truth::True };
        let session = &facts.session;
        witness.read(if session.pressure_given { Fact::Pressure } else { Fact::MassageType });
        (session.pressure >= least).into()
    }

    pub(in crate::ruleset) fn touches<W: Witness>(&self, facts: &Facts, witness: &mut W) -> Truth {
        let (Some(regions), Some(place)) = (self.regions, &facts.session.regions) else { return Truth::True };
        witness.read(Fact::Regions);
        place.set.meets(regions).into()
    }

    pub(in crate::ruleset) fn duration<W: Witness>(&self, facts: &Facts, witness: &mut W) -> Truth {
        let bounds = self.duration_minutes.map(|least| Bounds { at_least: Some(least), at_most: None });
        within_bounds(facts.session.duration_minutes, bounds, Fact::Duration, witness)
    }

    pub(in crate::ruleset) fn uses<W: Witness>(&self, ruleset: &Ruleset, facts: &Facts, witness: &mut W) -> Truth {
        let Some(products) = &self.products else { return Truth::True };
        let told = &facts.session.products;
        let used = told.known.iter().flatten().filter_map(|number| ruleset.products().get(*number));
        if used.flat_map(|product| &product.ancestors).any(|above| products.contains(above)) {
            witness.read(Fact::Products);
            return Truth::True;
        }
        if told.known.is_none() || told.unrecognised {
            witness.missed(Fact::Products);
            return Truth::Unknown;
        }
        witness.read(Fact::Products);
        Truth::False
    }
}
