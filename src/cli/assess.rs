//! `kneadsafe assess`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::api::read_request;
use crate::assessment::{adverse_event, assess, summary};
use crate::model::{Assessment, AssessmentRequest, Language};
use crate::ruleset::Facts;

use super::ruleset_show::ChosenArgs;
use super::screen::{read, sentence, today};
use super::{CliError, Exit, output};

/// What to assess.
#[derive(Debug, Args)]
pub(super) struct AssessArgs {
    /// A file with the body of POST /v1/post-session-assessments; `-` or nothing for standard input
    #[arg(value_name = "FILE")]
    file: Option<PathBuf>,
    /// Print a report instead of the answer
    #[arg(long, env = "KNEADSAFE_REPORT", value_enum)]
    report: Option<Report>,
    /// The language of the prose, where the ruleset speaks it: `en` or `ru`
    #[arg(long, env = "KNEADSAFE_LANGUAGE", default_value_t = Language::En, value_name = "TAG")]
    language: Language,
    #[command(flatten)]
    chosen: ChosenArgs,
}

/// The kinds of report.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum Report {
    /// A summary without identifiers
    Json,
    /// A FHIR R4 `AdverseEvent` without identifiers
    Fhir,
}

/// Assesses one report and prints the answer.
pub(super) fn run(args: &AssessArgs) -> Result<Exit, CliError> {
    let ruleset = args.chosen.open()?;
    let text = read(args.file.as_ref())?;
    let read = read_request::<AssessmentRequest>(&text, &ruleset)
        .and_then(|request| Facts::read_report(&ruleset, &request, today()));
    match read {
        Ok(facts) => {
            let facts = facts.in_language(args.language);
            let assessment = assess(&ruleset, &facts);
            match args.report {
                Some(Report::Json) => output::json(&summary(&ruleset, &facts, &assessment))?,
                Some(Report::Fhir) => output::json(&adverse_event(&ruleset, &facts, &assessment))?,
                None if args.chosen.json => output::json(&assessment)?,
                None => print(&assessment)?,
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

fn print(assessment: &Assessment) -> Result<(), CliError> {
    output::line(assessment.level.as_str())?;
    output::line(format!("  {}", assessment.messages.client))?;
    for reason in &assessment.reasons {
        output::line(format!("  {} {}: {}", reason.level.as_str(), reason.rule_id, reason.text))?;
    }
    if let Some(course) = assessment.expected_course {
        output::line(format!("  should be over {} hours after the session", course.until_hours))?;
    }
    for advice in &assessment.self_care {
        output::line(format!("  meanwhile: {}", advice.text))?;
    }
    for advice in &assessment.watch_for {
        output::line(format!("  watch for: {}", advice.text))?;
    }
    for question in &assessment.questions {
        output::line(format!("  question {}: {}", question.about, question.text))?;
    }
    for unrecognised in &assessment.coverage.unrecognised {
        output::line(format!("  not understood: {} {}", unrecognised.pointer, unrecognised.did_you_mean.join(", ")))?;
    }
    output::line(format!("  {}", assessment.disclaimer))?;
    output::line(format!("  ruleset {} {}", assessment.ruleset.version, assessment.ruleset.digest))
}
