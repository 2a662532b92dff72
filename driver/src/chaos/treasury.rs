//! What was given back, and the days of the bank: each refund once, each day closed because nothing differs.
use std::{
    collections::BTreeMap,
    time::{Duration, Instant},
};

use sqlx::PgPool;
use tokio::time::sleep;

use super::{
    audit::{Audit, Debit},
    strike::move_clock,
};
use crate::town::Town;

/// How long it may take until every day that is over is closed.
const PATIENCE: Duration = Duration::from_mins(1);
const GLANCE: Duration = Duration::from_millis(250);
const A_DAY: i64 = 24 * 60 * 60;

/// Each refund that the bank was asked for is booked there once, and nothing that nobody ordered.
pub(super) async fn refunds(
    audit: &mut Audit,
    pool: &PgPool,
    ledger: &[Debit],
) -> anyhow::Result<()> {
    let given: Vec<(String, i64, i64)> = sqlx::query_as(
        "select p.id::text, count(*), sum(r.amount_fen)::bigint from refunds r join payments p on p.id = r.payment_id
         where r.state = 'EXECUTED' and p.channel = 'EPAY' group by p.id",
    )
    .fetch_all(pool)
    .await?;
    audit.refunds = given.iter().map(|(_, count, _)| usize::try_from(*count).unwrap_or(0)).sum();
    let mut given: BTreeMap<_, _> =
        given.into_iter().map(|(payment, count, fen)| (payment, (count, fen))).collect();
    for debit in ledger {
        let (count, fen) = given.remove(&debit.payment_id).unwrap_or_default();
        let told = || {
            format!(
                "payment {}: {fen} fen back here, {} there",
                debit.payment_id, debit.refunded_fen
            )
        };
        match debit.refunds.cmp(&count) {
            std::cmp::Ordering::Greater => audit.doubled.push(told()),
            std::cmp::Ordering::Less => audit.lost.push(told()),
            std::cmp::Ordering::Equal if debit.refunded_fen != fen => audit.unbalanced.push(told()),
            std::cmp::Ordering::Equal => {}
        }
    }
    let open: Vec<(String, String)> = sqlx::query_as(
        "select id::text, state from refunds where state not in ('EXECUTED', 'REFUSED', 'FAILED', 'OWED')",
    )
    .fetch_all(pool)
    .await?;
    audit.stuck.extend(open.into_iter().map(|(id, state)| format!("refund {id} is {state}")));
    Ok(())
}

/// Lets the day end. Its statement, and those of all days before, are fetched and compared, and nothing may differ.
pub(super) async fn close_days(
    audit: &mut Audit,
    town: &Town,
    pool: &PgPool,
) -> anyhow::Result<()> {
    let days: i64 = sqlx::query_scalar(
        "select count(distinct (bank_time at time zone 'Asia/Shanghai')::date) from payments where bank_time is not null",
    )
    .fetch_one(pool)
    .await?;
    move_clock(town, A_DAY)?;
    let begun = Instant::now();
    let mut closed = 0;
    while closed < days && begun.elapsed() < PATIENCE {
        sleep(GLANCE).await;
        closed = sqlx::query_scalar(
            "select count(*) from bank_days where state = 'CLOSED' and lines > 0",
        )
        .fetch_one(pool)
        .await?;
    }
    audit.days = usize::try_from(closed).unwrap_or(0);
    let differing: Vec<(String, String)> = sqlx::query_as(
        "select d.day::text, coalesce(string_agg(x.kind || ' ' || x.bank_ref, ', '), 'nothing differs')
         from bank_days d left join day_differences x using (bank_code, day) where d.state = 'OPEN' group by d.day",
    )
    .fetch_all(pool)
    .await?;
    let told =
        differing.into_iter().map(|(day, why)| format!("the bank's {day} is not closed: {why}"));
    audit.unbalanced.extend(told);
    if closed < days {
        audit.unbalanced.push(format!("{closed} of {days} days of the bank are closed"));
    }
    Ok(())
}

/// What the standing check has found at any time, and what it would find now.
pub(super) async fn parity(audit: &mut Audit, pool: &PgPool) -> anyhow::Result<()> {
    let found: Vec<String> = sqlx::query_scalar(
        "select 'an alarm was raised: ' || found::text from parity_alarms
         union all
         select kind || ' ' || notice_no from parity_faults",
    )
    .fetch_all(pool)
    .await?;
    audit.unbalanced.extend(found);
    Ok(())
}
