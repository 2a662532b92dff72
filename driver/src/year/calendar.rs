//! How the batches of a year lie on its days: by rule, the same in every run.
use chrono::{Datelike as _, NaiveDate, Weekday};

/// Batches with a fee in 2014, by the report: 50,669 payments online are 48 % of them.
const BATCHES: u64 = 105_560;
/// Those of them that were paid online.
const ONLINE: u64 = 50_669;
const YEAR: i32 = 2014;

/// One day's batches, in numbers that count through the year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Day {
    pub(crate) date: NaiveDate,
    pub(crate) online: std::ops::Range<u64>,
    pub(crate) window: std::ops::Range<u64>,
}

/// How busy a day is beside others: ports work on Saturdays, and a little on Sundays.
fn weight(date: NaiveDate) -> u64 {
    match date.weekday() {
        Weekday::Sat => 5,
        Weekday::Sun => 2,
        _ => 20,
    }
}

/// Every day of 2014, with so many of a hundred of its batches. What is rounded off on one day comes on the next.
pub(crate) fn year(percent: u64) -> Vec<Day> {
    let dates = || (0..).map_while(nth).take_while(|date| date.year() == YEAR);
    let whole: u64 = dates().map(weight).sum();
    let (online, window) = (ONLINE * percent / 100, (BATCHES - ONLINE) * percent / 100);
    let mut passed = 0;
    dates()
        .map(|date| {
            let (before, after) = (passed, passed + weight(date));
            passed = after;
            let share = |all: u64| all * before / whole..all * after / whole;
            Day { date, online: share(online), window: share(window) }
        })
        .collect()
}

fn nth(days: u64) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(YEAR, 1, 1)?.checked_add_days(chrono::Days::new(days))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn count(days: &[Day], of: fn(&Day) -> &std::ops::Range<u64>) -> u64 {
        days.iter().map(of).map(|range| range.end - range.start).sum()
    }

    #[test]
    fn a_whole_year_has_the_batches_of_the_report() {
        let days = year(100);

        assert_eq!(days.len(), 365);
        assert_eq!(
            (count(&days, |day| &day.online), count(&days, |day| &day.window)),
            (50_669, 54_891)
        );
    }

    #[test]
    fn a_fifth_of_the_year_has_every_day_and_a_fifth_of_each() {
        let (whole, fifth) = (year(100), year(20));

        assert_eq!(fifth.len(), 365);
        for (whole, fifth) in whole.iter().zip(&fifth) {
            let of = |day: &Day| day.online.end - day.online.start;
            assert!((of(whole) / 5).abs_diff(of(fifth)) <= 1, "{whole:?} {fifth:?}");
        }
    }

    #[test]
    fn numbers_count_through_the_year() {
        let days = year(100);

        assert!(days.windows(2).all(|pair| pair[0].online.end == pair[1].online.start));
        assert_eq!(days[0].online.start, 0);
    }
}
