//! Conversations keep their order, and gaps are asked for.
use super::*;

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn messages_of_a_conversation_take_effect_in_their_order_however_they_come(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let zhejiang = Neighbour::of(&bureau, ZHEJIANG, &[]).await;
    let said: Vec<_> =
        (1..=3).map(|place| zhejiang.says(RESEND, (talk(1), place), harmless())).collect();

    zhejiang.push_one(&said[2]).await;
    zhejiang.push_one(&said[1]).await;
    bureau.settle().await;
    let waiting = [state_of(&bureau, &said[2]).await, state_of(&bureau, &said[1]).await];
    zhejiang.push_one(&said[0]).await;
    bureau.settle().await;

    assert_eq!(waiting, ["STORED", "STORED"]);
    for message in &said {
        assert_eq!(state_of(&bureau, message).await, "APPLIED");
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_is_missing_in_a_conversation_is_asked_for(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let zhejiang = Neighbour::of(&bureau, ZHEJIANG, &[]).await;
    zhejiang.push_one(&zhejiang.says(RESEND, (talk(1), 4), harmless())).await;
    zhejiang.push_one(&zhejiang.says(RESEND, (talk(1), 1), harmless())).await;

    bureau.settle().await;
    bureau.wait(Duration::seconds(3));
    bureau.settle().await;

    let asked = zhejiang.fetch().await;
    assert_eq!(asked[0].header.kind, RESEND);
    assert_eq!(asked[0].payload, json!({ "correlation_id": talk(1), "first": 2, "last": 3 }));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_partner_that_is_left_alone_is_tried_at_once_when_it_speaks(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let zhejiang = Neighbour::of(&bureau, ZHEJIANG, &[]).await;
    let promised = "select count(*) from jobs where kind = 'exchange.deliver'";
    let left_alone = "update partners set failures = 9, next_try_at = '2014-06-30' where code = $1";
    sqlx::query(left_alone).bind(ZHEJIANG).execute(bureau.pool()).await.unwrap();
    let before = bureau.count(promised).await;

    zhejiang.push_one(&zhejiang.says(RESEND, (talk(1), 1), harmless())).await;
    zhejiang.push_one(&zhejiang.says(RESEND, (talk(1), 2), harmless())).await;

    assert_eq!(bureau.count(promised).await, before + 1, "once is enough");
    let waits = "select count(*) from partners where next_try_at is not null";
    assert_eq!(bureau.count(waits).await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_a_partner_misses_is_said_again_as_it_was(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let zhejiang = Neighbour::of(&bureau, ZHEJIANG, &[]).await;
    for number in 1..=3 {
        say(&bureau, talk(7), json!({ "number": number })).await;
    }
    let first_time = zhejiang.fetch().await;
    zhejiang.acknowledge(&first_time).await.expect(200);
    let nothing = zhejiang.fetch().await;

    let missing = json!({ "correlation_id": talk(7), "first": 2, "last": 3 });
    zhejiang.push_one(&zhejiang.says(RESEND, (talk(8), 0), missing)).await;
    bureau.settle().await;

    assert_eq!(first_time.len(), 3);
    assert_eq!(nothing, []);
    assert_eq!(zhejiang.fetch().await, first_time[1..], "the same messages, the same signatures");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_message_is_handed_out_until_its_receipt_is_brought(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let zhejiang = Neighbour::of(&bureau, ZHEJIANG, &[]).await;
    say(&bureau, talk(7), json!({ "number": 1 })).await;

    let once = zhejiang.fetch().await;
    let twice = zhejiang.fetch().await;
    let forged = Neighbour::of(&bureau, "340000", &[]).await;
    let believed = forged.acknowledge(&once).await.expect(200).body["believed"].clone();
    let still = zhejiang.fetch().await;
    zhejiang.acknowledge(&once).await.expect(200);

    assert_eq!((once.clone(), once.clone()), (twice, still));
    assert_eq!(believed, 0, "a receipt of its own, about a message that it never got");
    assert_eq!(zhejiang.fetch().await, []);
}
