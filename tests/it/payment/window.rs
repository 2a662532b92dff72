//! A window takes every kind of money, its drawer is counted, and every payment has one receipt.
use proptest::{
    prelude::*,
    sample::{Index, select},
    test_runner::TestCaseError,
};
use reqwest::Method;
use serde_json::{Value, json};
use shared::{
    kernel::{Actor, Role},
    payment::NoticeId,
};
use sqlx::PgPool;

use super::{
    desk::{Desk, draft},
    walks::every_walk_holds,
};

fn yuan(amount: &str) -> Value {
    json!({ "amount": amount, "currency": "CNY" })
}

fn cash(amount: &str) -> Value {
    json!({ "channel": "CASH", "tendered": yuan(amount) })
}

fn card() -> Value {
    json!({ "channel": "POS", "slip_no": "004512" })
}

fn cheque() -> Value {
    json!({ "channel": "CHEQUE", "slip_no": "10203040", "drawn_on": "上海浦东发展银行" })
}

async fn post(desk: &Desk, who: &Actor, url: &str, body: Value) -> (u16, Value) {
    let (status, told) = desk.send(who, Method::POST, url, body).await;
    (status.as_u16(), told)
}

/// A cashier at a window, with 200 yuan of change money; and the shift.
async fn cashier(desk: &Desk, window_no: u8) -> (Actor, String) {
    let cashier = desk.person(&[Role::Cashier], window_no).await;
    let (status, shift) = open(desk, &cashier, window_no).await;
    assert_eq!(status, 201, "{shift}");
    (cashier, shift["id"].as_str().unwrap().to_owned())
}

async fn open(desk: &Desk, who: &Actor, window_no: u8) -> (u16, Value) {
    let body = json!({ "window_no": window_no, "float": yuan("200.00") });
    post(desk, who, "/v1/shifts", body).await
}

async fn collect(desk: &Desk, who: &Actor, notice: NoticeId, body: Value) -> (u16, Value) {
    post(desk, who, &format!("/v1/fee-notices/{notice}/collect"), body).await
}

async fn close(desk: &Desk, who: &Actor, shift: &str, body: Value) -> (u16, Value) {
    post(desk, who, &format!("/v1/shifts/{shift}/close"), body).await
}

async fn print(desk: &Desk, who: &Actor, payment: &str) -> (u16, Value) {
    post(desk, who, &format!("/v1/payments/{payment}/receipt"), json!({})).await
}

async fn the_books_hold(desk: &Desk) {
    assert_eq!(desk.count("select differing + abs(sum_fen) from ledger_proof").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_cashier_takes_cash_and_gives_change(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let notice = desk.notice(1).await;
    let (cashier, shift) = cashier(&desk, 3).await;

    let (short, told) = collect(&desk, &cashier, notice.id, cash("483.99")).await;
    let (status, paid) = collect(&desk, &cashier, notice.id, cash("500.00")).await;

    assert_eq!((short, &told["errors"][0]["code"]), (422, &json!("tendered-short")));
    assert_eq!((status, &paid["state"]), (200, &json!("PAID")), "{paid}");
    assert_eq!(paid["payment"]["channel"], "CASH");
    assert_eq!(paid["payment"]["change"], yuan("16.00"));
    assert_eq!(paid["payment"]["shift_id"], json!(shift));
    assert_eq!(desk.balance("DRAWER:%").await, 484);
    assert_eq!(desk.balance("RECEIVABLE:%").await, 0);
    let promised = "select count(*) from jobs where kind = 'payment.settled'";
    assert_eq!(desk.count(promised).await, 1, "whatever waited for the fee goes on");
    the_books_hold(&desk).await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn every_window_takes_every_channel_and_all_receipts_are_of_one_numbering(pool: PgPool) {
    let desk = Desk::open(pool).await;
    desk.sign(draft("acct-ok")).await;
    let (one, _) = cashier(&desk, 1).await;
    let (two, _) = cashier(&desk, 2).await;
    let mut receipts = Vec::new();

    for body in [cash("484.00"), card(), cheque(), json!({ "channel": "EPAY" })] {
        for window in [&one, &two] {
            let notice = desk.next_notice().await;
            let (status, taken) = collect(&desk, window, notice.id, body.clone()).await;
            assert_eq!(status, 200, "{taken}");
            desk.work().await;
            assert_eq!(desk.stand(notice.id).await, ("PAID", "SUCCESS"));
            let payment = taken["payment"]["id"].as_str().unwrap().to_owned();
            let (status, receipt) = print(&desk, window, &payment).await;
            assert_eq!(status, 200, "{receipt}");
            receipts.push(receipt["receipt_no"].as_str().unwrap().to_owned());
        }
    }

    let expected: Vec<_> = (1..=8).map(|serial| format!("31090014{serial:08}")).collect();
    assert_eq!(receipts, expected);
    let held = ["DRAWER:%", "POS:310900", "CHEQUES:310900", "BANK:%"];
    for account in held {
        assert_eq!(desk.balance(account).await, 968, "{account}");
    }
    the_books_hold(&desk).await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn card_and_cheque_name_their_slip(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let notice = desk.notice(1).await;
    let (cashier, _) = cashier(&desk, 1).await;

    let (_, card) = collect(&desk, &cashier, notice.id, json!({ "channel": "POS" })).await;
    let (_, cheque) = collect(&desk, &cashier, notice.id, json!({ "channel": "CHEQUE" })).await;

    let codes = |told: &Value| -> Vec<String> {
        let errors = told["errors"].as_array().unwrap().iter();
        errors.map(|error| error["code"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(codes(&card), ["slip-missing"]);
    assert_eq!(codes(&cheque), ["slip-missing", "bank-missing"]);
    assert_eq!(desk.stand(notice.id).await, ("ISSUED", "NONE"));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_late_fee_is_taken_at_the_window_as_of_today(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let notice = desk.notice(1).await;
    desk.ctx.clock.advance(chrono::Duration::days(35)).unwrap();
    let (cashier, _) = cashier(&desk, 1).await;

    let (status, paid) = collect(&desk, &cashier, notice.id, cash("520.00")).await;

    assert_eq!((status, &paid["payment"]["late_fee"]), (200, &yuan("36.00")), "{paid}");
    assert_eq!(desk.balance("LATE_INCOME").await, -36);
    the_books_hold(&desk).await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_drawer_is_counted_and_the_difference_is_stated_and_booked(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let (cashier, shift) = cashier(&desk, 1).await;
    for _ in 0..2 {
        let notice = desk.next_notice().await;
        collect(&desk, &cashier, notice.id, cash("484.00")).await;
    }
    let url = format!("/v1/shifts/{shift}");
    let (_, sheet) = desk.send(&cashier, Method::GET, &url, Value::Null).await;
    assert_eq!(sheet["cash"], json!({ "count": 2, "total": yuan("968.00") }));
    assert_eq!(sheet["expected"], yuan("1168.00"));

    let short = json!({ "counted": yuan("1163.00") });
    let (status, unexplained) = close(&desk, &cashier, &shift, short).await;
    assert_eq!((status, &unexplained["errors"][0]["code"]), (422, &json!("note-required")));
    let explained = json!({ "counted": yuan("1163.00"), "note": "找零有误，少5元" });
    let (status, closed) = close(&desk, &cashier, &shift, explained.clone()).await;

    assert_eq!((status, &closed["state"]), (200, &json!("CLOSED")), "{closed}");
    assert_eq!(closed["difference"], yuan("-5.00"));
    assert_eq!(desk.balance("DRAWER:%").await, 0);
    assert_eq!(desk.balance("SAFE:310900").await, 963);
    assert_eq!(desk.balance("CASH_DIFFERENCE:310900").await, 5);
    the_books_hold(&desk).await;
    let (status, again) = close(&desk, &cashier, &shift, explained).await;
    assert_eq!((status, &again["type"]), (409, &json!("/problems/payment/shift-closed")));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn nobody_takes_money_without_a_drawer_of_their_own(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let notice = desk.notice(1).await;
    let idle = desk.person(&[Role::Cashier], 9).await;
    let (busy, shift) = cashier(&desk, 1).await;

    let (status, refused) = collect(&desk, &idle, notice.id, cash("484.00")).await;
    assert_eq!((status, &refused["type"]), (409, &json!("/problems/payment/no-open-shift")));
    let (status, second) = open(&desk, &busy, 2).await;
    assert_eq!((status, &second["type"]), (409, &json!("/problems/payment/shift-open")));
    let (status, taken) = open(&desk, &idle, 1).await;
    assert_eq!((status, &taken["type"]), (409, &json!("/problems/payment/window-taken")));
    let counted = json!({ "counted": yuan("200.00") });
    let (status, _) = close(&desk, &idle, &shift, counted.clone()).await;
    assert_eq!(status, 403, "it is another's drawer");
    let chief = desk.person(&[Role::DutyChief], 1).await;
    let (status, _) = close(&desk, &chief, &shift, counted).await;
    assert_eq!(status, 200, "in the cashier's place");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_window_serves_the_notices_of_its_own_office(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let notice = desk.notice(1).await;
    let elsewhere = desk.person_of("310700", &[Role::Cashier], 1).await;
    open(&desk, &elsewhere, 1).await;

    let (status, _) = collect(&desk, &elsewhere, notice.id, cash("484.00")).await;

    assert_eq!(status, 404);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn two_windows_and_a_declarant_at_once_make_one_payment(pool: PgPool) {
    let desk = Desk::open(pool).await;
    desk.sign(draft("acct-ok")).await;
    let notice = desk.notice(1).await;
    let (one, _) = cashier(&desk, 1).await;
    let (two, _) = cashier(&desk, 2).await;

    let (first, second, third) = tokio::join!(
        collect(&desk, &one, notice.id, cash("484.00")),
        collect(&desk, &two, notice.id, card()),
        desk.pay(notice.id),
    );
    desk.work().await;

    let done = [first.0 == 200, second.0 == 200, third.is_ok()];
    assert_eq!(done.iter().filter(|done| **done).count(), 1, "{first:?} {second:?}");
    assert_eq!(desk.stand(notice.id).await, ("PAID", "SUCCESS"));
    the_books_hold(&desk).await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_receipt_keeps_its_number_and_its_prints_are_counted(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let (cashier, _) = cashier(&desk, 1).await;
    let notice = desk.notice(1).await;
    let (_, paid) = collect(&desk, &cashier, notice.id, cash("500.00")).await;
    let payment = paid["payment"]["id"].as_str().unwrap().to_owned();

    let (_, first) = print(&desk, &cashier, &payment).await;
    let (_, again) = print(&desk, &cashier, &payment).await;

    assert_eq!(first["receipt_no"], again["receipt_no"]);
    assert_eq!((&first["prints"], &again["prints"]), (&json!(1), &json!(2)));
    assert_eq!(first["amount"], yuan("484.00"));
    assert_eq!(desk.happened("payment.receipt_printed").await, 2);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn receipts_printed_at_once_leave_no_gap_and_nothing_unpaid_has_one(pool: PgPool) {
    let desk = Desk::open(pool).await;
    desk.agree("acct-silent").await;
    let open_notice = desk.notice(100).await;
    let unpaid = desk.payment_of(open_notice.id).await.to_string();
    let (cashier, _) = cashier(&desk, 1).await;
    let mut payments = Vec::new();
    for serial in 101..105 {
        sqlx::query("update agreements set auto_debit = false")
            .execute(&desk.ctx.pool)
            .await
            .unwrap();
        let notice = desk.notice(serial).await;
        let (_, paid) = collect(&desk, &cashier, notice.id, cash("484.00")).await;
        payments.push(paid["payment"]["id"].as_str().unwrap().to_owned());
    }

    let (status, refused) = print(&desk, &cashier, &unpaid).await;
    assert_eq!((status, &refused["type"]), (409, &json!("/problems/payment/not-paid")));
    let prints = payments.iter().map(|payment| print(&desk, &cashier, payment));
    futures_util::future::join_all(prints).await;

    let numbers: Vec<String> =
        sqlx::query_scalar("select receipt_no from receipts order by receipt_no")
            .fetch_all(&desk.ctx.pool)
            .await
            .unwrap();
    let expected: Vec<_> = (1..=4).map(|serial| format!("31090014{serial:08}")).collect();
    assert_eq!(numbers, expected);
}

/// Proposes a refund of all, approves it twice, and lets that cashier pay it out.
async fn give_back(desk: &Desk, cashier: &Actor, payment: &str, body: Value) -> (u16, Value) {
    let proposer = desk.person(&[Role::FeeOfficer], 11).await;
    let officer = desk.person(&[Role::FeeOfficer], 12).await;
    let chief = desk.person(&[Role::DutyChief], 11).await;
    let wanted = json!({ "amount": yuan("484.00"), "reason": "重复缴费" });
    let url = format!("/v1/payments/{payment}/refunds");
    let (status, refund) = post(desk, &proposer, &url, wanted).await;
    assert_eq!(status, 201, "{refund}");
    let url = format!("/v1/refunds/{}", refund["id"].as_str().unwrap());
    for who in [&officer, &chief] {
        let (status, told) = post(desk, who, &format!("{url}/approve"), json!({})).await;
        assert_eq!(status, 200, "{told}");
    }
    post(desk, cashier, &format!("{url}/execute"), body).await
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn cash_goes_back_out_of_a_drawer_that_has_it(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let notice = desk.notice(1).await;
    let (cashier, shift) = cashier(&desk, 1).await;
    let (_, paid) = collect(&desk, &cashier, notice.id, cash("484.00")).await;
    let payment = paid["payment"]["id"].as_str().unwrap().to_owned();

    let (status, given) = give_back(&desk, &cashier, &payment, json!({})).await;

    assert_eq!((status, &given["state"]), (200, &json!("EXECUTED")), "{given}");
    assert_eq!(given["shift_id"], json!(shift));
    assert_eq!(desk.stand(notice.id).await, ("REFUNDED", "SUCCESS"));
    assert_eq!(desk.balance("DRAWER:%").await, 0);
    let counted = json!({ "counted": yuan("200.00") });
    let (status, closed) = close(&desk, &cashier, &shift, counted).await;
    assert_eq!((status, &closed["difference"]), (200, &yuan("0.00")), "{closed}");
    the_books_hold(&desk).await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_drawer_with_too_little_pays_nothing_out(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let notice = desk.notice(1).await;
    let (taker, _) = cashier(&desk, 1).await;
    let (payer, _) = cashier(&desk, 2).await;
    let (_, paid) = collect(&desk, &taker, notice.id, cash("484.00")).await;
    let payment = paid["payment"]["id"].as_str().unwrap().to_owned();

    let (status, short) = give_back(&desk, &payer, &payment, json!({})).await;

    assert_eq!((status, &short["type"]), (409, &json!("/problems/payment/drawer-short")));
    the_books_hold(&desk).await;
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_card_is_credited_by_a_slip_and_who_took_the_money_approves_no_refund_of_it(
    pool: PgPool,
) {
    let desk = Desk::open(pool).await;
    let notice = desk.notice(1).await;
    let both = desk.person(&[Role::Cashier, Role::DutyChief], 5).await;
    open(&desk, &both, 1).await;
    let (_, paid) = collect(&desk, &both, notice.id, card()).await;
    let payment = paid["payment"]["id"].as_str().unwrap().to_owned();

    let (status, no_slip) = give_back(&desk, &both, &payment, json!({})).await;
    assert_eq!((status, &no_slip["errors"][0]["code"]), (422, &json!("slip-missing")));
    let refund: String =
        sqlx::query_scalar("select id::text from refunds").fetch_one(&desk.ctx.pool).await.unwrap();
    let url = format!("/v1/refunds/{refund}/execute");
    let (status, given) = post(&desk, &both, &url, json!({ "slip_no": "004513" })).await;

    assert_eq!((status, &given["state"]), (200, &json!("EXECUTED")), "{given}");
    assert_eq!(desk.balance("POS:310900").await, 0);
    the_books_hold(&desk).await;

    let other = desk.next_notice().await;
    let (_, paid) = collect(&desk, &both, other.id, card()).await;
    let proposer = desk.person(&[Role::FeeOfficer], 21).await;
    let url = format!("/v1/payments/{}/refunds", paid["payment"]["id"].as_str().unwrap());
    let wanted = json!({ "amount": yuan("1.00"), "reason": "多收" });
    let (_, proposed) = post(&desk, &proposer, &url, wanted).await;
    let url = format!("/v1/refunds/{}/approve", proposed["id"].as_str().unwrap());
    let (status, own) = post(&desk, &both, &url, json!({})).await;
    assert_eq!((status, &own["type"]), (409, &json!("/problems/payment/another-person-needed")));
}

/// What happens at two windows.
#[derive(Clone, Debug)]
enum Turn {
    Collect(usize, Index, &'static str),
    Pay(Index),
    Withdraw(Index),
    Reopen(usize),
    GiveBack(usize, Index),
    Work,
}

fn turns() -> impl Strategy<Value = Vec<(Turn, Turn)>> {
    let turn = || {
        let which = any::<Index>;
        let channel = select(&["CASH", "POS", "CHEQUE", "EPAY"][..]);
        prop_oneof![
            6 => (0..2_usize, which(), channel).prop_map(|(w, which, c)| Turn::Collect(w, which, c)),
            2 => which().prop_map(Turn::Pay),
            1 => which().prop_map(Turn::Withdraw),
            2 => (0..2_usize).prop_map(Turn::Reopen),
            2 => (0..2_usize, which()).prop_map(|(window, which)| Turn::GiveBack(window, which)),
            2 => Just(Turn::Work),
        ]
    };
    prop::collection::vec((turn(), turn()), 5..12)
}

struct Windows {
    cashiers: [Actor; 2],
    approvers: [Actor; 2],
}

async fn take(desk: &Desk, windows: &Windows, notices: &[NoticeId], turn: &Turn) {
    let fine = |(status, told): (u16, Value)| assert!(status < 500, "{turn:?}: {status} {told}");
    match turn {
        Turn::Collect(window, which, channel) => {
            let body = match *channel {
                "CASH" => cash("600.00"),
                "POS" => card(),
                "CHEQUE" => cheque(),
                _ => json!({ "channel": "EPAY" }),
            };
            fine(collect(desk, &windows.cashiers[*window], *which.get(notices), body).await);
        }
        Turn::Pay(which) => {
            let _ = desk.pay(*which.get(notices)).await;
        }
        Turn::Withdraw(which) => {
            let notice = desk.billed(*which.get(notices)).await.notice;
            desk.void_all(&notice).await;
        }
        Turn::Reopen(window) => {
            let cashier = &windows.cashiers[*window];
            let (_, list) =
                desk.send(cashier, Method::GET, "/v1/shifts?state=OPEN", Value::Null).await;
            let own = list["data"].as_array().unwrap().iter();
            let own = own.filter(|shift| shift["cashier_id"] == json!(cashier.id));
            for shift in own {
                let body = json!({ "counted": yuan("250.00"), "note": "如实清点" });
                fine(close(desk, cashier, shift["id"].as_str().unwrap(), body).await);
            }
            fine(open(desk, cashier, u8::try_from(*window).unwrap() + 1).await);
        }
        Turn::GiveBack(window, which) => {
            let open: Vec<String> = sqlx::query_scalar(
                "select r.id::text from refunds r join payments p on p.id = r.payment_id
                 where p.notice_id = $1 and r.state in ('OWED', 'APPROVED')",
            )
            .bind(which.get(notices).0)
            .fetch_all(&desk.ctx.pool)
            .await
            .unwrap();
            for refund in open {
                let url = format!("/v1/refunds/{refund}");
                for who in &windows.approvers {
                    fine(post(desk, who, &format!("{url}/approve"), json!({})).await);
                }
                let body = json!({ "slip_no": "1" });
                let url = format!("{url}/execute");
                fine(post(desk, &windows.cashiers[*window], &url, body).await);
            }
        }
        Turn::Work => desk.work().await,
    }
}

async fn walk(desk: &Desk, windows: &Windows, turns: &[(Turn, Turn)]) -> Result<(), TestCaseError> {
    let mut notices = Vec::new();
    for _ in 0..3 {
        notices.push(desk.next_notice().await.id);
    }
    for (number, (one, other)) in turns.iter().enumerate() {
        tokio::join!(take(desk, windows, &notices, one), take(desk, windows, &notices, other));
        for sql in [
            "select differing + abs(sum_fen) from ledger_proof",
            "select count(*) from (select from payments where state not in ('FAILED', 'REVERSED')
                 group by notice_id having count(*) > 1) twice",
            "select count(*) from shifts where difference_fen <> counted_fen - expected_fen",
        ] {
            let broken = desk.count(sql).await;
            prop_assert!(broken == 0, "turn {number}, {one:?} and {other:?}: {sql}");
        }
    }
    Ok(())
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn whatever_two_windows_do_at_once_the_books_hold(pool: PgPool) {
    let desk = Desk::open(pool).await;
    desk.sign(draft("acct-ok")).await;
    let windows = Windows {
        cashiers: [desk.person(&[Role::Cashier], 1).await, desk.person(&[Role::Cashier], 2).await],
        approvers: [
            desk.person(&[Role::FeeOfficer], 1).await,
            desk.person(&[Role::DutyChief], 1).await,
        ],
    };
    every_walk_holds(12, turns, async move |turns| walk(&desk, &windows, &turns).await).await;
}
