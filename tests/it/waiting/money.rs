//! What waits for the bank, and for those who let it pay.
use chrono::Duration;
use serde_json::{Value, json};
use shared::{
    kernel::Role,
    ledger::Tx,
    payment::{self, PaymentId},
};
use sqlx::PgPool;
use tests::{Bureau, HAIYUAN, Reply, SSE, wine};

use super::moment;
use crate::cases::Case;

const PAYMENT: &str = "select id::text from payments where notice_id in
    (select id from fee_notices where declaration_id = $1)";

/// Wine that was paid, three minutes after the order left.
async fn paid<'b>(bureau: &'b Bureau, reference: &str) -> Case<'b> {
    let owner = bureau.declarant(HAIYUAN).await;
    let case = Case::filed(bureau, &owner, wine(reference)).await;
    bureau.settle().await;
    case.pay().await;
    case.force(
        "update payments set settled_at = sent_at + interval '3 minutes' where notice_id in
             (select id from fee_notices where declaration_id = $1)",
    )
    .await;
    bureau.ctx.waiting.refresh(bureau.pool()).await.unwrap();
    case
}

/// Wine whose debit has left the house, and that payment.
async fn sent<'b>(bureau: &'b Bureau, reference: &str) -> (Case<'b>, PaymentId) {
    let owner = bureau.declarant(HAIYUAN).await;
    let case = Case::filed(bureau, &owner, wine(reference)).await;
    let pay = format!("/v1/fee-notices/{}/pay", case.receipt.text("/fee_notice/id"));
    owner.post(&pay, Value::Null).await.expect(200);
    let id = PaymentId(case.text(PAYMENT).await.parse().unwrap());
    let mut tx = Tx::begin(bureau.pool(), &bureau.ctx.clock).await.unwrap();
    assert_eq!(payment::take(&mut tx, &[id]).await.unwrap().len(), 1);
    tx.commit().await.unwrap();
    (case, id)
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_payment_under_way_is_expected_when_its_bank_usually_answers(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    paid(&bureau, "WP-1").await;
    let (case, id) = sent(&bureau, "WP-2").await;
    let owner = bureau.declarant(HAIYUAN).await;

    let read = owner.get(&format!("/v1/payments/{id}")).await.expect(200);

    assert_eq!(read.text("/state"), "SENT");
    assert_eq!(moment(&read, "/expected_at"), moment(&read, "/sent_at") + Duration::minutes(3));
    assert_eq!(read.header("retry-after"), "181");
    case.force(
        "update payments set state = 'FAILED', failure_code = 'OVER_LIMIT', settled_at = sent_at
         where notice_id in (select id from fee_notices where declaration_id = $1)",
    )
    .await;
    let ended = owner.get(&format!("/v1/payments/{id}")).await.expect(200);
    assert!(ended.header("retry-after").is_empty());
    assert_eq!(ended.body["expected_at"], Value::Null);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_bank_without_history_promises_nothing(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    // Signs the agreement; nothing was read since.
    let owner = bureau.declarant(HAIYUAN).await;
    Case::filed(&bureau, &owner, wine("WP-3")).await.pay().await;
    let (_, id) = sent(&bureau, "WP-4").await;

    let read = owner.get(&format!("/v1/payments/{id}")).await.expect(200);

    assert_eq!(read.body["expected_at"], Value::Null);
    assert_eq!(read.header("retry-after"), "60");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_statement_waits_for_the_bank_while_one_of_its_notices_is_being_paid(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    paid(&bureau, "WP-5").await;
    let (case, _) = sent(&bureau, "WP-6").await;
    let id = case
        .text(
            "with made as (
                 insert into monthly_statements (id, reg_no, month, state, notices, total_fen, due_on, issued_at,
                     updated_at)
                 values (gen_random_uuid(), '3100602345', '2014-04-01', 'ISSUED', 1, 48400, '2014-05-20', now(), now())
                 returning id)
             update fee_notices set statement_id = made.id, credit = 'GRANTED' from made
             where declaration_id = $1 returning made.id::text",
        )
        .await;
    let owner = bureau.declarant(HAIYUAN).await;
    let path = format!("/v1/monthly-statements/{id}");

    let read = owner.get(&path).await.expect(200);

    let now = bureau.ctx.clock.now();
    assert_eq!(read.text("/notices/0/state"), "PAYING");
    assert_eq!(moment(&read, "/expected_at"), now + Duration::minutes(3));
    assert_eq!(read.header("retry-after"), "181");
    case.force("update fee_notices set state = 'ISSUED' where declaration_id = $1").await;
    let left = owner.get(&path).await.expect(200);
    assert!(left.header("retry-after").is_empty(), "it is the payer's turn");
    assert_eq!(left.body["expected_at"], Value::Null);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_refund_waits_for_two_officers_then_for_a_cashier_then_for_the_bank(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let case = paid(&bureau, "WP-7").await;
    let payment = case.text(PAYMENT).await;
    let propose = async |reason: &str| {
        let fees = bureau.officer(SSE, Role::FeeOfficer).await;
        let amount = json!({ "amount": "100.00", "currency": "CNY" });
        let body = json!({ "amount": amount, "reason": reason });
        let made = fees.post(&format!("/v1/payments/{payment}/refunds"), body).await.expect(201);
        format!("/v1/refunds/{}", made.text("/id"))
    };
    let approve = async |refund: &str| {
        bureau.wait(Duration::minutes(20));
        for officer in [
            bureau.second_officer(SSE, Role::FeeOfficer).await,
            bureau.officer(SSE, Role::DutyChief).await,
        ] {
            officer.post(&format!("{refund}/approve"), Value::Null).await.expect(200);
        }
    };
    let read = async |refund: &str| -> Reply {
        bureau.declarant(HAIYUAN).await.get(refund).await.expect(200)
    };
    let earlier = propose("计费有误").await;
    assert_eq!(read(&earlier).await.header("retry-after"), "60", "nothing is known yet");
    approve(&earlier).await;
    bureau.ctx.waiting.refresh(bureau.pool()).await.unwrap();

    let refund = propose("重复计费").await;
    let owed = read(&refund).await;
    approve(&refund).await;
    let approved = read(&refund).await;
    let cashier = bureau.officer(SSE, Role::Cashier).await;
    cashier.post(&format!("{refund}/execute"), json!({})).await.expect(200);
    let ordered = read(&refund).await;

    assert_eq!(moment(&owed, "/expected_at"), moment(&owed, "/created_at") + Duration::minutes(20));
    assert_eq!(owed.header("retry-after"), "1201");
    assert_eq!((approved.text("/state"), approved.header("retry-after")), ("APPROVED", "60"));
    assert_eq!((ordered.text("/state"), ordered.header("retry-after")), ("ORDERED", "60"));
    case.force("update refunds set state = 'EXECUTED' where $1::uuid is not null").await;
    let executed = read(&refund).await;
    assert!(executed.header("retry-after").is_empty());
    assert_eq!(executed.body["expected_at"], Value::Null);
}
