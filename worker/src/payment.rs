//! Debits and the questions after them; notices that lapse.
use std::collections::{HashMap, HashSet};

use futures_util::{StreamExt, stream::FuturesUnordered};
use shared::{
    config::Mode,
    ledger::{
        Tx,
        jobs::{Claimed, Sweep},
    },
    payment::{
        self, PaymentId, Told,
        bank::DebitOrder,
        job::{Debit, Query},
    },
    rehearsal::{self, Scenario},
};

use tokio::time::{Duration, Instant, timeout_at};

use crate::{Context, JobError, run};

/// How long an answer waits for others, to be kept with them in one transaction.
const GATHERING: Duration = Duration::from_millis(20);

/// Debits the payers' accounts. Running it twice is safe: a payment is marked as sent, and that is committed,
/// before the order leaves, and the second run finds the mark and asks the bank instead.
///
/// All orders leave together, and answers are heard as they come: one that never comes holds up no other.
pub(crate) async fn debits(
    ctx: &Context,
    jobs: &[Claimed],
    debits: Vec<Debit>,
) -> Result<(), JobError> {
    let ids: Vec<_> = debits.iter().map(|debit| debit.payment).collect();
    let runs: HashMap<_, _> = ids.iter().copied().zip(jobs).collect();
    let mut tx = Tx::begin(&ctx.pool, &ctx.clock).await?;
    let orders = payment::take(&mut tx, &ids).await.map_err(JobError::from_failure)?;
    let ordered: HashSet<_> = orders.iter().map(|order| order.payment_id).collect();
    let idle = runs.iter().filter(|(payment, _)| !ordered.contains(payment));
    let idle: Vec<_> = idle.map(|(_, job)| *job).collect();
    run::settle_done(&mut tx, &idle).await?;
    let asked = rehearsed(ctx, &mut tx, &orders).await?;
    tx.commit().await?;

    let asked = &asked;
    let calls = orders.iter().map(|order| async move {
        let behaviour = asked.get(&order.notice_no).and_then(|scenario| scenario.behaviour());
        let told = ctx.bank.debit(&ctx.clock, order, behaviour).await;
        (order.payment_id, told)
    });
    let mut calls: FuturesUnordered<_> = calls.collect();
    let mut broken = Ok(());
    while let Some(first) = calls.next().await {
        let mut told = vec![first];
        let until = Instant::now() + GATHERING;
        while let Ok(Some(more)) = timeout_at(until, calls.next()).await {
            told.push(more);
        }
        // The other orders have left: whatever becomes of this answer, theirs are waited for.
        if let Err(error) = hear(ctx, &runs, &told).await {
            broken = hear_alone(ctx, &runs, told, error).await.and(broken);
        }
    }
    broken
}

/// What was asked for about these notices, in test mode: the sandbox's bank is told.
async fn rehearsed(
    ctx: &Context,
    tx: &mut Tx,
    orders: &[DebitOrder],
) -> Result<HashMap<String, Scenario>, JobError> {
    if ctx.mode == Mode::Production {
        return Ok(HashMap::new());
    }
    let notices: Vec<_> = orders.iter().map(|order| order.notice_no.clone()).collect();
    rehearsal::service::about_many(tx, &notices).await.map_err(JobError::from_failure)
}

/// Keeps answers and settles their jobs, all in one transaction.
async fn hear(
    ctx: &Context,
    runs: &HashMap<PaymentId, &Claimed>,
    told: &[(PaymentId, Told)],
) -> Result<(), JobError> {
    let mut tx = Tx::begin(&ctx.pool, &ctx.clock).await?;
    payment::answered(&mut tx, &ctx.bank.code, told).await.map_err(JobError::from_failure)?;
    let done: Vec<_> = told.iter().filter_map(|(payment, _)| runs.get(payment).copied()).collect();
    run::settle_done(&mut tx, &done).await?;
    tx.commit().await?;
    Ok(())
}

/// What could not be heard together is heard one by one.
async fn hear_alone(
    ctx: &Context,
    runs: &HashMap<PaymentId, &Claimed>,
    told: Vec<(PaymentId, Told)>,
    error: JobError,
) -> Result<(), JobError> {
    if told.len() == 1 {
        return Err(error);
    }
    tracing::warn!(answers = told.len(), "answers could not be heard together: {error}");
    let mut broken = Ok(());
    for one in told {
        broken = hear(ctx, runs, &[one]).await.and(broken);
    }
    broken
}

/// Asks the bank what became of a debit. Running it twice is safe: a question changes nothing at the bank, its
/// answer is heard once, and the next question is promised once, counted by the payment.
pub(crate) async fn query(ctx: &Context, job: Query) -> Result<(), JobError> {
    let mut tx = Tx::begin(&ctx.pool, &ctx.clock).await?;
    let asked_at = tx.now;
    let is_open =
        payment::question(&mut tx, job.payment, job.after).await.map_err(JobError::from_failure)?;
    tx.commit().await?;
    if !is_open {
        return Ok(());
    }

    let told = ctx.bank.query(&ctx.clock, job.payment).await;

    let mut tx = Tx::begin(&ctx.pool, &ctx.clock).await?;
    payment::asked(&mut tx, &ctx.bank.code, &job, asked_at, told)
        .await
        .map_err(JobError::from_failure)?;
    tx.commit().await?;
    Ok(())
}

/// Marks notices whose due date is over. Running it twice is safe: the second time they are marked.
pub(crate) async fn mark_overdue(_: &Context, tx: &mut Tx, _: Sweep) -> Result<(), JobError> {
    let mut count = 0;
    loop {
        match payment::overdue(tx).await? {
            0 => break,
            lapsed => count += lapsed,
        }
    }
    tracing::info!(count, "notices lapsed");
    Ok(())
}

/// Compares ledger, notices, payments and releases, and raises the alarm on the first disagreement. Running it twice is
/// safe: it reads, and while an alarm stands there is no second.
pub(crate) async fn check_parity(_: &Context, tx: &mut Tx, _: Sweep) -> Result<(), JobError> {
    let audit = payment::check_parity(tx).await.map_err(JobError::from_failure)?;
    if !audit.holds() {
        let (accounts, faults) = (audit.differences.len(), audit.faults.len());
        tracing::error!(accounts, faults, "ledger, notices, payments and releases disagree");
    }
    Ok(())
}
