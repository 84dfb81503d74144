//! The form's words and lists of answers, from the ruleset's messages and catalogue.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::model::{ActivityLevel, ClearedBy, Control, Phase, Pressure, Severity, Sex};
use crate::ruleset::{Ruleset, Texts};

use super::form::{FormOption, NONE, OptionList};

/// A text of the form; a ruleset from before there were forms says it as a question, or in the bare word.
pub(super) fn text(texts: &Texts<'_>, name: &str) -> String {
    texts
        .message("questionnaire", name)
        .or_else(|| texts.message("questions", name))
        .map_or_else(|| bare(name.rsplit('.').next().unwrap_or(name)), str::to_owned)
}

/// The title of a category.
pub(super) fn category_title(texts: &Texts<'_>, category: &str) -> String {
    texts.message("categories", category).map_or_else(|| bare(category), str::to_owned)
}

/// An id as words.
fn bare(id: &str) -> String {
    let words = id.replace('-', " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().collect::<String>() + letters.as_str()).unwrap_or_default()
}

fn option(value: impl Into<String>, text: impl Into<String>) -> FormOption {
    FormOption { value: value.into(), text: text.into() }
}

/// The words of an enumeration, each with its text under `name`.
fn worded<T: Serialize>(texts: &Texts<'_>, name: &str, values: impl IntoIterator<Item = T>) -> Vec<FormOption> {
    values
        .into_iter()
        .filter_map(|value| serde_json::to_value(value).ok())
        .map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
        .map(|word| {
            let text = text(texts, &format!("{name}.{word}"));
            option(word, text)
        })
        .collect()
}

/// The answer that nothing of the list holds.
pub(super) fn none(texts: &Texts<'_>) -> FormOption {
    option(NONE, text(texts, "none"))
}

/// The lists that many questions share.
pub(super) fn lists(ruleset: &Ruleset, texts: &Texts<'_>) -> BTreeMap<OptionList, Vec<FormOption>> {
    BTreeMap::from([
        (OptionList::Phase, worded(texts, "phase", Phase::ALL)),
        (OptionList::Control, worded(texts, "control", Control::ALL)),
        (OptionList::Severity, worded(texts, "severity", Severity::ALL)),
        (
            OptionList::BodyRegion,
            ruleset.regions().iter().map(|region| option(region.id.as_str(), texts.region_name(&region.id))).collect(),
        ),
    ])
}

/// Who can agree, from the least standing that counts.
pub(super) fn cleared_by(texts: &Texts<'_>, least: ClearedBy) -> Vec<FormOption> {
    let all = [ClearedBy::Client, ClearedBy::Therapist, ClearedBy::Physician, ClearedBy::Specialist];
    worded(texts, "clearance", all.into_iter().filter(|by| *by >= least))
}

/// The sexes.
pub(super) fn sexes(texts: &Texts<'_>) -> Vec<FormOption> {
    worded(texts, "sex", [Sex::Female, Sex::Male, Sex::Other])
}

/// The ways in which clients move.
pub(super) fn activity_levels(texts: &Texts<'_>) -> Vec<FormOption> {
    let all = [
        ActivityLevel::Sedentary,
        ActivityLevel::Moderate,
        ActivityLevel::Active,
        ActivityLevel::Athlete,
        ActivityLevel::PhysicalLabour,
    ];
    worded(texts, "activityLevel", all)
}

/// The levels of pressure.
pub(super) fn pressures(texts: &Texts<'_>) -> Vec<FormOption> {
    worded(texts, "pressure", Pressure::ALL)
}

/// The massage types, or the one that the form is for.
pub(super) fn massage_types(ruleset: &Ruleset, texts: &Texts<'_>, only: Option<usize>) -> Vec<FormOption> {
    ruleset
        .massage_types()
        .iter()
        .enumerate()
        .filter(|(number, _)| only.is_none_or(|only| only == *number))
        .map(|(_, kind)| option(kind.id.as_str(), texts.massage_type_name(kind)))
        .collect()
}

/// The products, and none of them.
pub(super) fn products(ruleset: &Ruleset, texts: &Texts<'_>) -> Vec<FormOption> {
    let nothing = option(NONE, text(texts, "noProduct"));
    ruleset
        .products()
        .iter()
        .map(|product| option(product.id.as_str(), texts.product_name(&product.id)))
        .chain([nothing])
        .collect()
}
