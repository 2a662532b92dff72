//! The books are right after whatever anybody did, in whatever order, and say so themselves.
use proptest::{
    prelude::*,
    sample::{Index, select},
};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use shared::{
    kernel::{Actor, Failure, Fen, Role, money::Amount},
    payment::{
        self, FeeNotice, PaymentId,
        bank::{FailureCode, Outcome, Word},
    },
};
use sqlx::PgPool;

use super::{
    desk::{BANK, Desk, PAYER, booked, draft, noon, officer},
    walks::{self, Law, every_walk_holds, take_all},
};

/// What somebody does to one of the notices, or to all.
#[derive(Clone, Debug)]
enum Act {
    Issue,
    /// From an account that behaves so.
    Pay(Index, &'static str),
    /// The worker takes the debit, and dies before it sends it.
    Lose(Index),
    Void(Index),
    Withdraw(Index),
    Hear(Index, Said),
    Orphan(u32),
    Work,
    Wait(i64),
}

/// What the bank says without being asked.
#[derive(Clone, Copy, Debug)]
enum Said {
    Booked,
    BookedAgain,
    BookedAnotherAmount,
    Refused,
    TakenBack,
}

const ACCOUNTS: [&str; 6] =
    ["acct-ok", "acct-refuse", "acct-unknown", "acct-twice", "acct-callback-first", "acct-misbook"];

fn act() -> impl Strategy<Value = Act> {
    let which = any::<Index>;
    let said = select(
        &[
            Said::Booked,
            Said::BookedAgain,
            Said::BookedAnotherAmount,
            Said::Refused,
            Said::TakenBack,
        ][..],
    );
    prop_oneof![
        4 => Just(Act::Issue),
        6 => (which(), select(&ACCOUNTS[..])).prop_map(|(which, account)| Act::Pay(which, account)),
        2 => which().prop_map(Act::Lose),
        2 => which().prop_map(Act::Void),
        2 => which().prop_map(Act::Withdraw),
        5 => (which(), said).prop_map(|(which, said)| Act::Hear(which, said)),
        1 => any::<u32>().prop_map(Act::Orphan),
        4 => Just(Act::Work),
        3 => select(&[1, 5, 16 * 60, 86_400, 25 * 86_400][..]).prop_map(Act::Wait),
    ]
}

/// Two at once, as often as one alone.
fn steps() -> impl Strategy<Value = Vec<(Act, Option<Act>)>> {
    prop::collection::vec((act(), prop::option::of(act())), 10..25)
}

async fn take(desk: &Desk, notices: &[FeeNotice], act: &Act) {
    match act {
        Act::Issue => {}
        Act::Pay(which, account) => {
            desk.moves_account_to(account).await;
            allowed(desk.pay(which.get(notices).id).await);
        }
        Act::Lose(which) => {
            if let Some(payment) = desk.billed(which.get(notices).id).await.latest {
                let mut tx = desk.begin().await;
                allowed(payment::take(&mut tx, &[payment.id]).await);
                tx.commit().await.unwrap();
            }
        }
        Act::Void(which) => {
            let mut tx = desk.begin().await;
            let voided =
                payment::void_notice(&mut tx, &officer(), which.get(notices).id, "计费有误").await;
            if allowed(voided) {
                tx.commit().await.unwrap();
            }
        }
        Act::Withdraw(which) => desk.void_all(which.get(notices)).await,
        Act::Hear(which, said) => {
            if let Some(payment) = desk.billed(which.get(notices).id).await.latest {
                let word = word(payment.id, payment.amount, *said);
                let at = desk.ctx.clock.now();
                assert_eq!(desk.call_back(&word, &desk.bank_key, at).await, StatusCode::OK);
            }
        }
        Act::Orphan(number) => {
            let word = booked(PaymentId::mint(noon()), &format!("B-orphan-{number}"));
            let at = desk.ctx.clock.now();
            assert_eq!(desk.call_back(&word, &desk.bank_key, at).await, StatusCode::OK);
        }
        Act::Work => desk.work().await,
        Act::Wait(seconds) => desk.wait(chrono::Duration::seconds(*seconds)).await,
    }
}

fn word(payment: PaymentId, amount: Fen, said: Said) -> Word {
    let name = |sort: &str| format!("B-{sort}-{payment}");
    let word = Word { amount: amount.into(), ..booked(payment, &name("first")) };
    match said {
        Said::Booked => word,
        Said::TakenBack => Word { outcome: Outcome::Reversed, ..word },
        Said::BookedAgain => Word { bank_ref: name("second"), ..word },
        Said::BookedAnotherAmount => {
            Word { bank_ref: name("other"), amount: Amount::from(amount + Fen::yuan(1)), ..word }
        }
        Said::Refused => Word {
            bank_ref: name("refusal"),
            outcome: Outcome::Failed,
            failure_code: Some(FailureCode::OverLimit),
            ..word
        },
    }
}

/// Whether it was done; what the rules refuse is refused, and nothing may break.
fn allowed<T>(done: Result<T, Failure>) -> bool {
    match done {
        Ok(_) => true,
        Err(Failure::Fault(fault)) => panic!("{fault:#}"),
        Err(_) => false,
    }
}

/// Each counts what must not be there.
const LAWS: [Law; 5] = [
    ("the sum of all entries is zero", "select abs(sum_fen) from ledger_proof"),
    ("every account holds what is claimed of it", "select differing from ledger_proof"),
    (
        "a notice has one payment that lives or lived",
        "select count(*) from (select from payments where state not in ('FAILED', 'REVERSED')
         group by notice_id having count(*) > 1) twice",
    ),
    (
        "no more is owed back of a booking than was booked",
        "select count(*) from (select from refunds r join bank_words w on w.payment_id = r.payment_id
             and w.bank_ref = r.booking_ref and w.outcome = 'SUCCESS' where r.state not in ('REFUSED', 'FAILED')
         group by w.bank_ref, w.amount_fen having sum(r.amount_fen) > w.amount_fen) above",
    ),
    (
        "every success of the bank is a payment, in suspense, or held",
        "select count(*) from bank_words w where outcome = 'SUCCESS' and effect not in ('SUSPEND', 'HOLD')
             and not exists (select from payments p where p.id = w.payment_id and p.state in ('SUCCESS', 'REVERSED'))",
    ),
];

impl walks::Act for Act {
    fn issues(&self) -> bool {
        matches!(self, Self::Issue)
    }

    fn takes_time(&self) -> bool {
        matches!(self, Self::Wait(_))
    }

    async fn take(&self, desk: &Desk, notices: &[FeeNotice]) {
        take(desk, notices, self).await;
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_books_hold_whatever_is_paid_voided_and_told_in_whatever_order(pool: PgPool) {
    let desk = Desk::open(pool).await;
    desk.sign(draft("acct-ok")).await;
    every_walk_holds(16, steps, async move |steps| Box::pin(take_all(&desk, &steps, &LAWS)).await)
        .await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_posting_to_an_account_outside_the_chart_is_refused_and_none_is_ever_changed(
    pool: PgPool,
) {
    let desk = Desk::open(pool).await;
    desk.notice(1).await;
    let write = |sql: &'static str| sqlx::query(sql).execute(&desk.ctx.pool);

    let unknown = write(
        "insert into postings (id, at, debit, credit, amount_fen, cause)
         values (gen_random_uuid(), now(), 'POCKET:me', 'FEE_INCOME', 100, 'theft')",
    );
    let one_sided = write(
        "insert into postings (id, at, debit, credit, amount_fen, cause)
         values (gen_random_uuid(), now(), 'FEE_INCOME', 'FEE_INCOME', 100, 'nothing')",
    );
    let less = write("update postings set amount_fen = 1");
    let gone = write("delete from postings");

    for refused in [unknown.await, one_sided.await, less.await, gone.await] {
        assert!(refused.is_err(), "{refused:?}");
    }
    assert_eq!(desk.count("select count(*) from postings").await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_fen_that_is_missing_is_found_by_account(pool: PgPool) {
    let desk = Desk::open(pool).await;
    desk.agree("acct-ok").await;
    let notice = desk.notice(1).await;
    desk.work().await;
    let auditor = desk.member("310900", Role::DutyChief).await;
    let (_, right) = desk.send(&auditor, Method::GET, "/v1/ledger", Value::Null).await;
    assert_eq!(right["is_right"], true, "{right:#}");

    // Somebody with the keys of the database makes a payment smaller.
    sqlx::query("update payments set amount_fen = amount_fen - 1 where notice_id = $1")
        .bind(notice.id.0)
        .execute(&desk.ctx.pool)
        .await
        .unwrap();

    let (status, wrong) = desk.send(&auditor, Method::GET, "/v1/ledger", Value::Null).await;
    assert_eq!((status, &wrong["is_right"]), (StatusCode::OK, &json!(false)));
    assert_eq!(wrong["sum"]["amount"], "0.00", "every posting is balanced all the same");
    assert_eq!(
        wrong["differences"],
        json!([{
            "account": format!("BANK:{BANK}"),
            "booked": { "amount": "484.00", "currency": "CNY" },
            "claimed": { "amount": "483.99", "currency": "CNY" }
        }])
    );
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_life_of_a_fee_is_read_from_its_postings(pool: PgPool) {
    let desk = Desk::open(pool).await;
    desk.agree("acct-ok").await;
    let notice = desk.notice(1).await;
    desk.work().await;
    desk.void_all(&notice).await;
    let url = format!("/v1/fee-notices/{}/postings", notice.id);
    let own = desk.member("310900", Role::Cashier).await;
    let elsewhere = desk.member("310700", Role::Cashier).await;

    let (_, told) = desk.send(&own, Method::GET, &url, Value::Null).await;

    let moves: Vec<_> = told["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| {
            [&one["cause"], &one["debit"], &one["credit"]].map(|part| part.as_str().unwrap())
        })
        .collect();
    let (receivable, owed) = (format!("RECEIVABLE:{PAYER}"), format!("REFUNDS_OWED:{PAYER}"));
    let bank = format!("BANK:{BANK}");
    assert_eq!(
        moves,
        [
            ["notice-issued", &receivable, "FEE_INCOME"],
            ["payment-succeeded", &bank, &receivable],
            ["refund-owed", "FEE_INCOME", &owed],
        ]
    );
    let (status, _) = desk.send(&elsewhere, Method::GET, &url, Value::Null).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_is_paid_for_a_notice_wanted_void_is_owed_back_once(pool: PgPool) {
    let desk = Desk::open(pool).await;
    desk.agree("acct-ok").await;
    let notice = desk.notice(1).await;
    desk.void_all(&notice).await;
    desk.work().await;
    assert_eq!(desk.stand(notice.id).await, ("PAID", "SUCCESS"));

    let mut tx = desk.begin().await;
    let (system, declaration) = (Actor::system(), notice.declaration_id);
    payment::void_notices_of(&mut tx, &system, declaration, "withdrawn again").await.unwrap();
    tx.commit().await.unwrap();

    assert_eq!(desk.count("select count(*) from refunds").await, 1);
    assert_eq!(desk.count("select differing from ledger_proof").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_success_that_the_bank_takes_back_is_owed_again(pool: PgPool) {
    let desk = Desk::open(pool).await;
    desk.agree("acct-ok").await;
    let notice = desk.notice(1).await;
    desk.work().await;
    let payment = desk.billed(notice.id).await.latest.unwrap();
    let bank_ref = payment.bank_ref.clone().unwrap();
    let back = Word { outcome: Outcome::Reversed, ..booked(payment.id, &bank_ref) };

    for _ in 0..2 {
        let heard = desk.call_back(&back, &desk.bank_key, desk.ctx.clock.now()).await;
        assert_eq!(heard, StatusCode::OK);
    }

    assert_eq!(desk.billed(notice.id).await.notice.state.name(), "ISSUED");
    assert_eq!(desk.billed(notice.id).await.notice.paid_at, None);
    assert_eq!(desk.happened("payment.reversed").await, 1);
    assert_eq!(desk.balance("BANK:%").await, 0);
    assert_eq!(desk.balance("RECEIVABLE:%").await, 484);
    assert_eq!(desk.count("select differing from ledger_proof").await, 0);
    desk.pay(notice.id).await.unwrap();
    desk.work().await;
    assert_eq!(desk.stand(notice.id).await, ("PAID", "SUCCESS"));
    assert_eq!(desk.count("select differing from ledger_proof").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_reversal_may_come_before_the_success_that_it_undoes(pool: PgPool) {
    let desk = Desk::open(pool).await;
    desk.sign(draft("acct-ok")).await;
    let notice = desk.notice(1).await;
    desk.pay(notice.id).await.unwrap();
    let payment = desk.payment_of(notice.id).await;
    desk.take_and_die(payment).await;
    let success = booked(payment, "B-1");
    let back = Word { outcome: Outcome::Reversed, ..success.clone() };

    for word in [&back, &success] {
        desk.call_back(word, &desk.bank_key, desk.ctx.clock.now()).await;
    }

    let states = "select count(*) from payments where state = 'REVERSED'";
    assert_eq!(desk.count(states).await, 1);
    assert_eq!(desk.billed(notice.id).await.notice.state.name(), "ISSUED");
    assert_eq!(desk.balance("SUSPENSE:%").await, 0);
    assert_eq!(desk.count("select differing from ledger_proof").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn what_went_back_already_is_not_taken_back_again(pool: PgPool) {
    let desk = Desk::open(pool).await;
    desk.agree("acct-ok").await;
    let notice = desk.notice(1).await;
    desk.work().await;
    let payment = desk.billed(notice.id).await.latest.unwrap();
    desk.void_all(&notice).await;
    let back = booked(payment.id, payment.bank_ref.as_deref().unwrap());
    let back = Word { outcome: Outcome::Reversed, ..back };

    desk.call_back(&back, &desk.bank_key, desk.ctx.clock.now()).await;

    assert_eq!(desk.stand(notice.id).await, ("PAID", "SUCCESS"));
    assert_eq!(desk.happened("payment.contradicted").await, 1);
    assert_eq!(desk.count("select differing from ledger_proof").await, 0);
}
