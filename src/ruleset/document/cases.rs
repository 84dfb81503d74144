//! Requests and reports with the answers that a clinician expects.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::model::{Action, AssessmentRequest, Level, RuleId, ScreeningRequest, SourceId, Urgency, Verdict};

/// `cases/<category>.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CasesFile {
    /// The category of all of them.
    pub category: String,
    /// The cases.
    pub cases: Vec<CaseDocument>,
}

/// A request with the answer that a clinician expects.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CaseDocument {
    /// Who comes for what.
    pub case: String,
    /// Where the expectation comes from.
    pub sources: Vec<SourceId>,
    /// The body of `POST /v1/screenings`.
    pub request: ScreeningRequest,
    /// What is expected.
    pub expect: ExpectDocument,
}

/// What a clinician expects of an answer.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExpectDocument {
    /// The verdict.
    pub verdict: Verdict,
    /// Exactly the rules whose effect in the answer is caution or deny.
    pub rules: Vec<RuleId>,
    /// Rules of effect advise or indicate that must be there.
    #[serde(default)]
    pub advice: Vec<RuleId>,
    /// The action.
    #[serde(default)]
    pub action: Option<Action>,
    /// How urgently the client should be seen.
    #[serde(default)]
    pub urgency: Option<Urgency>,
    /// The day from which time alone makes the verdict milder.
    #[serde(default)]
    pub eligible_from: Option<Date>,
}

/// `assessment-cases/<category>.json`.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssessmentCasesFile {
    /// The category of all of them.
    pub category: String,
    /// The cases.
    pub cases: Vec<AssessmentCaseDocument>,
}

/// A report with the answer that a clinician expects.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AssessmentCaseDocument {
    /// Who feels what after which session.
    pub case: String,
    /// Where the expectation comes from.
    pub sources: Vec<SourceId>,
    /// The body of `POST /v1/post-session-assessments`.
    pub request: AssessmentRequest,
    /// What is expected.
    pub expect: AssessmentExpectDocument,
}

/// What a clinician expects of an assessment.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AssessmentExpectDocument {
    /// The level.
    pub level: Level,
    /// Exactly the rules among the reasons.
    pub rules: Vec<RuleId>,
    /// Self-care that must be offered.
    #[serde(default)]
    pub self_care: Vec<String>,
    /// Self-care that must not be offered.
    #[serde(default)]
    pub no_self_care: Vec<String>,
    /// Hours until an ordinary course is over.
    #[serde(default)]
    pub until_hours: Option<u16>,
}
