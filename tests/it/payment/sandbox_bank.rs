//! A bank in bad shape: forged, slow, short of money, in maintenance for a day.
use chrono::Duration;
use serde_json::json;
use shared::kernel::Fen;
use sqlx::PgPool;

use super::{days::night, desk::Desk};

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_a_forger_answers_is_not_believed_and_the_bank_is_asked(pool: PgPool) {
    let desk = Desk::open(pool).await;
    desk.agree("acct-forged").await;
    let notice = desk.notice(1).await;

    desk.work().await;
    assert_eq!(desk.stand(notice.id).await, ("PAYING", "UNKNOWN"));
    desk.wait(Duration::seconds(2)).await;

    assert_eq!(desk.stand(notice.id).await, ("PAID", "SUCCESS"));
    assert_eq!(desk.debits(desk.payment_of(notice.id).await), 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_slow_answer_is_waited_for(pool: PgPool) {
    let desk = Desk::open(pool).await;
    desk.agree("acct-slow").await;
    let notice = desk.notice(1).await;

    desk.work().await;

    assert_eq!(desk.stand(notice.id).await, ("PAID", "SUCCESS"));
    assert_eq!(desk.happened("payment.lost_sight").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_account_that_is_empty_pays_when_there_is_money_again(pool: PgPool) {
    let desk = Desk::open(pool).await;
    desk.agree("acct-ok").await;
    // Enough for one of two fees of 484 yuan.
    desk.bank.fund("acct-ok", Fen::yuan(500)).unwrap();
    let (first, second) = (desk.notice(1).await, desk.notice(2).await);
    desk.work().await;
    let stand = [desk.stand(first.id).await, desk.stand(second.id).await];
    assert!(
        stand.contains(&("PAID", "SUCCESS")) && stand.contains(&("ISSUED", "FAILED")),
        "{stand:?}"
    );

    desk.bank.fund("acct-ok", Fen::yuan(500)).unwrap();
    let unpaid = if stand[0].0 == "PAID" { second.id } else { first.id };
    desk.pay(unpaid).await.unwrap();
    desk.work().await;

    assert_eq!(desk.stand(unpaid).await, ("PAID", "SUCCESS"));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_bank_that_is_away_for_a_day_debits_nothing_twice_and_the_day_is_caught_up_with(
    pool: PgPool,
) {
    let desk = Desk::open(pool).await;
    desk.agree("acct-ok").await;
    let before = desk.notice(1).await;
    desk.work().await;
    desk.bank.close_for(Duration::hours(26));
    let during = desk.notice(2).await;
    desk.work().await;
    assert_eq!(desk.stand(during.id).await, ("PAYING", "UNKNOWN"));

    // The next day: its statement cannot be fetched, and the bank cannot be asked.
    night(&desk).await;
    assert_eq!(desk.happened("payment.statement_taken").await, 0);

    // It is there again: it never heard of the order, so the fee is to be paid again, and is.
    desk.wait(Duration::hours(3)).await;
    assert_eq!(desk.stand(during.id).await, ("ISSUED", "FAILED"));
    desk.pay(during.id).await.unwrap();
    desk.work().await;

    assert_eq!(desk.stand(before.id).await, ("PAID", "SUCCESS"));
    assert_eq!(desk.stand(during.id).await, ("PAID", "SUCCESS"));
    assert_eq!(desk.debits(desk.payment_of(during.id).await), 1);
    assert_eq!(desk.happened("payment.day_closed").await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_doors_of_the_sandbox_do_over_http_what_tests_do_by_hand(pool: PgPool) {
    let desk = Desk::open(pool).await;
    desk.agree("acct-ok").await;
    let http = reqwest::Client::new();
    let at = |door: &str| http.post(format!("{}sandbox/{door}", desk.bank_url));
    let balance = json!({ "amount": "1.00", "currency": "CNY" });
    let poor = json!({ "account_token": "acct-ok", "balance": balance });
    assert_eq!(at("accounts").json(&poor).send().await.unwrap().status(), 204);
    let notice = desk.notice(1).await;
    desk.work().await;
    assert_eq!(desk.stand(notice.id).await, ("ISSUED", "FAILED"));

    let shut = at("maintenance").json(&json!({ "seconds": 60 })).send().await.unwrap();
    assert_eq!(shut.status(), 204);
    let statement = format!("{}v1/statements/2014-05-12", desk.bank_url);
    assert_eq!(http.get(&statement).send().await.unwrap().status(), 503);
    assert_eq!(
        at("plants").json(&json!(["amount", "duplicate"])).send().await.unwrap().status(),
        204
    );
    assert_eq!(at("plants").json(&json!(["nonsense"])).send().await.unwrap().status(), 400);
}
