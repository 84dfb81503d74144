//! Rules made up by chance: parts, and combinations of parts, that no rule of the release has yet.

use std::collections::BTreeSet;
use std::ops::Range;

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use serde_json::{Map, Value, json};

use super::bundle::{Bundle, Thing};

const EFFECTS: [&str; 4] = ["deny", "caution", "advise", "indicate"];

/// One part of a rule, or a whole one; `null` is left out.
type Part = BoxedStrategy<Value>;

fn some_of(words: &'static [&'static str]) -> Part {
    subsequence(words, 1..=words.len()).prop_map(|words| json!(words)).boxed()
}

fn some_ids<'a>(ids: impl IntoIterator<Item = &'a String>, most: usize) -> Part {
    subsequence(ids.into_iter().cloned().collect::<Vec<_>>(), 1..=most).prop_map(|ids| json!(ids)).boxed()
}

fn some_things(things: &[Thing]) -> Part {
    some_ids(things.iter().map(|thing| &thing.id), 4)
}

fn number(numbers: Range<i64>) -> Part {
    numbers.prop_map(|number| json!(number)).boxed()
}

fn at_least(numbers: Range<i64>) -> Part {
    numbers.prop_map(|number| json!({ "atLeast": number })).boxed()
}

fn between() -> Part {
    (0..50_i64, 0..60_i64).prop_map(|(low, more)| json!({ "atLeast": low, "atMost": low + more })).boxed()
}

/// An object of these parts, each there with a probability; `null` where none is.
fn object(parts: Vec<(&'static str, f64, Part)>) -> Part {
    let each = parts.into_iter().map(|(name, probability, part)| {
        let part = (part, 0.0..1.0_f64);
        part.prop_map(move |(part, chance)| (chance < probability).then(|| (name.to_owned(), part))).boxed()
    });
    let filled = |parts: Vec<Option<(String, Value)>>| {
        let parts: Map<_, _> = parts.into_iter().flatten().filter(|(_, part)| !part.is_null()).collect();
        if parts.is_empty() { Value::Null } else { Value::Object(parts) }
    };
    each.collect::<Vec<_>>().prop_map(filled).boxed()
}

fn any_where(bundle: &Bundle) -> Part {
    let phases = &["acute", "subacute", "chronic", "flare", "remission", "resolved", "current"];
    object(vec![
        ("phase", 0.5, some_of(phases)),
        ("resolvedWithinDays", 0.4, number(1..60)),
        ("onsetWithinDays", 0.15, number(1..60)),
        ("control", 0.1, some_of(&["controlled", "uncontrolled"])),
        ("severity", 0.1, some_of(&["mild", "moderate", "severe"])),
        ("regions", 0.1, some_things(&bundle.regions)),
    ])
}

/// The conditions whose children are no children of this one.
fn strangers<'a>(bundle: &'a Bundle, own: &str) -> impl Iterator<Item = &'a String> {
    let family = bundle.conditions.iter().filter(|condition| condition.and_above.contains(own));
    let related: BTreeSet<&String> = family.flat_map(|condition| &condition.and_above).collect();
    bundle.conditions.iter().map(|condition| &condition.id).filter(move |id| !related.contains(id))
}

fn any_client(bundle: &Bundle, own: &str) -> Part {
    object(vec![
        ("age", 0.1, between()),
        ("pregnancyWeeks", 0.1, at_least(0..40)),
        ("sex", 0.1, some_of(&["female", "male", "other"])),
        ("activityLevel", 0.1, some_of(&["sedentary", "moderate", "active", "athlete", "physical-labour"])),
        ("firstSession", 0.1, any::<bool>().prop_map(Value::from).boxed()),
        ("also", 0.1, some_ids(strangers(bundle, own), 5)),
    ])
}

fn any_session(bundle: &Bundle) -> Part {
    object(vec![
        ("massageTypes", 0.07, some_things(&bundle.massage_types)),
        ("exceptMassageTypes", 0.07, some_things(&bundle.massage_types)),
        ("techniques", 0.07, some_things(&bundle.techniques)),
        ("effects", 0.07, some_of(&["toning", "relaxing", "mixed"])),
        ("pressure", 0.07, at_least(1..6)),
        ("durationMinutes", 0.07, at_least(20..120)),
        ("regions", 0.07, some_things(&bundle.regions)),
        ("products", 0.07, some_things(&bundle.products)),
    ])
}

fn any_clearance(effect: &'static str) -> Part {
    object(vec![
        ("by", 1.0, select(vec!["client", "therapist", "physician", "specialist"]).prop_map(Value::from).boxed()),
        ("effect", 1.0, Just(json!(effect)).boxed()),
        ("maxAgeDays", 0.7, number(1..200)),
    ])
}

/// Another rule in the place of this one: the same id, condition and words.
fn any_rule(bundle: &Bundle, rule: &Value, client: Part, effect: &'static str, is_local: bool) -> Part {
    let same = |part: &str| Just(rule[part].clone()).boxed();
    let own = rule["condition"].as_str();
    let is_strict = matches!(effect, "deny" | "caution");
    let of_condition = |probability: f64| if own.is_some() { probability } else { 0.0 };
    let of_place = if is_local { 1.0 } else { 0.0 };
    object(vec![
        ("id", 1.0, same("id")),
        ("condition", 1.0, same("condition")),
        ("reason", 1.0, same("reason")),
        ("evidence", 1.0, same("evidence")),
        ("effect", 1.0, Just(json!(effect)).boxed()),
        ("scope", of_place, Just(json!("local")).boxed()),
        ("affects", of_place * if own.is_some() { 0.5 } else { 1.0 }, some_things(&bundle.regions)),
        ("whenPartly", if own.is_none() && is_strict { of_place / 2.0 } else { 0.0 }, Just(json!("advise")).boxed()),
        ("where", of_condition(0.9), any_where(bundle)),
        ("client", 1.0, client),
        ("session", 1.0, any_session(bundle)),
        ("whenUnknown", 0.3, Just(json!("assume")).boxed()),
        (
            "withClearance",
            if is_strict { of_condition(0.3) } else { 0.0 },
            any_clearance(if effect == "deny" { "caution" } else { "advise" }),
        ),
    ])
}

/// Other rules in the place of all but those for what cannot be answered.
pub(crate) fn any_rules(bundle: &Bundle) -> impl Strategy<Value = Vec<Value>> + use<> {
    let each = bundle.rules.iter().map(|rule| {
        if ["unrecognised", "incompleteIntake"].iter().any(|which| rule["condition"] == bundle.fallback(which).id) {
            return Just(rule.clone()).boxed();
        }
        let client = any_client(bundle, rule["condition"].as_str().unwrap_or_default());
        let another = |effect, is_local| any_rule(bundle, rule, client.clone(), effect, is_local);
        let kinds = EFFECTS.into_iter().flat_map(|effect| [another(effect, true), another(effect, false)]);
        prop::strategy::Union::new(kinds).boxed()
    });
    each.collect::<Vec<_>>()
}
