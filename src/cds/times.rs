//! Times as senders write them: read for the day and the minute, moved by whole days without touching the rest.

use std::ops::Range;

use jiff::Span;
use jiff::civil::Date;

/// A day, and a time of that day where one is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Moment {
    pub(super) date: Date,
    /// Minutes since midnight, as the sender's clock shows them.
    minute: Option<i32>,
    /// The clock's distance from UTC in minutes, where it is told.
    offset: Option<i32>,
}

/// The day stands in the first ten bytes.
const DAY: Range<usize> = 0..10;

fn day(text: &str) -> Option<Date> {
    let written = text.get(DAY)?;
    let shaped = written
        .bytes()
        .enumerate()
        .all(|(at, byte)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() });
    if shaped { written.parse().ok() } else { None }
}

fn hours_and_minutes(text: &str) -> Option<i32> {
    let number = |range: Range<usize>| text.get(range)?.parse::<i32>().ok();
    let (hours, minutes) = (number(0..2)?, number(3..5)?);
    let sound = text.get(2..3) == Some(":") && (0..24).contains(&hours) && (0..60).contains(&minutes);
    sound.then_some(hours * 60 + minutes)
}

impl Moment {
    /// Reads a date or time; of an odd one as much as stands there. A year or month alone is no day.
    pub(super) fn read(text: &str) -> Option<Self> {
        let text = text.trim();
        let date = day(text)?;
        let time = text.get(11..).filter(|_| text.get(10..11).is_some_and(|mark| matches!(mark, "T" | "t" | " ")));
        let minute = time.and_then(hours_and_minutes);
        let offset = time.and_then(|time| {
            if time.ends_with(['Z', 'z']) {
                return Some(0);
            }
            let sign = time.rfind(['+', '-'])?;
            let distance = hours_and_minutes(time.get(sign + 1..)?)?;
            Some(if time.get(sign..=sign) == Some("-") { -distance } else { distance })
        });
        Some(Self { date, minute, offset })
    }
}

/// The whole minutes from one moment to another; `None` where it cannot be told.
pub(super) fn minutes_between(start: Moment, end: Moment) -> Option<u16> {
    let days = (end.date - start.date).get_days();
    let clock = end.minute? - start.minute?;
    let offsets = match (start.offset, end.offset) {
        (Some(start), Some(end)) => start - end,
        (None, None) => 0,
        _ => return None,
    };
    u16::try_from(days.checked_mul(24 * 60)?.checked_add(clock + offsets)?).ok()
}

/// The same text so many days later; `None` where it begins with no day.
pub(super) fn moved(text: &str, days: i32) -> Option<String> {
    let date = day(text)?.checked_add(Span::new().try_days(days).ok()?).ok()?;
    let rest = text.get(DAY.end..)?;
    Some(format!("{date}{rest}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minutes(start: &str, end: &str) -> Option<u16> {
        minutes_between(Moment::read(start)?, Moment::read(end)?)
    }

    #[test]
    fn odd_times_are_read_as_far_as_they_go() {
        assert_eq!(minutes("2019-08-10T09:00:00-06:00", "2019-08-10T09:10:00:00-06:00"), Some(10));
        assert_eq!(minutes("2026-11-28T23:30:00Z", "2026-11-29T00:30:00Z"), Some(60));
        assert_eq!(minutes("2026-11-28T10:00:00+01:00", "2026-11-28T10:00:00Z"), Some(60));
        assert_eq!(minutes("2026-11-28T10:00", "2026-11-28T11:30"), Some(90));
        assert_eq!(minutes("2026-11-28", "2026-11-28T11:30:00Z"), None);
        assert_eq!(minutes("2026-11-28T11:00:00Z", "2026-11-28T10:00:00Z"), None);
        for bad in ["2026-11", "28.11.2026", "tomorrow", "", "2026-02-30", "é026-11-28"] {
            assert_eq!(Moment::read(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_moved_time_keeps_its_clock() {
        assert_eq!(moved("2026-12-30T10:00:00.000-06:00", 3).unwrap(), "2027-01-02T10:00:00.000-06:00");
        assert_eq!(moved("soon", 3), None);
    }
}
