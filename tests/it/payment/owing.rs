//! What is owed: late fees, amended declarations.
use super::*;

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
