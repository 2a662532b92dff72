//! What a receiver gets, and how it knows that it is ours.
use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use ed25519_dalek::{Signature, VerifyingKey};
use sqlx::PgPool;

use super::*;

/// Standard Webhooks' own library, an hour of whose clock may pass: it looks at the machine's.
fn verifies(secret: &str, message: &Received) -> bool {
    use standardwebhooks::Webhook;
    let webhook = Webhook::new(secret).unwrap();
    // It wants to see a message of today; ours is of 2014. It signs for us instead, and we compare.
    let signed =
        webhook.sign(&message.id, message.timestamp.parse().unwrap(), message.body.as_bytes());
    message.signature.split(' ').any(|one| one == signed.as_deref().unwrap())
}

/// `v1a`, by the key that the endpoint shows.
fn verifies_by_key(public_key: &str, message: &Received) -> bool {
    let key = BASE64.decode(public_key.strip_prefix("whpk_").unwrap()).unwrap();
    let key = VerifyingKey::from_bytes(&key.try_into().unwrap()).unwrap();
    let content = format!("{}.{}.{}", message.id, message.timestamp, message.body);
    let signatures = message.signature.split(' ').filter_map(|one| one.strip_prefix("v1a,"));
    signatures
        .map(|one| Signature::from_slice(&BASE64.decode(one).unwrap()).unwrap())
        .any(|signature| key.verify_strict(content.as_bytes(), &signature).is_ok())
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_message_is_what_the_feed_says_and_is_signed_by_both_schemes(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let (outside, derui) = (Outside::open(), bureau.derui().await);
    let endpoint = active(&bureau, &derui, &outside.url("ok-1"), &[]).await;
    released(&bureau, "SIGNED-1").await;

    bureau.tell().await;

    let feed = derui.get("/v1/changes?after=0").await.expect(200);
    let told = outside.hooks.received("ok-1");
    let in_feed = feed.body["data"].as_array().unwrap();
    assert_eq!(told.len(), in_feed.len());
    let public_key = endpoint.read(&derui).await.text("/public_key").to_owned();
    for (message, change) in told.iter().zip(in_feed) {
        assert_eq!(message.id, tests::text(change, "/id"));
        assert_eq!(body(message), change["event"]);
        assert!(verifies(&endpoint.secret, message), "{message:?}");
        assert!(verifies_by_key(&public_key, message), "{message:?}");
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_endpoint_is_told_of_the_types_it_wants(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let (outside, derui) = (Outside::open(), bureau.derui().await);
    active(&bureau, &derui, &outside.url("ok-1"), &["declaration.filed"]).await;
    active(&bureau, &derui, &outside.url("ok-2"), &[]).await;
    released(&bureau, "TYPES-1").await;

    bureau.tell().await;

    assert_eq!(outside.kinds("ok-1"), ["declaration.filed"]);
    assert!(outside.kinds("ok-2").len() >= 2);
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn while_secrets_overlap_the_old_one_and_the_new_one_both_verify(pool: PgPool) {
    let bureau = Bureau::open(pool).await;
    let (outside, derui) = (Outside::open(), bureau.derui().await);
    let endpoint = active(&bureau, &derui, &outside.url("ok-1"), &["declaration.filed"]).await;
    let rotated = json!({ "overlap_hours": 1 });
    let rotated = derui.post(&endpoint.path("/rotate-secret"), rotated).await.expect(200);
    let new = rotated.text("/secret").to_owned();

    released(&bureau, "ROTATED-1").await;
    bureau.tell().await;
    bureau.wait(chrono::Duration::hours(1));
    released(&bureau, "ROTATED-2").await;
    bureau.tell().await;

    let told = outside.hooks.received("ok-1");
    assert_ne!(new, endpoint.secret);
    let verified = |message| (verifies(&endpoint.secret, message), verifies(&new, message));
    assert_eq!(verified(&told[0]), (true, true));
    assert_eq!(verified(&told[1]), (false, true), "the overlap is over");
    let too_long = json!({ "overlap_hours": 169 });
    let derui = bureau.derui().await;
    derui.post(&endpoint.path("/rotate-secret"), too_long).await.expect(422);
}
