//! Section 6: what became of messages, and fetching those that wait for a bureau that cannot be called.
use anyhow::ensure;
use serde_json::json;
use uuid::Uuid;

use crate::{
    conformance::kit::{Kit, RESEND, said},
    protocol::{Call, Message, new_id, receipt_of},
};

pub(super) async fn what_became(kit: &Kit) -> anyhow::Result<String> {
    let message = kit.message();
    kit.stores(&message).await?;
    let told = kit.waits_for(&message, "APPLIED").await?;
    Ok(format!("APPLIED, outcome {}", told["outcome"]))
}

pub(super) async fn what_never_was(kit: &Kit) -> anyhow::Result<String> {
    let answer = kit.asks(&kit.message()).await?;
    ensure!(answer.status == 404, "{}", said(&answer));
    Ok("404".to_owned())
}

/// Leaves a gap in a new conversation, and waits for the message that asks for what is missing.
pub(super) async fn asked_for(kit: &Kit) -> anyhow::Result<(Uuid, Message)> {
    let conversation = new_id();
    kit.stores(&kit.at((conversation, 4))).await?;
    kit.stores(&kit.at((conversation, 1))).await?;
    let is_about = |message: &Message| {
        message.kind() == RESEND && message.0["payload"]["correlation_id"] == json!(conversation)
    };
    Ok((conversation, kit.hears("exchange.resend", is_about).await?))
}

pub(super) async fn fetched(kit: &Kit) -> anyhow::Result<String> {
    let (_, message) = asked_for(kit).await?;
    let header = &message.0["header"];
    ensure!(header["receiver"] == kit.signer().bureau.as_str(), "it is to {}", header["receiver"]);
    ensure!(header["sender"] == kit.receiver.as_str(), "it is from {}", header["sender"]);
    ensure!(kit.is_theirs(&message), "its hash or its signature does not fit: {}", message.0);
    Ok(format!("{} signed with {}", message.kind(), header["key_id"]))
}

pub(super) async fn fetched_again(kit: &Kit) -> anyhow::Result<String> {
    let (_, message) = asked_for(kit).await?;
    let again = kit.fetches().await?;
    ensure!(again.contains(&message), "it is not there again, as it was");
    Ok("the same message, the same signature".to_owned())
}

pub(super) async fn receipt_forged(kit: &Kit) -> anyhow::Result<String> {
    let (_, message) = asked_for(kit).await?;
    let forged = json!({ "receipts": [receipt_of(&kit.stranger, &message)] });
    let answer = kit.door.call(Call::post("/v1/exchange/receipts", &forged)).await?;
    ensure!(answer.status < 500, "{}", said(&answer));
    ensure!(kit.fetches().await?.contains(&message), "it was believed");
    Ok(format!("{}, and the message still waits", said(&answer)))
}

pub(super) async fn acknowledged(kit: &Kit) -> anyhow::Result<String> {
    let (_, message) = asked_for(kit).await?;
    let answer = kit.acknowledges(std::slice::from_ref(&message)).await?;
    ensure!(answer.status == 200, "{}", said(&answer));
    ensure!(!kit.fetches().await?.contains(&message), "it is handed out still");
    Ok(said(&answer))
}
