//! `kneadsafe ruleset matrix`.

use clap::Args;

use crate::screening::{Matrix, matrix};

use super::ruleset_show::ChosenArgs;
use super::{CliError, Exit, output};

/// Which part of the matrix.
#[derive(Debug, Args)]
pub(super) struct MatrixArgs {
    #[command(flatten)]
    chosen: ChosenArgs,
    /// Only conditions of this category
    #[arg(long, env = "KNEADSAFE_CATEGORY")]
    category: Option<String>,
}

/// Prints the verdict of every condition, bare, with every massage type.
pub(super) fn run(args: &MatrixArgs) -> Result<Exit, CliError> {
    let ruleset = args.chosen.open()?;
    let Matrix { massage_types, mut rows } = matrix(&ruleset);
    if let Some(category) = &args.category {
        rows.retain(|row| row.category.as_ref() == category);
    }
    if rows.is_empty() {
        output::complain("no condition is of that category");
        return Ok(Exit::Found);
    }
    if args.chosen.json {
        output::json(&serde_json::json!({ "massageTypes": massage_types, "rows": rows }))?;
        return Ok(Exit::Done);
    }
    let widest = rows.iter().map(|row| row.condition.as_str().len()).max().unwrap_or(0);
    let header: Vec<String> = massage_types.iter().map(ToString::to_string).collect();
    output::line(format!("{:widest$}  {}", "", header.join("  ")))?;
    for row in rows {
        let cells: Vec<String> = row
            .verdicts
            .iter()
            .zip(&header)
            .map(|(verdict, name)| format!("{:width$}", verdict.as_str(), width = name.len()))
            .collect();
        output::line(format!("{:widest$}  {}", row.condition.as_str(), cells.join("  ")).trim_end())?;
    }
    Ok(Exit::Done)
}
