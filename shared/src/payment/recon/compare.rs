//! The statement against the books, booking by booking: pure, and every line ends as exactly one of agreeing or differing.
use std::collections::{HashMap, HashSet};

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
    /// The statement of another day, closed by now, has it.
    pub is_stated: bool,
    /// Another day, closed by now, missed it in its statement.
    pub is_missed: bool,
    /// We heard of it after its day was closed, and this is the next open one.
    pub is_late: bool,
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
    /// The closed day on which it was booked, where it is told late.
    pub belongs_to: Option<NaiveDate>,
}

/// A day compared. Every fen that was booked counts in the totals of exactly one day: those of a closed day stay what
/// they are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    pub differing: Vec<Differing>,
    /// Taken less given back, by the bank.
    pub bank_fen: i64,
    /// The same by our books.
    pub own_fen: i64,
}

/// Compares. `own` is what the books say of that day, of what we heard of after its day was closed, and of any other day
/// about bookings of these lines.
#[must_use]
pub fn compare(day: NaiveDate, lines: &[Line], own: &[Own]) -> Compared {
    let mut known: HashMap<_, _> =
        own.iter().map(|own| ((own.kind, own.bank_ref.as_str()), (own, false))).collect();
    let (mut differing, mut is_here) = (Vec::new(), HashSet::new());
    for line in lines {
        let told = |kind, own: Option<&Own>| Differing {
            kind,
            line_kind: line.kind,
            bank_ref: line.bank_ref.clone(),
            subject: line.subject,
            bank: Some(line.amount),
            own: own.map(|own| own.amount),
            belongs_to: line.belongs_to,
        };
        match known.get_mut(&(line.kind, line.bank_ref.as_str())) {
            None => differing.push(told(DifferenceKind::OrphanBank, None)),
            Some((own, seen)) => {
                if let Some(kind) = differs(day, line, own, *seen) {
                    differing.push(told(kind, Some(*own)));
                }
                *seen = true;
                is_here.extend(is_of(line, own).then_some((own.kind, own.bank_ref.as_str())));
            }
        }
    }
    for own in own.iter().filter(|own| calendar::day_of(own.booked_at) == day || own.is_late) {
        let name = (own.kind, own.bank_ref.as_str());
        is_here.insert(name);
        if known.get(&name).is_some_and(|(_, seen)| !*seen) {
            differing.push(Differing {
                kind: DifferenceKind::OrphanOwn,
                line_kind: own.kind,
                bank_ref: own.bank_ref.clone(),
                subject: own.subject,
                bank: None,
                own: Some(own.amount),
                belongs_to: own.is_late.then(|| calendar::day_of(own.booked_at)),
            });
        }
    }
    let ours = own.iter().filter(|own| is_here.contains(&(own.kind, own.bank_ref.as_str())));
    Compared {
        differing,
        bank_fen: net(lines.iter().map(|line| (line.kind, line.amount))),
        own_fen: net(ours.map(|own| (own.kind, own.amount))),
    }
}

/// In what a line differs from the booking that it names.
fn differs(day: NaiveDate, line: &Line, own: &Own, is_seen: bool) -> Option<DifferenceKind> {
    let booked = calendar::day_of(own.booked_at);
    if is_seen || own.is_stated {
        Some(DifferenceKind::Duplicate)
    } else if own.amount != line.amount {
        Some(DifferenceKind::Amount)
    } else if own.is_missed || booked != line.belongs_to.unwrap_or(day) {
        Some(DifferenceKind::Date)
    } else {
        None
    }
}

/// Whether a late line is the first to tell of a booking: then it counts with the line.
fn is_of(line: &Line, own: &Own) -> bool {
    let is_told = own.is_stated || own.is_missed;
    !is_told && line.belongs_to == Some(calendar::day_of(own.booked_at))
}

/// Taken less given back.
fn net(bookings: impl Iterator<Item = (LineKind, Fen)>) -> i64 {
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
            belongs_to: None,
        }
    }

    fn own(number: u32) -> Own {
        let Line { kind, bank_ref, subject, amount, booked_at, .. } = line(number);
        let (is_stated, is_missed, is_late) = (false, false, false);
        Own { kind, bank_ref, subject, amount, booked_at, is_stated, is_missed, is_late }
    }

    /// Booked on the day before, which is closed.
    fn yesterday() -> DateTime<Utc> {
        at(2) - chrono::Duration::days(1)
    }

    fn late_line(number: u32) -> Line {
        let belongs_to = Some(calendar::day_of(yesterday()));
        Line { booked_at: yesterday(), belongs_to, ..line(number) }
    }

    fn kinds(compared: &Compared) -> Vec<DifferenceKind> {
        compared.differing.iter().map(|one| one.kind).collect()
    }

    #[test]
    fn each_difference_has_its_name() {
        use DifferenceKind::*;
        let lines = [line(1), line(2), line(2), line(3), line(4)];
        let other_amount = Own { amount: Fen::yuan(1), ..own(3) };
        let next_day = Own { booked_at: at(17), ..own(4) };

        let compared = compare(day(), &lines, &[own(2), other_amount, next_day, own(5)]);

        assert_eq!(kinds(&compared), [OrphanBank, Duplicate, Amount, Date, OrphanOwn]);
    }

    #[test]
    fn a_late_line_agrees_with_what_we_heard_after_its_day_was_closed() {
        let heard_late = Own { booked_at: yesterday(), is_late: true, ..own(1) };

        let agreed = compare(day(), &[late_line(1)], std::slice::from_ref(&heard_late));
        let unsaid = compare(day(), &[], &[heard_late]);

        assert_eq!((kinds(&agreed), agreed.bank_fen, agreed.own_fen), (vec![], 61_00, 61_00));
        assert_eq!(kinds(&unsaid), [DifferenceKind::OrphanOwn]);
        assert_eq!(unsaid.differing[0].belongs_to, Some(calendar::day_of(yesterday())));
        assert_eq!((unsaid.bank_fen, unsaid.own_fen), (0, 61_00));
    }

    #[test]
    fn a_late_line_of_what_a_closed_day_has_told_already_counts_once() {
        let missed = Own { booked_at: yesterday(), is_missed: true, ..own(1) };
        let stated = Own { booked_at: yesterday(), is_stated: true, ..own(2) };

        let compared = compare(day(), &[late_line(1), late_line(2)], &[missed, stated]);

        assert_eq!(kinds(&compared), [DifferenceKind::Date, DifferenceKind::Duplicate]);
        assert_eq!(compared.own_fen, 0, "the closed day has counted both");
    }

    #[test]
    fn the_last_second_of_a_day_and_the_first_of_the_next_are_two_days() {
        let last = "2014-05-12T15:59:59.999Z".parse().unwrap();
        let first = "2014-05-12T16:00:00Z".parse().unwrap();
        let stamped = |at| (Line { booked_at: at, ..line(1) }, Own { booked_at: at, ..own(1) });
        let ((before, ours_before), (after, ours_after)) = (stamped(last), stamped(first));

        assert_eq!(kinds(&compare(day(), std::slice::from_ref(&before), &[ours_before])), []);
        let crossed = compare(day(), &[before], std::slice::from_ref(&ours_after));
        let next = compare(day() + chrono::Duration::days(1), &[after], &[ours_after]);

        assert_eq!((kinds(&crossed), crossed.own_fen), (vec![DifferenceKind::Date], 0));
        assert_eq!(kinds(&next), []);
    }

    proptest! {
        /// Where nothing differs the sums agree, and what is planted is found, no more.
        #[test]
        fn what_is_planted_is_found(count in 1..40_u32, gone in 0..40_u32, extra in 100..140_u32) {
            let mut lines: Vec<_> = (0..count).map(line).collect();
            let own: Vec<_> = (0..count).map(own).collect();
            prop_assert_eq!(kinds(&compare(day(), &lines, &own)), vec![]);
            let (gone, before) = (gone % count, lines.len());
            lines.retain(|line| line.bank_ref != format!("B{gone}"));
            prop_assert_eq!(lines.len() + 1, before);
            lines.push(line(extra));
            let found = compare(day(), &lines, &own);
            prop_assert_eq!(kinds(&found), [DifferenceKind::OrphanBank, DifferenceKind::OrphanOwn]);
        }
    }
}
