//! `kneadsafe ruleset check | build | test`.

use clap::Args;
use serde::Serialize;

use crate::assessment;
use crate::model::RuleId;
use crate::ruleset::{Checked, Level, check as check_folder, read_folder, write_release};
use crate::screening::run_case;

use super::{CliError, Exit, FolderArgs, output};

/// What to build.
#[derive(Debug, Args)]
pub(super) struct BuildArgs {
    #[command(flatten)]
    folder: FolderArgs,
    /// Replace a release of this version that differs; only for one that was never published
    #[arg(long, env = "KNEADSAFE_REPLACE")]
    replace: bool,
}

/// Which cases to run.
#[derive(Debug, Args)]
pub(super) struct TestArgs {
    #[command(flatten)]
    folder: FolderArgs,
    /// Run only the cases whose file, description or expected rules contain this
    #[arg(long, env = "KNEADSAFE_ONLY", value_name = "TEXT")]
    only: Option<String>,
}

fn checked(folder: &FolderArgs) -> Result<Checked, CliError> {
    Ok(check_folder(&read_folder(&folder.ruleset_dir)?))
}

/// Prints every finding and the counts.
pub(super) fn check(args: &FolderArgs) -> Result<Exit, CliError> {
    let checked = checked(args)?;
    if args.json {
        output::json(&serde_json::json!({
            "ok": !checked.failed(),
            "digest": checked.ruleset.as_ref().map(crate::ruleset::Ruleset::digest),
            "counts": checked.counts,
            "diagnostics": checked.diagnostics,
        }))?;
    } else {
        complaints(&checked)?;
        let counts = &checked.counts;
        let of_level = |level: Level| checked.diagnostics.iter().filter(|found| found.level == level).count();
        output::line(format!(
            "{} conditions, {} rules, {} cases, {} sources; {} errors, {} warnings, {} notes",
            counts.conditions,
            counts.rules,
            counts.cases,
            counts.sources,
            of_level(Level::Error),
            of_level(Level::Warning),
            of_level(Level::Note),
        ))?;
    }
    Ok(if checked.failed() { Exit::Found } else { Exit::Done })
}

fn complaints(checked: &Checked) -> Result<(), CliError> {
    for found in &checked.diagnostics {
        let level = match found.level {
            Level::Error => "error",
            Level::Warning => "warning",
            Level::Note => "note",
        };
        output::line(format!("{level}: {}#{}: {} [{}]", found.file, found.pointer, found.message, found.code))?;
    }
    Ok(())
}

/// Writes the release.
pub(super) fn build(args: &BuildArgs) -> Result<Exit, CliError> {
    let folder = read_folder(&args.folder.ruleset_dir)?;
    let checked = check_folder(&folder);
    let Some(ruleset) = &checked.ruleset else {
        complaints(&checked)?;
        output::complain("the ruleset has errors: nothing was built");
        return Ok(Exit::Found);
    };
    let name = format!("releases/{}.json", ruleset.version());
    let same = folder.files.get(&name).map(|file| file.text.as_bytes() == ruleset.bytes().as_ref());
    if same == Some(false) && !args.replace {
        output::complain(format!(
            "release {} exists and differs: raise the version in manifest.json, or pass --replace if it was never published",
            ruleset.version()
        ));
        return Ok(Exit::Found);
    }
    let path = write_release(&args.folder.ruleset_dir, ruleset.version(), ruleset.bytes())?;
    if args.folder.json {
        output::json(&serde_json::json!({
            "version": ruleset.version(), "digest": ruleset.digest(), "bytes": ruleset.bytes().len(), "path": path,
        }))?;
    } else {
        let bytes = ruleset.bytes().len();
        output::line(format!("{}: {bytes} bytes, {}", path.display(), ruleset.digest()))?;
    }
    Ok(Exit::Done)
}

/// One case that did not get what was expected.
#[derive(Serialize)]
struct Failure<'c> {
    file: &'c str,
    pointer: String,
    case: &'c str,
    differences: Vec<String>,
}

/// Runs the cases.
pub(super) fn test(args: &TestArgs) -> Result<Exit, CliError> {
    let checked = checked(&args.folder)?;
    let Some(ruleset) = &checked.ruleset else {
        complaints(&checked)?;
        output::complain("the ruleset has errors: no case was run");
        return Ok(Exit::Found);
    };
    let wanted = |file: &str, case: &str, rules: &[&RuleId]| {
        args.only.as_ref().is_none_or(|only| {
            file.contains(only.as_str())
                || case.contains(only.as_str())
                || rules.iter().any(|rule| rule.as_str().contains(only.as_str()))
        })
    };
    let mut run = 0_usize;
    let mut failures = Vec::new();
    let mut judge = |file, at, case, differences: Vec<String>| {
        run += 1;
        if !differences.is_empty() {
            failures.push(Failure { file, pointer: format!("/cases/{at}"), case, differences });
        }
    };
    for (file, cases) in &checked.cases {
        for (at, case) in cases.cases.iter().enumerate() {
            if wanted(file, &case.case, &case.expect.rules.iter().chain(&case.expect.advice).collect::<Vec<_>>()) {
                judge(file.as_str(), at, case.case.as_str(), run_case(ruleset, case));
            }
        }
    }
    for (file, cases) in &checked.assessment_cases {
        for (at, case) in cases.cases.iter().enumerate() {
            if wanted(file, &case.case, &case.expect.rules.iter().collect::<Vec<_>>()) {
                judge(file, at, &case.case, assessment::run_case(ruleset, case));
            }
        }
    }
    let passed = run - failures.len();
    if args.folder.json {
        output::json(&serde_json::json!({ "ok": failures.is_empty(), "passed": passed, "failed": failures }))?;
    } else {
        for failure in &failures {
            output::line(format!("differs: {}#{}: {}", failure.file, failure.pointer, failure.case))?;
            for difference in &failure.differences {
                output::line(format!("    {difference}"))?;
            }
        }
        output::line(format!("{passed} cases as expected, {} differ", failures.len()))?;
    }
    // A filter that matches nothing would otherwise look like a success.
    Ok(if failures.is_empty() && run > 0 { Exit::Done } else { Exit::Found })
}
