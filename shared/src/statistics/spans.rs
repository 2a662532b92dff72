//! A period as few days, months and years.
use chrono::{Datelike as _, Days, Months, NaiveDate};

use super::Period;

/// A length of time for which sums are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Length {
    Day,
    Month,
    Year,
}

impl Length {
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Day => "DAY",
            Self::Month => "MONTH",
            Self::Year => "YEAR",
        }
    }
}

/// A whole day, month or year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Span {
    pub length: Length,
    pub first: NaiveDate,
    pub last: NaiveDate,
}

impl Span {
    fn day(day: NaiveDate) -> Self {
        Self { length: Length::Day, first: day, last: day }
    }

    /// The month that begins on that day.
    fn month(day: NaiveDate) -> Option<Self> {
        let next = day.checked_add_months(Months::new(1)).filter(|_| day.day() == 1)?;
        Some(Self { length: Length::Month, first: day, last: next.pred_opt()? })
    }

    /// The year that begins on that day.
    fn year(day: NaiveDate) -> Option<Self> {
        let next = day.checked_add_months(Months::new(12)).filter(|_| day.ordinal() == 1)?;
        Some(Self { length: Length::Year, first: day, last: next.pred_opt()? })
    }
}

/// The fewest spans that make up the period. `may_stand` says of a month or year whether one sum will do for it: a
/// rate that changes within asks for the parts.
pub(super) fn cover(period: Period, may_stand: impl Fn(&Span) -> bool) -> Vec<Span> {
    let mut spans = Vec::new();
    let mut day = period.from;
    while day <= period.to {
        let fits = |span: &Span| span.last <= period.to && may_stand(span);
        let span = Span::year(day).filter(fits).or_else(|| Span::month(day).filter(fits));
        let span = span.unwrap_or_else(|| Span::day(day));
        spans.push(span);
        match span.last.checked_add_days(Days::new(1)) {
            Some(next) => day = next,
            None => break,
        }
    }
    spans
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn period(from: &str, to: &str) -> Period {
        Period { from: from.parse().unwrap(), to: to.parse().unwrap() }
    }

    #[test]
    fn a_long_period_is_made_of_few_spans() {
        let spans = cover(period("2013-11-29", "2016-02-02"), |_| true);
        let lengths: Vec<_> = spans.iter().map(|span| span.length.name()).collect();
        assert_eq!(lengths, ["DAY", "DAY", "MONTH", "YEAR", "YEAR", "MONTH", "DAY", "DAY"]);
    }

    #[test]
    fn a_year_in_which_a_rate_changes_is_taken_apart() {
        let change: NaiveDate = "2014-03-15".parse().unwrap();
        let spans = cover(period("2014-01-01", "2014-12-31"), |span| {
            change <= span.first || change > span.last
        });
        assert_eq!(spans.iter().filter(|span| span.length == Length::Month).count(), 11);
        assert_eq!(spans.iter().filter(|span| span.length == Length::Day).count(), 31, "of March");
    }

    proptest! {
        #[test]
        fn spans_cover_every_day_once(from in 0_u64..3000, days in 0_u64..1500, parity in 1_u32..4) {
            let from = NaiveDate::from_ymd_opt(2010, 1, 1).unwrap() + Days::new(from);
            let period = Period { from, to: from + Days::new(days) };
            let mut next = from;
            for span in cover(period, |span| span.first.month0() % parity == 0) {
                prop_assert_eq!(span.first, next);
                prop_assert!(span.first <= span.last);
                next = span.last + Days::new(1);
            }
            prop_assert_eq!(next, period.to + Days::new(1));
        }
    }
}
