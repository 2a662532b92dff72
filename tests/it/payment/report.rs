//! The report of payments says what the rows say, to whom it may, and in every form the same.
use std::io::Cursor;

use calamine::{Data, Reader as _, Xlsx};
use chrono::Duration;
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use shared::{
    kernel::{Actor, Role},
    payment::AgreementDraft,
};
use sqlx::PgPool;

use super::desk::{Desk, OTHER, PAYER, booked, draft};

const MONDAY: &str = "from=2014-05-12&to=2014-05-12";
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

async fn get(desk: &Desk, who: &Actor, query: &str) -> (u16, Value) {
    let url = format!("/v1/payment-reports?{query}");
    let (status, told) = desk.send(who, Method::GET, &url, Value::Null).await;
    (status.as_u16(), told)
}

/// The file that somebody gets who would have the report in these forms.
async fn file(desk: &Desk, who: &Actor, query: &str, accept: &str) -> (String, String, Vec<u8>) {
    let token = desk.api.tokens.issue(who, desk.ctx.clock.now()).unwrap().token;
    let request = reqwest::Client::new()
        .get(format!("{}/v1/payment-reports?{query}", desk.door))
        .header("accept", accept)
        .bearer_auth(token);
    let response = request.send().await.unwrap();
    assert_eq!(response.status(), StatusCode::OK);
    let header = |name: &str| {
        response.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned()
    };
    let (kind, name) = (header("content-type"), header("content-disposition"));
    (kind, name, response.bytes().await.unwrap().to_vec())
}

async fn set(desk: &Desk, sql: &'static str) {
    sqlx::query(sql).execute(&desk.ctx.pool).await.unwrap();
}

/// A little world. On Monday at 310900: a debit at once, one after two seconds, one late by ten days, one refused, one
/// without a word for more than half an hour and then a success, and cash; at 310700: one debit of another payer. On Tuesday
/// at 310900: one that is still unknown.
async fn a_world(desk: &Desk) {
    desk.sign(draft("acct-ok")).await;
    let mut notices = Vec::new();
    for serial in 1..=8 {
        notices.push(desk.notice(serial).await.id);
    }
    desk.pay(notices[0]).await.unwrap();
    desk.work().await;

    desk.pay(notices[1]).await.unwrap();
    desk.ctx.clock.advance(Duration::seconds(2)).unwrap();
    desk.work().await;

    let late = "update fee_notices set due_on = '2014-05-02' where notice_no like '%000003F01'";
    set(desk, late).await;
    desk.pay(notices[2]).await.unwrap();
    desk.work().await;

    desk.moves_account_to("acct-refuse").await;
    desk.pay(notices[3]).await.unwrap();
    desk.work().await;

    desk.pay(notices[4]).await.unwrap();
    let unheard = desk.payment_of(notices[4]).await;
    desk.take_and_die(unheard).await;
    desk.ctx.clock.advance(Duration::minutes(31)).unwrap();
    let word = booked(unheard, "B-late");
    let heard = desk.call_back(&word, &desk.bank_key, desk.ctx.clock.now()).await;
    assert_eq!(heard, StatusCode::OK);

    let cashier = desk.person(&[Role::Cashier], 9).await;
    let float = json!({ "window_no": 3, "float": { "amount": "200.00", "currency": "CNY" } });
    let (status, told) = desk.send(&cashier, Method::POST, "/v1/shifts", float).await;
    assert_eq!(status, StatusCode::CREATED, "{told}");
    let cash = json!({ "channel": "CASH", "tendered": { "amount": "484.00", "currency": "CNY" } });
    let url = format!("/v1/fee-notices/{}/collect", notices[5]);
    let (status, told) = desk.send(&cashier, Method::POST, &url, cash).await;
    assert_eq!(status, StatusCode::OK, "{told}");

    desk.moves_account_to("acct-ok").await;
    desk.sign(AgreementDraft { reg_no: OTHER.into(), ..draft("acct-ok") }).await;
    desk.pay(notices[6]).await.unwrap();
    desk.work().await;
    let elsewhere = "update fee_notices set decl_org = '310700', reg_no = '3100605678' where notice_no like '%000007F01'";
    set(desk, elsewhere).await;
    let theirs = "update payments set reg_no = '3100605678' where notice_id in
        (select id from fee_notices where reg_no = '3100605678')";
    set(desk, theirs).await;

    desk.ctx.clock.advance(Duration::days(1)).unwrap();
    desk.moves_account_to("acct-silent").await;
    desk.pay(notices[7]).await.unwrap();
    let lost = desk.payment_of(notices[7]).await;
    desk.take_and_die(lost).await;
    desk.ctx.clock.advance(Duration::minutes(31)).unwrap();
}

/// A row in brief: key, batches, yuan, by bank, their share, failures, unknown for long, mean seconds.
fn brief(row: &Value) -> Value {
    json!([
        row["key"],
        row["batches"],
        row["amount"]["amount"],
        row["e_payment_batches"],
        row["e_payment_share"],
        row["failures"],
        row["unknown_over_30_minutes"],
        row["mean_seconds"],
    ])
}

fn rows(report: &Value) -> Vec<Value> {
    report["rows"].as_array().unwrap().iter().map(brief).collect()
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn figures_are_those_of_the_rows(pool: PgPool) {
    let desk = Desk::open(pool).await;
    a_world(&desk).await;
    let head = desk.person_of("310000", &[Role::Director], 1).await;
    let week = "from=2014-05-12&to=2014-05-18";
    let by = async |by: &str| {
        let (status, report) = get(&desk, &head, &format!("by={by}&{week}")).await;
        assert_eq!(status, 200, "{report}");
        report
    };

    let days = by("DAY").await;
    // (0 + 2 + 0 + 1860 + 0) / 5
    let monday = json!(["2014-05-12", 6, "2928.00", 5, "0.8333", 1, 1, "372.400"]);
    let tuesday = json!(["2014-05-13", 0, "0.00", 0, "0.0000", 0, 1, null]);
    assert_eq!(rows(&days), [monday, tuesday]);
    let total = json!([null, 6, "2928.00", 5, "0.8333", 1, 2, "372.400"]);
    for by_what in ["DAY", "OFFICE", "CHANNEL", "TARIFF_ITEM", "ENTERPRISE"] {
        assert_eq!(brief(&by(by_what).await["total"]), total, "{by_what}");
    }
    assert_eq!(
        rows(&by("OFFICE").await),
        [
            json!(["310700", 1, "484.00", 1, "1.0000", 0, 0, "0.000"]),
            json!(["310900", 5, "2444.00", 4, "0.8000", 1, 2, "465.500"]),
        ]
    );
    assert_eq!(
        rows(&by("CHANNEL").await),
        [
            json!(["CASH", 1, "484.00", 0, "0.0000", 0, 0, null]),
            json!(["EPAY", 5, "2444.00", 5, "1.0000", 1, 2, "372.400"]),
        ]
    );
    assert_eq!(
        rows(&by("TARIFF_ITEM").await),
        [
            json!(["LATE", 1, "24.00", 1, "1.0000", 0, 0, "0.000"]),
            json!(["Q04", 6, "2904.00", 5, "0.8333", 1, 2, "372.400"]),
        ]
    );
    let payers = by("ENTERPRISE").await;
    assert_eq!(rows(&payers)[0][0], PAYER);
    assert_eq!(rows(&payers)[1], json!([OTHER, 1, "484.00", 1, "1.0000", 0, 0, "0.000"]));
    assert_eq!(payers["rows"][0]["name"], "样例企业");
    let booked = "select sum(amount_fen)::int8 from payments where state = 'SUCCESS'";
    assert_eq!(desk.count(booked).await, 292_800);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_office_sees_its_own_figures_and_asks_for_no_others(pool: PgPool) {
    let desk = Desk::open(pool).await;
    a_world(&desk).await;
    let own = desk.person(&[Role::FeeOfficer], 1).await;
    let other = desk.person_of("310700", &[Role::DutyChief], 1).await;
    let head = desk.person_of("310000", &[Role::Director], 1).await;
    let inspector = desk.person(&[Role::Inspector], 1).await;
    let payer = desk.member(PAYER, Role::Declarant).await;
    let query = format!("by=OFFICE&{MONDAY}");

    let (_, mine) = get(&desk, &own, &query).await;
    let (_, theirs) = get(&desk, &other, &query).await;
    let (_, asked) = get(&desk, &head, &format!("{query}&office=310700")).await;
    let (stranger, told) = get(&desk, &own, &format!("{query}&office=310700")).await;

    assert_eq!((rows(&mine)[0][0].clone(), &mine["office"]), (json!("310900"), &json!("310900")));
    assert_eq!(rows(&mine).len(), 1);
    assert_eq!(rows(&theirs), rows(&asked));
    assert_eq!(asked["total"]["amount"]["amount"], "484.00");
    assert_eq!((stranger, &told["type"]), (404, &json!("/problems/not-found")));
    for nobody in [&inspector, &payer] {
        assert_eq!(get(&desk, nobody, &query).await.0, 403);
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_period_without_payments_is_empty_and_one_too_long_is_refused(pool: PgPool) {
    let desk = Desk::open(pool).await;
    let chief = desk.person(&[Role::DutyChief], 1).await;

    let (status, empty) = get(&desk, &chief, "by=DAY&from=2013-01-01&to=2013-12-31").await;
    let (long, told) = get(&desk, &chief, "by=DAY&from=2013-01-01&to=2014-01-02").await;
    let (backwards, _) = get(&desk, &chief, "by=DAY&from=2014-01-02&to=2014-01-01").await;
    let (unknown, _) = get(&desk, &chief, &format!("by=WEATHER&{MONDAY}")).await;

    assert_eq!((status, &empty["rows"]), (200, &json!([])));
    let nothing = json!([null, 0, "0.00", 0, "0.0000", 0, 0, null]);
    assert_eq!(brief(&empty["total"]), nothing);
    assert_eq!((long, &told["errors"][0]["code"]), (422, &json!("out-of-range")));
    assert_eq!(told["errors"][0]["pointer"], "/query/to");
    assert_eq!((backwards, unknown), (422, 400));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_report_as_csv_holds_no_formula(pool: PgPool) {
    let desk = Desk::open(pool).await;
    a_world(&desk).await;
    let evil = "update organisations set name_zh = '=HYPERLINK(\"http://x\",\"y\")' where code = '3100605678'";
    set(&desk, evil).await;
    let head = desk.person_of("310000", &[Role::Director], 1).await;
    let query = format!("by=ENTERPRISE&{MONDAY}");

    let (kind, name, asked) = file(&desk, &head, &format!("{query}&format=CSV"), "*/*").await;
    let (_, _, accepted) = file(&desk, &head, &query, "text/html, text/csv;q=0.9").await;

    assert_eq!((kind.as_str(), &asked), ("text/csv", &accepted));
    assert_eq!(name, "attachment; filename=\"payments-by-enterprise-2014-05-12-2014-05-12.csv\"");
    assert_eq!(
        String::from_utf8(asked).unwrap(),
        "key,name,batches,amount_fen,e_payment_batches,e_payment_share,failures,unknown_over_30_minutes,mean_seconds\n\
         3100601234,样例企业,5,244400,4,0.8000,1,1,465.500\n\
         3100605678,\"'=HYPERLINK(\"\"http://x\"\",\"\"y\"\")\",1,48400,1,1.0000,0,0,0.000\n\
         TOTAL,,6,292800,5,0.8333,1,1,372.400\n"
    );
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_report_as_a_workbook_says_the_same(pool: PgPool) {
    let desk = Desk::open(pool).await;
    a_world(&desk).await;
    set(&desk, "update organisations set name_zh = '=1+1' where code = '3100605678'").await;
    let head = desk.person_of("310000", &[Role::Director], 1).await;
    let query = format!("by=ENTERPRISE&{MONDAY}");

    let (kind, _, asked) = file(&desk, &head, &format!("{query}&format=XLSX"), "*/*").await;
    let (_, _, accepted) = file(&desk, &head, &query, XLSX).await;
    let (json_kind, _, _) = file(&desk, &head, &query, "*/*").await;

    assert_eq!((kind.as_str(), json_kind.as_str()), (XLSX, "application/json"));
    assert_eq!(asked, accepted, "the same bytes at the same moment");
    let mut book: Xlsx<_> = calamine::open_workbook_from_rs(Cursor::new(asked)).unwrap();
    assert_eq!(book.worksheet_formula("ENTERPRISE").unwrap().used_cells().count(), 0);
    let sheet = book.worksheet_range("ENTERPRISE").unwrap();
    let told: Vec<Vec<_>> =
        sheet.rows().map(|row| row.iter().map(Data::to_string).collect()).collect();
    assert_eq!(
        told[1..],
        [
            ["3100601234", "样例企业", "5", "244400", "4", "0.8000", "1", "1", "465.500"],
            ["3100605678", "=1+1", "1", "48400", "1", "1.0000", "0", "0", "0.000"],
            ["TOTAL", "", "6", "292800", "5", "0.8333", "1", "1", "372.400"],
        ]
    );
    assert!(matches!(sheet.get_value((1, 3)), Some(Data::Float(_) | Data::Int(_))), "a number");
}
