//! A non-conformity notice (不合格信息通报): the port finds forged papers, the origin answers, the port closes.
use anyhow::Context as _;
use serde_json::{Value, json};

use super::{
    Bureau,
    bureau::until,
    cast::{EXPORTER, WAIGAOQIAO, ZHEJIANG},
    told::{Side, tell, text},
};
use crate::world::Post;

const NOTICES: &str = "/v1/nc-notices";
const RECEIVED: &str = "/v1/received-nc-notices";

/// About that transfer; returns the notice's number.
pub(super) async fn run(port: &Bureau, origin: &Bureau, transfer: &str) -> anyhow::Result<String> {
    println!("\nNon-conformity notice: forged papers, found at Waigaoqiao");
    let inspector = port.who(WAIGAOQIAO, Post::FirstInspector)?;
    let finding = json!({
        "subject": { "kind": "TRANSFER", "number": transfer },
        "origin_bureau": ZHEJIANG, "reg_no": EXPORTER, "goods": { "name": "水洗白鸭绒" },
        "found_on": port.today()?, "category": "DOC_FORGED", "finding": "检疫证书编号与签发记录不符",
    });
    let drafted: Value = inspector.post(NOTICES, Some(&finding)).await.context("the draft")?;
    let number = text(&drafted, "/notice_no").to_owned();
    let ours = Side {
        bureau: port,
        eyes: port.who(WAIGAOQIAO, Post::Chief)?,
        path: format!("{NOTICES}/{}", text(&drafted, "/id")),
    };
    ours.act("approve", None).await?;
    told_of_block(port).await?;

    let theirs = received(origin, &number).await?;
    theirs.act("acknowledge", None).await?;
    ours.comes_to("status", "ACKED").await?;
    theirs.act("reply", Some(json!({ "text": "证书系他人伪造，已移交查处" }))).await?;
    ours.comes_to("status", "REPLIED").await?;
    let decision = json!({ "decision": "DECLINED", "reason": "企业无过错" });
    theirs.act("decide-suspension", Some(decision)).await?;
    ours.comes_to("suspension", "DECLINED").await?;
    ours.act("close", Some(json!({ "disposition": "RETURNED" }))).await?;
    theirs.comes_to("status", "CLOSED").await?;
    tell(&[ours, theirs]).await?;
    Ok(number)
}

/// What a critical notice withholds from the moment of its approval.
async fn told_of_block(port: &Bureau) -> anyhow::Result<()> {
    let chief = port.who(WAIGAOQIAO, Post::Chief)?;
    let path = format!("/v1/facilitation-blocks?reg_no={EXPORTER}&live=true");
    let blocks: Vec<Value> = chief.list(&path).await?;
    let block = blocks.first().context("a critical notice, and nothing is withheld")?;
    println!(
        "  withheld from {EXPORTER}: {}; {} decides until {}",
        text(block, "/reason"),
        text(block, "/proposed_to"),
        text(block, "/decide_due_on")
    );
    Ok(())
}

/// As it came to the origin.
async fn received<'b>(origin: &'b Bureau, number: &str) -> anyhow::Result<Side<'b>> {
    let chief = origin.who(ZHEJIANG, Post::Chief)?;
    let id = until("the notice at the origin", async || {
        let came: Vec<Value> = chief.list(RECEIVED).await?;
        let found = came.iter().find(|one| text(one, "/notice_no") == number);
        Ok(found.map(|one| text(one, "/id").to_owned()))
    })
    .await?;
    Ok(Side { bureau: origin, eyes: chief, path: format!("{RECEIVED}/{id}") })
}
