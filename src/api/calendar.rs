//! `POST /v1/screenings/matrix`: one client, many massage types and many days.

use actix_web::post;
use actix_web::web::{Data, block};

use crate::model::{Calendar, CalendarDatesRequest, CalendarRequest, CalendarSessionRequest, Language};
use crate::screening::CalendarPage;

use super::body::{Body, RequestBody, Shape};
use super::language::{Accepted, LanguageHeader};
use super::many::{ManyAnswer, ManyFigures, VerdictCounts, unfinished};
use super::pin::{Pin, PinHeaders, PinQuery};
use super::problem::{Problem, ProblemResponses};
use super::screenings::{is_client_in_bounds, is_condition_in_bounds, is_short};
use super::server::Service;

const MOST_TYPES: usize = 50;
const MOST_DAYS: usize = 90;

/// Screen a calendar page
///
/// Which massage can this client have on which day? Every massage type on every day, each cell as `POST /v1/screenings` answers
/// it for that type and day, and for each type the first day on which time alone makes the verdict milder. What is told of the client
/// is as on the earliest day asked; weeks of pregnancy are counted on from there, and where the day within the week matters, the
/// stricter verdict stands. Screen the session that is chosen before it is confirmed. Massage types by days by
/// conditions and clearances may come to 90,000: a whole page of 50 types and 90 days has room for 20. Nothing of the request is stored or logged.
#[utoipa::path(
    tag = "screenings",
    params(PinQuery, PinHeaders, LanguageHeader),
    request_body(content = CalendarRequest, content_type = "application/json"),
    responses(
        (
            status = 200, description = "A row for each massage type, with a verdict for each day", body = Calendar,
            content_type = "application/json",
            headers(
                ("Ruleset-Version" = String, description = "The version of the ruleset that answered"),
                ("Ruleset-Digest" = String, description = "The digest of the ruleset that answered"),
                ("Content-Language" = Language, description = "The language of the prose"),
                ("X-Request-Id" = String, description = "The request's name, yours or a new one"),
            )
        ),
        ProblemResponses,
    )
)]
#[post("/v1/screenings/matrix")]
pub(crate) async fn screen_calendar(
    service: Data<Service>,
    pin: Pin,
    accepted: Accepted,
    body: Body,
) -> Result<ManyAnswer<Calendar>, Problem> {
    let ruleset = pin.choose(&service.rulesets)?.clone();
    let language = accepted.choose(&ruleset);
    block(move || {
        let request: CalendarRequest = body.decode(&service.calendar_schema, &ruleset)?;
        let page = CalendarPage::read(&ruleset, &request).map_err(Problem::invalid)?;
        let screened = service.turns.map(&page.cells(), |cell| page.screen(&ruleset, *cell));
        let calendar = page.answer(&ruleset, &screened, language);
        let mut counts = VerdictCounts::default();
        for day in calendar.massage_types.iter().flat_map(|row| &row.days) {
            counts.count(Some(day.verdict));
        }
        let stamp = calendar.ruleset.clone();
        let figures = ManyFigures { counts, ruleset: stamp.version.clone(), clients: false };
        Ok(ManyAnswer { body: calendar, language, stamp, figures })
    })
    .await
    .map_err(|_| unfinished())?
}

impl RequestBody for CalendarRequest {
    const SCHEMA: &'static str = "CalendarRequest";

    fn is_surely_in_bounds(&self) -> bool {
        let types = self.massage_types.as_ref();
        self.session.as_ref().is_none_or(is_session_in_bounds)
            && types.is_none_or(|types| (1..=MOST_TYPES).contains(&types.len()))
            && types.into_iter().flatten().all(|name| is_short(name, 120))
            && (1..=MOST_DAYS).contains(&self.dates.len())
            && is_client_in_bounds(self.client.as_ref())
            && self.asked.as_ref().is_none_or(|asked| asked.len() <= 50)
            && self.conditions.len() <= 200
            && self.conditions.iter().all(is_condition_in_bounds)
            && self.clearances.as_ref().is_none_or(|clearances| {
                clearances.len() <= 200 && clearances.iter().all(|clearance| is_short(&clearance.condition, 120))
            })
    }

    fn shape(&self) -> Shape {
        let codes = self.conditions.iter().filter(|condition| condition.code.is_some()).count();
        let run = matches!(self.dates, CalendarDatesRequest::Consecutive(_));
        let lists = self.session.iter().flat_map(lists).flatten().count();
        // The request itself, its days and its conditions are always there.
        Shape {
            objects: 1
                + usize::from(self.session.is_some())
                + usize::from(run)
                + usize::from(self.client.is_some())
                + self.conditions.len()
                + codes
                + self.clearances.as_ref().map_or(0, Vec::len),
            arrays: 1
                + lists
                + usize::from(!run)
                + usize::from(self.massage_types.is_some())
                + usize::from(self.asked.is_some())
                + usize::from(self.clearances.is_some()),
        }
    }
}

fn lists(session: &CalendarSessionRequest) -> [&Option<Vec<String>>; 3] {
    [&session.body_regions, &session.products, &session.techniques]
}

fn is_session_in_bounds(session: &CalendarSessionRequest) -> bool {
    session.duration_minutes.is_none_or(|minutes| matches!(minutes, 1..=600))
        && session.body_regions.as_ref().is_none_or(|regions| !regions.is_empty())
        && lists(session).into_iter().flatten().all(|list| list.len() <= 50)
        && lists(session).into_iter().flatten().flatten().all(|name| is_short(name, 120))
}
