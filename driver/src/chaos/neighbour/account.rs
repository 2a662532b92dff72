//! The neighbour's book against the bureau's ledger.
use std::collections::{BTreeMap, BTreeSet};

use sqlx::PgPool;

use super::{CODE, Neighbour};
use crate::chaos::audit::Audit;

/// What was said between the two, either way.
#[derive(Debug, Default)]
pub(in crate::chaos) struct Exchanged {
    pub(in crate::chaos) sent: usize,
    pub(in crate::chaos) applied: usize,
    /// Came more than once to the neighbour.
    pub(in crate::chaos) repeated: usize,
}

/// A message of the neighbour in the bureau's inbox.
struct Taken {
    state: String,
    pongs: i64,
    kind: String,
}

impl Neighbour {
    /// Every message once, at both ends; every ping with one pong.
    pub(in crate::chaos) async fn audit(
        &self,
        audit: &mut Audit,
        pool: &PgPool,
    ) -> anyhow::Result<Exchanged> {
        let taken = taken(pool).await?;
        let outbox: Vec<(String, String)> =
            sqlx::query_as("select id::text, state from outbox where receiver = $1")
                .bind(CODE)
                .fetch_all(pool)
                .await?;
        let desk = self.desk();
        let mut exchanged = Exchanged { repeated: desk.repeated, ..Exchanged::default() };
        for (id, kind, is_received) in desk.said() {
            exchanged.sent += 1;
            match taken.get(id) {
                None if is_received => {
                    audit.lost.push(format!("{kind} {id} has a receipt, and is gone"));
                }
                None => audit.stuck.push(format!("{kind} {id} never got a receipt")),
                Some(one) if one.state != "APPLIED" => {
                    audit.stuck.push(format!("{kind} {id} is {} at the bureau", one.state));
                }
                Some(one) if one.kind == "exchange.ping" && one.pongs != 1 => {
                    audit.doubled.push(format!("{kind} {id} has {} pongs", one.pongs));
                }
                Some(_) => exchanged.applied += 1,
            }
        }
        let said: BTreeSet<_> = desk.said().map(|(id, ..)| id).collect();
        let strange = taken.keys().filter(|id| !said.contains(id.as_str()));
        audit.doubled.extend(strange.map(|id| format!("{id} was never said by the neighbour")));

        for (id, state) in &outbox {
            exchanged.sent += 1;
            match (state.as_str(), desk.heard.contains_key(id)) {
                ("DELIVERED", true) => exchanged.applied += 1,
                ("DELIVERED", false) => {
                    audit.lost.push(format!("{id} is delivered, and not there"));
                }
                (state, _) => audit.stuck.push(format!("{id} to the neighbour is {state}")),
            }
        }
        let ours: BTreeSet<_> = outbox.iter().map(|(id, _)| id.as_str()).collect();
        let strange = desk.heard.keys().filter(|id| !ours.contains(id.as_str()));
        audit
            .doubled
            .extend(strange.map(|id| format!("{id} reached the neighbour, and nobody said it")));
        audit.refused.extend(desk.wrong.iter().cloned());
        Ok(exchanged)
    }
}

async fn taken(pool: &PgPool) -> anyhow::Result<BTreeMap<String, Taken>> {
    let rows: Vec<(String, String, i64, String)> = sqlx::query_as(
        "select i.id::text, i.state, (select count(*) from outbox o
            where o.kind = 'exchange.pong' and o.payload->>'message_id' = i.id::text), i.kind
         from inbox i where i.sender = $1",
    )
    .bind(CODE)
    .fetch_all(pool)
    .await?;
    let taken = rows.into_iter().map(|(id, state, pongs, kind)| (id, Taken { state, pongs, kind }));
    Ok(taken.collect())
}
