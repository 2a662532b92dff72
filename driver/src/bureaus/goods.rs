//! What is declared in the business between bureaus.
use chrono::{NaiveDate, TimeDelta};
use serde_json::{Value, json};

use super::cast::{EXCHANGE, MAKER, SUZHOU};
use crate::demo;

/// The container of the toys.
pub(super) const BOX: &str = "COSU6017779";

/// Down that Xiaoshan inspects and that leaves through the port of Shanghai (domain scenario S4).
pub(super) fn down(run: u64, today: NaiveDate) -> anyhow::Result<Value> {
    outbound(&format!("XS-{run}"), today)
}

/// Plush toys of Suzhou that go directly, in a container of their own, through Yangshan (domain scenario S6).
pub(super) fn plush(run: u64, today: NaiveDate) -> anyhow::Result<Value> {
    let mut toys = outbound(&format!("SZ-{run}"), today)?;
    let maker = "苏州样例玩具有限公司";
    for (member, value) in [
        ("decl_org", SUZHOU),
        ("release_org", SUZHOU),
        ("decl_reg_no", MAKER),
        ("enty_port_code", "311001"),
        ("spec_pass_flag", "1"),
        ("goods_place", maker),
    ] {
        toys[member] = json!(value);
    }
    toys["consignor"] = json!({ "code": MAKER, "cname": maker });
    for (member, value) in [
        ("hs_code", "9503002100"),
        ("cname", "毛绒玩具"),
        ("ename", "Plush toys"),
        ("orig_place_code", "320500"),
        ("mnufctr_reg_no", MAKER),
        ("mnufctr_name", maker),
    ] {
        toys["goods"][0][member] = json!(value);
    }
    toys["goods"][0]["container_nos"] = json!([BOX]);
    toys["containers"][0]["cont_no"] = json!(BOX);
    Ok(toys)
}

fn outbound(reference: &str, today: NaiveDate) -> anyhow::Result<Value> {
    let mut goods: Value = serde_json::from_str(include_str!("down.json"))?;
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
pub(crate) fn flowing(run: u64, today: NaiveDate) -> anyhow::Result<Value> {
    let mut goods = demo::plain_declaration(run, today)?;
    for member in ["ent_decl_no", "bill_lad_no", "delivery_order"] {
        goods[member] = json!(format!("FLOW-{run}"));
    }
    let_flow(&mut goods);
    Ok(goods)
}

/// Lets an import flow there.
pub(crate) fn let_flow(goods: &mut Value) {
    for (member, value) in [
        ("decl_org", EXCHANGE),
        ("release_org", EXCHANGE),
        ("decl_code", "14"),
        ("dest_code", "330100"),
    ] {
        goods[member] = json!(value);
    }
    goods["goods"][0]["goods_attr"] = json!(["21"]);
}
