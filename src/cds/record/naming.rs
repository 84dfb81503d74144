//! What a record calls a thing: its codes and its words, weighed against each other.
//!
//! A code that the ruleset knows counts; ICD-10-CM before SNOMED CT before `RxNorm` and ATC. The words are read by the ruleset's
//! own understanding. Where both are understood and are about different things, nobody can say which is meant: both
//! are screened, and the whole counts as not understood.

use crate::model::{CodeRequest, ConditionKind, ConditionRequest, RecognisedBy, State};
use crate::ruleset::{ConditionIx, Manner, Reading, RecordCode, Ruleset, has_address};

use super::super::fhir::{Coding, Concept};

/// What kind of thing is named: the same word means one thing as an illness and another as an allergy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Sort {
    /// An illness, a procedure, anything that the client has or had.
    Thing,
    /// What the client is allergic to.
    Allergy,
    /// A medicine.
    Medicine,
}

/// What was named.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Naming {
    /// Neither a code nor a word.
    Unreadable,
    /// That there is nothing.
    Nothing,
    /// That nothing is known.
    NotKnown,
    /// These; each with a name and no more than the words say of it.
    Things {
        /// What to screen.
        conditions: Vec<ConditionRequest>,
        /// Whether codes and words are about different things.
        contradictory: bool,
    },
}

/// A code that the ruleset knows.
struct Known {
    request: ConditionRequest,
    condition: ConditionIx,
    /// Whether the code says more than which condition it is.
    speaks: bool,
}

/// Words and what they were understood as.
pub(super) struct Words {
    pub(super) text: String,
    pub(super) readings: Vec<Reading>,
    pub(super) leftover: bool,
    /// Whether they stand for less than was said.
    short: bool,
}

/// Reads what a concept names.
pub(super) fn name(ruleset: &Ruleset, concept: &Concept, sort: Sort) -> Naming {
    let observations = ruleset.observations();
    let not_asked = codes(concept).any(|code| observations.says_nothing_asked(&code));
    let by_code = not_asked || codes(concept).any(|code| observations.says_nothing_known(&code));
    let known = known(ruleset, concept, sort);
    let words: Vec<&str> = concept.words().filter(|text| !has_address(text)).collect();
    let is_nothing = |text: &&str| ruleset.names().understand(without_tag(text)).nothing;
    if known.is_empty() && (by_code || !words.is_empty() && words.iter().all(is_nothing)) {
        let beside = beside_nothing(ruleset, concept, &words, sort);
        return match (beside.is_empty(), not_asked) {
            (true, true) => Naming::NotKnown,
            (true, false) => Naming::Nothing,
            (false, _) => contradictory(ruleset, beside),
        };
    }
    let mut texts: Vec<Words> = Vec::new();
    for text in words {
        for part in parts(ruleset, without_tag(text), sort) {
            if !texts.iter().any(|known| known.text == part.text) {
                texts.push(part);
            }
        }
    }
    if known.is_empty() {
        return by_words(ruleset, concept, texts, sort);
    }
    let naming = by_codes(ruleset, &known, texts);
    match naming {
        Naming::Things { conditions, contradictory: false } if by_code => contradictory(ruleset, conditions),
        Naming::Things { .. } | Naming::Unreadable | Naming::Nothing | Naming::NotKnown => naming,
    }
}

/// What stands beside a code or words that say that there is nothing, and does not say the same.
fn beside_nothing(ruleset: &Ruleset, concept: &Concept, words: &[&str], sort: Sort) -> Vec<ConditionRequest> {
    let strange = words.iter().map(|text| without_tag(text)).filter(|text| !says_nothing(ruleset, text));
    let texts = strange.flat_map(|text| parts(ruleset, text, sort)).map(|words| of_text(words.text));
    texts.chain(untold(ruleset, concept, sort)).collect()
}

/// The codes that nobody knows and of which no name says that they stand for nothing: each may be an illness, whatever is
/// said beside it.
fn untold(ruleset: &Ruleset, concept: &Concept, sort: Sort) -> Vec<ConditionRequest> {
    let observations = ruleset.observations();
    let names = ruleset.names();
    let is_told = |coding: &Coding| {
        let code = coding.record_code();
        let known = |code| observations.says_nothing_known(&code) || observations.says_nothing_asked(&code);
        let display = coding.display.as_deref().map(without_tag).filter(|text| !text.is_empty());
        code.is_some_and(known)
            || coding.code.as_deref().is_some_and(|code| names.understand(code).nothing)
            || display.is_some_and(|text| says_nothing(ruleset, text))
            || coding.code.is_none() && coding.system.is_none()
    };
    let untold = concept.coding.iter().filter(|coding| !is_told(coding));
    let one = |coding: &Coding| {
        let code = coding.record_code().filter(|code| !has_address(&code.code));
        code.map_or_else(|| not_understood(ruleset), |code| of_code(ruleset, code, sort))
    };
    untold.map(one).collect()
}

/// Whether the words say that there is nothing, or only what is not there.
fn says_nothing(ruleset: &Ruleset, text: &str) -> bool {
    let said = ruleset.names().understand(text);
    let denies = said.readings.is_empty() && ruleset.names().denies(text);
    said.nothing || denies || is_set_aside(&said.readings, said.leftover)
}

/// Whether everything that was understood is denied or somebody else's, and nothing is left over.
fn is_set_aside(readings: &[Reading], leftover: bool) -> bool {
    let aside = |reading: &Reading| reading.manner.denied || reading.manner.family;
    !leftover && !readings.is_empty() && readings.iter().all(aside)
}

/// These, and that nobody can say which of them is meant.
fn contradictory(ruleset: &Ruleset, mut conditions: Vec<ConditionRequest>) -> Naming {
    let unclear = not_understood(ruleset);
    if !conditions.contains(&unclear) {
        conditions.push(unclear);
    }
    Naming::Things { conditions, contradictory: true }
}

/// The codes that the ruleset knows, the weightiest system first.
fn known(ruleset: &Ruleset, concept: &Concept, sort: Sort) -> Vec<Known> {
    let mut codes: Vec<RecordCode> = codes(concept).collect();
    codes.sort_by_key(|code| rank(&code.system));
    codes.dedup();
    let find = |code: RecordCode| {
        let (found, says) = ruleset.names().by_code(&code.system, &code.code)?;
        let document = &ruleset.condition(found.condition).document;
        let fits = sort != Sort::Allergy || document.kind == ConditionKind::Allergy;
        (fits && !document.heading).then(|| Known {
            condition: found.condition,
            speaks: says.phase.is_some() || says.control.is_some() || says.severity.is_some(),
            request: ConditionRequest {
                code: Some(CodeRequest { system: code.system, code: code.code }),
                ..ConditionRequest::default()
            },
        })
    };
    codes.into_iter().filter_map(find).collect()
}

fn rank(system: &str) -> usize {
    const SYSTEMS: [&str; 4] = [
        "http://hl7.org/fhir/sid/icd-10-cm",
        "http://snomed.info/sct",
        "http://www.nlm.nih.gov/research/umls/rxnorm",
        "http://www.whocc.no/atc",
    ];
    SYSTEMS.iter().position(|known| *known == system).unwrap_or(SYSTEMS.len())
}

/// Codes are known: do they agree with each other and with the words?
fn by_codes(ruleset: &Ruleset, known: &[Known], texts: Vec<Words>) -> Naming {
    let meant: Vec<ConditionIx> = known.iter().map(|known| known.condition).collect();
    let about = |reading: &Reading| {
        reading.meanings.iter().any(|meaning| meant.iter().any(|code| related(ruleset, *meaning, *code)))
    };
    let mut contradictory = meant
        .iter()
        .enumerate()
        .any(|(at, one)| meant.iter().skip(at + 1).any(|other| !related(ruleset, *one, *other)));
    let mut conditions: Vec<ConditionRequest> = Vec::new();
    let mut perhaps = false;
    let mut instead = None;
    for words in texts {
        // A slip of the pen that fits is no news, and one that does not is no name.
        let sure = words.readings.iter().filter(|reading| reading.by != RecognisedBy::Approximate);
        let set_aside = |reading: &Reading| reading.manner.denied || reading.manner.family;
        let (own, foreign): (Vec<&Reading>, Vec<&Reading>) = sure.partition(|reading| about(reading));
        let others = foreign.iter().any(|reading| !set_aside(reading));
        if own.iter().any(|reading| set_aside(reading)) || own.is_empty() && others {
            contradictory = true;
        }
        let says = own.iter().any(|reading| says_more(&reading.manner));
        perhaps |= own.iter().any(|reading| reading.manner.perhaps || reading.manner.over || reading.manner.had);
        if contradictory || others {
            conditions.push(of_text(words.text));
        } else if says && instead.is_none() && is_precise(ruleset, &words, known) {
            instead = Some(of_text(words.text));
        }
    }
    match instead.filter(|_| !contradictory) {
        Some(text) => conditions.insert(0, text),
        None => conditions.splice(0..0, narrowest(ruleset, known, contradictory, perhaps)).for_each(drop),
    }
    if contradictory {
        conditions.push(not_understood(ruleset));
    }
    Naming::Things { conditions, contradictory }
}

/// Whether the words name exactly what the code does or something narrower, all of it understood, so that what they say
/// besides belongs to it.
fn is_precise(ruleset: &Ruleset, words: &Words, known: &[Known]) -> bool {
    let [reading] = words.readings.as_slice() else { return false };
    let [meaning] = reading.meanings.as_slice() else { return false };
    let within = |known: &Known| !known.speaks && ruleset.is_a(*meaning, known.condition);
    reading.by != RecognisedBy::Approximate && !words.leftover && known.iter().all(within)
}

/// The codes that no other code is below; all of them where they contradict each other or say more than a name.
fn narrowest(ruleset: &Ruleset, known: &[Known], all: bool, perhaps: bool) -> Vec<ConditionRequest> {
    let meant: Vec<(ConditionIx, bool)> = known.iter().map(|known| (known.condition, known.speaks)).collect();
    let needless = |at: usize, one: &Known| {
        let narrower = |(other, (condition, speaks)): (usize, &(ConditionIx, bool))| {
            let below = *condition != one.condition && ruleset.is_a(*condition, one.condition);
            let same = *condition == one.condition && other < at && !speaks;
            other != at && (below || same)
        };
        !all && !one.speaks && meant.iter().enumerate().any(narrower)
    };
    let kept = known.iter().enumerate().filter(|(at, one)| !needless(*at, one)).map(|(_, one)| one.request.clone());
    kept.map(|request| ConditionRequest { state: perhaps.then_some(State::Unknown), ..request }).collect()
}

/// No code is known: the first words that are understood to the end, else all of them.
fn by_words(ruleset: &Ruleset, concept: &Concept, texts: Vec<Words>, sort: Sort) -> Naming {
    // Half a code may have been the client's own illness, whatever the words set aside.
    let is_address = |system: &String| system.contains(':');
    let half = concept.coding.iter().any(|coding| {
        coding.system.as_ref().is_some_and(is_address) != coding.code.is_some()
            || coding.system.is_some() && coding.code.is_none()
    });
    if half && !texts.is_empty() && texts.iter().all(|words| own_meanings(words).is_empty()) {
        let all = texts.into_iter().map(|words| of_text(words.text));
        return things(all.chain([not_understood(ruleset)]).collect());
    }
    // Words that only set something aside do not set aside a code that nobody knows, nor what else is said.
    let aside = |words: &Words| is_set_aside(&words.readings, words.leftover);
    if texts.iter().any(aside) && texts.iter().all(|words| own_meanings(words).is_empty()) {
        let strange = untold(ruleset, concept, sort);
        if !strange.is_empty() || !texts.iter().all(aside) {
            let all = texts.into_iter().map(|words| of_text(words.text));
            return things(all.chain(strange).collect());
        }
    }
    let understood = |words: &Words| !words.leftover && !words.readings.is_empty();
    let whole: Vec<&Words> = texts.iter().filter(|words| understood(words)).collect();
    // Several parts of one name (a medicine with two substances) stand beside each other.
    if sort == Sort::Medicine && !whole.is_empty() && whole.len() == texts.len() {
        return things(whole.into_iter().map(|words| of_text(words.text.clone())).collect());
    }
    if let Some(first) = whole.first() {
        let meant = own_meanings(first);
        let about = |other: &ConditionIx| meant.is_empty() || meant.iter().any(|one| related(ruleset, *one, *other));
        let strange = |words: &&Words| {
            let own = own_meanings(words);
            !own.is_empty() && !own.iter().any(about)
        };
        if !texts.iter().any(|words| strange(&words)) {
            return things(vec![of_text(first.text.clone())]);
        }
        let all = texts.iter().filter(|words| !words.readings.is_empty()).map(|words| of_text(words.text.clone()));
        let conditions = all.chain([not_understood(ruleset)]).collect();
        return Naming::Things { conditions, contradictory: true };
    }
    if !texts.is_empty() {
        let unsaid = texts.iter().any(|words| words.short).then(|| not_understood(ruleset));
        return things(texts.into_iter().map(|words| of_text(words.text)).chain(unsaid).collect());
    }
    match codes(concept).next() {
        Some(code) => things(vec![of_code(ruleset, code, sort)]),
        None if concept.coding.iter().any(|coding| coding.code.is_some()) || concept.words().next().is_some() => {
            things(vec![not_understood(ruleset)])
        }
        None => Naming::Unreadable,
    }
}

/// What the words say that the client has or may have, slips of the pen left out.
fn own_meanings(words: &Words) -> Vec<ConditionIx> {
    let own = |reading: &&Reading| {
        reading.by != RecognisedBy::Approximate && !reading.manner.denied && !reading.manner.family
    };
    words.readings.iter().filter(own).flat_map(|reading| reading.meanings.clone()).collect()
}

/// The codes, those left out that hold what looks like an address of a person.
fn codes(concept: &Concept) -> impl Iterator<Item = RecordCode> {
    concept.codes().filter(|code| !has_address(&code.code))
}

/// A code that nobody knows; a substance that nobody knows is an allergy all the same.
fn of_code(ruleset: &Ruleset, code: RecordCode, sort: Sort) -> ConditionRequest {
    // The name of what somebody is allergic to is not the illness of that name.
    if sort == Sort::Allergy && ruleset.names().by_code(&code.system, &code.code).is_some() {
        return not_understood(ruleset);
    }
    let code = Some(CodeRequest { system: code.system, code: code.code });
    ConditionRequest { code, ..ConditionRequest::default() }
}

fn things(conditions: Vec<ConditionRequest>) -> Naming {
    Naming::Things { conditions, contradictory: false }
}

pub(super) fn of_text(text: String) -> ConditionRequest {
    ConditionRequest { text: Some(text), ..ConditionRequest::default() }
}

/// Stands for something that was named and not understood.
pub(super) fn not_understood(ruleset: &Ruleset) -> ConditionRequest {
    let id = ruleset.condition(ruleset.fallbacks().unrecognised).id.to_string();
    ConditionRequest { id: Some(id), ..ConditionRequest::default() }
}

fn related(ruleset: &Ruleset, one: ConditionIx, other: ConditionIx) -> bool {
    ruleset.is_a(one, other) || ruleset.is_a(other, one)
}

fn says_more(manner: &Manner) -> bool {
    manner.perhaps
        || manner.over
        || manner.ended
        || manner.had
        || manner.have_had
        || manner.when.is_some()
        || manner.phase.is_some()
        || manner.control.is_some()
        || manner.severity.is_some()
        || manner.region.is_some()
}

/// The words without the tag that SNOMED CT puts behind a name.
pub(super) fn without_tag(text: &str) -> &str {
    const TAGS: [&str; 14] = [
        "disorder",
        "finding",
        "situation",
        "procedure",
        "event",
        "regime/therapy",
        "substance",
        "product",
        "medicinal product",
        "clinical drug",
        "observable entity",
        "morphologic abnormality",
        "body structure",
        "qualifier value",
    ];
    let text = text.trim();
    text.strip_suffix(')')
        .and_then(|rest| rest.rsplit_once('('))
        .filter(|(before, tag)| TAGS.contains(tag) && !before.trim().is_empty())
        .map_or(text, |(before, _)| before.trim())
}

/// The words as the ruleset may know them, each part with what it was understood as.
fn parts(ruleset: &Ruleset, text: &str, sort: Sort) -> Vec<Words> {
    match sort {
        Sort::Thing => vec![understood(ruleset, text)],
        Sort::Allergy => vec![allergy(ruleset, text)],
        Sort::Medicine => {
            let whole = understood(ruleset, text);
            if !whole.leftover && !whole.readings.is_empty() {
                return vec![whole];
            }
            text.split(" / ").map(|part| medicine(ruleset, part)).collect()
        }
    }
}

pub(super) fn understood(ruleset: &Ruleset, text: &str) -> Words {
    let understanding = ruleset.names().understand(text);
    Words { text: text.to_owned(), readings: understanding.readings, leftover: understanding.leftover, short: false }
}

/// A substance is told as an allergy to it.
fn allergy(ruleset: &Ruleset, text: &str) -> Words {
    let is_allergy = |words: &Words| {
        let kind = |meaning: &ConditionIx| ruleset.condition(*meaning).document.kind == ConditionKind::Allergy;
        !words.readings.is_empty() && words.readings.iter().flat_map(|reading| &reading.meanings).all(kind)
    };
    let substance = ["substance", "allergen", "product"]
        .iter()
        .find_map(|word| text.strip_suffix(word))
        .map_or(text, str::trim_end);
    let ways = [text.to_owned(), format!("{substance} allergy"), format!("allergy to {substance}")];
    let ways: Vec<Words> = ways.iter().map(|way| understood(ruleset, way)).filter(is_allergy).collect();
    let whole = ways.iter().position(|words| !words.leftover);
    // "Allergy to aspirin" must not be read as taking it.
    ways.into_iter().nth(whole.unwrap_or(0)).unwrap_or_else(|| Words {
        leftover: true,
        short: true,
        ..understood(ruleset, "allergy")
    })
}

/// A medicine without its strength, form and salt, where it is not understood with them.
fn medicine(ruleset: &Ruleset, text: &str) -> Words {
    let named = text.split('[').next().unwrap_or(text);
    let is_name = |word: &&str| {
        let bare = word.trim_matches(|letter: char| !letter.is_alphanumeric());
        let number = bare.starts_with(|letter: char| letter.is_ascii_digit());
        !bare.is_empty() && !number && !bare.split('/').all(|part| ruleset.observations().is_medicine_word(part))
    };
    let name: Vec<&str> = named.split_whitespace().filter(is_name).collect();
    let bare = understood(ruleset, &name.join(" "));
    if bare.leftover || bare.readings.is_empty() { understood(ruleset, text.trim()) } else { bare }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_known_tag_is_taken_off() {
        assert_eq!(without_tag("Fever (finding)"), "Fever");
        assert_eq!(without_tag("Essential (primary) hypertension"), "Essential (primary) hypertension");
        assert_eq!(without_tag("Diabetes (type 2)"), "Diabetes (type 2)");
        assert_eq!(without_tag("(finding)"), "(finding)");
    }
}
