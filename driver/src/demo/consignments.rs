//! The consignments of the demo: a table of their own, and the declarations made of it.
use chrono::{NaiveDate, TimeDelta};
use serde::Deserialize;
use serde_json::{Map, Value, json};

use crate::{officer::Finding, wire::Status, world::Enterprise};

/// What is unusual about a consignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub(crate) enum Twist {
    /// Filed with the D/O of the first one, at another office: refused.
    #[serde(rename = "SAME_DELIVERY_ORDER_AS_S1")]
    SameDeliveryOrder,
    ChangeReleaseOffice,
    /// Full of defects at first; corrected and filed again.
    Defects,
    PaidOnline,
    RefusedByBank,
    UnknownThenResolved,
    SettledMonthly,
}

/// One row of the table.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Consignment {
    pub(crate) key: String,
    pub(crate) title: String,
    /// Registration number of whoever files.
    pub(crate) declarant: String,
    /// Of whoever receives the goods, if that is another.
    consignee: Option<String>,
    pub(crate) decl_org: String,
    release_org: String,
    port: String,
    dest: String,
    country: String,
    dispatch_port: String,
    #[serde(default = "by_sea")]
    mode: String,
    container: Option<String>,
    wood: Option<Wood>,
    #[serde(default)]
    days_to_arrival: i64,
    goods: Vec<Value>,
    /// Documents besides contract, invoice, packing list and bill.
    #[serde(default)]
    attachments: Vec<String>,
    #[serde(default)]
    certificates: Vec<String>,
    pub(crate) twist: Option<Twist>,
    #[serde(default = "all_is_well")]
    finding: Found,
    /// Of goods that are always drawn.
    #[serde(default)]
    pub(crate) drawn: bool,
    /// Released by the system, unless the draw says otherwise.
    #[serde(default)]
    pub(crate) automatic: bool,
    #[serde(default = "released")]
    pub(crate) ends: Status,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Wood {
    /// Marked and heat-treated.
    Treated,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum Found {
    Conforming,
    ConformingByLaboratory,
    TreatedForPests,
    SentBack,
}

fn by_sea() -> String {
    "1".to_owned()
}

const fn all_is_well() -> Found {
    Found::Conforming
}

const fn released() -> Status {
    Status::Released
}

/// The whole table.
pub(crate) fn all() -> anyhow::Result<Vec<Consignment>> {
    Ok(serde_json::from_str(include_str!("consignments.json"))?)
}

impl Consignment {
    /// What inspectors will find, should it be drawn.
    pub(crate) const fn finding(&self) -> Finding {
        match self.finding {
            Found::Conforming => Finding::Conforming,
            Found::ConformingByLaboratory => Finding::ConformingByLaboratory,
            Found::TreatedForPests => Finding::TreatedForPests,
            Found::SentBack => Finding::SentBack,
        }
    }

    /// Neither a twist nor an unusual end: one of many.
    pub(crate) fn is_usual(&self) -> bool {
        let is_plain = matches!(
            self.twist,
            None | Some(Twist::PaidOnline | Twist::UnknownThenResolved | Twist::SettledMonthly)
        );
        is_plain && self.ends == Status::Released && self.consignee.is_none()
    }

    /// Only these need papers besides the usual ones.
    pub(crate) fn is_catalogue(&self) -> bool {
        !self.attachments.is_empty()
    }

    /// The same goods once more, under another key, of another declarant, perhaps released at another office.
    pub(crate) fn as_another(&self, key: &str, declarant: &str, release_org: Option<&str>) -> Self {
        Self {
            key: key.to_owned(),
            declarant: declarant.to_owned(),
            release_org: release_org.unwrap_or(&self.release_org).to_owned(),
            twist: None,
            ..self.clone()
        }
    }

    /// The declaration, complete and in order.
    pub(crate) fn declaration(&self, run: u64, today: NaiveDate, who: &[Enterprise]) -> Value {
        let name = |reg_no: &str| who.iter().find(|one| one.reg_no == reg_no);
        let declarant = name(&self.declarant);
        let consignee_code = self.consignee.as_ref().unwrap_or(&self.declarant);
        let consignee = name(consignee_code);
        let delivery = match self.twist {
            Some(Twist::SameDeliveryOrder) => "S1",
            _ => &self.key,
        };
        let mut document = json!({
            "ent_decl_no": format!("D{run}-{}", self.key), "apl_kind": "I", "decl_code": "13",
            "decl_org": self.decl_org, "release_org": self.release_org, "decl_date": today,
            "decl_reg_no": self.declarant, "decl_reg_name": declarant.map(|one| &one.name_zh),
            "contactperson": "报检部", "cont_tel": "021-55550100",
            "consignee": { "code": consignee_code, "cname": consignee.map(|one| &one.name_zh),
                "ename": consignee.map(|one| &one.name_en), "addr": consignee.map(|one| &one.address) },
            "consignor": { "ename": format!("Demo Exporter {}", self.country), "addr": self.country },
            "contract_no": format!("HT-D{run}-{}", self.key), "trade_mode_code": "11",
            "trade_country_code": self.country, "desp_ctry_code": self.country,
            "desp_port_code": self.dispatch_port, "enty_port_code": self.port, "dest_code": self.dest,
            "desp_date": today - TimeDelta::days(25),
            "gds_arvl_date": today + TimeDelta::days(self.days_to_arrival.max(1)),
            "trans_mode_code": self.mode, "convynce_name": "ORIENTAL PEARL", "trans_mean_no": "0514E",
            "bill_lad_no": format!("COSU-D{run}-{delivery}"), "delivery_order": format!("D{run}-{delivery}"),
            "goods_place": "港区堆场", "mark_no": "N/M", "wood_packaging": self.wood_packaging(),
            "goods": self.goods, "attachments": self.papers(run),
        });
        self.add_containers(&mut document);
        document
    }

    fn add_containers(&self, document: &mut Value) {
        if let Some(number) = &self.container {
            document["containers"] =
                json!([{ "cntnr_mode_code": "211", "cont_no": number, "lcl_flag": false }]);
        }
        if !self.certificates.is_empty() {
            let wanted =
                |code| json!({ "app_cert_code": code, "appl_ori": "1", "appl_copy_quan": "2" });
            document["certificates"] = self.certificates.iter().map(wanted).collect();
        }
    }

    fn wood_packaging(&self) -> Value {
        match self.wood {
            Some(Wood::Treated) => {
                json!({ "has_wood": true, "is_coniferous": false, "treatment": "HT",
                "ippc_mark": format!("{}-NW0123 HT", self.country), "statement": "101024" })
            }
            None => json!({ "has_wood": false, "statement": "101025" }),
        }
    }

    fn papers(&self, run: u64) -> Value {
        let usual = ["101001", "101002", "101004", "101005"].map(str::to_owned);
        let papers = usual.iter().chain(&self.attachments);
        papers
            .map(|code| json!({ "att_doc_type_code": code, "att_doc_no": format!("P{run}-{}-{code}", self.key) }))
            .collect()
    }

    /// The same declaration as somebody in a hurry would send it: five things are wrong with it.
    pub(crate) fn in_a_hurry(mut document: Value) -> Value {
        if let Some(goods) = document["goods"][0].as_object_mut() {
            goods.insert("hs_code".into(), "9003.19".into());
            goods.insert("currency".into(), "EURO".into());
            goods.remove("weight");
            goods.remove("qty");
        }
        document["imo_no"] = "9312342".into();
        document["desp_ctry_code"] = "ZZ".into();
        document
    }
}

/// A declaration for somebody to file by hand: the first of the table, under a reference that is still free.
pub(crate) fn by_hand(run: u64, today: NaiveDate, who: &[Enterprise]) -> anyhow::Result<Value> {
    let first = all()?.into_iter().next().ok_or_else(|| anyhow::anyhow!("the table is empty"))?;
    let mut document = first.declaration(run, today, who);
    let own: Map<_, _> = [
        ("ent_decl_no", format!("HAND-{run}-1")),
        ("bill_lad_no", format!("COSU-HAND-{run}-1")),
        ("delivery_order", format!("HAND-{run}-1")),
    ]
    .into_iter()
    .map(|(name, value)| (name.to_owned(), value.into()))
    .collect();
    if let Some(members) = document.as_object_mut() {
        members.extend(own);
    }
    Ok(document)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::demo::enterprises;

    fn today() -> NaiveDate {
        "2014-05-12".parse().unwrap()
    }

    #[test]
    fn the_table_is_read_and_its_declarants_exist() {
        let (table, who) = (all().unwrap(), enterprises());
        assert_eq!(table.len(), 24);
        let known: BTreeSet<_> = who.iter().map(|one| one.reg_no.as_str()).collect();
        for row in &table {
            assert!(known.contains(row.declarant.as_str()), "{}", row.key);
        }
        let keys: BTreeSet<_> = table.iter().map(|row| &row.key).collect();
        assert_eq!(keys.len(), table.len());
    }

    #[test]
    fn every_run_has_references_and_delivery_orders_of_its_own() {
        let (table, who) = (all().unwrap(), enterprises());
        let mut seen = BTreeSet::new();
        for run in [1, 1_000_000_000] {
            for row in &table {
                let document = row.declaration(run, today(), &who);
                for member in ["ent_decl_no", "delivery_order"] {
                    let value = document[member].as_str().unwrap().to_owned();
                    assert!(value.len() <= 20, "{value}");
                    let is_new = seen.insert((member, value));
                    let is_again = row.twist == Some(Twist::SameDeliveryOrder);
                    assert_eq!(is_new, member == "ent_decl_no" || !is_again, "{}", row.key);
                }
            }
        }
    }

    #[test]
    fn a_third_of_the_table_is_catalogue_goods_in_every_way_of_paying() {
        let table = all().unwrap();
        let ways = [
            Twist::PaidOnline,
            Twist::RefusedByBank,
            Twist::UnknownThenResolved,
            Twist::SettledMonthly,
        ];
        for way in ways {
            assert!(table.iter().any(|row| row.twist == Some(way)), "{way:?}");
        }
        // All rows that ask for licences or hygiene papers are catalogue goods.
        let catalogue = table.iter().filter(|row| !row.attachments.is_empty()).count();
        assert!(catalogue * 3 >= table.len(), "{catalogue}");
    }
}
