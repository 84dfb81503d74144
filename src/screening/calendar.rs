//! A calendar page: every massage type on every day, each cell screened as if it had been asked for alone.

use std::collections::BTreeSet;

use jiff::civil::Date;

use crate::model::{
    Action, Calendar, CalendarDay, CalendarRequest, CalendarRow, Fault, Language, MassageTypeId, Pressure,
    ScreeningRequest, SessionRequest, Verdict,
};
use crate::ruleset::{Facts, Ruleset};

use super::{screen, verdict};

/// The longest pregnancy that a request can tell of, in weeks.
const MOST_WEEKS: u16 = 45;

/// How much one page may take: cells by what is told of the client. A whole page of 50 types and 90 days has room for 20.
const MOST_WORK: usize = 50 * 90 * 20;

/// A calendar page that can be screened, cell by cell and in any order.
#[derive(Debug)]
pub struct CalendarPage {
    /// The request of the first cell; of the others massage type and day differ.
    request: ScreeningRequest,
    kinds: Vec<(MassageTypeId, Pressure)>,
    days: Vec<Date>,
    earliest: Date,
    first: Facts,
    /// Whether every day is like the first.
    timeless: bool,
}

/// One massage type on one day, by their places in the request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CalendarCell {
    kind: usize,
    date: Date,
}

/// What a cell comes to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScreenedCell {
    cell: CalendarCell,
    verdict: Verdict,
    action: Action,
    eligible_from: Option<Date>,
    not_asked: Vec<String>,
}

impl ScreenedCell {
    /// A cell of which nothing can be said, so that nobody books it.
    fn held(cell: CalendarCell) -> Self {
        Self { cell, verdict: Verdict::Deny, action: Action::Reject, eligible_from: None, not_asked: Vec::new() }
    }
}

impl CalendarPage {
    /// Resolves a request against a ruleset.
    ///
    /// # Errors
    /// Every fault at once, as [`Facts::read`] lists them, and massage types and days that do not exist; then, a page that would
    /// take too long.
    pub fn read(ruleset: &Ruleset, request: &CalendarRequest) -> Result<Self, Vec<Fault>> {
        let mut faults = Vec::new();
        let kinds = kinds(ruleset, request, &mut faults);
        let days = request.dates.days().unwrap_or_default();
        if days.is_empty() {
            faults.push(Fault::new(
                "/dates",
                "out-of-range",
                "must be 1 or more days, none of them after the year 9999",
            ));
        }
        let earliest = days.iter().copied().min().unwrap_or_default();
        let request = of_one_session(ruleset, request, earliest);
        match Facts::read(ruleset, &request, earliest) {
            Ok(first) if faults.is_empty() => {
                let timeless = is_timeless(&first);
                let page = Self { request, kinds, days, earliest, first, timeless };
                if page.work() > MOST_WORK { Err(vec![too_much()]) } else { Ok(page) }
            }
            first => {
                faults.extend(first.err().unwrap_or_default());
                faults.sort();
                Err(faults)
            }
        }
    }

    fn work(&self) -> usize {
        let clearances = self.request.clearances.as_ref().map_or(0, Vec::len);
        self.cells().len() * (self.request.conditions.len() + clearances)
    }

    /// The cells that have to be screened, so that the whole page is known.
    #[must_use]
    pub fn cells(&self) -> Vec<CalendarCell> {
        let mut days: BTreeSet<Date> = self.days.iter().copied().collect();
        if self.timeless {
            days = BTreeSet::from([self.earliest]);
        }
        let row = |kind| days.iter().map(move |date| CalendarCell { kind, date: *date });
        (0..self.kinds.len()).flat_map(row).collect()
    }

    /// Screens one cell.
    #[must_use]
    pub fn screen(&self, ruleset: &Ruleset, cell: CalendarCell) -> ScreenedCell {
        let screenings = self.facts(ruleset, cell).into_iter().map(|facts| screen(ruleset, &facts));
        let Some(strictest) = screenings.max_by_key(|screening| (screening.verdict, screening.action)) else {
            return ScreenedCell::held(cell);
        };
        // A time that was told in words begins anew on each day: only a day that is milder by itself counts.
        let milder = |date: &Date| {
            let then = self.facts(ruleset, CalendarCell { date: *date, ..cell });
            !then.is_empty() && then.iter().all(|facts| verdict(ruleset, facts) < strictest.verdict)
        };
        ScreenedCell {
            cell,
            verdict: strictest.verdict,
            action: strictest.action,
            eligible_from: strictest.eligible_from.filter(milder),
            not_asked: strictest.coverage.not_asked,
        }
    }

    /// The page, from its screened cells; what is prose of it is in this language.
    #[must_use]
    pub fn answer(&self, ruleset: &Ruleset, screened: &[ScreenedCell], language: Language) -> Calendar {
        let mut coverage = self.first.coverage.clone();
        let not_asked: BTreeSet<&String> = screened.iter().flat_map(|found| &found.not_asked).collect();
        coverage.not_asked = not_asked.into_iter().cloned().collect();
        let rows = self.kinds.iter().enumerate().map(|(number, (massage_type, pressure))| {
            let cells: Vec<&ScreenedCell> = screened.iter().filter(|found| found.cell.kind == number).collect();
            CalendarRow {
                massage_type: massage_type.clone(),
                pressure: *pressure,
                eligible_from: eligible_from(&cells),
                days: self.days.iter().filter_map(|date| self.day(&cells, *date)).collect(),
            }
        });
        Calendar {
            massage_types: rows.collect(),
            coverage,
            disclaimer: ruleset.texts(language).disclaimer(),
            ruleset: ruleset.stamp().clone(),
        }
    }

    fn day(&self, cells: &[&ScreenedCell], date: Date) -> Option<CalendarDay> {
        let wanted = if self.timeless { self.earliest } else { date };
        let found = cells.iter().find(|found| found.cell.date == wanted)?;
        Some(CalendarDay { date, verdict: found.verdict, action: found.action })
    }

    /// What is known on the day of a cell: once more for the other week where it is not sure in which week of pregnancy the day lies.
    fn facts(&self, ruleset: &Ruleset, cell: CalendarCell) -> Vec<Facts> {
        let mut request = self.request.clone();
        request.session.date = Some(cell.date);
        if let Some((kind, _)) = self.kinds.get(cell.kind) {
            request.session.massage_type = kind.to_string();
        }
        let told = self.request.client.as_ref().and_then(|client| client.pregnancy_weeks);
        let weeks: BTreeSet<Option<u16>> = match told {
            None => BTreeSet::from([None]),
            Some(told) => weeks_on(told, (cell.date - self.earliest).get_days()).map(Some).into(),
        };
        let on = |weeks: Option<u16>| {
            if let Some(client) = &mut request.client {
                client.pregnancy_weeks = weeks;
            }
            // A request that could be read for the first day and type can be read for every other.
            Facts::read_again(ruleset, &request, cell.date).ok()
        };
        weeks.into_iter().filter_map(on).collect()
    }
}

fn too_much() -> Fault {
    let detail = format!(
        "massage types by days by conditions and clearances must come to {MOST_WORK} or less; ask for fewer days at a time"
    );
    Fault::new("/dates", "too-much-at-once", detail)
}

/// The completed weeks of pregnancy after some days, at least and at most: the day within the week is not told.
fn weeks_on(told: u16, days_later: i32) -> [u16; 2] {
    let after = |days: i32| told.saturating_add(u16::try_from(days / 7).unwrap_or(0)).min(MOST_WEEKS);
    [after(days_later), after(days_later.saturating_add(6))]
}

/// The massage types asked for, with the pressure of each.
fn kinds(ruleset: &Ruleset, request: &CalendarRequest, faults: &mut Vec<Fault>) -> Vec<(MassageTypeId, Pressure)> {
    let pressure = request.session.as_ref().and_then(|session| session.pressure);
    let all = ruleset.massage_types();
    let numbers: Vec<usize> = match &request.massage_types {
        None => (0..all.len()).collect(),
        Some(asked) => {
            let names = ruleset.names();
            let found = asked.iter().enumerate().filter_map(|(at, name)| {
                let number = names.massage_type(name);
                if number.is_none() {
                    let guesses = names.massage_types_like(name);
                    let pointer = format!("/massageTypes/{at}");
                    let detail = "no massage type has this name";
                    faults.push(Fault::new(pointer, "unknown-massage-type", detail).guessing(guesses));
                }
                number
            });
            found.collect()
        }
    };
    let booked = numbers.into_iter().filter_map(|number| all.get(number));
    booked.map(|kind| (kind.id.clone(), pressure.unwrap_or(kind.usual_pressure))).collect()
}

/// The request of a session of the catalogue's first type on this day.
fn of_one_session(ruleset: &Ruleset, request: &CalendarRequest, date: Date) -> ScreeningRequest {
    let session = request.session.clone().unwrap_or_default();
    ScreeningRequest {
        session: SessionRequest {
            massage_type: ruleset.massage_types().first().map(|kind| kind.id.to_string()).unwrap_or_default(),
            pressure: session.pressure,
            body_regions: session.body_regions,
            date: Some(date),
            duration_minutes: session.duration_minutes,
            products: session.products,
            techniques: session.techniques,
        },
        client: request.client.clone(),
        intake: request.intake,
        asked: request.asked.clone(),
        conditions: request.conditions.clone(),
        clearances: request.clearances.clone(),
    }
}

/// Whether the day of the session cannot matter: it is only ever compared with a day that was told of a condition (in words
/// as well: they end as one), the day of an agreement, or the weeks of a pregnancy.
fn is_timeless(facts: &Facts) -> bool {
    facts.client.pregnancy_weeks.is_none()
        && facts.clearances.is_empty()
        && facts.conditions.iter().all(|fact| fact.onset.is_none() && fact.resolved.is_none())
}

/// The first day that is known to be milder than the earliest: one that its screening names, or one of the page itself.
fn eligible_from(cells: &[&ScreenedCell]) -> Option<Date> {
    let earliest = cells.iter().min_by_key(|found| found.cell.date)?;
    let milder = cells.iter().filter(|found| found.verdict < earliest.verdict).map(|found| found.cell.date);
    milder.chain(earliest.eligible_from).min()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn weeks_of_pregnancy_are_counted_on_and_never_beyond_the_longest() {
        assert_eq!(weeks_on(10, 0), [10, 10]);
        assert_eq!(weeks_on(10, 1), [10, 11]);
        assert_eq!(weeks_on(10, 7), [11, 11]);
        assert_eq!(weeks_on(10, 89), [22, 23]);
        assert_eq!(weeks_on(44, 60), [45, 45]);
    }
}
