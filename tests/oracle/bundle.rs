//! The release as plain JSON. What does not depend on a request is spelled out once: the folded names and bare codes of a thing, and
//! everything above it. Nothing is indexed.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use super::names::{bare, folded};

/// A code of a condition.
pub(crate) struct Code {
    /// The entry as its author wrote it.
    pub(crate) json: Value,
    /// The code as it is compared.
    pub(crate) bare: String,
}

/// A condition, a body region, a product, a massage type or a technique.
pub(crate) struct Thing {
    /// Its id.
    pub(crate) id: String,
    /// The thing as its author wrote it.
    pub(crate) json: Value,
    /// Its names, synonyms, names in other languages and id, folded.
    pub(crate) folded: BTreeSet<String>,
    /// Its codes.
    pub(crate) codes: Vec<Code>,
    /// Its own id, those of its parents, of theirs and so on.
    pub(crate) and_above: BTreeSet<String>,
}

/// A word with several meanings.
pub(crate) struct Ambiguous {
    /// The word as its author wrote it.
    pub(crate) json: Value,
    /// Its name and synonyms, folded.
    pub(crate) folded: BTreeSet<String>,
}

/// A built bundle.
pub(crate) struct Bundle {
    pub(crate) rules: Vec<Value>,
    pub(crate) conditions: Vec<Thing>,
    /// Each category with the ids of its conditions.
    pub(crate) categories: Vec<(String, Vec<String>)>,
    pub(crate) ambiguous: Vec<Ambiguous>,
    pub(crate) regions: Vec<Thing>,
    pub(crate) products: Vec<Thing>,
    pub(crate) massage_types: Vec<Thing>,
    pub(crate) techniques: Vec<Thing>,
    pub(crate) fallbacks: Value,
}

/// The elements of a JSON list; none where there is no list.
pub(crate) fn list(value: &Value) -> Vec<&Value> {
    value.as_array().map(|elements| elements.iter().collect()).unwrap_or_default()
}

/// The strings of a JSON list.
pub(crate) fn strings(value: &Value) -> Vec<&str> {
    list(value).into_iter().map(|element| element.as_str().unwrap()).collect()
}

/// Whether a JSON list has this string.
pub(crate) fn lists(value: &Value, wanted: &str) -> bool {
    list(value).iter().any(|element| *element == wanted)
}

/// The id of a rule or of a thing.
pub(crate) fn id_of(rule: &Value) -> &str {
    rule["id"].as_str().unwrap()
}

/// Every name of a thing: its own, its synonyms, and those in other languages.
pub(crate) fn names_of(thing: &Value) -> Vec<&str> {
    let mut names = vec![thing["name"].as_str().unwrap()];
    names.extend(strings(&thing["synonyms"]));
    for (_, others) in thing["names"].as_object().into_iter().flatten() {
        names.extend(strings(others));
    }
    names
}

fn and_above(tree: &[&Value], id: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::from([id.to_owned()]);
    for node in tree.iter().filter(|node| id_of(node) == id) {
        for parent in strings(&node["broader"]) {
            found.extend(and_above(tree, parent));
        }
    }
    found
}

fn code(json: &Value) -> Code {
    Code { json: json.clone(), bare: bare(json["code"].as_str().unwrap()) }
}

fn things(tree: &[&Value]) -> Vec<Thing> {
    let thing = |json: &&Value| Thing {
        id: id_of(json).to_owned(),
        json: Value::clone(json),
        folded: names_of(json).into_iter().chain([id_of(json)]).map(folded).collect(),
        codes: list(&json["codes"]).into_iter().map(code).collect(),
        and_above: and_above(tree, id_of(json)),
    };
    tree.iter().map(thing).collect()
}

fn ambiguous(json: &Value) -> Ambiguous {
    Ambiguous { json: json.clone(), folded: names_of(json).into_iter().map(folded).collect() }
}

/// Ids with everything below them: what a list of body regions covers.
pub(crate) fn and_below<'a>(things: &'a [Thing], ids: &[&str]) -> BTreeSet<&'a str> {
    let is_below = |thing: &&Thing| ids.iter().any(|id| thing.and_above.contains(*id));
    things.iter().filter(is_below).map(|thing| thing.id.as_str()).collect()
}

/// The thing of this id.
pub(crate) fn with_id<'a>(things: &'a [Thing], id: &str) -> &'a Thing {
    things.iter().find(|thing| thing.id == id).unwrap()
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("ruleset")
}

fn read(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// The requests of all cases.
pub(crate) fn case_requests() -> Vec<Value> {
    let files = fs::read_dir(folder().join("cases")).unwrap().map(|entry| read(&entry.unwrap().path()));
    files
        .flat_map(|file| list(&file["cases"]).into_iter().map(|case| case["request"].clone()).collect::<Vec<_>>())
        .collect()
}

impl Bundle {
    /// The release of the version that the folder's manifest names.
    pub(crate) fn newest() -> Self {
        let manifest = read(&folder().join("manifest.json"));
        let version = manifest["version"].as_str().unwrap();
        let release = read(&folder().join("releases").join(format!("{version}.json")));
        let in_files = |kind: &str| -> Vec<&Value> {
            list(&release[kind]).into_iter().flat_map(|file| list(&file[kind])).collect()
        };
        let in_one = |kind: &str| things(&list(&release[kind][kind]));
        Self {
            rules: in_files("rules").into_iter().cloned().collect(),
            conditions: things(&in_files("conditions")),
            categories: list(&release["conditions"])
                .into_iter()
                .map(|file| {
                    let ids = list(&file["conditions"]).into_iter().map(|condition| id_of(condition).to_owned());
                    (file["category"].as_str().unwrap().to_owned(), ids.collect())
                })
                .collect(),
            ambiguous: list(&release["ambiguous"]["ambiguous"]).into_iter().map(ambiguous).collect(),
            regions: in_one("bodyRegions"),
            products: in_one("products"),
            massage_types: in_one("massageTypes"),
            techniques: in_one("techniques"),
            fallbacks: release["manifest"]["fallbacks"].clone(),
        }
    }

    /// Whether the client was asked of all conditions of this category.
    pub(crate) fn was_asked(request: &Value, category: &str) -> bool {
        request["intake"] != "partial" || lists(&request["asked"], category)
    }

    /// The condition that stands in for what was not understood, or not asked.
    pub(crate) fn fallback(&self, which: &str) -> &Thing {
        with_id(&self.conditions, self.fallbacks[which].as_str().unwrap())
    }
}
