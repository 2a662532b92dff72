//! Numbers and days as they were written. What cannot be read is kept too: the rules tell it with everything
//! else that is wrong, instead of turning the whole declaration away.
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Serialize, Serializer};

/// A value, or the words that should have been one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Given<T> {
    Read(T),
    Unread(String),
}

/// An exact decimal, written as a JSON string; trailing zeros are dropped.
pub type Figure = Given<Decimal>;
/// A calendar day, `YYYY-MM-DD`.
pub type Day = Given<NaiveDate>;

impl<T: Copy> Given<T> {
    #[must_use]
    pub fn value(&self) -> Option<T> {
        match self {
            Self::Read(value) => Some(*value),
            Self::Unread(_) => None,
        }
    }
}

impl Figure {
    /// Digits before the point that a quantity or value may have: decimal(18,4).
    pub const WHOLE_DIGITS: usize = 14;

    /// Digits with at most one point and perhaps a minus; no exponent, no grouping, and few enough to reckon with.
    #[must_use]
    pub fn of(text: &str) -> Self {
        let digits = text.strip_prefix('-').unwrap_or(text);
        let (whole, fraction) = digits.split_once('.').unwrap_or((digits, "0"));
        let is_plain = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
        let is_short = whole.trim_start_matches('0').len() <= Self::WHOLE_DIGITS;
        match Decimal::from_str_exact(text) {
            Ok(value) if is_short && is_plain(whole) && is_plain(fraction) => {
                Self::Read(value.normalize())
            }
            _ => Self::Unread(text.to_owned()),
        }
    }
}

impl Day {
    #[must_use]
    pub fn of(text: &str) -> Self {
        let is_iso = text.len() == 10
            && text.bytes().enumerate().all(|(place, byte)| match place {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        match text.parse() {
            Ok(day) if is_iso => Self::Read(day),
            _ => Self::Unread(text.to_owned()),
        }
    }
}

impl<T: std::fmt::Display> std::fmt::Display for Given<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Read(value) => value.fmt(f),
            Self::Unread(text) => text.fmt(f),
        }
    }
}

impl<T: std::fmt::Display> Serialize for Given<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_numbers_are_written_alike() {
        for text in ["1", "1.0", "1.00", "01"] {
            assert_eq!(Figure::of(text).to_string(), "1");
        }
        assert_eq!(Figure::of("-0.50").to_string(), "-0.5");
    }

    #[test]
    fn what_is_not_a_plain_decimal_is_kept_as_it_was() {
        for text in ["", "1,000", "1_000", "1e3", ".5", "5.", "+1", "NaN", "１"] {
            assert_eq!(Figure::of(text), Figure::Unread(text.to_owned()));
        }
        for digits in [15, 40] {
            let long = "9".repeat(digits);
            assert_eq!(Figure::of(&long), Figure::Unread(long));
        }
    }

    #[test]
    fn only_iso_days_that_exist_are_days() {
        assert!(Day::of("2016-02-29").value().is_some());
        for text in ["2015-02-29", "2014-5-12", "20140512", "2014-05-12T00:00:00", "+014-05-12"] {
            assert_eq!(Day::of(text), Day::Unread(text.to_owned()));
        }
    }
}
