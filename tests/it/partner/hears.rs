//! What we say to the partner.
use chrono::Duration;
use sandbox::partner::Manner;
use serde_json::Value;
use sqlx::PgPool;
use tests::{Bureau, Neighbour};

use super::{BAD_MANNERS, JIANGSU, ZHEJIANG, failures, play, serve, stands, tell, times};

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_message_goes_out_once_and_its_receipt_is_kept(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let door = serve(&bureau);
    let zhejiang = play(&bureau, &door, ZHEJIANG, &[]).await;

    let message = tell(&bureau, ZHEJIANG).await;
    bureau.settle().await;

    assert_eq!(
        (stands(&bureau, message).await.as_str(), times(&zhejiang, message)),
        ("DELIVERED", 1)
    );
    let receipt: Value = sqlx::query_scalar("select receipt from outbox where id = $1")
        .bind(message.0)
        .fetch_one(bureau.pool())
        .await
        .unwrap();
    assert_eq!(receipt, serde_json::to_value(&zhejiang.inbox()[0].receipt).unwrap());
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn however_badly_one_partner_listens_nothing_is_lost_and_the_others_are_told(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let door = serve(&bureau);
    let zhejiang = play(&bureau, &door, ZHEJIANG, &[]).await;
    let jiangsu = play(&bureau, &door, JIANGSU, &[]).await;

    for manner in BAD_MANNERS {
        zhejiang.behave(manner);
        let (bad, more) = (tell(&bureau, ZHEJIANG).await, tell(&bureau, ZHEJIANG).await);
        let good = tell(&bureau, JIANGSU).await;
        bureau.settle().await;

        assert_eq!(stands(&bureau, good).await, "DELIVERED", "beside one that is {manner:?}");
        assert_eq!(times(&jiangsu, good), 1, "beside one that is {manner:?}");
        assert_eq!(failures(&bureau, ZHEJIANG).await, 1, "one that is {manner:?} is left alone");
        let mut waits = [stands(&bureau, bad).await, stands(&bureau, more).await];
        waits.sort_unstable();
        let expected = if manner == Manner::Halving { "DELIVERED" } else { "WAITING" };
        assert_eq!(waits, [expected, "WAITING"], "{manner:?}");

        zhejiang.behave(Manner::Good);
        bureau.wait(Duration::minutes(1));
        bureau.settle().await;

        for message in [bad, more] {
            assert_eq!(stands(&bureau, message).await, "DELIVERED", "after {manner:?}");
            assert!(times(&zhejiang, message) >= 1, "after {manner:?}");
        }
        assert_eq!(failures(&bureau, ZHEJIANG).await, 0);
    }
    assert_eq!(bureau.count("select count(*) from jobs where state = 'dead'").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_slow_partner_is_waited_for(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let door = serve(&bureau);
    let zhejiang = play(&bureau, &door, ZHEJIANG, &[]).await;
    zhejiang.behave(Manner::Slow);

    let message = tell(&bureau, ZHEJIANG).await;
    bureau.settle().await;

    assert_eq!(
        (stands(&bureau, message).await.as_str(), times(&zhejiang, message)),
        ("DELIVERED", 1)
    );
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_a_partner_refuses_waits_for_an_operator_and_holds_up_nothing(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let door = serve(&bureau);
    let zhejiang = play(&bureau, &door, ZHEJIANG, &[]).await;
    zhejiang.behave(Manner::Refusing);
    let refused = tell(&bureau, ZHEJIANG).await;
    bureau.settle().await;
    zhejiang.behave(Manner::Good);
    let next = tell(&bureau, ZHEJIANG).await;
    bureau.settle().await;

    let administrator = bureau.administrator().await;
    let stopped = administrator.get("/v1/stopped-messages").await.expect(200);
    administrator
        .post(&format!("/v1/stopped-messages/{refused}/redrive"), Value::Null)
        .await
        .expect(202);
    bureau.settle().await;

    assert_eq!(stands(&bureau, next).await, "DELIVERED");
    assert_eq!(stopped.text("/data/0/id"), refused.to_string());
    assert!(stopped.text("/data/0/reason").contains("not-today"), "{}", stopped.body);
    assert_eq!(
        (stands(&bureau, refused).await.as_str(), times(&zhejiang, refused)),
        ("DELIVERED", 1)
    );
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn receipts_that_a_partner_brings_itself_are_believed_no_sooner(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let door = serve(&bureau);
    let zhejiang = play(&bureau, &door, ZHEJIANG, &[]).await;
    // It cannot be called any more.
    sqlx::query("update partners set base_url = null").execute(bureau.pool()).await.unwrap();
    let message = tell(&bureau, ZHEJIANG).await;

    for manner in [Manner::Withholding, Manner::Forging, Manner::Misdirecting, Manner::Misquoting] {
        zhejiang.behave(manner);
        let heard = zhejiang.fetch().await.unwrap();
        assert_eq!((heard.status, heard.body["believed"].as_u64()), (200, Some(0)), "{manner:?}");
        assert_eq!(stands(&bureau, message).await, "WAITING", "{manner:?}");
    }
    zhejiang.behave(Manner::Truncating);
    assert_eq!(zhejiang.fetch().await.unwrap().status, 400);
    zhejiang.behave(Manner::Flooding);
    assert_eq!(zhejiang.fetch().await.unwrap().status, 413);
    zhejiang.behave(Manner::Good);
    let heard = zhejiang.fetch().await.unwrap();

    assert_eq!(heard.body["believed"], 1);
    assert_eq!(stands(&bureau, message).await, "DELIVERED");
    assert_eq!(times(&zhejiang, message), 7, "handed out until then");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn of_two_receipts_about_one_message_the_first_counts_and_a_thousand_are_enough(
    pool: PgPool,
) {
    use shared::exchange::{Outcome, Receipt};

    let bureau = Bureau::open(pool).await;
    let zhejiang = Neighbour::of(&bureau, ZHEJIANG, &[]).await;
    let message = tell(&bureau, ZHEJIANG).await;
    let waiting = zhejiang.fetch().await.remove(0);
    let receipt = |outcome| {
        let now = bureau.ctx.clock.now();
        Receipt::seal(&zhejiang.keys, &waiting.header, now, outcome, vec![]).unwrap()
    };
    let (stored, refused) = (receipt(Outcome::Stored), receipt(Outcome::Refused));

    let many = zhejiang.bring_receipts(&vec![stored.clone(); 1001]).await.expect(400);
    let heard = zhejiang.bring_receipts(&[stored, refused]).await.expect(200);

    assert_eq!(many.codes(), ["receipt-count"]);
    assert_eq!(heard.body["believed"], 1);
    assert_eq!(stands(&bureau, message).await, "DELIVERED");
}
