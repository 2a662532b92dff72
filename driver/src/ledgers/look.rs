//! The bureaus' ledgers, looked into and never written.
use std::{
    collections::{BTreeMap, BTreeSet},
    time::Duration,
};

use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::{PgPool, postgres::PgPoolOptions};
use uuid::Uuid;

use super::account::{Deed, Done, Heard, Said, Standing};

/// One bureau's.
#[derive(Clone)]
pub(crate) struct Ledger {
    pub(crate) bureau: String,
    pool: PgPool,
}

impl Ledger {
    pub(crate) fn open(bureau: &str, url: &str) -> anyhow::Result<Self> {
        let pool = PgPoolOptions::new().max_connections(3).acquire_timeout(Duration::from_secs(10));
        Ok(Self { bureau: bureau.to_owned(), pool: pool.connect_lazy(url)? })
    }

    /// What waits for another bureau now.
    pub(crate) async fn waiting_for(&self, receiver: &str) -> anyhow::Result<Vec<Uuid>> {
        let sql = "select id from outbox where receiver = $1 and state = 'WAITING'";
        Ok(sqlx::query_scalar(sql).bind(receiver).fetch_all(&self.pool).await?)
    }

    /// How many of these have no receipt yet.
    pub(crate) async fn undelivered(&self, ids: &[Uuid]) -> anyhow::Result<i64> {
        let sql = "select count(*) from outbox where id = any($1) and state = 'WAITING'";
        Ok(sqlx::query_scalar(sql).bind(ids).fetch_one(&self.pool).await?)
    }

    /// How many of these are stored here, and have not taken effect yet.
    pub(crate) async fn unapplied(&self, sender: &str, ids: &[Uuid]) -> anyhow::Result<i64> {
        let sql =
            "select count(*) from inbox where sender = $1 and id = any($2) and state = 'STORED'";
        Ok(sqlx::query_scalar(sql).bind(sender).bind(ids).fetch_one(&self.pool).await?)
    }

    /// How much is under way between bureaus, and how much was ever said.
    pub(crate) async fn under_way(&self) -> anyhow::Result<(i64, i64)> {
        let sql = "select
            (select count(*) from outbox where state = 'WAITING')
            + (select count(*) from inbox where state = 'STORED')
            + (select count(*) from jobs where state in ('ready', 'running') and due_at <= now()
                 and (kind like 'exchange.%' or kind like 'handoff.%')),
            (select count(*) from outbox)";
        Ok(sqlx::query_as(sql).fetch_one(&self.pool).await?)
    }

    /// Drawn cases of other bureaus that lie here: an inspector's work.
    pub(crate) async fn to_inspect(&self) -> anyhow::Result<Vec<Uuid>> {
        let sql = "select id from declarations where status = 'SELECTED'
            and left(holder_org, 2) = left(direct_bureau, 2) and left(decl_org, 2) <> left(direct_bureau, 2)";
        Ok(sqlx::query_scalar(sql).fetch_all(&self.pool).await?)
    }

    pub(crate) async fn said(&self) -> anyhow::Result<Vec<Said>> {
        type Row = (String, Uuid, String, Option<Value>, Option<String>);
        // What is to be said again waits for its receipt again.
        let rows: Vec<Row> = sqlx::query_as(
            "select receiver, id, kind, case when state <> 'WAITING' then receipt end,
                case when state = 'DEAD' and receipt is not null then coalesce(last_error, '') end
             from outbox",
        )
        .fetch_all(&self.pool)
        .await?;
        let said = |(receiver, id, kind, receipt, refusal)| {
            let sender = self.bureau.clone();
            Said { sender, receiver, id, kind, receipt, refusal }
        };
        Ok(rows.into_iter().map(said).collect())
    }

    pub(crate) async fn heard(&self) -> anyhow::Result<Vec<Heard>> {
        let rows: Vec<(String, Uuid, String, Option<String>, Value)> =
            sqlx::query_as("select sender, id, state, reason, receipt from inbox")
                .fetch_all(&self.pool)
                .await?;
        let heard = |(sender, id, state, reason, receipt)| Heard {
            sender,
            receiver: self.bureau.clone(),
            id,
            state,
            reason,
            receipt,
        };
        Ok(rows.into_iter().map(heard).collect())
    }

    /// Pings that took effect here otherwise than once: how many pongs each brought about.
    pub(crate) async fn echoes(&self) -> anyhow::Result<Vec<(Uuid, i64)>> {
        let sql = "select ping.id, count(pong.id) from inbox ping
             left join outbox pong on pong.kind = 'exchange.pong' and pong.receiver = ping.sender
                  and pong.payload->>'message_id' = ping.id::text
             where ping.kind = 'exchange.ping' and ping.state = 'APPLIED'
             group by ping.id having count(pong.id) <> 1";
        Ok(sqlx::query_as(sql).fetch_all(&self.pool).await?)
    }

    /// The steps of inspection that its histories tell of cases that were declared in one bureau and inspected in
    /// another, in their order.
    pub(crate) async fn steps(&self) -> anyhow::Result<BTreeMap<Uuid, Vec<String>>> {
        let rows: Vec<(Uuid, Vec<String>)> = sqlx::query_as(
            "select e.subject, array_agg(e.kind || ' → ' || e.next order by e.seq) from events e
             where e.kind like 'inspection.%' and e.next is not null and exists (
                select from handoff_passages p where p.declaration_id = e.subject)
             group by e.subject",
        )
        .fetch_all(&self.pool)
        .await?;
        Ok(rows.into_iter().collect())
    }

    /// Which of these lie here.
    pub(crate) async fn holds(&self, cases: &[Uuid]) -> anyhow::Result<BTreeSet<Uuid>> {
        let sql = "select id from declarations
            where id = any($1) and left(holder_org, 2) = left(direct_bureau, 2)";
        let held: Vec<Uuid> = sqlx::query_scalar(sql).bind(cases).fetch_all(&self.pool).await?;
        Ok(held.into_iter().collect())
    }

    /// Which cases it knows, and which it says lie here.
    pub(crate) async fn standing(&self) -> anyhow::Result<Standing> {
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
    pub(crate) async fn deeds(&self) -> anyhow::Result<Vec<Deed>> {
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
    pub(crate) async fn happened(&self, kind: &str) -> anyhow::Result<i64> {
        let sql = "select count(*) from events where kind = $1";
        Ok(sqlx::query_scalar(sql).bind(kind).fetch_one(&self.pool).await?)
    }
}
