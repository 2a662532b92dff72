//! The bureaus' ledgers, looked into and never written.
use std::{collections::BTreeSet, time::Duration};

use chrono::{DateTime, Utc};
use sqlx::{PgPool, postgres::PgPoolOptions};
use uuid::Uuid;

use super::account::{Deed, Done, Heard, Said, Standing};

/// One bureau's.
#[derive(Clone)]
pub(super) struct Ledger {
    pub(super) bureau: String,
    pool: PgPool,
}

impl Ledger {
    pub(super) fn open(bureau: &str, url: &str) -> anyhow::Result<Self> {
        let pool = PgPoolOptions::new().max_connections(3).acquire_timeout(Duration::from_secs(10));
        Ok(Self { bureau: bureau.to_owned(), pool: pool.connect_lazy(url)? })
    }

    /// What waits for another bureau now.
    pub(super) async fn waiting_for(&self, receiver: &str) -> anyhow::Result<Vec<Uuid>> {
        let sql = "select id from outbox where receiver = $1 and state = 'WAITING'";
        Ok(sqlx::query_scalar(sql).bind(receiver).fetch_all(&self.pool).await?)
    }

    /// How many of these have no receipt yet.
    pub(super) async fn undelivered(&self, ids: &[Uuid]) -> anyhow::Result<i64> {
        let sql = "select count(*) from outbox where id = any($1) and state = 'WAITING'";
        Ok(sqlx::query_scalar(sql).bind(ids).fetch_one(&self.pool).await?)
    }

    /// How many of these are stored here, and have not taken effect yet.
    pub(super) async fn unapplied(&self, sender: &str, ids: &[Uuid]) -> anyhow::Result<i64> {
        let sql =
            "select count(*) from inbox where sender = $1 and id = any($2) and state = 'STORED'";
        Ok(sqlx::query_scalar(sql).bind(sender).bind(ids).fetch_one(&self.pool).await?)
    }

    /// How much is under way between bureaus, and how much was ever said.
    pub(super) async fn under_way(&self) -> anyhow::Result<(i64, i64)> {
        let sql = "select
            (select count(*) from outbox where state = 'WAITING')
            + (select count(*) from inbox where state = 'STORED')
            + (select count(*) from jobs where state in ('ready', 'running') and due_at <= now()
                 and (kind like 'exchange.%' or kind like 'handoff.%')),
            (select count(*) from outbox)";
        Ok(sqlx::query_as(sql).fetch_one(&self.pool).await?)
    }

    /// Drawn cases of other bureaus that lie here: an inspector's work.
    pub(super) async fn to_inspect(&self) -> anyhow::Result<Vec<Uuid>> {
        let sql = "select id from declarations where status = 'SELECTED'
            and left(holder_org, 2) = left(direct_bureau, 2) and left(decl_org, 2) <> left(direct_bureau, 2)";
        Ok(sqlx::query_scalar(sql).fetch_all(&self.pool).await?)
    }

    pub(super) async fn said(&self) -> anyhow::Result<Vec<Said>> {
        let rows: Vec<(String, Uuid, String, Option<String>)> = sqlx::query_as(
            "select receiver, id, kind,
                case when state = 'DEAD' and receipt is not null then coalesce(last_error, '') end
             from outbox",
        )
        .fetch_all(&self.pool)
        .await?;
        let said = |(receiver, id, kind, refusal)| {
            let sender = self.bureau.clone();
            Said { sender, receiver, id, kind, refusal }
        };
        Ok(rows.into_iter().map(said).collect())
    }

    pub(super) async fn heard(&self) -> anyhow::Result<Vec<Heard>> {
        let rows: Vec<(String, Uuid, String, Option<String>)> =
            sqlx::query_as("select sender, id, state, reason from inbox")
                .fetch_all(&self.pool)
                .await?;
        let heard = |(sender, id, state, reason)| Heard {
            sender,
            receiver: self.bureau.clone(),
            id,
            state,
            reason,
        };
        Ok(rows.into_iter().map(heard).collect())
    }

    /// Which cases it knows, and which it says lie here.
    pub(super) async fn standing(&self) -> anyhow::Result<Standing> {
        let rows: Vec<(Uuid, bool)> = sqlx::query_as(
            "select id, left(holder_org, 2) = left(direct_bureau, 2) from declarations",
        )
        .fetch_all(&self.pool)
        .await?;
        let known: BTreeSet<_> = rows.iter().map(|(id, _)| *id).collect();
        let held = rows.into_iter().filter(|(_, lies_here)| *lies_here).map(|(id, _)| id).collect();
        Ok(Standing { known, held })
    }

    /// What was done here with cases: taken over from another bureau, or acted on by officers.
    pub(super) async fn deeds(&self) -> anyhow::Result<Vec<Deed>> {
        let rows: Vec<(Uuid, DateTime<Utc>, String)> = sqlx::query_as(
            "select e.subject, e.at, e.kind from events e join declarations d on d.id = e.subject
             where e.kind = 'handoff.accepted'
                   and left(e.data->>'to_org', 2) = left(d.direct_bureau, 2)
                   and left(e.data->>'from_org', 2) <> left(d.direct_bureau, 2)
                or e.actor_kind = 'STAFF' and e.kind not like 'handoff.%'
             order by e.at, e.seq",
        )
        .fetch_all(&self.pool)
        .await?;
        let deed = |(case, at, kind): (Uuid, DateTime<Utc>, String)| Deed {
            bureau: self.bureau.clone(),
            case,
            at,
            done: if kind == "handoff.accepted" { Done::TakenOver } else { Done::Acted(kind) },
        };
        Ok(rows.into_iter().map(deed).collect())
    }

    /// How often something happened.
    pub(super) async fn happened(&self, kind: &str) -> anyhow::Result<i64> {
        let sql = "select count(*) from events where kind = $1";
        Ok(sqlx::query_scalar(sql).bind(kind).fetch_one(&self.pool).await?)
    }
}
