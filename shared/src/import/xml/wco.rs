//! A declaration of the WCO Data Model 3.6 (`DEC`), in its `MetaData` or alone. What goes where is one table, [`ROWS`].
use serde_json::{Map, Value, json};

use super::{Element, Notes, Why, codes, day, fault};
use crate::kernel::Violations;

/// How a value is carried over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// As it stands.
    Plain,
    /// A day.
    Day,
    /// A whole number.
    Whole,
    /// `IM…` or `EX…`.
    Direction,
    Country,
    TransportMode,
    /// A name: in Chinese if there is a Chinese character in it.
    Name,
    /// An amount with its `currencyID`.
    Amount,
    /// A quantity with its `unitCode`, which goes into the member of that name.
    Quantity(&'static str),
    /// A number of dangerous goods, which makes them such.
    Dangerous,
    /// Size and type of a container.
    ContainerSize,
    /// A part of an HS code, in their order, padded with zeros to ten digits.
    HsPart,
}

/// In which direction a row holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Where {
    Always,
    Inbound,
    Outbound,
}

/// Path below `Declaration`, member here, how, and in which direction. Of several that lead to one member the first in
/// the message counts, but an agent comes before the declarant, and a consignee before the importer.
pub const ROWS: [(&str, &str, How, Where); 56] = {
    use How::*;
    use Where::*;
    [
        ("FunctionalReferenceID", "ent_decl_no", Plain, Always),
        ("TypeCode", "apl_kind", Direction, Always),
        ("SpecificCircumstancesCodeCode", "decl_code", Plain, Always),
        ("SpecificCircumstancesCode", "decl_code", Plain, Always),
        ("DeclarationOfficeID", "decl_org", Plain, Always),
        ("PresentationOffice/ID", "release_org", Plain, Always),
        ("IssueDateTime", "decl_date", Day, Always),
        ("IssueDateTime/DateTimeString", "decl_date", Day, Always),
        ("Agent/ID", "decl_reg_no", Plain, Always),
        ("Agent/Name", "decl_reg_name", Plain, Always),
        ("Declarant/ID", "decl_reg_no", Plain, Always),
        ("Declarant/Name", "decl_reg_name", Plain, Always),
        ("Declarant/Contact/Name", "contactperson", Plain, Always),
        ("Declarant/Communication/ID", "cont_tel", Plain, Always),
        ("BorderTransportMeans/ID", "imo_no", Plain, Always),
        ("BorderTransportMeans/Name", "convynce_name", Plain, Always),
        ("BorderTransportMeans/JourneyID", "trans_mean_no", Plain, Always),
        ("BorderTransportMeans/ModeCode", "trans_mode_code", TransportMode, Always),
        ("GoodsShipment/Consignee/ID", "consignee.code", Plain, Always),
        ("GoodsShipment/Consignee/Name", "consignee", Name, Always),
        ("GoodsShipment/Consignee/Address/Line", "consignee.addr", Plain, Always),
        ("GoodsShipment/Importer/ID", "consignee.code", Plain, Always),
        ("GoodsShipment/Importer/Name", "consignee", Name, Always),
        ("GoodsShipment/Importer/Address/Line", "consignee.addr", Plain, Always),
        ("GoodsShipment/Consignor/ID", "consignor.code", Plain, Always),
        ("GoodsShipment/Consignor/Name", "consignor", Name, Always),
        ("GoodsShipment/Consignor/Address/Line", "consignor.addr", Plain, Always),
        ("GoodsShipment/ExportCountry/ID", "desp_ctry_code", Country, Inbound),
        ("GoodsShipment/Destination/CountryCode", "desp_ctry_code", Country, Outbound),
        ("GoodsShipment/Destination/RegionID", "dest_code", Plain, Inbound),
        ("GoodsShipment/Seller/Address/CountryCode", "trade_country_code", Country, Always),
        ("GoodsShipment/Consignment/LoadingLocation/ID", "desp_port_code", Plain, Always),
        ("GoodsShipment/Consignment/UnloadingLocation/ID", "enty_port_code", Plain, Inbound),
        ("GoodsShipment/Consignment/UnloadingLocation/ID", "arriv_port_code", Plain, Outbound),
        ("GoodsShipment/Consignment/GoodsLocation/Name", "goods_place", Plain, Always),
        ("GoodsShipment/Consignment/TransportEquipment/ID", "containers.cont_no", Plain, Always),
        (
            "GoodsShipment/Consignment/TransportEquipment/CharacteristicCode",
            "containers.cntnr_mode_code",
            ContainerSize,
            Always,
        ),
        (
            "GoodsShipment/Consignment/TransportEquipment/Seal/ID",
            "containers.seal_no",
            Plain,
            Always,
        ),
        (
            "GoodsShipment/GovernmentAgencyGoodsItem/SequenceNumeric",
            "goods.goods_no",
            Whole,
            Always,
        ),
        ("GoodsShipment/GovernmentAgencyGoodsItem/Commodity/Description", "goods", Name, Always),
        (
            "GoodsShipment/GovernmentAgencyGoodsItem/Commodity/Classification/ID",
            "goods.hs_code",
            HsPart,
            Always,
        ),
        (
            "GoodsShipment/GovernmentAgencyGoodsItem/Commodity/GoodsMeasure/NetNetWeightMeasure",
            "goods.weight",
            Quantity("wt_meas_unit"),
            Always,
        ),
        (
            "GoodsShipment/GovernmentAgencyGoodsItem/Commodity/GoodsMeasure/TariffQuantity",
            "goods.qty",
            Quantity("qty_meas_unit"),
            Always,
        ),
        (
            "GoodsShipment/GovernmentAgencyGoodsItem/Commodity/InvoiceLine/ItemChargeAmount",
            "goods.goods_total_val",
            Amount,
            Always,
        ),
        (
            "GoodsShipment/GovernmentAgencyGoodsItem/Commodity/DangerousGoods/UNDGID",
            "goods.un_code",
            Dangerous,
            Always,
        ),
        (
            "GoodsShipment/GovernmentAgencyGoodsItem/Commodity/IntendedUseCode",
            "goods.purpose",
            Plain,
            Always,
        ),
        (
            "GoodsShipment/GovernmentAgencyGoodsItem/Commodity/TransportEquipment/ID",
            "goods.container_nos",
            Plain,
            Always,
        ),
        (
            "GoodsShipment/GovernmentAgencyGoodsItem/Origin/CountryCode",
            "goods.ori_ctry_code",
            Country,
            Always,
        ),
        (
            "GoodsShipment/GovernmentAgencyGoodsItem/Origin/RegionID",
            "goods.orig_place_code",
            Plain,
            Outbound,
        ),
        (
            "GoodsShipment/GovernmentAgencyGoodsItem/Manufacturer/ID",
            "goods.mnufctr_reg_no",
            Plain,
            Always,
        ),
        (
            "GoodsShipment/GovernmentAgencyGoodsItem/Manufacturer/Name",
            "goods.mnufctr_name",
            Plain,
            Always,
        ),
        (
            "GoodsShipment/GovernmentAgencyGoodsItem/Packaging/TypeCode",
            "goods.packages.pack_code",
            Plain,
            Always,
        ),
        (
            "GoodsShipment/GovernmentAgencyGoodsItem/Packaging/QuantityQuantity",
            "goods.packages.pack_qty",
            Plain,
            Always,
        ),
        (
            "GoodsShipment/GovernmentAgencyGoodsItem/Packaging/MarksNumbersID",
            "mark_no",
            Plain,
            Always,
        ),
        ("Exporter/ID", "consignor.code", Plain, Always),
        ("Exporter/Name", "consignor", Name, Always),
    ]
};

/// Papers by their kind: what is more than an attachment. UN/EDIFACT 1001.
pub const PAPERS: [(&str, &str); 7] = [
    ("315", "contract_no"),
    ("640", "delivery_order"),
    ("703", "split_bill_lad_no"),
    ("714", "split_bill_lad_no"),
    ("704", "bill_lad_no"),
    ("705", "bill_lad_no"),
    ("741", "bill_lad_no"),
];

/// The declaration of a message.
pub(super) fn document(root: &Element, notes: &mut Notes) -> Result<Value, Violations> {
    let inner = if root.name == "Declaration" { Some(root) } else { root.child("Declaration") };
    let Some(declaration) = inner else {
        let en = "there is no Declaration in this message";
        return Err(fault(root.line, "declaration-missing", "报文中没有报检单", en));
    };
    let kind = declaration.child("TypeCode").map_or("", |kind| kind.text.trim());
    let is_outbound = kind.get(..2) == Some("EX");
    let mut mapping = Mapping { is_outbound, document: Map::new(), notes };
    // Whoever comes first here comes first of those that lead to one member.
    let mut children: Vec<&Element> = declaration.children.iter().collect();
    children.sort_by_key(|child| match child.name.as_str() {
        "Agent" => 0,
        "Exporter" => 2,
        _ => 1,
    });
    for child in children {
        mapping.walk(child, &child.name.clone());
    }
    for goods in mapping.items("goods") {
        if let Some(code) = goods["hs_code"].as_str().filter(|code| is_digits(code)) {
            goods["hs_code"] = json!(format!("{code:0<10}"));
        }
    }
    Ok(Value::Object(mapping.document))
}

fn is_digits(code: &str) -> bool {
    code.bytes().all(|byte| byte.is_ascii_digit())
}

struct Mapping<'a> {
    is_outbound: bool,
    document: Map<String, Value>,
    notes: &'a mut Notes,
}

impl Mapping<'_> {
    fn walk(&mut self, element: &Element, path: &str) {
        if element.name == "AdditionalDocument" || element.name == "TransportContractDocument" {
            return self.paper(element, path);
        }
        let list = match path {
            "GoodsShipment/GovernmentAgencyGoodsItem" => Some("goods"),
            "GoodsShipment/Consignment/TransportEquipment" => Some("containers"),
            _ => None,
        };
        if let Some(list) = list {
            self.items(list).push(json!({}));
        }
        if path == "GoodsShipment/GovernmentAgencyGoodsItem/Packaging"
            && let Some(item) = self.items("goods").last_mut()
        {
            match item["packages"].as_array_mut() {
                Some(packages) => packages.push(json!({})),
                None => item["packages"] = json!([{}]),
            }
        }
        if element.children.is_empty() {
            self.leaf(element, path);
        }
        for child in &element.children {
            self.walk(child, &format!("{path}/{}", child.name));
        }
    }

    fn leaf(&mut self, element: &Element, path: &str) {
        let text = element.text.trim();
        if text.is_empty() {
            return;
        }
        let holds = |when: Where| match when {
            Where::Always => true,
            Where::Inbound => !self.is_outbound,
            Where::Outbound => self.is_outbound,
        };
        let row = ROWS.iter().find(|(own, _, _, when)| *own == path && holds(*when));
        let Some((_, member, how, _)) = row else {
            return self.note(element, path, Why::NotCarried);
        };
        let mut coded = |ours: Option<&str>| {
            if ours.is_none() {
                self.notes.note(&whole(path), element, Why::CodeUnmapped);
            }
            json!(ours.unwrap_or(text))
        };
        let value = match how {
            How::Plain
            | How::Name
            | How::HsPart
            | How::Amount
            | How::Quantity(_)
            | How::Dangerous => json!(text),
            How::Day => json!(day(text)),
            How::Whole => text.parse::<u64>().map_or_else(|_| json!(text), |number| json!(number)),
            How::Direction => {
                coded(text.get(..2).and_then(|kind| codes::counterpart(&codes::DIRECTIONS, kind)))
            }
            How::Country => coded(codes::country(text)),
            How::TransportMode => coded(codes::counterpart(&codes::TRANSPORT_MODES, text)),
            How::ContainerSize => coded(codes::counterpart(&codes::CONTAINERS, text)),
        };
        self.put(element, path, member, *how, value);
    }

    fn put(&mut self, element: &Element, path: &str, member: &str, how: How, value: Value) {
        let text = element.text.trim();
        match how {
            How::Name => {
                let is_chinese =
                    text.chars().any(|letter| ('\u{3400}'..='\u{9fff}').contains(&letter));
                let own = if is_chinese { "cname" } else { "ename" };
                return self.set(element, path, &format!("{member}.{own}"), value);
            }
            How::HsPart => {
                let Some(Value::Object(goods)) = self.items("goods").last_mut() else { return };
                let before = goods.get("hs_code").and_then(Value::as_str).unwrap_or_default();
                goods.insert("hs_code".to_owned(), json!(format!("{before}{text}")));
                return;
            }
            How::Amount => {
                if let Some(theirs) = element.attribute("currencyID") {
                    let ours = codes::currency(theirs);
                    if ours.is_none() {
                        self.note(element, path, Why::CodeUnmapped);
                    }
                    self.set(element, path, "goods.currency", json!(ours.unwrap_or(theirs)));
                }
            }
            How::Quantity(unit) => {
                let theirs = element.attribute("unitCode");
                // What is a weight and says no unit is in kilograms; any other quantity has none then.
                let theirs = theirs.or((unit == "wt_meas_unit").then_some("KGM"));
                if let Some(theirs) = theirs {
                    let ours = codes::counterpart(&codes::UNITS, theirs);
                    if ours.is_none() {
                        self.note(element, path, Why::CodeUnmapped);
                    }
                    self.set(
                        element,
                        path,
                        &format!("goods.{unit}"),
                        json!(ours.unwrap_or(theirs)),
                    );
                }
            }
            How::Dangerous => {
                if let Some(Value::Object(goods)) = self.items("goods").last_mut() {
                    goods.insert("is_dangerous".to_owned(), json!(true));
                }
            }
            _ => {}
        }
        self.set(element, path, member, value);
    }

    /// Sets a member, unless it was said before.
    fn set(&mut self, element: &Element, path: &str, member: &str, value: Value) {
        let parts: Vec<&str> = member.split('.').collect();
        let place = match parts.as_slice() {
            ["goods", "container_nos"] => {
                if let Some(goods) = self.items("goods").last_mut() {
                    match goods["container_nos"].as_array_mut() {
                        Some(numbers) => numbers.push(value),
                        None => goods["container_nos"] = json!([value]),
                    }
                }
                return;
            }
            ["goods", "packages", own] => {
                let goods = self.items("goods").last_mut();
                let packages = goods.and_then(|goods| goods["packages"].as_array_mut());
                packages.and_then(|packages| packages.last_mut()).map(|package| (package, *own))
            }
            [list @ ("goods" | "containers"), own] => {
                self.items(list).last_mut().map(|item| (item, *own))
            }
            [part, own] => Some((self.document.entry(*part).or_insert_with(|| json!({})), *own)),
            _ => {
                if self.document.contains_key(member) {
                    let same = self.document[member] == value;
                    if !same {
                        self.note(element, path, Why::SaidTwice);
                    }
                    return;
                }
                self.document.insert(member.to_owned(), value);
                return;
            }
        };
        let Some((Value::Object(members), own)) = place else { return };
        match members.get(own) {
            None => {
                members.insert(own.to_owned(), value);
            }
            Some(before) if *before == value => {}
            Some(_) => self.note(element, path, Why::SaidTwice),
        }
    }

    fn items(&mut self, list: &str) -> &mut Vec<Value> {
        let entry = self.document.entry(list).or_insert_with(|| json!([]));
        if !entry.is_array() {
            *entry = json!([]);
        }
        entry.as_array_mut().expect("it was made one just now")
    }

    /// A paper: contract, bill and delivery order have members of their own; what the bureau knows is attached too.
    fn paper(&mut self, element: &Element, path: &str) {
        let text = |name: &str| element.child(name).map(|child| child.text.trim().to_owned());
        let number = text("ID").or_else(|| text("ReferenceID")).unwrap_or_default();
        let kind = format!(
            "{}{}",
            text("CategoryCode").unwrap_or_default(),
            text("TypeCode").unwrap_or_default()
        );
        let kind = kind.trim_start_matches('N');
        let member = PAPERS.iter().find(|(theirs, _)| *theirs == kind).map(|(_, member)| *member);
        if let Some(member) = member.filter(|_| !number.is_empty()) {
            self.set(element, path, member, json!(number));
        }
        let is_ours = kind.len() == 6 && kind.starts_with("101");
        let ours = codes::counterpart(&codes::DOCUMENTS, kind).or(is_ours.then_some(kind));
        match ours {
            Some(ours) => {
                let mut paper = json!({ "att_doc_type_code": ours });
                if !number.is_empty() {
                    paper["att_doc_no"] = json!(number);
                }
                let papers = self.items("attachments");
                if !papers.contains(&paper) {
                    papers.push(paper);
                }
            }
            None if member.is_none() => {
                let named = Element { text: format!("{kind} {number}"), ..element.clone() };
                self.note(&named, path, Why::NotCarried);
            }
            None => {}
        }
    }

    fn note(&mut self, element: &Element, path: &str, why: Why) {
        self.notes.note(&whole(path), element, why);
    }
}

fn whole(path: &str) -> String {
    format!("Declaration/{path}")
}
