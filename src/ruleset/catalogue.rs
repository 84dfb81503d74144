//! Massage types, techniques, body regions and products: names become numbers.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use crate::model::{ProductId, RegionId};

use super::compile::{Result, at_most, dangling};
use super::document::Bundle;
use super::error::RulesetError;
use super::index::{BodyRegion, MassageType, Product, Technique};
use super::names::{Guess, NameIndex, Vocabulary, normalise};
use super::regions::RegionSet;

fn add_names<'n>(
    table: &mut HashMap<String, usize>,
    guesses: &mut Vec<Guess>,
    kind: &'static str,
    id: &'n str,
    names: impl Iterator<Item = &'n str>,
    number: usize,
) -> Result<()> {
    for name in std::iter::once(id).chain(names) {
        let folded = normalise(name);
        match table.insert(folded.clone(), number) {
            Some(other) if other != number => return Err(RulesetError::Duplicate { kind, id: name.to_owned() }),
            Some(_) => {}
            None => guesses.push(Guess::new(folded, id)),
        }
    }
    Ok(())
}

pub(super) fn unique<'i>(kind: &'static str, ids: impl Iterator<Item = &'i str>) -> Result<()> {
    let mut seen = BTreeSet::new();
    for id in ids {
        if !seen.insert(id) {
            return Err(RulesetError::Duplicate { kind, id: id.to_owned() });
        }
    }
    Ok(())
}

pub(super) fn techniques(bundle: &Bundle, names: &mut NameIndex) -> Result<Vec<Technique>> {
    let documents = &bundle.techniques.techniques;
    at_most("technique", documents.len(), 64)?;
    unique("technique", documents.iter().map(|document| document.id.as_str()))?;
    let guesses = names.guesses.entry(Vocabulary::Techniques).or_default();
    for (number, document) in documents.iter().enumerate() {
        let others = document.synonyms.iter().map(String::as_str).chain([document.name.as_str()]);
        add_names(&mut names.techniques, guesses, "technique", document.id.as_str(), others, number)?;
    }
    Ok(documents.iter().map(|document| Technique { id: document.id.clone(), name: document.name.clone() }).collect())
}

/// For each thing, itself and everything above it.
pub(super) fn ancestors(kind: &'static str, ids: &[&str], parents: &[Vec<&str>]) -> Result<Vec<BTreeSet<usize>>> {
    let numbers: HashMap<&str, usize> = ids.iter().enumerate().map(|(number, id)| (*id, number)).collect();
    let mut above: Vec<Vec<usize>> = Vec::with_capacity(ids.len());
    for (id, named) in ids.iter().zip(parents) {
        above.push(
            named
                .iter()
                .map(|parent| numbers.get(parent).copied().ok_or_else(|| dangling(id, kind, parent)))
                .collect::<Result<_>>()?,
        );
    }
    let mut all = Vec::with_capacity(ids.len());
    for (number, id) in ids.iter().enumerate() {
        let mut found = BTreeSet::from([number]);
        let mut open: Vec<usize> = above.get(number).cloned().unwrap_or_default();
        while let Some(next) = open.pop() {
            if next == number {
                return Err(RulesetError::Cycle { kind, id: (*id).to_owned() });
            }
            if found.insert(next) {
                open.extend(above.get(next).into_iter().flatten());
            }
        }
        all.push(found);
    }
    Ok(all)
}

pub(super) fn regions(bundle: &Bundle, names: &mut NameIndex) -> Result<Vec<BodyRegion>> {
    let documents = &bundle.body_regions.body_regions;
    at_most("body region", documents.len(), RegionSet::MOST)?;
    unique("body region", documents.iter().map(|document| document.id.as_str()))?;
    let ids: Vec<&str> = documents.iter().map(|document| document.id.as_str()).collect();
    let parents: Vec<Vec<&str>> =
        documents.iter().map(|document| document.broader.iter().map(RegionId::as_str).collect()).collect();
    let above = ancestors("body region", &ids, &parents)?;
    let mut regions = Vec::with_capacity(documents.len());
    let guesses = names.guesses.entry(Vocabulary::Regions).or_default();
    for (number, document) in documents.iter().enumerate() {
        let others = document.synonyms.iter().map(String::as_str).chain([document.name.as_str()]);
        add_names(&mut names.regions, guesses, "body region", document.id.as_str(), others, number)?;
        let set = above
            .iter()
            .enumerate()
            .filter(|(_, above)| above.contains(&number))
            .fold(RegionSet::default(), |set, (below, _)| set.union(RegionSet::single(below)));
        regions.push(BodyRegion { id: document.id.clone(), name: document.name.clone(), set });
    }
    Ok(regions)
}

pub(super) fn products(bundle: &Bundle, names: &mut NameIndex) -> Result<Vec<Product>> {
    let documents = &bundle.products.products;
    unique("product", documents.iter().map(|document| document.id.as_str()))?;
    let ids: Vec<&str> = documents.iter().map(|document| document.id.as_str()).collect();
    let parents: Vec<Vec<&str>> =
        documents.iter().map(|document| document.broader.iter().map(ProductId::as_str).collect()).collect();
    let above = ancestors("product", &ids, &parents)?;
    let guesses = names.guesses.entry(Vocabulary::Products).or_default();
    for (number, document) in documents.iter().enumerate() {
        let others = document.synonyms.iter().map(String::as_str).chain([document.name.as_str()]);
        add_names(&mut names.products, guesses, "product", document.id.as_str(), others, number)?;
    }
    Ok(documents
        .iter()
        .zip(above)
        .map(|(document, above)| Product {
            id: document.id.clone(),
            name: document.name.clone(),
            ancestors: above.into_iter().collect(),
        })
        .collect())
}

pub(super) fn massage_types(
    bundle: &Bundle,
    techniques: &[Technique],
    names: &mut NameIndex,
) -> Result<Vec<MassageType>> {
    let documents = &bundle.massage_types.massage_types;
    at_most("massage type", documents.len(), 64)?;
    unique("massage type", documents.iter().map(|document| document.id.as_str()))?;
    let goals: BTreeSet<&str> = bundle.massage_types.goals.iter().map(|goal| goal.id.as_str()).collect();
    let mut types = Vec::with_capacity(documents.len());
    let guesses = names.guesses.entry(Vocabulary::MassageTypes).or_default();
    for (number, document) in documents.iter().enumerate() {
        let id = document.id.as_str();
        let others = document.synonyms.iter().map(String::as_str).chain([document.name.as_str()]);
        add_names(&mut names.massage_types, guesses, "massage type", id, others, number)?;
        if let Some(goal) = document.goals.iter().find(|goal| !goals.contains(goal.as_str())) {
            return Err(dangling(id, "goal", goal));
        }
        let mut bits = 0_u64;
        for technique in &document.techniques {
            let bit = techniques
                .iter()
                .position(|known| known.id == *technique)
                .ok_or_else(|| dangling(id, "technique", technique.as_str()))?;
            bits |= 1 << bit;
        }
        types.push(MassageType {
            id: document.id.clone(),
            techniques: bits,
            tone: document.effect,
            usual_pressure: document.usual_pressure,
            document: Arc::new(document.clone()),
        });
    }
    Ok(types)
}
