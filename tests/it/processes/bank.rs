use serde_json::json;
use shared::payment::bank::Outcome;
use tests::{
    Caller, Consignment, DERUI, Durability, HAIYUAN, MODEL, Town, eventually, screws, wine,
};

use super::once;

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_bank_holds_up_nobody_else() {
    let town = Town::build(Durability::Careless).await;
    let (_bank, _api) = (town.bank().await, town.api().await);
    for (reg_no, account) in [(DERUI, "acct-ok"), (HAIYUAN, "acct-silent"), (MODEL, "acct-timeout")]
    {
        sign(&town, reg_no, account).await;
    }
    let (payer, unheard, forgetful) =
        (town.erp(DERUI).await, town.erp(HAIYUAN).await, town.erp(MODEL).await);
    for n in 0..3 {
        owe(&unheard, wine(&format!("SILENT-{n}")).of(HAIYUAN)).await;
        owe(&forgetful, wine(&format!("TIMEOUT-{n}")).of(MODEL).at("311000", "311000")).await;
    }
    let _worker = town.worker().await;
    eventually("the bank hangs", async || payments(&town, "SENT").await >= 6).await;

    for n in 0..3 {
        owe(&payer, wine(&format!("PAID-{n}")).of(DERUI)).await;
        payer.file(&screws(&format!("FREE-{n}")).of(DERUI)).await.unwrap().expect(201);
    }
    eventually("the others are paid", async || payments(&town, "SUCCESS").await >= 3).await;
    eventually("the others go their way", async || {
        town.count(
            "select count(*) from declarations d join handoffs h on h.declaration_id = d.id
             where h.state = 'ACCEPTED' and d.ent_decl_no like 'FREE-%'",
        )
        .await
            == 3
    })
    .await;

    // The bank did debit some, and says so when it is asked.
    eventually("those that were debited are paid", async || payments(&town, "SUCCESS").await == 6)
        .await;
    eventually("of the others nobody knows", async || payments(&town, "UNKNOWN").await == 3).await;

    // It never heard of the others; a quarter of an hour after sending that is believed (R6).
    let administrator = town.administrator().await;
    let later = json!({ "advance_seconds": 16 * 60 });
    administrator.post("/v1/test/clock", &later).await.unwrap().expect(200);
    eventually("the others failed", async || payments(&town, "FAILED").await == 3).await;

    let ledger = town.bank_ledger().await;
    assert_eq!(ledger.len(), 6, "{ledger:#?}");
    for debit in &ledger {
        assert_eq!((debit.debits, debit.outcome), (1, Some(Outcome::Success)), "{debit:#?}");
    }
    once(&town).await;
}

/// Files catalogue goods that cost a fee.
async fn owe(erp: &Caller, consignment: Consignment) {
    let filed = erp.file(&consignment).await.unwrap().expect(201);
    assert!(filed.body["fee_notice"].is_object(), "{:#}", filed.body);
}

/// Gives an enterprise an account from which every notice is debited at once.
pub(super) async fn sign(town: &Town, reg_no: &str, account: &str) {
    sqlx::query(
        "insert into agreements (id, reg_no, bank_code, account_token, signed_on, state, single_limit_fen,
             daily_limit_fen, auto_debit, created_at, updated_at)
         values (gen_random_uuid(), $1, 'SANDBOX', $2, '2014-01-01', 'ACTIVE', 100000000, 100000000, true, now(),
             now())",
    )
    .bind(reg_no)
    .bind(account)
    .execute(&town.pool)
    .await
    .unwrap();
}

async fn payments(town: &Town, state: &str) -> i64 {
    sqlx::query_scalar("select count(*) from payments where state = $1")
        .bind(state)
        .fetch_one(&town.pool)
        .await
        .unwrap()
}
