//! Which months are to be told of, and what each payer's statement says: pure.
use std::collections::BTreeMap;

use chrono::{Datelike as _, Months, NaiveDate};
use uuid::Uuid;

use crate::{kernel::Fen, payment::model::NoticeId};

/// An unpaid notice on credit that no statement lists yet.
#[derive(Clone, Debug)]
pub struct Unstated {
    pub id: NoticeId,
    pub reg_no: String,
    pub total: Fen,
    pub due_on: NaiveDate,
}

/// What one payer is to pay.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bill {
    pub reg_no: String,
    pub total: Fen,
    /// The latest due day of its notices: they differ only where terms changed within the month.
    pub due_on: NaiveDate,
    pub notices: Vec<Uuid>,
}

/// The first day of the month of a day.
#[must_use]
pub fn month_of(day: NaiveDate) -> NaiveDate {
    day.with_day(1).unwrap_or(day)
}

/// The first day of the month after.
#[must_use]
pub fn month_after(month: NaiveDate) -> NaiveDate {
    month_of(month).checked_add_months(Months::new(1)).unwrap_or(NaiveDate::MAX)
}

/// The months since that of `oldest` that are over on `today`, in their order: one, or as many as an outage took.
pub fn months_over(oldest: NaiveDate, today: NaiveDate) -> impl Iterator<Item = NaiveDate> {
    let current = month_of(today);
    std::iter::successors(Some(month_of(oldest)), |month| Some(month_after(*month)))
        .take_while(move |month| *month < current)
}

/// One bill for each payer.
#[must_use]
pub fn bills(unstated: Vec<Unstated>) -> Vec<Bill> {
    let mut bills = BTreeMap::new();
    for notice in unstated {
        let Unstated { id, reg_no, total, due_on } = notice;
        let bill = bills.entry(reg_no.clone()).or_insert_with(|| Bill {
            reg_no,
            total: Fen(0),
            due_on,
            notices: Vec::new(),
        });
        bill.total = bill.total + total;
        bill.due_on = bill.due_on.max(due_on);
        bill.notices.push(id.0);
    }
    bills.into_values().collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn months(oldest: &str, today: &str) -> Vec<String> {
        months_over(day(oldest), day(today)).map(|month| month.to_string()).collect()
    }

    #[test]
    fn a_month_is_told_of_when_it_is_over() {
        assert_eq!(months("2014-05-12", "2014-05-31"), Vec::<String>::new());
        assert_eq!(months("2014-05-12", "2014-06-01"), ["2014-05-01"]);
        assert_eq!(months("2014-06-01", "2014-06-30"), Vec::<String>::new());
    }

    #[test]
    fn an_outage_is_caught_up_with_month_by_month() {
        let caught_up = months("2014-11-30", "2015-02-20");

        assert_eq!(caught_up, ["2014-11-01", "2014-12-01", "2015-01-01"]);
    }

    proptest! {
        /// Each notice stands on one bill, of its own payer, and bills sum up to what their notices ask.
        #[test]
        fn nothing_is_told_twice_or_left_out(asked in prop::collection::vec((0..5_u8, 1..90_000_i64), 0..60)) {
            let unstated: Vec<_> = asked.iter().zip(1_u128..).map(|(&(payer, yuan), number)| Unstated {
                id: NoticeId(Uuid::from_u128(number)),
                reg_no: format!("310060000{payer}"),
                total: Fen::yuan(yuan),
                due_on: day("2014-06-10") + chrono::Days::new(payer.into()),
            }).collect();

            let bills = bills(unstated.clone());

            let payers: BTreeSet<_> = bills.iter().map(|bill| &bill.reg_no).collect();
            prop_assert_eq!(payers.len(), bills.len());
            let listed: BTreeSet<_> = bills.iter().flat_map(|bill| &bill.notices).collect();
            prop_assert_eq!(listed.len(), unstated.len());
            prop_assert_eq!(bills.iter().map(|bill| bill.notices.len()).sum::<usize>(), unstated.len());
            for bill in &bills {
                let own = unstated.iter().filter(|one| one.reg_no == bill.reg_no);
                prop_assert!(own.clone().all(|one| bill.notices.contains(&one.id.0)));
                prop_assert_eq!(own.map(|one| one.total).sum::<Fen>(), bill.total);
            }
        }
    }
}
