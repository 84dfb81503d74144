//! `kneadsafe ruleset show`.

use std::path::PathBuf;
use std::sync::Arc;

use clap::Args;
use serde_json::{Map, Value, json};

use crate::ruleset::{Rule, Ruleset, Rulesets, check as check_folder, read_folder};

use super::{CliError, Exit, output};

/// Which ruleset.
#[derive(Debug, Args)]
pub(super) struct ChosenArgs {
    /// Read this ruleset folder instead of a release that the program carries
    #[arg(long, env = "KNEADSAFE_RULESET_DIR", value_name = "DIR")]
    ruleset_dir: Option<PathBuf>,
    /// The version of the release
    #[arg(long, env = "KNEADSAFE_RULESET", default_value = "latest", value_name = "VERSION")]
    ruleset: String,
    /// Print JSON
    #[arg(long, env = "KNEADSAFE_JSON")]
    pub(super) json: bool,
}

impl ChosenArgs {
    /// The ruleset that was chosen.
    pub(super) fn open(&self) -> Result<Arc<Ruleset>, CliError> {
        let Some(folder) = &self.ruleset_dir else {
            return Ok(Rulesets::embedded()?.find(&self.ruleset)?.clone());
        };
        let checked = check_folder(&read_folder(folder)?);
        let refused =
            || crate::ruleset::RulesetError::Missing("usable files: run `kneadsafe ruleset check`".to_owned());
        Ok(Arc::new(checked.ruleset.ok_or_else(refused)?))
    }
}

/// What to show.
#[derive(Debug, Args)]
pub(super) struct ShowArgs {
    /// The id of a rule, condition, massage type, source, topic or claim; or any name of a condition
    id: String,
    #[command(flatten)]
    chosen: ChosenArgs,
}

/// Prints everything that goes by this name.
pub(super) fn run(args: &ShowArgs) -> Result<Exit, CliError> {
    let ruleset = args.chosen.open()?;
    let found = find(&ruleset, &args.id);
    if found.is_empty() {
        let guesses = ruleset.names().conditions_like(&args.id);
        let hint = if guesses.is_empty() { String::new() } else { format!("; did you mean {}?", guesses.join(", ")) };
        output::complain(format!("nothing in ruleset {} is called `{}`{hint}", ruleset.version(), args.id));
        return Ok(Exit::Found);
    }
    if args.chosen.json {
        output::json(&found)?;
    } else {
        for (kind, value) in &found {
            output::line(format!("{kind}: {}", serde_json::to_string_pretty(value)?))?;
        }
    }
    Ok(Exit::Done)
}

fn find(ruleset: &Ruleset, name: &str) -> Map<String, Value> {
    let mut found = Map::new();
    let bundle = ruleset.bundle();
    if let Some(rule) = ruleset.rules().iter().find(|rule| rule.id.as_str() == name) {
        found.insert("rule".to_owned(), rule_view(ruleset, rule));
    }
    if let Some(matched) = ruleset.names().by_id(name).or_else(|| ruleset.names().by_text(name)) {
        let condition = ruleset.condition(matched.condition);
        let rules: Vec<&str> = condition.rules.iter().map(|ix| ruleset.rule(*ix).id.as_str()).collect();
        let view = json!({ "document": condition.document.as_ref(), "category": condition.category, "rules": rules });
        found.insert("condition".to_owned(), view);
    }
    if let Some(kind) = ruleset.names().massage_type(name).and_then(|number| ruleset.massage_types().get(number)) {
        found.insert("massageType".to_owned(), json!(kind.document.as_ref()));
    }
    if let Some(source) = bundle.sources.sources.iter().find(|source| source.id.as_str() == name) {
        found.insert("source".to_owned(), json!(source));
        let citing: Vec<&str> = ruleset
            .rules()
            .iter()
            .filter(|rule| {
                let evidence = &rule.document.evidence;
                evidence.agree.contains(&source.id) || evidence.disagree.contains(&source.id)
            })
            .map(|rule| rule.id.as_str())
            .collect();
        found.insert("citedBy".to_owned(), json!(citing));
        if let Some(trace) = bundle.traceability.rows.get(&source.id) {
            found.insert("traced".to_owned(), json!(trace));
        }
    }
    if let Some(topic) = bundle.post_session.topics.iter().find(|topic| topic.id == name) {
        found.insert("postSession".to_owned(), json!(topic));
    }
    if let Some(claim) = bundle.not_adopted.not_adopted.iter().find(|claim| claim.id == name) {
        found.insert("notAdopted".to_owned(), json!(claim));
    }
    found
}

fn rule_view(ruleset: &Ruleset, rule: &Rule) -> Value {
    let holds_for: Vec<&str> = rule.condition.map_or_else(Vec::new, |about| {
        ruleset
            .conditions()
            .iter()
            .filter(|condition| condition.ancestors.contains(&about))
            .map(|condition| condition.id.as_str())
            .collect()
    });
    json!({ "document": rule.document.as_ref(), "category": rule.category, "holdsFor": holds_for })
}
