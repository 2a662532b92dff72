//! Fees are asked for once, debited at most once, and no yuan of the bank's is ever lost.
mod days;
mod desk;
mod ledger;
mod refunds;
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
    desk.ctx.bank.debit(&desk.ctx.clock, &order).await;

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
    let unpaid = Settlement::Outstanding { unpaid: Fen::yuan(484) };
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
async fn another_amount_than_was_asked_for_is_held_until_somebody_looks(pool: PgPool) {
    let desk = Desk::open(pool).await;
    desk.agree("acct-misbook").await;

    let notice = desk.notice(1).await;
    desk.work().await;
    desk.wait(chrono::Duration::hours(1)).await;

    assert_eq!(desk.stand(notice.id).await, ("PAYING", "UNKNOWN"));
    assert_eq!(desk.happened("payment.held").await, 1);
    assert_eq!(desk.balance("BANK:%").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn money_for_a_voided_notice_lies_in_suspense(pool: PgPool) {
    let desk = Desk::open(pool).await;
    desk.agree("acct-silent").await;
    let notice = desk.notice(1).await;
    let payment = desk.payment_of(notice.id).await;
    desk.work().await;
    desk.wait(chrono::Duration::minutes(20)).await;
    assert_eq!(desk.stand(notice.id).await, ("ISSUED", "FAILED"));
    desk.void_all(&notice).await;

    let late = booked(payment, "B-late");
    let heard = desk.call_back(&late, &desk.bank_key, desk.ctx.clock.now()).await;
    let again = desk.call_back(&late, &desk.bank_key, desk.ctx.clock.now()).await;

    assert_eq!((heard, again), (StatusCode::OK, StatusCode::OK));
    assert_eq!(desk.stand(notice.id).await, ("VOIDED", "FAILED"));
    assert_eq!(desk.balance("SUSPENSE:%").await, -484);
    assert_eq!(desk.balance("RECEIVABLE:%").await, 0);
    assert_eq!(desk.balance("FEE_INCOME").await, 0);
    let owed = "select count(*) from refunds where state = 'OWED' and amount_fen = 48400";
    assert_eq!(desk.count(owed).await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_notice_is_never_voided_while_it_is_being_paid(pool: PgPool) {
    let desk = Desk::open(pool).await;
    desk.agree("acct-ok").await;
    let notice = desk.notice(1).await;
    let order = desk.take_and_die(desk.payment_of(notice.id).await).await;
    desk.void_all(&notice).await;
    assert_eq!(desk.stand(notice.id).await, ("PAYING", "SENT"));

    desk.ctx.bank.debit(&desk.ctx.clock, &order).await;
    desk.work().await;
    desk.wait(chrono::Duration::seconds(1)).await;

    assert_eq!(desk.stand(notice.id).await, ("PAID", "SUCCESS"));
    assert_eq!(desk.balance("SUSPENSE:%").await, -484);
    assert_eq!(desk.balance("FEE_INCOME").await, 0);
    assert_eq!(desk.happened("payment.refund_owed").await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_notice_wanted_void_is_void_as_soon_as_its_payment_fails(pool: PgPool) {
    let desk = Desk::open(pool).await;
    desk.agree("acct-refuse").await;
    let notice = desk.notice(1).await;
    desk.void_all(&notice).await;

    desk.work().await;

    assert_eq!(desk.stand(notice.id).await, ("VOIDED", "FAILED"));
    assert_eq!(desk.balance("RECEIVABLE:%").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_was_paid_for_a_withdrawn_declaration_is_owed_back_once(pool: PgPool) {
    let desk = Desk::open(pool).await;
    desk.agree("acct-ok").await;
    let notice = desk.notice(1).await;
    desk.work().await;

    desk.void_all(&notice).await;
    desk.void_all(&notice).await;

    assert_eq!(desk.balance("REFUNDS_OWED:%").await, -484);
    assert_eq!(desk.balance("FEE_INCOME").await, 0);
    assert_eq!(desk.happened("payment.refund_owed").await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_second_booking_for_one_payment_lies_in_suspense(pool: PgPool) {
    let desk = Desk::open(pool).await;
    desk.agree("acct-ok").await;
    let notice = desk.notice(1).await;
    desk.work().await;
    let twice = booked(desk.payment_of(notice.id).await, "B-second");

    desk.call_back(&twice, &desk.bank_key, desk.ctx.clock.now()).await;

    assert_eq!(desk.stand(notice.id).await, ("PAID", "SUCCESS"));
    assert_eq!(desk.balance("BANK:%").await, 968);
    assert_eq!(desk.balance("SUSPENSE:%").await, -484);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn money_for_a_payment_nobody_knows_lies_in_suspense(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let orphan = booked(PaymentId::mint(noon()), "B-orphan");

    let heard = desk.call_back(&orphan, &desk.bank_key, noon()).await;

    assert_eq!(heard, StatusCode::OK);
    assert_eq!(desk.balance("SUSPENSE:%").await, -484);
    assert_eq!(desk.happened("payment.orphaned").await, 1);
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
async fn the_limits_of_an_agreement_hold(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let (single, daily) = (Fen::yuan(500), Fen::yuan(1_000));
    desk.sign(AgreementDraft {
        auto_debit: true,
        single_limit: single.into(),
        daily_limit: daily.into(),
        ..draft("acct-ok")
    })
    .await;
    let mut notices = Vec::new();
    for serial in 1..=3 {
        notices.push(desk.notice(serial).await);
    }

    let refused = desk.pay(notices[2].id).await.unwrap_err();

    let states: Vec<_> = notices.iter().map(|notice| notice.state.name()).collect();
    assert_eq!(states, ["PAYING", "PAYING", "ISSUED"], "the third would exceed the day");
    assert!(
        matches!(refused, Failure::Refused(refusal) if refusal.code == "payment/over-daily-limit")
    );
    desk.ctx.clock.advance(chrono::Duration::days(1)).unwrap();
    desk.pay(notices[2].id).await.unwrap();
    desk.work().await;
    assert_eq!(desk.stand(notices[2].id).await, ("PAID", "SUCCESS"));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn nothing_is_sent_under_an_agreement_that_ended_meanwhile(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let agreement = desk.agree("acct-ok").await;
    let notice = desk.notice(1).await;
    let mut tx = desk.begin().await;
    payment::suspend_agreement(&mut tx, &officer(), agreement, "in doubt").await.unwrap();
    tx.commit().await.unwrap();

    desk.work().await;

    assert_eq!(desk.stand(notice.id).await, ("ISSUED", "FAILED"));
    assert_eq!(desk.debits(desk.payment_of(notice.id).await), 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_late_payer_pays_a_late_fee(pool: PgPool) {
    let desk = Desk::open(pool).await;
    desk.sign(draft("acct-ok")).await;
    let notice = desk.notice(1).await;
    assert_eq!(notice.due_on.to_string(), "2014-06-01");
    desk.ctx.clock.advance(chrono::Duration::days(20)).unwrap();
    let mut tx = desk.begin().await;
    assert_eq!(payment::overdue(&mut tx).await.unwrap(), 0, "the 20th day is in time");
    tx.commit().await.unwrap();

    desk.ctx.clock.advance(chrono::Duration::days(15)).unwrap();
    let mut tx = desk.begin().await;
    assert_eq!(payment::overdue(&mut tx).await.unwrap(), 1);
    tx.commit().await.unwrap();
    assert_eq!(desk.stand(notice.id).await, ("OVERDUE", "NONE"));
    desk.pay(notice.id).await.unwrap();
    desk.work().await;

    let billed = desk.billed(notice.id).await;
    let lines = billed.lines();
    let late = lines.iter().find(|line| line.tariff_code == "LATE").unwrap();
    assert_eq!(late.charged, Fen::yuan(36), "484 x 0.005 x 15 = 36.3");
    assert_eq!(billed.latest.unwrap().amount, Fen::yuan(520));
    assert_eq!(desk.balance("BANK:%").await, 520);
    assert_eq!(desk.balance("LATE_INCOME").await, -36);
    assert_eq!(desk.balance("RECEIVABLE:%").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_monthly_payer_is_trusted_until_something_is_overdue(pool: PgPool) {
    let desk = Desk::open(pool).await;
    desk.sign(AgreementDraft { credit_settlement: true, ..draft("acct-ok") }).await;
    let notice = desk.notice(1).await;
    assert_eq!(desk.settlement(&notice).await, Settlement::Settled);

    desk.ctx.clock.advance(chrono::Duration::days(21)).unwrap();

    let unpaid = Settlement::Outstanding { unpaid: Fen::yuan(484) };
    assert_eq!(desk.settlement(&notice).await, unpaid);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_amendment_keeps_what_is_paid_and_voids_what_is_not(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let agreement = desk.agree("acct-ok").await;
    let notice = desk.notice(1).await;
    desk.work().await;
    let mut tx = desk.begin().await;
    payment::end_agreement(&mut tx, &officer(), agreement, "moved").await.unwrap();
    let tariff = tariff();
    let debtor = Debtor {
        declaration_id: notice.declaration_id,
        decl_no: notice.decl_no.clone(),
        reg_no: PAYER.into(),
        decl_org: "310900".into(),
    };
    let more = NoticeDraft::of(debtor, NoticeKind::Supplementary, &tariff, wine(&tariff)).unwrap();
    let more = payment::issue_notice(&mut tx, &Actor::system(), more).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(more.notice_no, "310900114000001F02");

    let mut tx = desk.begin().await;
    let (system, declaration) = (Actor::system(), notice.declaration_id);
    let stays = payment::void_unpaid_of(&mut tx, &system, declaration, "amended").await.unwrap();
    let back = Fen::yuan(100);
    payment::refund_difference(&mut tx, &system, declaration, back, "amended").await.unwrap();
    let above = payment::refund_difference(&mut tx, &system, declaration, stays, "amended").await;
    assert!(
        matches!(above, Err(Failure::Refused(refusal)) if refusal.code == "payment/refund-above-payment")
    );

    assert_eq!(stays, Fen::yuan(484));
    drop(tx);
    assert_eq!(desk.stand(more.id).await.0, "ISSUED", "what was not committed did not happen");
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

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn agreements_are_signed_suspended_resumed_and_ended(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let (office, own) =
        (desk.member("310900", Role::FeeOfficer).await, desk.member(PAYER, Role::Declarant).await);
    let other = desk.member(OTHER, Role::Declarant).await;
    let limit = json!({ "amount": "500.00", "currency": "CNY" });
    let body = json!({
        "reg_no": PAYER, "account_token": "acct-ok", "signed_on": "2014-05-01",
        "single_limit": limit, "daily_limit": limit,
    });
    let reason = json!({ "reason": "账户待核实" });

    let (status, signed) = desk.send(&office, Method::POST, "/v1/agreements", body.clone()).await;
    assert_eq!(status, StatusCode::CREATED, "{signed}");
    let (status, twice) = desk.send(&office, Method::POST, "/v1/agreements", body).await;
    assert_eq!(
        (status, &twice["type"]),
        (StatusCode::CONFLICT, &json!("/problems/payment/agreement-exists"))
    );
    let url = format!("/v1/agreements/{}", signed["id"].as_str().unwrap());
    assert_eq!(desk.send(&other, Method::GET, &url, Value::Null).await.0, StatusCode::NOT_FOUND);
    for (who, verb, state) in
        [(&office, "suspend", "SUSPENDED"), (&office, "resume", "ACTIVE"), (&own, "end", "ENDED")]
    {
        let act = format!("{url}/{verb}");
        let (status, agreement) = desk.send(who, Method::POST, &act, reason.clone()).await;
        assert_eq!((status, &agreement["state"]), (StatusCode::OK, &json!(state)), "{agreement}");
    }
    let over = desk.send(&office, Method::POST, &format!("{url}/suspend"), reason).await.0;
    assert_eq!(over, StatusCode::CONFLICT);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn everything_wrong_with_an_agreement_is_told_at_once(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let office = desk.member("310900", Role::FeeOfficer).await;
    let body = json!({
        "reg_no": PAYER, "account_token": " ", "signed_on": "2015-05-01",
        "single_limit": { "amount": "-1", "currency": "CNY" },
        "daily_limit": { "amount": "500.00", "currency": "USD" },
    });

    let (status, told) = desk.send(&office, Method::POST, "/v1/agreements", body).await;

    assert_eq!(status, StatusCode::UNPROCESSABLE_ENTITY);
    let pointers: Vec<_> =
        told["errors"].as_array().unwrap().iter().map(|e| &e["pointer"]).collect();
    assert_eq!(pointers, ["/single_limit", "/daily_limit", "/account_token", "/signed_on"]);
}
