use tests::{DERUI, Durability, Town, eventually};

use super::{all_home, close_the_gate, file_many, held_up};

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_killed_in_the_middle_of_its_jobs_is_replaced_without_doubles() {
    let town = Town::build(Durability::Careless).await;
    let _api = town.api().await;
    let erp = town.erp(DERUI).await;
    file_many(&erp, "KILLED", 30).await;
    let gate = close_the_gate(&town).await;
    let mut first = town.worker().await;
    let in_hand =
        "select (select count(*) from jobs where kind = 'handoff.answer') - (select count(*) from
        (select from jobs where kind = 'handoff.answer' for update skip locked) as free)";
    eventually("the first is in the middle of its jobs", async || {
        town.count(in_hand).await > 0 && held_up(&town).await > 0
    })
    .await;

    first.program.kill();
    let (second, third) = (town.worker().await, town.worker().await);
    gate.commit().await.unwrap();

    all_home(&town, 30).await;
    // By a bell that rang again, or by its own bell, which Redis gave to another.
    let owed = "select count(*) from jobs where kind = 'handoff.answer' and state <> 'done'";
    assert_eq!(town.count(owed).await, 0, "others did what the first had begun");

    let mut filed = 30;
    eventually("both have done something", async || {
        file_many(&erp, &format!("SHARED-{filed}"), 10).await;
        filed += 10;
        second.jobs_done().await > 0 && third.jobs_done().await > 0
    })
    .await;
    all_home(&town, filed).await;
}
