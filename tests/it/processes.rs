//! What befalls real processes: `api`, `worker`, `sandbox`, Postgres and Redis are killed, stopped, emptied, hung up
//! on and told to go while consignments are on their way. Nothing is lost, nothing happens twice, and work goes on
//! by itself.
mod backup;
mod bank;
mod caller;
mod money;
mod partner;
mod postgres;
mod redis;
mod start;
mod stop;
mod worker;

use std::{collections::BTreeMap, sync::Arc};

use tests::{Caller, DERUI, Town, eventually, screws};
use tokio::sync::Mutex;

/// The first receipt of each reference: its id.
type Receipts = Arc<Mutex<BTreeMap<String, String>>>;

/// Files so many consignments at once, from four lines; every answer is 201.
async fn file_many(erp: &Caller, batch: &str, count: usize) {
    let lines: Vec<_> = (0..4)
        .map(|line| {
            let (erp, batch) = (erp.clone(), batch.to_owned());
            tokio::spawn(async move {
                for n in (line..count).step_by(4) {
                    let heard = erp.file(&screws(&format!("{batch}-{n}")).of(DERUI)).await;
                    heard.expect("an answer").expect(201);
                }
            })
        })
        .collect();
    for line in lines {
        line.await.unwrap();
    }
}

/// Waits until so many declarations are stored and all of them have gone their way, each step once. A few are drawn
/// for inspection and wait for their inspector; all others are released.
async fn all_home(town: &Town, filed: i64) {
    let home =
        "select count(*) from declarations where status = 'RELEASED' or (is_selected and not exists
        (select from handoffs where declaration_id = declarations.id and state = 'OFFERED'))";
    eventually("all goods are home", async || town.count(home).await == filed).await;
    assert_eq!(town.count("select count(*) from declarations").await, filed);
    let drawn = town.count("select count(*) from declarations where is_selected").await;
    assert!(drawn * 4 <= filed, "{drawn} of {filed} were drawn");
    once(town).await;
}

/// Nothing happened twice, and nothing was given up.
async fn once(town: &Town) {
    let twice = "select count(*) from (select from events
        where kind in ('declaration.filed', 'declaration.accepted', 'declaration.released', 'handoff.accepted')
        group by kind, subject, data->>'handoff' having count(*) > 1) as again";
    assert_eq!(town.count(twice).await, 0, "something happened twice");
    let released = "select count(*) from events where kind = 'declaration.released'";
    let standing = "select count(*) from declarations where status = 'RELEASED'";
    assert_eq!(town.count(released).await, town.count(standing).await);
    assert_eq!(town.count("select count(*) from jobs where state = 'dead'").await, 0);
}

/// What `GET /health/flow` answers.
async fn flow(town: &Town) -> u16 {
    town.stranger().get("/health/flow").await.map_or(0, |heard| heard.status)
}

/// How many transactions wait for a lock that the test holds.
async fn held_up(town: &Town) -> i64 {
    town.count(
        "select count(*) from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock'",
    )
    .await
}

/// Holds every writer of declarations up until the transaction ends.
async fn close_the_gate(town: &Town) -> sqlx::Transaction<'static, sqlx::Postgres> {
    let mut gate = town.pool.begin().await.unwrap();
    sqlx::query("lock table declarations in share mode").execute(&mut *gate).await.unwrap();
    gate
}
