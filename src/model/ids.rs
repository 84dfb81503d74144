//! Identifiers: kebab-case names that authors give to the things of a ruleset.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

/// A name that is not a well-formed identifier.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not an id: lower-case letters, digits and single hyphens{1}")]
pub struct IdError(String, &'static str);

fn is_kebab(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 96
        && text
            .split('-')
            .all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit()))
}

fn is_rule_id(text: &str) -> bool {
    text.split_once('.').is_some_and(|(subject, what)| is_kebab(subject) && is_kebab(what))
}

fn is_source_id(text: &str) -> bool {
    let digits = |rest: &str, len: usize| rest.len() == len && rest.bytes().all(|byte| byte.is_ascii_digit());
    text.strip_prefix("src-").is_some_and(is_kebab)
        || text.strip_prefix("EV").is_some_and(|rest| digits(rest, 2))
        || text.strip_prefix('S').is_some_and(|rest| digits(rest, 3))
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $check:expr, $form:literal, $example:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, utoipa::ToSchema)]
        #[serde(try_from = "String", into = "String")]
        #[schema(value_type = String, example = $example)]
        pub struct $name(Arc<str>);

        impl $name {
            /// The id as text.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = IdError;
            fn from_str(text: &str) -> Result<Self, IdError> {
                if $check(text) { Ok(Self(text.into())) } else { Err(IdError(text.to_owned(), $form)) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;
            fn try_from(text: String) -> Result<Self, IdError> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0.as_ref().to_owned()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(formatter, "{}({})", stringify!($name), self.0)
            }
        }
    };
}

id!(
    /// Names a condition: `disc-herniation`.
    ConditionId, is_kebab, "", "disc-herniation"
);
id!(
    /// Names a rule by its subject and what it is about: `disc-herniation.twisting`.
    RuleId, is_rule_id, ", with one dot between subject and matter", "disc-herniation.twisting"
);
id!(
    /// Names a massage type: `thai`.
    MassageTypeId, is_kebab, "", "thai"
);
id!(
    /// Names a technique, a stroke within a massage: `twisting`.
    TechniqueId, is_kebab, "", "twisting"
);
id!(
    /// Names a node of the tree of body regions: `lower-back`.
    RegionId, is_kebab, "", "lower-back"
);
id!(
    /// Names a product used on the skin: `almond-oil`.
    ProductId, is_kebab, "", "almond-oil"
);
id!(
    /// Names a source: a row of the seed's register (`S014`), a review of the project (`EV07`) or a publication (`src-yin-2014`).
    SourceId, is_source_id, " behind `src-`, or `S` and three digits, or `EV` and two", "src-yin-2014"
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_formed_ids_are_read_and_others_are_refused() {
        assert!("disc-herniation".parse::<ConditionId>().is_ok());
        for bad in ["", "-a", "a-", "a--b", "A", "a b", "a.b", "é"] {
            assert!(bad.parse::<ConditionId>().is_err(), "{bad}");
        }
        assert!("neck.force".parse::<RuleId>().is_ok());
        assert!("neck".parse::<RuleId>().is_err());
        assert!("a.b.c".parse::<RuleId>().is_err());
        for good in ["S014", "EV07", "src-yin-2014"] {
            assert!(good.parse::<SourceId>().is_ok(), "{good}");
        }
        for bad in ["S14", "EV7", "src-", "E05"] {
            assert!(bad.parse::<SourceId>().is_err(), "{bad}");
        }
    }
}
