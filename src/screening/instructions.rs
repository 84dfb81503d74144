//! What a session must observe, in words.

use crate::model::{Pressure, Requirement};
use crate::ruleset::Texts;

/// One sentence for each requirement, from the section `requirements` of the ruleset's messages; none twice.
///
/// A release from before that section says in one sentence that there are requirements.
pub(super) fn instructions(texts: Texts<'_>, requirements: &[Requirement]) -> Vec<String> {
    let mut said: Vec<String> = Vec::with_capacity(requirements.len());
    for requirement in requirements {
        let sentence = instruction(texts, requirement)
            .or_else(|| texts.message("therapist", "requirements").map(str::to_owned))
            .filter(|sentence| !said.contains(sentence));
        said.extend(sentence);
    }
    said
}

fn instruction(texts: Texts<'_>, requirement: &Requirement) -> Option<String> {
    let sentence = |name: &str| texts.message("requirements", name).map(str::to_owned);
    let regions = |named: &[_]| list(named.iter().map(|id| texts.region(id)));
    // The sentence for some regions alone, where they are named.
    let placed = |name: &str, at: Option<&[_]>| match at {
        Some(named) => sentence(&format!("{name}-at")).map(|text| text.replace("{regions}", &regions(named))),
        None => sentence(name),
    };
    match requirement {
        Requirement::AvoidRegion { regions: named } => {
            sentence("avoid-region").map(|text| text.replace("{regions}", &regions(named)))
        }
        Requirement::AvoidTechnique { techniques, regions } => {
            let techniques = list(techniques.iter().map(|id| texts.technique(id)));
            placed("avoid-technique", regions.as_deref()).map(|text| text.replace("{techniques}", &techniques))
        }
        Requirement::PressureMax { level, regions } => {
            placed("pressure-max", regions.as_deref()).map(|text| pressure(texts, *level, &text))
        }
        Requirement::AvoidProduct { products } => {
            let products = list(products.iter().map(|id| texts.product(id)));
            sentence("avoid-product").map(|text| text.replace("{products}", &products))
        }
        Requirement::DurationMax { minutes } => {
            sentence("duration-max").map(|text| text.replace("{minutes}", &minutes.to_string()))
        }
        Requirement::Position { position } => sentence(&format!("position-{}", position.as_str())),
        Requirement::TherapistTraining { training } => sentence(&format!("training-{}", training.as_str())),
        Requirement::CheckFirst { what } => sentence(&format!("check-{}", what.as_str())),
        Requirement::RiseSlowly => sentence("rise-slowly"),
        Requirement::StopOnRequest => sentence("stop-on-request"),
        Requirement::StopOnPain => sentence("stop-on-pain"),
        Requirement::FragranceFreeProduct => sentence("fragrance-free-product"),
        Requirement::GradualPressure => sentence("gradual-pressure"),
        Requirement::NoHeat => sentence("no-heat"),
        Requirement::NoForcedJointMovement => sentence("no-forced-joint-movement"),
        Requirement::HygieneCover => sentence("hygiene-cover"),
        Requirement::TherapistFeedback => sentence("therapist-feedback"),
        Requirement::DrinkToThirst => sentence("drink-to-thirst"),
        Requirement::GentleAfterCare => sentence("gentle-after-care"),
    }
}

fn pressure(texts: Texts<'_>, level: Pressure, sentence: &str) -> String {
    let number = level.level().to_string();
    let words = texts.message("requirements", &format!("pressure-{number}")).unwrap_or(&number);
    sentence.replace("{level}", &number).replace("{pressure}", words)
}

fn list(names: impl Iterator<Item = String>) -> String {
    names.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use crate::model::{CheckFirst, Language, Position, Training};
    use crate::ruleset::Rulesets;

    use super::*;

    #[test]
    fn every_requirement_of_the_shipped_rules_has_words_of_its_own_in_every_language() {
        let rulesets = Rulesets::embedded().unwrap();
        let ruleset = rulesets.find("latest").unwrap();
        let all: BTreeSet<&Requirement> = ruleset.rules().iter().flat_map(|rule| &rule.requirements).collect();
        assert!(all.len() > 50, "only {} requirements", all.len());
        for language in Language::ALL {
            let texts = ruleset.texts(language);
            let said: BTreeSet<String> =
                all.iter().map(|requirement| instruction(texts, requirement).unwrap()).collect();
            assert_eq!(said.len(), all.len(), "two requirements read alike in {language}");
            assert!(said.iter().all(|sentence| !sentence.contains(['{', '}']) && sentence.ends_with('.')), "{said:?}");
        }
    }

    #[test]
    fn words_and_numbers_take_their_places() {
        let rulesets = Rulesets::embedded().unwrap();
        let ruleset = rulesets.find("latest").unwrap();
        let read = |language: Language, requirement: serde_json::Value| {
            let requirement: Requirement = serde_json::from_value(requirement).unwrap();
            instruction(ruleset.texts(language), &requirement).unwrap()
        };
        let avoid = serde_json::json!({ "kind": "avoid-region", "regions": ["lower-back", "sacrum"] });
        assert_eq!(read(Language::En, avoid.clone()), "Leave out: lower back, sacrum and tailbone.");
        assert_eq!(read(Language::Ru, avoid), "Не затрагивать: поясница, крестец и копчик.");
        let pressure = serde_json::json!({ "kind": "pressure-max", "level": 2, "regions": ["neck"] });
        assert_eq!(read(Language::En, pressure), "Pressure 2 of 5 at most (heavy lotioning) here: neck.");
    }

    #[test]
    fn a_release_without_words_for_requirements_says_that_there_are_some() {
        let rulesets = Rulesets::embedded().unwrap();
        let texts = rulesets.find("1.0.0").unwrap().texts(Language::Ru);
        let all = [
            Requirement::RiseSlowly,
            Requirement::Position { position: Position::Seated },
            Requirement::TherapistTraining { training: Training::PointTraining },
            Requirement::CheckFirst { what: CheckFirst::Skin },
        ];
        assert_eq!(instructions(texts, &all), ["Keep to every requirement listed."]);
    }
}
