//! What the answers of a form amount to: a request, with the place in what was posted for each part of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::civil::Date;

use crate::model::{
    ClearanceRequest, ClearedBy, ClientRequest, ConditionId, ConditionRequest, Control, Fault, Intake, Phase,
    ScreeningRequest, SessionRequest, Severity,
};
use crate::ruleset::{ConditionIx, Ruleset};

use super::form::{FormItem, IntakeForm};

/// The request that answers amount to.
#[derive(Debug, Clone, PartialEq)]
pub struct Answered {
    /// The request: a partial intake that says which categories were asked of in full.
    pub request: ScreeningRequest,
    /// Where each part of the request comes from in what was posted.
    origins: BTreeMap<String, String>,
}

/// Answers that cannot be screened.
#[derive(Debug, Clone, PartialEq)]
pub struct Unreadable {
    /// Everything that is wrong with them, by place.
    pub faults: Vec<Fault>,
    /// The request as far as it could be read: for finding what else is wrong, never to be screened.
    pub rest: Answered,
}

impl Answered {
    /// Where in what was posted a place of the request comes from; `None` where no answer has filled it.
    #[must_use]
    pub fn origin(&self, pointer: &str) -> Option<&str> {
        let mut at = pointer;
        loop {
            if let Some(origin) = self.origins.get(at) {
                return Some(origin);
            }
            at = at.rsplit_once('/')?.0;
        }
    }
}

/// What was read so far.
#[derive(Default)]
pub(super) struct Read {
    pub(super) session: SessionRequest,
    pub(super) client: ClientRequest,
    /// The conditions that were chosen, each with its id and where it was chosen.
    pub(super) chosen: BTreeMap<ConditionIx, (ConditionId, String)>,
    pub(super) facts: BTreeMap<ConditionIx, Vec<(Part, String)>>,
    pub(super) cleared_by: BTreeMap<ConditionIx, (ClearedBy, String)>,
    pub(super) cleared_on: BTreeMap<ConditionIx, (Date, String)>,
    /// What else there is, in the client's words.
    pub(super) others: Vec<(String, String)>,
    /// The categories whose question was answered, with the massage type that its list was made for.
    pub(super) answered: Vec<(usize, Option<usize>)>,
    pub(super) origins: BTreeMap<String, String>,
}

/// One fact of a condition.
#[derive(Debug, Clone)]
pub(super) enum Part {
    Phase(Phase),
    Control(Control),
    Severity(Severity),
    BodyRegion(String),
    Onset(Date),
    Resolved(Date),
}

impl Read {
    pub(super) fn new(session: SessionRequest) -> Self {
        Self { session, ..Self::default() }
    }

    /// Follow-ups of conditions that were not chosen: they may tell of something that the client has.
    pub(super) fn not_chosen(&self) -> Vec<Fault> {
        let facts = self.facts.iter().flat_map(|(ix, parts)| parts.iter().map(move |(_, at)| (ix, at)));
        let by = self.cleared_by.iter().map(|(ix, (_, at))| (ix, at));
        let on = self.cleared_on.iter().map(|(ix, (_, at))| (ix, at));
        let stray = facts.chain(by).chain(on).filter(|(ix, _)| !self.chosen.contains_key(ix));
        let detail = "asks further of a condition that was not chosen; choose the condition as well";
        stray.map(|(_, at)| Fault::new(at, "condition-not-chosen", detail)).collect()
    }

    /// The categories of which the client was asked in full, by number.
    ///
    /// A list that was made for one massage type has asked all that matters for another, if it offers all that the other's
    /// would offer.
    pub(super) fn asked(&self, ruleset: &Ruleset, form: impl Fn(Option<usize>) -> Arc<IntakeForm>) -> Vec<String> {
        let booked = ruleset.names().massage_type(&self.session.massage_type);
        let in_full = |category: usize, made_for: usize| {
            let Some(booked) = booked else { return false };
            booked == made_for || {
                let (needed, offered) = (form(Some(booked)), form(Some(made_for)));
                let values = |item: Option<&FormItem>| -> Vec<String> {
                    item.into_iter().flat_map(|item| &item.options).map(|option| option.value.clone()).collect()
                };
                let offered = values(offered.conditions_of(category));
                values(needed.conditions_of(category)).iter().all(|value| offered.contains(value))
            }
        };
        let numbered = ruleset.categories().iter().enumerate();
        numbered
            .filter(|(number, _)| {
                self.answered.iter().any(|(category, made_for)| {
                    category == number && made_for.is_none_or(|made_for| in_full(*category, made_for))
                })
            })
            .map(|(_, category)| category.id.to_string())
            .collect()
    }

    /// The request.
    pub(super) fn into_request(mut self, asked: Vec<String>) -> Answered {
        let mut conditions = Vec::new();
        let chosen = std::mem::take(&mut self.chosen);
        for (ix, (id, at)) in &chosen {
            let parts = self.facts.remove(ix).unwrap_or_default();
            self.condition(id, at, parts, &mut conditions);
        }
        for (text, at) in std::mem::take(&mut self.others) {
            self.origins.insert(format!("/conditions/{}", conditions.len()), at);
            conditions.push(ConditionRequest { text: Some(text), ..ConditionRequest::default() });
        }
        let mut clearances = Vec::new();
        for (ix, (by, at)) in &self.cleared_by {
            // An agreement without a day cannot count: it is as good as none.
            let (Some((id, _)), Some((date, on))) = (chosen.get(ix), self.cleared_on.get(ix)) else { continue };
            let place = format!("/clearances/{}", clearances.len());
            self.origins.insert(format!("{place}/date"), on.clone());
            self.origins.insert(place, at.clone());
            clearances.push(ClearanceRequest { condition: id.to_string(), by: *by, date: *date });
        }
        let Self { session, client, origins, .. } = self;
        let request = ScreeningRequest {
            session,
            client: (client != ClientRequest::default()).then_some(client),
            intake: Intake::Partial,
            asked: Some(asked),
            conditions,
            clearances: (!clearances.is_empty()).then_some(clearances),
        };
        Answered { request, origins }
    }

    /// One condition, once for each place where it is.
    fn condition(
        &mut self,
        id: &ConditionId,
        at: &str,
        parts: Vec<(Part, String)>,
        conditions: &mut Vec<ConditionRequest>,
    ) {
        let mut condition = ConditionRequest { id: Some(id.to_string()), ..ConditionRequest::default() };
        let mut origins: Vec<(&str, String)> = vec![("", at.to_owned())];
        let mut places: Vec<(String, String)> = Vec::new();
        for (part, at) in parts {
            let field = match part {
                Part::BodyRegion(region) => {
                    places.push((region, at));
                    continue;
                }
                Part::Phase(phase) => {
                    condition.phase = Some(phase);
                    "/phase"
                }
                Part::Control(control) => {
                    condition.control = Some(control);
                    "/control"
                }
                Part::Severity(severity) => {
                    condition.severity = Some(severity);
                    "/severity"
                }
                Part::Onset(day) => {
                    condition.onset = Some(day);
                    "/onset"
                }
                Part::Resolved(day) => {
                    condition.resolved = Some(day);
                    "/resolved"
                }
            };
            origins.push((field, at));
        }
        let places = if places.is_empty() { vec![None] } else { places.into_iter().map(Some).collect() };
        for place in places {
            let here = format!("/conditions/{}", conditions.len());
            self.origins.extend(origins.iter().map(|(field, at)| (format!("{here}{field}"), at.clone())));
            let mut condition = condition.clone();
            if let Some((region, at)) = place {
                self.origins.insert(format!("{here}/bodyRegion"), at);
                condition.body_region = Some(region);
            }
            conditions.push(condition);
        }
    }
}
