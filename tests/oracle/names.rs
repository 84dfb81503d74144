//! From what people say to things of the ruleset.

use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::bundle::{Bundle, Code, Thing, id_of, list, names_of, strings, with_id};

/// The code systems in which a code stands for everything below it as well.
const IN_LEVELS: [&str; 2] = ["http://hl7.org/fhir/sid/icd-10-cm", "http://www.whocc.no/atc"];

/// What is left of a name to compare: small letters without accents, and digits.
pub(crate) fn folded(name: &str) -> String {
    let counts = |letter: &char| letter.is_alphanumeric() && !is_combining_mark(*letter) && *letter != 'ʼ';
    let plain = name.nfkd().filter(counts);
    plain.collect::<String>().to_lowercase()
}

/// The one of these things that is called so, by id or by name.
pub(crate) fn called<'a>(things: &'a [Thing], said: &str) -> Option<&'a Thing> {
    let name = folded(said);
    let by_id = things.iter().find(|thing| thing.id == said);
    by_id.or_else(|| things.iter().find(|thing| thing.folded.contains(&name)))
}

/// A code as it is compared: capitals without dots.
pub(crate) fn bare(code: &str) -> String {
    code.trim().replace('.', "").to_uppercase()
}

/// How much of a bare code a known code covers, in characters; nothing where it does not cover it.
fn covered(known: &Code, system: &str, asked: &str) -> Option<usize> {
    let is_meant = known.bare == asked || IN_LEVELS.contains(&system) && asked.starts_with(&known.bare);
    (is_meant && known.json["system"] == system).then_some(known.bare.len())
}

/// What a statement of the client is taken for.
pub(crate) enum Meant<'a> {
    /// These conditions: one, or all meanings of a word that has several. With them stands what the code adds.
    These(Vec<&'a Thing>, Value),
    /// Nothing that is known.
    Nothing,
    /// Words that are no name. What they say is not for this oracle to tell.
    Words,
}

/// How a statement in words that are no name was read, by the answer's own account.
pub(crate) enum Heard<'a> {
    /// As one name with a slip of the pen in it.
    Nearly(&'a Thing),
    /// Not at all.
    Unrecognised,
    /// As a sentence, which may have said more than the account tells.
    Sentence,
}

impl Bundle {
    /// The condition with the longest code that covers this one, and that code's entry.
    fn coded(&self, system: &str, code: &str) -> Option<(&Thing, &Value)> {
        let code = &bare(code);
        let entries = self
            .conditions
            .iter()
            .flat_map(|thing| thing.codes.iter().map(move |known| (covered(known, system, code), thing, &known.json)));
        let (_, thing, known) = entries.filter(|(length, ..)| length.is_some()).max_by_key(|(length, ..)| *length)?;
        Some((thing, known))
    }

    /// What a statement of the client means.
    pub(crate) fn understood(&self, said: &Value) -> Meant<'_> {
        let (meant, facts) = if let Some(id) = said["id"].as_str() {
            (self.conditions.iter().find(|condition| condition.id == id), json!({}))
        } else if let Some(text) = said["text"].as_str() {
            let word = folded(text);
            if let Some(word) = self.ambiguous.iter().find(|known| known.folded.contains(&word)) {
                let meanings = strings(&word.json["meanings"]).into_iter().map(|id| with_id(&self.conditions, id));
                return Meant::These(meanings.collect(), json!({}));
            }
            let Some(called) = called(&self.conditions, text) else { return Meant::Words };
            (Some(called), json!({}))
        } else {
            self.coded(said["code"]["system"].as_str().unwrap(), said["code"]["code"].as_str().unwrap())
                .map_or((None, json!({})), |(thing, known)| (Some(thing), known.clone()))
        };
        let meant = meant.filter(|condition| condition.json["heading"] != true);
        meant.map_or(Meant::Nothing, |condition| Meant::These(vec![condition], facts))
    }

    /// How words that are no name were read, by the answer's `coverage`.
    pub(crate) fn heard(&self, words: &str, pointer: &str, coverage: &Value) -> Heard<'_> {
        let at = |kind: &str| {
            list(&coverage[kind]).into_iter().filter(|entry| entry["pointer"] == pointer).collect::<Vec<_>>()
        };
        let like = |name: &str| {
            let (name, words) = (name.to_lowercase(), words.to_lowercase());
            let (name, words): (Vec<_>, Vec<_>) =
                (name.split_whitespace().collect(), words.split_whitespace().collect());
            name.len() == words.len()
                && name.iter().zip(words).all(|(one, other)| strsim::osa_distance(one, other) <= 2)
        };
        match (at("recognised").as_slice(), at("unrecognised").as_slice(), at("setAside").as_slice()) {
            ([], [_], []) => Heard::Unrecognised,
            ([one], [], []) if one["by"] == "approximate" => {
                let thing = with_id(&self.conditions, id_of(one));
                // Word for word like a name: none is left that could say anything else.
                let is_name = names_of(&thing.json).into_iter().any(like);
                if is_name { Heard::Nearly(thing) } else { Heard::Sentence }
            }
            _ => Heard::Sentence,
        }
    }
}
