//! What is declared in the business between bureaus.
use chrono::{NaiveDate, TimeDelta};
use serde_json::{Value, json};

use super::cast::EXCHANGE;
use crate::demo;

/// Down that Xiaoshan inspects and that leaves through the port of Shanghai (domain scenario S4).
pub(super) fn down(run: u64, today: NaiveDate) -> anyhow::Result<Value> {
    let mut goods: Value = serde_json::from_str(include_str!("down.json"))?;
    let reference = format!("XS-{run}");
    let papers = ["101001", "101002", "101004"].map(
        |code| json!({ "att_doc_type_code": code, "att_doc_no": format!("{reference}-{code}") }),
    );
    for (member, value) in [
        ("ent_decl_no", json!(reference)),
        ("contract_no", json!(reference)),
        ("decl_date", json!(today)),
        ("desp_date", json!(today + TimeDelta::days(21))),
        ("attachments", json!(papers)),
    ] {
        goods[member] = value;
    }
    goods["goods"][0]["prod_batch_no"] = json!(reference);
    Ok(goods)
}

/// Used goods that come in at Waigaoqiao and flow (流向) to Hangzhou: drawn whatever the draw says.
pub(super) fn flowing(run: u64, today: NaiveDate) -> anyhow::Result<Value> {
    let mut goods = demo::plain_declaration(run, today)?;
    for member in ["ent_decl_no", "bill_lad_no", "delivery_order"] {
        goods[member] = json!(format!("FLOW-{run}"));
    }
    for (member, value) in [
        ("decl_org", EXCHANGE),
        ("release_org", EXCHANGE),
        ("decl_code", "14"),
        ("dest_code", "330100"),
    ] {
        goods[member] = json!(value);
    }
    goods["goods"][0]["goods_attr"] = json!(["21"]);
    Ok(goods)
}
