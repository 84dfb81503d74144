//! Conditions that are named beside something else: in the title of a booking, in notes on it.

use crate::model::{ConditionRequest, RecognisedBy, State};
use crate::ruleset::{ConditionIx, Reading, Ruleset, has_address};

use super::naming::{of_text, understood};

/// The conditions that a text names in passing, which is about something else: of the rest of it nobody asks.
#[must_use]
pub fn in_passing(ruleset: &Ruleset, text: &str) -> Vec<ConditionRequest> {
    let mut found: Vec<Vec<ConditionRequest>> = Vec::new();
    for statement in ruleset.bookings().said_beside(text) {
        // "DVT: none", "Pregnant? No"
        if is_no(ruleset, &statement) {
            found.pop();
        } else {
            found.push(in_statement(ruleset, &statement));
        }
    }
    found.concat()
}

/// Whether a statement says no, and nothing else.
fn is_no(ruleset: &Ruleset, statement: &str) -> bool {
    let names = ruleset.names();
    names.understand(statement).nothing || statement.split_whitespace().count() < 3 && names.only_denies(statement)
}

fn in_statement(ruleset: &Ruleset, statement: &str) -> Vec<ConditionRequest> {
    let mut words = understood(ruleset, statement);
    words
        .readings
        .retain(|reading| reading.by != RecognisedBy::Approximate && !reading.manner.denied && !reading.manner.family);
    let mut found: Vec<ConditionRequest> = if words.readings.is_empty() {
        Vec::new()
    } else if words.leftover || has_address(statement) {
        words.readings.iter().flat_map(|reading| named_among(ruleset, reading)).collect()
    } else {
        vec![of_text(words.text)]
    };
    if words.leftover {
        let known: Vec<ConditionIx> = words.readings.iter().flat_map(|reading| reading.meanings.clone()).collect();
        found.extend(alone(ruleset, statement, &known));
    }
    found
}

/// Names of one word that count for little among others, where they stand for a condition all the same: abbreviations in
/// capitals, and whatever a statement says of the client. They may be there.
fn alone(ruleset: &Ruleset, statement: &str, known: &[ConditionIx]) -> Vec<ConditionRequest> {
    if ruleset.names().has_denial(statement) {
        return Vec::new();
    }
    let of_client = ruleset.bookings().speaks_of_client(statement);
    let shouted = !statement.chars().any(char::is_lowercase);
    let words: Vec<&str> =
        statement.split(|letter: char| !letter.is_alphanumeric()).filter(|it| !it.is_empty()).collect();
    let is_number = |at: Option<usize>| {
        at.and_then(|at| words.get(at)).is_some_and(|word| word.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let mut found = Vec::new();
    for (at, word) in words.iter().enumerate() {
        let Some(meant) = ruleset.names().by_text(word).map(|found| found.condition) else { continue };
        let letters = word.chars().count();
        let short = is_abbreviation(ruleset, meant, word);
        let loud = letters > 2 && word.chars().all(char::is_uppercase) && (short || !shouted);
        let beside_number = is_number(at.checked_sub(1)) || is_number(Some(at + 1));
        let counts = (loud || short && of_client) && !beside_number || of_client && letters > 5;
        if counts && !known.contains(&meant) {
            let id = Some(ruleset.condition(meant).id.to_string());
            found.push(ConditionRequest { id, state: Some(State::Unknown), ..ConditionRequest::default() });
        }
    }
    found
}

/// Whether the word is no word but letters: it has no vowel, or the vocabulary writes it in capitals.
fn is_abbreviation(ruleset: &Ruleset, meant: ConditionIx, word: &str) -> bool {
    let is_vowel = |letter: char| matches!(letter, 'a' | 'e' | 'i' | 'o' | 'u' | 'y');
    if word.is_ascii() && !word.to_lowercase().chars().any(is_vowel) {
        return true;
    }
    let document = &ruleset.condition(meant).document;
    let capitals = word.to_uppercase();
    document.name == capitals || document.synonyms.contains(&capitals)
}

/// What is named among words that are not understood; these may say that it is over or not certain.
fn named_among(ruleset: &Ruleset, reading: &Reading) -> Vec<ConditionRequest> {
    let manner = &reading.manner;
    let certain = reading.meanings.len() == 1
        && !(manner.perhaps || manner.over || manner.ended || manner.had || manner.have_had)
        && manner.when.is_none()
        && manner.lately.is_none();
    let one = |meaning: &ConditionIx| ConditionRequest {
        id: Some(ruleset.condition(*meaning).id.to_string()),
        state: (!certain).then_some(State::Unknown),
        phase: manner.phase,
        control: manner.control,
        severity: manner.severity,
        ..ConditionRequest::default()
    };
    reading.meanings.iter().map(one).collect()
}
