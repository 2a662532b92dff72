//! Powers of attorney.
use super::*;

fn power(agent: &str, enterprise: &str) -> Value {
    json!({
        "agent_code": agent, "enterprise_code": enterprise, "valid_from": "2014-05-01",
        "valid_to": "2014-05-31",
    })
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_agent_declares_for_an_enterprise_while_its_power_of_attorney_is_in_force(pool: PgPool) {
    let door = Door::open(pool).await;
    let enterprise = door.declarant("ENTERPRISE", ENTERPRISE).await;
    let agent = door.declarant("DECLARING_AGENT", AGENT).await;
    let pair = (AGENT.to_owned(), ENTERPRISE.to_owned());
    let reversed = (ENTERPRISE.to_owned(), AGENT.to_owned());
    let in_force = async |day: &str| {
        let mut conn = door.bureau.ctx.pool.acquire().await.unwrap();
        let pairs = [pair.clone(), reversed.clone()];
        let on = day.parse().unwrap();
        service::powers_of_attorney_of(&mut conn, &pairs, on).await.unwrap()
    };

    let granted = door
        .post(&enterprise, "/v1/powers-of-attorney", power(AGENT, ENTERPRISE))
        .await
        .expect(201);

    assert_eq!(in_force("2014-04-30").await.len(), 0);
    assert_eq!(in_force("2014-05-01").await, [pair.clone()].into());
    assert_eq!(in_force("2014-05-31").await, [pair.clone()].into());
    assert_eq!(in_force("2014-06-01").await.len(), 0);
    let url = format!("/v1/powers-of-attorney/{}", granted.text("/id"));
    assert_eq!(door.get(&agent, &url).await.status, 200);
    assert_eq!(door.post(&agent, &format!("{url}/revoke"), Value::Null).await.status, 403);
    let revoked = door.post(&enterprise, &format!("{url}/revoke"), Value::Null).await.expect(200);
    assert_eq!(revoked.text("/revoked_at"), "2014-05-12T02:20:00Z");
    assert_eq!(in_force("2014-05-12").await.len(), 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_enterprise_cannot_grant_a_power_of_attorney_for_another(pool: PgPool) {
    let door = Door::open(pool).await;
    let own = door.declarant("ENTERPRISE", ENTERPRISE).await;
    let other = door.declarant("ENTERPRISE", OTHER_ENTERPRISE).await;
    let agent = door.declarant("DECLARING_AGENT", AGENT).await;
    let url = "/v1/powers-of-attorney";

    let theirs = door.post(&own, url, power(AGENT, OTHER_ENTERPRISE)).await;
    let its_own = door.post(&agent, url, power(AGENT, ENTERPRISE)).await;

    assert_eq!((theirs.status.as_u16(), its_own.status.as_u16()), (404, 404));
    let granted = door.order(url, power(AGENT, ENTERPRISE)).await.expect(201);
    let url = format!("{url}/{}", granted.text("/id"));
    assert_eq!(door.get(&other, &url).await.status, 404);
    assert_eq!(door.post(&other, &format!("{url}/revoke"), Value::Null).await.status, 404);
    let list = door.get(&other, "/v1/powers-of-attorney").await.expect(200);
    assert_eq!(list.body["data"], json!([]));
    let list = door.get(&own, "/v1/powers-of-attorney?in_force_on=2014-05-12").await.expect(200);
    assert_eq!(list.body["data"].as_array().unwrap().len(), 1);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_power_of_attorney_names_an_agent_and_an_enterprise(pool: PgPool) {
    let door = Door::open(pool).await;
    door.organisation("ENTERPRISE", ENTERPRISE).await;

    let unknown = door.order("/v1/powers-of-attorney", power(ENTERPRISE, AGENT)).await.expect(422);

    assert_eq!(unknown.codes(), ["agent-unknown", "enterprise-unknown"]);
}

// --- declaring anywhere -------------------------------------------------------------------------
