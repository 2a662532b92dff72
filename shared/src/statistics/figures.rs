//! The figures, and how they are made of counts.
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    kernel::{Fen, Violations, money::Amount, money::round_half_up},
    reference::Books,
};

/// First and last Shanghai day, both counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Period {
    pub from: NaiveDate,
    pub to: NaiveDate,
}

impl Period {
    /// At most ten years, and not backwards.
    pub fn new(from: NaiveDate, to: NaiveDate) -> Result<Self, Violations> {
        let mut violations = Violations::default();
        if from > to || (to - from).num_days() > 3660 {
            violations.error(
                "/query/to",
                "out-of-range",
                "统计期间起止有误，最长十年",
                "the period must not end before it begins, nor be longer than ten years",
            );
        }
        violations.finish(Some(Self { from, to }))
    }
}

/// A part of a whole, as an exact decimal of four digits: `"0.4800"`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(transparent)]
#[schema(value_type = String, example = "0.4800", max_length = 8)]
pub struct Share(pub String);

impl Share {
    /// Of nothing, nothing.
    #[must_use]
    pub fn of(part: i64, whole: i64) -> Self {
        let share = Decimal::from(part).checked_div(Decimal::from(whole)).unwrap_or_default();
        Self(format!("{:.4}", round_half_up(share, 4)))
    }
}

/// What was counted at one office on one day.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct DayCount {
    pub office: String,
    pub day: NaiveDate,
    pub batches: i64,
    pub anywhere: i64,
    pub outside_catalogue: i64,
    pub selected: i64,
    pub released: i64,
}

/// What was paid at one office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Paid {
    pub office: String,
    pub batches: i64,
    pub electronic: i64,
    pub electronic_fen: i64,
}

/// Half of its batches were released at least this fast.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Median {
    /// `None`: all offices together.
    pub office: Option<String>,
    pub millis: Option<i64>,
}

/// The figures of one office, or of all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct OfficeFigures {
    /// The declaring office; absent in the total.
    #[schema(example = "310900", max_length = 6)]
    pub office: Option<String>,
    /// Accepted declarations (批次).
    pub batches: i64,
    /// Of these, declared or released away from the inspecting office (通报通放).
    pub anywhere_batches: i64,
    /// The office's part of all declare-anywhere batches of the bureau.
    pub anywhere_share: Share,
    /// Self-declared: outside the catalogue (自助申报).
    pub self_declaration_batches: i64,
    /// Their part of all batches.
    pub self_declaration_share: Share,
    /// Drawn or ordered for inspection.
    pub selected_batches: i64,
    /// Released so far.
    pub released_batches: i64,
    /// Fee notices paid, by any channel.
    pub paid_batches: i64,
    /// Of these, paid online (网上电子支付).
    pub e_payment_batches: i64,
    /// What was paid online.
    pub e_payment_amount: Amount,
    /// The part of paid notices that was paid online.
    pub e_payment_share: Share,
    /// What declare-anywhere saved the enterprises, by the rate of each day.
    pub saved: Amount,
    /// The same in minutes.
    pub saved_minutes: i64,
    /// Median time from filing to release, in milliseconds.
    pub median_release_ms: Option<i64>,
}

/// The figures of a period.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Figures {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
    /// Enterprises that may declare anywhere now.
    pub eligible_enterprises: i64,
    /// Office by office.
    #[schema(max_items = 1000)]
    pub offices: Vec<OfficeFigures>,
    /// All of them together.
    pub total: OfficeFigures,
}

/// One office's figures out of its counts; `all_anywhere` is the bureau's number of declare-anywhere batches.
pub(super) fn sum(
    office: Option<String>,
    days: &[&DayCount],
    paid: &[&Paid],
    median: Option<i64>,
    all_anywhere: i64,
    books: &Books,
) -> OfficeFigures {
    let count = |of: fn(&DayCount) -> i64| days.iter().map(|day| of(day)).sum::<i64>();
    let saved =
        |key: &str| days.iter().map(|day| day.anywhere * books.integer(key, day.day)).sum::<i64>();
    let (batches, anywhere) = (count(|day| day.batches), count(|day| day.anywhere));
    let outside = count(|day| day.outside_catalogue);
    let all_paid = paid.iter().map(|paid| paid.batches).sum();
    let electronic = paid.iter().map(|paid| paid.electronic).sum();
    OfficeFigures {
        office,
        batches,
        anywhere_batches: anywhere,
        anywhere_share: Share::of(anywhere, all_anywhere),
        self_declaration_batches: outside,
        self_declaration_share: Share::of(outside, batches),
        selected_batches: count(|day| day.selected),
        released_batches: count(|day| day.released),
        paid_batches: all_paid,
        e_payment_batches: electronic,
        e_payment_amount: Fen(paid.iter().map(|paid| paid.electronic_fen).sum()).into(),
        e_payment_share: Share::of(electronic, all_paid),
        saved: Fen::yuan(saved("anywhere.saved_cny")).into(),
        saved_minutes: saved("anywhere.saved_minutes"),
        median_release_ms: median,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_share_of_nothing_is_nothing() {
        assert_eq!(Share::of(0, 0).0, "0.0000");
        assert_eq!(Share::of(48, 100).0, "0.4800");
        assert_eq!(Share::of(2, 3).0, "0.6667");
    }

    #[test]
    fn a_period_does_not_run_backwards() {
        let (early, late) = ("2014-01-01".parse().unwrap(), "2014-12-31".parse().unwrap());
        assert!(Period::new(early, late).is_ok());
        assert!(Period::new(late, early).is_err());
    }
}
