//! What was paid, how and how well, in figures (domain 4.2). Pure: what is asked, and what rows say.
//!
//! A payment counts on the Shanghai day on which it was settled, or, while the bank has not decided, on which it was
//! sent; at the office where its declaration was filed, whichever channel it came by.
use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::kernel::{Fen, Share, Violations, money::Amount};

/// How many rows a report has at most.
pub const MOST_ROWS: usize = 10_000;
/// How many days it spans at most.
const LONGEST: i64 = 366;

/// What a row of a report of payments stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = PaymentReportBy)]
pub enum ReportBy {
    Day,
    /// The declaring office.
    Office,
    /// By bank, in cash, by card, by cheque.
    Channel,
    /// A code of the tariff; late fees have one of their own.
    TariffItem,
    /// Who pays.
    Enterprise,
}

impl ReportBy {
    /// As it is on the wire.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Day => "DAY",
            Self::Office => "OFFICE",
            Self::Channel => "CHANNEL",
            Self::TariffItem => "TARIFF_ITEM",
            Self::Enterprise => "ENTERPRISE",
        }
    }
}

/// What is asked for.
#[derive(Clone, Debug)]
pub struct ReportDraft {
    pub by: ReportBy,
    /// Shanghai days, both counted.
    pub from: NaiveDate,
    pub to: NaiveDate,
    /// One declaring office; all that the actor may see where not said.
    pub office: Option<String>,
}

impl ReportDraft {
    /// Not backwards, and of a year at most.
    pub fn check(&self) -> Result<(), Violations> {
        let mut wrong = Violations::default();
        if self.from > self.to || (self.to - self.from).num_days() >= LONGEST {
            let zh = "起止日期有误，最长366天";
            let en = "a report does not end before it begins, and spans 366 days at most";
            wrong.error("/query/to", "out-of-range", zh, en);
        }
        wrong.finish(Some(()))
    }
}

/// What the tables count.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Counted {
    /// Absent in the total.
    pub key: Option<String>,
    pub name: Option<String>,
    pub batches: i64,
    pub amount: Fen,
    pub e_payments: i64,
    pub failures: i64,
    pub unheard: i64,
    pub mean_seconds: Option<Decimal>,
}

/// The figures of one day, office, channel, item of the tariff or payer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PaymentReportRow)]
pub struct ReportRow {
    /// The day, the office's code, the channel, the code in the tariff or the registration number; absent in the total.
    #[schema(example = "2014-05-12", max_length = 20)]
    pub key: Option<String>,
    /// The name of the payer, where rows are payers.
    #[schema(example = "样例企业", max_length = 200)]
    pub name: Option<String>,
    /// Payments that succeeded (批次). A payment for several items of the tariff counts with each of them.
    #[schema(minimum = 0)]
    pub batches: i64,
    /// What they took, with late fees; of an item of the tariff, what was charged for it.
    pub amount: Amount,
    /// Of these payments, those by bank (网上电子支付).
    #[schema(minimum = 0)]
    pub e_payment_batches: i64,
    /// Their part of all that succeeded.
    pub e_payment_share: Share,
    /// Payments that failed, for whatever reason.
    #[schema(minimum = 0)]
    pub failures: i64,
    /// Payments by bank that were sent and had no word of the bank for more than thirty minutes, whether they have one
    /// by now or not.
    #[schema(minimum = 0)]
    pub unknown_over_30_minutes: i64,
    /// Of the payments by bank that succeeded, seconds from their creation to their success: the mean, exact to three
    /// digits. Absent where there are none.
    #[schema(example = "1.250", max_length = 20)]
    pub mean_seconds: Option<String>,
}

/// What was paid in a period, in figures.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = PaymentReport)]
pub struct Report {
    /// First day of the period, in Shanghai.
    pub from: NaiveDate,
    /// Last day of the period, in Shanghai, counted too.
    pub to: NaiveDate,
    /// What a row stands for.
    pub by: ReportBy,
    /// Of which declaring office; absent where it is of all.
    #[schema(example = "310900", max_length = 6)]
    pub office: Option<String>,
    /// One for each key of which there is something to tell, in their order.
    #[schema(max_items = 10_000)]
    pub rows: Vec<ReportRow>,
    /// All of them together: each payment counts once.
    pub total: ReportRow,
}

impl From<Counted> for ReportRow {
    fn from(counted: Counted) -> Self {
        Self {
            key: counted.key,
            name: counted.name,
            batches: counted.batches,
            amount: counted.amount.into(),
            e_payment_batches: counted.e_payments,
            e_payment_share: Share::of(counted.e_payments, counted.batches),
            failures: counted.failures,
            unknown_over_30_minutes: counted.unheard,
            mean_seconds: counted.mean_seconds.map(|mean| format!("{mean:.3}")),
        }
    }
}

impl Report {
    /// Of the rows that were counted, one of them the total.
    pub(super) fn of(
        asked: &ReportDraft,
        office: Option<String>,
        counted: Vec<Counted>,
    ) -> Result<Self, Violations> {
        let (total, rows): (Vec<_>, Vec<_>) =
            counted.into_iter().map(ReportRow::from).partition(|row| row.key.is_none());
        let mut wrong = Violations::default();
        if rows.len() > MOST_ROWS {
            let en = "there are more than 10,000 rows: choose a shorter period";
            wrong.error("/query/to", "too-many-rows", "超过一万行，请缩短期间", en);
        }
        let ReportDraft { by, from, to, .. } = *asked;
        let total = total.into_iter().next().unwrap_or_else(nothing);
        wrong.finish(Some(Self { from, to, by, office, rows, total }))
    }
}

/// The total of no payments.
fn nothing() -> ReportRow {
    ReportRow {
        key: None,
        name: None,
        batches: 0,
        amount: Fen(0).into(),
        e_payment_batches: 0,
        e_payment_share: Share::of(0, 0),
        failures: 0,
        unknown_over_30_minutes: 0,
        mean_seconds: None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft(from: &str, to: &str) -> ReportDraft {
        let (from, to) = (from.parse().unwrap(), to.parse().unwrap());
        ReportDraft { by: ReportBy::Day, from, to, office: None }
    }

    #[test]
    fn a_report_spans_a_year_at_most_and_does_not_run_backwards() {
        assert!(draft("2014-05-12", "2014-05-12").check().is_ok());
        assert!(draft("2012-01-01", "2012-12-31").check().is_ok(), "a leap year");
        assert!(draft("2014-01-01", "2015-01-02").check().is_err());
        assert!(draft("2014-05-12", "2014-05-11").check().is_err());
    }

    #[test]
    fn a_report_that_is_too_long_is_refused_and_not_cut() {
        let counted = Counted {
            key: Some("3100600001".into()),
            name: None,
            batches: 1,
            amount: Fen(1),
            e_payments: 1,
            failures: 0,
            unheard: 0,
            mean_seconds: None,
        };
        let rows = vec![counted; MOST_ROWS + 1];

        let wrong = Report::of(&draft("2014-05-12", "2014-05-12"), None, rows).unwrap_err();

        assert_eq!(wrong.iter().next().unwrap().code, "too-many-rows");
    }
}
