//! What rules say to each other: the same twice, nothing at all, or the opposite.

use std::collections::BTreeSet;

use crate::model::Effect;

use super::check::{Diagnostic, Level, Placed, Sheet};
use super::compile::phases_of;
use super::document::{Bounds, ClientDocument, RuleDocument, SessionDocument, WhenUnknown, WhereDocument};

/// Looks at every rule alone and at every pair on one condition.
pub(super) fn analyse(sheet: &Sheet<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let rules: Vec<Placed<'_, RuleDocument>> = sheet.rules().collect();
    for rule in &rules {
        if let Some(why) = unsatisfiable(rule.document, sheet) {
            diagnostics.push(rule.say("unsatisfiable-rule", Level::Error, "", why));
        }
        attribute_alone(rule, diagnostics);
    }
    for (at, one) in rules.iter().enumerate() {
        for (other_at, other) in rules.iter().enumerate() {
            if at != other_at && one.document.condition == other.document.condition {
                pair(one, other, at < other_at, diagnostics);
            }
        }
    }
}

/// A rule that no request can meet.
fn unsatisfiable(rule: &RuleDocument, sheet: &Sheet<'_>) -> Option<String> {
    let upside_down = |bounds: Option<Bounds>| {
        bounds.is_some_and(
            |bounds| matches!((bounds.at_least, bounds.at_most), (Some(least), Some(most)) if least > most),
        )
    };
    if let Some(client) = &rule.client
        && (upside_down(client.age) || upside_down(client.pregnancy_weeks))
    {
        return Some("a range ends before it begins".to_owned());
    }
    let session = rule.session.as_ref()?;
    let kinds = &sheet.bundle.massage_types.massage_types;
    let possible = kinds.iter().any(|kind| {
        session.massage_types.as_ref().is_none_or(|only| only.contains(&kind.id))
            && session.except_massage_types.as_ref().is_none_or(|except| !except.contains(&kind.id))
            && session.effects.as_ref().is_none_or(|effects| effects.contains(&kind.effect))
    });
    if !possible {
        return Some("no massage type is of the types and effects that it asks for".to_owned());
    }
    None
}

/// A rule that can turn a client away for an attribute alone keeps every caller who omits it from `allow`.
fn attribute_alone(rule: &Placed<'_, RuleDocument>, diagnostics: &mut Vec<Diagnostic>) {
    let document = rule.document;
    if document.condition.is_none() && document.effect >= Effect::Caution && document.client.is_some() {
        let message = "asks everybody for a client attribute: whoever omits it never gets `allow`";
        diagnostics.push(rule.say("attribute-alone", Level::Note, "/client", message));
    }
}

fn pair(
    one: &Placed<'_, RuleDocument>,
    other: &Placed<'_, RuleDocument>,
    first: bool,
    diagnostics: &mut Vec<Diagnostic>,
) {
    let (a, b) = (one.document, other.document);
    let same = implies(a, b) && implies(b, a);
    if same && first {
        let id = &b.id;
        if a.effect == b.effect && a.requirements == b.requirements && a.with_clearance == b.with_clearance {
            diagnostics.push(one.say("duplicate-rule", Level::Error, "", format!("says the same as `{id}`")));
        } else if a.effect.min(b.effect) == Effect::Indicate && a.effect.max(b.effect) == Effect::Deny {
            let message = format!("recommends, under the same circumstances, what `{id}` rules out, or the reverse");
            diagnostics.push(one.say("contradictory-rules", Level::Error, "", message));
        }
    }
    if same {
        return;
    }
    if a.effect == Effect::Indicate && b.effect == Effect::Deny && b.with_clearance.is_none() && implies(a, b) {
        let message = format!("recommends what `{}` always rules out", b.id);
        diagnostics.push(one.say("contradictory-rules", Level::Error, "", message));
    }
    let nothing_of_its_own = a.requirements.iter().all(|requirement| b.requirements.contains(requirement))
        && a.red_flag.is_none()
        && (a.with_clearance == b.with_clearance || b.with_clearance.is_none())
        && !(a.when_unknown == WhenUnknown::Assume && b.when_unknown == WhenUnknown::Ask);
    if a.effect == b.effect && a.effect >= Effect::Caution && nothing_of_its_own && implies(a, b) {
        let message = format!("adds nothing: wherever it holds, `{}` holds and asks at least as much", b.id);
        diagnostics.push(one.say("dead-rule", Level::Warning, "", message));
    }
}

/// Whether `b` holds wherever `a` holds, as far as their written predicates show.
fn implies(a: &RuleDocument, b: &RuleDocument) -> bool {
    a.scope == b.scope
        && a.affects == b.affects
        && a.when_partly == b.when_partly
        && implies_where(a.where_.as_ref(), b.where_.as_ref())
        && implies_client(a.client.as_ref(), b.client.as_ref())
        && implies_session(a.session.as_ref(), b.session.as_ref())
}

/// Whether one list of values allows no more than another; `None` allows everything.
fn narrower<T: PartialEq>(a: Option<&Vec<T>>, b: Option<&Vec<T>>) -> bool {
    b.is_none_or(|b| a.is_some_and(|a| a.iter().all(|value| b.contains(value))))
}

fn inside(a: Option<Bounds>, b: Option<Bounds>) -> bool {
    let Some(b) = b else { return true };
    let Some(a) = a else { return false };
    b.at_least.is_none_or(|least| a.at_least.is_some_and(|own| own >= least))
        && b.at_most.is_none_or(|most| a.at_most.is_some_and(|own| own <= most))
}

fn implies_where(a: Option<&WhereDocument>, b: Option<&WhereDocument>) -> bool {
    let Some(b) = b else { return true };
    let nothing = WhereDocument::default();
    let a = a.unwrap_or(&nothing);
    implies_course(a, b)
        && b.onset_within_days.is_none_or(|limit| a.onset_within_days.is_some_and(|own| own <= limit))
        && narrower(a.control.as_ref(), b.control.as_ref())
        && narrower(a.severity.as_ref(), b.severity.as_ref())
        && narrower(a.regions.as_ref(), b.regions.as_ref())
}

/// Phase and time since the end are one predicate: an *or*.
fn implies_course(a: &WhereDocument, b: &WhereDocument) -> bool {
    if b.phase.is_none() && b.resolved_within_days.is_none() {
        return true;
    }
    if a.phase.is_none() && a.resolved_within_days.is_none() {
        return false;
    }
    let phases = |part: &WhereDocument| {
        part.phase.iter().flatten().fold(crate::model::PhaseSet::EMPTY, |set, word| set.union(phases_of(*word)))
    };
    let days = |part: &WhereDocument| part.resolved_within_days.unwrap_or(0);
    let resolved_anyway = phases(b).meets(crate::model::Phase::Resolved.into());
    phases(a).within(phases(b)) && (days(a) <= days(b) || resolved_anyway)
}

fn implies_client(a: Option<&ClientDocument>, b: Option<&ClientDocument>) -> bool {
    let Some(b) = b else { return true };
    let nothing = ClientDocument::default();
    let a = a.unwrap_or(&nothing);
    inside(a.age, b.age)
        && inside(a.pregnancy_weeks, b.pregnancy_weeks)
        && narrower(a.sex.as_ref(), b.sex.as_ref())
        && narrower(a.activity_level.as_ref(), b.activity_level.as_ref())
        && b.first_session.is_none_or(|first| a.first_session == Some(first))
        && narrower(a.also.as_ref(), b.also.as_ref())
}

fn implies_session(a: Option<&SessionDocument>, b: Option<&SessionDocument>) -> bool {
    let Some(b) = b else { return true };
    let nothing = SessionDocument::default();
    let a = a.unwrap_or(&nothing);
    let excluded = |part: &SessionDocument| -> BTreeSet<String> {
        part.except_massage_types.iter().flatten().map(ToString::to_string).collect()
    };
    let types = match (&a.massage_types, &b.massage_types) {
        (_, None) => true,
        (Some(own), Some(allowed)) => own.iter().all(|kind| allowed.contains(kind)),
        (None, Some(_)) => false,
    };
    let spared = excluded(b).iter().all(|kind| {
        excluded(a).contains(kind)
            || a.massage_types.as_ref().is_some_and(|own| !own.iter().any(|own| own.as_str() == kind))
    });
    types
        && spared
        && narrower(a.techniques.as_ref(), b.techniques.as_ref())
        && narrower(a.effects.as_ref(), b.effects.as_ref())
        && b.pressure.is_none_or(|least| a.pressure.is_some_and(|own| own.at_least >= least.at_least))
        && b.duration_minutes.is_none_or(|least| a.duration_minutes.is_some_and(|own| own.at_least >= least.at_least))
        && narrower(a.regions.as_ref(), b.regions.as_ref())
        && narrower(a.products.as_ref(), b.products.as_ref())
}
