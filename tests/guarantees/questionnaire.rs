//! Laws of the intake form: its answers screen as the request does that says the same, and silence never allows.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::{Arc, LazyLock, Mutex};

use kneadsafe::model::{
    ClearanceRequest, ClearedBy, ClientRequest, ConditionRequest, Intake, Language, Phase, Screening, ScreeningRequest,
    SessionRequest, Verdict,
};
use kneadsafe::screening::questionnaire::{Given, GivenValue, IntakeForm, Said, intake_form, read_answers};
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;
use serde::Serialize;

use crate::common::{RULESET, TODAY, answer, any_client, any_condition, any_session};
use crate::law::law;

/// The form, made once for each massage type.
fn form(massage_type: Option<usize>) -> Arc<IntakeForm> {
    static FORMS: LazyLock<Mutex<HashMap<Option<usize>, Arc<IntakeForm>>>> = LazyLock::new(Mutex::default);
    let mut forms = FORMS.lock().unwrap();
    forms.entry(massage_type).or_insert_with(|| Arc::new(intake_form(&RULESET, massage_type, Language::En))).clone()
}

/// The name of the question about a category's conditions, and the conditions that it offers.
fn question(form: &IntakeForm, category: &str) -> Option<(String, BTreeSet<String>)> {
    let whole = format!("category.{category}.conditions");
    let named = |link_id: &str| link_id == whole || link_id.starts_with(&format!("{whole}."));
    let item = form.items().find(|item| named(&item.link_id))?;
    let offered = item.options.iter().map(|option| option.value.clone()).filter(|value| value != "none");
    Some((item.link_id.clone(), offered.collect()))
}

fn given(link_id: impl Into<String>, values: impl IntoIterator<Item = Said>) -> Given {
    let value = |said| GivenValue { pointer: String::new(), said };
    Given { link_id: link_id.into(), pointer: String::new(), values: values.into_iter().map(value).collect() }
}

fn word(value: &impl Serialize) -> Said {
    Said::Text(serde_json::to_value(value).unwrap().as_str().unwrap().to_owned())
}

/// What a client answers: some categories, with conditions or with none.
#[derive(Debug, Clone)]
struct Answers {
    session: SessionRequest,
    client: ClientRequest,
    answered: BTreeSet<String>,
    conditions: BTreeMap<String, ConditionRequest>,
    cleared: BTreeMap<String, (ClearedBy, jiff::civil::Date)>,
}

/// An agreement of too little standing is not on the form.
fn can_be_said(form: &IntakeForm, given: &Given) -> bool {
    let item = form.items().find(|item| item.link_id == given.link_id).unwrap();
    let offered = |said: &Said| item.options.iter().any(|option| Said::Text(option.value.clone()) == *said);
    !given.link_id.ends_with(".clearance") || given.values.iter().all(|value| offered(&value.said))
}

fn category_of(condition: &str) -> String {
    let found = RULESET.names().by_id(condition).unwrap();
    RULESET.condition(found.condition).category.to_string()
}

impl Answers {
    /// The conditions of categories that were answered.
    fn told(&self) -> impl Iterator<Item = (&String, &ConditionRequest)> {
        self.conditions.iter().filter(|(id, _)| self.answered.contains(&category_of(id)))
    }

    /// As they stand on a form; what it does not ask is left out.
    fn on(&self, form: &IntakeForm) -> Vec<Given> {
        let mut all = Vec::new();
        for category in &self.answered {
            let Some((link_id, offered)) = question(form, category) else { continue };
            let mut chosen: Vec<Said> = self
                .told()
                .filter(|(id, _)| category_of(id) == *category && offered.contains(*id))
                .map(|(id, _)| Said::Text(id.clone()))
                .collect();
            if chosen.is_empty() {
                chosen.push(Said::Text("none".to_owned()));
            }
            all.push(given(link_id, chosen));
        }
        for (id, condition) in self.told() {
            let facts = [
                ("phase", condition.phase.as_ref().map(word)),
                ("control", condition.control.as_ref().map(word)),
                ("severity", condition.severity.as_ref().map(word)),
                ("bodyRegion", condition.body_region.as_ref().map(word)),
                ("onset", condition.onset.as_ref().map(word)),
                ("resolved", condition.resolved.as_ref().map(word)),
                ("clearance", self.cleared.get(id).map(|(by, _)| word(by))),
                ("clearanceDate", self.cleared.get(id).map(|(_, date)| word(date))),
            ];
            all.extend(
                facts.into_iter().filter_map(|(name, said)| Some(given(format!("condition.{id}.{name}"), [said?]))),
            );
        }
        let client = &self.client;
        all.extend(client.age.map(|age| given("client.age", [Said::Number(f64::from(age))])));
        all.extend(
            client.pregnancy_weeks.map(|weeks| given("client.pregnancyWeeks", [Said::Number(f64::from(weeks))])),
        );
        all.extend(client.activity_level.as_ref().map(|level| given("client.activityLevel", [word(level)])));
        all.extend(client.first_session.map(|first| given("client.firstSession", [Said::Flag(first)])));
        let asked: BTreeSet<&str> = form.items().map(|item| item.link_id.as_str()).collect();
        all.retain(|given| asked.contains(given.link_id.as_str()));
        all.retain(|given| can_be_said(form, given));
        all
    }

    /// The same as a request, made without the form: what no rule reads is left in.
    fn as_request(&self) -> ScreeningRequest {
        let client = ClientRequest { sex: None, ..self.client.clone() };
        let clearance = |(id, (by, date)): (&String, &(ClearedBy, jiff::civil::Date))| ClearanceRequest {
            condition: id.clone(),
            by: *by,
            date: *date,
        };
        ScreeningRequest {
            session: self.session.clone(),
            client: Some(client),
            intake: Intake::Partial,
            asked: Some(self.answered.iter().cloned().collect()),
            conditions: self.told().map(|(_, condition)| condition.clone()).collect(),
            clearances: Some(
                self.cleared.iter().filter(|(id, _)| self.told().any(|(told, _)| told == *id)).map(clearance).collect(),
            ),
        }
    }
}

fn categories() -> Vec<String> {
    RULESET.categories().iter().map(|category| category.id.to_string()).collect()
}

fn any_answers() -> impl Strategy<Value = Answers> {
    let clearance = (
        select(vec![ClearedBy::Client, ClearedBy::Therapist, ClearedBy::Physician, ClearedBy::Specialist]),
        0..200_i64,
    );
    let categories = categories();
    let answered = prop_oneof![
        1 => Just(categories.clone().into_iter().collect::<BTreeSet<_>>()),
        1 => prop::collection::btree_set(select(categories.clone()), 0..categories.len()),
    ];
    (
        any_session(),
        any_client(),
        answered,
        prop::collection::vec((any_condition(), option::weighted(0.4, clearance)), 0..5),
    )
        .prop_map(|(session, client, answered, picked)| {
            let mut answers =
                Answers { session, client, answered, conditions: BTreeMap::new(), cleared: BTreeMap::new() };
            for (condition, cleared) in picked {
                let id = condition.id.clone().unwrap();
                if let Some((by, days)) = cleared {
                    use jiff::ToSpan as _;
                    answers.cleared.insert(id.clone(), (by, TODAY.checked_sub(days.days()).unwrap()));
                }
                // With an end date, a beginning that no question asks for would say whether that end still counts.
                let onset = condition.onset.filter(|_| asks(&id, "onset"));
                let resolved = condition.resolved.filter(|_| asks(&id, "resolved"));
                answers.conditions.insert(id, ConditionRequest { state: None, onset, resolved, ..condition });
            }
            answers
        })
}

fn asks(id: &str, fact: &str) -> bool {
    let link_id = format!("condition.{id}.{fact}");
    form(None).items().any(|item| item.link_id == link_id)
}

/// Whether a place is told that is not within the one where the condition always lies.
fn is_elsewhere(id: &str, told: Option<&str>) -> bool {
    let own = RULESET.condition(RULESET.names().by_id(id).unwrap().condition).place.as_ref();
    let told = told.and_then(|told| RULESET.regions().iter().find(|region| region.id.as_str() == told));
    own.zip(told).is_some_and(|(own, told)| !told.set.within(own.set))
}

fn screened(given: &[Given], session: &SessionRequest) -> Screening {
    answer(&read_answers(&RULESET, form, given, session.clone()).unwrap().request)
}

/// What of a screening does not depend on the order in which conditions are listed, nor on facts that no rule reads.
fn essence(screening: &Screening) -> (Verdict, BTreeSet<String>, String) {
    let reasons = screening.reasons.iter().map(|reason| {
        format!(
            "{} {:?} {:?} {:?} {:?}",
            reason.rule_id, reason.effect, reason.certainty, reason.condition, reason.eligible_from
        )
    });
    let rest = serde_json::to_string(&(
        &screening.action,
        screening.settled,
        &screening.range,
        &screening.requirements,
        screening.eligible_from,
        &screening.alternatives,
        &screening.coverage.not_asked,
    ));
    (screening.verdict, reasons.collect(), rest.unwrap())
}

proptest! {
    #![proptest_config(law(200))]

    #[test]
    fn the_answers_of_a_form_screen_as_the_request_that_says_the_same(answers in any_answers()) {
        let by_form = screened(&answers.on(&form(None)), &answers.session);
        prop_assert_eq!(essence(&by_form), essence(&answer(&answers.as_request())));
    }

    #[test]
    fn a_form_that_is_answered_in_full_is_a_complete_intake(mut answers in any_answers()) {
        answers.answered = categories().into_iter().collect();
        let by_form = screened(&answers.on(&form(None)), &answers.session);
        let complete = ScreeningRequest { intake: Intake::Complete, asked: None, ..answers.as_request() };
        prop_assert_eq!(essence(&by_form), essence(&answer(&complete)));
        prop_assert!(by_form.coverage.not_asked.is_empty());
    }

    #[test]
    fn g1_a_category_that_is_not_answered_never_allows_where_an_answer_would_not(
        answers in any_answers(), which in any::<prop::sample::Index>(),
    ) {
        let told = screened(&answers.on(&form(None)), &answers.session).verdict;
        let mut silent = answers.clone();
        let category = which.get(&categories()).clone();
        silent.answered.remove(&category);
        let untold = screened(&silent.on(&form(None)), &silent.session);
        if told > Verdict::Allow {
            prop_assert!(untold.verdict > Verdict::Allow);
        }
    }

    #[test]
    fn g1_a_follow_up_that_is_not_answered_never_allows_where_its_answer_would_not(
        answers in any_answers(), which in any::<prop::sample::Index>(),
    ) {
        let all = answers.on(&form(None));
        let told = screened(&all, &answers.session).verdict;
        // An end counts or not by its beginning and by the phase: those are not silence alone.
        let ended: BTreeSet<&String> = answers
            .told()
            .filter(|(_, condition)| condition.resolved.is_some() || condition.phase == Some(Phase::Resolved))
            .map(|(id, _)| id)
            .collect();
        let of_an_end = |link_id: &str| ended.iter().any(|id| {
            ["phase", "resolved", "onset"].iter().any(|name| link_id == format!("condition.{id}.{name}"))
        });
        // Where no place is told, the vocabulary says it: a client who tells another says more than an answer to silence.
        let elsewhere: BTreeSet<String> = answers
            .told()
            .filter(|(id, condition)| is_elsewhere(id, condition.body_region.as_deref()))
            .map(|(id, _)| format!("condition.{id}.bodyRegion"))
            .collect();
        let further: Vec<usize> = all
            .iter()
            .enumerate()
            .filter(|(_, given)| given.link_id.starts_with("condition.") || given.link_id.starts_with("client."))
            .filter(|(_, given)| !of_an_end(&given.link_id) && !elsewhere.contains(&given.link_id))
            // Weeks of pregnancy tell of a pregnancy that need not be told otherwise.
            .filter(|(_, given)| given.link_id != "client.pregnancyWeeks")
            .map(|(at, _)| at)
            .collect();
        if let Some(at) = (!further.is_empty()).then(|| *which.get(&further)) {
            let mut fewer = all;
            fewer.remove(at);
            if told > Verdict::Allow {
                prop_assert!(screened(&fewer, &answers.session).verdict > Verdict::Allow);
            }
        }
    }

    #[test]
    fn a_form_for_one_massage_type_gives_the_verdict_that_the_whole_one_gives(mut answers in any_answers()) {
        let number = RULESET.names().massage_type(&answers.session.massage_type);
        let short = form(number);
        answers.answered = categories().into_iter().collect();
        answers.conditions.retain(|id, _| question(&short, &category_of(id)).is_some_and(|(_, offered)| offered.contains(id)));
        let by_short = screened(&answers.on(&short), &answers.session);
        let by_whole = screened(&answers.on(&form(None)), &answers.session);
        prop_assert_eq!(by_short.verdict, by_whole.verdict);
        prop_assert_eq!(&by_short.requirements, &by_whole.requirements);
        prop_assert!(by_short.coverage.not_asked.is_empty());
    }
}

#[test]
fn g1_a_form_for_another_massage_type_has_asked_only_what_it_offers() {
    let types = RULESET.massage_types();
    let mut short = 0;
    for (booked, kind) in types.iter().enumerate() {
        for answered in 0..types.len() {
            let (needed, offered) = (form(Some(booked)), form(Some(answered)));
            let none = |category: &String| {
                question(&offered, category).map(|(link_id, _)| given(link_id, [Said::Text("none".to_owned())]))
            };
            let all: Vec<Given> = categories().iter().filter_map(none).collect();
            let session = SessionRequest { massage_type: kind.id.to_string(), ..SessionRequest::default() };
            let asked = read_answers(&RULESET, form, &all, session).unwrap().request.asked.unwrap();
            for category in categories() {
                let of = |form: &IntakeForm| question(form, &category).map(|(_, offered)| offered).unwrap_or_default();
                let in_full = of(&needed).is_subset(&of(&offered));
                assert_eq!(asked.contains(&category), in_full, "{category}: {booked} by the form of {answered}");
                short += usize::from(!in_full);
            }
        }
    }
    assert!(short > 0);
}
