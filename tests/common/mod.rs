//! What several test programs share: the shipped ruleset, and requests made up by chance from its own vocabulary.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its input fails")]

use std::sync::{Arc, LazyLock};

use jiff::ToSpan;
use jiff::civil::{Date, date};
use kneadsafe::model::{
    ActivityLevel, ClearanceRequest, ClearedBy, ClientRequest, ConditionRequest, Control, Intake, Phase, Pressure,
    Screening, ScreeningRequest, SessionRequest, Severity, Sex, State,
};
use kneadsafe::ruleset::{Facts, Ruleset, Rulesets};
use kneadsafe::screening::screen;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::select;

/// The newest release that the program carries.
pub(crate) static RULESET: LazyLock<Arc<Ruleset>> =
    LazyLock::new(|| Rulesets::embedded().unwrap().find("latest").unwrap().clone());

/// The day of every session that is made up.
pub(crate) const TODAY: Date = date(2026, 11, 28);

/// Screens a request against the shipped ruleset.
pub(crate) fn answer(request: &ScreeningRequest) -> Screening {
    screen(&RULESET, &Facts::read(&RULESET, request, TODAY).unwrap())
}

fn ids<T>(things: &[T], id: impl Fn(&T) -> String) -> Vec<String> {
    things.iter().map(id).collect()
}

/// The ids of every condition that a client can name.
pub(crate) fn condition_ids() -> Vec<String> {
    RULESET
        .conditions()
        .iter()
        .filter(|condition| !condition.document.heading)
        .map(|condition| condition.id.to_string())
        .collect()
}

fn region_ids() -> Vec<String> {
    ids(RULESET.regions(), |region| region.id.to_string())
}

fn any_day() -> impl Strategy<Value = Date> {
    prop_oneof![4 => -3..40_i32, 1 => 40..900_i32].prop_map(|days| TODAY.checked_sub(days.days()).unwrap())
}

/// One condition of the ruleset with any facts.
pub(crate) fn any_condition() -> impl Strategy<Value = ConditionRequest> {
    (
        select(condition_ids()),
        option::weighted(0.2, select(vec![State::Present, State::Unknown, State::Absent])),
        option::weighted(0.5, select(Phase::ALL.to_vec())),
        option::weighted(0.3, select(Control::ALL.to_vec())),
        option::weighted(0.4, select(Severity::ALL.to_vec())),
        option::weighted(0.4, select(region_ids())),
        option::weighted(0.4, any_day()),
        option::weighted(0.3, any_day()),
    )
        .prop_map(|(id, state, phase, control, severity, body_region, onset, resolved)| ConditionRequest {
            id: Some(id),
            state,
            phase,
            control,
            severity,
            body_region,
            onset,
            resolved,
            ..ConditionRequest::default()
        })
}

/// Any session of the catalogue.
pub(crate) fn any_session() -> impl Strategy<Value = SessionRequest> {
    let types = ids(RULESET.massage_types(), |kind| kind.id.to_string());
    let techniques = ids(RULESET.techniques(), |technique| technique.id.to_string());
    let mut products = ids(RULESET.products(), |product| product.id.to_string());
    products.push("grandmother's salve".to_owned());
    (
        select(types),
        option::of(select(Pressure::ALL.to_vec())),
        option::of(prop::collection::vec(select(region_ids()), 1..4)),
        option::of(15..180_u16),
        option::of(prop::collection::vec(select(products), 0..3)),
        option::weighted(0.2, prop::collection::vec(select(techniques), 0..3)),
    )
        .prop_map(|(massage_type, pressure, body_regions, duration_minutes, products, techniques)| {
            SessionRequest {
                massage_type,
                pressure,
                body_regions,
                date: Some(TODAY),
                duration_minutes,
                products,
                techniques,
            }
        })
}

/// Any client.
pub(crate) fn any_client() -> impl Strategy<Value = ClientRequest> {
    (
        option::of(0..100_u16),
        option::of(select(vec![Sex::Female, Sex::Male, Sex::Other])),
        option::weighted(0.15, 0..43_u16),
        option::of(select(vec![
            ActivityLevel::Sedentary,
            ActivityLevel::Moderate,
            ActivityLevel::Active,
            ActivityLevel::Athlete,
            ActivityLevel::PhysicalLabour,
        ])),
        option::of(any::<bool>()),
    )
        .prop_map(|(age, sex, pregnancy_weeks, activity_level, first_session)| ClientRequest {
            age,
            sex,
            pregnancy_weeks,
            activity_level,
            first_session,
        })
}

/// The categories asked of: often not told, else a few, nearly all, or all of them.
fn any_asked() -> impl Strategy<Value = Option<Vec<String>>> {
    let all = ids(RULESET.categories(), |category| category.id.to_string());
    let number = all.len();
    option::of(prop_oneof![
        prop::sample::subsequence(all.clone(), 0..number),
        prop::sample::subsequence(all.clone(), number - 2..=number),
        Just(all),
    ])
}

/// Any request; clearances are mostly about conditions that the client has.
pub(crate) fn any_request() -> impl Strategy<Value = ScreeningRequest> {
    let clearance = (
        any::<prop::sample::Index>(),
        select(vec![ClearedBy::Client, ClearedBy::Therapist, ClearedBy::Physician, ClearedBy::Specialist]),
        any_day(),
        select(condition_ids()),
        prop::bool::weighted(0.8),
    );
    (
        any_session(),
        option::weighted(0.8, any_client()),
        prop::bool::weighted(0.85),
        prop::collection::vec(any_condition(), 0..5),
        prop::collection::vec(clearance, 0..3),
        any_asked(),
    )
        .prop_map(|(session, client, complete, conditions, clearances, asked)| {
            let clearances = clearances
                .into_iter()
                .map(|(which, by, date, stranger, own)| {
                    let condition = if own && !conditions.is_empty() {
                        which.get(&conditions).id.clone().unwrap()
                    } else {
                        stranger
                    };
                    ClearanceRequest { condition, by, date }
                })
                .collect();
            ScreeningRequest {
                session,
                client,
                intake: if complete { Intake::Complete } else { Intake::Partial },
                conditions,
                clearances: Some(clearances),
                asked,
            }
        })
}
