//! Drafts, and who approves them.
use super::*;

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn severity_follows_from_the_rule_and_from_nobodys_opinion(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    Neighbour::of(&bureau, ZHEJIANG, &[]).await;
    bureau
        .import(
            "alerts",
            "code,country,hs_prefix,level,name_zh,name_en,valid_from,valid_to\n\
             JS-2014-7,CN,05,3,疫情警示,An alert,2014-05-01,\n",
        )
        .await;
    let with = |category, name: &str, value: Value| {
        let mut finding = finding(category);
        finding[name] = value;
        finding
    };
    let cases = [
        (finding("DOC_FORGED"), "CRITICAL"),
        (with("SEAL", "goods_changed", json!(true)), "CRITICAL"),
        (finding("SEAL"), "MINOR"),
        (with("PEST", "alert_code", json!("JS-2014-7")), "CRITICAL"),
        (finding("PEST"), "MINOR"),
        (finding("MISMATCH_NAME"), "MAJOR"),
        (finding("MISMATCH_QTY_OVER"), "MAJOR"),
        (finding("MISMATCH_QTY_SHORT"), "MINOR"),
        (finding("QUALITY"), "MAJOR"),
        (finding("CONTAMINATION"), "MINOR"),
    ];

    for (finding, severity) in cases {
        let category = finding["category"].clone();
        let drafted = draft(&bureau, finding).await.expect(201);
        assert_eq!(drafted.text("/severity"), severity, "{category}");
    }
    let mut chosen = finding("LABEL");
    chosen["severity"] = json!("MINOR");
    assert_eq!(draft(&bureau, chosen).await.expect(400).codes(), ["member-unknown"]);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn everything_wrong_with_a_draft_is_told_at_once(pool: PgPool) {
    let bureau = Bureau::open(pool).await;

    let refused = draft(
        &bureau,
        json!({
            "subject": { "kind": "DECLARATION", "number": "310700114000001" },
            "origin_bureau": "990000", "reg_no": "33", "goods": { "goods_no": 0, "name": " " },
            "found_on": "2014-05-13", "category": "LABEL", "goods_changed": true,
            "alert_code": "X", "finding": "", "evidence": [{ "name": "a", "sha256": "b" }],
        }),
    )
    .await
    .expect(422);

    let found: Vec<_> = refused.body["errors"].as_array().unwrap().iter().collect();
    let found: Vec<_> =
        found.iter().map(|one| (tests::text(one, "/pointer"), tests::text(one, "/code"))).collect();
    assert_eq!(
        found,
        [
            ("/goods/name", "text-missing"),
            ("/goods/goods_no", "goods-no-malformed"),
            ("/reg_no", "reg-no-malformed"),
            ("/finding", "text-missing"),
            ("/evidence/0/sha256", "sha256-malformed"),
            ("/found_on", "date-in-future"),
            ("/goods_changed", "not-of-this-category"),
            ("/alert_code", "not-of-this-category"),
            ("/subject/number", "subject-unknown"),
            ("/origin_bureau", "bureau-unknown"),
        ]
    );
    assert_eq!(bureau.count("select count(*) from nc_notices").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn who_drafted_a_notice_does_not_approve_it_and_another_office_does_not_see_it(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    Neighbour::of(&bureau, ZHEJIANG, &[MemorandumKind::NonConformity]).await;
    let everybody = bureau.all_round_officer(WAIGAOQIAO).await;
    let drafted = everybody.post(NOTICES, finding("LABEL")).await.expect(201);
    let path = format!("{NOTICES}/{}", drafted.text("/id"));

    everybody.post(&format!("{path}/approve"), Value::Null).await.expect(403);
    let elsewhere = bureau.all_round_officer(YANGSHAN).await;
    for verb in ["approve", "send"] {
        elsewhere.post(&format!("{path}/{verb}"), Value::Null).await.expect(404);
    }
    for verb in ["discard", "reopen"] {
        elsewhere.post(&format!("{path}/{verb}"), because()).await.expect(404);
    }
    let end = json!({ "disposition": "TREATED" });
    elsewhere.post(&format!("{path}/close"), end).await.expect(404);
    elsewhere.get(&path).await.expect(404);
    elsewhere.get(&format!("{path}/timeline")).await.expect(404);

    let listed = elsewhere.get(NOTICES).await.expect(200);
    assert_eq!(listed.body["data"], json!([]));
    assert_eq!(read(&bureau, &drafted).await.text("/status"), "DRAFT");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn every_step_out_of_turn_is_refused(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    Neighbour::of(&bureau, ZHEJIANG, &[MemorandumKind::NonConformity]).await;
    let notice = draft(&bureau, finding("LABEL")).await.expect(201);
    let end = json!({ "disposition": "TREATED" });

    let early = chief(&bureau, &notice, "close", end).await.expect(409);
    let unsent = chief(&bureau, &notice, "send", Value::Null).await.expect(409);
    let unclosed = chief(&bureau, &notice, "reopen", because()).await.expect(409);
    let discarded = chief(&bureau, &notice, "discard", because()).await.expect(200);
    let late = chief(&bureau, &notice, "approve", Value::Null).await.expect(409);

    for refused in [early, unsent, unclosed, late] {
        assert_eq!(refused.problem(), "nonconformity/wrong-state");
    }
    assert_eq!(discarded.text("/status"), "DISCARDED");
    assert_eq!(bureau.count("select count(*) from outbox").await, 0);
}
