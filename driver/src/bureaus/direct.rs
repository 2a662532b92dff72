//! Direct release (直通放行): the bureau of an enterprise grants it and tells the port, and a lot goes out on its form.
use anyhow::{Context as _, ensure};
use serde_json::{Value, json};

use super::{
    Bureau,
    bureau::until,
    cast::{EXCHANGE, JIANGSU, MAKER, PORT, SUZHOU},
    lot,
    told::{Side, tell, text},
};
use crate::world::Post;

const ENTERPRISES: &str = "/v1/direct-enterprises";

/// Granted, told, told again, and used; returns the number of the form.
pub(super) async fn run(port: &Bureau, origin: &Bureau, run: u64) -> anyhow::Result<String> {
    println!("\nDirect release: toys of Suzhou leave through Yangshan, where nobody declares");
    let ours = granted(origin).await?;
    let theirs = known(port).await?;
    let path = format!("/v1/partners/{PORT}/push-direct-enterprises");
    let pushed: Value = origin.admin.post(&path, None).await.context("the push")?;
    let records = pushed["records"].as_u64().unwrap_or_default();
    ensure!(records > 0, "nothing was pushed: {pushed}");
    println!("  {MAKER} may send goods directly; told to {PORT} once more: {records}");
    tell(&[ours, theirs]).await?;
    lot::run(port, origin, run).await
}

/// The enterprise applies, an officer grants; in a later run it has it already.
async fn granted(origin: &Bureau) -> anyhow::Result<Side<'_>> {
    let officer = origin.who(SUZHOU, Post::Acceptance)?;
    let known: Vec<Value> = officer.list(&format!("{ENTERPRISES}?reg_no={MAKER}")).await?;
    let mut outbound = known.into_iter().filter(|one| text(one, "/direction") == "EXPORT");
    let enterprise = match outbound.next() {
        Some(one) => one,
        None => apply(origin).await?,
    };
    let path = format!("{ENTERPRISES}/{}", text(&enterprise, "/id"));
    if text(&enterprise, "/status") == "APPLIED" {
        officer.act(&format!("{path}/approve"), None).await.context("granting it")?;
    }
    Ok(Side { bureau: origin, eyes: officer, path })
}

async fn apply(origin: &Bureau) -> anyhow::Result<Value> {
    let claims = json!({ "yearly_trade_usd": "1800000.00", "certification": "ISO9000",
        "has_quality_control": true, "batches": 420, "passed": 419 });
    let application = json!({ "direction": "EXPORT", "claims": claims });
    let maker = origin.world.declarant(MAKER)?;
    maker.post(ENTERPRISES, Some(&application)).await.context("applying for it")
}

/// What the port was told.
async fn known(port: &Bureau) -> anyhow::Result<Side<'_>> {
    let eyes = port.who(EXCHANGE, Post::Chief)?;
    let enterprise = until("the port to know of the grant", async || {
        let known: Vec<Value> = eyes.list(&format!("{ENTERPRISES}?reg_no={MAKER}")).await?;
        Ok(known.into_iter().find(|one| text(one, "/status") == "APPROVED"))
    })
    .await?;
    ensure!(text(&enterprise, "/partner") == JIANGSU, "it knows it from {}", enterprise["partner"]);
    Ok(Side { bureau: port, eyes, path: format!("{ENTERPRISES}/{}", text(&enterprise, "/id")) })
}
