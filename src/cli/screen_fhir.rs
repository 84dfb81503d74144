//! `kneadsafe screen --fhir`: one record from a file, or the records of a FHIR Bulk Data export.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::io::{BufRead, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use jiff::civil::Date;
use serde_json::{Value, json};

use crate::api::read_record;
use crate::cds::fhir::Reference;
use crate::cds::prefetch::{Key, Prefetch};
use crate::cds::record::Record;
use crate::cds::report;
use crate::model::{Fault, Pressure, Screening, SessionRequest};
use crate::ruleset::Ruleset;
use crate::screening::screen;

use super::screen::{print, read, sentence, today};
use super::{CliError, Exit, output};

/// A health record, and the session to screen it for.
#[derive(Debug, Args)]
pub(super) struct RecordArgs {
    /// Read health records in FHIR R4: a file with a Bundle (`-` for standard input), NDJSON files of a Bulk Data export, or
    /// the folder that holds them
    #[arg(long, env = "KNEADSAFE_FHIR", value_name = "PATH", num_args = 1.., requires = "massage_type", conflicts_with = "file")]
    fhir: Vec<PathBuf>,
    /// With --fhir: the massage type, by id or synonym
    #[arg(long, env = "KNEADSAFE_MASSAGE_TYPE", value_name = "NAME")]
    massage_type: Option<String>,
    /// With --fhir: the pressure, 1 to 5
    #[arg(long, env = "KNEADSAFE_PRESSURE", value_name = "LEVEL", value_parser = clap::value_parser!(u8).range(1..=5))]
    pressure: Option<u8>,
    /// With --fhir: the body regions, with commas between them
    #[arg(long, env = "KNEADSAFE_BODY_REGIONS", value_name = "NAMES", value_delimiter = ',')]
    body_regions: Option<Vec<String>>,
    /// With --fhir: the day of the session
    #[arg(long, env = "KNEADSAFE_DATE", value_name = "YYYY-MM-DD")]
    date: Option<Date>,
    /// With --fhir: how long the session is to last, in minutes
    #[arg(long, env = "KNEADSAFE_DURATION_MINUTES", value_name = "MINUTES")]
    duration_minutes: Option<u16>,
    /// With --fhir: whether what is read is the whole record; `partial` never comes to `allow`
    #[arg(long, env = "KNEADSAFE_INTAKE", value_enum, default_value = "partial")]
    intake: Completeness,
}

/// How much of a record there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Completeness {
    /// All of it
    Complete,
    /// Some of it
    Partial,
}

impl RecordArgs {
    /// Whether records are to be read.
    pub(super) fn is_given(&self) -> bool {
        !self.fhir.is_empty()
    }

    fn session(&self) -> SessionRequest {
        SessionRequest {
            massage_type: self.massage_type.clone().unwrap_or_default(),
            pressure: self.pressure.and_then(Pressure::new),
            body_regions: self.body_regions.clone(),
            date: Some(self.date.unwrap_or_else(today)),
            duration_minutes: self.duration_minutes,
            ..SessionRequest::default()
        }
    }

    fn screen(&self, ruleset: &Ruleset, prefetch: &Prefetch) -> Result<(Record, Screening), Vec<Fault>> {
        let session = self.session();
        let on = session.date.unwrap_or_else(today);
        let record = Record::read(ruleset, prefetch, on);
        let facts = record.facts(ruleset, session, on)?;
        let screening = screen(ruleset, &facts);
        Ok((record, screening))
    }
}

/// Screens what the paths hold: one record, or every patient of an export.
pub(super) fn run(args: &RecordArgs, ruleset: &Ruleset, json: bool) -> Result<Exit, CliError> {
    match args.fhir.as_slice() {
        [only] if !only.is_dir() && !is_ndjson(only) => one(args, ruleset, only, json),
        paths => export(args, ruleset, paths, json),
    }
}

fn is_ndjson(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("ndjson"))
}

fn one(args: &RecordArgs, ruleset: &Ruleset, path: &PathBuf, json: bool) -> Result<Exit, CliError> {
    let text = read(Some(path))?;
    let complete = args.intake == Completeness::Complete;
    let answer = read_record(&text).and_then(|record| args.screen(ruleset, &Prefetch::of_record(&record, complete)));
    match answer {
        Ok((record, screening)) if json => {
            output::json(&report::bundle(ruleset, &record, &screening, ""))?;
            Ok(Exit::Done)
        }
        Ok((record, screening)) => {
            print(&screening)?;
            for warning in &record.warnings {
                output::line(format!("  record: {} {}", warning.code.as_str(), warning.about))?;
            }
            Ok(Exit::Done)
        }
        Err(faults) => Ok(complain(&faults)),
    }
}

fn complain(faults: &[Fault]) -> Exit {
    for fault in faults {
        output::complain(sentence(fault));
    }
    Exit::Usage
}

/// Where a line stands: the file's number, and the byte at which it begins.
type Place = (usize, u64);

/// Where everything of an export stands: places alone, so that memory grows by a few bytes a line and not by the line.
#[derive(Default)]
struct Index {
    files: Vec<(PathBuf, BufReader<File>)>,
    /// By the id of the patient.
    patients: BTreeMap<String, Vec<Place>>,
    /// `Medication` resources by id: others point to them.
    medications: BTreeMap<String, Place>,
    /// The types of which a file was there.
    types: BTreeSet<Key>,
    /// Lines that could not be read, or that do not say whose they are.
    bad_lines: usize,
}

/// Screens every patient of an export, by id, a line each.
fn export(args: &RecordArgs, ruleset: &Ruleset, paths: &[PathBuf], json: bool) -> Result<Exit, CliError> {
    let mut index = Index::default();
    for path in files(paths)? {
        index.add(path)?;
    }
    let whole = args.intake == Completeness::Complete && index.bad_lines == 0;
    let patients = std::mem::take(&mut index.patients);
    for (patient, places) in patients {
        let record = index.record(&places)?;
        let mut prefetch = Prefetch::of_record(&record, whole);
        prefetch.set_patient(&patient);
        // A type of which the export has no file was not exported.
        for key in Key::ALL.into_iter().filter(|key| !index.types.contains(key)) {
            prefetch.set(key, crate::cds::prefetch::Content::Absent);
        }
        let (record, screening) = match args.screen(ruleset, &prefetch) {
            Ok(answer) => answer,
            Err(faults) => return Ok(complain(&faults)),
        };
        if json {
            output::line(summary(&patient, &record, &screening).to_string())?;
        } else {
            output::line(format!("{patient} {}: {}", screening.verdict.as_str(), screening.action.as_str()))?;
        }
    }
    Ok(if index.bad_lines == 0 { Exit::Done } else { Exit::Found })
}

/// One line: the verdict with the rules that bear on it, and what the record lacks.
fn summary(patient: &str, record: &Record, screening: &Screening) -> Value {
    let mut rules: Vec<&str> = screening.reasons.iter().map(|reason| reason.rule_id.as_str()).collect();
    rules.dedup();
    json!({
        "patient": patient,
        "verdict": screening.verdict.as_str(),
        "action": screening.action.as_str(),
        "settled": screening.settled,
        "rules": rules,
        "incomplete": record.incomplete.iter().map(|key| key.name()).collect::<Vec<_>>(),
        "warnings": record.warnings.len(),
        "ruleset": screening.ruleset,
    })
}

/// The NDJSON files of all paths, those of a folder by name.
fn files(paths: &[PathBuf]) -> Result<Vec<PathBuf>, CliError> {
    let mut found = Vec::new();
    for path in paths {
        if !path.is_dir() {
            found.push(path.clone());
            continue;
        }
        let access = || CliError::access(path.display().to_string());
        let mut below = Vec::new();
        for entry in std::fs::read_dir(path).map_err(access())? {
            below.push(entry.map_err(access())?.path());
        }
        below.retain(|file| is_ndjson(file));
        below.sort();
        found.extend(below);
    }
    Ok(found)
}

impl Index {
    /// Goes through a file once, line by line.
    fn add(&mut self, path: PathBuf) -> Result<(), CliError> {
        let name = path.display().to_string();
        let access = || CliError::access(name.clone());
        let mut reader = BufReader::new(File::open(&path).map_err(access())?);
        let number = self.files.len();
        self.types.extend(path.file_stem().and_then(|stem| stem.to_str()).and_then(type_in_name));
        let (mut at, mut line_number) = (0, 0);
        let mut line = Vec::new();
        loop {
            line.clear();
            let length = reader.read_until(b'\n', &mut line).map_err(access())?;
            if length == 0 {
                break;
            }
            line_number += 1;
            if !line.iter().all(u8::is_ascii_whitespace) && !self.line(&line, (number, at)) {
                self.bad_lines += 1;
                output::complain(format!("{name}:{line_number}: no resource that says whose it is"));
            }
            at += length as u64;
        }
        self.files.push((path, reader));
        Ok(())
    }

    /// Takes in where a resource stands; false where it cannot be told whose it is.
    fn line(&mut self, line: &[u8], place: Place) -> bool {
        let Ok(resource) = serde_json::from_slice::<Value>(line) else { return false };
        let text = |field: &str| resource.get(field).and_then(Value::as_str);
        let (Some(kind), id) = (text("resourceType"), text("id")) else { return false };
        self.types.extend(Key::of_type(kind));
        let subject = resource.get("subject").or_else(|| resource.get("patient")).cloned();
        match (kind, id, subject) {
            ("Patient", Some(id), _) => self.patients.entry(id.to_owned()).or_default().push(place),
            ("Medication", Some(id), _) => {
                self.medications.insert(id.to_owned(), place);
            }
            ("Patient", None, _) => return false,
            (_, _, Some(subject)) => {
                let reference: Reference = serde_json::from_value(subject).unwrap_or_default();
                match reference.target().filter(|(kind, _)| kind.is_none_or(|kind| kind == "Patient")) {
                    Some((_, id)) => self.patients.entry(id.to_owned()).or_default().push(place),
                    None => return false,
                }
            }
            // Who treats and where is nobody's record.
            (kind, _, None) => return Key::of_type(kind).is_none(),
        }
        true
    }

    /// Everything of one patient, with the medicines that it points to.
    fn record(&mut self, places: &[Place]) -> Result<Value, CliError> {
        let mut resources = Vec::new();
        for place in places {
            resources.push(self.read(*place)?);
        }
        let pointed: BTreeSet<Place> = resources
            .iter()
            .filter_map(|resource| resource.pointer("/medicationReference/reference")?.as_str()?.rsplit('/').next())
            .filter_map(|id| self.medications.get(id).copied())
            .collect();
        for place in pointed {
            resources.push(self.read(place)?);
        }
        let entries: Vec<Value> = resources.into_iter().map(|resource| json!({ "resource": resource })).collect();
        Ok(json!({ "resourceType": "Bundle", "type": "collection", "entry": entries }))
    }

    fn read(&mut self, (file, at): Place) -> Result<Value, CliError> {
        let Some((path, reader)) = self.files.get_mut(file) else { return Ok(Value::Null) };
        let name = path.display().to_string();
        let mut line = Vec::new();
        reader.seek(SeekFrom::Start(at)).map_err(CliError::access(name.clone()))?;
        reader.by_ref().read_until(b'\n', &mut line).map_err(CliError::access(name))?;
        Ok(serde_json::from_slice(&line)?)
    }
}

/// The type that the name of an export's file begins with: `Condition.ndjson`, `Condition.000.ndjson`.
fn type_in_name(stem: &str) -> Option<Key> {
    Key::of_type(stem.split(['.', '-', '_']).find(|part| Key::of_type(part).is_some())?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_exports_file_says_its_type_by_its_name() {
        for name in ["Condition", "Condition.000", "1.Condition", "part-0_Condition"] {
            assert_eq!(type_in_name(name), Some(Key::Conditions), "{name}");
        }
        assert_eq!(type_in_name("everything"), None);
    }
}
