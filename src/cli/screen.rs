//! `kneadsafe screen`.

use std::io::Read;
use std::path::PathBuf;

use clap::Args;
use jiff::civil::Date;

use crate::api::read_request;
use crate::model::{Fault, Screening, ScreeningRequest};
use crate::ruleset::Facts;
use crate::screening::screen;

use super::ruleset_show::ChosenArgs;
use super::screen_fhir::{self, RecordArgs};
use super::{CliError, Exit, output};

/// What to screen.
#[derive(Debug, Args)]
pub(super) struct ScreenArgs {
    /// A file with the body of POST /v1/screenings; `-` or nothing for standard input
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    #[command(flatten)]
    records: RecordArgs,
    #[command(flatten)]
    chosen: ChosenArgs,
}

/// Today in UTC.
pub(super) fn today() -> Date {
    jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date()
}

/// Screens one request and prints the answer.
pub(super) fn run(args: &ScreenArgs) -> Result<Exit, CliError> {
    let ruleset = args.chosen.open()?;
    if args.records.is_given() {
        return screen_fhir::run(&args.records, &ruleset, args.chosen.json);
    }
    let text = read(args.file.as_ref())?;
    let read =
        read_request::<ScreeningRequest>(&text, &ruleset).and_then(|request| Facts::read(&ruleset, &request, today()));
    match read {
        Ok(facts) => {
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
    format!("{}: {}{hint} [{}]", fault.pointer, fault.detail, fault.code)
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
