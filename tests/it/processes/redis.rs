use tests::{DERUI, Durability, Town, eventually};

use super::{all_home, file_many, flow};

#[tokio::test(flavor = "multi_thread")]
async fn redis_emptied_and_restarted_while_batches_are_in_flight_loses_nothing() {
    let mut town = Town::build(Durability::Careless).await;
    let _api = town.api().await;
    let _worker = town.worker().await;
    let erp = town.erp(DERUI).await;
    eventually("the flow is green", async || flow(&town).await == 200).await;

    let filing = tokio::spawn({
        let erp = erp.clone();
        async move { file_many(&erp, "EMPTIED", 20).await }
    });
    while !filing.is_finished() {
        town.redis.empty();
        tokio::task::yield_now().await;
    }
    filing.await.unwrap();

    town.redis.kill();
    file_many(&erp, "AWAY", 20).await;
    eventually("the flow is red", async || flow(&town).await == 503).await;
    file_many(&erp, "RED", 4).await;
    town.redis.back().await;
    eventually("the flow is green again", async || flow(&town).await == 200).await;

    let filing = tokio::spawn(async move { file_many(&erp, "RESTARTED", 20).await });
    eventually("some are filed", async || {
        town.count("select count(*) from declarations where ent_decl_no like 'RESTARTED%'").await
            > 4
    })
    .await;
    town.redis.kill();
    town.redis.back().await;
    filing.await.unwrap();

    all_home(&town, 64).await;
}
