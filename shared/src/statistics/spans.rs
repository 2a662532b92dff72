//! A period as few days, months and years, some of which are taken away again.
use std::iter;

use chrono::{Datelike as _, Months, NaiveDate};

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

    /// The month in which that day lies.
    fn month(day: NaiveDate) -> Option<Self> {
        Self::beginning(Length::Month, day.with_day(1)?, Months::new(1))
    }

    /// The year in which that day lies.
    fn year(day: NaiveDate) -> Option<Self> {
        Self::beginning(Length::Year, day.with_ordinal(1)?, Months::new(12))
    }

    fn beginning(length: Length, first: NaiveDate, months: Months) -> Option<Self> {
        Some(Self { length, first, last: first.checked_add_months(months)?.pred_opt()? })
    }

    /// What of the period lies in it; the period begins in it.
    fn part_of(self, period: Period) -> Period {
        Period { from: period.from, to: period.to.min(self.last) }
    }

    /// What lies in it before the period, and after.
    fn rest_of(self, period: Period) -> impl Iterator<Item = Period> {
        let before = period.from.pred_opt().map(|to| Period { from: self.first, to });
        let after = period.to.succ_opt().map(|from| Period { from, to: self.last });
        [before, after].into_iter().flatten().filter(|rest| rest.from <= rest.to)
    }
}

/// A span that counts, or that is taken away from a longer one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Part {
    pub span: Span,
    /// 1 or -1.
    pub sign: i64,
}

impl Part {
    const fn of(span: Span) -> Self {
        Self { span, sign: 1 }
    }

    const fn taken_away(self) -> Self {
        Self { sign: -self.sign, ..self }
    }
}

/// Few parts that make up the period. `may_stand` says of a month or year whether one sum will do for it: a rate that
/// changes within asks for the parts.
pub(super) fn cover(period: Period, may_stand: impl Fn(&Span) -> bool) -> Vec<Part> {
    let days = |period: Period| -> Vec<Part> {
        let days = period.from.iter_days().take_while(move |day| *day <= period.to);
        days.map(|day| Part::of(Span::day(day))).collect()
    };
    let months = |period: Period| -> Vec<Part> {
        pieces(period, Span::month).flat_map(|piece| piece.fewest(&may_stand, days)).collect()
    };
    pieces(period, Span::year).flat_map(|piece| piece.fewest(&may_stand, months)).collect()
}

/// A span, and what of a period lies in it.
struct Piece {
    whole: Span,
    period: Period,
}

impl Piece {
    /// What lies in the period, or the whole without what does not: whichever has fewer parts.
    fn fewest(
        self,
        may_stand: impl Fn(&Span) -> bool,
        parts: impl Fn(Period) -> Vec<Part>,
    ) -> Vec<Part> {
        let inside = parts(self.period);
        if !may_stand(&self.whole) {
            return inside;
        }
        let outside = self.whole.rest_of(self.period).flat_map(parts).map(Part::taken_away);
        let without: Vec<_> = iter::once(Part::of(self.whole)).chain(outside).collect();
        if without.len() < inside.len() { without } else { inside }
    }
}

/// The period, cut where one span ends and the next begins.
fn pieces(period: Period, span_of: fn(NaiveDate) -> Option<Span>) -> impl Iterator<Item = Piece> {
    let mut next = Some(period.from);
    iter::from_fn(move || {
        let from = next.filter(|from| *from <= period.to)?;
        let whole = span_of(from)?;
        next = whole.last.succ_opt();
        Some(Piece { whole, period: whole.part_of(Period { from, to: period.to }) })
    })
}

#[cfg(test)]
mod tests {
    use chrono::Days;
    use proptest::prelude::*;

    use super::*;

    fn period(from: &str, to: &str) -> Period {
        Period { from: from.parse().unwrap(), to: to.parse().unwrap() }
    }

    /// `+MONTH 2014-03-01 -DAY 2014-03-31`
    fn told(parts: &[Part]) -> Vec<String> {
        let sign = |part: &Part| if part.sign > 0 { '+' } else { '-' };
        let told =
            |part: &Part| format!("{}{} {}", sign(part), part.span.length.name(), part.span.first);
        parts.iter().map(told).collect()
    }

    #[test]
    fn a_long_period_is_made_of_few_spans() {
        let parts = cover(period("2013-11-29", "2016-02-02"), |_| true);
        let lengths: Vec<_> = parts.iter().map(|part| part.span.length.name()).collect();
        assert_eq!(lengths, ["DAY", "DAY", "MONTH", "YEAR", "YEAR", "MONTH", "DAY", "DAY"]);
        assert!(parts.iter().all(|part| part.sign == 1));
    }

    #[test]
    fn most_of_a_month_is_the_month_without_the_rest() {
        let parts = cover(period("2014-03-02", "2014-03-30"), |_| true);
        assert_eq!(told(&parts), ["+MONTH 2014-03-01", "-DAY 2014-03-01", "-DAY 2014-03-31"]);
    }

    #[test]
    fn most_of_a_year_is_the_year_without_the_rest() {
        let parts = cover(period("2014-02-01", "2014-12-30"), |_| true);
        assert_eq!(told(&parts), ["+YEAR 2014-01-01", "-MONTH 2014-01-01", "-DAY 2014-12-31"]);
    }

    #[test]
    fn a_year_in_which_a_rate_changes_is_taken_apart() {
        let change: NaiveDate = "2014-03-15".parse().unwrap();
        let parts = cover(period("2014-01-01", "2014-12-31"), |span| {
            change <= span.first || change > span.last
        });
        let of = |length| parts.iter().filter(|part| part.span.length == length).count();
        assert_eq!(of(Length::Month), 11);
        assert_eq!(of(Length::Day), 31, "of March");
    }

    proptest! {
        #[test]
        fn every_day_of_the_period_counts_once_and_no_other(
            from in 0_u64..3000, days in 0_u64..1500, parity in 1_u32..4,
        ) {
            let from = NaiveDate::from_ymd_opt(2010, 1, 1).unwrap() + Days::new(from);
            let period = Period { from, to: from + Days::new(days) };
            let parts = cover(period, |span| span.first.month0() % parity == 0);
            let first = Span::year(period.from).unwrap().first;
            let last = Span::year(period.to).unwrap().last;
            for day in first.iter_days().take_while(|day| *day <= last) {
                let holds = |part: &&Part| part.span.first <= day && day <= part.span.last;
                let counted: i64 = parts.iter().filter(holds).map(|part| part.sign).sum();
                let is_asked_for = period.from <= day && day <= period.to;
                prop_assert_eq!(counted, i64::from(is_asked_for), "{}", day);
            }
        }

        #[test]
        fn whatever_is_asked_for_is_made_of_some_dozens_of_parts(from in 0_u64..3000, days in 0_u64..3660) {
            let from = NaiveDate::from_ymd_opt(2010, 1, 1).unwrap() + Days::new(from);
            let parts = cover(Period { from, to: from + Days::new(days) }, |_| true);
            prop_assert!(parts.len() <= 10 + 2 * (7 + 16), "{}", parts.len());
        }
    }
}
