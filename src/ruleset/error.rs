//! Why a ruleset cannot be used.

use std::path::PathBuf;

/// Why a ruleset cannot be read, built or found.
#[derive(Debug, thiserror::Error)]
pub enum RulesetError {
    /// A file or folder cannot be read or written.
    #[error("cannot access `{path}`")]
    Access {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A file is not JSON, or not of the form that its kind must have.
    #[error("`{file}` is not a ruleset file: {source}")]
    Form {
        /// The file, as named in the ruleset folder.
        file: String,
        /// What is wrong and where.
        #[source]
        source: serde_json::Error,
    },
    /// A file that every ruleset must have is missing.
    #[error("the ruleset has no `{0}`")]
    Missing(String),
    /// A name that nothing in the ruleset defines.
    #[error("`{by}` names {kind} `{id}`, which does not exist")]
    Dangling {
        /// What names it.
        by: String,
        /// What kind of thing it should be.
        kind: &'static str,
        /// The name.
        id: String,
    },
    /// Two things of one kind have one name.
    #[error("{kind} `{id}` is defined twice")]
    Duplicate {
        /// What kind of thing.
        kind: &'static str,
        /// The name.
        id: String,
    },
    /// A condition, region or product is its own ancestor.
    #[error("{kind} `{id}` is its own ancestor")]
    Cycle {
        /// What kind of thing.
        kind: &'static str,
        /// The name.
        id: String,
    },
    /// A rule that says something that no rule may say.
    #[error("rule `{rule}`: {what}")]
    Forbidden {
        /// The rule.
        rule: String,
        /// What it must not say.
        what: &'static str,
    },
    /// More things of one kind than the index has room for.
    #[error("more than {most} {kind}s")]
    TooMany {
        /// What kind of thing.
        kind: &'static str,
        /// The most there may be.
        most: usize,
    },
    /// A version that is not loaded.
    #[error("ruleset version `{asked}` is not loaded; loaded: {loaded}")]
    UnknownVersion {
        /// What was asked for.
        asked: String,
        /// What there is.
        loaded: String,
    },
    /// No release is embedded.
    #[error("no ruleset is loaded")]
    Empty,
}
