//! Keys, suspensions and memoranda of partners.
use super::*;

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn keys_overlap_while_a_partner_changes_them_and_a_revoked_one_is_not_believed(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let zhejiang = Neighbour::of(&bureau, ZHEJIANG, &[]).await;
    let renewed = Neighbour {
        keys: keys_of(ZHEJIANG, "2014-b"),
        ..Neighbour::of(&bureau, "360000", &[]).await
    };
    renewed.publish(&renewed.keys).await;

    let with_old = zhejiang.push_one(&zhejiang.says(RESEND, (talk(1), 1), harmless())).await;
    let with_new = renewed.push_one(&renewed.says(RESEND, (talk(1), 2), harmless())).await;
    let administrator = bureau.administrator().await;
    let path = format!("/v1/partners/{ZHEJIANG}/keys/2014-a/revoke");
    administrator.post(&path, Value::Null).await.expect(200);
    let revoked = zhejiang.push(&[zhejiang.says(RESEND, (talk(1), 3), harmless())]).await;

    assert_eq!((with_old.outcome, with_new.outcome), (Outcome::Stored, Outcome::Stored));
    revoked.expect(401);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_suspended_partner_is_refused_until_it_is_resumed(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let zhejiang = Neighbour::of(&bureau, ZHEJIANG, &[]).await;
    let administrator = bureau.administrator().await;
    let path = |verb: &str| format!("/v1/partners/{ZHEJIANG}/{verb}");
    let message = zhejiang.says(RESEND, (talk(1), 1), harmless());

    administrator.post(&path("suspend"), Value::Null).await.expect(200);
    let refused = zhejiang.push_one(&message).await;
    administrator.post(&path("resume"), Value::Null).await.expect(200);
    let stored = zhejiang.push_one(&message).await;

    assert_eq!(refused.errors[0].code, "partner-suspended");
    assert_eq!(stored.outcome, Outcome::Stored);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_cannot_be_delivered_for_a_week_is_dead_until_an_operator_redrives_it(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let zhejiang = Neighbour::of(&bureau, ZHEJIANG, &[]).await;
    let message = say(&bureau, talk(7), json!({ "number": 1 })).await;
    let sweep = async || {
        let mut tx = Tx::begin(bureau.pool(), &bureau.ctx.clock).await.unwrap();
        let given_up = outbox::sweep(&mut tx).await.unwrap();
        tx.commit().await.unwrap();
        given_up
    };

    bureau.wait(Duration::days(6));
    let too_early = sweep().await;
    bureau.wait(Duration::days(1));
    let given_up = sweep().await;
    let administrator = bureau.officer("310000", Role::Administrator).await;
    let stopped = administrator.get("/v1/stopped-messages").await.expect(200);
    let path = format!("/v1/stopped-messages/{message}/redrive");
    administrator.post(&path, Value::Null).await.expect(202);

    assert_eq!((too_early, given_up), (0, 1));
    assert_eq!(stopped.text("/data/0/state"), "DEAD");
    assert_eq!(zhejiang.fetch().await.len(), 1, "and it goes out again");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn memoranda_of_one_kind_never_overlap_and_end_when_it_is_said(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    Neighbour::of(&bureau, ZHEJIANG, &[]).await;
    let administrator = bureau.administrator().await;
    let path = format!("/v1/partners/{ZHEJIANG}/memoranda");
    let from = |day: &str| json!({ "kind": "CREDIT", "valid_from": day });

    let first = administrator.post(&path, from("2014-01-01")).await.expect(201);
    let second = administrator.post(&path, from("2015-01-01")).await.expect(409);
    let end = format!("{path}/{}/end", first.text("/id"));
    let ended = administrator.post(&end, Value::Null).await.expect(200);
    administrator.post(&path, from("2014-05-13")).await.expect(201);

    assert_eq!(second.problem(), "exchange/memorandum-overlaps");
    assert_eq!(ended.text("/valid_to"), "2014-05-12");
    let all = administrator.get(&path).await.expect(200);
    assert_eq!(all.body["data"].as_array().unwrap().len(), 2);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_partner_is_told_everything_that_is_wrong_with_its_registration(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let administrator = bureau.administrator().await;

    let wrong = json!({ "code": "33", "name_zh": " ", "base_url": "ftp://a" });
    let wrong = administrator.post("/v1/partners", wrong).await.expect(422);
    let own = json!({ "code": "310000", "name_zh": "上海局" });
    let own = administrator.post("/v1/partners", own).await.expect(422);

    assert_eq!(wrong.codes(), ["bureau-code-malformed", "name-malformed", "url-malformed"]);
    assert_eq!(own.codes(), ["bureau-is-own"]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_ping_is_answered_with_a_pong_in_its_conversation(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let zhejiang = Neighbour::of(&bureau, ZHEJIANG, &[]).await;
    let ping = zhejiang.says("exchange.ping", (talk(1), 1), json!({ "note": "线路测试" }));

    zhejiang.push_one(&ping).await;
    bureau.settle().await;

    let pong = zhejiang.fetch().await.remove(0);
    assert_eq!(pong.header.kind, "exchange.pong");
    assert_eq!((pong.header.correlation_id, pong.header.sequence), (talk(1), 1));
    assert_eq!(pong.payload, json!({ "message_id": ping.header.id }));
}
