//! A report of what is felt after a session: each symptom is read as a condition, and is marked as felt.

use jiff::civil::Date;

use crate::model::{AssessmentRequest, ConditionRequest, Fault, Intake, Language, SymptomRequest};

use super::super::categories::CategorySet;
use super::super::facts::{Facts, Felt};
use super::super::index::Ruleset;
use super::{MOST_CONDITIONS, Reader};

/// A year of hours.
const MOST_HOURS: u16 = 8760;

impl Facts {
    /// Resolves a report of what is felt after a session; what is felt stands among the conditions, marked as such.
    ///
    /// # Errors
    /// Every fault at once, as for a screening.
    pub fn read_report(ruleset: &Ruleset, request: &AssessmentRequest, today: Date) -> Result<Self, Vec<Fault>> {
        let mut reader = Reader::new(ruleset, MOST_CONDITIONS);
        let session = reader.session(&request.session, today);
        let client = reader.client(request.client.as_ref());
        let on = request.session.date.unwrap_or(today);
        if request.hours_since_session.is_some_and(|hours| hours > MOST_HOURS) {
            reader.faults.push(Fault::new("/hoursSinceSession", "out-of-range", "from 0 to 8760 hours"));
        }
        let mut found = reader.conditions("/conditions", &request.conditions, &[], on);
        let (symptoms, felt) = reader.symptoms(request);
        let felt_now = reader.conditions("/symptoms", &symptoms, &felt, on);
        found.present.extend(felt_now.present.into_iter().map(|mut fact| {
            fact.felt.since_session = true;
            fact
        }));
        found.absent.extend(felt_now.absent);
        found.ambiguous.extend(felt_now.ambiguous);
        let Reader { faults, coverage, .. } = reader;
        let Some(session) = session.filter(|_| faults.is_empty()) else {
            return Err(faults);
        };
        let mut facts = Self {
            session,
            client,
            intake: request.intake,
            asked: if request.intake == Intake::Complete { CategorySet::ALL } else { CategorySet::default() },
            asked_listed: false,
            conditions: found.present,
            absent: found.absent,
            clearances: Vec::new(),
            clearances_listed: 0,
            ambiguous: found.ambiguous,
            coverage,
            language: Language::En,
        };
        facts.complete(ruleset);
        Ok(facts)
    }
}

impl Reader<'_> {
    /// What is felt, as conditions and what is felt of each.
    fn symptoms(&mut self, request: &AssessmentRequest) -> (Vec<ConditionRequest>, Vec<Felt>) {
        if request.symptoms.len() > 50 {
            self.faults.push(Fault::new("/symptoms", "too-many-items", "at most 50 symptoms"));
            return (Vec::new(), Vec::new());
        }
        for (at, symptom) in request.symptoms.iter().enumerate() {
            for (field, hours) in
                [("onsetHoursAfter", symptom.onset_hours_after), ("durationHours", symptom.duration_hours)]
            {
                if hours.is_some_and(|hours| hours > MOST_HOURS) {
                    let pointer = format!("/symptoms/{at}/{field}");
                    self.faults.push(Fault::new(pointer, "out-of-range", "from 0 to 8760 hours"));
                }
            }
        }
        request.symptoms.iter().map(|symptom| felt(symptom, request.hours_since_session)).unzip()
    }
}

/// A symptom as a condition, and what is felt of it; what still lasts has lasted since it began.
fn felt(symptom: &SymptomRequest, hours_since_session: Option<u16>) -> (ConditionRequest, Felt) {
    let since_onset =
        hours_since_session.zip(symptom.onset_hours_after).and_then(|(now, onset)| now.checked_sub(onset));
    let felt = Felt {
        since_session: true,
        onset_hours: symptom.onset_hours_after,
        duration_hours: symptom.duration_hours.or(since_onset),
        trend: symptom.trend,
    };
    let condition = ConditionRequest {
        id: symptom.id.clone(),
        code: symptom.code.clone(),
        text: symptom.text.clone(),
        state: symptom.state,
        severity: symptom.severity,
        body_region: symptom.body_region.clone(),
        ..ConditionRequest::default()
    };
    (condition, felt)
}
