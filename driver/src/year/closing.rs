//! The end of a day at the bank: its statement is compared, what differs is explained and approved, the day is closed.
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use chrono::NaiveDate;
use serde::Deserialize;
use serde_json::json;

use super::{Year, order::OFFICES};
use crate::{session::Session, wire::Amount, world::Post};

/// How long a statement may take to be fetched, by the machine's clock.
const PATIENCE: Duration = Duration::from_mins(1);
const GLANCE: Duration = Duration::from_millis(100);

/// A day of the bank as the cashier sees it.
#[derive(Debug, Deserialize)]
struct Sheet {
    state: String,
    difference: Amount,
    differences: Vec<Difference>,
}

#[derive(Debug, Deserialize)]
struct Difference {
    id: String,
    kind: String,
    state: String,
    bank: Option<Amount>,
    own: Option<Amount>,
}

/// How a day ended.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Closed {
    pub(super) is_over: bool,
    pub(super) differences: u64,
    pub(super) cleared: u64,
    /// What the day's difference is beyond what was explained and approved.
    pub(super) unexplained_fen: i64,
    /// What was put in suspense, because only the bank knows of it.
    pub(super) orphaned_fen: i64,
}

impl Difference {
    /// By how much bank and books were apart because of it.
    fn apart(&self) -> i64 {
        let fen = |amount: &Option<Amount>| amount.as_ref().and_then(Amount::in_fen).unwrap_or(0);
        match self.kind.as_str() {
            // It is booked to suspense when it is explained: nothing is left of it.
            "ORPHAN_BANK" => 0,
            "DUPLICATE" => fen(&self.bank),
            _ => fen(&self.bank) - fen(&self.own),
        }
    }
}

impl Year<'_> {
    /// Sees a day through to its end.
    pub(super) async fn close(&self, day: NaiveDate) -> anyhow::Result<Closed> {
        let cashier = &self.world.officer(OFFICES[0], Post::Cashier)?.session;
        let mut sheet = wait_for_statement(cashier, day).await?;
        if sheet.state != "CLOSED" {
            let closed = self.work(cashier, day, &sheet).await;
            sheet = closed.with_context(|| format!("closing {day}"))?;
        }
        let approved = sheet.differences.iter().filter(|one| one.state == "APPROVED");
        let apart: i64 = approved.clone().map(Difference::apart).sum();
        let orphans = sheet.differences.iter().filter(|one| one.kind == "ORPHAN_BANK");
        Ok(Closed {
            is_over: sheet.state == "CLOSED",
            differences: sheet.differences.len() as u64,
            cleared: approved.count() as u64,
            unexplained_fen: (sheet.difference.in_fen().context("a difference")? - apart).abs(),
            orphaned_fen: orphans.filter_map(|one| one.bank.as_ref()?.in_fen()).sum(),
        })
    }

    /// A cashier explains each difference, a duty chief approves it and closes the day.
    async fn work(
        &self,
        cashier: &Session,
        day: NaiveDate,
        sheet: &Sheet,
    ) -> anyhow::Result<Sheet> {
        let chief = &self.world.officer(OFFICES[0], Post::Chief)?.session;
        let reason = json!({ "reason": "与银行核对，差错已确认" });
        for difference in sheet.differences.iter().filter(|one| one.state == "OPEN") {
            let path = format!("/v1/day-differences/{}", difference.id);
            cashier.act(&format!("{path}/explain"), Some(&reason)).await?;
            chief.act(&format!("{path}/approve"), None).await?;
        }
        Ok(chief.post(&format!("/v1/bank-days/{day}/close"), None).await?)
    }
}

async fn wait_for_statement(cashier: &Session, day: NaiveDate) -> anyhow::Result<Sheet> {
    let begun = Instant::now();
    loop {
        match cashier.get(&format!("/v1/bank-days/{day}")).await {
            Ok(sheet) => return Ok(sheet),
            Err(fault) if fault.status() == Some(404) => {}
            Err(fault) => return Err(fault.into()),
        }
        if begun.elapsed() > PATIENCE {
            bail!("no statement of {day} came");
        }
        tokio::time::sleep(GLANCE).await;
    }
}
