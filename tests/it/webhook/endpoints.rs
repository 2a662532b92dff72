//! Endpoints and what their owners do with them.
use actix_web::test::TestRequest;
use shared::kernel::Role;
use sqlx::PgPool;
use tests::{HAIYUAN, SSE};

use super::*;

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_endpoint_is_told_nothing_before_it_met_a_challenge(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let (outside, derui) = (Outside::open(), bureau.derui().await);
    let endpoint = registered(&derui, &outside.url("ok-1"), &[]).await;
    released(&bureau, "PROOF-1").await;
    bureau.tell().await;
    let before = (endpoint.read(&derui).await, outside.ids("ok-1"));

    derui.post(&endpoint.path("/challenge"), Value::Null).await.expect(200);
    bureau.settle().await;

    assert_eq!((before.0.text("/state"), before.1.len()), ("PENDING", 0));
    let after = endpoint.read(&derui).await;
    assert_eq!(after.text("/state"), "ACTIVE");
    assert_eq!(after.text("/verified_at"), "2014-05-12T02:20:00Z");
    assert!(after.text("/public_key").starts_with("whpk_"));
    assert!(after.body.pointer("/secret").is_none(), "it was shown once");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_address_that_does_not_meet_its_challenge_stays_pending_and_its_owner_reads_why(
    pool: PgPool,
) {
    let bureau = Bureau::open(pool).await;
    let (outside, derui) = (Outside::open(), bureau.derui().await);
    let endpoint = registered(&derui, &outside.url("mute-1"), &[]).await;

    derui.post(&endpoint.path("/challenge"), Value::Null).await.expect(200);
    bureau.settle().await;

    let read = endpoint.read(&derui).await;
    assert_eq!(read.text("/state"), "PENDING");
    assert_eq!(read.text("/challenge_error"), "it did not say the challenge back");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn another_address_has_to_prove_itself_anew(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let (outside, derui) = (Outside::open(), bureau.derui().await);
    let endpoint = active(&bureau, &derui, &outside.url("ok-1"), &[]).await;

    let moved = json!({ "url": outside.url("ok-2"), "description": "ERP" });
    let moved = derui.post(&endpoint.path("/change"), moved).await.expect(200);

    assert_eq!(moved.text("/state"), "PENDING");
    assert_eq!(moved.text("/description"), "ERP");
    let renamed = json!({ "url": outside.url("ok-2"), "event_types": ["declaration.released"] });
    derui.post(&endpoint.path("/challenge"), Value::Null).await.expect(200);
    bureau.settle().await;
    let renamed = derui.post(&endpoint.path("/change"), renamed).await.expect(200);
    assert_eq!(renamed.text("/state"), "ACTIVE", "the address is the same");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn who_changes_what_another_has_changed_is_told_so(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let (outside, derui) = (Outside::open(), bureau.derui().await);
    let endpoint = active(&bureau, &derui, &outside.url("ok-1"), &[]).await;
    let seen = endpoint.read(&derui).await.header("etag").to_owned();
    let change = async |name: &str, seen: &str| {
        let request = TestRequest::post().uri(&endpoint.path("/change"));
        let body = json!({ "url": outside.url("ok-1"), "description": name });
        derui.send(request.insert_header(("if-match", seen)).set_json(body)).await
    };
    bureau.wait(chrono::Duration::seconds(1));

    let first = change("ERP", &seen).await.expect(200);
    let second = change("TMS", &seen).await.expect(412);

    assert_eq!(second.problem(), "stale");
    assert_eq!(endpoint.read(&derui).await.text("/description"), "ERP");
    change("TMS", first.header("etag")).await.expect(200);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_endpoint_is_its_clients_alone(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let (outside, derui) = (Outside::open(), bureau.derui().await);
    let endpoint = active(&bureau, &derui, &outside.url("ok-1"), &[]).await;
    let haiyuan = bureau.declarant(HAIYUAN).await;

    for path in ["", "/deliveries"] {
        haiyuan.get(&endpoint.path(path)).await.expect(404);
    }
    for act in ["challenge", "disable", "enable"] {
        haiyuan.post(&endpoint.path(&format!("/{act}")), Value::Null).await.expect(404);
    }
    let list = haiyuan.get("/v1/webhook-endpoints").await.expect(200);
    assert_eq!(list.body["data"], json!([]));
    assert_eq!(derui.get("/v1/webhook-endpoints").await.body["data"][0]["id"], endpoint.id);
    let officer = bureau.officer(SSE, Role::DutyChief).await;
    officer.get("/v1/webhook-endpoints").await.expect(403);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn all_that_is_wrong_with_an_endpoint_is_told_at_once(pool: PgPool) {
    let mut bureau = Bureau::open(pool).await;
    bureau.refit(|ctx| {
        ctx.webhooks.guard = shared::notification::address::PrivateAddresses::Refuse;
    });
    let derui = bureau.derui().await;

    let given = json!({
        "url": "https://169.254.169.254/", "description": "a\u{0}",
        "event_types": ["declaration.filed", "declaration.filed", "handoff.offered"] });
    let wrong = derui.post("/v1/webhook-endpoints", given).await.expect(422);
    let plain = json!({ "url": "http://erp.example/hooks" });
    let plain = derui.post("/v1/webhook-endpoints", plain).await.expect(422);

    let codes = ["url-not-allowed", "text-malformed", "event-type-repeated", "event-type-unknown"];
    assert_eq!(wrong.codes(), codes);
    assert_eq!(plain.text("/errors/0/message_en"), "it must begin with https://");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_bureau_without_keys_delivers_no_webhooks_and_says_so(pool: PgPool) {
    let mut bureau = Bureau::open(pool).await;
    bureau.refit(|ctx| ctx.webhooks.keys = None);
    let derui = bureau.derui().await;

    let given = json!({ "url": "https://erp.example/hooks" });
    let refused = derui.post("/v1/webhook-endpoints", given).await.expect(409);

    assert_eq!(refused.problem(), "webhook/not-set-up");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_client_has_at_most_twenty_endpoints(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    for number in 0..20 {
        registered(&derui, &format!("https://erp.example/{number}"), &[]).await;
    }

    let given = json!({ "url": "https://erp.example/20" });
    let refused = derui.post("/v1/webhook-endpoints", given).await.expect(409);

    assert_eq!(refused.problem(), "webhook/too-many-endpoints");
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_secret_is_shown_once_even_to_who_asks_once_more_under_the_key(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let derui = bureau.derui().await;
    let given = json!({ "url": "https://erp.example/hooks" });

    let first = derui.post_once("/v1/webhook-endpoints", "k", given.clone()).await.expect(201);
    let again = derui.post_once("/v1/webhook-endpoints", "k", given).await.expect(201);

    assert!(first.text("/secret").starts_with("whsec_"));
    assert_eq!(again.text("/endpoint/id"), first.text("/endpoint/id"));
    assert!(again.body["secret"].is_null());
    let stored = "select count(*) from idempotency_keys where reply::text like '%whsec%'";
    assert_eq!(bureau.count(stored).await, 0);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_disabled_endpoint_is_told_nothing_until_it_is_enabled_and_meets_a_challenge(
    pool: PgPool,
) {
    let bureau = Bureau::open(pool).await;
    let (outside, derui) = (Outside::open(), bureau.derui().await);
    let endpoint = active(&bureau, &derui, &outside.url("ok-1"), &[]).await;
    derui.post(&endpoint.path("/disable"), Value::Null).await.expect(200);
    let twice = derui.post(&endpoint.path("/disable"), Value::Null).await.expect(409);
    released(&bureau, "OFF-1").await;
    bureau.tell().await;
    let told_before = outside.ids("ok-1").len();

    let enabled = derui.post(&endpoint.path("/enable"), Value::Null).await.expect(200);
    bureau.settle().await;
    released(&bureau, "OFF-2").await;
    bureau.tell().await;

    assert_eq!(twice.problem(), "webhook/wrong-state");
    assert_eq!((told_before, enabled.text("/state")), (0, "PENDING"));
    let kinds = outside.kinds("ok-1");
    assert_eq!(kinds.iter().filter(|kind| *kind == "declaration.filed").count(), 1, "{kinds:?}");
}
