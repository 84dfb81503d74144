//! Conditions and everything that names them: names, codes, words with several meanings.

use std::sync::Arc;

use crate::model::{ConditionId, RecognisedBy};

use super::super::catalogue::{ancestors, unique};
use super::super::categories::CategorySet;
use super::super::document::{Bundle, ConditionDocument};
use super::super::error::RulesetError;
use super::super::index::{BodyRegion, Condition, ConditionIx};
use super::super::names::{CodeSays, Match, NameIndex, Vocabulary, normalise};
use super::{Result, dangling, index, place_named};

pub(super) fn conditions(bundle: &Bundle, regions: &[BodyRegion], names: &mut NameIndex) -> Result<Vec<Condition>> {
    let mut documents: Vec<(&str, &ConditionDocument)> = bundle
        .conditions
        .iter()
        .flat_map(|file| file.conditions.iter().map(|document| (file.category.as_str(), document)))
        .collect();
    documents.sort_by(|one, other| one.1.id.cmp(&other.1.id));
    unique("condition", documents.iter().map(|(_, document)| document.id.as_str()))?;
    let ids: Vec<&str> = documents.iter().map(|(_, document)| document.id.as_str()).collect();
    let parents: Vec<Vec<&str>> =
        documents.iter().map(|(_, document)| document.broader.iter().map(ConditionId::as_str).collect()).collect();
    let above = ancestors("condition", &ids, &parents)?;
    let mut conditions = Vec::with_capacity(documents.len());
    for ((number, (category, document)), above) in documents.iter().enumerate().zip(above) {
        let ix = ConditionIx(index(number));
        name_condition(document, ix, names)?;
        conditions.push(Condition {
            id: document.id.clone(),
            name: document.name.as_str().into(),
            category: (*category).into(),
            ix,
            family: CategorySet::default(),
            ancestors: above.into_iter().map(|number| ConditionIx(index(number))).collect(),
            place: place_named(document.id.as_str(), &document.regions, regions)?,
            rules: Box::default(),
            post_session_rules: Box::default(),
            document: Arc::new((*document).clone()),
        });
    }
    Ok(conditions)
}

fn name_condition(document: &ConditionDocument, ix: ConditionIx, names: &mut NameIndex) -> Result<()> {
    let id = document.id.as_str();
    names.condition_ids.insert(id.to_owned(), ix);
    // What clients cannot name is never offered to them.
    if !document.heading {
        names.guess(Vocabulary::Conditions, normalise(id), id);
    }
    let words = [(document.name.as_str(), RecognisedBy::Name), (id, RecognisedBy::Id)].into_iter().chain(
        document
            .synonyms
            .iter()
            .chain(document.names.values().flatten())
            .map(|name| (name.as_str(), RecognisedBy::Synonym)),
    );
    for (word, by) in words {
        let folded = normalise(word);
        if !document.heading {
            names.add_words(word, ix);
        }
        match names.condition_names.get(&folded) {
            Some(other) if other.condition != ix => {
                return Err(RulesetError::Duplicate { kind: "condition name", id: word.to_owned() });
            }
            Some(_) => {}
            None => {
                if !document.heading {
                    names.guess(Vocabulary::Conditions, folded.clone(), id);
                }
                names.condition_names.insert(folded, Match { condition: ix, by });
            }
        }
    }
    for code in &document.codes {
        let says = CodeSays { phase: code.phase, control: code.control, severity: code.severity };
        if !names.add_code(&code.system, &code.code, ix, says) {
            return Err(RulesetError::Duplicate { kind: "code", id: code.code.clone() });
        }
    }
    Ok(())
}

/// Words with several meanings, words of regions, and words that stand around names.
pub(super) fn words(bundle: &Bundle, names: &mut NameIndex) -> Result<()> {
    for document in &bundle.ambiguous.ambiguous {
        let meanings = document
            .meanings
            .iter()
            .map(|id| {
                names
                    .condition_ids
                    .get(id.as_str())
                    .copied()
                    .ok_or_else(|| dangling("ambiguous.json", "condition", id.as_str()))
            })
            .collect::<Result<Vec<_>>>()?;
        for name in std::iter::once(&document.name).chain(&document.synonyms) {
            if names.condition_names.contains_key(&normalise(name)) {
                return Err(RulesetError::Duplicate { kind: "condition name", id: name.clone() });
            }
            names.add_ambiguous(name, &meanings);
        }
    }
    for (number, document) in bundle.body_regions.body_regions.iter().enumerate() {
        for name in document.synonyms.iter().map(String::as_str).chain([document.name.as_str(), document.id.as_str()]) {
            names.add_region_words(name, number);
        }
    }
    names.finish();
    Ok(())
}
