//! From a call and a record to the cards that the EHR shows.
//!
//! At most one card a booking, the strictest first, none where nothing known speaks against it. Source: CDS Hooks 2.0.1, "CDS
//! Service Response".

mod detail;
mod ids;
mod screened;
mod suggest;
mod words;

use jiff::civil::Date;
use serde::Serialize;
use serde_json::Value;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use crate::model::{RuleId, Verdict};
use crate::ruleset::Ruleset;

use super::booked::Booking;
use super::hooks::{Hook, HookCall};
use super::prefetch::{Content, Key, Prefetch};
use super::terminology;
use screened::Screened;

pub use ids::rules;

/// How urgent a card is, mildest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Indicator {
    /// To be known.
    Info,
    /// Go ahead as the card says.
    Warning,
    /// Don't.
    Critical,
}

impl Indicator {
    /// The word used in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Critical => "critical",
        }
    }
}

/// A code of a code system, as CDS Hooks writes it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CdsCoding)]
pub struct Coding {
    /// The code.
    pub code: String,
    /// The code system's canonical address.
    pub system: String,
    /// What a person reads.
    pub display: String,
}

/// Where the guidance of a card comes from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CdsSource)]
pub struct Source {
    /// What a person reads.
    pub label: String,
    /// The service's own page, where it knows its address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    /// The massage type that the card is about.
    pub topic: Coding,
}

/// What is done to a resource.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = CdsActionType)]
pub enum ActionType {
    /// It is replaced by the one given.
    Update,
    /// It is taken away.
    Delete,
}

/// One change of a resource.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CdsAction)]
pub struct Action {
    /// What is done.
    #[serde(rename = "type")]
    pub kind: ActionType,
    /// What it does, for a person.
    pub description: String,
    /// The whole resource, as it came but for the change.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<Object>)]
    pub resource: Option<Box<RawValue>>,
    /// The resource that is taken away, by type and id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub resource_id: Option<String>,
}

/// Something that a user can choose in place of what was booked.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CdsSuggestion)]
pub struct Suggestion {
    /// What a person reads.
    pub label: String,
    /// Its name in feedback.
    #[schema(format = "uuid")]
    pub uuid: String,
    /// Whether it is the best of the card; one at most is.
    pub is_recommended: bool,
    /// What it does: all of it.
    pub actions: Vec<Action>,
}

/// How many suggestions of a card can be chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
#[schema(as = CdsSelectionBehavior)]
pub enum SelectionBehavior {
    /// One, or none.
    AtMostOne,
}

/// A page that says more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = CdsLink)]
pub struct Link {
    /// What a person reads.
    pub label: String,
    /// Its address.
    pub url: String,
    /// Always `absolute`: a page, not an app to launch.
    #[serde(rename = "type")]
    pub kind: &'static str,
}

/// What the EHR shows about one booking.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = CdsCard)]
pub struct Card {
    /// Its name in feedback; the same for the same call, booking and ruleset.
    #[schema(format = "uuid")]
    pub uuid: String,
    /// One line that names the booking and says what to do, in fewer than 140 characters.
    #[schema(max_length = 139)]
    pub summary: String,
    /// Everything that led to it, as GitHub Flavored Markdown.
    pub detail: String,
    /// How urgent it is: `critical` for deny, `warning` for caution.
    pub indicator: Indicator,
    /// Where the guidance comes from.
    pub source: Source,
    /// What could be booked instead, each screened as it would be sent back.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub suggestions: Vec<Suggestion>,
    /// How many of them can be chosen.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selection_behavior: Option<SelectionBehavior>,
    /// Why somebody may go on in spite of it. Source: HL7's non-adherence reason codes.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub override_reasons: Vec<Coding>,
    /// The pages of the rules that decided.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub links: Vec<Link>,
}

/// What the log and the figures may say of one booking: nothing about the client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Figures {
    /// What it came to.
    pub verdict: Verdict,
    /// How many reasons it has.
    pub reasons: usize,
    /// How many questions are open.
    pub questions: usize,
    /// How many names were not understood.
    pub unrecognised: usize,
}

/// The answer to a call.
#[derive(Debug, Default)]
pub struct Answer {
    /// The cards, the strictest first.
    pub cards: Vec<Card>,
    /// One entry for each booking that was screened.
    pub figures: Vec<Figures>,
}

/// All that an answer depends on besides the call.
#[derive(Debug, Clone, Copy)]
pub struct Desk<'d> {
    /// The ruleset.
    pub ruleset: &'d Ruleset,
    /// The service's address as its callers see it, for links; without it there are none.
    pub public_url: Option<&'d str>,
    /// The day that counts for a booking without one.
    pub today: Date,
}

/// HL7's example codes for going on in spite of advice.
pub const OVERRIDE_SYSTEM: &str = "http://terminology.hl7.org/CodeSystem/non-adherence-reason-codes";

/// Why somebody may go on in spite of a card; codes and displays as HL7 publishes them (CDS Hooks 3.0.0-ballot).
const OVERRIDE_REASONS: [(&str, &str); 7] = [
    ("mitigate-risk-negative-outcome", "Action taken to mitigate risk of negative outcome"),
    ("expert-contradicts", "Advice from expert contradicts the recommended action"),
    ("risk-benefit-ratio", "Recipient assessment of risk/benefit ratio"),
    ("action-performed-no-adverse-effect", "Intended action was performed previously without adverse effect"),
    ("patient-ineligible", "Patient does not meet eligibility for recommended action"),
    ("prefers-alternative", "Patient prefers an alternative approach or treatment"),
    ("wrong-time-workflow", "PC CDS delivered at wrong time in workflow or patient lifecycle"),
];

/// How many pages of rules a card leads to, at most.
const MOST_LINKS: usize = 3;

/// The bookings of a call that are massages.
#[must_use]
pub fn bookings<'c>(ruleset: &Ruleset, call: &'c HookCall) -> Vec<Booking<'c>> {
    let resources = &call.context.bookings;
    let named = |reference: &str| {
        resources
            .iter()
            .filter(|other| other.id().is_some_and(|id| format!("{}/{id}", other.kind()) == reference))
            .count()
    };
    let read = resources.iter().filter_map(|resource| Booking::read(ruleset, resource, &call.context.patient_id));
    // Of two of one name nobody could tell which is to be changed.
    read.map(|booking| Booking { reference: booking.reference.filter(|name| named(name) == 1), ..booking }).collect()
}

/// Adds the medicines that are being ordered along with a massage to those of the record, as if they were taken already.
pub fn add_medicines(prefetch: &mut Prefetch, call: &HookCall) {
    let ordered: Vec<Value> = call.context.medicines.iter().map(|order| taken(&order.value)).collect();
    if ordered.is_empty() {
        return;
    }
    let key = Key::MedicationRequests;
    let all = |known: &[Value]| known.iter().cloned().chain(ordered.iter().cloned()).collect();
    let content = match prefetch.get(key) {
        Content::Empty => Content::Complete(ordered.clone()),
        Content::Complete(known) => Content::Complete(all(known)),
        Content::Partial { resources, next } => Content::Partial { resources: all(resources), next: next.clone() },
        Content::Absent | Content::Failed => Content::Partial { resources: ordered.clone(), next: None },
    };
    prefetch.set(key, content);
}

fn taken(order: &Value) -> Value {
    let mut order = order.clone();
    if let Some(status) = order.get_mut("status").filter(|status| *status == "draft") {
        *status = Value::from("active");
    }
    order
}

impl Desk<'_> {
    /// The cards for these bookings; for an opened record, a card only where it rules out every type of massage.
    #[must_use]
    pub fn answer(&self, call: &HookCall, bookings: &[Booking<'_>], prefetch: &Prefetch) -> Answer {
        let mut answer = Answer::default();
        if call.hook == Hook::PatientView {
            let booking = Booking::of_any_type();
            let screened = Screened::new(self.ruleset, &booking, prefetch, self.today);
            answer.figures.push(figures(&screened));
            if screened.verdict == Verdict::Deny {
                let refer = !screened.red_flags().is_empty();
                let indicator = if refer { Indicator::Warning } else { Indicator::Info };
                answer.cards.push(self.card(call, "record", &booking, prefetch, &screened, indicator));
            }
            return answer;
        }
        for (number, booking) in bookings.iter().enumerate() {
            let screened = Screened::new(self.ruleset, booking, prefetch, self.today);
            answer.figures.push(figures(&screened));
            let indicator = match screened.verdict {
                Verdict::Allow => continue,
                Verdict::Caution => Indicator::Warning,
                Verdict::Deny => Indicator::Critical,
            };
            let what = booking.reference.clone().unwrap_or_else(|| format!("#{number}"));
            answer.cards.push(self.card(call, &what, booking, prefetch, &screened, indicator));
        }
        answer.cards.sort_by_key(|card| std::cmp::Reverse(card.indicator));
        answer
    }

    fn card(
        &self,
        call: &HookCall,
        what: &str,
        booking: &Booking<'_>,
        prefetch: &Prefetch,
        screened: &Screened,
        indicator: Indicator,
    ) -> Card {
        let ruleset = self.ruleset;
        let decisive = screened.decisive();
        let uuid = ids::card(ruleset, &call.hook_instance, what, &decisive);
        let asked = suggest::Asked { desk: self, patient_id: &call.context.patient_id, prefetch, booking, screened };
        let suggestions = asked.suggestions(uuid);
        Card {
            uuid: uuid.to_string(),
            summary: detail::summary(ruleset, booking, screened),
            detail: detail::detail(self, booking, screened),
            indicator,
            source: self.source(booking),
            selection_behavior: (!suggestions.is_empty()).then_some(SelectionBehavior::AtMostOne),
            suggestions,
            override_reasons: if booking.resource.is_some() { override_reasons() } else { Vec::new() },
            links: decisive.iter().take(MOST_LINKS).filter_map(|id| self.link(id)).collect(),
        }
    }

    fn source(&self, booking: &Booking<'_>) -> Source {
        let only = if let [number] = booking.types.as_slice() { Some(*number) } else { None };
        let (code, display) = terminology::coding(self.ruleset, only);
        Source {
            label: format!("{}, {}", self.ruleset.bundle().manifest.title, self.ruleset.version()),
            url: self.public_url.map(|base| format!("{}/", base.trim_end_matches('/'))),
            topic: Coding { code, system: terminology::MASSAGE_TYPE.to_owned(), display },
        }
    }

    fn link(&self, rule: &RuleId) -> Option<Link> {
        let url = detail::rule_page(self, rule)?;
        Some(Link { label: format!("Rule {rule}"), url, kind: "absolute" })
    }
}

fn figures(screened: &Screened) -> Figures {
    let screening = screened.strictest();
    Figures {
        verdict: screened.verdict,
        reasons: screened.reasons().len(),
        questions: screening.map_or(0, |screening| screening.questions.len()),
        unrecognised: screening.map_or(0, |screening| screening.coverage.unrecognised.len()),
    }
}

fn override_reasons() -> Vec<Coding> {
    let coding = |(code, display): (&str, &str)| Coding {
        code: code.to_owned(),
        system: OVERRIDE_SYSTEM.to_owned(),
        display: display.to_owned(),
    };
    OVERRIDE_REASONS.into_iter().map(coding).collect()
}
