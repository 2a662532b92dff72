use std::{collections::BTreeSet, time::Duration};

use sandbox::partner::{Fault, Manner, Saying};
use serde_json::{Value, json};
use tests::{Durability, Town, eventually};
use uuid::Uuid;

const ZHEJIANG: &str = "330000";
const JIANGSU: &str = "320000";

fn pings(places: std::ops::Range<i32>) -> Vec<Saying> {
    let correlation_id = Some(Uuid::from_u128(7));
    let ping = |sequence| {
        let (kind, payload) = ("exchange.ping".to_owned(), json!({}));
        Saying { kind, correlation_id, sequence, payload }
    };
    places.map(ping).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_that_hangs_holds_up_no_other_partner() {
    let town = Town::build(Durability::Careless).await;
    let (_api, _worker) = (town.api().await, town.worker().await);
    let zhejiang = town.partner(ZHEJIANG, &[]).await;
    let jiangsu = town.partner(JIANGSU, &[]).await;
    let administrator = town.administrator().await;
    let ping = async |code: &str| {
        let path = format!("/v1/partners/{code}/ping");
        administrator.post(&path, &json!({})).await.unwrap().expect(202);
    };
    zhejiang.behaves(Manner::Silent).await;
    ping(ZHEJIANG).await;
    let hangs =
        "select count(*) from partners where code = '330000' and delivering_until is not null";
    eventually("the first hangs", async || town.count(hangs).await == 1).await;

    for _ in 0..3 {
        ping(JIANGSU).await;
    }
    eventually("the other is told", async || jiangsu.inbox().await.len() == 3).await;

    assert_eq!(town.count(hangs).await, 1, "the first hangs still");
    assert!(zhejiang.inbox().await.is_empty());
    zhejiang.behaves(Manner::Good).await;
    eventually("the first is told too", async || zhejiang.inbox().await.len() == 1).await;
    let waiting = "select count(*) from outbox where state <> 'DELIVERED'";
    eventually("all receipts are here", async || town.count(waiting).await == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_are_neither_lost_nor_applied_twice_when_api_and_worker_are_killed() {
    let town = Town::build(Durability::Careless).await;
    let (mut api, mut worker) = (town.api().await, town.worker().await);
    let zhejiang = town.partner(ZHEJIANG, &[]).await;
    let mut said = Vec::new();

    for (round, first) in (1..41).step_by(5).enumerate() {
        let manners = [Manner::Good, Manner::Withholding, Manner::Misdirecting, Manner::Halving];
        zhejiang.behaves(manners[round % 4]).await;
        // Killed at any moment: before it read, stored, or answered; while receipts were given, or a message applied.
        let moment = Duration::from_millis(u64::try_from(round).unwrap() * 3);
        let kill = async {
            tokio::time::sleep(moment).await;
            if round % 2 == 0 { api.kill() } else { worker.program.kill() }
        };
        let five = pings(first..first + 5);
        let (mut answer, ()) = tokio::join!(zhejiang.says(&five, Fault::OutOfOrder), kill);
        if round % 2 == 0 {
            api = town.api().await;
        } else {
            worker = town.worker().await;
        }
        while answer.unanswered.is_some() {
            answer = zhejiang.says_again(&answer.messages).await;
        }
        assert_eq!(answer.heard[0].status, 200, "{:?}", answer.heard);
        said.extend(answer.messages);
    }
    zhejiang.behaves(Manner::Good).await;
    // A delivery that died with its worker is taken over after a minute.
    let later = json!({ "advance_seconds": 120 });
    town.administrator().await.post("/v1/test/clock", &later).await.unwrap().expect(200);

    let applied = "select count(*) from inbox where state = 'APPLIED'";
    eventually("every ping took effect", async || town.count(applied).await == 40).await;
    eventually("every pong is there", async || zhejiang.inbox().await.len() == 40).await;
    let waiting = "select count(*) from outbox where state <> 'DELIVERED'";
    eventually("all receipts are here", async || town.count(waiting).await == 0).await;
    assert_eq!(town.count("select count(*) from outbox").await, 40, "one pong for each ping");
    let answered: BTreeSet<String> =
        zhejiang.inbox().await.iter().map(|pong| pong.payload["message_id"].to_string()).collect();
    let asked: BTreeSet<String> =
        said.iter().map(|ping| Value::from(ping.header.id.to_string()).to_string()).collect();
    assert_eq!(answered, asked);
    assert_eq!(town.count("select count(*) from jobs where state = 'dead'").await, 0);
}
