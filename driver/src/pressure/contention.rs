//! A thousand writers of one record, all at once: exactly one may win, and every other is told why not.
use std::time::{Duration, Instant};

use anyhow::Context as _;
use reqwest::Method;
use serde_json::json;
use tokio::task::JoinSet;

use super::{
    Scene,
    crowd::{self, Door, Heard},
};
use crate::demo;

const WRITERS: usize = 1_000;
/// Until a bucket that was emptied before is full again.
const BREATH: Duration = Duration::from_secs(3);

/// The name of each contest, the winner's status, and what all heard.
pub(super) async fn all(scene: &Scene) -> anyhow::Result<[(&'static str, u16, Heard); 2]> {
    Ok([
        ("delivery_order", 201, one_delivery_order(scene).await?),
        ("fee_notice", 200, one_fee_notice(scene).await?),
    ])
}

/// Each under a reference of its own, all for one D/O.
async fn one_delivery_order(scene: &Scene) -> anyhow::Result<Heard> {
    let door = Door::from(8, &scene.url)?.with_token(scene.legitimate()?.token().await?);
    let contested = scene.declaration("contested")?;
    let rival = |number: usize| {
        let mut content = contested.clone();
        content["ent_decl_no"] = json!(format!("rival{number}-{}", scene.run));
        content.to_string().into_bytes()
    };
    let requests = (0..WRITERS).map(|number| ("/v1/declarations".to_owned(), rival(number)));
    Ok(all_at_once(&door, requests.collect()).await)
}

/// The payer, impatient.
async fn one_fee_notice(scene: &Scene) -> anyhow::Result<Heard> {
    let payer = scene.world.declarant(demo::ONLINE_PAYER)?;
    let content = demo::charged_declaration(scene.run, scene.world.server.clock.today()?)?;
    let (receipt, _) = payer.file(&content).await?;
    let notice = receipt.fee_notice.context("charged goods have a fee notice")?;
    let door = Door::from(9, &scene.url)?.with_token(payer.token().await?);
    let path = format!("/v1/fee-notices/{}/pay", notice.id);
    Ok(all_at_once(&door, vec![(path, Vec::new()); WRITERS]).await)
}

async fn all_at_once(door: &Door, requests: Vec<(String, Vec<u8>)>) -> Heard {
    tokio::time::sleep(BREATH).await;
    let begun = Instant::now();
    let mut hands = JoinSet::new();
    for (path, body) in requests {
        let door = door.clone();
        hands.spawn(async move {
            let asked = Instant::now();
            let status = door.ask(Method::POST, &path, "application/json", body).await;
            let mut heard = Heard::default();
            heard.note(status, asked.elapsed());
            heard
        });
    }
    crowd::gather(hands).await.lasted(begun.elapsed())
}
