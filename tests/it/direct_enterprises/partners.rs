//! What partners tell of their enterprises, and what they are told.
use super::*;

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_thousand_records_of_which_seven_are_bad_are_judged_one_by_one(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let jiangsu = Neighbour::of(&bureau, JIANGSU, &[MemorandumKind::DirectRelease]).await;
    let mut records: Vec<_> =
        (0..1000).map(|number| record(&format!("32056{number:05}"), 1)).collect();
    records[3]["reg_no"] = json!("3304600001");
    records[99]["reg_no"] = json!("320560");
    records[250]["state"] = json!("APPLIED");
    records[251]["granted_on"] = json!("2014-05-13");
    records[500]["version"] = json!(0);
    records[777]["direction"] = json!("SIDEWAYS");
    records[999] = suspended("3205699999", 1);
    records[999]["suspended_until"] = json!("2015-05-11");
    let message =
        jiangsu.says("direct.enterprises", (Uuid::nil(), 0), json!({ "records": records }));

    let receipt = jiangsu.push_one(&message).await;
    bureau.settle().await;

    let told: Vec<_> =
        receipt.errors.iter().map(|error| (error.pointer.as_str(), error.code.as_str())).collect();
    assert_eq!(receipt.outcome, Outcome::Stored);
    assert_eq!(
        told,
        [
            ("/payload/records/3/reg_no", "not-its-enterprise"),
            ("/payload/records/99/reg_no", "reg-no-malformed"),
            ("/payload/records/250/state", "state-not-told"),
            ("/payload/records/251/granted_on", "date-in-future"),
            ("/payload/records/500/version", "version-malformed"),
            ("/payload/records/777", "record-malformed"),
            ("/payload/records/999/suspended_until", "suspension-too-short"),
        ]
    );
    assert_eq!(bureau.count("select count(*) from direct_enterprises").await, 993);
    let outcome = jiangsu.asks_about(&message).await.expect(200);
    assert_eq!(outcome.body["outcome"], json!({ "applied": 993, "ignored": 0, "refused": [] }));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_older_or_equal_version_changes_nothing_whenever_it_comes(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let jiangsu = Neighbour::of(&bureau, JIANGSU, &[MemorandumKind::DirectRelease]).await;
    let push = async |records: Vec<Value>| {
        let said =
            jiangsu.says("direct.enterprises", (Uuid::nil(), 0), json!({ "records": records }));
        jiangsu.push_one(&said).await;
        bureau.settle().await;
        jiangsu.asks_about(&said).await.expect(200).body["outcome"].clone()
    };
    let suzhou = "3205600077";

    let both = push(vec![record(suzhou, 2), suspended(suzhou, 3)]).await;
    let late = push(vec![record(suzhou, 2)]).await;
    let equal = push(vec![suspended(suzhou, 3)]).await;

    assert_eq!(both, json!({ "applied": 1, "ignored": 1, "refused": [] }));
    assert_eq!(late, json!({ "applied": 0, "ignored": 1, "refused": [] }));
    assert_eq!(equal, json!({ "applied": 0, "ignored": 1, "refused": [] }));
    assert_eq!(state_of(&bureau, suzhou).await.as_deref(), Some("SUSPENDED"));
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_partner_speaks_for_its_own_enterprises_alone_and_under_a_memorandum(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let jiangsu = Neighbour::of(&bureau, JIANGSU, &[MemorandumKind::DirectRelease]).await;
    let zhejiang = Neighbour::of(&bureau, "330000", &[MemorandumKind::Credit]).await;
    let say = |who: &Neighbour<'_>, reg_no: &str| {
        who.says("direct.enterprises", (Uuid::nil(), 0), json!({ "records": [record(reg_no, 1)] }))
    };

    let anothers = jiangsu.push_one(&say(&jiangsu, "3304600001")).await;
    let ours = jiangsu.push_one(&say(&jiangsu, DERUI)).await;
    let not_agreed = zhejiang.push_one(&say(&zhejiang, "3304600001")).await;
    let none = jiangsu.says("direct.enterprises", (Uuid::nil(), 0), json!({ "records": [] }));
    let none = jiangsu.push_one(&none).await;

    for (receipt, code) in [
        (anothers, "not-its-enterprise"),
        (ours, "not-its-enterprise"),
        (not_agreed, "not-agreed"),
        (none, "records-malformed"),
    ] {
        assert_eq!((receipt.outcome, receipt.errors[0].code.as_str()), (Outcome::Refused, code));
    }
    assert_eq!(bureau.count("select count(*) from direct_enterprises").await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn partners_are_told_of_every_grant_and_a_new_one_of_all_of_them(pool: PgPool) {
    let league = League::open(pool, &["310000", JIANGSU], &[MemorandumKind::DirectRelease]).await;
    let (port, origin) = (league.at("310000"), league.at(JIANGSU));
    let suzhou = enterprise_at(JIANGSU, DERUI);
    let id = apply(origin, &suzhou, claims()).await;
    act(origin, SUZHOU, &id, "approve", Value::Null).await.expect(200);
    league.settle().await;
    let told = state_of(port, &suzhou).await;

    sqlx::query("delete from direct_enterprises").execute(port.pool()).await.unwrap();
    let chief = origin.officer(SUZHOU, Role::DutyChief).await;
    let path = "/v1/partners/310000/push-direct-enterprises";
    let pushed = chief.post(path, Value::Null).await.expect(202);
    league.settle().await;
    let decided =
        act(port, SSE, &port_id(port, &suzhou).await, "refuse", json!({ "reason": "x" })).await;

    assert_eq!(told.as_deref(), Some("APPROVED"));
    assert_eq!(pushed.body, json!({ "records": 1 }));
    assert_eq!(state_of(port, &suzhou).await.as_deref(), Some("APPROVED"));
    decided.expect(403);
}

async fn port_id(port: &Bureau, reg_no: &str) -> String {
    let id: Uuid = sqlx::query_scalar("select id from direct_enterprises where reg_no = $1")
        .bind(reg_no)
        .fetch_one(port.pool())
        .await
        .unwrap();
    id.to_string()
}
