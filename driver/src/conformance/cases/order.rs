//! Sections 7 and 8: order, gaps, strangers; pings, and messages said again.
use anyhow::{Context as _, ensure};
use serde_json::json;

use super::fetch::asked_for;
use crate::{
    conformance::kit::{Kit, RESEND},
    protocol::{Message, new_id},
};

pub(super) async fn reordered(kit: &Kit) -> anyhow::Result<String> {
    let conversation = new_id();
    let messages = [3, 2, 1].map(|place| kit.at((conversation, place)));
    for message in &messages {
        kit.stores(message).await?;
    }
    for message in &messages {
        kit.waits_for(message, "APPLIED").await?;
    }
    Ok("third, second, first: all APPLIED".to_owned())
}

pub(super) async fn gap_asked_for(kit: &Kit) -> anyhow::Result<String> {
    let (_, message) = asked_for(kit).await?;
    let (asked, sequence) = (&message.0["payload"], &message.0["header"]["sequence"]);
    let range = (&asked["first"], &asked["last"]);
    ensure!(range == (&json!(2), &json!(3)), "1 and 4 are there, asked for is {asked}");
    ensure!(*sequence == 0, "its sequence is {sequence}");
    Ok(asked.to_string())
}

pub(super) async fn gap_filled(kit: &Kit) -> anyhow::Result<String> {
    let conversation = new_id();
    let messages: Vec<_> = (1..=3).map(|place| kit.at((conversation, place))).collect();
    kit.stores(&messages[2]).await?;
    kit.stores(&messages[0]).await?;
    kit.waits_for(&messages[0], "APPLIED").await?;
    let early = kit.asks(&messages[2]).await?;
    ensure!(
        early.body["state"] == "STORED",
        "the third was {} without the second",
        early.body["state"]
    );
    kit.stores(&messages[1]).await?;
    kit.waits_for(&messages[2], "APPLIED").await?;
    Ok("the third waited for the second".to_owned())
}

pub(super) async fn unknown_parked(kit: &Kit) -> anyhow::Result<String> {
    let message = kit.message().with(kit.signer(), "type", json!("weather.forecast"));
    kit.stores(&message).await?;
    kit.waits_for(&message, "PARKED").await?;
    Ok("STORED, then PARKED".to_owned())
}

pub(super) async fn newer_parked(kit: &Kit) -> anyhow::Result<String> {
    let message = kit.message().with(kit.signer(), "version", json!(99));
    kit.stores(&message).await?;
    kit.waits_for(&message, "PARKED").await?;
    Ok("STORED, then PARKED".to_owned())
}

pub(super) async fn parked_holds_up_nobody(kit: &Kit) -> anyhow::Result<String> {
    let conversation = new_id();
    let strange = kit.at((conversation, 1)).with(kit.signer(), "type", json!("weather.forecast"));
    let next = kit.at((conversation, 2));
    kit.stores(&strange).await?;
    kit.stores(&next).await?;
    kit.waits_for(&next, "APPLIED").await?;
    Ok("the next one is APPLIED".to_owned())
}

/// Pings, and waits for the pong.
async fn pong(kit: &Kit) -> anyhow::Result<Message> {
    let place = (new_id(), 1);
    let payload = json!({ "note": "conformance" });
    let ping = Message::new(kit.signer(), &kit.receiver, "exchange.ping", place, &payload);
    kit.stores(&ping).await?;
    let answers = |message: &Message| message.0["payload"]["message_id"] == ping.id();
    let answer = kit.hears("exchange.pong", answers).await?;
    let header = &answer.0["header"];
    ensure!(header["correlation_id"] == json!(place.0), "it stands in another conversation");
    ensure!(kit.is_theirs(&answer), "its hash or its signature does not fit");
    Ok(answer)
}

pub(super) async fn ping(kit: &Kit) -> anyhow::Result<String> {
    let pong = pong(kit).await?;
    Ok(format!("{} {}", pong.kind(), pong.0["payload"]))
}

pub(super) async fn resend(kit: &Kit) -> anyhow::Result<String> {
    let pong = pong(kit).await?;
    kit.acknowledges(std::slice::from_ref(&pong)).await?;
    ensure!(!kit.fetches().await?.contains(&pong), "it is handed out after its receipt");
    let header = &pong.0["header"];
    let place = header["sequence"].as_u64().context("a pong without a place")?;
    let missing =
        json!({ "correlation_id": header["correlation_id"], "first": place, "last": place });
    let asks = Message::new(kit.signer(), &kit.receiver, RESEND, (new_id(), 0), &missing);
    kit.stores(&asks).await?;
    kit.hears("the pong again", |message| *message == pong).await?;
    Ok("the same message, the same signature".to_owned())
}
