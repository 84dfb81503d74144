//! What no rule may say, because it would break a guarantee or mean nothing.

use crate::model::{Effect, Level, Severity, Trend};

use super::document::{PostSessionRuleDocument, RuleDocument, Scope, WhenPartly, WhereDocument};
use super::error::RulesetError;

/// What no rule may say, because it would break a guarantee or mean nothing.
pub(super) fn forbidden(document: &RuleDocument) -> Option<&'static str> {
    let clearance = document.with_clearance;
    let cleared = clearance.map(|clearance| clearance.effect);
    if document.effect == Effect::Deny && cleared.is_some_and(|effect| effect < Effect::Caution) {
        return Some("a deny comes down to caution at most");
    }
    if cleared.is_some_and(|effect| effect >= document.effect) {
        return Some("`withClearance` must make the rule milder");
    }
    if document.red_flag.is_some() && (document.effect != Effect::Deny || clearance.is_some()) {
        return Some("a red flag is a deny that no clearance lifts");
    }
    if document.condition.is_none() && document.where_.is_some() {
        return Some("`where` is about a condition, and the rule names none");
    }
    if document.condition.is_none() && clearance.is_some() {
        return Some("a clearance is about a condition, and the rule names none");
    }
    if document.scope == Scope::Systemic && !document.affects.is_empty() {
        return Some("`affects` is for local rules");
    }
    if document.when_partly == WhenPartly::Advise && (document.condition.is_some() || document.scope == Scope::Systemic)
    {
        return Some("`whenPartly` is for local rules without a condition");
    }
    if document.scope == Scope::Local && document.condition.is_none() && document.affects.is_empty() {
        return Some("a local rule without a condition must say which place it `affects`");
    }
    None
}

/// What no rule about a session to come may say: it knows nothing of hours after one.
pub(super) fn forbidden_before_session(document: &RuleDocument) -> Option<&'static str> {
    let felt = |part: &WhereDocument| {
        part.onset_hours_after.is_some() || part.duration_hours.is_some() || part.trend.is_some()
    };
    document
        .where_
        .as_ref()
        .is_some_and(felt)
        .then_some("hours and trend are for rules about what is felt after a session")
}

/// What no rule about what is felt after a session may say, because more to feel would then count for less.
pub(super) fn forbidden_after_session(document: &PostSessionRuleDocument) -> Option<&'static str> {
    let ordinary = document.level == Level::Expected;
    let nothing = WhereDocument::default();
    let part = document.where_.as_ref().unwrap_or(&nothing);
    let severity = |wanted: Severity| part.severity.as_ref().is_none_or(|list| list.contains(&wanted));
    let trend = |wanted: Trend| part.trend.as_ref().is_none_or(|list| list.contains(&wanted));
    let rising = severity(Severity::Mild) <= severity(Severity::Moderate)
        && severity(Severity::Moderate) <= severity(Severity::Severe)
        && trend(Trend::Improving) <= trend(Trend::Steady)
        && trend(Trend::Steady) <= trend(Trend::Worsening);
    let falling = severity(Severity::Mild) >= severity(Severity::Moderate)
        && severity(Severity::Moderate) >= severity(Severity::Severe)
        && trend(Trend::Improving) >= trend(Trend::Steady)
        && trend(Trend::Steady) >= trend(Trend::Worsening);
    let also = document.client.as_ref().is_some_and(|client| client.also.is_some());
    match (ordinary, part.duration_hours) {
        _ if ordinary && (document.condition.is_none() || also) => {
            Some("an ordinary course is that of one symptom, whatever else the client has")
        }
        _ if ordinary && !falling => Some("an ordinary course must not begin at a higher severity or a worse trend"),
        (true, Some(hours)) if hours.at_least.is_some() => {
            Some("an ordinary course must not begin at a longer duration")
        }
        (true, None) => Some("an ordinary course must say how long it may last"),
        _ if !ordinary && !rising => Some("what raises the answer must not end at a higher severity or a worse trend"),
        (false, Some(hours)) if hours.at_most.is_some() => {
            Some("what raises the answer must not end at a longer duration")
        }
        _ if !ordinary && document.until_hours.is_some() => Some("`untilHours` is for an ordinary course"),
        _ => None,
    }
}

/// Refuses a rule that says something that no rule may say.
pub(super) fn forbid(document: &RuleDocument) -> Result<(), RulesetError> {
    match forbidden(document) {
        Some(what) => Err(RulesetError::Forbidden { rule: document.id.to_string(), what }),
        None => Ok(()),
    }
}
