//! The languages that an answer can be written in.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A language that an answer can be written in. Ids, codes and field names are the same in all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Language {
    /// English: the language that rules are written in, and the one that answers where another cannot.
    #[default]
    En,
    /// Russian.
    Ru,
}

/// A tag that names no language of the answers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a language of the answers; there are: en, ru")]
pub struct LanguageError(String);

impl Language {
    /// Every language, English first.
    pub const ALL: [Self; 2] = [Self::En, Self::Ru];

    /// The language tag (BCP 47).
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Ru => "ru",
        }
    }

    /// The language of a tag, whatever region, script or variant it names: `ru-RU` is Russian.
    ///
    /// Source: RFC 4647, section 3.4 (lookup): what is more special falls back to what is less so.
    #[must_use]
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.split('-').next().unwrap_or(tag);
        Self::ALL.into_iter().find(|language| language.as_str().eq_ignore_ascii_case(primary))
    }
}

impl fmt::Display for Language {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl FromStr for Language {
    type Err = LanguageError;
    fn from_str(tag: &str) -> Result<Self, LanguageError> {
        Self::of_tag(tag).ok_or_else(|| LanguageError(tag.to_owned()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tag_is_read_in_any_case_and_with_any_region() {
        for tag in ["ru", "RU", "ru-RU", "ru-Cyrl-BY"] {
            assert_eq!(tag.parse(), Ok(Language::Ru), "{tag}");
        }
        assert_eq!(Language::of_tag("en-GB"), Some(Language::En));
        for tag in ["", "r", "rus", "de", "*", "-ru"] {
            assert_eq!(Language::of_tag(tag), None, "{tag}");
        }
    }

    #[test]
    fn every_language_is_called_by_its_tag_in_json() {
        for language in Language::ALL {
            assert_eq!(serde_json::to_value(language).unwrap(), language.as_str());
        }
    }
}
