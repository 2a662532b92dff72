//! Mutual recognition of credit (诚信互认): a bureau tells the classes of its enterprises, and the port makes them count.
use anyhow::{Context as _, ensure};
use serde_json::Value;

use super::{
    Bureau,
    bureau::until,
    cast::{EXCHANGE, EXPORTER, PORT, XIAOSHAN, ZHEJIANG},
    told::{Side, tell, text},
};
use crate::world::Post;

const RECOGNITIONS: &str = "/v1/credit-recognitions";

/// Told, acknowledged and active; returns the class.
pub(super) async fn run(port: &Bureau, origin: &Bureau) -> anyhow::Result<String> {
    println!("\nCredit: Zhejiang tells the classes of its enterprises");
    let path = format!("/v1/partners/{PORT}/push-credit");
    let pushed: Value = origin.admin.post(&path, None).await.context("the push")?;
    let records = pushed["records"].as_u64().unwrap_or_default();
    ensure!(records > 0, "nothing was pushed: {pushed}");

    let told = recognised(port).await?;
    let standing = format!("/v1/credit-standings/{EXPORTER}");
    let ours: Value = origin.who(XIAOSHAN, Post::Acceptance)?.get(&standing).await?;
    let seen = told.look().await?;
    ensure!(text(&seen, "/partner") == ZHEJIANG, "it was told by {}", seen["partner"]);
    println!("  {records} told; {EXPORTER} at {ZHEJIANG}: {ours}");
    let class = text(&seen, "/class").to_owned();
    tell(&[told]).await?;
    Ok(format!("{EXPORTER} is {class} of {ZHEJIANG}, and counts as that at the port"))
}

/// What the port was told, made active by a duty chief; in a later run it is so already.
async fn recognised(port: &Bureau) -> anyhow::Result<Side<'_>> {
    let chief = port.who(EXCHANGE, Post::Chief)?;
    let id = until("the port to know of the class", async || {
        let known: Vec<Value> = chief.list(&format!("{RECOGNITIONS}?reg_no={EXPORTER}")).await?;
        Ok(known.first().map(|one| text(one, "/id").to_owned()))
    })
    .await?;
    let told = Side { bureau: port, eyes: chief, path: format!("{RECOGNITIONS}/{id}") };
    if text(&told.look().await?, "/status") == "PROPOSED" {
        told.act("acknowledge", None).await?;
        told.act("activate", None).await?;
    }
    told.comes_to("status", "ACTIVE").await?;
    Ok(told)
}
