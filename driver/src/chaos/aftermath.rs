//! After the last fault: who got no answer asks again, whatever is under way comes to its end.
use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use futures_util::{StreamExt as _, stream};
use sqlx::PgPool;
use tokio::time::sleep;

use super::{exchange::Pair, strike::move_clock};
use crate::{
    client::Fault,
    town::Town,
    traffic::{Callers, Sent, is_passing, pay_again},
};

const AT_ONCE: usize = 16;
const GLANCE: Duration = Duration::from_millis(500);
/// When nothing has moved for so long, nothing will.
const PATIENCE: Duration = Duration::from_secs(40);
/// From then on the bank is believed that it never heard of a debit; and questions are asked again.
const A_QUARTER: i64 = 16 * 60;
/// How many of those who have their receipt ask for it once more.
const SAMPLE: usize = 200;

/// How the calls without an answer turned out.
#[derive(Debug, Default)]
pub(super) struct Repeats {
    /// Asked again, because nobody had answered.
    pub(super) unanswered: usize,
    /// Of these, filed already: 200 and the receipt of then.
    pub(super) were_filed: usize,
    /// Asked again although they had their receipt; it must be the same.
    pub(super) again: usize,
}

/// Everybody without a receipt asks again, and some of those who have one.
pub(super) async fn repeat(callers: &Arc<Callers>) -> Repeats {
    let sent = callers.book.sent();
    let mut repeats = Repeats::default();
    let step = (sent.len() / SAMPLE).max(1);
    let chosen: Vec<_> = sent
        .iter()
        .enumerate()
        .filter(|(place, one)| one.receipt.is_none() || place % step == 0)
        .collect();
    let ask = async |(place, one): (usize, &Sent)| {
        let status = ask_again(callers, place, one).await;
        (one.receipt.is_none(), status)
    };
    let answers: Vec<_> = stream::iter(chosen).map(ask).buffer_unordered(AT_ONCE).collect().await;
    for (was_unanswered, status) in answers {
        if was_unanswered {
            repeats.unanswered += 1;
            repeats.were_filed += usize::from(status == Some(200));
        } else {
            repeats.again += 1;
        }
    }
    repeats
}

async fn ask_again(callers: &Callers, place: usize, one: &Sent) -> Option<u16> {
    let declarant = callers.world.declarant(&one.reg_no).ok()?;
    for _ in 0..20 {
        match declarant.attempt("/v1/declarations", &one.content, None).await {
            Ok(reply) => {
                callers.book.heard(place, reply.body);
                return Some(reply.status);
            }
            Err(fault) if is_passing(&fault) => sleep(GLANCE).await,
            Err(fault) => {
                callers.book.refused(place, fault.to_string());
                return fault.status();
            }
        }
    }
    None
}

/// Waits until nothing is under way; a quarter of an hour of the town's time goes by, so that what the bank
/// never heard of is known to have failed, and is paid again.
pub(super) async fn come_to_rest(
    town: &Town,
    callers: &Callers,
    pool: &PgPool,
    bureaus: &Pair,
) -> anyhow::Result<()> {
    let pools = [pool, &bureaus.pool];
    rest(pools, Until::TheClock).await?;
    move_clock(town, A_QUARTER)?;
    rest(pools, Until::TheEnd).await?;
    let paid = pay_again_and_again(callers, pool).await?;
    if paid > 0 {
        eprintln!("chaos: {paid} debits that never reached the bank were ordered again");
        rest(pools, Until::TheEnd).await?;
    }
    Ok(())
}

async fn pay_again_and_again(callers: &Callers, pool: &PgPool) -> Result<usize, anyhow::Error> {
    let mut last = None;
    for _ in 0..5 {
        match pay_again(&callers.world, pool).await {
            Ok(count) => return Ok(count),
            Err(error) if error.downcast_ref::<Fault>().is_some_and(is_passing) => {
                last = Some(error);
            }
            Err(error) => return Err(error),
        }
        sleep(GLANCE).await;
    }
    last.map_or(Ok(0), Err)
}

/// What is waited for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Until {
    /// What goes on only when some time has gone by may be left out: the bank's last word takes a quarter of an hour,
    /// and a bureau that could not be reached is left alone for a while.
    TheClock,
    TheEnd,
}

/// What is under way in one bureau, and all that ever happened there.
#[derive(Clone, Copy, Default, PartialEq, Eq, sqlx::FromRow)]
struct UnderWay {
    jobs: i64,
    messages: i64,
    cases: i64,
    events: i64,
}

impl UnderWay {
    fn and(self, other: Self) -> Self {
        Self {
            jobs: self.jobs + other.jobs,
            messages: self.messages + other.messages,
            cases: self.cases + other.cases,
            events: self.events + other.events,
        }
    }

    const fn is_nothing(self) -> bool {
        self.jobs + self.messages + self.cases == 0
    }
}

/// Until there is no open job, no message on its way and no case that somebody has to do something about, or nothing
/// moves.
async fn rest(pools: [&PgPool; 2], until: Until) -> anyhow::Result<()> {
    let mut before = None;
    let mut moved = Instant::now();
    while moved.elapsed() < PATIENCE {
        let now = look(pools[0], until).await?.and(look(pools[1], until).await?);
        if now.is_nothing() {
            return Ok(());
        }
        if before != Some(now) {
            before = Some(now);
            moved = Instant::now();
        }
        sleep(GLANCE).await;
    }
    Ok(())
}

/// A case is waited for where it was declared, wherever it lies.
async fn look(pool: &PgPool, until: Until) -> anyhow::Result<UnderWay> {
    let sql = "select
        (select count(*) from jobs where state in ('ready', 'running') and kind not like 'ledger.%'
            and kind not in ('handoff.expire', 'declaration.auto_withdraw', 'exchange.ask_again')
            and not ($1 and kind in ('payment.query', 'payment.refund_query', 'exchange.deliver'))) as jobs,
        (select count(*) from outbox o join partners p on p.code = o.receiver
            where o.state = 'WAITING' and p.base_url is not null and not $1)
            + (select count(*) from inbox where state = 'STORED') as messages,
        (select count(*) from declarations d where left(decl_org, 2) = left(direct_bureau, 2)
            and status not in ('RELEASED', 'CLOSED', 'REJECTED', 'WITHDRAWN', 'AUTO_WITHDRAWN',
                               'CANCELLED_BY_CIQ', 'NEEDS_CORRECTION')
            and not exists (select from fee_notices n where n.declaration_id = d.id
                and (n.state in ('ISSUED', 'OVERDUE') or $1 and n.state = 'PAYING')))
            + (select count(*) from refunds where state in ('APPROVED', 'ORDERED', 'SENT')
                or state = 'UNKNOWN' and not $1) as cases,
        (select count(*) from events) as events";
    let looked = sqlx::query_as(sql).bind(until == Until::TheClock);
    Ok(looked.fetch_one(pool).await?)
}
