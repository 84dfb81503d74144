//! The ruleset as the engine uses it: things by number, rules by the conditions that wake them.

use std::sync::Arc;

use crate::model::{
    ClearedBy, ConditionId, Effect, EvidenceResponse, Level, MassageTypeId, Pressure, ProductId, RegionId, Requirement,
    RuleId, RulesetStamp, TechniqueId, Tone, Urgency,
};

use super::bookings::BookingIndex;
use super::categories::CategorySet;
use super::document::{
    AdviceDocument, Bundle, ConditionDocument, MassageTypeDocument, PostSessionRuleDocument, RuleDocument,
};
use super::names::NameIndex;
use super::observations::Observations;
use super::predicate::{ClientTest, Course, SessionTest};
use super::regions::RegionSet;

/// A condition's number in its ruleset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ConditionIx(pub(super) u32);

/// A rule's number in its ruleset; numbers are in the order of rule ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleIx(pub(super) u32);

/// One condition.
#[derive(Debug, Clone)]
pub struct Condition {
    /// Its number.
    pub ix: ConditionIx,
    /// Its id.
    pub id: ConditionId,
    /// What a person reads.
    pub name: Arc<str>,
    /// Its category.
    pub category: Arc<str>,
    /// The categories of itself and of everything below it.
    pub family: CategorySet,
    /// Itself and everything above it, in numerical order.
    pub ancestors: Box<[ConditionIx]>,
    /// Where it is when a request names no region.
    pub place: Option<Place>,
    /// The rules on it and on everything above it, by rule id.
    pub rules: Box<[RuleIx]>,
    /// The rules about what is felt after a session on it and on everything above it, by number.
    pub post_session_rules: Box<[usize]>,
    /// As authors wrote it.
    pub document: Arc<ConditionDocument>,
}

/// One category of conditions: what a client is asked of together.
#[derive(Debug, Clone)]
pub struct Category {
    /// Its id.
    pub id: Arc<str>,
    /// Itself as a set.
    pub set: CategorySet,
    /// Every rule that one of its conditions wakes, in order; stand-ins for what cannot be answered are left out.
    pub rules: Box<[RuleIx]>,
}

/// Some body regions: what they cover, and what they are called.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    /// What they cover.
    pub set: RegionSet,
    /// What they are called.
    pub ids: Vec<RegionId>,
}

/// One body region.
#[derive(Debug, Clone)]
pub struct BodyRegion {
    /// Its id.
    pub id: RegionId,
    /// What a person reads.
    pub name: String,
    /// Itself and everything that belongs to it.
    pub set: RegionSet,
}

/// One technique.
#[derive(Debug, Clone)]
pub struct Technique {
    /// Its id.
    pub id: TechniqueId,
    /// What a person reads.
    pub name: String,
}

/// One product.
#[derive(Debug, Clone)]
pub struct Product {
    /// Its id.
    pub id: ProductId,
    /// What a person reads.
    pub name: String,
    /// The numbers of itself and everything above it.
    pub ancestors: Vec<usize>,
}

/// One massage type.
#[derive(Debug, Clone)]
pub struct MassageType {
    /// Its id.
    pub id: MassageTypeId,
    /// Its techniques, one bit each.
    pub techniques: u64,
    /// What it does to muscle tone.
    pub tone: Tone,
    /// The pressure that is meant when none is given.
    pub usual_pressure: Pressure,
    /// As authors wrote it.
    pub document: Arc<MassageTypeDocument>,
}

/// Who may agree, and what a rule then comes down to.
#[derive(Debug, Clone, Copy)]
pub struct ClearanceTest {
    /// The least standing that counts.
    pub by: ClearedBy,
    /// What the rule then asks.
    pub effect: Effect,
    /// How old the agreement may be, in days.
    pub max_age_days: Option<i32>,
}

/// One rule, ready to be weighed.
#[derive(Debug, Clone)]
pub struct Rule {
    /// Its id.
    pub id: RuleId,
    /// What it asks.
    pub effect: Effect,
    /// The condition it is about.
    pub condition: Option<ConditionIx>,
    /// What must hold of the condition.
    pub course: Course,
    /// What must hold of the client.
    pub client: ClientTest,
    /// What must hold of the session.
    pub session: SessionTest,
    /// Whether it is about one place only.
    pub local: bool,
    /// The place it is about, whatever region the client names.
    pub affects: Option<Place>,
    /// Whether it keeps its full effect while a fact is missing.
    pub assumes: bool,
    /// What it comes to for a session that is only partly inside its place.
    pub when_partly: Effect,
    /// Who may agree.
    pub clearance: Option<ClearanceTest>,
    /// Set where this is not about a booking.
    pub red_flag: Option<Urgency>,
    /// What the session must observe.
    pub requirements: Vec<Requirement>,
    /// What supports it, ready to be cited.
    pub evidence: EvidenceResponse,
    /// As authors wrote it.
    pub document: Arc<RuleDocument>,
    /// Its category.
    pub category: Arc<str>,
}

/// One rule about what is felt after a session: the same predicates, and a level for an effect.
#[derive(Debug, Clone)]
pub struct PostSessionRule {
    /// Its predicates; the effect in it is not used.
    pub rule: Rule,
    /// What it comes to.
    pub level: Level,
    /// As authors wrote it.
    pub document: Arc<PostSessionRuleDocument>,
}

/// Something that a client can do, or should watch for.
#[derive(Debug, Clone)]
pub struct AdviceEntry {
    /// Only with one of these symptoms, or one below them; with every symptom when empty.
    pub symptoms: Vec<ConditionIx>,
    /// Not for a client who has, or may have, one of these.
    pub not_with: Vec<ConditionIx>,
    /// As authors wrote it.
    pub document: AdviceDocument,
}

/// The conditions that stand for what cannot be answered.
#[derive(Debug, Clone, Copy)]
pub struct Fallbacks {
    /// Stands for a condition that was not understood.
    pub unrecognised: ConditionIx,
    /// Stands for a partial intake.
    pub incomplete_intake: ConditionIx,
    /// Stands for a name that was understood only nearly.
    pub approximate: Option<ConditionIx>,
    /// Stands for a pregnancy of which only the weeks were given.
    pub pregnancy: Option<ConditionIx>,
}

impl Fallbacks {
    /// Whether a condition stands for what was not understood, understood only nearly, or not asked.
    #[must_use]
    pub fn stand_in(&self, condition: ConditionIx) -> bool {
        condition == self.unrecognised
            || condition == self.incomplete_intake
            || self.approximate.is_some_and(|approximate| condition == approximate)
    }
}

/// A ruleset in service: immutable, and all that a screening needs.
#[derive(Debug, Clone)]
pub struct Ruleset {
    pub(super) stamp: RulesetStamp,
    pub(super) bytes: Arc<[u8]>,
    pub(super) bundle: Bundle,
    pub(super) conditions: Vec<Condition>,
    pub(super) categories: Vec<Category>,
    pub(super) rules: Vec<Rule>,
    pub(super) unconditional: Vec<RuleIx>,
    pub(super) post_session_rules: Vec<PostSessionRule>,
    pub(super) self_care: Vec<AdviceEntry>,
    pub(super) watch_for: Vec<AdviceEntry>,
    pub(super) massage_types: Vec<MassageType>,
    pub(super) techniques: Vec<Technique>,
    pub(super) regions: Vec<BodyRegion>,
    pub(super) products: Vec<Product>,
    pub(super) fallbacks: Fallbacks,
    pub(super) names: NameIndex,
    pub(super) bookings: BookingIndex,
    pub(super) observations: Observations,
    pub(super) disclaimer: Arc<str>,
}

impl Ruleset {
    /// Version and digest.
    #[must_use]
    pub fn stamp(&self) -> &RulesetStamp {
        &self.stamp
    }

    /// The version (SemVer).
    #[must_use]
    pub fn version(&self) -> &str {
        &self.stamp.version
    }

    /// `sha256:` and the digest of the bundle's bytes, in hexadecimal.
    #[must_use]
    pub fn digest(&self) -> &str {
        &self.stamp.digest
    }

    /// The bundle, byte for byte.
    #[must_use]
    pub fn bytes(&self) -> &Arc<[u8]> {
        &self.bytes
    }

    /// The documents it was made from.
    #[must_use]
    pub fn bundle(&self) -> &Bundle {
        &self.bundle
    }

    /// Every condition, by id.
    #[must_use]
    pub fn conditions(&self) -> &[Condition] {
        &self.conditions
    }

    /// One condition.
    #[must_use]
    #[expect(
        clippy::indexing_slicing,
        reason = "a ConditionIx is made by the compiler of this ruleset alone, in range"
    )]
    pub fn condition(&self, ix: ConditionIx) -> &Condition {
        &self.conditions[ix.0 as usize]
    }

    /// Every category of conditions, by id.
    #[must_use]
    pub fn categories(&self) -> &[Category] {
        &self.categories
    }

    /// Every rule, by id.
    #[must_use]
    pub fn rules(&self) -> &[Rule] {
        &self.rules
    }

    /// One rule.
    #[must_use]
    #[expect(clippy::indexing_slicing, reason = "a RuleIx is made by the compiler of this ruleset alone, in range")]
    pub fn rule(&self, ix: RuleIx) -> &Rule {
        &self.rules[ix.0 as usize]
    }

    /// The rules that name no condition, by id.
    #[must_use]
    pub fn unconditional(&self) -> &[RuleIx] {
        &self.unconditional
    }

    /// Every rule about what is felt after a session, by id.
    #[must_use]
    pub fn post_session_rules(&self) -> &[PostSessionRule] {
        &self.post_session_rules
    }

    /// What a client can do after a session.
    #[must_use]
    pub fn self_care(&self) -> &[AdviceEntry] {
        &self.self_care
    }

    /// Signs that a client should watch for after a session.
    #[must_use]
    pub fn watch_for(&self) -> &[AdviceEntry] {
        &self.watch_for
    }

    /// Every massage type, in the order of the catalogue.
    #[must_use]
    pub fn massage_types(&self) -> &[MassageType] {
        &self.massage_types
    }

    /// Every technique, in the order of the catalogue.
    #[must_use]
    pub fn techniques(&self) -> &[Technique] {
        &self.techniques
    }

    /// Every body region, in the order of the catalogue.
    #[must_use]
    pub fn regions(&self) -> &[BodyRegion] {
        &self.regions
    }

    /// Every product, in the order of the catalogue.
    #[must_use]
    pub fn products(&self) -> &[Product] {
        &self.products
    }

    /// The conditions that stand for what cannot be answered.
    #[must_use]
    pub fn fallbacks(&self) -> Fallbacks {
        self.fallbacks
    }

    /// Names to things.
    #[must_use]
    pub fn names(&self) -> &NameIndex {
        &self.names
    }

    /// How others name a massage that is booked.
    #[must_use]
    pub fn bookings(&self) -> &BookingIndex {
        &self.bookings
    }

    /// What the numbers and codes of a health record stand for.
    #[must_use]
    pub fn observations(&self) -> &Observations {
        &self.observations
    }

    /// The same ruleset in which nothing wakes one rule: to see what depends on it.
    #[must_use]
    pub fn without(&self, id: &RuleId) -> Self {
        let mut ruleset = self.clone();
        let rules = &self.rules;
        let other = |ix: &RuleIx| rules.get(ix.0 as usize).is_some_and(|rule| rule.id != *id);
        let after = &self.post_session_rules;
        let other_after = |number: &usize| after.get(*number).is_some_and(|rule| rule.rule.id != *id);
        ruleset.unconditional.retain(other);
        for condition in &mut ruleset.conditions {
            condition.rules = condition.rules.iter().copied().filter(other).collect();
            condition.post_session_rules = condition.post_session_rules.iter().copied().filter(other_after).collect();
        }
        ruleset
    }

    /// Whether `ix` is `above` or below it.
    #[must_use]
    pub fn is_a(&self, ix: ConditionIx, above: ConditionIx) -> bool {
        self.condition(ix).ancestors.binary_search(&above).is_ok()
    }
}
