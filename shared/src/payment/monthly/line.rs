//! How much credit a payer has left: pure.
use chrono::{Datelike as _, Months, NaiveDate};

use super::Credit;
use crate::kernel::Fen;

/// What a payer may still leave unpaid.
#[derive(Clone, Debug)]
pub struct CreditLine {
    pub reg_no: String,
    pub is_suspended: bool,
    /// Something of its payer is overdue.
    pub is_overdue: bool,
    pub limit: Fen,
    /// What is unpaid on credit.
    pub used: Fen,
    pub due_day: i16,
}

impl CreditLine {
    /// Takes a notice of that amount on credit, or says why not. What is exactly the limit is within it.
    pub fn take(&mut self, total: Fen) -> Credit {
        if self.is_suspended {
            return Credit::Suspended;
        }
        if self.is_overdue {
            return Credit::Overdue;
        }
        match self.used.0.checked_add(total.0) {
            Some(used) if used <= self.limit.0 => {
                self.used = Fen(used);
                Credit::Granted
            }
            _ => Credit::OverLimit,
        }
    }

    /// By when a notice of that day is to be paid: in the month after it.
    #[must_use]
    pub fn due_on(&self, issued_on: NaiveDate) -> NaiveDate {
        let due_day = u32::try_from(self.due_day).unwrap_or(1);
        let first = issued_on.with_day(1).unwrap_or(issued_on);
        let after = first.checked_add_months(Months::new(1)).unwrap_or(NaiveDate::MAX);
        after.with_day(due_day).unwrap_or(after)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn line(limit: i64, used: i64) -> CreditLine {
        CreditLine {
            reg_no: "3100601234".into(),
            is_suspended: false,
            is_overdue: false,
            limit: Fen(limit),
            used: Fen(used),
            due_day: 10,
        }
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn whoever_is_suspended_or_late_has_no_credit() {
        let suspended = &mut CreditLine { is_suspended: true, ..line(100, 0) };
        let late = &mut CreditLine { is_overdue: true, ..line(100, 0) };

        assert_eq!(suspended.take(Fen(1)), Credit::Suspended);
        assert_eq!(late.take(Fen(1)), Credit::Overdue);
        assert_eq!((suspended.used, late.used), (Fen(0), Fen(0)));
    }

    #[test]
    fn a_notice_is_due_on_the_agreed_day_of_the_month_after() {
        assert_eq!(line(1, 0).due_on(day("2014-05-01")), day("2014-06-10"));
        assert_eq!(line(1, 0).due_on(day("2014-05-31")), day("2014-06-10"));
        assert_eq!(line(1, 0).due_on(day("2014-12-31")), day("2015-01-10"));
        let last = CreditLine { due_day: 28, ..line(1, 0) };
        assert_eq!(last.due_on(day("2015-01-31")), day("2015-02-28"));
    }

    proptest! {
        /// However notices come, what is taken on credit never exceeds the limit, and nothing is refused that would
        /// have fitted.
        #[test]
        fn the_limit_is_never_passed(
            limit in 1..1_000_000_i64,
            totals in prop::collection::vec(1..200_000_i64, 0..40),
        ) {
            let mut line = line(limit, 0);
            let mut taken = 0;
            for total in totals {
                match line.take(Fen(total)) {
                    Credit::Granted => taken += total,
                    refused => {
                        prop_assert_eq!(refused, Credit::OverLimit);
                        prop_assert!(taken + total > limit);
                    }
                }
                prop_assert_eq!(line.used, Fen(taken));
                prop_assert!(taken <= limit);
            }
        }
    }
}
