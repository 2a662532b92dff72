//! Whoever does not know the password: told nothing, counted, stopped.
use chrono::Duration;
use serde_json::{Value, json};
use sqlx::PgPool;
use tests::{AGENT, Bureau, DERUI, HAIYUAN, MODEL, SHANGHAI};

use crate::swaps::{ZHEJIANG, at_origin, claim, claim_of, claims, open, transferred, wrong};

const ALARMS: &str = "select count(*) from events where kind = 'transfer.guessed'";

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn invariant_09_no_answer_tells_which_part_was_wrong_and_passwords_are_hashed(pool: PgPool) {
    let league = open(pool).await;
    let (_case, password) = transferred(&league).await;
    let port = league.at(SHANGHAI);
    let agent = port.declarant(MODEL).await;
    let unknown = |body: Value| {
        let mut body = body;
        body["decl_no"] = json!("330900214999999");
        body["transfer_no"] = json!("330900214999999T");
        body
    };
    let mut other_number = claim(&password);
    other_number["decl_no"] = json!("330900214004568");

    let answers = [
        claims(&agent, claim(&wrong(&password))).await.expect(409),
        claims(&agent, other_number).await.expect(409),
        claims(&agent, unknown(claim(&password))).await.expect(409),
    ];

    for answer in &answers {
        assert_eq!(answer.problem(), "transfer/not-matching");
        assert_eq!(answer.text("/title"), answers[0].text("/title"));
        assert!(answer.body["detail"].is_null(), "{}", answer.body);
    }
    for bureau in [port, league.at(ZHEJIANG)] {
        let kept: String = sqlx::query_scalar("select password_hash from transfers")
            .fetch_one(bureau.pool())
            .await
            .unwrap();
        assert!(kept.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn five_wrong_passwords_lock_a_caller_whether_the_number_exists_or_not(pool: PgPool) {
    let league = open(pool).await;
    let (_case, password) = transferred(&league).await;
    let port = league.at(SHANGHAI);
    let agent = port.declarant(MODEL).await;
    let mut unknown = claim(&password);
    unknown["decl_no"] = json!("330900214999999");
    unknown["transfer_no"] = json!("330900214999999T");

    for _ in 0..5 {
        let answer = claims(&agent, claim(&wrong(&password))).await.expect(409);
        assert_eq!(answer.problem(), "transfer/not-matching");
        assert_eq!(claims(&agent, unknown.clone()).await.problem(), "transfer/not-matching");
    }

    assert_eq!(claims(&agent, claim(&password)).await.expect(409).problem(), "transfer/locked");
    assert_eq!(claims(&agent, unknown).await.expect(409).problem(), "transfer/locked");
    let alarms = "select count(*) from events where kind = 'transfer.guessed'";
    assert_eq!(port.count(alarms).await, 2);
    let another = port.declarant(HAIYUAN).await;
    claims(&another, claim(&password)).await.expect(201);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_wrong_password_and_a_number_nobody_has_are_answered_and_counted_alike(pool: PgPool) {
    let league = open(pool).await;
    let (_case, password) = transferred(&league).await;
    let port = league.at(SHANGHAI);
    let agent = port.declarant(MODEL).await;
    let tries = async |bureau: &Bureau| {
        let sql = "select count(*) from claim_tries t join claimed_numbers n using (transfer_no)";
        bureau.count(sql).await
    };

    let wrong_password = claims(&agent, claim(&wrong(&password))).await.expect(409);
    let after_one = tries(port).await;
    let nobodys = claims(&agent, claim_of(999_999, &password)).await.expect(409);

    let told = |reply: &tests::Reply| {
        let mut body = reply.body.clone();
        let members = body.as_object_mut().unwrap();
        // Names the request, not the reason.
        members.remove("instance");
        members.remove("request_id");
        body
    };
    assert_eq!(told(&wrong_password), told(&nobodys));
    let names = |reply: &tests::Reply| {
        let mut names: Vec<_> = reply.headers.keys().map(ToString::to_string).collect();
        names.sort();
        names
    };
    assert_eq!(names(&wrong_password), names(&nobodys));
    assert_eq!((after_one, tries(port).await), (1, 2));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn twenty_failures_lock_a_number_for_everybody_until_the_origin_unlocks_it(pool: PgPool) {
    let league = open(pool).await;
    let (_case, password) = transferred(&league).await;
    let port = league.at(SHANGHAI);
    for guesser in [DERUI, HAIYUAN, AGENT, MODEL] {
        let guesser = port.declarant(guesser).await;
        for _ in 0..5 {
            claims(&guesser, claim(&wrong(&password))).await.expect(409);
        }
    }
    league.settle().await;
    let locked = at_origin(&league, "", Value::Null).await.expect(200);

    // A day later callers may try again, and the number is still locked.
    league.wait(Duration::hours(25));
    let late = claims(&port.declarant(MODEL).await, claim(&password)).await.expect(409);
    let unlocked = at_origin(&league, "unlock", Value::Null).await.expect(200);
    league.settle().await;
    let agent = port.declarant(MODEL).await;
    let old = claims(&agent, claim(&password)).await;
    let new = claims(&agent, claim(unlocked.text("/password"))).await;

    assert!(locked.body["locked_at"].is_string(), "the origin is told: {}", locked.body);
    assert_eq!(late.problem(), "transfer/locked");
    if unlocked.text("/password") != password {
        assert_eq!(
            old.expect(409).problem(),
            "transfer/not-matching",
            "the old one is worth nothing"
        );
    }
    new.expect(201);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn whoever_tries_number_after_number_is_stopped_and_an_alarm_is_raised(pool: PgPool) {
    let league = open(pool).await;
    let (_case, password) = transferred(&league).await;
    let port = league.at(SHANGHAI);
    let agent = port.declarant(MODEL).await;
    for serial in 0..30 {
        let answer = claims(&agent, claim_of(900_000 + serial, "1234")).await.expect(409);
        assert_eq!(answer.problem(), "transfer/not-matching");
    }
    let alarms = port.count(ALARMS).await;

    let stopped = claims(&agent, claim(&password)).await.expect(429);
    let another = claims(&port.declarant(HAIYUAN).await, claim_of(900_000, "1234")).await;

    assert_eq!(alarms, 1, "one at the thirtieth");
    assert_eq!(stopped.text("/detail"), "too many wrong transfer numbers today");
    another.expect(409);
    port.wait(Duration::hours(25));
    claims(&port.declarant(MODEL).await, claim(&password)).await.expect(201);
}
