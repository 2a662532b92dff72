//! How often somebody may guess (domain R15). Pure: counts in, standing out.
use chrono::NaiveDate;

use crate::reference::Books;

/// How many failures are too many; all of them parameters of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Of one caller on one number, within [`hours`](Self::hours).
    pub caller: i64,
    /// Of everybody on one number, until the origin unlocks it.
    pub transfer: i64,
    /// Of one caller on all numbers together, within [`hours`](Self::hours).
    pub numbers: i64,
    pub hours: i64,
}

impl Limits {
    /// The parameters `swap.tries.*`.
    #[must_use]
    pub fn on(books: &Books, day: NaiveDate) -> Self {
        let of = |what: &str| books.integer(&format!("swap.tries.{what}"), day);
        Self {
            caller: of("caller"),
            transfer: of("transfer"),
            numbers: of("numbers"),
            hours: of("hours"),
        }
    }
}

/// Failures so far; those that are being compared at this moment count as such.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Failures {
    pub of_caller: i64,
    pub of_transfer: i64,
    pub of_numbers: i64,
}

/// Whether one more may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    Free,
    /// This number is locked, for this caller or for everybody: nobody is told which.
    Locked,
    /// This caller has tried too many numbers.
    TooMany,
}

/// The same for a number that exists and for one that does not.
#[must_use]
pub const fn standing(failures: Failures, limits: Limits) -> Standing {
    if failures.of_caller >= limits.caller || failures.of_transfer >= limits.transfer {
        Standing::Locked
    } else if failures.of_numbers >= limits.numbers {
        Standing::TooMany
    } else {
        Standing::Free
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMITS: Limits = Limits { caller: 5, transfer: 20, numbers: 30, hours: 24 };

    fn after(of_caller: i64, of_transfer: i64, of_numbers: i64) -> Standing {
        standing(Failures { of_caller, of_transfer, of_numbers }, LIMITS)
    }

    #[test]
    fn the_fifth_failure_locks_the_caller_and_the_twentieth_the_number() {
        assert_eq!(after(4, 4, 4), Standing::Free);
        assert_eq!(after(5, 5, 5), Standing::Locked);
        assert_eq!(after(0, 19, 0), Standing::Free);
        assert_eq!(after(0, 20, 0), Standing::Locked);
    }

    #[test]
    fn whoever_tries_number_after_number_is_stopped_too() {
        assert_eq!(after(0, 0, 29), Standing::Free);
        assert_eq!(after(0, 0, 30), Standing::TooMany);
    }
}
