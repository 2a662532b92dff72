//! One lot that goes directly: inspected and sealed inland, its seals perhaps read at the port, gone.
use anyhow::{Context as _, ensure};
use serde_json::{Value, json};

use super::{
    Bureau,
    bureau::until,
    cast::{MAKER, SUZHOU, YANGSHAN},
    goods::{self, BOX},
    told::{Side, tell, text},
};
use crate::world::Post;

const LOTS: &str = "/v1/direct-consignments";

/// From the declaration to the sea; returns the number of the form.
pub(super) async fn run(port: &Bureau, origin: &Bureau, run: u64) -> anyhow::Result<String> {
    let seal = format!("SZ{run:07}");
    let (ours, form) = sent(origin, (run, &seal)).await.context("at the origin")?;
    let theirs = arrived(port, (&form, &seal)).await.context("at the port")?;
    theirs.act("exit", None).await?;
    ours.comes_to("state", "EXITED").await?;
    tell(&[ours, theirs]).await?;
    Ok(form)
}

/// Inspected, paid, sealed and on its way.
async fn sent<'b>(
    origin: &'b Bureau,
    (run, seal): (u64, &str),
) -> anyhow::Result<(Side<'b>, String)> {
    let case = origin.drawn(MAKER, &goods::plush(run, origin.today()?)?).await?;
    origin.inspect(SUZHOU, &case.id).await?;
    origin.pays(MAKER, &case.id).await?;
    let path = format!("/v1/declarations/{}", case.id);
    let seals = json!({ "containers":
        [{ "container_no": BOX, "seals": [{ "seal_no": seal, "kind": "MECHANICAL" }] }] });
    let inspector = origin.who(SUZHOU, Post::FirstInspector)?;
    inspector.act(&format!("{path}/seals"), Some(&seals)).await.context("the seals")?;
    let handling = json!({ "handling": { "is_market_purchase": false,
        "is_repacked_at_port": false, "is_certified_at_port": false } });
    let releaser = origin.who(SUZHOU, Post::Release)?;
    let lot: Value = releaser.post(&format!("{path}/direct-consignments"), Some(&handling)).await?;
    let form = text(&lot, "/clearance_no").to_owned();
    println!("  form {form}, container {BOX}, seal {seal}");
    let path = format!("{LOTS}/{}", text(&lot, "/id"));
    Ok((Side { bureau: origin, eyes: releaser, path }, form))
}

/// Seen at the port; where it is drawn, two inspectors read the seal.
async fn arrived<'b>(port: &'b Bureau, (form, seal): (&str, &str)) -> anyhow::Result<Side<'b>> {
    let inspectors = [Post::FirstInspector, Post::SecondInspector];
    let eyes = port.who(YANGSHAN, Post::FirstInspector)?;
    let id = until("the lot at the port", async || {
        let lots: Vec<Value> = eyes.list(&format!("{LOTS}?state=ISSUED")).await?;
        let lot = lots.iter().find(|lot| text(lot, "/clearance_no") == form);
        Ok(lot.map(|lot| text(lot, "/id").to_owned()))
    })
    .await?;
    let theirs = Side { bureau: port, eyes, path: format!("{LOTS}/{id}") };
    theirs.act("arrive", None).await?;
    if text(&theirs.look().await?, "/state") == "AT_PORT" {
        let reading = json!({ "containers": [{ "container_no": BOX, "is_damaged": false,
            "seals": [{ "seal_no": seal, "is_broken": false }] }] });
        for post in inspectors {
            let check = format!("{}/check", theirs.path);
            port.who(YANGSHAN, post)?.act(&check, Some(&reading)).await.context("the reading")?;
        }
    }
    let state = theirs.look().await?["state"].clone();
    ensure!(state == "NOT_CHECKED" || state == "CHECK_OK", "after its arrival it is {state}");
    Ok(theirs)
}
