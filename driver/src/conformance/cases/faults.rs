//! Section 5 again: messages that are refused, each with the code of its fault.
use anyhow::ensure;
use chrono::TimeDelta;
use serde_json::{Value, json};

use crate::{
    conformance::kit::{Kit, nothing, verdict},
    protocol::{new_id, now, written},
};

pub(super) async fn payload_changed(kit: &Kit) -> anyhow::Result<String> {
    let message = kit.message().spoiled(|message| message["payload"]["last"] = json!(2));
    kit.refuses(&message, "payload-changed").await
}

pub(super) async fn forged(kit: &Kit) -> anyhow::Result<String> {
    let mut message = kit.message();
    message.sign(&kit.stranger);
    kit.refuses(&message, "signature-invalid").await
}

pub(super) async fn header_changed(kit: &Kit) -> anyhow::Result<String> {
    let message = kit.message().spoiled(|message| message["header"]["sequence"] = json!(2));
    kit.refuses(&message, "signature-invalid").await
}

/// A header with one other value, well signed.
async fn with(kit: &Kit, name: &str, value: Value, code: &str) -> anyhow::Result<String> {
    kit.refuses(&kit.message().with(kit.signer(), name, value), code).await
}

pub(super) async fn key_unknown(kit: &Kit) -> anyhow::Result<String> {
    with(kit, "key_id", json!("never-entered"), "key-not-good").await
}

pub(super) async fn misdirected(kit: &Kit) -> anyhow::Result<String> {
    with(kit, "receiver", json!("999999"), "receiver-wrong").await
}

pub(super) async fn in_another_name(kit: &Kit) -> anyhow::Result<String> {
    with(kit, "sender", json!("999999"), "sender-not-caller").await
}

pub(super) async fn future_dated(kit: &Kit) -> anyhow::Result<String> {
    let soon = written(now() + TimeDelta::hours(1));
    with(kit, "sent_at", soon.into(), "sent-in-future").await
}

pub(super) async fn protocol_unknown(kit: &Kit) -> anyhow::Result<String> {
    with(kit, "protocol", json!("bureau-post/1"), "protocol-unknown").await
}

pub(super) async fn time_malformed(kit: &Kit) -> anyhow::Result<String> {
    let whole = now().to_rfc3339_opts(chrono::SecondsFormat::Secs, true);
    with(kit, "sent_at", whole.into(), "time-malformed").await
}

pub(super) async fn number_not_whole(kit: &Kit) -> anyhow::Result<String> {
    let message = kit.message().with_payload(kit.signer(), json!({ "weight": 1.5 }));
    kit.refuses(&message, "number-not-whole").await
}

pub(super) async fn text_malformed(kit: &Kit) -> anyhow::Result<String> {
    let message = kit.message().with_payload(kit.signer(), json!({ "name": "a\0b" }));
    kit.refuses(&message, "text-malformed").await
}

pub(super) async fn id_reused(kit: &Kit) -> anyhow::Result<String> {
    let first = kit.message();
    kit.stores(&first).await?;
    let other = first.with(kit.signer(), "correlation_id", json!(new_id()));
    let seen = kit.refuses(&other.with_payload(kit.signer(), nothing()), "message-id-reused").await;
    let again = kit.stores(&first).await?;
    Ok(format!("{}; the first one is {} still", seen?, verdict(&again)))
}

pub(super) async fn sequence_taken(kit: &Kit) -> anyhow::Result<String> {
    let place = (new_id(), 1);
    kit.stores(&kit.at(place)).await?;
    kit.refuses(&kit.at(place), "sequence-taken").await
}

pub(super) async fn all_at_once(kit: &Kit) -> anyhow::Result<String> {
    let message = kit
        .message()
        .with(kit.signer(), "receiver", json!("999999"))
        .with(kit.signer(), "sent_at", json!("yesterday"))
        .spoiled(|message| message["payload"]["last"] = json!(2));
    let receipt = kit.bring(&message).await?;
    let seen = verdict(&receipt);
    for code in ["receiver-wrong", "time-malformed", "payload-changed"] {
        ensure!(seen.contains(code), "{code} is not told: {seen}");
    }
    Ok(seen)
}
