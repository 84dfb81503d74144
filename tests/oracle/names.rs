//! From what people say to things of the ruleset.

use serde_json::Value;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use super::bundle::{Bundle, Thing, list};

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

fn bare(code: &str) -> String {
    code.trim().replace('.', "").to_uppercase()
}

/// How much of a code a known code covers, in characters; nothing where it does not cover it.
fn covered(known: &Value, system: &str, asked: &str) -> Option<usize> {
    let (code, asked) = (bare(known["code"].as_str().unwrap()), bare(asked));
    let is_meant = code == asked || IN_LEVELS.contains(&system) && asked.starts_with(&code);
    (known["system"] == system && is_meant).then_some(code.len())
}

impl Bundle {
    fn coded(&self, system: &str, code: &str) -> Option<&Thing> {
        let longest = |thing: &Thing| {
            list(&thing.json["codes"]).into_iter().filter_map(|known| covered(known, system, code)).max()
        };
        let (_, thing) = self
            .conditions
            .iter()
            .filter_map(|thing| Some((longest(thing)?, thing)))
            .max_by_key(|(length, _)| *length)?;
        Some(thing)
    }

    /// The condition that a statement of the client means; nothing where it is not understood.
    pub(crate) fn understood(&self, said: &Value) -> Option<&Thing> {
        let meant = if let Some(id) = said["id"].as_str() {
            self.conditions.iter().find(|condition| condition.id == id)
        } else if let Some(text) = said["text"].as_str() {
            called(&self.conditions, text)
        } else {
            self.coded(said["code"]["system"].as_str().unwrap(), said["code"]["code"].as_str().unwrap())
        };
        meant.filter(|condition| condition.json["heading"] != true)
    }
}
