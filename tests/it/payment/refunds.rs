//! Money goes back only when two approve, to where it came from, once, and never more than came.
use proptest::{prelude::*, sample::select, test_runner::TestCaseError};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use shared::{
    kernel::{Actor, Fen, Role},
    payment::{FeeNotice, PaymentId, RefundId},
};
use sqlx::PgPool;

use super::{
    desk::{Desk, PAYER, booked},
    walks::every_walk_holds,
};

/// The people of an office who have to do with refunds.
struct People {
    proposer: Actor,
    fee_officer: Actor,
    chief: Actor,
    cashier: Actor,
}

impl People {
    async fn of(desk: &Desk) -> Self {
        Self {
            proposer: desk.person(&[Role::FeeOfficer], 1).await,
            fee_officer: desk.person(&[Role::FeeOfficer], 2).await,
            chief: desk.person(&[Role::DutyChief], 1).await,
            cashier: desk.person(&[Role::Cashier], 1).await,
        }
    }
}

fn yuan(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "CNY" })
}

/// A notice of 484 yuan that was paid by bank, and the people.
async fn paid(desk: &Desk, account: &str) -> (FeeNotice, PaymentId, People) {
    desk.agree(account).await;
    let notice = desk.notice(1).await;
    desk.work().await;
    let payment = desk.payment_of(notice.id).await;
    (notice, payment, People::of(desk).await)
}

async fn propose(desk: &Desk, who: &Actor, payment: PaymentId, amount: &str) -> (u16, Value) {
    let body = json!({ "amount": yuan(amount), "reason": "计费有误" });
    let url = format!("/v1/payments/{payment}/refunds");
    let (status, told) = desk.send(who, Method::POST, &url, body).await;
    (status.as_u16(), told)
}

async fn act(desk: &Desk, who: &Actor, refund: &str, verb: &str) -> (u16, Value) {
    let url = format!("/v1/refunds/{refund}/{verb}");
    let body = if verb == "refuse" { json!({ "reason": "收费无误" }) } else { json!({}) };
    let (status, told) = desk.send(who, Method::POST, &url, body).await;
    (status.as_u16(), told)
}

/// Proposes, approves twice, lets it be paid; says which it is.
async fn order(desk: &Desk, people: &People, payment: PaymentId, amount: &str) -> String {
    let (status, proposed) = propose(desk, &people.proposer, payment, amount).await;
    assert_eq!(status, 201, "{proposed}");
    let refund = proposed["id"].as_str().unwrap().to_owned();
    approve_and_execute(desk, people, &refund).await;
    refund
}

async fn approve_and_execute(desk: &Desk, people: &People, refund: &str) {
    for (who, verb) in
        [(&people.fee_officer, "approve"), (&people.chief, "approve"), (&people.cashier, "execute")]
    {
        let (status, told) = act(desk, who, refund, verb).await;
        assert_eq!(status, 200, "{told}");
    }
}

async fn state(desk: &Desk, refund: &str) -> String {
    let id: RefundId = serde_json::from_value(json!(refund)).unwrap();
    sqlx::query_scalar("select state from refunds where id = $1")
        .bind(id.0)
        .fetch_one(&desk.ctx.pool)
        .await
        .unwrap()
}

/// How often the bank gave money back of a payment, and how much, in yuan.
fn given(desk: &Desk, payment: PaymentId) -> (usize, i64) {
    let summary = desk.bank.summary();
    let line = summary.iter().find(|line| line.payment_id == payment).unwrap();
    (line.refunds, line.refunded_fen.0 / 100)
}

async fn the_books_hold(desk: &Desk) {
    assert_eq!(desk.count("select differing + abs(sum_fen) from ledger_proof").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn part_of_a_fee_goes_back_after_two_approvals_and_then_the_rest(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let (notice, payment, people) = paid(&desk, "acct-ok").await;

    let part = order(&desk, &people, payment, "100.00").await;
    desk.work().await;

    assert_eq!(state(&desk, &part).await, "EXECUTED");
    assert_eq!(desk.stand(notice.id).await, ("PARTIALLY_REFUNDED", "SUCCESS"));
    assert_eq!(given(&desk, payment), (1, 100));
    assert_eq!(desk.balance("BANK:%").await, 384);
    the_books_hold(&desk).await;

    order(&desk, &people, payment, "384.00").await;
    desk.work().await;

    assert_eq!(desk.stand(notice.id).await, ("REFUNDED", "SUCCESS"));
    assert_eq!(given(&desk, payment), (2, 484));
    assert_eq!(desk.balance("FEE_INCOME").await, 0);
    assert_eq!(desk.happened("payment.refund_executed").await, 2);
    the_books_hold(&desk).await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn no_more_goes_back_than_was_paid(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let (_, payment, people) = paid(&desk, "acct-ok").await;
    let (status, _) = propose(&desk, &people.proposer, payment, "400.00").await;
    assert_eq!(status, 201);

    let (status, above) = propose(&desk, &people.proposer, payment, "84.01").await;
    let (nothing, _) = propose(&desk, &people.proposer, payment, "0.00").await;

    assert_eq!((status, &above["type"]), (409, &json!("/problems/payment/refund-above-payment")));
    assert_eq!(above["detail"], "84.00 yuan of it can still be given back");
    assert_eq!(nothing, 422);
    the_books_hold(&desk).await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn two_who_propose_at_once_get_no_more_back_than_was_paid(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let (_, payment, people) = paid(&desk, "acct-ok").await;

    let (one, two) = tokio::join!(
        propose(&desk, &people.proposer, payment, "484.00"),
        propose(&desk, &people.fee_officer, payment, "484.00"),
    );

    let mut statuses = [one.0, two.0];
    statuses.sort_unstable();
    assert_eq!(statuses, [201, 409]);
    the_books_hold(&desk).await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn proposer_approvers_and_payer_out_are_different_persons(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let (_, payment, people) = paid(&desk, "acct-ok").await;
    let everything = desk.person(&[Role::FeeOfficer, Role::DutyChief, Role::Cashier], 9).await;
    let (_, proposed) = propose(&desk, &people.proposer, payment, "100.00").await;
    let refund = proposed["id"].as_str().unwrap().to_owned();
    let another = json!("/problems/payment/another-person-needed");

    let (status, own) = act(&desk, &people.proposer, &refund, "approve").await;
    assert_eq!((status, &own["type"]), (409, &another));
    let (status, early) = act(&desk, &people.cashier, &refund, "execute").await;
    assert_eq!((status, &early["type"]), (409, &json!("/problems/payment/wrong-refund-state")));

    let (status, first) = act(&desk, &everything, &refund, "approve").await;
    assert_eq!((status, &first["state"]), (200, &json!("OWED")));
    let (status, again) = act(&desk, &everything, &refund, "approve").await;
    assert_eq!((status, &again["type"]), (409, &another));
    let (status, second) = act(&desk, &people.fee_officer, &refund, "approve").await;
    let given = json!("/problems/payment/refund-approval-given");
    assert_eq!((status, &second["type"]), (409, &given), "a duty chief is still wanted");
    let (status, second) = act(&desk, &people.chief, &refund, "approve").await;
    assert_eq!((status, &second["state"]), (200, &json!("APPROVED")));

    let (status, approver) = act(&desk, &everything, &refund, "execute").await;
    assert_eq!((status, &approver["type"]), (409, &another));
    let (status, ordered) = act(&desk, &people.cashier, &refund, "execute").await;
    assert_eq!((status, &ordered["state"]), (200, &json!("ORDERED")));
    let (status, _) = act(&desk, &people.cashier, &refund, "execute").await;
    assert_eq!(status, 409, "once");
    desk.work().await;
    assert_eq!(state(&desk, &refund).await, "EXECUTED");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_refused_proposal_leaves_everything_as_it_was(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let (notice, payment, people) = paid(&desk, "acct-ok").await;
    let (_, proposed) = propose(&desk, &people.proposer, payment, "484.00").await;
    let refund = proposed["id"].as_str().unwrap();
    assert_eq!(desk.balance("REFUNDS_OWED:%").await, -484);

    let (status, refused) = act(&desk, &people.chief, refund, "refuse").await;

    assert_eq!((status, &refused["state"]), (200, &json!("REFUSED")));
    assert_eq!(refused["decision"], "收费无误");
    assert_eq!(desk.balance("REFUNDS_OWED:%").await, 0);
    assert_eq!(desk.balance("FEE_INCOME").await, -484);
    assert_eq!(desk.stand(notice.id).await, ("PAID", "SUCCESS"));
    the_books_hold(&desk).await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_a_rule_owes_is_approved_and_cannot_be_refused(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let (notice, payment, people) = paid(&desk, "acct-ok").await;
    desk.void_all(&notice).await;
    let owner = desk.member(PAYER, Role::Declarant).await;
    let (_, list) = desk.send(&owner, Method::GET, "/v1/refunds?state=OWED", Value::Null).await;
    let refund = list["data"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(list["data"][0]["proposed_by"], Value::Null);

    let (status, refused) = act(&desk, &people.chief, &refund, "refuse").await;
    assert_eq!((status, &refused["type"]), (409, &json!("/problems/payment/refund-owed-by-rule")));
    approve_and_execute(&desk, &people, &refund).await;
    desk.work().await;

    assert_eq!(desk.stand(notice.id).await, ("REFUNDED", "SUCCESS"));
    assert_eq!(given(&desk, payment), (1, 484));
    the_books_hold(&desk).await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn money_in_suspense_goes_back_to_whom_it_came_from(pool: PgPool) {
    let desk = Desk::open(pool).await;
    desk.agree("acct-ok").await;
    let notice = desk.notice(1).await;
    // Withdrawn while the debit was under way: the bank takes it, and nobody owes it any more.
    desk.void_all(&notice).await;
    desk.work().await;
    let (payment, people) = (desk.payment_of(notice.id).await, People::of(&desk).await);
    assert_eq!(desk.balance("SUSPENSE:%").await, -484);
    let (_, list) = desk.send(&people.chief, Method::GET, "/v1/refunds", Value::Null).await;
    let refund = list["data"][0]["id"].as_str().unwrap().to_owned();

    approve_and_execute(&desk, &people, &refund).await;
    desk.work().await;

    assert_eq!(given(&desk, payment), (1, 484));
    assert_eq!(desk.balance("SUSPENSE:%").await, 0);
    assert_eq!(desk.balance("BANK:%").await, 0);
    assert_eq!(desk.stand(notice.id).await, ("REFUNDED", "SUCCESS"));
    the_books_hold(&desk).await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_booking_that_the_bank_denies_is_owed_again_under_another_number(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let (_, payment, people) = paid(&desk, "acct-ok").await;
    let second = booked(payment, "B-second");
    desk.call_back(&second, &desk.bank_key, desk.ctx.clock.now()).await;
    let (_, list) = desk.send(&people.chief, Method::GET, "/v1/refunds", Value::Null).await;
    let refund = list["data"][0]["id"].as_str().unwrap().to_owned();

    // The sandbox knows nothing of that second booking: it cannot give it back.
    approve_and_execute(&desk, &people, &refund).await;
    desk.work().await;

    assert_eq!(state(&desk, &refund).await, "FAILED");
    assert_eq!(desk.balance("SUSPENSE:%").await, -484);
    let owed = "select count(*) from refunds where state = 'OWED' and replaces is not null";
    assert_eq!(desk.count(owed).await, 1);
    the_books_hold(&desk).await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_refund_that_the_bank_refused_can_be_approved_and_ordered_anew(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let (notice, payment, people) = paid(&desk, "acct-refund-refuse").await;
    let refused = order(&desk, &people, payment, "484.00").await;
    desk.work().await;
    assert_eq!(state(&desk, &refused).await, "FAILED");
    assert_eq!(desk.stand(notice.id).await, ("PAID", "SUCCESS"));
    the_books_hold(&desk).await;

    let (_, list) =
        desk.send(&people.chief, Method::GET, "/v1/refunds?state=OWED", Value::Null).await;
    let next = &list["data"][0];
    assert_eq!(next["replaces"], json!(refused));
    let (status, above) = propose(&desk, &people.proposer, payment, "1.00").await;
    assert_eq!(status, 409, "all of it is owed already: {above}");
    assert_eq!(given(&desk, payment), (0, 0));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_refund_is_sent_at_most_once_even_if_the_worker_dies_after_sending(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let (notice, payment, people) = paid(&desk, "acct-ok").await;
    let refund = order(&desk, &people, payment, "484.00").await;
    let id: RefundId = serde_json::from_value(json!(refund)).unwrap();
    let mut tx = desk.begin().await;
    let sent = shared::payment::take_refund(&mut tx, id).await.unwrap().unwrap();
    tx.commit().await.unwrap();
    desk.ctx.bank.refund(&desk.ctx.clock, &sent).await;

    // Its job is still owed: another worker takes it on, and asks.
    desk.work().await;
    assert_eq!(state(&desk, &refund).await, "UNKNOWN");
    desk.wait(chrono::Duration::seconds(1)).await;

    assert_eq!(state(&desk, &refund).await, "EXECUTED");
    assert_eq!(given(&desk, payment), (1, 484));
    assert_eq!(desk.stand(notice.id).await, ("REFUNDED", "SUCCESS"));
    the_books_hold(&desk).await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_unknown_refund_is_resolved_only_by_the_bank(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let (_, payment, people) = paid(&desk, "acct-refund-unknown").await;
    let refund = order(&desk, &people, payment, "484.00").await;
    desk.work().await;
    assert_eq!(state(&desk, &refund).await, "UNKNOWN");

    let (status, _) = act(&desk, &people.cashier, &refund, "execute").await;
    assert_eq!(status, 409);
    for seconds in [1, 2, 4] {
        assert_eq!(state(&desk, &refund).await, "UNKNOWN");
        desk.wait(chrono::Duration::seconds(seconds)).await;
    }

    assert_eq!(state(&desk, &refund).await, "EXECUTED");
    assert_eq!(given(&desk, payment), (1, 484));
    the_books_hold(&desk).await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_order_that_the_bank_lost_is_failed_after_a_quarter_of_an_hour_and_still_owed(
    pool: PgPool,
) {
    let desk = Desk::open(pool).await;
    let (_, payment, people) = paid(&desk, "acct-refund-silent").await;
    let refund = order(&desk, &people, payment, "484.00").await;
    desk.work().await;
    for _ in 0..14 {
        desk.wait(chrono::Duration::minutes(1)).await;
        assert_eq!(state(&desk, &refund).await, "UNKNOWN", "too early to believe it");
    }

    desk.wait(chrono::Duration::minutes(6)).await;

    assert_eq!(state(&desk, &refund).await, "FAILED");
    assert_eq!(desk.balance("REFUNDS_OWED:%").await, -484);
    assert_eq!(given(&desk, payment), (0, 0));
    the_books_hold(&desk).await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_office_sees_and_moves_its_own_refunds_only(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let (_, payment, people) = paid(&desk, "acct-ok").await;
    let (_, proposed) = propose(&desk, &people.proposer, payment, "100.00").await;
    let url = format!("/v1/refunds/{}", proposed["id"].as_str().unwrap());
    let elsewhere = desk.person_of("310700", &[Role::FeeOfficer, Role::DutyChief], 1).await;
    let other = desk.member(super::desk::OTHER, Role::Declarant).await;

    for stranger in [&elsewhere, &other] {
        let (status, _) = desk.send(stranger, Method::GET, &url, Value::Null).await;
        assert_eq!(status, StatusCode::NOT_FOUND);
    }
    let approve = format!("{url}/approve");
    let (status, _) = desk.send(&elsewhere, Method::POST, &approve, json!({})).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
    let (status, _) = propose(&desk, &elsewhere, payment, "100.00").await;
    assert_eq!(status, 404);
}

/// What happens to the refunds of one payment.
#[derive(Clone, Copy, Debug)]
enum Turn {
    Propose(i64),
    Approve,
    Refuse,
    Execute,
    Withdraw,
    Work,
    Wait(i64),
}

fn turns() -> impl Strategy<Value = Vec<(Turn, Turn)>> {
    let turn = || {
        prop_oneof![
            3 => select(&[1, 100, 300, 484][..]).prop_map(Turn::Propose),
            4 => Just(Turn::Approve),
            1 => Just(Turn::Refuse),
            3 => Just(Turn::Execute),
            1 => Just(Turn::Withdraw),
            3 => Just(Turn::Work),
            1 => select(&[1, 4, 1200][..]).prop_map(Turn::Wait),
        ]
    };
    prop::collection::vec((turn(), turn()), 6..14)
}

async fn take(desk: &Desk, people: &People, notice: &FeeNotice, turn: Turn) {
    let payment = desk.payment_of(notice.id).await;
    let open: Vec<String> = sqlx::query_scalar(
        "select id::text from refunds where payment_id = $1 and state in ('OWED', 'APPROVED')",
    )
    .bind(payment.0)
    .fetch_all(&desk.ctx.pool)
    .await
    .unwrap();
    let told = match turn {
        Turn::Propose(amount) => {
            propose(desk, &people.proposer, payment, &format!("{amount}.00")).await
        }
        Turn::Withdraw => return desk.void_all(notice).await,
        Turn::Work => return desk.work().await,
        Turn::Wait(seconds) => return desk.wait(chrono::Duration::seconds(seconds)).await,
        Turn::Approve | Turn::Refuse | Turn::Execute => {
            for refund in &open {
                let asked: &[(&Actor, &str)] = match turn {
                    Turn::Approve => {
                        &[(&people.fee_officer, "approve"), (&people.chief, "approve")]
                    }
                    Turn::Refuse => &[(&people.chief, "refuse")],
                    _ => &[(&people.cashier, "execute")],
                };
                for (who, verb) in asked {
                    let (status, told) = act(desk, who, refund, verb).await;
                    assert!(matches!(status, 200 | 409), "{status} {told}");
                }
            }
            return;
        }
    };
    assert!(matches!(told.0, 201 | 409), "{told:?}");
}

async fn walk(desk: &Desk, people: &People, turns: &[(Turn, Turn)]) -> Result<(), TestCaseError> {
    let accounts = ["acct-ok", "acct-refund-unknown", "acct-refund-refuse"];
    let notice = desk.next_notice().await;
    desk.moves_account_to(accounts[turns.len() % 3]).await;
    desk.pay(notice.id).await.unwrap();
    desk.work().await;
    for (number, (one, other)) in turns.iter().enumerate() {
        tokio::join!(take(desk, people, &notice, *one), take(desk, people, &notice, *other));
        for sql in [
            "select differing + abs(sum_fen) from ledger_proof",
            "select count(*) from (select from refunds where state not in ('REFUSED', 'FAILED')
                 group by payment_id having sum(amount_fen) > 48400) above",
        ] {
            let broken = desk.count(sql).await;
            prop_assert!(broken == 0, "turn {number}, {one:?} and {other:?}: {sql}");
        }
    }
    let given: Fen = desk.bank.summary().iter().map(|line| line.refunded_fen).sum();
    let executed =
        "select coalesce(sum(amount_fen), 0)::int8 from refunds where state = 'EXECUTED'";
    let told = desk.count(executed).await;
    let open =
        "select coalesce(sum(amount_fen), 0)::int8 from refunds where state in ('SENT', 'UNKNOWN')";
    let open = desk.count(open).await;
    prop_assert!((told..=told + open).contains(&given.0), "{told} to {} of {given:?}", told + open);
    Ok(())
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn whatever_is_done_with_refunds_the_bank_gives_back_what_the_books_say(pool: PgPool) {
    let desk = Desk::open(pool).await;
    desk.sign(super::desk::draft("acct-ok")).await;
    let people = People::of(&desk).await;
    every_walk_holds(12, turns, async move |turns| walk(&desk, &people, &turns).await).await;
}
