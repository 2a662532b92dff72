//! Suspensions: two persons, five grounds, one year.
use super::*;

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_suspension_takes_two_persons_on_one_ground_and_a_duty_chief(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let id = apply(&bureau, DERUI, claims()).await;
    act(&bureau, SSE, &id, "approve", Value::Null).await.expect(200);
    let path = format!("{PATH}/{id}/suspend");
    let notice = |ground: &str| json!({ "ground": ground, "reason": "口岸查验不符" });
    let inspector = bureau.officer(SSE, Role::Inspector).await;
    let other = bureau.second_officer(SSE, Role::Inspector).await;
    let chief = bureau.officer(SSE, Role::DutyChief).await;

    let first = inspector.post(&path, notice("TAMPERING")).await.expect(200);
    let same = inspector.post(&path, notice("TAMPERING")).await.expect(409);
    let no_chief = other.post(&path, notice("TAMPERING")).await.expect(409);
    let other_ground = chief.post(&path, notice("PENALISED")).await.expect(200);
    let second = inspector.post(&path, notice("PENALISED")).await.expect(200);

    assert_eq!((first.text("/status"), first.text("/proposed_ground")), ("APPROVED", "TAMPERING"));
    assert_eq!(same.problem(), "identity/second-person-needed");
    assert_eq!(no_chief.problem(), "identity/duty-chief-needed");
    assert_eq!(other_ground.text("/status"), "APPROVED", "a notice on another ground begins anew");
    assert_eq!(second.text("/status"), "SUSPENDED");
    assert_eq!(second.text("/suspended_until"), "2015-05-12");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn each_of_the_five_grounds_suspends(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let grounds =
        ["CONDITIONS_UNMET", "RETURNED_OR_CLAIMED", "TAMPERING", "MISMATCH_AT_PORT", "PENALISED"];
    for ground in grounds {
        let id = apply(&bureau, DERUI, claims()).await;
        act(&bureau, SSE, &id, "approve", Value::Null).await.expect(200);
        suspend(&bureau, SSE, &id, ground).await;

        let now = bureau.derui().await.get(&format!("{PATH}/{id}")).await.expect(200);
        assert_eq!((now.text("/status"), now.text("/ground")), ("SUSPENDED", ground));
        sqlx::query("delete from direct_enterprises").execute(bureau.pool()).await.unwrap();
    }
}

/// Invariant 23.
#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn invariant_23_a_suspended_enterprise_cannot_be_granted_again_within_a_year(pool: PgPool) {
    let league = League::open(pool, &["310000", JIANGSU], &[MemorandumKind::DirectRelease]).await;
    let (port, origin) = (league.at("310000"), league.at(JIANGSU));
    let suzhou = enterprise_at(JIANGSU, DERUI);
    let id = apply(origin, &suzhou, claims()).await;
    act(origin, SUZHOU, &id, "approve", Value::Null).await.expect(200);
    suspend(origin, SUZHOU, &id, "TAMPERING").await;
    league.settle().await;
    let again = json!({ "claims": claims() });
    let reapply = format!("{PATH}/{id}/reapply");
    let told = state_of(port, &suzhou).await;

    league.wait(Duration::days(364));
    let early = origin.declarant(&suzhou).await.post(&reapply, again.clone()).await.expect(409);
    let new = json!({ "direction": "EXPORT", "claims": claims() });
    let new = origin.declarant(&suzhou).await.post(PATH, new).await.expect(409);
    let partner = Neighbour { bureau: port, keys: tests::keys_of(JIANGSU, "2014-a") };
    let sooner = json!({ "reg_no": suzhou, "direction": "EXPORT", "state": "APPROVED", "version": 9,
        "granted_on": "2015-05-11" });
    let sooner =
        partner.says("direct.enterprises", (Uuid::nil(), 0), json!({ "records": [sooner] }));
    partner.push_one(&sooner).await;
    port.settle().await;
    let outcome = partner.asks_about(&sooner).await.expect(200);
    let still = state_of(port, &suzhou).await;
    league.wait(Duration::days(1));
    origin.declarant(&suzhou).await.post(&reapply, again).await.expect(200);
    act(origin, SUZHOU, &id, "approve", Value::Null).await.expect(200);
    league.settle().await;

    assert_eq!(told.as_deref(), Some("SUSPENDED"));
    assert_eq!(early.problem(), "direct-enterprise/suspended-within-year");
    assert_eq!(new.problem(), "direct-enterprise/already-applied");
    assert_eq!(
        outcome.body["outcome"]["refused"],
        json!([{ "record": 0, "code": "suspended-within-year" }])
    );
    assert_eq!(still.as_deref(), Some("SUSPENDED"));
    assert_eq!(state_of(port, &suzhou).await.as_deref(), Some("APPROVED"), "a year later");
}
