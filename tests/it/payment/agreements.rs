//! Agreements with payers, and what they allow.
use super::*;

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
