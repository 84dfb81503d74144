//! The one file that touches the disk: a ruleset folder in, a release out.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::error::RulesetError;

/// One file of a ruleset folder.
#[derive(Debug, Clone, PartialEq)]
pub struct SourceFile {
    /// Its name within the folder, with `/`: `rules/blood.json`.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// The files of a ruleset folder, by name.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Folder {
    /// Where it is.
    pub path: PathBuf,
    /// Its files, by name.
    pub files: BTreeMap<String, SourceFile>,
}

const FOLDERS: [&str; 6] = ["", "conditions", "rules", "cases", "assessment-cases", "releases"];

/// Reads every `.json` file of a ruleset folder.
///
/// # Errors
/// [`RulesetError::Access`] where the folder or a file cannot be read.
pub fn read_folder(path: &Path) -> Result<Folder, RulesetError> {
    let mut folder = Folder { path: path.to_owned(), files: BTreeMap::new() };
    let languages = languages(path)?;
    for below in FOLDERS.into_iter().chain(languages.iter().map(String::as_str)) {
        let place = path.join(below);
        if !below.is_empty() && !place.exists() {
            continue;
        }
        let access = |source| RulesetError::Access { path: place.clone(), source };
        for entry in std::fs::read_dir(&place).map_err(access)? {
            let file = entry.map_err(access)?.path();
            let Some(leaf) = file.file_name().and_then(|leaf| leaf.to_str()) else { continue };
            if file.extension().is_none_or(|extension| extension != "json") || !file.is_file() {
                continue;
            }
            let name = if below.is_empty() { leaf.to_owned() } else { format!("{below}/{leaf}") };
            let text =
                std::fs::read_to_string(&file).map_err(|source| RulesetError::Access { path: file.clone(), source })?;
            folder.files.insert(name.clone(), SourceFile { name, text });
        }
    }
    Ok(folder)
}

/// The folders of the languages that the ruleset is translated into, by name.
fn languages(path: &Path) -> Result<Vec<String>, RulesetError> {
    let place = path.join("languages");
    if !place.exists() {
        return Ok(Vec::new());
    }
    let access = |source| RulesetError::Access { path: place.clone(), source };
    let mut found = Vec::new();
    for entry in std::fs::read_dir(&place).map_err(access)? {
        let folder = entry.map_err(access)?.path();
        if let Some(leaf) = folder.file_name().and_then(|leaf| leaf.to_str()).filter(|_| folder.is_dir()) {
            found.push(format!("languages/{leaf}"));
        }
    }
    Ok(found)
}

/// Writes a release into the folder and answers where.
///
/// # Errors
/// [`RulesetError::Access`] where it cannot be written.
pub fn write_release(folder: &Path, version: &str, bytes: &[u8]) -> Result<PathBuf, RulesetError> {
    let place = folder.join("releases");
    let path = place.join(format!("{version}.json"));
    std::fs::create_dir_all(&place).map_err(|source| RulesetError::Access { path: place, source })?;
    std::fs::write(&path, bytes).map_err(|source| RulesetError::Access { path: path.clone(), source })?;
    Ok(path)
}
