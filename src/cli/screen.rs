//! `kneadsafe screen`.

use std::ffi::OsStr;
use std::io::Read;
use std::path::{Path, PathBuf};

use clap::Args;
use jiff::civil::Date;

use crate::api::read_request;
use crate::model::{Fault, Language, Screening, ScreeningRequest};
use crate::ruleset::Facts;
use crate::screening::screen;

use super::ruleset_show::ChosenArgs;
use super::screen_fhir::{self, RecordArgs};
use super::{CliError, Exit, output, screen_lines};

/// What to screen.
#[derive(Debug, Args)]
pub(super) struct ScreenArgs {
    /// A file with the body of POST /v1/screenings, or with one a line (.ndjson, .jsonl); `-` or nothing for standard input
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Take one request a line and answer with one line of JSON for each, whatever the file is called
    #[arg(long, env = "KNEADSAFE_NDJSON")]
    ndjson: bool,
    /// The language of the prose, where the ruleset speaks it: `en` or `ru`
    #[arg(long, env = "KNEADSAFE_LANGUAGE", default_value_t = Language::En, value_name = "TAG")]
    language: Language,
    #[command(flatten)]
    records: RecordArgs,
    #[command(flatten)]
    chosen: ChosenArgs,
}

/// Today in UTC.
pub(super) fn today() -> Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

impl ScreenArgs {
    /// The file, where it is not standard input.
    fn path(&self) -> Option<&Path> {
        self.file.as_deref().filter(|file| file.as_os_str() != "-")
    }

    /// Whether there is one request a line.
    fn has_lines(&self) -> bool {
        let extension = self.path().and_then(Path::extension).and_then(OsStr::to_str);
        self.ndjson || extension.is_some_and(|it| ["ndjson", "jsonl"].iter().any(|name| it.eq_ignore_ascii_case(name)))
    }
}

/// Screens one request, or one a line, and prints the answers.
pub(super) fn run(args: &ScreenArgs) -> Result<Exit, CliError> {
    let ruleset = args.chosen.open()?;
    if args.records.is_given() {
        return screen_fhir::run(&args.records, &ruleset, args.chosen.json);
    }
    if args.has_lines() {
        return screen_lines::run(args.path(), &ruleset, args.language);
    }
    let text = read(args.file.as_ref())?;
    let read =
        read_request::<ScreeningRequest>(&text, &ruleset).and_then(|request| Facts::read(&ruleset, &request, today()));
    match read {
        Ok(facts) => {
            let facts = facts.in_language(args.language);
            let screening = screen(&ruleset, &facts);
            if args.chosen.json {
                output::json(&screening)?;
            } else {
                print(&screening)?;
            }
            Ok(Exit::Done)
        }
        Err(faults) => {
            for fault in &faults {
                output::complain(sentence(fault));
            }
            Ok(Exit::Usage)
        }
    }
}

pub(super) fn sentence(fault: &Fault) -> String {
    let hint = if fault.did_you_mean.is_empty() {
        String::new()
    } else {
        format!("; did you mean {}?", fault.did_you_mean.join(", "))
    };
    let place = if fault.pointer.is_empty() { String::new() } else { format!("{}: ", fault.pointer) };
    format!("{place}{}{hint} [{}]", fault.detail, fault.code)
}

pub(super) fn read(file: Option<&PathBuf>) -> Result<Vec<u8>, CliError> {
    if let Some(path) = file.filter(|file| file.as_os_str() != "-") {
        return std::fs::read(path).map_err(CliError::access(path.display().to_string()));
    }
    let mut text = Vec::new();
    std::io::stdin().read_to_end(&mut text).map_err(CliError::access("standard input"))?;
    Ok(text)
}

pub(super) fn print(screening: &Screening) -> Result<(), CliError> {
    output::line(format!("{}: {}", screening.verdict.as_str(), screening.action.as_str()))?;
    output::line(format!("  {}", screening.messages.client))?;
    for reason in &screening.reasons {
        let effect = serde_json::to_value(reason.effect)?;
        output::line(format!("  {} {}: {}", effect.as_str().unwrap_or_default(), reason.rule_id, reason.text))?;
    }
    for requirement in &screening.requirements {
        output::line(format!("  requirement: {}", serde_json::to_string(requirement)?))?;
    }
    for question in &screening.questions {
        output::line(format!("  question {}: {}", question.about, question.text))?;
    }
    if let Some(date) = screening.eligible_from {
        output::line(format!("  eligible from {date}"))?;
    }
    for unrecognised in &screening.coverage.unrecognised {
        output::line(format!("  not understood: {} {}", unrecognised.pointer, unrecognised.did_you_mean.join(", ")))?;
    }
    output::line(format!("  {}", screening.disclaimer))?;
    output::line(format!("  ruleset {} {}", screening.ruleset.version, screening.ruleset.digest))
}
