//! Releases: a ruleset as one immutable document, its digest, and those that the program carries.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::document::Bundle;
use super::error::RulesetError;
use super::index::Ruleset;

#[derive(rust_embed::RustEmbed)]
#[folder = "ruleset/releases"]
struct Embedded;

/// The canonical bytes of a bundle: compact JSON, keys in order, one line end.
///
/// # Errors
/// [`RulesetError::Form`] where it cannot be written as JSON, which no bundle that was read can cause.
pub fn bundle_bytes(bundle: &Bundle) -> Result<Vec<u8>, RulesetError> {
    let form = |source| RulesetError::Form { file: "bundle".to_owned(), source };
    let value = serde_json::to_value(bundle).map_err(form)?;
    let mut bytes = serde_json::to_vec(&sorted(value)).map_err(form)?;
    bytes.push(b'\n');
    Ok(bytes)
}

/// Puts the keys of every object in order, whatever order the JSON library keeps.
fn sorted(value: Value) -> Value {
    match value {
        Value::Object(members) => {
            let ordered: BTreeMap<String, Value> =
                members.into_iter().map(|(key, member)| (key, sorted(member))).collect();
            Value::Object(ordered.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => value,
    }
}

/// `sha256:` and the digest of the bytes in hexadecimal.
#[must_use]
pub fn digest(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    let mut text = String::with_capacity(71);
    text.push_str("sha256:");
    for byte in Sha256::digest(bytes) {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// Orders versions by their numbers; what is no number counts as none.
fn version_key(version: &str) -> Vec<u64> {
    version.split('.').map(|part| part.parse().unwrap_or(0)).collect()
}

/// The rulesets in service, by version.
#[derive(Debug, Clone)]
pub struct Rulesets {
    by_version: BTreeMap<Vec<u64>, Arc<Ruleset>>,
}

impl Rulesets {
    /// Every release that the program carries.
    ///
    /// # Errors
    /// Where one of them is no ruleset, or there is none.
    pub fn embedded() -> Result<Self, RulesetError> {
        let rulesets = Embedded::iter()
            .filter(|name| name.ends_with(".json"))
            .filter_map(|name| Embedded::get(&name))
            .map(|file| Ruleset::from_bundle_bytes(&file.data).map(Arc::new))
            .collect::<Result<Vec<_>, _>>()?;
        Self::new(rulesets)
    }

    /// The bytes of the release of this version that the program carries.
    #[must_use]
    pub fn embedded_bytes(version: &str) -> Option<Vec<u8>> {
        Embedded::get(&format!("{version}.json")).map(|file| file.data.into_owned())
    }

    /// These rulesets.
    ///
    /// # Errors
    /// [`RulesetError::Empty`] where there is none, [`RulesetError::Duplicate`] where two have one version.
    pub fn new(rulesets: Vec<Arc<Ruleset>>) -> Result<Self, RulesetError> {
        let mut by_version = BTreeMap::new();
        for ruleset in rulesets {
            let version = ruleset.version().to_owned();
            if by_version.insert(version_key(&version), ruleset).is_some() {
                return Err(RulesetError::Duplicate { kind: "ruleset version", id: version });
            }
        }
        if by_version.is_empty() { Err(RulesetError::Empty) } else { Ok(Self { by_version }) }
    }

    /// The ruleset of this version, or the newest for `latest`.
    ///
    /// # Errors
    /// [`RulesetError::UnknownVersion`].
    pub fn find(&self, version: &str) -> Result<&Arc<Ruleset>, RulesetError> {
        let found = if version == "latest" {
            self.by_version.values().next_back()
        } else {
            self.by_version.get(&version_key(version)).filter(|ruleset| ruleset.version() == version)
        };
        found.ok_or_else(|| RulesetError::UnknownVersion {
            asked: version.to_owned(),
            loaded: self.iter().map(|ruleset| ruleset.version()).collect::<Vec<_>>().join(", "),
        })
    }

    /// Every ruleset, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Arc<Ruleset>> {
        self.by_version.values()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_ordered_at_every_depth() {
        let value = serde_json::json!({ "b": [{ "d": 1, "c": 2 }], "a": null });
        assert_eq!(serde_json::to_string(&sorted(value)).unwrap(), r#"{"a":null,"b":[{"c":2,"d":1}]}"#);
    }

    #[test]
    fn a_digest_is_sha256_in_hexadecimal() {
        assert_eq!(digest(b""), "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }

    #[test]
    fn version_ten_is_newer_than_version_nine() {
        assert!(version_key("1.10.0") > version_key("1.9.0"));
    }
}
