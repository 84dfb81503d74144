//! How well names are understood, measured on phrases written by hand.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::model::{ConditionId, RecognisedBy};

use super::super::index::Ruleset;

/// `phrases.json`: what people write, and what they mean.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PhrasesFile {
    /// The phrases.
    pub phrases: Vec<Phrase>,
}

/// What somebody writes, and what they mean.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Phrase {
    /// What is written.
    pub text: String,
    /// The conditions of the client's own that are meant; of an ambiguous word, every meaning.
    pub expect: BTreeSet<ConditionId>,
    /// The conditions that are denied or somebody else's.
    #[serde(default)]
    pub set_aside: BTreeSet<ConditionId>,
}

/// One phrase that was not understood as it is meant.
#[derive(Debug, Clone, Serialize)]
pub struct Misunderstanding {
    /// What is written.
    pub text: String,
    /// Meant and not found.
    pub missed: Vec<ConditionId>,
    /// Found and not meant.
    pub wrong: Vec<ConditionId>,
}

/// How well phrases were understood.
#[derive(Debug, Clone, Serialize)]
pub struct Understood {
    /// How many phrases there are.
    pub phrases: usize,
    /// How many of them mean no condition of the client's own.
    pub phrases_that_mean_nothing: usize,
    /// Of the conditions found, the part that was meant.
    pub precision: f64,
    /// Of the conditions meant, the part that was found.
    pub recall: f64,
    /// Those that were not understood as they are meant.
    pub misunderstood: Vec<Misunderstanding>,
}

/// Reads every phrase and compares.
#[must_use]
#[expect(clippy::cast_precision_loss, reason = "a few thousand phrases at most")]
pub fn measure(ruleset: &Ruleset, file: &PhrasesFile) -> Understood {
    let (mut right, mut found_in_all, mut meant_in_all) = (0_usize, 0_usize, 0_usize);
    let mut misunderstood = Vec::new();
    for phrase in &file.phrases {
        let (own, aside) = read(ruleset, &phrase.text);
        let found: BTreeSet<(bool, &ConditionId)> =
            own.iter().map(|id| (true, id)).chain(aside.iter().map(|id| (false, id))).collect();
        let meant: BTreeSet<(bool, &ConditionId)> =
            phrase.expect.iter().map(|id| (true, id)).chain(phrase.set_aside.iter().map(|id| (false, id))).collect();
        right += found.intersection(&meant).count();
        found_in_all += found.len();
        meant_in_all += meant.len();
        if found != meant {
            let ids = |set: &BTreeSet<(bool, &ConditionId)>, less: &BTreeSet<(bool, &ConditionId)>| {
                set.difference(less).map(|(_, id)| (*id).clone()).collect()
            };
            misunderstood.push(Misunderstanding {
                text: phrase.text.clone(),
                missed: ids(&meant, &found),
                wrong: ids(&found, &meant),
            });
        }
    }
    let part = |of: usize| if of == 0 { 1.0 } else { right as f64 / of as f64 };
    Understood {
        phrases: file.phrases.len(),
        phrases_that_mean_nothing: file.phrases.iter().filter(|phrase| phrase.expect.is_empty()).count(),
        precision: part(found_in_all),
        recall: part(meant_in_all),
        misunderstood,
    }
}

fn read(ruleset: &Ruleset, text: &str) -> (BTreeSet<ConditionId>, BTreeSet<ConditionId>) {
    let mut own = BTreeSet::new();
    let mut aside = BTreeSet::new();
    for reading in ruleset.names().understand(text).readings {
        let set_aside = reading.manner.denied || reading.manner.family;
        // A denial that was only nearly understood denies nothing.
        if set_aside && reading.by == RecognisedBy::Approximate {
            continue;
        }
        for meaning in reading.meanings {
            let condition = ruleset.condition(meaning);
            if !condition.document.heading {
                if set_aside {
                    aside.insert(condition.id.clone())
                } else {
                    own.insert(condition.id.clone())
                };
            }
        }
    }
    (own, aside)
}
