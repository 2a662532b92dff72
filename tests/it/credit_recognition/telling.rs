//! Steps, what we push ourselves, and who reads it.
use super::*;

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn every_step_that_the_table_does_not_name_is_refused(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let anhui = Neighbour::of(&bureau, ANHUI, &[MemorandumKind::Credit]).await;
    push(&anhui, vec![record(SILK, "A", 1)]).await;
    let refused = async |verbs: &[&str]| {
        for verb in verbs {
            let reply = decide(&bureau, SILK, verb).await.expect(409);
            assert_eq!(reply.problem(), "credit/recognition-wrong-state", "{verb}");
        }
    };

    refused(&["activate", "suspend", "resume", "revoke"]).await;
    decide(&bureau, SILK, "acknowledge").await.expect(200);
    refused(&["acknowledge", "suspend", "resume", "revoke"]).await;
    decide(&bureau, SILK, "activate").await.expect(200);
    refused(&["acknowledge", "refuse", "activate", "resume"]).await;
    decide(&bureau, SILK, "suspend").await.expect(200);
    refused(&["acknowledge", "refuse", "activate", "suspend"]).await;
    decide(&bureau, SILK, "revoke").await.expect(200);
    refused(&["acknowledge", "refuse", "activate", "suspend", "resume", "revoke"]).await;
    push(&anhui, vec![record(SILK, "B", 2)]).await;
    decide(&bureau, SILK, "refuse").await.expect(200);
    assert_eq!(status_of(&bureau, SILK).await, "REVOKED");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_bureau_pushes_the_classes_of_its_enterprises_and_every_change(pool: PgPool) {
    let league = League::open(pool, &[SHANGHAI, ANHUI], &[MemorandumKind::Credit]).await;
    let (port, origin) = (league.at(SHANGHAI), league.at(ANHUI));
    let chief = origin.officer(ANHUI, Role::DutyChief).await;
    let path = format!("/v1/partners/{SHANGHAI}/push-credit");

    let pushed = chief.post(&path, Value::Null).await.expect(202);
    league.settle().await;
    let told = port.count("select count(*) from credit_recognitions").await;
    let model = enterprise_at(ANHUI, MODEL);
    let first = port.officer(SSE, Role::DutyChief).await;
    let first = first.get(&format!("{PATH}?reg_no={model}")).await.expect(200);
    let officer = origin.officer(ANHUI, Role::AcceptanceOfficer).await;
    let wish = json!({ "reg_no": model, "to_class": "B", "reason": "年度抽查" });
    let change = officer.post("/v1/credit-changes", wish).await.expect(201);
    let confirm = format!("/v1/credit-changes/{}/confirm", change.text("/id"));
    chief.post(&confirm, Value::Null).await.expect(200);
    league.settle().await;
    league.wait(Duration::minutes(1));
    let chief = origin.officer(ANHUI, Role::DutyChief).await;
    chief.post(&path, Value::Null).await.expect(202);
    league.settle().await;

    assert_eq!((&pushed.body["records"], told), (&json!(4), 4));
    assert_eq!((first.text("/data/0/class"), first.text("/data/0/partner")), ("AA", ANHUI));
    assert_eq!(first.body["data"][0]["privileges"], json!(["PORT_CHECK_EXEMPTION"]));
    let reader = port.officer(SSE, Role::DutyChief).await;
    let now = reader.get(&format!("{PATH}?reg_no={model}")).await.expect(200);
    assert_eq!((now.text("/data/0/class"), &now.body["data"][0]["version"]), ("B", &json!(2)));
    assert_eq!(now.body["data"][0]["privileges"], json!([]));
    let id = now.text("/data/0/id").to_owned();
    assert_eq!(port.history(&id).await.len(), 2, "the second push told nothing new");
    let nobody = reader.post("/v1/partners/320000/push-credit", Value::Null).await;
    nobody.expect(404);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn without_a_memorandum_nothing_is_pushed(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    Neighbour::of(&bureau, ANHUI, &[MemorandumKind::Transfer]).await;
    let chief = bureau.officer(SSE, Role::DutyChief).await;

    let refused = chief.post(&format!("/v1/partners/{ANHUI}/push-credit"), Value::Null).await;

    assert_eq!(refused.expect(409).problem(), "credit/not-agreed");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_enterprise_reads_what_is_said_of_itself_and_nobody_elses(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let anhui = Neighbour::of(&bureau, ANHUI, &[MemorandumKind::Credit]).await;
    register(&bureau, SILK, "A").await;
    push(&anhui, vec![record(SILK, "AA", 1)]).await;
    let path = format!("{PATH}/{}", id_of(&bureau, SILK).await);
    let (own, other) = (bureau.declarant(SILK).await, bureau.declarant(HAIYUAN).await);

    for path in [path.clone(), format!("{path}/timeline")] {
        own.get(&path).await.expect(200);
        other.get(&path).await.expect(404);
    }
    own.post(&format!("{path}/activate"), Value::Null).await.expect(403);
    let stranger = bureau.officer(SSE, Role::DutyChief).await;
    stranger
        .post(&format!("{PATH}/{}/acknowledge", bureau.nobody()), Value::Null)
        .await
        .expect(404);

    assert_eq!(own.get(PATH).await.expect(200).text("/data/0/reg_no"), SILK);
    assert_eq!(other.get(PATH).await.expect(200).body["data"], json!([]));
}
