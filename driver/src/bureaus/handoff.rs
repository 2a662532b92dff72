//! A handoff (转单) between bureaus: declared and released at the port, inspected at the destination.
use anyhow::{Context as _, ensure};
use serde_json::Value;

use super::{
    Bureau,
    bureau::{found, until},
    cast::{EXCHANGE, IMPORTER, XIAOSHAN},
    goods,
    told::{Side, tell, text},
};
use crate::world::Post;

/// Who inspects at the destinations around Hangzhou.
pub(crate) const MAP: &str = "kind,place,office,valid_from\nDEST,3301,330900,2014-01-01\n";

/// The whole way there and back; returns the number of the case.
pub(super) async fn run(home: &Bureau, there: &Bureau, run: u64) -> anyhow::Result<String> {
    println!("\nHandoff: declared in Shanghai, inspected in Xiaoshan, released in Shanghai");
    let (id, number) = filed(home, run).await?;
    let path = format!("/v1/declarations/{id}");
    let (ours, theirs) = (
        Side { bureau: home, eyes: home.who(EXCHANGE, Post::Chief)?, path: path.clone() },
        Side { bureau: there, eyes: there.who(XIAOSHAN, Post::Chief)?, path },
    );
    accepted(&theirs).await?;
    lies_at(&theirs, &ours).await?;
    there.inspect(XIAOSHAN, &id).await?;
    lies_at(&ours, &theirs).await?;
    home.who(EXCHANGE, Post::Release)?.release(&id).await.context("releasing at home")?;
    tell(&[ours, theirs]).await?;
    Ok(number)
}

/// Drawn, and offered to the office at the destination.
async fn filed(home: &Bureau, run: u64) -> anyhow::Result<(String, String)> {
    home.admin.import("inspection_office_map", MAP).await.context("the map of offices")?;
    let importer = home.world.declarant(IMPORTER)?;
    let goods = goods::flowing(run, home.today()?)?;
    // Each process looks for a new edition of the books about once a second.
    until("the map to be known", async || {
        let review: Value = importer.post("/v1/declarations/validate", Some(&goods)).await?;
        Ok((text(&review, "/insp_org") == XIAOSHAN).then_some(()))
    })
    .await?;
    let case = home.drawn(IMPORTER, &goods).await?;
    Ok((case.id, case.decl_no.unwrap_or_default()))
}

/// The other bureau's officer takes what is offered.
async fn accepted(theirs: &Side<'_>) -> anyhow::Result<()> {
    let path = format!("{}/handoffs", theirs.path);
    let handoff = until("the offer at the destination", async || {
        let list = found(theirs.eyes, &path).await?;
        let offers = list.as_ref().and_then(|list| list["data"].as_array()).into_iter().flatten();
        let mut open = offers.filter(|one| text(one, "/state") == "OFFERED");
        Ok(open.next().map(|one| text(one, "/id").to_owned()))
    })
    .await?;
    theirs.eyes.accept_handoff(&handoff).await.context("accepting at the destination")
}

/// Waits until the case lies with the one and not with the other, and says which side acts.
async fn lies_at(one: &Side<'_>, other: &Side<'_>) -> anyhow::Result<()> {
    let what = format!("the case to lie in {}", one.bureau.code);
    let seen = until(&what, async || {
        let seen = one.look().await?;
        Ok((seen["lies_here"] == true).then_some(seen))
    })
    .await?;
    ensure!(other.look().await?["lies_here"] == false, "it lies in two bureaus");
    println!(
        "  {} acts: {} lies at {}; {} may not",
        one.bureau.code,
        text(&seen, "/status"),
        text(&seen, "/holder_org"),
        other.bureau.code
    );
    Ok(())
}
