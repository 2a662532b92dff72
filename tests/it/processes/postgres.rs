use std::{collections::BTreeMap, sync::Arc, time::Duration};

use serde_json::json;
use tests::{Caller, Consignment, DERUI, Durability, Heard, Town, eventually, screws};
use tokio::time::{interval, timeout};
use uuid::Uuid;

use super::{Receipts, all_home};

const LINES: usize = 4;
const EACH: usize = 12;

#[tokio::test(flavor = "multi_thread")]
async fn postgres_killed_under_load_keeps_every_receipt() {
    let mut town = Town::build(Durability::Durable).await;
    let _api = town.api().await;
    let _worker = town.worker().await;
    let erp = town.erp(DERUI).await;
    let receipts = Receipts::default();
    let lines: Vec<_> = (0..LINES)
        .map(|line| tokio::spawn(insist(erp.clone(), line, Arc::clone(&receipts))))
        .collect();

    eventually("a third has its receipt", async || receipts.lock().await.len() >= LINES * EACH / 3)
        .await;
    town.postgres.kill();
    let before = receipts.lock().await.clone();
    eventually("the api says that it cannot work", async || {
        town.stranger().get("/health/ready").await.is_some_and(|heard| heard.status == 503)
    })
    .await;
    town.postgres.back().await;
    assert_eq!(stored(&town, &before).await, before.len(), "receipts outlive the server");
    for line in lines {
        line.await.unwrap();
    }

    all_home(&town, i64::try_from(LINES * EACH).unwrap()).await;
    for (reference, id) in receipts.lock().await.iter() {
        let again = erp.file(&screws(reference).of(DERUI)).await.unwrap().expect(200);
        assert_eq!(again.text("/id"), id, "{reference} has one receipt");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_waits_for_a_lock_that_is_not_let_go_of_is_told_to_come_again() {
    let town = Town::build(Durability::Careless).await;
    let _api = town.api().await;
    let erp = town.erp(DERUI).await;
    let filed = erp.file(&screws("LOCK-1").of(DERUI)).await.unwrap().expect(201);
    let withdraw = format!("/v1/declarations/{}/withdraw", filed.text("/id"));
    let mut stopped = town.pool.begin().await.unwrap();
    sqlx::query("select from declarations where id = $1 for update")
        .bind(filed.text("/id").parse::<Uuid>().unwrap())
        .execute(&mut *stopped)
        .await
        .unwrap();

    let (act, other) = (json!({ "reason": "合同取消" }), screws("LOCK-2").of(DERUI));
    let (waited, passed) = tokio::join!(
        timeout(Duration::from_secs(10), erp.post(&withdraw, &act)),
        erp.file(&other),
    );

    let waited = waited.expect("an answer before the lock is gone").unwrap().expect(503);
    assert_eq!(waited.text("/type"), "/problems/unavailable");
    passed.unwrap().expect(201);
    stopped.rollback().await.unwrap();
    erp.post(&withdraw, &act).await.unwrap().expect(200);
}

/// How many of these receipts are in the tables.
async fn stored(town: &Town, receipts: &BTreeMap<String, String>) -> usize {
    let ids: Vec<Uuid> = receipts.values().map(|id| id.parse().unwrap()).collect();
    let count: i64 = sqlx::query_scalar("select count(*) from declarations where id = any($1)")
        .bind(ids)
        .fetch_one(&town.pool)
        .await
        .unwrap();
    count.try_into().unwrap()
}

/// Files its consignments one by one, each until there is a receipt.
async fn insist(erp: Caller, line: usize, receipts: Receipts) {
    for n in 0..EACH {
        let reference = format!("LOAD-{line}-{n}");
        let consignment = screws(&reference).of(DERUI);
        let filed = timeout(Duration::from_mins(1), receipt(&erp, &consignment)).await.unwrap();
        receipts.lock().await.insert(reference, filed.text("/id").to_owned());
    }
}

/// Asks again after silence and after "please try again", and bears no other answer.
async fn receipt(erp: &Caller, consignment: &Consignment) -> Heard {
    let mut beat = interval(Duration::from_millis(100));
    loop {
        beat.tick().await;
        match erp.file(consignment).await {
            Some(heard) if heard.status == 503 => {}
            Some(heard) => {
                assert!(matches!(heard.status, 200 | 201), "{:#}", heard.body);
                return heard;
            }
            None => {}
        }
    }
}
