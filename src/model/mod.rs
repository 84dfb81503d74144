//! The words: what a session, a client, a condition and a verdict are, with their parsing, order and printing.
//!
//! Owns the vocabulary of the whole crate and knows nothing of rules, files, HTTP or the clock.

mod assessment;
mod calendar;
mod catalogue;
mod condition;
mod explanation;
mod fault;
mod ids;
mod language;
pub mod prose;
mod request;
mod requirement;
mod truth;
mod verdict;
mod wire;

pub use assessment::{
    AdverseEventSummary, Advice, Assessment, AssessmentQuestion, AssessmentReason, AssessmentRequest, ExpectedCourse,
    Level, NextSession, SymptomRequest, SymptomSummary, Trend,
};
pub use calendar::{
    Calendar, CalendarDatesRequest, CalendarDay, CalendarRequest, CalendarRow, CalendarSessionRequest,
    ConsecutiveDaysRequest, DayRequest, ListedDaysRequest,
};
pub use catalogue::{ActivityLevel, ClearedBy, Intake, Pressure, Sex, Tone};
pub use condition::{ConditionKind, Control, Phase, PhaseSet, Severity, State};
pub use explanation::{ExplainedPredicate, ExplainedRule};
pub use fault::Fault;
pub use ids::{ConditionId, IdError, MassageTypeId, ProductId, RegionId, RuleId, SourceId, TechniqueId};
pub use language::{Language, LanguageError};
pub use request::{ClearanceRequest, ClientRequest, CodeRequest, ConditionRequest, ScreeningRequest, SessionRequest};
pub use requirement::{CheckFirst, Position, Requirement, Training};
pub use truth::Truth;
pub use verdict::{
    Action, Alternative, Certainty, CitedSource, Coverage, Effect, EvidenceResponse, Grade, LeadsTo, Messages,
    Question, Range, Reason, Recognised, RecognisedBy, RedFlag, RulesetStamp, Screening, SessionEcho, SetAside,
    SetAsideBecause, Softened, Unrecognised, Urgency, Verdict, WayForward,
};
