use std::{sync::Arc, time::Duration};

use tests::{Caller, Consignment, DERUI, Durability, Heard, Town, eventually, screws};
use tokio::time::{interval, timeout};

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
    for line in lines {
        line.await.unwrap();
    }

    all_home(&town, i64::try_from(LINES * EACH).unwrap()).await;
    for (reference, id) in receipts.lock().await.iter() {
        let again = erp.file(&screws(reference).of(DERUI)).await.unwrap().expect(200);
        assert_eq!(again.text("/id"), id, "{reference} has one receipt");
    }
    for (reference, id) in before {
        assert_eq!(receipts.lock().await[&reference], id, "{reference} outlived the server");
    }
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
