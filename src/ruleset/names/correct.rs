//! Slips of the pen: the known word that a strange one was meant to be.

use std::collections::BTreeSet;

use super::super::index::ConditionIx;
use super::NameIndex;
use super::hear::year;

impl NameIndex {
    /// The words with each that nobody knows replaced by the one known word that it is likest, if there is just one.
    pub(super) fn corrected(&self, words: &[String]) -> Vec<String> {
        words
            .iter()
            .map(|word| {
                let known = self.vocabulary.contains_key(word) || self.words.knows(word) || year(word).is_some();
                if known { word.clone() } else { self.likest(word).unwrap_or_else(|| word.clone()) }
            })
            .collect()
    }

    /// The known word that this one is likest; of several, one only if they stand for a condition in common.
    fn likest(&self, word: &str) -> Option<String> {
        let length = word.chars().count();
        let most = match length {
            0..=3 => return None,
            4..=7 => 1,
            _ => 2,
        };
        let mut best: Option<(usize, &String, BTreeSet<ConditionIx>)> = None;
        // Slips of the first letter are rare, and this keeps the search short.
        let first = word.chars().next().map(String::from)?;
        let same_start =
            self.vocabulary.range(first.clone()..).take_while(|(candidate, _)| candidate.starts_with(&first));
        for (candidate, owners) in same_start {
            let size = candidate.chars().count();
            if size < 4 || size.abs_diff(length) > most {
                continue;
            }
            let distance = strsim::osa_distance(word, candidate);
            if distance > most {
                continue;
            }
            match &mut best {
                Some((least, ..)) if distance > *least => {}
                Some((least, longest, shared)) if distance == *least => {
                    shared.retain(|owner| owners.contains(owner));
                    if candidate.len() > longest.len() {
                        *longest = candidate;
                    }
                }
                _ => best = Some((distance, candidate, owners.clone())),
            }
        }
        best.filter(|(_, _, shared)| !shared.is_empty()).map(|(_, candidate, _)| candidate.clone())
    }
}
