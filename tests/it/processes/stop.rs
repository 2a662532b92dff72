use std::net::TcpStream;

use tests::{DERUI, Durability, Town, eventually, screws};

use super::{all_home, close_the_gate, file_many, held_up};

#[tokio::test(flavor = "multi_thread")]
async fn an_api_told_to_stop_answers_whom_it_has_let_in() {
    let town = Town::build(Durability::Careless).await;
    let mut api = town.api().await;
    let erp = town.erp(DERUI).await;
    let gate = close_the_gate(&town).await;
    let filing =
        tokio::spawn(async move { erp.file(&screws("STOPPED-0").of(DERUI)).await.unwrap() });
    eventually("the filing is under way", async || held_up(&town).await > 0).await;

    api.signal("-TERM");
    let door = town.url().trim_start_matches("http://").to_owned();
    eventually("nobody else is let in", async || TcpStream::connect(&door).is_err()).await;
    assert!(api.is_running(), "it waits for the filing");
    gate.commit().await.unwrap();

    filing.await.unwrap().expect(201);
    assert!(api.ended().await.success());
    let _again = (town.api().await, town.worker().await);
    all_home(&town, 1).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_worker_told_to_stop_ends_what_it_has_begun() {
    let town = Town::build(Durability::Careless).await;
    let _api = town.api().await;
    let erp = town.erp(DERUI).await;
    file_many(&erp, "BEGUN", 8).await;
    let gate = close_the_gate(&town).await;
    let mut worker = town.worker().await.program;
    eventually("it is in the middle of its jobs", async || held_up(&town).await > 0).await;

    worker.signal("-TERM");
    eventually("it has heard", async || worker.log().contains("told to stop")).await;
    assert!(worker.is_running(), "it waits for its jobs");
    gate.commit().await.unwrap();

    assert!(worker.ended().await.success());
    let (running, done, again) = (
        "select count(*) from jobs where state = 'running'",
        "select count(*) from jobs where state = 'done' and kind = 'handoff.answer'",
        "select count(*) from jobs where attempt > 1",
    );
    assert_eq!(town.count(running).await, 0, "nothing is left half done");
    assert!(town.count(done).await > 0, "what it had begun is done");
    let _next = town.worker().await;
    all_home(&town, 8).await;
    assert_eq!(town.count(again).await, 0, "nobody had to do it again");
}
