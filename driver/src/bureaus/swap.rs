//! Certificate swap (换证直通): inspected where the goods were made, exchanged for a clearance form at the port.
use anyhow::Context as _;
use serde_json::{Value, json};

use super::{
    Bureau,
    cast::{CLAIMANT, EXCHANGE, EXPORTER, PORT, XIAOSHAN},
    goods,
    told::{Side, tell, text},
};
use crate::world::Post;

/// The whole way; returns the number of the transfer.
pub(super) async fn run(port: &Bureau, origin: &Bureau, run: u64) -> anyhow::Result<String> {
    println!("\nCertificate swap: down of Xiaoshan leaves through Shanghai");
    let declaration = conforming(origin, run).await.context("at the origin")?;
    let (ours, password) = transferred(origin, &declaration).await.context("the transfer")?;
    let theirs = claimed(port, &ours, &password).await.context("at the port")?;

    let swapped = theirs.comes_to("state", "SWAPPED").await?;
    ours.comes_to("state", "SWAPPED").await?;
    tell(&[ours, theirs]).await?;
    let (number, form) = (text(&swapped, "/transfer_no"), text(&swapped, "/clearance_no"));
    println!("  {number} was swapped for the form {form}");
    Ok(number.to_owned())
}

/// Filed, inspected by two and paid; its id.
async fn conforming(origin: &Bureau, run: u64) -> anyhow::Result<String> {
    let case = origin.drawn(EXPORTER, &goods::down(run, origin.today()?)?).await?;
    origin.inspect(XIAOSHAN, &case.id).await?;
    let total = origin.pays(EXPORTER, &case.id).await?;
    println!("  {} inspected and paid: {total}", case.decl_no.as_deref().unwrap_or("?"));
    Ok(case.id)
}

/// Made by a certification officer, and known at the port; with the password, which is shown once.
async fn transferred<'b>(
    origin: &'b Bureau,
    declaration: &str,
) -> anyhow::Result<(Side<'b>, String)> {
    let officer = origin.who(XIAOSHAN, Post::Certification)?;
    let wish = json!({ "port_bureau": PORT, "port_org": EXCHANGE,
        "handling": { "is_consolidated_at_port": false, "is_certified_at_port": false } });
    let made: Value =
        officer.post(&format!("/v1/declarations/{declaration}/transfers"), Some(&wish)).await?;
    let path = format!("/v1/transfers/{}", text(&made, "/transfer/id"));
    let slip: Value = origin.world.declarant(EXPORTER)?.get(&format!("{path}/slip")).await?;
    println!(
        "  slip {} for {}, good until {}",
        text(&slip, "/transfer_no"),
        text(&slip, "/port_org"),
        text(&slip, "/valid_until")
    );
    let ours = Side { bureau: origin, eyes: officer, path };
    ours.comes_to("state", "RECEIVED_BY_PORT").await?;
    Ok((ours, text(&made, "/password").to_owned()))
}

/// Claimed by a unit of the port; goods that are drawn there are looked at once more.
async fn claimed<'b>(
    port: &'b Bureau,
    ours: &Side<'_>,
    password: &str,
) -> anyhow::Result<Side<'b>> {
    let slip: Value = ours.look().await?;
    let claim = json!({ "decl_no": slip["decl_no"], "transfer_no": slip["transfer_no"],
        "password": password, "port_org": EXCHANGE });
    let claimant = port.world.declarant(CLAIMANT)?;
    let claimed: Value = claimant.post("/v1/transfers/claim", Some(&claim)).await?;
    if claimed["is_selected"] == true {
        port.inspect(EXCHANGE, text(&claimed, "/transfer/declaration_id")).await?;
    }
    let path = format!("/v1/transfers/{}", text(&claimed, "/transfer/id"));
    Ok(Side { bureau: port, eyes: claimant, path })
}
