//! The 2014 of the report (`docs/replay-2014.md`): 105,560 batches with a fee, 50,669 of them paid online by 17
//! enterprises, on 365 days, each of which is compared with the bank and closed.
mod bank;
mod business;
mod calendar;
mod cast;
mod closing;
mod order;
mod report;

use std::{path::Path, sync::Arc, time::Duration};

use anyhow::Context as _;
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use futures_util::{StreamExt as _, TryStreamExt as _, future::try_join, stream};
use serde_json::{Value, json};

use bank::Bank;
use business::Filed;
use closing::Closed;
use order::{OFFICES, Way};
use report::Report;

use crate::{
    client::Server,
    keys::Keys,
    session::Session,
    wire::Happening,
    world::{self, Enterprise, Post, World},
};

/// How much of the year, and where the sandbox bank is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Plan {
    /// Of a hundred batches of each day.
    pub(crate) percent: u64,
    pub(crate) bank: String,
}

impl Plan {
    /// Reads what follows `replay-2014`; `take` gives the value of a flag.
    pub(crate) fn parse(mut take: impl FnMut(&str) -> Option<String>) -> Result<Self, String> {
        let percent = take("--sample").unwrap_or_else(|| "100".to_owned());
        let percent = percent.parse().ok().filter(|percent| (1..=100).contains(percent));
        let percent = percent.ok_or("--sample wants a percentage, 1 to 100")?;
        let bank = take("--bank").ok_or("--bank is missing")?;
        Ok(Self { percent, bank })
    }
}

/// What the replay works with.
struct Year<'a> {
    world: &'a World,
    admin: &'a Session,
    enterprises: &'a [Enterprise],
    /// Whose bank leaves payments unknown for a while.
    slow: Vec<String>,
    bank: Bank,
    run: u64,
}

/// How far the clock is moved on for what is left to be paid, or to be counted: the bank is asked every five minutes at
/// the latest, and statistics are folded every ten seconds.
const PUSH: TimeDelta = TimeDelta::minutes(10);
/// How often.
const PUSHES: u32 = 60;

/// Replays the year; true if every day is closed, every fen is explained, and the figures are the report's.
pub(crate) async fn run(
    server: &Arc<Server>,
    password_file: &Path,
    keys: Keys,
    run: u64,
    plan: &Plan,
) -> anyhow::Result<bool> {
    let enterprises = cast::enterprises();
    eprintln!("driver: setting up offices, enterprises and their clients");
    let admin = world::administrator(server, password_file).await?;
    let world = World::of(&admin, keys, &cast::cast(&enterprises)).await?;
    let slow = order::slow_payers();
    let bank = Bank::at(&plan.bank);
    let year = Year { world: &world, admin: &admin, enterprises: &enterprises, slow, bank, run };
    let mut report = Report::begin(plan.percent);
    let mut before: Option<NaiveDate> = None;
    let mut unknown = Vec::new();
    for day in calendar::year(plan.percent) {
        if let Some(before) = before {
            year.bank.plant(before).await?;
        }
        year.advance_to(morning_of(day.date)).await?;
        let (filed, closed) = try_join(year.business(&day), year.close_if_any(before)).await?;
        if let (Some(before), Some(closed)) = (before, closed) {
            report.close(before, closed);
        }
        report.enter(day.date, &filed);
        let slow = filed.into_iter().filter(is_slow);
        unknown.extend(slow.map(|one| (day.date, one)));
        before = Some(day.date);
    }
    if let Some(last) = before {
        year.bank.plant(last).await?;
        year.advance_to(morning_of(last + TimeDelta::days(1))).await?;
        report.close(last, year.close(last).await?);
    }
    year.wait_for_the_rest().await?;
    report.resolve(year.resolved(unknown).await?);
    year.audit(&mut report).await?;
    Ok(report.tell())
}

fn morning_of(day: NaiveDate) -> DateTime<Utc> {
    // Nine in the morning in Shanghai is one in the night of UTC.
    day.and_time(chrono::NaiveTime::MIN).and_utc() + TimeDelta::hours(1)
}

fn is_slow(filed: &Filed) -> bool {
    matches!(filed.order.way, Way::Online(Some(misdeed)) if misdeed.leaves_unknown())
}

impl Year<'_> {
    /// Moves the clock that api, worker and bank share.
    async fn advance_to(&self, at: DateTime<Utc>) -> anyhow::Result<()> {
        let now: Value = self.admin.get("/v1/test/clock").await?;
        let now: DateTime<Utc> = serde_json::from_value(now["now"].clone())?;
        let by = (at - now).num_seconds();
        anyhow::ensure!(by > 0, "it is {now} already, past {at}");
        self.push(by).await
    }

    async fn push(&self, seconds: i64) -> anyhow::Result<()> {
        let body = json!({ "advance_seconds": seconds });
        self.admin.act("/v1/test/clock", Some(&body)).await.context("moving the test clock")?;
        Ok(())
    }

    async fn close_if_any(&self, day: Option<NaiveDate>) -> anyhow::Result<Option<Closed>> {
        match day {
            Some(day) => Ok(Some(self.close(day).await?)),
            None => Ok(None),
        }
    }

    /// What the bank tells late is asked for every five minutes: they are let pass.
    async fn wait_for_the_rest(&self) -> anyhow::Result<()> {
        for _ in 0..PUSHES {
            if !self.is_anything_open().await? {
                return Ok(());
            }
            self.push(PUSH.num_seconds()).await?;
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        anyhow::bail!("some notices are not paid, however long one waits")
    }

    /// Of payments that the bank left unknown: the day, and whether it was unknown, and found out.
    async fn resolved(
        &self,
        of: Vec<(NaiveDate, Filed)>,
    ) -> anyhow::Result<Vec<(NaiveDate, bool, bool)>> {
        let look = async |(day, filed): (NaiveDate, Filed)| {
            let declarant = self.world.declarant(&filed.order.payer)?;
            let told: Vec<Happening> = declarant.timeline(&filed.declaration).await?;
            let has = |kind: &str| told.iter().any(|happened| happened.kind == kind);
            anyhow::Ok((day, has("payment.lost_sight"), has("payment.succeeded")))
        };
        stream::iter(of).map(look).buffered(8).try_collect().await
    }

    /// The books, the bank's own, and the statistics, beside what was sent.
    async fn audit(&self, report: &mut Report) -> anyhow::Result<()> {
        let chief = &self.world.officer(OFFICES[0], Post::Chief)?.session;
        let ledger: Value = chief.get("/v1/ledger").await?;
        report.audit(&ledger, self.bank.books().await?)?;
        for _ in 0..PUSHES {
            let mut told = [0; 3];
            for office in OFFICES {
                let chief = self.world.officer(office, Post::Chief)?;
                // What the bank told after New Year is counted on the day on which we learned it.
                for days in ["from=2014-01-01&to=2014-12-31", "from=2015-01-01&to=2015-01-31"] {
                    let path = format!("/v1/statistics?{days}&office={office}");
                    let read: Value = chief.session.get(&path).await?;
                    report::add_figures(&mut told, &read["total"])?;
                }
            }
            if report.compare(told) {
                break;
            }
            self.push(PUSH.num_seconds()).await?;
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        Ok(())
    }
}
