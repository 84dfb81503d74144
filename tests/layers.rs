//! The arrows between layers, read from each file's imports.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its input fails")]

use std::path::{Path, PathBuf};

/// The layers, innermost first. What stands further left must not know what stands further right.
const LAYERS: [&str; 7] = ["model", "ruleset", "screening", "assessment", "cds", "api", "cli"];

/// What the core must not touch: HTTP, clock, environment, randomness.
const FOREIGN_TO_THE_CORE: [&str; 9] = [
    "actix_web",
    "reqwest",
    "tokio",
    "std::env",
    "std::net",
    "SystemTime",
    "Instant::now",
    "Timestamp::now",
    "Zoned::now",
];

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found
}

fn each_file(layer: &str) -> Vec<(PathBuf, String)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src").join(layer);
    if !folder.exists() {
        return Vec::new();
    }
    sources(&folder).into_iter().map(|path| (path.clone(), std::fs::read_to_string(path).unwrap())).collect()
}

#[test]
fn no_layer_knows_a_layer_further_out() {
    let mut read = 0;
    for (at, layer) in LAYERS.iter().enumerate() {
        for (path, text) in each_file(layer) {
            read += 1;
            for outer in &LAYERS[at + 1..] {
                assert!(!text.contains(&format!("crate::{outer}::")), "{} reaches out to `{outer}`", path.display());
                assert!(!text.contains(&format!("crate::{outer};")), "{} reaches out to `{outer}`", path.display());
            }
        }
    }
    assert!(read > 20, "only {read} files were read");
}

#[test]
fn the_core_knows_no_http_no_clock_and_no_environment() {
    for layer in &LAYERS[..4] {
        for (path, text) in each_file(layer) {
            for word in FOREIGN_TO_THE_CORE {
                assert!(!text.contains(word), "{} mentions `{word}`", path.display());
            }
        }
    }
}

#[test]
fn one_file_of_the_core_touches_the_disk() {
    for layer in &LAYERS[..4] {
        for (path, text) in each_file(layer) {
            assert!(
                !text.contains("std::fs") || path.ends_with("ruleset/files.rs"),
                "{} touches the disk",
                path.display()
            );
        }
    }
}

#[test]
fn one_file_of_all_makes_requests_to_others() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for path in sources(&folder) {
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.contains("reqwest::") || path.ends_with("src/outbound.rs"), "{} makes requests", path.display());
    }
}
