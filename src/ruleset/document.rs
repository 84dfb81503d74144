//! The JSON exactly as authors write it, and as the API shows it again.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::model::{
    ActivityLevel, ClearedBy, ConditionId, ConditionKind, Control, Effect, Grade, Language, MassageTypeId, Phase,
    Pressure, ProductId, RegionId, Requirement, RuleId, Severity, Sex, SourceId, TechniqueId, Tone, Trend, Urgency,
};

/// `manifest.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Manifest {
    /// The form of the files; this program reads form 1.
    pub format: u32,
    /// Version (SemVer): a minor one can change verdicts, a patch only words.
    #[schema(value_type = String)]
    pub version: Arc<str>,
    /// The day of the release.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// What it is called.
    pub title: String,
    /// Under which licence it may be used.
    pub licence: String,
    /// Notices that go with code systems and sources.
    pub notices: Vec<String>,
    /// What changed, newest first.
    pub changes: Vec<Change>,
    /// The conditions that stand for what cannot be answered.
    pub fallbacks: FallbackIds,
}

/// What changed in one version.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The version.
    pub version: String,
    /// Its day.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
    /// What a clinician can notice.
    pub notes: Vec<String>,
}

/// The conditions that stand for what cannot be answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FallbackIds {
    /// Stands for a condition that was not understood.
    pub unrecognised: ConditionId,
    /// Stands for a partial intake.
    pub incomplete_intake: ConditionId,
    /// Stands for a name that was understood only nearly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub approximate: Option<ConditionId>,
}

/// `conditions/<category>.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConditionsFile {
    /// The category of all of them.
    pub category: String,
    /// The conditions.
    pub conditions: Vec<ConditionDocument>,
}

/// One condition as authors write it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ConditionDocument {
    /// Its id.
    pub id: ConditionId,
    /// What a person reads.
    pub name: String,
    /// What kind of thing it is.
    pub kind: ConditionKind,
    /// Other names.
    pub synonyms: Vec<String>,
    /// Names in other languages, by BCP 47 language tag.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub names: BTreeMap<String, Vec<String>>,
    /// Codes that mean it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<CodeDocument>,
    /// Its parents: their rules hold for it too.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub broader: Vec<ConditionId>,
    /// Where it is when a request names no region.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub regions: Vec<RegionId>,
    /// The client attribute that implies it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub implied_by: Option<ImpliedBy>,
    /// A heading that rules may name and clients cannot: naming it counts as not understood.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub heading: bool,
    /// Sources that say that it does not pass: said to be over, it counts as in remission. None where it can pass.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub lifelong: Vec<SourceId>,
    /// What it means, where the name alone could be misread.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub definition: Option<String>,
    /// Where the entry comes from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<SourceId>,
}

/// A client attribute that implies a condition.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub enum ImpliedBy {
    /// `client.pregnancyWeeks`.
    PregnancyWeeks,
}

/// A code of a code system.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CodeDocument {
    /// The code system's canonical address.
    pub system: String,
    /// The code.
    pub code: String,
    /// The phase that the code itself says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<Phase>,
    /// The control that the code itself says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control: Option<Control>,
    /// The severity that the code itself says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Severity>,
}

/// `ambiguous.json`: words that can mean several conditions.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AmbiguousFile {
    /// The words.
    pub ambiguous: Vec<AmbiguousDocument>,
}

/// A word that can mean several conditions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AmbiguousDocument {
    /// The word.
    pub name: String,
    /// Other ways to write it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub synonyms: Vec<String>,
    /// What it can mean, the commonest first.
    pub meanings: Vec<ConditionId>,
}

/// `words.json`: words around a condition's name, and what they say about it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct WordsFile {
    /// Small words that may stand inside a name or be left out of it.
    pub small: Vec<String>,
    /// Words that part one statement from the next.
    pub and: Vec<String>,
    /// Words that part two statements and carry a denial on.
    pub or: Vec<String>,
    /// Names that are everyday words: they count only where nothing else in the statement is strange.
    pub everyday: Vec<String>,
    /// Words that say nothing.
    pub filler: Vec<String>,
    /// Words that say nothing and over which a denial reaches the name: "never been diagnosed".
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub onward: Vec<String>,
    /// Words that tie what follows to what is before, where a denial ends: "no surgery for".
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub link: Vec<String>,
    /// Words that say that the next thing is the client's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub mine: Vec<String>,
    /// Words that say that the client speaks of themselves, whoever else is named.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub own: Vec<String>,
    /// Whole answers that say that there is nothing.
    pub nothing: Vec<String>,
    /// What is named is not there.
    pub negation: Vec<String>,
    /// What is named is somebody else's.
    pub family: Vec<String>,
    /// What is named is over.
    pub past: Vec<String>,
    /// What is named was there until then.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ended: Vec<String>,
    /// What says the opposite after a denial: what is not healed or not ruled out may be there.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub undone: Vec<String>,
    /// What is named was there, which does not say that it is over.
    pub had: Vec<String>,
    /// What is named was there and may still be: with how long or since when, it is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub have_had: Vec<String>,
    /// What stands before a span of time through which what is named lasted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub during: Vec<String>,
    /// How many days ago something was at the latest.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub lately: BTreeMap<String, u16>,
    /// What is named has been there ever since.
    pub since: Vec<String>,
    /// What is named may be there.
    pub suspected: Vec<String>,
    /// Where it stands in its course.
    pub phases: BTreeMap<Phase, Vec<String>>,
    /// Whether it is kept in check.
    pub control: BTreeMap<Control, Vec<String>>,
    /// How bad it is.
    pub severity: BTreeMap<Severity, Vec<String>>,
    /// Names of spans of time.
    pub units: BTreeMap<String, Vec<String>>,
    /// Words for numbers.
    pub numbers: BTreeMap<String, u16>,
}

/// `rules/<category>.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RulesFile {
    /// The category of all of them.
    pub category: String,
    /// The rules.
    pub rules: Vec<RuleDocument>,
}

/// One rule as authors write it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RuleDocument {
    /// Its id.
    pub id: RuleId,
    /// What it asks.
    pub effect: Effect,
    /// Whether it is about the whole body or one place.
    #[serde(default, skip_serializing_if = "Scope::is_systemic")]
    pub scope: Scope,
    /// The condition it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<ConditionId>,
    /// What must hold of the condition.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub where_: Option<WhereDocument>,
    /// What must hold of the client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<ClientDocument>,
    /// What must hold of the session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionDocument>,
    /// The place it is about, whatever region the client names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub affects: Vec<RegionId>,
    /// What it comes to while a fact is missing.
    #[serde(default, skip_serializing_if = "WhenUnknown::is_ask")]
    pub when_unknown: WhenUnknown,
    /// What a session gets that is only partly inside the place.
    #[serde(default, skip_serializing_if = "WhenPartly::is_caution")]
    pub when_partly: WhenPartly,
    /// Who may agree, and what the rule then comes down to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub with_clearance: Option<ClearanceDocument>,
    /// Set where this is not about a booking.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub red_flag: Option<RedFlagDocument>,
    /// Why, for three readers.
    pub reason: ReasonDocument,
    /// What the session must observe.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requirements: Vec<Requirement>,
    /// What supports it.
    pub evidence: EvidenceDocument,
    /// A judgement that a reader should be able to question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Whether a rule is about the whole body or one place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Scope {
    /// The whole body.
    #[default]
    Systemic,
    /// Only where regions meet.
    Local,
}

impl Scope {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn is_systemic(&self) -> bool {
        matches!(self, Self::Systemic)
    }
}

/// What a rule comes to while a fact is missing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WhenUnknown {
    /// Caution, and a question.
    #[default]
    Ask,
    /// The effect itself.
    Assume,
}

impl WhenUnknown {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn is_ask(&self) -> bool {
        matches!(self, Self::Ask)
    }
}

/// What a local rule without a condition comes to for a session that is only partly inside its place.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum WhenPartly {
    /// Caution.
    #[default]
    Caution,
    /// Advice: the place is simply left out.
    Advise,
}

impl WhenPartly {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
    fn is_caution(&self) -> bool {
        matches!(self, Self::Caution)
    }
}

/// A phase as rules name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PhaseWord {
    /// Sudden and at its height.
    Acute,
    /// Past its height.
    Subacute,
    /// Long-standing and settled.
    Chronic,
    /// Grown worse.
    Flare,
    /// Quiet now.
    Remission,
    /// Over.
    Resolved,
    /// Every phase but `resolved`.
    Current,
}

/// What must hold of the condition.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WhereDocument {
    /// It is in one of these phases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phase: Option<Vec<PhaseWord>>,
    /// It has been over for fewer days than this; with `phase`, an *or*.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved_within_days: Option<u16>,
    /// It began fewer days ago than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub onset_within_days: Option<u16>,
    /// It is kept in check, or not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub control: Option<Vec<Control>>,
    /// It is as bad as this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub severity: Option<Vec<Severity>>,
    /// Its own region meets one of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regions: Option<Vec<RegionId>>,
    /// After a session: it began so many hours after it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub onset_hours_after: Option<Bounds>,
    /// After a session: it has lasted so many hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_hours: Option<Bounds>,
    /// After a session: it is changing so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trend: Option<Vec<Trend>>,
}

/// What must hold of the client.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClientDocument {
    /// Age in years.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub age: Option<Bounds>,
    /// Completed weeks of pregnancy.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pregnancy_weeks: Option<Bounds>,
    /// Sex.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sex: Option<Vec<Sex>>,
    /// How the client usually moves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub activity_level: Option<Vec<ActivityLevel>>,
    /// Whether it is the first massage.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_session: Option<bool>,
    /// The client has one of these as well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub also: Option<Vec<ConditionId>>,
}

/// A range of whole numbers, both ends included.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Bounds {
    /// The least.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_least: Option<u16>,
    /// The greatest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub at_most: Option<u16>,
}

/// What must hold of the session.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SessionDocument {
    /// The type is one of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub massage_types: Option<Vec<MassageTypeId>>,
    /// The type is none of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub except_massage_types: Option<Vec<MassageTypeId>>,
    /// It has one of these techniques.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub techniques: Option<Vec<TechniqueId>>,
    /// It does this to muscle tone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effects: Option<Vec<Tone>>,
    /// It is at least this strong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pressure: Option<PressureAtLeast>,
    /// It is at least this long.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_minutes: Option<MinutesAtLeast>,
    /// It touches one of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub regions: Option<Vec<RegionId>>,
    /// It uses one of these.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub products: Option<Vec<ProductId>>,
}

/// A least pressure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PressureAtLeast {
    /// The level.
    pub at_least: Pressure,
}

/// A least length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MinutesAtLeast {
    /// Minutes.
    pub at_least: u16,
}

/// Who may agree, and what the rule then comes down to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClearanceDocument {
    /// The least standing that counts.
    pub by: ClearedBy,
    /// What the rule then asks.
    pub effect: Effect,
    /// How old the agreement may be, in days.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_age_days: Option<u16>,
}

/// How urgently the client should be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct RedFlagDocument {
    /// How urgently.
    pub urgency: Urgency,
}

/// Why, for three readers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonDocument {
    /// Exact.
    #[schema(value_type = String)]
    pub clinician: Arc<str>,
    /// What to do.
    #[schema(value_type = String)]
    pub therapist: Arc<str>,
    /// Plain and kind, at most 140 characters.
    #[schema(value_type = String)]
    pub client: Arc<str>,
}

/// What supports a rule, and what speaks against it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct EvidenceDocument {
    /// How strong the support is.
    pub grade: Grade,
    /// The sources that say so.
    pub agree: Vec<SourceId>,
    /// The sources that say otherwise.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub disagree: Vec<SourceId>,
}

/// `massage-types.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MassageTypesFile {
    /// What massages are booked for.
    pub goals: Vec<GoalDocument>,
    /// The types.
    pub massage_types: Vec<MassageTypeDocument>,
    /// How a massage is booked whose type is not told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unspecified: Option<UnspecifiedDocument>,
}

/// How a massage is booked whose type is not told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct UnspecifiedDocument {
    /// What a person reads.
    pub name: String,
    /// What it is.
    pub description: String,
    /// Words and phrases for massage; in a word, an asterisk stands for any letters before or behind.
    pub words: Vec<String>,
    /// Phrases with such a word that book no massage.
    pub not_booked: Vec<String>,
    /// Words beside a name that leave it the same booking: how long, and that it is one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub beside: Vec<String>,
    /// Reasons for a booking that say nothing of the client's health.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub plain_reasons: Vec<String>,
    /// Words of a sentence that says what would be, so that what it names is not this client's: "cancel if you have a fever".
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub only_if: Vec<String>,
    /// Codes of others for massage of any type.
    pub codes: Vec<BookingCodeDocument>,
}

/// A code of others under which a massage is booked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BookingCodeDocument {
    /// The code system's canonical address.
    pub system: String,
    /// The code.
    pub code: String,
    /// What the code system calls it.
    pub display: String,
    /// How the massage type stands to the code.
    pub equivalence: Equivalence,
}

/// How an entry of ours stands to a code of others. Source: HL7 FHIR R4, `ConceptMap`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Equivalence {
    /// Means the same.
    Equivalent,
    /// Means more.
    Wider,
    /// Means less.
    Narrower,
    /// Meets it in part.
    Inexact,
}

impl Equivalence {
    /// The word used in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Equivalent => "equivalent",
            Self::Wider => "wider",
            Self::Narrower => "narrower",
            Self::Inexact => "inexact",
        }
    }
}

/// What a massage is booked for, as the seed states it; no promise.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct GoalDocument {
    /// Its id.
    pub id: String,
    /// What a person reads.
    pub name: String,
    /// Where it is stated.
    pub sources: Vec<SourceId>,
}

/// One massage type.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MassageTypeDocument {
    /// Its id.
    pub id: MassageTypeId,
    /// What a person reads.
    pub name: String,
    /// Other names.
    pub synonyms: Vec<String>,
    /// What it is.
    pub description: String,
    /// The techniques that belong to it.
    pub techniques: Vec<TechniqueId>,
    /// What it does to muscle tone.
    pub effect: Tone,
    /// The pressure that is meant when none is given.
    pub usual_pressure: Pressure,
    /// What it is booked for.
    pub goals: Vec<String>,
    /// Codes of others under which it is booked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub codes: Vec<BookingCodeDocument>,
    /// Names that say by themselves that it is booked.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub booked_as: Vec<String>,
    /// Where the entry comes from.
    pub sources: Vec<SourceId>,
}

/// `techniques.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TechniquesFile {
    /// The techniques.
    pub techniques: Vec<TechniqueDocument>,
}

/// One technique.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TechniqueDocument {
    /// Its id.
    pub id: TechniqueId,
    /// What a person reads.
    pub name: String,
    /// Other names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub synonyms: Vec<String>,
    /// What it is.
    pub description: String,
    /// Where the entry comes from.
    pub sources: Vec<SourceId>,
}

/// `body-regions.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BodyRegionsFile {
    /// The regions.
    pub body_regions: Vec<BodyRegionDocument>,
}

/// One body region.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct BodyRegionDocument {
    /// Its id.
    pub id: RegionId,
    /// What a person reads.
    pub name: String,
    /// Other names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub synonyms: Vec<String>,
    /// The regions that it is a part of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub broader: Vec<RegionId>,
}

/// `products.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProductsFile {
    /// The products.
    pub products: Vec<ProductDocument>,
}

/// One product used on the skin.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ProductDocument {
    /// Its id.
    pub id: ProductId,
    /// What a person reads.
    pub name: String,
    /// Other names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub synonyms: Vec<String>,
    /// The kinds of product that it belongs to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub broader: Vec<ProductId>,
}

/// `sources.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SourcesFile {
    /// The sources.
    pub sources: Vec<SourceDocument>,
}

/// What kind of source it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SourceKind {
    /// A statement of the seed article.
    Seed,
    /// The project's own weighing of a dispute.
    Review,
    /// Something published.
    Published,
}

/// How a statement of the seed article stands against what else was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Standing {
    /// A source that was read agrees.
    Supported,
    /// Nothing read contradicts it; support is weak.
    Plausible,
    /// A source that was read contradicts it or shows it too broad.
    Disputed,
    /// Following it as written could harm.
    Unsafe,
}

/// One source.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SourceDocument {
    /// Its id.
    pub id: SourceId,
    /// What kind of source.
    pub kind: SourceKind,
    /// What it is, or what the seed article says.
    #[schema(value_type = String)]
    pub title: Arc<str>,
    /// Where in the seed article.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub locator: Option<String>,
    /// How a statement of the seed stands.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standing: Option<Standing>,
    /// The review that weighs it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub review: Option<SourceId>,
    /// Publications that bear on it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub supported_by: Vec<SourceId>,
    /// How much of it was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read: Option<String>,
    /// Where it can be read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "uri")]
    pub url: Option<Arc<str>>,
}

/// `not-adopted.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NotAdoptedFile {
    /// The claims.
    pub not_adopted: Vec<NotAdoptedDocument>,
}

/// A claim that is deliberately not followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NotAdoptedDocument {
    /// Its id.
    pub id: String,
    /// What is claimed.
    pub claim: String,
    /// Why it is not followed.
    pub why: String,
    /// The rows of the register that make it.
    pub rows: Vec<SourceId>,
    /// What speaks against it.
    pub sources: Vec<SourceId>,
}

/// `post-session.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PostSessionFile {
    /// What is known, by topic.
    pub topics: Vec<TopicDocument>,
    /// What a feeling after a session comes to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<PostSessionRuleDocument>,
    /// What a client can do meanwhile.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub self_care: Vec<AdviceDocument>,
    /// Signs that would change the answer.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub watch_for: Vec<AdviceDocument>,
}

/// One rule about feelings after a session: the same predicates as before it, and a level for an effect.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PostSessionRuleDocument {
    /// Its id.
    pub id: RuleId,
    /// What it comes to. `expected` says that this is an ordinary course; any other level raises the answer.
    pub level: crate::model::Level,
    /// The symptom it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<ConditionId>,
    /// What must hold of the symptom.
    #[serde(default, rename = "where", skip_serializing_if = "Option::is_none")]
    pub where_: Option<WhereDocument>,
    /// What must hold of the client.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub client: Option<ClientDocument>,
    /// What must hold of the session that was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<SessionDocument>,
    /// What it comes to while a fact is missing.
    #[serde(default, skip_serializing_if = "WhenUnknown::is_ask")]
    pub when_unknown: WhenUnknown,
    /// How urgently a doctor should look at it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgency: Option<Urgency>,
    /// With level `expected`: hours after the session by which it should be over.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until_hours: Option<u16>,
    /// No more pressure than this in the next session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub next_pressure_max: Option<Pressure>,
    /// Why, for three readers.
    pub reason: ReasonDocument,
    /// What supports it.
    pub evidence: EvidenceDocument,
    /// A judgement that a reader should be able to question.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
}

/// Something that a client can do, or should watch for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AdviceDocument {
    /// Its id.
    #[schema(value_type = String)]
    pub id: Arc<str>,
    /// What to tell the client.
    #[schema(value_type = String)]
    pub text: Arc<str>,
    /// Only with one of these symptoms, or one below them; with every symptom when empty.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub symptoms: Vec<ConditionId>,
    /// Not for a client who has, or may have, one of these.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_with: Vec<ConditionId>,
    /// Up to this level of the answer.
    pub up_to: crate::model::Level,
    /// Where it comes from.
    pub sources: Vec<SourceId>,
}

/// `assessment-cases/<category>.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssessmentCasesFile {
    /// The category of all of them.
    pub category: String,
    /// The cases.
    pub cases: Vec<AssessmentCaseDocument>,
}

/// A report with the answer that a clinician expects.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssessmentCaseDocument {
    /// Who feels what after which session.
    pub case: String,
    /// Where the expectation comes from.
    pub sources: Vec<SourceId>,
    /// The body of `POST /v1/post-session-assessments`.
    pub request: crate::model::AssessmentRequest,
    /// What is expected.
    pub expect: AssessmentExpectDocument,
}

/// What a clinician expects of an assessment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AssessmentExpectDocument {
    /// The level.
    pub level: crate::model::Level,
    /// Exactly the rules among the reasons.
    pub rules: Vec<RuleId>,
    /// Self-care that must be offered.
    #[serde(default)]
    pub self_care: Vec<String>,
    /// Self-care that must not be offered.
    #[serde(default)]
    pub no_self_care: Vec<String>,
    /// Hours until an ordinary course is over.
    #[serde(default)]
    pub until_hours: Option<u16>,
}

/// What is known about one feeling after a session, or one thing to do about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TopicDocument {
    /// Its id.
    pub id: String,
    /// What a person reads.
    pub title: String,
    /// What is known.
    pub summary: String,
    /// Where it comes from.
    pub sources: Vec<SourceId>,
}

/// `traceability.json`: where each row of the register went.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TraceabilityFile {
    /// By row.
    pub rows: BTreeMap<SourceId, TraceDocument>,
}

/// Where one row of the register went.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TraceDocument {
    /// Rules that carry it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<RuleId>,
    /// Entries of the catalogue, as `kind:id`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub catalogue: Vec<String>,
    /// Topics of `post-session.json`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub post_session: Vec<String>,
    /// Entries of `not-adopted.json`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_adopted: Vec<String>,
}

/// `messages.json`: sentences by audience and name.
pub type MessagesFile = BTreeMap<String, BTreeMap<String, String>>;

/// One file of `languages/<tag>/`, or all of them together: what the ruleset says, in another language.
///
/// Every map goes by the ids of what it translates.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TranslationDocument {
    /// Into which language.
    pub language: Language,
    /// The category of a file that bears its name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// The sentences of `messages.json`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub messages: MessagesFile,
    /// Names of conditions.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub conditions: BTreeMap<ConditionId, Arc<str>>,
    /// Reasons of rules.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub rules: BTreeMap<RuleId, ReasonDocument>,
    /// Reasons of rules about what is felt after a session.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub post_session_rules: BTreeMap<RuleId, ReasonDocument>,
    /// What a client can do, or should watch for.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub advice: BTreeMap<String, Arc<str>>,
    /// Names of massage types.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub massage_types: BTreeMap<MassageTypeId, String>,
    /// Names of techniques.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub techniques: BTreeMap<TechniqueId, String>,
    /// Names of body regions.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub body_regions: BTreeMap<RegionId, String>,
    /// Names of products.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub products: BTreeMap<ProductId, String>,
}

/// `cases/<category>.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CasesFile {
    /// The category of all of them.
    pub category: String,
    /// The cases.
    pub cases: Vec<CaseDocument>,
}

/// A request with the answer that a clinician expects.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseDocument {
    /// Who comes for what.
    pub case: String,
    /// Where the expectation comes from.
    pub sources: Vec<SourceId>,
    /// The body of `POST /v1/screenings`.
    pub request: crate::model::ScreeningRequest,
    /// What is expected.
    pub expect: ExpectDocument,
}

/// What a clinician expects of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExpectDocument {
    /// The verdict.
    pub verdict: crate::model::Verdict,
    /// Exactly the rules whose effect in the answer is caution or deny.
    pub rules: Vec<RuleId>,
    /// Rules of effect advise or indicate that must be there.
    #[serde(default)]
    pub advice: Vec<RuleId>,
    /// The action.
    #[serde(default)]
    pub action: Option<crate::model::Action>,
    /// How urgently the client should be seen.
    #[serde(default)]
    pub urgency: Option<crate::model::Urgency>,
    /// The day from which time alone makes the verdict milder.
    #[serde(default)]
    pub eligible_from: Option<Date>,
}

/// A whole ruleset in one document: what a release holds.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Bundle {
    /// `manifest.json`.
    pub manifest: Manifest,
    /// `conditions/`, by category.
    pub conditions: Vec<ConditionsFile>,
    /// `ambiguous.json`.
    #[serde(default, skip_serializing_if = "no_ambiguity")]
    pub ambiguous: AmbiguousFile,
    /// `words.json`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub words: Option<WordsFile>,
    /// `observations.json`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub observations: Option<super::observations::ObservationsFile>,
    /// `rules/`, by category.
    pub rules: Vec<RulesFile>,
    /// `massage-types.json`.
    pub massage_types: MassageTypesFile,
    /// `techniques.json`.
    pub techniques: TechniquesFile,
    /// `body-regions.json`.
    pub body_regions: BodyRegionsFile,
    /// `products.json`.
    pub products: ProductsFile,
    /// `sources.json`.
    pub sources: SourcesFile,
    /// `messages.json`.
    pub messages: MessagesFile,
    /// `languages/`, one document a language.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub translations: Vec<TranslationDocument>,
    /// `not-adopted.json`.
    pub not_adopted: NotAdoptedFile,
    /// `post-session.json`.
    pub post_session: PostSessionFile,
    /// `traceability.json`.
    pub traceability: TraceabilityFile,
}

fn no_ambiguity(file: &AmbiguousFile) -> bool {
    file.ambiguous.is_empty()
}
