//! Dates as FHIR writes them: a year, a month, a day or an instant, and what days that can be.

use jiff::ToSpan;
use jiff::civil::{Date, date};

/// The days that a date can mean; the first and the last are the same where the day is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Days {
    /// The first of them.
    pub first: Date,
    /// The last of them.
    pub last: Date,
}

impl Days {
    /// Reads a date or an instant; the time of day and what stands behind it are not looked at. `None` where there is no
    /// such day.
    #[must_use]
    pub fn read(text: &str) -> Option<Self> {
        let text = text.trim().split(['T', ' ']).next()?;
        let mut parts = text.split('-');
        let year = number(parts.next()?, 4)?;
        let month = parts.next().map(|part| number(part, 2)).map_or(Some(None), |part| part.map(Some))?;
        let day = parts.next().map(|part| number(part, 2)).map_or(Some(None), |part| part.map(Some))?;
        if parts.next().is_some() {
            return None;
        }
        let month = month.map(i8::try_from).transpose().ok()?;
        let day = day.map(i8::try_from).transpose().ok()?;
        match (month, day) {
            (None, _) => Some(Self { first: Date::new(year, 1, 1).ok()?, last: date(year, 12, 31) }),
            (Some(month), None) => {
                let first = Date::new(year, month, 1).ok()?;
                Some(Self { first, last: first.last_of_month() })
            }
            (Some(month), Some(day)) => Date::new(year, month, day).ok().map(Self::from),
        }
    }

    /// The days a span of so many years, give or take what is left out, after these.
    #[must_use]
    pub fn years_later(self, years: u16) -> Option<Self> {
        let first = self.first.checked_add(i64::from(years).years()).ok()?;
        let last = self.last.checked_add((i64::from(years) + 1).years()).ok()?.checked_sub(1.day()).ok()?;
        Some(Self { first, last })
    }
}

impl From<Date> for Days {
    fn from(day: Date) -> Self {
        Self { first: day, last: day }
    }
}

fn number(text: &str, digits: usize) -> Option<i16> {
    let shaped = text.len() == digits && text.bytes().all(|byte| byte.is_ascii_digit());
    if shaped { text.parse().ok() } else { None }
}

/// How many days lie between two dates; negative where the second comes first.
#[must_use]
pub fn days_between(from: Date, to: Date) -> i32 {
    // A span between civil dates is in days unless something else is asked for.
    (to - from).get_days()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_means_every_day_that_it_leaves_open() {
        let read = |text: &str| Days::read(text).map(|days| (days.first.to_string(), days.last.to_string()));
        let span = |first: &str, last: &str| Some((first.to_owned(), last.to_owned()));
        assert_eq!(read("2015"), span("2015-01-01", "2015-12-31"));
        assert_eq!(read("2016-02"), span("2016-02-01", "2016-02-29"));
        assert_eq!(read("2026-11-20"), span("2026-11-20", "2026-11-20"));
        assert_eq!(read("2019-08-10T09:10:00:00-06:00"), span("2019-08-10", "2019-08-10"));
        for bad in ["", "soon", "2026-13", "2026-02-30", "26-02-03", "2026-1-1", "2026-01-01-01"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn an_age_leaves_a_year_open() {
        let born = Days::read("1980-05-10").unwrap();
        let then = born.years_later(40).unwrap();
        assert_eq!((then.first.to_string(), then.last.to_string()), ("2020-05-10".into(), "2021-05-09".into()));
    }
}
