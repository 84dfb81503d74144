//! Finding conditions by a part of a name, for somebody who types and looks.

use super::super::index::ConditionIx;
use super::NameIndex;
use super::fold::{normalise, stems};

/// A name that can be searched.
#[derive(Debug, Clone)]
pub(super) struct Searchable {
    condition: ConditionIx,
    folded: String,
    stems: Vec<String>,
}

/// How well a name fits what was typed, best last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// Every word is nearly a word of the name.
    Nearly,
    /// What was typed stands somewhere inside the name.
    Inside,
    /// Every word begins a word of the name.
    Words,
    /// The name begins with it.
    Begins,
    /// It is the name.
    Exact,
}

impl NameIndex {
    /// Adds a name that can be searched.
    pub(super) fn add_searchable(&mut self, name: &str, condition: ConditionIx) {
        self.searchable.push(Searchable { condition, folded: normalise(name), stems: stems(name) });
    }

    /// Conditions one of whose names fits, the best first and then by id; slips of the pen are forgiven.
    #[must_use]
    pub fn search(&self, typed: &str) -> Vec<ConditionIx> {
        let folded = normalise(typed);
        let words = stems(typed);
        if folded.is_empty() || typed.len() > 200 {
            return Vec::new();
        }
        let mut found: Vec<(Fit, ConditionIx)> = Vec::new();
        for name in &self.searchable {
            let Some(fit) = fit(name, &folded, &words) else { continue };
            match found.iter_mut().find(|(_, condition)| *condition == name.condition) {
                Some((best, _)) => *best = fit.max(*best),
                None => found.push((fit, name.condition)),
            }
        }
        found.sort_by_key(|(fit, condition)| (std::cmp::Reverse(*fit), *condition));
        found.into_iter().map(|(_, condition)| condition).collect()
    }
}

fn fit(name: &Searchable, folded: &str, words: &[String]) -> Option<Fit> {
    if name.folded == folded {
        return Some(Fit::Exact);
    }
    if name.folded.starts_with(folded) {
        return Some(Fit::Begins);
    }
    let all =
        |fits: &dyn Fn(&str, &str) -> bool| words.iter().all(|word| name.stems.iter().any(|stem| fits(word, stem)));
    if all(&|word, stem| stem.starts_with(word)) {
        return Some(Fit::Words);
    }
    if folded.chars().count() >= 3 && name.folded.contains(folded) {
        return Some(Fit::Inside);
    }
    all(&nearly).then_some(Fit::Nearly)
}

/// Whether two words differ by no more than a slip of the pen.
fn nearly(word: &str, stem: &str) -> bool {
    let most = match word.chars().count() {
        0..=3 => 0,
        4..=7 => 1,
        _ => 2,
    };
    stem.starts_with(word) || strsim::osa_distance(word, stem) <= most
}
