//! `kneadsafe ruleset questionnaire`.

use clap::{Args, ValueEnum};

use crate::model::Language;
use crate::screening::questionnaire::{intake_form, questionnaire};

use super::ruleset_show::ChosenArgs;
use super::{CliError, Exit, output};

/// Which form.
#[derive(Debug, Args)]
pub(super) struct QuestionnaireArgs {
    #[command(flatten)]
    chosen: ChosenArgs,
    /// Only what matters for this massage type
    #[arg(long, env = "KNEADSAFE_MASSAGE_TYPE", value_name = "TYPE")]
    massage_type: Option<String>,
    /// The language of its texts, where the ruleset speaks it: `en` or `ru`
    #[arg(long, env = "KNEADSAFE_LANGUAGE", default_value_t, value_name = "TAG")]
    language: Language,
    /// In which form to print it
    #[arg(long, env = "KNEADSAFE_FORMAT", value_enum, default_value_t)]
    format: FormFormat,
}

/// A form in which to print the intake form.
#[derive(Debug, Clone, Copy, Default, ValueEnum)]
enum FormFormat {
    /// Plain JSON
    #[default]
    Json,
    /// A FHIR R4 Questionnaire
    Fhir,
}

/// Prints the form.
pub(super) fn run(args: &QuestionnaireArgs) -> Result<Exit, CliError> {
    let ruleset = args.chosen.open()?;
    let names = ruleset.names();
    let massage_type = args.massage_type.as_deref().map(|name| names.massage_type(name).ok_or(name)).transpose();
    let massage_type = match massage_type {
        Ok(massage_type) => massage_type,
        Err(name) => {
            let guesses = names.massage_types_like(name);
            let hint =
                if guesses.is_empty() { String::new() } else { format!("; did you mean {}?", guesses.join(", ")) };
            output::complain(format!("no massage type is called `{name}`{hint}"));
            return Ok(Exit::Usage);
        }
    };
    let form = intake_form(&ruleset, massage_type, args.language);
    match args.format {
        FormFormat::Json => output::json(&form)?,
        FormFormat::Fhir => output::json(&questionnaire(&ruleset, &form))?,
    }
    Ok(Exit::Done)
}
