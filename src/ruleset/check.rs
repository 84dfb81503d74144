//! Every complaint about a ruleset folder at once, and the figures of what it holds.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;

use crate::model::Language;

use super::analysis::analyse;
use super::assemble::assemble;
use super::document::{
    AssessmentCaseDocument, AssessmentCasesFile, Bundle, CaseDocument, CasesFile, ConditionDocument, RuleDocument,
    TranslationDocument,
};
use super::files::Folder;
use super::index::Ruleset;
use super::languages::{entries, languages};
use super::references::references;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// The ruleset is refused.
    Error,
    /// It works, and somebody should look.
    Warning,
    /// Deliberate, and worth knowing.
    Note,
}

/// One finding, with its place.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Diagnostic {
    /// How bad it is.
    pub level: Level,
    /// The file within the folder.
    pub file: String,
    /// An RFC 6901 JSON Pointer into the file.
    pub pointer: String,
    /// What kind of finding, in a word that a program can test.
    pub code: String,
    /// What is wrong, for a person.
    pub message: String,
}

impl Diagnostic {
    pub(super) fn new(code: &str, level: Level, file: &str, pointer: &str, message: impl Into<String>) -> Self {
        Self {
            level,
            file: file.to_owned(),
            pointer: pointer.to_owned(),
            code: code.to_owned(),
            message: message.into(),
        }
    }
}

/// How much a ruleset holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Counts {
    /// Conditions that a client can name.
    pub conditions: usize,
    /// Of them, those with a code.
    pub conditions_with_codes: usize,
    /// Of them, those that name a source themselves or through a rule.
    pub conditions_with_sources: usize,
    /// Names that lead to a condition, ids left out.
    pub names: usize,
    /// Rules.
    pub rules: usize,
    /// Rules by effect.
    pub rules_by_effect: BTreeMap<String, usize>,
    /// Rules that no case expects.
    pub rules_without_a_case: usize,
    /// Example cases.
    pub cases: usize,
    /// Rules about what is felt after a session.
    pub post_session_rules: usize,
    /// Example reports after a session.
    pub assessment_cases: usize,
    /// Example cases that expect `allow`.
    pub cases_that_allow: usize,
    /// Massage types.
    pub massage_types: usize,
    /// Techniques.
    pub techniques: usize,
    /// Body regions.
    pub body_regions: usize,
    /// Products.
    pub products: usize,
    /// Sources.
    pub sources: usize,
    /// Sources that a rule cites.
    pub sources_cited: usize,
    /// Sources that one rule alone cites.
    pub sources_cited_once: usize,
    /// Claims that are deliberately not followed.
    pub not_adopted: usize,
    /// Rows of the register that lead somewhere.
    pub rows_traced: usize,
    /// Texts that are translated, by language.
    pub texts_translated: BTreeMap<Language, usize>,
}

/// What a check found.
#[derive(Debug)]
pub struct Checked {
    /// Every finding, the worst first, then by file and place.
    pub diagnostics: Vec<Diagnostic>,
    /// How much the ruleset holds.
    pub counts: Counts,
    /// The ruleset, where no finding is an error.
    pub ruleset: Option<Ruleset>,
    /// Its example cases, by file.
    pub cases: Vec<(String, CasesFile)>,
    /// Its example reports after a session, by file.
    pub assessment_cases: Vec<(String, AssessmentCasesFile)>,
}

impl Checked {
    /// Whether a finding is an error.
    #[must_use]
    pub fn failed(&self) -> bool {
        self.diagnostics.iter().any(|diagnostic| diagnostic.level == Level::Error)
    }
}

/// A bundle with the names of the files it came from.
pub(super) struct Sheet<'b> {
    pub(super) bundle: &'b Bundle,
    pub(super) condition_files: &'b [String],
    pub(super) rule_files: &'b [String],
    pub(super) cases: &'b [(String, CasesFile)],
    pub(super) assessment_cases: &'b [(String, AssessmentCasesFile)],
    pub(super) translations: &'b [(String, TranslationDocument)],
}

/// One document with its place.
pub(super) struct Placed<'b, T> {
    pub(super) document: &'b T,
    pub(super) file: &'b str,
    pub(super) pointer: String,
}

impl<T> Placed<'_, T> {
    pub(super) fn say(&self, code: &str, level: Level, below: &str, message: impl Into<String>) -> Diagnostic {
        Diagnostic::new(code, level, self.file, &format!("{}{below}", self.pointer), message)
    }
}

impl<'b> Sheet<'b> {
    pub(super) fn conditions(&self) -> impl Iterator<Item = Placed<'b, ConditionDocument>> {
        self.bundle.conditions.iter().zip(self.condition_files).flat_map(|(file, name)| {
            file.conditions.iter().enumerate().map(move |(at, document)| Placed {
                document,
                file: name,
                pointer: format!("/conditions/{at}"),
            })
        })
    }

    pub(super) fn rules(&self) -> impl Iterator<Item = Placed<'b, RuleDocument>> {
        self.bundle.rules.iter().zip(self.rule_files).flat_map(|(file, name)| {
            file.rules.iter().enumerate().map(move |(at, document)| Placed {
                document,
                file: name,
                pointer: format!("/rules/{at}"),
            })
        })
    }

    pub(super) fn assessment_cases(&self) -> impl Iterator<Item = Placed<'b, AssessmentCaseDocument>> {
        self.assessment_cases.iter().flat_map(|(name, file)| {
            file.cases.iter().enumerate().map(move |(at, document)| Placed {
                document,
                file: name,
                pointer: format!("/cases/{at}"),
            })
        })
    }

    pub(super) fn cases(&self) -> impl Iterator<Item = Placed<'b, CaseDocument>> {
        self.cases.iter().flat_map(|(name, file)| {
            file.cases.iter().enumerate().map(move |(at, document)| Placed {
                document,
                file: name,
                pointer: format!("/cases/{at}"),
            })
        })
    }
}

/// Checks everything about a ruleset folder.
#[must_use]
pub fn check(folder: &Folder) -> Checked {
    let mut diagnostics = Vec::new();
    let assembled = assemble(folder, &mut diagnostics);
    let mut checked = Checked {
        diagnostics: Vec::new(),
        counts: Counts::default(),
        ruleset: None,
        cases: assembled.cases,
        assessment_cases: assembled.assessment_cases,
    };
    if let Some(bundle) = assembled.bundle {
        let sheet = Sheet {
            bundle: &bundle,
            condition_files: &assembled.condition_files,
            rule_files: &assembled.rule_files,
            cases: &checked.cases,
            assessment_cases: &checked.assessment_cases,
            translations: &assembled.translations,
        };
        references(&sheet, &mut diagnostics);
        languages(&sheet, &mut diagnostics);
        checked.counts = count(&sheet);
        if !diagnostics.iter().any(|diagnostic| diagnostic.level == Level::Error) {
            analyse(&sheet, &mut diagnostics);
            match Ruleset::from_bundle(bundle) {
                Ok(ruleset) => {
                    releases(folder, &ruleset, &mut diagnostics);
                    checked.ruleset = Some(ruleset);
                }
                Err(error) => diagnostics.push(Diagnostic::new("refused", Level::Error, "", "", error.to_string())),
            }
        }
    }
    diagnostics.sort();
    diagnostics.dedup();
    checked.diagnostics = diagnostics;
    if checked.failed() {
        checked.ruleset = None;
    }
    checked
}

/// Whether the release of this version, if there is one, holds what the folder holds.
fn releases(folder: &Folder, ruleset: &Ruleset, diagnostics: &mut Vec<Diagnostic>) {
    let name = format!("releases/{}.json", ruleset.version());
    let stale = match folder.files.get(&name) {
        Some(file) if file.text.as_bytes() == ruleset.bytes().as_ref() => return,
        Some(_) => {
            "the release differs from the folder: run `kneadsafe ruleset build`, or raise the version if it was published"
        }
        None => "the version has no release yet: run `kneadsafe ruleset build`",
    };
    diagnostics.push(Diagnostic::new("stale-release", Level::Warning, &name, "", stale));
}

fn count(sheet: &Sheet<'_>) -> Counts {
    let bundle = sheet.bundle;
    let mut cited: BTreeMap<&str, usize> = BTreeMap::new();
    let mut by_effect: BTreeMap<String, usize> = BTreeMap::new();
    let mut ruled: BTreeSet<&str> = BTreeSet::new();
    for rule in sheet.rules() {
        let evidence = &rule.document.evidence;
        let sources: BTreeSet<&str> = evidence.agree.iter().chain(&evidence.disagree).map(AsRef::as_ref).collect();
        for source in sources {
            *cited.entry(source).or_default() += 1;
        }
        let effect =
            serde_json::to_value(rule.document.effect).ok().and_then(|value| value.as_str().map(str::to_owned));
        *by_effect.entry(effect.unwrap_or_default()).or_default() += 1;
        ruled.extend(rule.document.condition.as_ref().map(AsRef::as_ref));
    }
    let parents: BTreeMap<&str, &ConditionDocument> =
        sheet.conditions().map(|condition| (condition.document.id.as_str(), condition.document)).collect();
    let sourced = |document: &ConditionDocument| {
        !document.sources.is_empty() || is_ruled(document.id.as_str(), &parents, &ruled, 0)
    };
    let hit = cased(sheet);
    let named: Vec<&ConditionDocument> =
        sheet.conditions().map(|condition| condition.document).filter(|document| !document.heading).collect();
    Counts {
        conditions: named.len(),
        conditions_with_codes: named.iter().filter(|document| !document.codes.is_empty()).count(),
        conditions_with_sources: named.iter().filter(|document| sourced(document)).count(),
        names: named.iter().map(|document| 1 + document.synonyms.len()).sum(),
        rules: sheet.rules().count(),
        rules_by_effect: by_effect,
        rules_without_a_case: sheet.rules().filter(|rule| !hit.contains(rule.document.id.as_str())).count(),
        cases: sheet.cases().count(),
        cases_that_allow: sheet
            .cases()
            .filter(|case| case.document.expect.verdict == crate::model::Verdict::Allow)
            .count(),
        post_session_rules: bundle.post_session.rules.len(),
        assessment_cases: sheet.assessment_cases().count(),
        massage_types: bundle.massage_types.massage_types.len(),
        techniques: bundle.techniques.techniques.len(),
        body_regions: bundle.body_regions.body_regions.len(),
        products: bundle.products.products.len(),
        sources: bundle.sources.sources.len(),
        sources_cited: cited.len(),
        sources_cited_once: cited.values().filter(|times| **times == 1).count(),
        not_adopted: bundle.not_adopted.not_adopted.len(),
        rows_traced: bundle.traceability.rows.len(),
        texts_translated: bundle
            .translations
            .iter()
            .map(|translation| (translation.language, entries(translation).map(|entry| entry.texts.len()).sum()))
            .collect(),
    }
}

/// Whether a rule is on the condition or on something above it.
pub(super) fn is_ruled(
    id: &str,
    documents: &BTreeMap<&str, &ConditionDocument>,
    ruled: &BTreeSet<&str>,
    depth: usize,
) -> bool {
    // A ring among parents is somebody else's finding; here it must only end.
    ruled.contains(id)
        || depth < documents.len()
            && documents.get(id).is_some_and(|document| {
                document.broader.iter().any(|above| is_ruled(above.as_str(), documents, ruled, depth + 1))
            })
}

/// The rules that a case expects.
pub(super) fn cased<'b>(sheet: &Sheet<'b>) -> BTreeSet<&'b str> {
    sheet
        .cases()
        .flat_map(|case| case.document.expect.rules.iter().chain(&case.document.expect.advice))
        .map(AsRef::as_ref)
        .collect()
}
