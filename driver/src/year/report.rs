//! What the year has to say: a line for each month, and one of JSON.
use std::{collections::BTreeMap, time::Instant};

use anyhow::Context as _;
use chrono::{Datelike as _, NaiveDate};
use serde_json::{Value, json};

use super::{bank::Books, business::Filed, closing::Closed, order::Way};
use crate::{tally, wire::Amount};

/// The mean payment online, by the report: 6.32 million yuan for 50,669.
const MEAN_FEN: i64 = 12_473;
/// Of a hundred batches so many were paid online.
const SHARE_PERCENT: u64 = 48;

/// The figures of one month.
#[derive(Clone, Copy, Debug, Default)]
struct Month {
    batches: u64,
    online: u64,
    fen: i64,
    online_fen: i64,
    /// Payments with which the bank misbehaved.
    misdeeds: u64,
    unknown: u64,
    resolved: u64,
    differences: u64,
    cleared: u64,
    closed: u64,
    open: u64,
}

pub(super) struct Report {
    percent: u64,
    begun: Instant,
    months: BTreeMap<u32, Month>,
    unexplained_fen: i64,
    orphaned_fen: i64,
    /// Why it does not hold.
    wrong: Vec<String>,
    statistics: [i64; 3],
}

impl Report {
    pub(super) fn begin(percent: u64) -> Self {
        Self {
            percent,
            begun: Instant::now(),
            months: BTreeMap::new(),
            unexplained_fen: 0,
            orphaned_fen: 0,
            wrong: Vec::new(),
            statistics: [0; 3],
        }
    }

    fn month(&mut self, day: NaiveDate) -> &mut Month {
        self.months.entry(day.month()).or_default()
    }

    pub(super) fn enter(&mut self, day: NaiveDate, filed: &[Filed]) {
        let month = self.month(day);
        for one in filed {
            month.batches += 1;
            month.fen += one.fen;
            if let Way::Online(misdeed) = one.order.way {
                month.online += 1;
                month.online_fen += one.fen;
                month.misdeeds += u64::from(misdeed.is_some());
            }
        }
        if day.succ_opt().is_none_or(|next| next.month() != day.month()) {
            eprintln!(
                "driver: {} is over after {} s",
                day.format("%B"),
                self.begun.elapsed().as_secs()
            );
        }
    }

    pub(super) fn close(&mut self, day: NaiveDate, closed: Closed) {
        self.unexplained_fen += closed.unexplained_fen;
        self.orphaned_fen += closed.orphaned_fen;
        let month = self.month(day);
        month.differences += closed.differences;
        month.cleared += closed.cleared;
        month.closed += u64::from(closed.is_over);
        month.open += u64::from(!closed.is_over);
    }

    pub(super) fn resolve(&mut self, payments: Vec<(NaiveDate, bool, bool)>) {
        for (day, was_unknown, is_resolved) in payments {
            let month = self.month(day);
            month.unknown += u64::from(was_unknown);
            month.resolved += u64::from(was_unknown && is_resolved);
        }
    }

    /// The books must be right, and hold at the bank what the bank itself says, and what only the bank knew of.
    pub(super) fn audit(&mut self, ledger: &Value, bank: Books) -> anyhow::Result<()> {
        if ledger["is_right"] != true {
            self.wrong.push(format!("the books are not right: {}", ledger["differences"]));
        }
        let kinds = ledger["kinds"].as_array().context("a ledger without accounts")?;
        let at_bank =
            kinds.iter().find(|kind| kind["kind"] == "BANK").context("no bank's account")?;
        let at_bank: Amount = serde_json::from_value(at_bank["balance"].clone())?;
        let at_bank = at_bank.in_fen().context("a balance in another currency")?;
        self.unexplained_fen += (at_bank - bank.fen - self.orphaned_fen).abs();
        if bank.doubled > 0 {
            self.wrong.push(format!("{} payments were debited more than once", bank.doubled));
        }
        Ok(())
    }

    /// Whether the statistics say what was sent; the last comparison counts.
    pub(super) fn compare(&mut self, told: [i64; 3]) -> bool {
        self.statistics = told;
        told == self.sent()
    }

    /// Batches paid, online among them, fen online.
    fn sent(&self) -> [i64; 3] {
        let whole = self.whole();
        [whole.batches.cast_signed(), whole.online.cast_signed(), whole.online_fen]
    }

    fn whole(&self) -> Month {
        self.months.values().fold(Month::default(), |sum, month| Month {
            batches: sum.batches + month.batches,
            online: sum.online + month.online,
            fen: sum.fen + month.fen,
            online_fen: sum.online_fen + month.online_fen,
            misdeeds: sum.misdeeds + month.misdeeds,
            unknown: sum.unknown + month.unknown,
            resolved: sum.resolved + month.resolved,
            differences: sum.differences + month.differences,
            cleared: sum.cleared + month.cleared,
            closed: sum.closed + month.closed,
            open: sum.open + month.open,
        })
    }

    /// Prints everything; true if it all holds.
    pub(super) fn tell(mut self) -> bool {
        println!(
            "month     batches   online        CNY  share  faults  unknown/resolved  differences/cleared  closed"
        );
        for (number, month) in &self.months {
            println!("2014-{number:02} {}", month.line());
        }
        let whole = self.whole();
        println!("2014    {}", whole.line());
        self.judge(&whole);
        for why in &self.wrong {
            println!("WRONG: {why}");
        }
        let is_ok = self.wrong.is_empty();
        tally::report(&json!({
            "replay": 2014, "sample": self.percent, "batches": whole.batches, "epay_batches": whole.online,
            "epay_share": share(whole.online, whole.batches), "amount_fen": whole.fen, "epay_fen": whole.online_fen,
            "epay_mean_fen": whole.mean(), "faulty_payments": whole.misdeeds, "unknown": whole.unknown,
            "unknown_resolved": whole.resolved, "differences": whole.differences,
            "differences_cleared": whole.cleared, "days_closed": whole.closed, "days_open": whole.open,
            "unexplained_fen": self.unexplained_fen, "seconds": self.begun.elapsed().as_secs(), "ok": is_ok,
        }));
        is_ok
    }

    fn judge(&mut self, whole: &Month) {
        let must = [
            (self.unexplained_fen == 0, "money is unexplained"),
            (whole.open == 0, "days are open"),
            (whole.closed == 365, "not every day was closed"),
            (whole.cleared == whole.differences, "differences were not cleared"),
            (whole.resolved == whole.unknown, "payments stayed unknown"),
            (
                whole.misdeeds * 100 >= whole.online,
                "the bank misbehaved with less than one in a hundred",
            ),
            (
                (whole.mean() - MEAN_FEN).abs() * 100 <= MEAN_FEN,
                "the mean is not the report's within 1 %",
            ),
            (
                (whole.online * 100).abs_diff(whole.batches * SHARE_PERCENT) * 100
                    <= whole.batches * SHARE_PERCENT,
                "the share paid online is not the report's within 1 %",
            ),
        ];
        self.wrong
            .extend(must.iter().filter(|(holds, _)| !holds).map(|(_, why)| (*why).to_owned()));
        let (sent, told) = (self.sent(), self.statistics);
        if sent != told {
            let why =
                format!("paid, online, fen online: sent {sent:?}, the statistics say {told:?}");
            self.wrong.push(why);
        }
    }
}

impl Month {
    fn mean(&self) -> i64 {
        self.online_fen / self.online.max(1).cast_signed()
    }

    fn line(&self) -> String {
        format!(
            "{:>9} {:>8} {:>10} {:>6} {:>7} {:>9}/{:<8} {:>10}/{:<9} {:>6}",
            self.batches,
            self.online,
            format!("{}.{:02}", self.fen / 100, self.fen % 100),
            share(self.online, self.batches),
            self.misdeeds,
            self.unknown,
            self.resolved,
            self.differences,
            self.cleared,
            self.closed,
        )
    }
}

/// Four decimals, without a float.
fn share(part: u64, whole: u64) -> String {
    let of_ten_thousand = part * 10_000 / whole.max(1);
    format!("{}.{:04}", of_ten_thousand / 10_000, of_ten_thousand % 10_000)
}

/// Adds what the statistics of one office say: batches paid, online among them, fen online.
pub(super) fn add_figures(sum: &mut [i64; 3], total: &Value) -> anyhow::Result<()> {
    let amount: Amount = serde_json::from_value(total["e_payment_amount"].clone())?;
    let count = |name: &str| total[name].as_i64().with_context(|| name.to_owned());
    sum[0] += count("paid_batches")?;
    sum[1] += count("e_payment_batches")?;
    sum[2] += amount.in_fen().context("an amount in another currency")?;
    Ok(())
}
