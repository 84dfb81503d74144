//! What a ruleset says to people, in one language; in English where that language does not say it.

use std::sync::Arc;

use crate::model::{Language, ProductId, RegionId, TechniqueId};

use super::document::{MessagesFile, ReasonDocument, TranslationDocument};
use super::index::{AdviceEntry, ConditionIx, MassageType, PostSessionRule, Rule, Ruleset};

/// A ruleset's texts in one language.
#[derive(Debug, Clone, Copy)]
pub struct Texts<'r> {
    ruleset: &'r Ruleset,
    translation: Option<&'r TranslationDocument>,
}

impl Ruleset {
    /// The languages in which it answers, English first.
    pub fn languages(&self) -> impl Iterator<Item = Language> {
        let others = self.bundle.translations.iter().map(|translation| translation.language);
        std::iter::once(Language::En).chain(others.filter(|language| *language != Language::En))
    }

    /// Its texts in a language, or in English where it does not answer in that one.
    #[must_use]
    pub fn texts(&self, language: Language) -> Texts<'_> {
        let translation = self.bundle.translations.iter().find(|translation| translation.language == language);
        Texts { ruleset: self, translation }
    }
}

impl<'r> Texts<'r> {
    /// The language.
    #[must_use]
    pub fn language(&self) -> Language {
        self.translation.map_or(Language::En, |translation| translation.language)
    }

    /// Why a rule is there.
    #[must_use]
    pub fn reason(&self, rule: &'r Rule) -> &'r ReasonDocument {
        let translated = self.translation.and_then(|translation| translation.rules.get(&rule.id));
        translated.unwrap_or(&rule.document.reason)
    }

    /// Why a rule about what is felt after a session is there.
    #[must_use]
    pub fn reason_after(&self, rule: &'r PostSessionRule) -> &'r ReasonDocument {
        let translated = self.translation.and_then(|translation| translation.post_session_rules.get(&rule.rule.id));
        translated.unwrap_or(&rule.document.reason)
    }

    /// What a client can do, or should watch for.
    #[must_use]
    pub fn advice(&self, entry: &'r AdviceEntry) -> &'r Arc<str> {
        let translated = self.translation.and_then(|translation| translation.advice.get(entry.document.id.as_ref()));
        translated.unwrap_or(&entry.document.text)
    }

    /// The name of a condition.
    #[must_use]
    pub fn condition(&self, ix: ConditionIx) -> &'r Arc<str> {
        let condition = self.ruleset.condition(ix);
        self.translation.and_then(|translation| translation.conditions.get(&condition.id)).unwrap_or(&condition.name)
    }

    /// The name of a condition that goes by this id; empty where none does.
    #[must_use]
    pub fn condition_called(&self, id: &str) -> &'r str {
        self.ruleset.names().by_id(id).map_or("", |found| self.condition(found.condition))
    }

    /// The name of a technique, as it stands within a sentence.
    #[must_use]
    pub fn technique(&self, id: &TechniqueId) -> String {
        let translated = self.translation.and_then(|translation| translation.techniques.get(id));
        let known = || self.ruleset.techniques.iter().find(|known| known.id == *id).map(|known| &known.name);
        within_a_sentence(translated.or_else(known).map_or(id.as_str(), String::as_str))
    }

    /// The name of a body region, as it stands within a sentence.
    #[must_use]
    pub fn region(&self, id: &RegionId) -> String {
        within_a_sentence(self.region_name(id))
    }

    /// The name of a body region, as it stands alone.
    #[must_use]
    pub fn region_name<'n>(&'n self, id: &'n RegionId) -> &'n str {
        let translated = self.translation.and_then(|translation| translation.body_regions.get(id));
        let known = || self.ruleset.regions.iter().find(|known| known.id == *id).map(|known| &known.name);
        translated.or_else(known).map_or(id.as_str(), String::as_str)
    }

    /// The name of a product, as it stands within a sentence.
    #[must_use]
    pub fn product(&self, id: &ProductId) -> String {
        within_a_sentence(self.product_name(id))
    }

    /// The name of a product, as it stands alone.
    #[must_use]
    pub fn product_name<'n>(&'n self, id: &'n ProductId) -> &'n str {
        let translated = self.translation.and_then(|translation| translation.products.get(id));
        let known = || self.ruleset.products.iter().find(|known| known.id == *id).map(|known| &known.name);
        translated.or_else(known).map_or(id.as_str(), String::as_str)
    }

    /// The name of a massage type, as it stands alone.
    #[must_use]
    pub fn massage_type_name(&self, kind: &'r MassageType) -> &'r str {
        let translated = self.translation.and_then(|translation| translation.massage_types.get(&kind.id));
        translated.unwrap_or(&kind.document.name)
    }

    /// A sentence of `messages.json`, by audience and name.
    #[must_use]
    pub fn message(&self, audience: &str, name: &str) -> Option<&'r str> {
        let of = |messages: &'r MessagesFile| messages.get(audience)?.get(name).map(String::as_str);
        self.translation.and_then(|translation| of(&translation.messages)).or_else(|| of(&self.ruleset.bundle.messages))
    }

    /// A question of `messages.json`, with the name of the condition that it is about.
    #[must_use]
    pub fn ask(&self, name: &str, condition: &str) -> String {
        self.message("questions", name).unwrap_or(name).replace("{condition}", condition)
    }

    /// The sentence that every answer carries.
    #[must_use]
    pub fn disclaimer(&self) -> Arc<str> {
        match (self.language(), self.message("common", "disclaimer")) {
            (Language::En, _) | (_, None) => Arc::clone(&self.ruleset.disclaimer),
            (_, Some(text)) => text.into(),
        }
    }
}

/// A name of the catalogue begins with a capital; within a sentence it does not.
fn within_a_sentence(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map_or_else(String::new, |first| first.to_lowercase().chain(letters).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_begins_small_within_a_sentence() {
        assert_eq!(within_a_sentence("Back of the neck"), "back of the neck");
        assert_eq!(within_a_sentence("Поясница"), "поясница");
        assert_eq!(within_a_sentence(""), "");
    }
}
