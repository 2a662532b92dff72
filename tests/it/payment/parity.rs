//! Ledger, notices, payments and releases agree, and the first disagreement raises an alarm.
use shared::payment::{self, audit::FaultKind};
use sqlx::PgPool;

use super::desk::Desk;

/// One paid fee, so that there is something to disagree about.
async fn a_paid_notice(pool: PgPool) -> Desk {
    let desk = Desk::open(pool).await;
    desk.agree("acct-ok").await;
    desk.notice(1).await;
    desk.work().await;
    desk
}

/// Looks, as the worker does every quarter of an hour; says in how many ways something disagrees.
async fn check(desk: &Desk) -> usize {
    let mut tx = desk.begin().await;
    let audit = payment::check_parity(&mut tx).await.unwrap();
    tx.commit().await.unwrap();
    audit.differences.len() + audit.faults.len()
}

async fn alarms(desk: &Desk) -> (i64, i64) {
    (desk.happened("payment.parity_broken").await, desk.happened("payment.parity_restored").await)
}

async fn change(desk: &Desk, sql: &'static str) {
    sqlx::query(sql).execute(&desk.ctx.pool).await.unwrap();
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn books_that_agree_raise_no_alarm(pool: PgPool) {
    let desk = a_paid_notice(pool).await;

    assert_eq!((check(&desk).await, alarms(&desk).await), (0, (0, 0)));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_first_disagreement_raises_one_alarm_and_agreement_ends_it(pool: PgPool) {
    let desk = a_paid_notice(pool).await;

    change(&desk, "update payments set state = 'FAILED', failure_code = 'AGREEMENT'").await;
    // The notice, and both accounts that the payment moved money between.
    assert!(check(&desk).await >= 2);
    check(&desk).await;
    assert_eq!(alarms(&desk).await, (1, 0));

    change(&desk, "update payments set state = 'SUCCESS', failure_code = null").await;
    assert_eq!(check(&desk).await, 0);
    check(&desk).await;
    assert_eq!(alarms(&desk).await, (1, 1));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_second_trouble_after_the_first_is_over_is_a_second_alarm(pool: PgPool) {
    let desk = a_paid_notice(pool).await;
    for _ in 0..2 {
        change(&desk, "update fee_notices set state = 'PAYING'").await;
        check(&desk).await;
        change(&desk, "update fee_notices set state = 'PAID'").await;
        check(&desk).await;
    }

    assert_eq!(alarms(&desk).await, (2, 2));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn goods_released_with_an_unpaid_notice_are_a_fault(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let notice = desk.notice(1).await;
    sqlx::query(
        "insert into releases (declaration_id, decl_no, release_org, kind, released_at)
         values ($1, $2, '310900', 'CLEARANCE_FORM', $3)",
    )
    .bind(notice.declaration_id.0)
    .bind(&notice.decl_no)
    .bind(desk.ctx.clock.now())
    .execute(&desk.ctx.pool)
    .await
    .unwrap();

    let mut tx = desk.begin().await;
    let audit = payment::check_parity(&mut tx).await.unwrap();
    let found: Vec<_> = audit.faults.iter().map(|fault| (fault.kind, &fault.notice_no)).collect();

    assert_eq!(found, [(FaultKind::ReleasedUnpaid, &notice.notice_no)]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_worker_looks_by_itself(pool: PgPool) {
    let desk = a_paid_notice(pool).await;
    change(&desk, "update fee_notices set state = 'PAYING'").await;
    worker::schedule::know_all(&desk.ctx).await.unwrap();

    worker::schedule::tick(&desk.ctx).await.unwrap();
    desk.work().await;

    assert_eq!(alarms(&desk).await, (1, 0));
}
