//! Fees are asked for once, debited at most once, and no yuan of the bank's is ever lost.
mod agreements;
mod day_record;
mod days;
mod desk;
mod edges;
mod ledger;
mod monthly;
mod monthly_release;
mod monthly_statements;
mod monthly_walks;
mod orphans;
mod owing;
mod parity;
mod refunds;
mod rehearsed;
mod report;
mod sandbox_bank;
mod statements;
mod suspense;
mod walks;
mod window;

use futures_util::future::join_all;
use reqwest::{Method, StatusCode};
use sandbox::Summary;
use serde_json::{Value, json};
use shared::{
    kernel::{Actor, Failure, Fen, Role},
    payment::{
        self, AgreementDraft, Debtor, NoticeDraft, NoticeKind, NoticeState, PaymentId, Settlement,
        job, signature::SealingKey,
    },
};
use sqlx::PgPool;
use worker::run;

use desk::{Desk, OTHER, PAYER, booked, draft, noon, officer, tariff, wine};

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_notice_is_debited_as_soon_as_it_is_issued_where_that_was_agreed(pool: PgPool) {
    let desk = Desk::open(pool).await;
    desk.agree("acct-ok").await;

    let notice = desk.notice(124).await;
    assert_eq!(notice.state, NoticeState::Paying);
    desk.work().await;

    assert_eq!(notice.notice_no, "310900114000124F01");
    assert_eq!(desk.stand(notice.id).await, ("PAID", "SUCCESS"));
    assert_eq!(desk.settlement(&notice).await, Settlement::Settled);
    assert_eq!(desk.debits(desk.payment_of(notice.id).await), 1);
    assert_eq!(desk.count("select count(*) from jobs where kind = 'payment.settled'").await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_debit_is_sent_at_most_once_even_if_the_worker_dies_after_sending(pool: PgPool) {
    let desk = Desk::open(pool).await;
    desk.agree("acct-ok").await;
    let notice = desk.notice(1).await;
    let payment = desk.payment_of(notice.id).await;
    let order = desk.take_and_die(payment).await;
    desk.ctx.bank.debit(&desk.ctx.clock, &order, None).await;

    // Its debit job is still owed: another worker takes it on.
    desk.work().await;
    desk.wait(chrono::Duration::seconds(1)).await;

    assert_eq!(desk.stand(notice.id).await, ("PAID", "SUCCESS"));
    assert_eq!(desk.debits(payment), 1);
    assert_eq!(desk.balance("BANK:%").await, 484);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_debit_that_never_left_is_failed_after_a_quarter_of_an_hour_and_can_be_paid_again(
    pool: PgPool,
) {
    let desk = Desk::open(pool).await;
    desk.agree("acct-ok").await;
    let notice = desk.notice(1).await;
    let lost = desk.payment_of(notice.id).await;
    desk.take_and_die(lost).await;

    desk.work().await;
    for _ in 0..14 {
        desk.wait(chrono::Duration::minutes(1)).await;
        assert_eq!(desk.stand(notice.id).await, ("PAYING", "UNKNOWN"), "too early to believe it");
    }
    desk.wait(chrono::Duration::minutes(6)).await;

    assert_eq!(desk.stand(notice.id).await, ("ISSUED", "FAILED"));
    assert_eq!(desk.debits(lost), 0);
    desk.pay(notice.id).await.unwrap();
    desk.work().await;
    assert_eq!(desk.stand(notice.id).await, ("PAID", "SUCCESS"));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn unknown_is_resolved_only_by_the_bank(pool: PgPool) {
    let desk = Desk::open(pool).await;
    desk.agree("acct-unknown").await;
    let notice = desk.notice(1).await;
    let payment = desk.payment_of(notice.id).await;
    desk.work().await;
    assert_eq!(desk.stand(notice.id).await, ("PAYING", "UNKNOWN"));

    // Neither a second debit job nor the declarant moves it.
    let mut tx = desk.begin().await;
    tx.enqueue(&job::Debit { payment }).unwrap();
    tx.commit().await.unwrap();
    desk.work().await;
    let refused = desk.pay(notice.id).await.unwrap_err();
    assert!(
        matches!(refused, Failure::Refused(refusal) if refusal.code == "payment/wrong-notice-state")
    );
    assert_eq!(desk.stand(notice.id).await, ("PAYING", "UNKNOWN"));
    assert_eq!(desk.debits(payment), 0);

    // The bank decides at the third question: after one, two and four seconds.
    desk.wait(chrono::Duration::seconds(1)).await;
    desk.wait(chrono::Duration::seconds(2)).await;
    assert_eq!(desk.stand(notice.id).await, ("PAYING", "UNKNOWN"));
    desk.wait(chrono::Duration::seconds(4)).await;

    assert_eq!(desk.stand(notice.id).await, ("PAID", "SUCCESS"));
    assert_eq!(desk.debits(payment), 1);
    let word = "select count(*) from bank_words where source <> 'ANSWER' and effect = 'SUCCEED'";
    assert_eq!(desk.count(word).await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_bank_that_does_it_and_says_nothing_is_asked(pool: PgPool) {
    let desk = Desk::open(pool).await;
    desk.agree("acct-timeout").await;
    let notice = desk.notice(1).await;

    let _ = run::drain(&desk.ctx).await.unwrap();
    assert_eq!(desk.stand(notice.id).await, ("PAYING", "UNKNOWN"));
    desk.ctx.clock.advance(chrono::Duration::seconds(1)).unwrap();
    let _ = run::drain(&desk.ctx).await.unwrap();

    assert_eq!(desk.stand(notice.id).await, ("PAID", "SUCCESS"));
    assert_eq!(desk.debits(desk.payment_of(notice.id).await), 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_answer_that_never_comes_holds_up_no_other(pool: PgPool) {
    let desk = Desk::open(pool).await;
    desk.agree("acct-ok").await;
    let silent = desk.sign(AgreementDraft { reg_no: OTHER.into(), ..draft("acct-silent") }).await;
    let mut notices = Vec::new();
    for serial in 1..=5 {
        notices.push(desk.notice(serial).await.id);
    }
    sqlx::query("update payments set agreement_id = $1 where notice_id = $2")
        .bind(silent.0)
        .bind(notices[2].0)
        .execute(&desk.ctx.pool)
        .await
        .unwrap();

    run::drain(&desk.ctx).await.unwrap();

    for (place, notice) in notices.into_iter().enumerate() {
        let expected = if place == 2 { ("PAYING", "UNKNOWN") } else { ("PAID", "SUCCESS") };
        assert_eq!(desk.stand(notice).await, expected);
    }
    let earlier = "select count(*) from events where kind = 'payment.succeeded'
        and seq < (select seq from events where kind = 'payment.lost_sight')";
    assert_eq!(desk.count(earlier).await, 4, "they did not wait for it");
    let done = "select count(*) from jobs where kind = 'payment.debit' and state = 'done'";
    assert_eq!(desk.count(done).await, 5);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_callback_that_comes_twice_counts_once(pool: PgPool) {
    let desk = Desk::open(pool).await;
    desk.agree("acct-twice").await;

    let notice = desk.notice(1).await;
    desk.work().await;

    assert_eq!(desk.stand(notice.id).await, ("PAID", "SUCCESS"));
    assert_eq!(desk.happened("payment.succeeded").await, 1);
    assert_eq!(desk.count("select count(*) from bank_words").await, 1);
    assert_eq!(desk.balance("BANK:%").await, 484);
    assert_eq!(desk.balance("SUSPENSE:%").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_callback_may_come_before_the_answer(pool: PgPool) {
    let desk = Desk::open(pool).await;
    desk.agree("acct-callback-first").await;

    let notice = desk.notice(1).await;
    desk.work().await;

    assert_eq!(desk.stand(notice.id).await, ("PAID", "SUCCESS"));
    let source = "select count(*) from bank_words where source = 'CALLBACK'";
    assert_eq!(desk.count(source).await, 1, "the answer that followed said nothing new");
    assert_eq!(desk.happened("payment.succeeded").await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_refused_debit_leaves_the_notice_to_be_paid_again(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let poor = desk.agree("acct-refuse").await;
    let notice = desk.notice(1).await;
    desk.work().await;
    assert_eq!(desk.stand(notice.id).await, ("ISSUED", "FAILED"));
    let unpaid = Settlement::Outstanding { unpaid: Fen::yuan(484), why: None };
    assert_eq!(desk.settlement(&notice).await, unpaid);

    let mut tx = desk.begin().await;
    payment::end_agreement(&mut tx, &officer(), poor, "another bank account").await.unwrap();
    tx.commit().await.unwrap();
    desk.agree("acct-ok").await;
    desk.pay(notice.id).await.unwrap();
    desk.work().await;

    assert_eq!(desk.stand(notice.id).await, ("PAID", "SUCCESS"));
    assert_eq!(desk.settlement(&notice).await, Settlement::Settled);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn only_the_bank_itself_is_believed_and_only_just_now(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let word = booked(PaymentId::mint(noon()), "B-1");
    let stranger = SealingKey::from_seed(&[9; 32]);
    let yesterday = noon() - chrono::Duration::days(1);

    let forged = desk.call_back(&word, &stranger, noon()).await;
    let replayed = desk.call_back(&word, &desk.bank_key, yesterday).await;
    let bare = reqwest::Client::new().post(format!("{}/v1/bank/callback", desk.door));
    let bare = bare.json(&word).send().await.unwrap().status();

    assert_eq!([forged, replayed, bare], [StatusCode::UNAUTHORIZED; 3]);
    assert_eq!(desk.count("select count(*) from bank_words").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn of_words_that_come_at_once_one_without_sense_spoils_no_other(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let mut words: Vec<_> =
        (0..9).map(|n| booked(PaymentId::mint(noon()), &format!("B-{n}"))).collect();
    words[4].bank_ref.clear();

    let answers =
        join_all(words.iter().map(|word| desk.call_back(word, &desk.bank_key, noon()))).await;

    let mut expected = [StatusCode::OK; 9];
    expected[4] = StatusCode::UNPROCESSABLE_ENTITY;
    assert_eq!(answers, expected);
    assert_eq!(desk.count("select count(*) from bank_words").await, 8);
    assert_eq!(desk.happened("payment.orphaned").await, 8);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn two_who_pay_at_once_make_one_payment(pool: PgPool) {
    let desk = Desk::open(pool).await;
    desk.sign(draft("acct-ok")).await;
    let notice = desk.notice(1).await;
    assert_eq!(notice.state, NoticeState::Issued);

    let (one, two) = tokio::join!(desk.pay(notice.id), desk.pay(notice.id));

    assert_eq!(usize::from(one.is_ok()) + usize::from(two.is_ok()), 1);
    assert_eq!(desk.count("select count(*) from payments").await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn postings_balance(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let accounts = ["acct-ok", "acct-refuse", "acct-twice", "acct-unknown", "acct-callback-first"];
    for (serial, account) in (1..).zip(accounts) {
        let agreement = desk.agree(account).await;
        let notice = desk.notice(serial).await;
        desk.work().await;
        for seconds in [1, 2, 4] {
            desk.wait(chrono::Duration::seconds(seconds)).await;
        }
        if account == "acct-twice" {
            desk.void_all(&notice).await;
        }
        let mut tx = desk.begin().await;
        payment::end_agreement(&mut tx, &officer(), agreement, "next").await.unwrap();
        tx.commit().await.unwrap();
    }

    let unpaid = "select coalesce(sum(total_fen), 0)::int8 / 100 from fee_notices
        where state in ('ISSUED', 'PAYING', 'OVERDUE')";
    let owed = "select coalesce(sum(amount_fen), 0)::int8 / 100 from refunds where state = 'OWED'";
    let taken: Fen = desk.bank.summary().iter().map(|line: &Summary| line.total_fen).sum();
    assert_eq!(desk.balance("RECEIVABLE:%").await, desk.count(unpaid).await);
    assert_eq!(desk.balance("BANK:%").await, taken.0 / 100);
    assert_eq!(desk.balance("BANK:%").await, 4 * 484);
    assert_eq!(
        desk.balance("SUSPENSE:%").await + desk.balance("REFUNDS_OWED:%").await,
        -desk.count(owed).await
    );
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_declarant_pays_its_own_notices_and_sees_no_others(pool: PgPool) {
    let desk = Desk::open(pool).await;
    desk.sign(draft("acct-ok")).await;
    let notice = desk.notice(1).await;
    let (own, other) =
        (desk.member(PAYER, Role::Declarant).await, desk.member(OTHER, Role::Declarant).await);
    let elsewhere = desk.member("310700", Role::FeeOfficer).await;
    let url = format!("/v1/fee-notices/{}", notice.id);

    for stranger in [&other, &elsewhere] {
        let (status, _) = desk.send(stranger, Method::GET, &url, Value::Null).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
        let (_, list) = desk.send(stranger, Method::GET, "/v1/fee-notices", Value::Null).await;
        assert_eq!(list["data"], json!([]));
    }
    let pay = format!("{url}/pay");
    assert_eq!(desk.send(&other, Method::POST, &pay, json!({})).await.0, StatusCode::NOT_FOUND);
    assert_eq!(desk.send(&elsewhere, Method::POST, &pay, json!({})).await.0, StatusCode::FORBIDDEN);
    let (status, paying) = desk.send(&own, Method::POST, &pay, json!({})).await;
    assert_eq!((status, &paying["state"]), (StatusCode::OK, &json!("PAYING")), "{paying}");
    desk.work().await;

    let (status, paid) = desk.send(&own, Method::GET, &url, Value::Null).await;
    assert_eq!((status, &paid["state"]), (StatusCode::OK, &json!("PAID")));
    assert_eq!(paid["total"], json!({ "amount": "484.00", "currency": "CNY" }));
    assert_eq!(paid["lines"][0]["computed"], "483.84");
    let payment = format!("/v1/payments/{}", paid["payment"]["id"].as_str().unwrap());
    assert_eq!(desk.send(&own, Method::GET, &payment, Value::Null).await.0, StatusCode::OK);
    assert_eq!(
        desk.send(&other, Method::GET, &payment, Value::Null).await.0,
        StatusCode::NOT_FOUND
    );
}
