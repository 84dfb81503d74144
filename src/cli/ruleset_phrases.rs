//! `kneadsafe ruleset phrases`.

use clap::Args;

use crate::ruleset::{PhrasesFile, check as check_folder, measure, read_folder};

use super::{CliError, Exit, FolderArgs, output};

/// Which phrases.
#[derive(Debug, Args)]
pub(super) struct PhrasesArgs {
    #[command(flatten)]
    folder: FolderArgs,
    /// The part of the conditions found that must have been meant
    #[arg(long, env = "KNEADSAFE_LEAST_PRECISION", default_value_t = 0.95)]
    least_precision: f64,
    /// The part of the conditions meant that must have been found
    #[arg(long, env = "KNEADSAFE_LEAST_RECALL", default_value_t = 0.95)]
    least_recall: f64,
}

/// Prints how well the names in phrases.json are understood.
pub(super) fn run(args: &PhrasesArgs) -> Result<Exit, CliError> {
    let folder = read_folder(&args.folder.ruleset_dir)?;
    let missing = |what: &str| crate::ruleset::RulesetError::Missing(what.to_owned());
    let text = &folder.files.get("phrases.json").ok_or_else(|| missing("phrases.json"))?.text;
    let phrases: PhrasesFile = serde_json::from_str(text)?;
    let checked = check_folder(&folder);
    let ruleset = checked.ruleset.ok_or_else(|| missing("usable files: run `kneadsafe ruleset check`"))?;
    let understood = measure(&ruleset, &phrases);
    if args.folder.json {
        output::json(&understood)?;
    } else {
        for misunderstanding in &understood.misunderstood {
            let list =
                |ids: &[crate::model::ConditionId]| ids.iter().map(ToString::to_string).collect::<Vec<_>>().join(", ");
            output::line(format!(
                "{:?}: missed [{}], wrong [{}]",
                misunderstanding.text,
                list(&misunderstanding.missed),
                list(&misunderstanding.wrong)
            ))?;
        }
        output::line(format!(
            "{} phrases, {} of them meaning nothing: precision {:.4}, recall {:.4}",
            understood.phrases, understood.phrases_that_mean_nothing, understood.precision, understood.recall
        ))?;
    }
    let good = understood.precision >= args.least_precision && understood.recall >= args.least_recall;
    Ok(if good { Exit::Done } else { Exit::Found })
}
