//! Which day a booking of a statement belongs to (R6): the statement's own, or one that is closed for ever.
use std::collections::HashSet;

use chrono::{DateTime, NaiveDate, Utc};

use crate::kernel::calendar;

/// The day of a statement, and the days before it that are closed.
#[derive(Clone, Debug)]
pub struct Days {
    pub day: NaiveDate,
    pub closed: HashSet<NaiveDate>,
}

impl Days {
    /// A day before which nothing is closed.
    #[must_use]
    pub fn only(day: NaiveDate) -> Self {
        Self { day, closed: HashSet::new() }
    }

    /// The closed day that a booking belongs to; `None` for the statement's own day. What was booked on a day that is
    /// to come, or that is still open, stands in the wrong statement.
    pub(super) fn place(&self, booked_at: DateTime<Utc>) -> Result<Option<NaiveDate>, String> {
        let booked = calendar::day_of(booked_at);
        if booked == self.day {
            Ok(None)
        } else if booked < self.day && self.closed.contains(&booked) {
            Ok(Some(booked))
        } else if booked < self.day {
            Err(format!("it was booked on {booked}, which is not closed: its statement has it"))
        } else {
            Err(format!("it was booked on {booked}, which is after {}", self.day))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn placed(at: &str) -> Result<Option<NaiveDate>, String> {
        let closed = ["2014-05-10".parse().unwrap(), "2014-05-13".parse().unwrap()].into();
        let days = Days { day: "2014-05-12".parse().unwrap(), closed };
        days.place(at.parse().unwrap())
    }

    #[test]
    fn a_day_begins_and_ends_at_midnight_in_shanghai() {
        assert!(placed("2014-05-11T15:59:59.999Z").is_err(), "the day before, and open");
        assert_eq!(placed("2014-05-11T16:00:00Z"), Ok(None));
        assert_eq!(placed("2014-05-12T15:59:59.999Z"), Ok(None));
        assert_eq!(placed("2014-05-12T23:59:59+08:00"), Ok(None));
        assert!(placed("2014-05-13T00:00:00+08:00").is_err(), "the day after");
    }

    #[test]
    fn what_was_booked_on_a_closed_day_belongs_to_it() {
        let closed = "2014-05-10".parse().ok();
        assert_eq!(placed("2014-05-10T23:59:59+08:00"), Ok(closed));
        assert!(placed("2014-05-13T12:00:00Z").is_err(), "never to a day that is to come");
    }
}
