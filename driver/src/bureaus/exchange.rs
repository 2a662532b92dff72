//! The exchange itself, without any business: pings and pongs between every two bureaus, and messages said again.
use anyhow::{Context as _, ensure};
use serde_json::{Value, json};

use super::Bureau;
use crate::protocol::{Door, Message, new_id};

/// Everybody pings everybody, and misses something that it has.
pub(crate) async fn run(bureaus: &[Bureau]) -> anyhow::Result<String> {
    println!("\nEvery bureau pings every other:");
    let (mut pings, mut repeats) = (0, 0);
    for own in bureaus {
        for other in bureaus.iter().filter(|other| other.code != own.code) {
            let ping = ping(own, other).await?;
            let (sequence, correlation) = (&ping["sequence"], &ping["correlation_id"]);
            repeats += say_again(other, own, (correlation, sequence)).await?;
            pings += 1;
        }
    }
    Ok(format!(
        "{pings} pings were answered, {repeats} messages were said again and changed nothing"
    ))
}

/// A ping there and a pong back, told from both sides. Returns the ping as the other side has it.
async fn ping(own: &Bureau, other: &Bureau) -> anyhow::Result<Value> {
    let path = format!("/v1/partners/{}/ping", other.code);
    let said: Value = own.admin.post(&path, Some(&json!({ "note": "线路测试" }))).await?;
    let id = said["id"].as_str().context("a ping without an id")?;
    let ping = own.sees_applied(other, id).await?;
    let answer = ping["outcome"]["pong"].as_str().context("a ping without a pong")?;
    let answer = other.sees_applied(own, answer).await?;
    for (from, to, message) in [(own, other, &ping), (other, own, &answer)] {
        println!(
            "  {} → {}  {:<14} {} sent {} received {} {}",
            from.code,
            to.code,
            text(&message["type"]),
            text(&message["id"]),
            text(&message["sent_at"]),
            text(&message["receipt"]["received_at"]),
            text(&message["state"])
        );
    }
    Ok(ping)
}

/// `receiver` says that it misses a message which it has: it is brought again, and changes nothing.
async fn say_again(
    receiver: &Bureau,
    sender: &Bureau,
    (correlation, sequence): (&Value, &Value),
) -> anyhow::Result<u64> {
    let door = Door::new(&sender.url, receiver.signer.clone())?;
    let missing = json!({ "correlation_id": correlation, "first": sequence, "last": sequence });
    let message =
        Message::new(&receiver.signer, &sender.code, "exchange.resend", (new_id(), 0), &missing);
    let answer = door.bring(std::slice::from_ref(&message)).await?;
    ensure!(answer.receipts().len() == 1, "no receipt for exchange.resend: {}", answer.body);
    let asked = receiver.sees_applied(sender, message.id()).await?;
    asked["outcome"]["sent_again"].as_u64().context("exchange.resend brought nothing about")
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or("?")
}
