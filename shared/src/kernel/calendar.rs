//! Days. Instants are UTC; every date, day count and "day" is Asia/Shanghai (domain R0).
use chrono::{DateTime, Days, FixedOffset, NaiveDate, NaiveTime, Utc};

/// Shanghai has kept UTC+8 without summer time since 1991.
const SHANGHAI: FixedOffset = FixedOffset::east_opt(8 * 3600).expect("eight hours is an offset");

/// The Shanghai date of an instant.
#[must_use]
pub fn day_of(at: DateTime<Utc>) -> NaiveDate {
    at.with_timezone(&SHANGHAI).date_naive()
}

/// The instant at which a Shanghai day begins.
#[must_use]
pub fn start_of(day: NaiveDate) -> DateTime<Utc> {
    let midnight = day.and_time(NaiveTime::MIN);
    DateTime::from_naive_utc_and_offset(midnight, Utc) - SHANGHAI
}

/// `days` later; day 0 is the day of the event.
#[must_use]
pub fn days_after(day: NaiveDate, days: u64) -> NaiveDate {
    day.checked_add_days(Days::new(days)).unwrap_or(NaiveDate::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shanghai_day_begins_at_sixteen_hundred_utc() {
        let day: NaiveDate = "2014-05-12".parse().unwrap();
        assert_eq!(start_of(day).to_rfc3339(), "2014-05-11T16:00:00+00:00");
        assert_eq!(day_of(start_of(day)), day);
    }
}
