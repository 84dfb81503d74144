//! Reading numbers and dates as JSON means them: `43.0` is a whole number, a date is `YYYY-MM-DD` and nothing longer.

use jiff::civil::Date;
use serde::{Deserialize, Deserializer, de::Error};

/// Reads a whole number that may be written with a fraction of zero, as JSON Schema's `integer` allows.
pub(super) fn whole_number<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    let number = serde_json::Number::deserialize(deserializer)?;
    if let Some(whole) = number.as_i64() {
        return Ok(whole);
    }
    match number.as_f64() {
        #[expect(clippy::cast_possible_truncation, reason = "the fraction is zero and the size is bounded")]
        Some(float) if float.fract() == 0.0 && float.abs() < 1e15 => Ok(float as i64),
        _ => Err(D::Error::custom("not a whole number")),
    }
}

/// An optional whole number of at most 16 bits; `null` reads as not given.
pub(super) fn small<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u16>, D::Error> {
    struct Whole(i64);
    impl<'de> Deserialize<'de> for Whole {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            whole_number(deserializer).map(Whole)
        }
    }
    Option::<Whole>::deserialize(deserializer)?
        .map(|whole| u16::try_from(whole.0).map_err(|_| D::Error::custom("number out of range")))
        .transpose()
}

/// A whole number of at most 16 bits.
pub(super) fn small_required<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u16, D::Error> {
    u16::try_from(whole_number(deserializer)?).map_err(|_| D::Error::custom("number out of range"))
}

fn parse_date(text: &str) -> Option<Date> {
    let shaped = text.len() == 10
        && text
            .bytes()
            .enumerate()
            .all(|(at, byte)| if matches!(at, 4 | 7) { byte == b'-' } else { byte.is_ascii_digit() });
    if shaped { text.parse().ok() } else { None }
}

/// A date.
pub(super) fn date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Date, D::Error> {
    let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
    parse_date(&text).ok_or_else(|| D::Error::custom("not a date of the form YYYY-MM-DD"))
}

/// An optional date; `null` reads as not given.
pub(super) fn optional_date<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Date>, D::Error> {
    struct Day(Date);
    impl<'de> Deserialize<'de> for Day {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            date(deserializer).map(Day)
        }
    }
    Ok(Option::<Day>::deserialize(deserializer)?.map(|day| day.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_date_has_its_long_form_and_exists() {
        assert!(parse_date("2026-11-28").is_some());
        for bad in ["20261128", "2026-11-28T10:00:00", "2026-02-30", "2026-1-1", "tomorrow", "+2026-1-01"] {
            assert!(parse_date(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_fraction_of_zero_is_a_whole_number() {
        let read = |text: &str| whole_number(&mut serde_json::Deserializer::from_str(text)).ok();
        assert_eq!(read("43.0"), Some(43));
        assert_eq!(read("43"), Some(43));
        assert_eq!(read("43.5"), None);
        assert_eq!(read("1e300"), None);
    }
}
