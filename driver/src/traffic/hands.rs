//! Officers and payers under load: whatever waits for a person is looked up in the tables, and done over HTTP.
use std::{collections::BTreeMap, sync::Arc, time::Duration};

use futures_util::{StreamExt as _, stream};
use serde_json::Value;
use sqlx::PgPool;
use tokio::{sync::watch, time::sleep};

use super::refunds;
use crate::{
    officer::{self, Case, Finding},
    wire::Declaration,
    world::World,
};

const GLANCE: Duration = Duration::from_millis(300);
const AT_ONCE: usize = 8;

/// Works until told to stop. What lies with another bureau is for that bureau's officers.
pub(crate) async fn work(world: Arc<World>, pool: PgPool, stop: watch::Receiver<bool>) {
    let mut cases = BTreeMap::new();
    while !*stop.borrow() {
        let looked = look(&world, &pool, &mut cases).await;
        let looked = looked.and(refunds::work(&world, &pool).await);
        if let Err(error) = looked {
            // The tables are away: so are the officers' screens.
            eprintln!("officers: {error:#}");
            sleep(Duration::from_secs(1)).await;
        }
        sleep(GLANCE).await;
    }
}

async fn look(
    world: &World,
    pool: &PgPool,
    cases: &mut BTreeMap<String, Case>,
) -> anyhow::Result<()> {
    let waiting: Vec<(Value, String)> = sqlx::query_as(
        "select to_jsonb(d), d.decl_reg_no from declarations d
         where (status in ('MANUAL_REVIEW', 'SELECTED', 'INSPECTING', 'LAB_PENDING', 'NON_CONFORMING',
                           'TREATMENT_ORDERED')
                or status = 'CONFORMING' and (kind = 'CATALOGUE' or is_selected))
           and left(holder_org, 2) = left(direct_bureau, 2)
           and not exists (select from fee_notices n where n.declaration_id = d.id
                           and n.state in ('ISSUED', 'PAYING', 'OVERDUE') and d.status = 'CONFORMING')
         order by updated_at limit 64",
    )
    .fetch_all(pool)
    .await?;
    let mut here = Vec::new();
    for (row, reg_no) in waiting {
        let seen: Declaration = serde_json::from_value(row)?;
        let mut case = cases
            .remove(&seen.id)
            .unwrap_or_else(|| Case::new(seen.id.clone(), reg_no, Finding::ConformingByLaboratory));
        case.seen = Some(seen);
        here.push(case);
    }
    let done = stream::iter(here).map(async |mut case: Case| {
        officer::work(world, &mut case).await;
        case
    });
    *cases = done.buffer_unordered(AT_ONCE).map(|case| (case.id.clone(), case)).collect().await;
    Ok(())
}

/// Pays every notice whose debit failed, except those that the bank will refuse again. Returns how many.
pub(crate) async fn pay_again(world: &World, pool: &PgPool) -> anyhow::Result<usize> {
    let open: Vec<(String, String)> = sqlx::query_as(
        "select n.id::text, n.reg_no from fee_notices n where n.state in ('ISSUED', 'OVERDUE')
           and exists (select from payments p where p.notice_id = n.id and p.failure_code = 'NOT_FOUND')",
    )
    .fetch_all(pool)
    .await?;
    for (notice, reg_no) in &open {
        world.declarant(reg_no)?.pay(notice).await?;
    }
    Ok(open.len())
}
