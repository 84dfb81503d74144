//! The answer to a screening.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{ClearedBy, ConditionId, MassageTypeId, Pressure, RegionId, Requirement, RuleId, SourceId};

/// The answer for a session, ordered by caution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Verdict {
    /// Nothing speaks against it.
    Allow,
    /// Go ahead as the requirements say, once the questions are answered.
    Caution,
    /// Not this session.
    Deny,
}

impl Verdict {
    /// All three, mildest first.
    pub const ALL: [Self; 3] = [Self::Allow, Self::Caution, Self::Deny];

    /// The word used in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Allow => "allow",
            Self::Caution => "caution",
            Self::Deny => "deny",
        }
    }
}

/// What one rule asks, ordered by caution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Effect {
    /// A good match; informs only.
    Indicate,
    /// Text and requirements that leave the verdict as it is.
    Advise,
    /// A precaution: go ahead as the requirements say.
    Caution,
    /// A contraindication: don't.
    Deny,
}

impl Effect {
    /// The verdict that this effect alone amounts to.
    #[must_use]
    pub const fn verdict(self) -> Verdict {
        match self {
            Self::Indicate | Self::Advise => Verdict::Allow,
            Self::Caution => Verdict::Caution,
            Self::Deny => Verdict::Deny,
        }
    }
}

/// How sure it is that a rule applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Certainty {
    /// Every fact that it needs is known.
    Definite,
    /// A fact is missing, and the rule is made to assume the worst.
    Assumed,
    /// A fact is missing: the rule counts as a precaution until it is known.
    Possible,
}

/// What the caller is to do; all that a simple client needs. Anything not known to the client means: hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Action {
    /// Confirm the booking.
    Confirm,
    /// Confirm it and pass the requirements to the therapist.
    ConfirmWithPrecautions,
    /// Ask the questions first.
    Ask,
    /// Hold the booking until somebody has agreed.
    HoldForClearance,
    /// Offer another massage type, place or day.
    OfferAlternatives,
    /// Decline.
    Reject,
    /// Do not book: the client should see a doctor.
    Refer,
}

impl Action {
    /// The word used in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Confirm => "confirm",
            Self::ConfirmWithPrecautions => "confirm-with-precautions",
            Self::Ask => "ask",
            Self::HoldForClearance => "hold-for-clearance",
            Self::OfferAlternatives => "offer-alternatives",
            Self::Reject => "reject",
            Self::Refer => "refer",
        }
    }
}

/// How strong the support for a rule is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Grade {
    /// Good trials or large case series.
    Strong,
    /// Smaller studies or several case reports.
    Moderate,
    /// Single or indirect reports.
    Weak,
    /// What most guidance says.
    Consensus,
    /// What the seed article or practice says, and little else.
    Traditional,
    /// Read across from a neighbouring condition or massage type.
    Extrapolated,
}

/// A source as an answer cites it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct CitedSource {
    /// The source's id in the ruleset.
    pub id: SourceId,
    /// What it is, or what the seed article says.
    #[schema(value_type = String)]
    pub title: Arc<str>,
    /// Where it can be read, if it is public.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = "uri")]
    pub url: Option<Arc<str>>,
}

/// What supports a rule, and what speaks against it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[schema(as = Evidence)]
pub struct EvidenceResponse {
    /// How strong the support is.
    pub grade: Grade,
    /// The sources that say so.
    #[schema(value_type = Vec<CitedSource>)]
    pub sources: Arc<[CitedSource]>,
    /// The sources that say otherwise.
    #[schema(value_type = Vec<CitedSource>)]
    pub disagree: Arc<[CitedSource]>,
}

/// A rule that came out milder than it is written, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Softened {
    /// What the rule asks by itself.
    pub from: Effect,
    /// The facts that softened it, as JSON Pointers into the request.
    pub by: Vec<String>,
}

/// One rule that holds or may hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Reason {
    /// The rule.
    pub rule_id: RuleId,
    /// What it comes to for this session.
    pub effect: Effect,
    /// How sure it is that the rule applies.
    pub certainty: Certainty,
    /// The client's condition that it is about, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<ConditionId>,
    /// The facts that it read, as JSON Pointers into the request.
    pub facts: Vec<String>,
    /// The reason in a clinician's words.
    #[schema(value_type = String)]
    pub text: Arc<str>,
    /// The first day on which the rule no longer holds, where time alone lifts it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub eligible_from: Option<Date>,
    /// Who could agree, so that the rule comes out milder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clearance: Option<ClearedBy>,
    /// Set where the rule came out milder than it is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub softened: Option<Softened>,
    /// What supports the rule.
    pub evidence: EvidenceResponse,
}

/// How urgently the client should be seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Urgency {
    /// Within days.
    Soon,
    /// Today.
    SameDay,
    /// Now: call the emergency number.
    Emergency,
}

impl Urgency {
    /// The word used in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Soon => "soon",
            Self::SameDay => "same-day",
            Self::Emergency => "emergency",
        }
    }
}

/// A sign that this is not about a booking.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RedFlag {
    /// The rule that raised it.
    pub rule_id: RuleId,
    /// How urgently the client should be seen.
    pub urgency: Urgency,
    /// The facts that it read, as JSON Pointers into the request.
    pub facts: Vec<String>,
    /// What to tell the client.
    #[schema(value_type = String)]
    pub text: Arc<str>,
}

/// A question whose answer can move the verdict.
///
/// Where the answer belongs follows from `about`. A place in the request (`/conditions/0/phase`, `/client/age`): the answer
/// itself. `/conditions/-` with `condition`: a further condition of that id, in the state answered. `/conditions/-` with
/// `category`: a further condition for each id chosen (for `none`: none), and then the category in `/asked`. `/asked`: every
/// category listed that was **not** chosen. `/conditions/0`: the id chosen instead of the name that was given.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Question {
    /// Where the answer belongs in the request: a JSON Pointer. `/-` at its end adds to a list.
    pub about: String,
    /// The condition that it is about, where it is about one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<ConditionId>,
    /// The category of conditions that it asks of, where it asks of one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// The question in plain words.
    pub text: String,
    /// The answers there are; empty where any date, number or name will do.
    pub answers: Vec<String>,
    /// What the answers are called, where they are ids.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<String, String>,
    /// Whether several of the answers can be chosen together.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub multiple: bool,
    /// The verdicts that the answers can lead to, mildest first.
    pub can_reach: Vec<Verdict>,
    /// What each answer leads to; answers that lead to the same stand together.
    #[serde(default)]
    pub leads_to: Vec<LeadsTo>,
}

/// What some answers to a question lead to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LeadsTo {
    /// The answers; empty for numbers and days.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub answers: Vec<String>,
    /// From this number or day on; not given for all before `to`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Up to this number or day; not given for all from `from` on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The verdicts that are then still open.
    pub range: Range,
}

/// The mildest and strictest verdict over everything that is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
pub struct Range {
    /// The mildest.
    pub best: Verdict,
    /// The strictest.
    pub worst: Verdict,
}

impl Range {
    /// One verdict and no other.
    #[must_use]
    pub const fn only(verdict: Verdict) -> Self {
        Self { best: verdict, worst: verdict }
    }

    /// What both come to together: the verdict is the strictest of several.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self { best: self.best.max(other.best), worst: self.worst.max(other.worst) }
    }

    /// What holds of one or the other.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self { best: self.best.min(other.best), worst: self.worst.max(other.worst) }
    }

    /// How many verdicts it leaves open beyond one: 0, 1 or 2.
    #[must_use]
    pub fn width(self) -> usize {
        (self.worst as usize).saturating_sub(self.best as usize)
    }
}

/// The session as it was understood: ids for names, defaults filled in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SessionEcho {
    /// The massage type.
    pub massage_type: MassageTypeId,
    /// The pressure asked for, else the type's usual one.
    pub pressure: Pressure,
    /// The regions; not given for the whole body.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub body_regions: Option<Vec<RegionId>>,
    /// The day.
    #[schema(value_type = String, format = Date)]
    pub date: Date,
}

/// How another massage type would do for the same client.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Alternative {
    /// The massage type.
    pub massage_type: MassageTypeId,
    /// The pressure it was screened with: its usual one, or the one asked for where that is lighter.
    pub pressure: Pressure,
    /// Its verdict: `allow` or `caution`.
    pub verdict: Verdict,
    /// What it must observe.
    pub requirements: Vec<Requirement>,
}

/// A few changes to the request that reach a better verdict. It was screened, and no part of it does as well.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct WayForward {
    /// JSON Pointers into the request, each with its new value; a number one past the end of a list adds to it. Never about
    /// the client's health.
    #[schema(value_type = Object)]
    pub change: BTreeMap<String, serde_json::Value>,
    /// Other massage types that do as well in the place of the one in `change`; none where it changes no type.
    pub other_massage_types: Vec<MassageTypeId>,
    /// The verdict that the changed request gets.
    pub verdict: Verdict,
}

/// By what a condition was recognised.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RecognisedBy {
    /// Its id.
    Id,
    /// One of its codes, or one above it.
    Code,
    /// Its name.
    Name,
    /// One of its synonyms.
    Synonym,
    /// Its name, nearly: a slip of the pen was put right. Never makes an answer milder.
    Approximate,
    /// A word with several meanings; this is one of them.
    Ambiguous,
    /// A client attribute that implies it.
    Attribute,
}

/// A condition that was understood.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Recognised {
    /// Where it was named.
    pub pointer: String,
    /// What it was understood as.
    pub id: ConditionId,
    /// By what.
    pub by: RecognisedBy,
}

/// Something that was not understood. It never makes an answer milder.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Unrecognised {
    /// Where it was named.
    pub pointer: String,
    /// What was said.
    pub text: String,
    /// What may have been meant, likeliest first.
    pub did_you_mean: Vec<String>,
}

/// Why a condition that was named does not count as the client's own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SetAsideBecause {
    /// The words deny it.
    Denied,
    /// The words say that it is somebody else's.
    FamilyHistory,
}

/// A condition that was named and does not count as the client's own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SetAside {
    /// Where it was named.
    pub pointer: String,
    /// What it was understood as.
    pub id: ConditionId,
    /// Why it does not count.
    pub because: SetAsideBecause,
}

/// What of the request was understood, what was not, and what was never asked.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Coverage {
    /// Conditions that were understood.
    pub recognised: Vec<Recognised>,
    /// Names that were not.
    pub unrecognised: Vec<Unrecognised>,
    /// Conditions that were named in words that deny them or give them to somebody else.
    #[serde(default)]
    pub set_aside: Vec<SetAside>,
    /// With a partial intake: categories of conditions that bear on this session and of which nothing was said.
    pub not_asked: Vec<String>,
}

/// The answer in prose, for four readers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Messages {
    /// One or two plain sentences, at most 200 characters.
    #[schema(max_length = 200)]
    pub client: String,
    /// For whoever takes the booking; names no condition.
    pub front_desk: String,
    /// What to do in the session.
    pub therapist: String,
    /// The reasons in full.
    pub clinician: String,
}

/// Which ruleset answered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct RulesetStamp {
    /// Its version (SemVer).
    #[schema(value_type = String, example = "1.0.0")]
    pub version: Arc<str>,
    /// The digest of its bytes.
    #[schema(value_type = String, example = "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    pub digest: Arc<str>,
}

/// The answer to a screening. A screening aid, not a diagnosis.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = ScreeningResponse)]
pub struct Screening {
    /// The strictest effect among the reasons.
    pub verdict: Verdict,
    /// What the caller is to do.
    pub action: Action,
    /// Whether no answer can change the verdict any more.
    pub settled: bool,
    /// What the verdict can still become.
    pub range: Range,
    /// The session as it was understood.
    pub session: SessionEcho,
    /// Every rule that holds or may hold, by rule id. What one rule says alike of several facts is one reason with all of them.
    pub reasons: Vec<Reason>,
    /// What the session must observe, without repetition.
    pub requirements: Vec<Requirement>,
    /// What to ask, what narrows the range most first. Asked one at a time and answered, they end in `settled`.
    pub questions: Vec<Question>,
    /// The first day on which time alone makes the verdict milder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub eligible_from: Option<Date>,
    /// Every other massage type that this client may have, the mildest verdict first; denied ones are left out.
    pub alternatives: Vec<Alternative>,
    /// Changes that reach a better verdict, the fewest and least first.
    pub ways_forward: Vec<WayForward>,
    /// With a red flag: how urgently the client should be seen. Nothing else is then to be asked or offered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub urgency: Option<Urgency>,
    /// Signs that this is not about a booking, the most urgent first.
    pub red_flags: Vec<RedFlag>,
    /// What was understood and what was not.
    pub coverage: Coverage,
    /// The answer in prose.
    pub messages: Messages,
    /// With `explain=true`: every rule that could have counted, whether it did or not, by rule id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<Vec<super::ExplainedRule>>,
    /// That this is a screening aid and not a diagnosis.
    #[schema(value_type = String)]
    pub disclaimer: Arc<str>,
    /// Which ruleset answered.
    pub ruleset: RulesetStamp,
}
