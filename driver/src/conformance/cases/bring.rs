//! Section 5: bringing messages, in good order and in bad shape.
use anyhow::{Context as _, ensure};
use chrono::TimeDelta;
use serde_json::json;

use crate::{
    conformance::kit::{Kit, said, verdict},
    protocol::{Answer, Call, Message, new_id, now, written},
};

/// The most that one call may carry.
const MOST_BYTES: usize = 8 << 20;

pub(super) async fn stored(kit: &Kit) -> anyhow::Result<String> {
    let message = kit.message();
    let receipt = kit.stores(&message).await?;
    for (name, wanted) in [
        ("protocol", json!("bureau-exchange/1")),
        ("sender", json!(kit.signer().bureau)),
        ("receiver", json!(kit.receiver)),
        ("payload_hash", message.0["header"]["payload_hash"].clone()),
        ("errors", json!([])),
    ] {
        ensure!(receipt[name] == wanted, "its {name} is {}", receipt[name]);
    }
    Ok(verdict(&receipt))
}

/// That of every receipt is checked; a refused one is signed too.
pub(super) async fn receipt_verifies(kit: &Kit) -> anyhow::Result<String> {
    let stored = kit.stores(&kit.message()).await?;
    let spoiled = kit.message().spoiled(|message| message["header"]["version"] = json!(2));
    let refused = kit.bring(&spoiled).await?;
    Ok(format!("STORED signed with {}, REFUSED with {}", stored["key_id"], refused["key_id"]))
}

pub(super) async fn replayed(kit: &Kit) -> anyhow::Result<String> {
    let message = kit.message();
    let first = kit.stores(&message).await?;
    let again = kit.stores(&message).await?;
    ensure!(first == again, "another receipt: {again}");
    Ok(format!("twice the receipt of {}", first["received_at"]))
}

pub(super) async fn twice_in_one_call(kit: &Kit) -> anyhow::Result<String> {
    let message = kit.message();
    let both = [message.clone(), message];
    let receipts = kit.receipts(&kit.door.bring(&both).await?, &both)?;
    ensure!(receipts[0] == receipts[1], "{} and {}", receipts[0], receipts[1]);
    Ok(verdict(&receipts[0]))
}

pub(super) async fn older(kit: &Kit) -> anyhow::Result<String> {
    let yesterday = written(now() - TimeDelta::days(1));
    let message = kit.message().with(kit.signer(), "sent_at", yesterday.into());
    Ok(verdict(&kit.stores(&message).await?))
}

fn line(message: &Message) -> String {
    message.0.to_string()
}

pub(super) async fn lines(kit: &Kit) -> anyhow::Result<String> {
    let both = [kit.message(), kit.message()];
    let answer = kit.door.call(Call::bring_lines(&[line(&both[0]), line(&both[1])])).await?;
    let receipts = kit.receipts(&answer, &both)?;
    Ok(format!("{} receipts", receipts.len()))
}

pub(super) async fn lines_bad(kit: &Kit) -> anyhow::Result<String> {
    let good = kit.message();
    let lines = [line(&good), "{".to_owned(), "null".to_owned()];
    let answer = kit.door.call(Call::bring_lines(&lines)).await?;
    ensure!(answer.status == 400, "{}", said(&answer));
    let named = answer.body["errors"].as_array().map_or(0, Vec::len);
    ensure!(named == 2, "two lines are bad, {named} are named: {}", said(&answer));
    must_not_be_there(kit, &good).await?;
    Ok("400, both named, nothing stored".to_owned())
}

async fn must_not_be_there(kit: &Kit, message: &Message) -> anyhow::Result<()> {
    let answer = kit.asks(message).await?;
    ensure!(answer.status == 404, "it was stored all the same: {}", said(&answer));
    Ok(())
}

pub(super) async fn truncated(kit: &Kit) -> anyhow::Result<String> {
    let mut call = Call::bring(&[kit.message()]);
    call.body.truncate(call.body.len() / 2);
    refused_whole(&kit.door.call(call).await?, &[400])
}

fn refused_whole(answer: &Answer, wanted: &[u16]) -> anyhow::Result<String> {
    ensure!(wanted.contains(&answer.status), "{}", said(answer));
    Ok(answer.status.to_string())
}

pub(super) async fn members_unknown(kit: &Kit) -> anyhow::Result<String> {
    let message = kit.message().with(kit.signer(), "urgent", json!(true));
    let answer = kit.door.bring(std::slice::from_ref(&message)).await?;
    let is_refused = answer.receipts().iter().all(|receipt| receipt["outcome"] == "REFUSED");
    ensure!(answer.status == 400 || answer.status == 200 && is_refused, "{}", said(&answer));
    must_not_be_there(kit, &message).await?;
    Ok(answer.status.to_string())
}

pub(super) async fn none(kit: &Kit) -> anyhow::Result<String> {
    refused_whole(&kit.door.bring(&[]).await?, &[400])
}

fn many(kit: &Kit, count: u32) -> Vec<Message> {
    let conversation = new_id();
    (1..=count).map(|place| kit.at((conversation, place))).collect()
}

pub(super) async fn thousand(kit: &Kit) -> anyhow::Result<String> {
    let messages = many(kit, 1000);
    let receipts = kit.receipts(&kit.door.bring(&messages).await?, &messages)?;
    let stored = receipts.iter().filter(|receipt| receipt["outcome"] == "STORED").count();
    ensure!(stored == messages.len(), "{stored} are stored");
    Ok(format!("{stored} stored"))
}

pub(super) async fn thousand_and_one(kit: &Kit) -> anyhow::Result<String> {
    let messages = many(kit, 1001);
    let seen = refused_whole(&kit.door.bring(&messages).await?, &[400, 413])?;
    must_not_be_there(kit, &messages[0]).await?;
    Ok(seen)
}

pub(super) async fn oversized(kit: &Kit) -> anyhow::Result<String> {
    let message = kit.message();
    let mut call = Call::bring(std::slice::from_ref(&message));
    call.body.resize(MOST_BYTES + 1, b' ');
    let seen = refused_whole(&kit.door.call(call).await?, &[400, 413])?;
    must_not_be_there(kit, &message).await?;
    Ok(seen)
}

pub(super) async fn neighbours(kit: &Kit) -> anyhow::Result<String> {
    let mut messages: Vec<_> = (0..10).map(|_| kit.message()).collect();
    messages[3] = messages[3].spoiled(|message| message["header"]["sequence"] = json!(2));
    let answer = kit.door.bring(&messages).await?;
    let receipts = kit.receipts(&answer, &messages)?;
    let refused: Vec<_> = receipts.iter().map(|one| one["outcome"] == "REFUSED").collect();
    let place = refused.iter().position(|is_refused| *is_refused).context("none is refused")?;
    let count = refused.iter().filter(|is_refused| **is_refused).count();
    ensure!((place, count) == (3, 1), "{count} refused, the first at {place}");
    Ok("nine stored, the fourth refused".to_owned())
}
