//! Other languages than English: what their files translate, put together and checked against what the ruleset says.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::Language;

use super::check::{Diagnostic, Level, Sheet};
use super::document::{MessagesFile, ReasonDocument, TranslationDocument};

/// The texts of one language by what they translate.
type Sources<'b> = BTreeMap<String, Source<'b>>;

/// What the ruleset says in English at one place, and the file in which its translation belongs.
struct Source<'b> {
    file: String,
    text: &'b str,
}

/// One entry of a translation: where it stands in its file, and its texts.
pub(super) struct Entry<'t> {
    pub(super) pointer: String,
    pub(super) texts: Vec<&'t str>,
}

impl<'t> Entry<'t> {
    fn new<const N: usize>(map: &str, id: &str, texts: [&'t str; N]) -> Self {
        Self { pointer: place(map, id), texts: texts.to_vec() }
    }
}

/// A JSON Pointer to one entry of a map. Ids and names of sentences hold nothing that a pointer would have to escape.
fn place(map: &str, id: &str) -> String {
    format!("/{map}/{id}")
}

/// Everything that a document translates.
pub(super) fn entries(document: &TranslationDocument) -> impl Iterator<Item = Entry<'_>> {
    let reasons = [("rules", &document.rules), ("postSessionRules", &document.post_session_rules)];
    let reasons = reasons.into_iter().flat_map(|(map, reasons)| {
        reasons.iter().map(move |(id, reason)| {
            let ReasonDocument { clinician, therapist, client } = reason;
            Entry::new(map, id.as_str(), [clinician, therapist, client])
        })
    });
    let sentences = sentences(&document.messages).map(|(pointer, text)| Entry { pointer, texts: vec![text] });
    let conditions = document.conditions.iter().map(|(id, name)| Entry::new("conditions", id.as_str(), [name]));
    let advice = document.advice.iter().map(|(id, text)| Entry::new("advice", id, [text]));
    let types = document.massage_types.iter().map(|(id, name)| Entry::new("massageTypes", id.as_str(), [name]));
    let techniques = document.techniques.iter().map(|(id, name)| Entry::new("techniques", id.as_str(), [name]));
    let regions = document.body_regions.iter().map(|(id, name)| Entry::new("bodyRegions", id.as_str(), [name]));
    let products = document.products.iter().map(|(id, name)| Entry::new("products", id.as_str(), [name]));
    sentences
        .chain(conditions)
        .chain(reasons)
        .chain(advice)
        .chain(types)
        .chain(techniques)
        .chain(regions)
        .chain(products)
}

fn sentences(messages: &MessagesFile) -> impl Iterator<Item = (String, &str)> {
    messages.iter().flat_map(|(audience, sentences)| {
        sentences.iter().map(move |(name, text)| (place(&format!("messages/{audience}"), name), text.as_str()))
    })
}

/// One document a language from its files; what two files translate is reported, and the later one counts.
pub(super) fn together(
    files: &[(String, TranslationDocument)],
    diagnostics: &mut Vec<Diagnostic>,
) -> Vec<TranslationDocument> {
    let mut whole: BTreeMap<Language, TranslationDocument> = BTreeMap::new();
    let mut seen: BTreeSet<(Language, String)> = BTreeSet::new();
    for (name, file) in files {
        if !name.starts_with(&format!("languages/{}/", file.language)) {
            let message = format!("the folder must bear the tag of the language, `{}`", file.language);
            diagnostics.push(Diagnostic::new("language-name", Level::Error, name, "/language", message));
        }
        for entry in entries(file) {
            if !seen.insert((file.language, entry.pointer.clone())) {
                let message = "another file of the language translates it too";
                diagnostics.push(Diagnostic::new("duplicate-translation", Level::Error, name, &entry.pointer, message));
            }
        }
        let all = whole.entry(file.language).or_default();
        all.language = file.language;
        let file = file.clone();
        for (audience, sentences) in file.messages {
            all.messages.entry(audience).or_default().extend(sentences);
        }
        all.conditions.extend(file.conditions);
        all.rules.extend(file.rules);
        all.post_session_rules.extend(file.post_session_rules);
        all.advice.extend(file.advice);
        all.massage_types.extend(file.massage_types);
        all.techniques.extend(file.techniques);
        all.body_regions.extend(file.body_regions);
        all.products.extend(file.products);
    }
    whole.into_values().collect()
}

/// Every text of the ruleset that a language must have.
fn sources<'b>(sheet: &Sheet<'b>) -> Sources<'b> {
    let bundle = sheet.bundle;
    let mut sources = Sources::new();
    let mut add = |file: &str, pointer: String, text: &'b str| {
        sources.insert(pointer, Source { file: file.to_owned(), text });
    };
    for (pointer, text) in sentences(&bundle.messages) {
        add("messages", pointer, text);
    }
    for file in &bundle.conditions {
        for document in &file.conditions {
            add(&file.category, place("conditions", document.id.as_str()), &document.name);
        }
    }
    for file in &bundle.rules {
        for document in &file.rules {
            add(&file.category, place("rules", document.id.as_str()), &document.reason.clinician);
        }
    }
    let after = &bundle.post_session;
    for document in &after.rules {
        add("post-session-rules", place("postSessionRules", document.id.as_str()), &document.reason.clinician);
    }
    for document in after.self_care.iter().chain(&after.watch_for) {
        add("post-session", place("advice", &document.id), &document.text);
    }
    for document in &bundle.massage_types.massage_types {
        add("catalogue", place("massageTypes", document.id.as_str()), &document.name);
    }
    for document in &bundle.techniques.techniques {
        add("catalogue", place("techniques", document.id.as_str()), &document.name);
    }
    for document in &bundle.body_regions.body_regions {
        add("catalogue", place("bodyRegions", document.id.as_str()), &document.name);
    }
    for document in &bundle.products.products {
        add("catalogue", place("products", document.id.as_str()), &document.name);
    }
    sources
}

/// Whether each language that has a folder says everything that the ruleset says, and nothing else, in its own letters.
pub(super) fn languages(sheet: &Sheet<'_>, diagnostics: &mut Vec<Diagnostic>) {
    let sources = sources(sheet);
    for document in &sheet.bundle.translations {
        let language = document.language;
        let translated: BTreeSet<String> = entries(document).map(|entry| entry.pointer).collect();
        for (pointer, source) in sources.iter().filter(|(pointer, _)| !translated.contains(*pointer)) {
            let file = format!("languages/{language}/{}.json", source.file);
            let message = format!("not translated: {}", source.text);
            diagnostics.push(Diagnostic::new("missing-translation", Level::Error, &file, pointer, message));
        }
    }
    for (name, document) in sheet.translations {
        for entry in entries(document) {
            let mut say = |code: &str, message: String| {
                diagnostics.push(Diagnostic::new(code, Level::Error, name, &entry.pointer, message));
            };
            let Some(source) = sources.get(&entry.pointer) else {
                say("unknown-translation", "the ruleset has nothing of this name".to_owned());
                continue;
            };
            for text in &entry.texts {
                if !is_written_in(document.language, text) {
                    say("wrong-script", format!("has no letter of the language: {text}"));
                }
            }
            let (asked, given) = (placeholders(source.text), entry.texts.iter().flat_map(|text| placeholders(text)));
            if asked != given.collect() {
                say("placeholders", format!("has not the same {{placeholders}} as: {}", source.text));
            }
        }
    }
}

/// Whether a text has a letter that the language is written with.
fn is_written_in(language: Language, text: &str) -> bool {
    match language {
        Language::En => text.chars().any(|letter| letter.is_ascii_alphabetic()),
        Language::Ru => text.chars().any(|letter| matches!(letter, 'а'..='я' | 'А'..='Я' | 'ё' | 'Ё')),
    }
}

/// The names in braces.
fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split('{').skip(1).filter_map(|rest| rest.split_once('}').map(|(name, _)| name)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders_are_the_names_in_braces() {
        assert_eq!(placeholders("At {a}: {b}, {a}"), BTreeSet::from(["a", "b"]));
        assert!(placeholders("none } here {").is_empty());
    }

    #[test]
    fn a_text_is_in_russian_where_it_has_a_cyrillic_letter() {
        assert!(is_written_in(Language::Ru, "EV06: не применять"));
        assert!(!is_written_in(Language::Ru, "EV06: do not use"));
    }
}
