//! A bank that misbehaves with one payment because its payer asked for that, in test mode.
use shared::{
    config::Mode,
    payment::FeeNotice,
    rehearsal::{self, Scenario},
};
use sqlx::PgPool;

use super::desk::Desk;

/// A fee about to be debited from a good account, with what was asked for beside it.
async fn asking_for(desk: &Desk, scenario: Scenario) -> FeeNotice {
    desk.agree("acct-ok").await;
    let notice = desk.notice(1).await;
    let mut tx = desk.begin().await;
    rehearsal::service::keep(&mut tx, &notice.notice_no, scenario).await.unwrap();
    tx.commit().await.unwrap();
    notice
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_payment_that_is_to_be_refused_is_refused_by_the_sandboxs_bank(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let notice = asking_for(&desk, Scenario::PaymentRefused).await;

    desk.work().await;

    assert_eq!(desk.stand(notice.id).await, ("ISSUED", "FAILED"));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_payment_that_is_to_be_unknown_is_unknown_until_the_bank_was_asked(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let notice = asking_for(&desk, Scenario::PaymentUnknown).await;

    desk.work().await;

    assert_eq!(desk.stand(notice.id).await, ("PAYING", "UNKNOWN"));
    for _ in 0..5 {
        desk.wait(chrono::Duration::minutes(1)).await;
    }
    assert_eq!(desk.stand(notice.id).await, ("PAID", "SUCCESS"));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_callback_that_is_to_come_twice_pays_once(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let notice = asking_for(&desk, Scenario::DuplicateCallback).await;

    desk.work().await;

    assert_eq!(desk.stand(notice.id).await, ("PAID", "SUCCESS"));
    assert_eq!(desk.balance("BANK:%").await, 484);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_bank_in_production_is_told_of_no_scenario(pool: PgPool) {
    let mut desk = Desk::open(pool).await;
    desk.ctx.mode = Mode::Production;
    let notice = asking_for(&desk, Scenario::PaymentRefused).await;

    desk.work().await;

    assert_eq!(desk.stand(notice.id).await, ("PAID", "SUCCESS"));
}
