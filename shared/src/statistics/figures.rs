//! The figures, and how they are made of counts.
use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use super::release_times::ReleaseTimes;
use crate::{
    kernel::{Fen, Share, Violations, money::Amount},
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

/// What declare-anywhere saves an enterprise for each batch, in yuan and in minutes: rates with dates.
pub(super) const ANYWHERE_RATES: [&str; 2] = ["anywhere.saved_cny", "anywhere.saved_minutes"];

/// What counts at one office in one part of a period, or is taken away there; or what one day's delta tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Count {
    pub office: String,
    /// Of a span in which no rate changes.
    pub first_day: NaiveDate,
    /// 1, or -1 where a histogram is to be taken away; the numbers below have their sign.
    pub sign: i64,
    pub batches: i64,
    pub anywhere: i64,
    pub outside_catalogue: i64,
    pub selected: i64,
    pub released: i64,
    pub paid: i64,
    pub paid_online: i64,
    pub online_fen: i64,
    /// Histogram of how long releases took, packed: of a sum.
    pub release_histogram: Vec<u8>,
    /// The same as buckets, and how many batches each: of a delta.
    pub release_buckets: Vec<i16>,
    pub release_batches: Vec<i64>,
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
    /// Median time from filing to release, in milliseconds, as exact as `median_release_error` says.
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
    /// How far a median may be from the exact one, as a part of it: medians are read off a histogram.
    pub median_release_error: Share,
    /// Office by office.
    #[schema(max_items = 1000)]
    pub offices: Vec<OfficeFigures>,
    /// All of them together.
    pub total: OfficeFigures,
}

/// One office's figures out of its counts; `all_anywhere` is the bureau's number of declare-anywhere batches.
pub(super) fn sum(
    office: Option<String>,
    counts: &[&Count],
    all_anywhere: i64,
    books: &Books,
) -> OfficeFigures {
    let total = |of: fn(&Count) -> i64| counts.iter().map(|count| of(count)).sum::<i64>();
    let [saved, saved_minutes] = ANYWHERE_RATES.map(|rate| {
        counts
            .iter()
            .map(|count| count.anywhere * books.integer(rate, count.first_day))
            .sum::<i64>()
    });
    let mut release_times = ReleaseTimes::default();
    for count in counts {
        release_times.add_packed(&count.release_histogram, count.sign);
        release_times.add(&count.release_buckets, &count.release_batches);
    }
    let (batches, anywhere) = (total(|count| count.batches), total(|count| count.anywhere));
    let outside = total(|count| count.outside_catalogue);
    let (paid, online) = (total(|count| count.paid), total(|count| count.paid_online));
    OfficeFigures {
        office,
        batches,
        anywhere_batches: anywhere,
        anywhere_share: Share::of(anywhere, all_anywhere),
        self_declaration_batches: outside,
        self_declaration_share: Share::of(outside, batches),
        selected_batches: total(|count| count.selected),
        released_batches: total(|count| count.released),
        paid_batches: paid,
        e_payment_batches: online,
        e_payment_amount: Fen(total(|count| count.online_fen)).into(),
        e_payment_share: Share::of(online, paid),
        saved: Fen::yuan(saved).into(),
        saved_minutes,
        median_release_ms: release_times.median(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_period_does_not_run_backwards() {
        let (early, late) = ("2014-01-01".parse().unwrap(), "2014-12-31".parse().unwrap());
        assert!(Period::new(early, late).is_ok());
        assert!(Period::new(late, early).is_err());
    }
}
