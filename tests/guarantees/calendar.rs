//! Laws of the calendar: each cell is what its own screening says.

use jiff::ToSpan;
use jiff::civil::Date;
use kneadsafe::model::{
    Action, Calendar, CalendarDatesRequest, CalendarRequest, CalendarSessionRequest, ConditionRequest, DayRequest,
    Language, ListedDaysRequest, ScreeningRequest, Verdict,
};
use kneadsafe::screening::CalendarPage;
use proptest::prelude::*;
use proptest::sample::{select, subsequence};

use crate::common::{RULESET, TODAY, answer, any_request};
use crate::law::law;

fn calendar(request: &CalendarRequest) -> Calendar {
    let page = CalendarPage::read(&RULESET, request).unwrap();
    let screened: Vec<_> = page.cells().into_iter().map(|cell| page.screen(&RULESET, cell)).collect();
    page.answer(&RULESET, &screened, Language::En)
}

/// Times as clients tell them, which move with the day of the session.
fn any_words() -> impl Strategy<Value = ConditionRequest> {
    select(vec![
        "broken leg three weeks ago",
        "knee surgery 10 days ago",
        "sprained ankle in 2026",
        "flu last week",
        "stroke two months ago",
        "no history of clots",
        "zqx wvvk something that nobody knows",
        "hypertention",
    ])
    .prop_map(|text| ConditionRequest { text: Some(text.to_owned()), ..ConditionRequest::default() })
}

fn any_days() -> impl Strategy<Value = Vec<Date>> {
    prop::collection::vec((-10..120_i32).prop_map(|days| TODAY.checked_add(days.days()).unwrap()), 1..5)
}

fn any_types() -> impl Strategy<Value = Vec<String>> {
    let types: Vec<String> = RULESET.massage_types().iter().map(|kind| kind.id.to_string()).collect();
    subsequence(types, 1..4).prop_shuffle()
}

fn page_of(request: &ScreeningRequest, types: &[String], days: &[Date]) -> CalendarRequest {
    let session = request.session.clone();
    CalendarRequest {
        session: Some(CalendarSessionRequest {
            pressure: session.pressure,
            body_regions: session.body_regions,
            duration_minutes: session.duration_minutes,
            products: session.products,
            techniques: session.techniques,
        }),
        massage_types: Some(types.to_vec()),
        dates: CalendarDatesRequest::Listed(ListedDaysRequest(days.iter().copied().map(DayRequest).collect())),
        client: request.client.clone(),
        intake: request.intake,
        asked: request.asked.clone(),
        conditions: request.conditions.clone(),
        clearances: request.clearances.clone(),
    }
}

/// The strictest screening of this type on this day, over the weeks of pregnancy that it can be by then.
fn alone(request: &ScreeningRequest, massage_type: &str, date: Date, earliest: Date) -> (Verdict, Action) {
    let days = (date - earliest).get_days();
    [days / 7, (days + 6) / 7]
        .into_iter()
        .map(|weeks_later| {
            let mut request = request.clone();
            massage_type.clone_into(&mut request.session.massage_type);
            request.session.date = Some(date);
            if let Some(weeks) = request.client.as_mut().and_then(|client| client.pregnancy_weeks.as_mut()) {
                *weeks = (*weeks + u16::try_from(weeks_later).unwrap()).min(45);
            }
            let screening = answer(&request);
            (screening.verdict, screening.action)
        })
        .max()
        .unwrap()
}

proptest! {
    #![proptest_config(law(150))]

    #[test]
    fn each_cell_of_a_calendar_is_what_its_own_screening_says(
        request in any_request(),
        words in prop::collection::vec(any_words(), 0..2),
        dated in any::<bool>(),
        (types, days) in (any_types(), any_days()),
    ) {
        let mut request = request;
        request.conditions.extend(words);
        if !dated {
            request.clearances = None;
            for condition in &mut request.conditions {
                (condition.onset, condition.resolved) = (None, None);
            }
        }
        let page = calendar(&page_of(&request, &types, &days));
        let earliest = days.iter().copied().min().unwrap();
        prop_assert_eq!(page.massage_types.len(), types.len());
        for (row, massage_type) in page.massage_types.iter().zip(&types) {
            prop_assert_eq!(row.massage_type.as_str(), massage_type);
            let dates: Vec<Date> = row.days.iter().map(|day| day.date).collect();
            prop_assert_eq!(&dates, &days);
            for day in &row.days {
                let expected = alone(&request, massage_type, day.date, earliest);
                prop_assert_eq!((day.verdict, day.action), expected, "{} on {}", massage_type, day.date);
            }
        }
    }

    #[test]
    fn eligible_from_is_milder_than_the_earliest_day_and_no_milder_day_of_the_calendar_lies_before_it(
        request in any_request(),
        words in prop::collection::vec(any_words(), 0..2),
        (types, days) in (any_types(), any_days()),
    ) {
        let mut request = request;
        request.conditions.extend(words);
        let earliest = days.iter().copied().min().unwrap();
        for row in calendar(&page_of(&request, &types, &days)).massage_types {
            let massage_type = row.massage_type.as_str();
            let (first, _) = alone(&request, massage_type, earliest, earliest);
            if let Some(date) = row.eligible_from {
                prop_assert!(date > earliest);
                prop_assert!(alone(&request, massage_type, date, earliest).0 < first);
            }
            for day in row.days.iter().filter(|day| day.verdict < first) {
                prop_assert!(row.eligible_from.is_some_and(|date| date <= day.date));
            }
        }
    }
}
