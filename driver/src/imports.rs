//! What the generators file: imports in order, with the few things open in which one declaration differs from the next.
use chrono::{NaiveDate, TimeDelta};
use serde_json::{Value, json};

use crate::world::Enterprise;

/// One line of goods, and the documents that they need besides the usual ones.
pub(crate) struct Goods {
    line: Value,
    papers: &'static [&'static str],
}

/// Outside the catalogue.
pub(crate) fn bearings() -> Goods {
    let line = json!({
        "goods_no": 1, "hs_code": "8482102000", "cname": "深沟球轴承", "ename": "Deep-groove ball bearings",
        "spec": "6204-2RS", "ori_ctry_code": "JP", "qty": "40000", "qty_meas_unit": "007",
        "weight": "4240", "wt_meas_unit": "035", "currency": "JPY", "goods_total_val": "5200000",
        "purpose": "99", "packages": [{ "pack_code": "4G", "pack_qty": "400", "is_main": true }],
    });
    Goods { line, papers: &[] }
}

/// In the catalogue, and under compulsory certification: so much worth of them.
pub(crate) fn mixers(currency: &str, value: &str) -> Goods {
    let line = json!({
        "goods_no": 1, "hs_code": "8509400000", "cname": "食品搅拌器", "ename": "Food mixers",
        "model": "FM-3", "brand": "MEASURE", "ori_ctry_code": "DE", "qty": "240", "qty_meas_unit": "001",
        "weight": "720", "wt_meas_unit": "035", "currency": currency, "goods_total_val": value,
        "purpose": "99", "goods_attr": ["11"],
        "licences": [{ "lic_type_code": "411", "licence_no": "2012010713000411" }],
        "packages": [{ "pack_code": "4G", "pack_qty": "240", "is_main": true }],
    });
    Goods { line, papers: &["101035"] }
}

/// A reference that nobody else has, and where the goods come in, are declared and released.
pub(crate) struct Places<'a> {
    pub(crate) reference: &'a str,
    pub(crate) decl_org: &'a str,
    pub(crate) release_org: &'a str,
    pub(crate) port: &'a str,
}

/// The declaration of an importer, complete and in order.
pub(crate) fn declaration(
    who: &Enterprise,
    today: NaiveDate,
    goods: &Goods,
    Places { reference, decl_org, release_org, port }: &Places<'_>,
) -> Value {
    let usual = ["101001", "101002", "101004", "101005"];
    let paper =
        |code: &&str| json!({ "att_doc_type_code": code, "att_doc_no": format!("P-{code}") });
    json!({
        "ent_decl_no": reference, "apl_kind": "I", "decl_code": "13", "decl_org": decl_org,
        "release_org": release_org, "decl_date": today, "decl_reg_no": who.reg_no,
        "decl_reg_name": who.name_zh, "contactperson": "报检部", "cont_tel": "021-55550100",
        "consignee": { "code": who.reg_no, "cname": who.name_zh, "ename": who.name_en, "addr": who.address },
        "consignor": { "ename": "Measure Exporter", "addr": "Rotterdam" }, "contract_no": format!("HT-{reference}"),
        "trade_mode_code": "11", "trade_country_code": "DE", "desp_ctry_code": "DE",
        "desp_port_code": "DEU000", "enty_port_code": port, "dest_code": "310115",
        "desp_date": today - TimeDelta::days(25), "gds_arvl_date": today + TimeDelta::days(1),
        "trans_mode_code": "1", "convynce_name": "ORIENTAL PEARL", "trans_mean_no": "0514E",
        "bill_lad_no": format!("COSU-{reference}"), "delivery_order": reference, "goods_place": "港区堆场",
        "mark_no": "N/M", "wood_packaging": { "has_wood": false, "statement": "101025" },
        "containers": [{ "cntnr_mode_code": "211", "cont_no": "MSKU7012349", "lcl_flag": false }],
        "goods": [goods.line],
        "attachments": usual.iter().chain(goods.papers).map(paper).collect::<Vec<_>>(),
    })
}
