//! What recurs. Promised through Postgres, so that two workers promise it once, and done like any other job.
use std::time::Duration;

use chrono::{DateTime, NaiveTime, Utc};
use shared::{
    kernel::calendar,
    ledger::{Tx, schedule},
};
use tokio::time::sleep;

use crate::{Context, Stop};

/// When something recurs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum When {
    /// After each pause of so many seconds.
    Seconds(i64),
    /// After each pause of so many minutes.
    Minutes(i64),
    /// Every day at that Shanghai time (domain R0).
    Daily(NaiveTime),
}

impl When {
    /// The next time after `now`. What was missed while nobody worked is not caught up one by one.
    #[must_use]
    pub fn after(self, now: DateTime<Utc>) -> DateTime<Utc> {
        match self {
            Self::Seconds(seconds) => now + chrono::Duration::seconds(seconds),
            Self::Minutes(minutes) => now + chrono::Duration::minutes(minutes),
            Self::Daily(time) => {
                let since_midnight = time - NaiveTime::MIN;
                let today = calendar::start_of(calendar::day_of(now)) + since_midnight;
                if today > now { today } else { today + chrono::Duration::days(1) }
            }
        }
    }
}

/// A little after midnight, when the day has changed for everybody.
const NIGHT: NaiveTime = NaiveTime::from_hms_opt(0, 5, 0).expect("five past midnight is a time");

/// The whole table: the kind of the job, and when.
pub const RECURRING: &[(&str, When)] = &[
    ("handoff.expire", When::Minutes(1)),
    ("declaration.auto_withdraw", When::Minutes(60)),
    ("payment.mark_overdue", When::Daily(NIGHT)),
    ("payment.want_statements", When::Minutes(60)),
    ("payment.check_parity", When::Minutes(15)),
    ("payment.issue_monthly_statements", When::Daily(NIGHT)),
    ("payment.dun_monthly_statements", When::Daily(NIGHT)),
    ("clearance.expire_forms", When::Daily(NIGHT)),
    ("identity.review_eligibilities", When::Daily(NIGHT)),
    ("transfer.notice_overdue", When::Minutes(1)),
    ("credit.evaluate", When::Daily(NIGHT)),
    ("credit.expire_recognitions", When::Daily(NIGHT)),
    ("transfer.expire", When::Daily(NIGHT)),
    ("nonconformity.digest", When::Daily(NIGHT)),
    ("webhook.forget", When::Minutes(60)),
    ("statistics.fold", When::Seconds(10)),
    ("exchange.sweep", When::Minutes(1)),
    ("ledger.reap_jobs", When::Minutes(10)),
    ("ledger.reap_idempotency_keys", When::Minutes(10)),
];

/// Puts what is new into the table of schedules, due at once.
pub async fn know_all(ctx: &Context) -> anyhow::Result<()> {
    let mut tx = Tx::begin(&ctx.pool, &ctx.clock).await?;
    let now = tx.now;
    for (kind, _) in RECURRING {
        schedule::know(&mut tx, kind, now).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Promises what is due; returns how many jobs that were looked at.
pub async fn tick(ctx: &Context) -> anyhow::Result<usize> {
    let mut tx = Tx::begin(&ctx.pool, &ctx.clock).await?;
    let now = tx.now;
    let due = schedule::due(&mut tx).await?;
    for (kind, when) in RECURRING.iter().filter(|(kind, _)| due.iter().any(|due| due == kind)) {
        schedule::promise(&mut tx, kind, when.after(now)).await?;
    }
    tx.commit().await?;
    Ok(due.len())
}

/// Ticks every second until told to stop.
pub async fn keep_promising(ctx: Context, mut stop: Stop) {
    let mut is_known = false;
    loop {
        let done = async {
            if !is_known {
                know_all(&ctx).await?;
            }
            tick(&ctx).await
        };
        match done.await {
            Ok(_) => is_known = true,
            Err(error) => tracing::warn!("cannot promise what recurs: {error:#}"),
        }
        tokio::select! {
            () = sleep(Duration::from_secs(1)) => {}
            () = stop.called() => return,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime<Utc> {
        text.parse().unwrap()
    }

    #[test]
    fn the_night_of_shanghai_is_the_afternoon_of_utc() {
        let night = When::Daily(NIGHT);

        assert_eq!(night.after(at("2014-05-12T16:04:59Z")), at("2014-05-12T16:05:00Z"));
        assert_eq!(night.after(at("2014-05-12T16:05:00Z")), at("2014-05-13T16:05:00Z"));
        assert_eq!(night.after(at("2014-05-12T08:00:00Z")), at("2014-05-12T16:05:00Z"));
    }

    #[test]
    fn whatever_recurs_is_answered() {
        let unanswered: Vec<_> =
            RECURRING.iter().filter(|(kind, _)| crate::switchboard::find(kind).is_none()).collect();

        assert_eq!(unanswered, Vec::<&(&str, When)>::new());
    }

    #[test]
    fn nothing_recurs_under_two_names() {
        let mut kinds: Vec<_> = RECURRING.iter().map(|(kind, _)| kind).collect();
        kinds.sort_unstable();
        kinds.dedup();

        assert_eq!(kinds.len(), RECURRING.len());
    }
}
