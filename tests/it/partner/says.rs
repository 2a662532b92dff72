//! What the partner says to us.
use sandbox::partner::Fault;
use serde_json::json;
use sqlx::PgPool;
use tests::Bureau;

use super::{ZHEJIANG, ping, play, serve, verdicts};

/// What each fault is answered with: status, and the receipts' verdicts, call by call.
const ANSWERS: [(Fault, &[(u16, &str)]); 14] = [
    (Fault::None, &[(200, "STORED")]),
    (Fault::WrongSignature, &[(200, "REFUSED signature-invalid")]),
    (Fault::WrongSeal, &[(401, "")]),
    (Fault::OldClock, &[(401, "")]),
    (Fault::FastClock, &[(401, "")]),
    (Fault::FutureDate, &[(200, "REFUSED sent-in-future")]),
    (Fault::ChangedPayload, &[(200, "REFUSED payload-changed")]),
    (Fault::IdReused, &[(200, "STORED"), (200, "REFUSED message-id-reused")]),
    (Fault::OutOfOrder, &[(200, "STORED")]),
    (Fault::Replayed, &[(200, "STORED"), (200, "STORED")]),
    (Fault::Misdirected, &[(200, "REFUSED receiver-wrong")]),
    (Fault::Impersonating, &[(200, "REFUSED sender-not-caller")]),
    (Fault::Truncated, &[(400, "")]),
    (Fault::Oversized, &[(413, "")]),
];

async fn each_fault_has_its_answer(pool: PgPool, is_lines: bool) {
    let bureau = Bureau::open(pool).await;
    let door = serve(&bureau);
    let zhejiang = play(&bureau, &door, ZHEJIANG, &[]).await;
    let mut stored = 0;

    for (fault, expected) in ANSWERS {
        let said = zhejiang.compose(&[ping(None, 1), ping(None, 1)]).unwrap();
        let heard = zhejiang.say(&said, fault, is_lines).await.unwrap();

        let verdict = |heard: &sandbox::partner::Heard| {
            let verdicts = verdicts(&heard.body);
            assert!(verdicts.iter().all(|one| *one == verdicts[0]), "{fault:?}: {verdicts:?}");
            (heard.status, verdicts.first().cloned().unwrap_or_default())
        };
        let heard: Vec<_> = heard.iter().map(verdict).collect();
        let expected: Vec<_> =
            expected.iter().map(|(status, words)| (*status, (*words).to_owned())).collect();
        assert_eq!(heard, expected, "{fault:?}");
        stored += if expected[0].1 == "STORED" { 2 } else { 0 };
        assert_eq!(bureau.count("select count(*) from inbox").await, stored, "{fault:?}");
    }

    bureau.settle().await;
    let pongs = zhejiang.inbox().len();
    assert_eq!(i64::try_from(pongs).unwrap(), stored, "what was said well is answered once each");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn whatever_a_partner_says_badly_is_refused_by_its_name_and_nothing_of_it_is_kept(
    pool: PgPool,
) {
    each_fault_has_its_answer(pool, false).await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_same_is_so_for_messages_that_come_as_lines(pool: PgPool) {
    each_fault_has_its_answer(pool, true).await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_replayed_call_gets_the_first_receipts_and_changes_nothing(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let door = serve(&bureau);
    let zhejiang = play(&bureau, &door, ZHEJIANG, &[]).await;
    let said = zhejiang.compose(&[ping(Some(1), 1), ping(Some(1), 2)]).unwrap();

    let first = zhejiang.say(&said, Fault::None, false).await.unwrap();
    bureau.settle().await;
    let again = zhejiang.say(&said, Fault::Replayed, false).await.unwrap();
    bureau.settle().await;

    for heard in &again {
        assert_eq!(heard.body, first[0].body);
    }
    assert_eq!(bureau.count("select count(*) from inbox").await, 2);
    assert_eq!(zhejiang.inbox().len(), 2, "one pong for each ping");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_conversation_that_comes_backwards_is_answered_forwards(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let door = serve(&bureau);
    let zhejiang = play(&bureau, &door, ZHEJIANG, &[]).await;
    let said: Vec<_> = (1..=20).map(|sequence| ping(Some(1), sequence)).collect();
    let said = zhejiang.compose(&said).unwrap();

    let heard = zhejiang.say(&said[10..], Fault::OutOfOrder, false).await.unwrap();
    bureau.settle().await;
    let early = zhejiang.inbox().len();
    zhejiang.say(&said[..10], Fault::OutOfOrder, false).await.unwrap();
    bureau.settle().await;

    assert_eq!(verdicts(&heard[0].body), ["STORED"; 10]);
    assert_eq!(early, 0, "nothing takes effect before its turn");
    let mut pongs = zhejiang.inbox();
    pongs.sort_unstable_by_key(|pong| pong.sequence);
    let answered: Vec<_> = pongs.iter().map(|pong| pong.payload["message_id"].clone()).collect();
    let asked: Vec<_> = said.iter().map(|ping| json!(ping.header.id)).collect();
    assert_eq!(answered, asked);
}
