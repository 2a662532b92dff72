//! Money that was not asked for, or not any more: held, in suspense, owed back.
use super::*;

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

    desk.ctx.bank.debit(&desk.ctx.clock, &order, None).await;
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
