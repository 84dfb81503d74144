//! What may have been meant by a name that is not found: every name that is like it, found without comparing with all.

/// How like two names must be, by Jaro and Winkler, for one to be offered for the other.
const LIKE_ENOUGH: f64 = 0.85;
/// How many ids are offered.
const MOST: usize = 3;
/// Longer than any name: no guess is worth the time.
const LONGEST: usize = 120;

/// A name that can be offered.
#[derive(Debug, Clone)]
pub(in crate::ruleset) struct Guess {
    folded: String,
    id: String,
    letters: Letters,
}

impl Guess {
    /// A folded name, and the id that it stands for.
    pub(in crate::ruleset) fn new(folded: String, id: &str) -> Self {
        let letters = Letters::of(&folded);
        Self { folded, id: id.to_owned(), letters }
    }
}

/// The ids of the names that are like a folded one, likeliest first.
pub(super) fn like(guesses: &[Guess], folded: &str) -> Vec<String> {
    if folded.len() > LONGEST {
        return Vec::new();
    }
    let letters = Letters::of(folded);
    let mut found: Vec<(f64, &str)> = guesses
        .iter()
        .filter(|guess| letters.likeness_at_most(&guess.letters) >= LIKE_ENOUGH)
        .map(|guess| (strsim::jaro_winkler(folded, &guess.folded), guess.id.as_str()))
        .filter(|(likeness, _)| *likeness >= LIKE_ENOUGH)
        .collect();
    found.sort_by(|one, other| other.0.total_cmp(&one.0).then(one.1.cmp(other.1)));
    let mut ids: Vec<String> = Vec::new();
    for (_, id) in found {
        if ids.len() < MOST && !ids.iter().any(|known| known == id) {
            ids.push(id.to_owned());
        }
    }
    ids
}

/// How often each letter stands in a name; letters that share a place count as one.
#[derive(Debug, Clone, Copy)]
struct Letters {
    number: u16,
    counts: [u8; 32],
    first: [char; 4],
}

impl Letters {
    fn of(name: &str) -> Self {
        let mut letters = Self { number: 0, counts: [0; 32], first: ['\0'; 4] };
        for (at, letter) in name.chars().enumerate() {
            letters.number = letters.number.saturating_add(1);
            if let Some(count) = letters.counts.get_mut(letter as usize % 32) {
                *count = count.saturating_add(1);
            }
            if let Some(first) = letters.first.get_mut(at) {
                *first = letter;
            }
        }
        letters
    }

    /// What the likeness of two names cannot exceed: as many letters match as both have, all of them in order.
    fn likeness_at_most(&self, other: &Self) -> f64 {
        let shared: u16 = self.counts.iter().zip(&other.counts).map(|(one, other)| u16::from(*one.min(other))).sum();
        if shared == 0 {
            return 0.0;
        }
        let shared = f64::from(shared);
        let jaro = (shared / f64::from(self.number) + shared / f64::from(other.number) + 1.0) / 3.0;
        let begin = self.first.iter().zip(&other.first).take_while(|(one, other)| one == other).count();
        #[expect(clippy::cast_precision_loss, reason = "four at most")]
        let bonus = 0.1 * begin as f64;
        jaro + bonus * (1.0 - jaro).max(0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_left_out_that_a_comparison_with_all_would_find() {
        let names: Vec<String> = include_str!("../../../ruleset/phrases.json")
            .split('"')
            .filter(|text| (3..60).contains(&text.len()))
            .map(super::super::normalise)
            .filter(|name| !name.is_empty())
            .collect();
        let guesses: Vec<Guess> = names.iter().map(|name| Guess::new(name.clone(), name)).collect();
        let mut alike = 0;
        for name in names.iter().step_by(7) {
            let letters = Letters::of(name);
            for guess in &guesses {
                let likeness = strsim::jaro_winkler(name, &guess.folded);
                assert!(letters.likeness_at_most(&guess.letters) >= likeness - 1e-9, "{name} {}", guess.folded);
                alike += usize::from(likeness >= LIKE_ENOUGH);
            }
        }
        assert!(alike > 100, "{alike}");
    }
}
