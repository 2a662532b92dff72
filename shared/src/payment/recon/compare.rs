//! The statement against the books, booking by booking: pure, and every line ends as exactly one of agreeing or differing.
use std::collections::HashMap;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::statement::{Line, LineKind};
use crate::kernel::{Fen, calendar};

/// What stands in the books of a booking.
#[derive(Clone, Debug)]
pub struct Own {
    pub kind: LineKind,
    pub bank_ref: String,
    pub subject: Uuid,
    pub amount: Fen,
    /// By the bank's own time, as it told us.
    pub booked_at: DateTime<Utc>,
}

/// In what they differ.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, sqlx::Type, utoipa::ToSchema,
)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[sqlx(type_name = "text", rename_all = "SCREAMING_SNAKE_CASE")]
pub enum DifferenceKind {
    /// The bank booked what we do not know.
    OrphanBank,
    /// We know of what the bank did not book.
    OrphanOwn,
    /// Another amount.
    Amount,
    /// Another day.
    Date,
    /// The bank booked it twice.
    Duplicate,
}

/// What does not agree.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Differing {
    pub kind: DifferenceKind,
    pub line_kind: LineKind,
    pub bank_ref: String,
    pub subject: Uuid,
    pub bank: Option<Fen>,
    pub own: Option<Fen>,
}

/// Compares. `own` is what the books say of that day, and of any other day about bookings of these lines.
#[must_use]
pub fn compare(day: NaiveDate, lines: &[Line], own: &[Own]) -> Vec<Differing> {
    let mut known: HashMap<_, _> =
        own.iter().map(|own| ((own.kind, own.bank_ref.as_str()), (own, false))).collect();
    let mut differing = Vec::new();
    for line in lines {
        let told = |kind, own: Option<&Own>| Differing {
            kind,
            line_kind: line.kind,
            bank_ref: line.bank_ref.clone(),
            subject: line.subject,
            bank: Some(line.amount),
            own: own.map(|own| own.amount),
        };
        match known.get_mut(&(line.kind, line.bank_ref.as_str())) {
            None => differing.push(told(DifferenceKind::OrphanBank, None)),
            Some((own, true)) => differing.push(told(DifferenceKind::Duplicate, Some(*own))),
            Some((own, seen)) => {
                *seen = true;
                if own.amount != line.amount {
                    differing.push(told(DifferenceKind::Amount, Some(*own)));
                } else if calendar::day_of(own.booked_at) != day {
                    differing.push(told(DifferenceKind::Date, Some(*own)));
                }
            }
        }
    }
    let missed = own.iter().filter(|own| {
        let is_seen = known.get(&(own.kind, own.bank_ref.as_str())).is_some_and(|(_, seen)| *seen);
        calendar::day_of(own.booked_at) == day && !is_seen
    });
    differing.extend(missed.map(|own| Differing {
        kind: DifferenceKind::OrphanOwn,
        line_kind: own.kind,
        bank_ref: own.bank_ref.clone(),
        subject: own.subject,
        bank: None,
        own: Some(own.amount),
    }));
    differing
}

/// Taken less given back.
#[must_use]
pub fn net(bookings: impl Iterator<Item = (LineKind, Fen)>) -> i64 {
    let signed = |(kind, amount): (LineKind, Fen)| match kind {
        LineKind::Debit => amount.0,
        LineKind::Refund | LineKind::Reversal => -amount.0,
    };
    bookings.map(signed).sum()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn at(hour: u32) -> DateTime<Utc> {
        format!("2014-05-12T{hour:02}:00:00Z").parse().unwrap()
    }

    fn day() -> NaiveDate {
        "2014-05-12".parse().unwrap()
    }

    fn line(number: u32) -> Line {
        Line {
            line_no: i32::try_from(number).unwrap() + 1,
            kind: LineKind::Debit,
            bank_ref: format!("B{number}"),
            subject: Uuid::from_u128(number.into()),
            amount: Fen::yuan(i64::from(number) + 60),
            booked_at: at(2),
        }
    }

    fn own(number: u32) -> Own {
        let Line { kind, bank_ref, subject, amount, booked_at, .. } = line(number);
        Own { kind, bank_ref, subject, amount, booked_at }
    }

    fn kinds(differing: &[Differing]) -> Vec<DifferenceKind> {
        differing.iter().map(|one| one.kind).collect()
    }

    #[test]
    fn each_difference_has_its_name() {
        use DifferenceKind::*;
        let lines = [line(1), line(2), line(2), line(3), line(4)];
        let other_amount = Own { amount: Fen::yuan(1), ..own(3) };
        let next_day = Own { booked_at: at(17), ..own(4) };

        let differing = compare(day(), &lines, &[own(2), other_amount, next_day, own(5)]);

        assert_eq!(kinds(&differing), [OrphanBank, Duplicate, Amount, Date, OrphanOwn]);
    }

    proptest! {
        /// Where nothing differs the sums agree, and what is planted is found, no more.
        #[test]
        fn what_is_planted_is_found(count in 1..40_u32, gone in 0..40_u32, extra in 100..140_u32) {
            let mut lines: Vec<_> = (0..count).map(line).collect();
            let own: Vec<_> = (0..count).map(own).collect();
            prop_assert_eq!(compare(day(), &lines, &own), vec![]);
            let (gone, before) = (gone % count, lines.len());
            lines.retain(|line| line.bank_ref != format!("B{gone}"));
            prop_assert_eq!(lines.len() + 1, before);
            lines.push(line(extra));
            let found = compare(day(), &lines, &own);
            prop_assert_eq!(kinds(&found), [DifferenceKind::OrphanBank, DifferenceKind::OrphanOwn]);
        }
    }
}
