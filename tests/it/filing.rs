//! One call, one receipt: whatever is sent, however often, by however many at once.
mod at_once;
mod batch;
mod defects;
mod delivery_orders;
mod hanging_up;
mod mangled;
mod numbers;
mod requests;
mod stream;

use std::{
    future::{Future, poll_fn},
    pin::pin,
    task::Poll,
};

use actix_web::test::TestRequest;
use futures_util::future::join_all;
use proptest::{
    prelude::*,
    strategy::ValueTree as _,
    test_runner::{Config, TestRunner},
};
use serde_json::{Value, json};
use shared::{
    acts::{self, Filed, Receipt},
    declaration::{Direction, numbers::Series},
    kernel::Role,
    ledger::Tx,
};
use sqlx::PgPool;
use tests::{
    AGENT, Bureau, Consignment, DERUI, HAIYUAN, MODEL, SSE, WAIGAOQIAO, YANGSHAN, screws, wine,
};

use crate::{
    cases::{Case, DOUBTFUL_CONTAINER, filing, waiting_for_locks},
    chores::eventually,
};

const FILE: &str = "/v1/declarations";

/// The same declaration, spelled by somebody else: members the other way round, white space, a trailing zero.
fn respelled(value: &Value, depth: usize) -> String {
    let pad = "  ".repeat(depth);
    match value {
        Value::Object(members) => {
            let members: Vec<_> = members
                .iter()
                .rev()
                .map(|(name, value)| {
                    format!("\n{pad}\"{name}\" :\t{}", respelled(value, depth + 1))
                })
                .collect();
            format!("{{{}\n}}", members.join(" ,"))
        }
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(|item| respelled(item, depth + 1)).collect();
            format!("[ {} ]", items.join(", "))
        }
        Value::String(text) if text == "41250.00" => "\"41250.0\"".to_owned(),
        plain => plain.to_string(),
    }
}

async fn stored(bureau: &Bureau) -> i64 {
    bureau.count("select count(*) from declarations").await
}

async fn file_through(bureau: &Bureau, goods: &Consignment) -> Filed {
    bureau.ctx.filer.file(bureau.ctx.desk(), filing(goods)).await.unwrap()
}

fn receipt_of(filed: Filed) -> Receipt {
    match filed {
        Filed::New(receipt) | Filed::Repeated(receipt) => receipt,
        Filed::Refused(refusal) => panic!("{refusal:?}"),
    }
}

fn is_new(filed: &Filed) -> bool {
    matches!(filed, Filed::New(_))
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_new_declaration_is_answered_with_its_receipt_and_where_it_lies(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;

    let filed = derui.post(FILE, screws("N-1").0).await.expect(201);

    assert_eq!(filed.header("location"), format!("{FILE}/{}", filed.text("/id")));
    assert_eq!(filed.body["version"], 1);
    assert_eq!(filed.text("/decl_no").len(), 15);
    let by_reference = derui.get("/v1/declarations-by-reference/N-1").await.expect(200);
    assert_eq!(by_reference.text("/id"), filed.text("/id"));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_same_declaration_in_another_spelling_gets_the_very_same_receipt(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let goods = screws("S-1");
    let spelling = respelled(&goods.0, 0);
    assert!(spelling.contains("41250.0\""), "{spelling}");

    let first = derui.post(FILE, goods.0).await.expect(201);
    let again = derui.post_raw(FILE, "application/json", spelling.clone()).await.expect(200);
    bureau.settle().await;
    bureau.wait(chrono::Duration::days(400));
    let derui = bureau.derui().await;
    let much_later =
        derui.post_raw(FILE, "application/json; charset=UTF-8", spelling).await.expect(200);

    assert_eq!(bureau.status(first.text("/id")).await, "RELEASED");
    assert_eq!(again.body, first.body);
    assert_eq!(much_later.body, first.body, "word for word, though the case has moved on");
    assert_eq!(stored(&bureau).await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_first_receipt_is_given_again_even_after_a_resubmission(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let returned = screws("S-2").with("/goods/0/hs_code", json!("73"));
    let case = Case::filed(&bureau, &derui, returned.clone()).await;
    assert_eq!(case.receipt.text("/status"), "NEEDS_CORRECTION");
    let second = derui.post(&case.url("resubmit"), screws("S-2").0).await.expect(200);
    assert_eq!(second.body["version"], 2);

    let again = derui.post(FILE, returned.0).await.expect(200);

    assert_eq!(again.body, case.receipt.body);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn other_content_under_the_same_reference_is_told_the_first_and_how_to_resubmit(
    pool: PgPool,
) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let case = Case::filed(&bureau, &derui, screws("R-1")).await;

    let other = screws("R-1").with("/goods_place", json!("别处")).without("/goods/0/currency");
    let refused = derui.post(FILE, other.0).await.expect(409);

    assert_eq!(refused.problem(), "declaration/ent-decl-no-reused");
    let detail = refused.text("/detail");
    assert!(detail.contains(&case.id) && detail.contains("/resubmit"), "{detail}");
    assert_eq!(refused.codes(), ["mandatory-field"], "what else is wrong with it is told too");
    assert_eq!(stored(&bureau).await, 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn the_reference_of_one_enterprise_is_free_for_another(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    Case::filed(&bureau, &bureau.derui().await, screws("R-2")).await;

    let other = screws("R-2").of(HAIYUAN).with("/delivery_order", json!("OTHER"));
    bureau.declarant(HAIYUAN).await.post(FILE, other.0).await.expect(201);
}
