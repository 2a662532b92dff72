//! From a line of the file to a declaration (`docs/replay.md`). Pure. It invents no fact of the goods: what the
//! file does not tell is left out, what it tells is passed on as it stands, dirt included.
mod codes;
mod profile;
mod source;

use chrono::NaiveDate;
use serde_json::{Map, Value, json};

pub(crate) use profile::{DEFAULT as DEFAULT_PROFILE, Profile};
pub(crate) use source::{Consignment, short};
use source::{Container, Goods, Kind, Package, Party, Scalar};

/// What a line turned out to be.
#[derive(Debug)]
pub(crate) enum Line {
    /// Nothing stands in it.
    Blank,
    /// An export, or anything else that is no import: not for us.
    NotForUs {
        kind: String,
    },
    Import {
        kind: String,
        consignment: Box<Consignment>,
    },
    Unreadable {
        reason: String,
    },
}

/// Reads a line. Whatever stands in it, this ends.
pub(crate) fn read(line: &[u8]) -> Line {
    let line = line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line);
    if line.trim_ascii().is_empty() {
        return Line::Blank;
    }
    let unreadable = |error: serde_json::Error| Line::Unreadable { reason: short_error(&error) };
    let kind = match serde_json::from_slice::<Kind>(line) {
        Ok(Kind { kind }) => kind.to_string(),
        Err(error) => return unreadable(error),
    };
    if !kind.starts_with("IM") {
        return Line::NotForUs { kind: short(&kind) };
    }
    match serde_json::from_slice(line) {
        Ok(consignment) => Line::Import { kind, consignment: Box::new(consignment) },
        Err(error) => unreadable(error),
    }
}

fn short_error(error: &serde_json::Error) -> String {
    let words: String = error.to_string().chars().take(200).collect();
    words
}

/// When, and as what, a consignment is declared.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Occasion {
    pub(crate) run: u64,
    /// Number of the line in the file, from 1.
    pub(crate) line: usize,
    pub(crate) today: NaiveDate,
}

/// The declaration of an import.
pub(crate) fn declare(consignment: &Consignment, profile: &Profile, on: Occasion) -> Value {
    let mut document = head(consignment, profile, on);
    put(&mut document, "consignor", consignment.exporter.as_ref().and_then(consignor));
    put(&mut document, "mark_no", marks(&consignment.goods));
    let goods = consignment.goods.iter().map(|line| goods_line(line, profile));
    document.insert("goods".into(), goods.collect());
    let containers = consignment.containers.iter().map(|one| container(one, profile));
    document.insert("containers".into(), containers.collect());
    document.insert("attachments".into(), codes::attachments(consignment, &document));
    Value::Object(document)
}

fn head(consignment: &Consignment, profile: &Profile, on: Occasion) -> Map<String, Value> {
    let Occasion { run, line, today } = on;
    let (route, enterprise) = (profile.route(line), &profile.enterprise);
    let said = |given: Option<&Scalar>, otherwise: &str| {
        given.map_or_else(|| otherwise.to_owned(), Scalar::to_string)
    };
    let dispatch = said(consignment.export_country.as_ref(), &profile.dispatch_country);
    let exporters = consignment.exporter.as_ref().and_then(|exporter| exporter.country.as_ref());
    let named =
        consignment.arrival_transport_id.as_ref().or(consignment.border_transport_id.as_ref());
    let head = json!({
        "ent_decl_no": reference(consignment, run, line),
        "apl_kind": "I", "decl_code": profile.decl_code,
        "decl_org": route.decl_org, "release_org": route.release_org,
        "decl_date": today, "decl_reg_no": enterprise.reg_no, "decl_reg_name": enterprise.name_zh,
        "contactperson": profile.contact.name, "cont_tel": profile.contact.telephone,
        "consignee": { "code": enterprise.reg_no, "cname": enterprise.name_zh,
            "ename": enterprise.name_en, "addr": enterprise.address },
        "contract_no": format!("HT-{run}-{line}"),
        "trade_mode_code": profile.trade_mode_code,
        "trade_country_code": said(exporters, &dispatch),
        "desp_ctry_code": dispatch, "desp_port_code": profile.dispatch_port,
        "enty_port_code": route.enty_port_code, "dest_code": route.dest_code,
        "desp_date": profile.dispatched_on(today), "gds_arvl_date": profile.arrives_on(today),
        "convynce_name": said(named, &profile.conveyance), "trans_mean_no": profile.voyage,
        "bill_lad_no": format!("BL-{run}-{line}"), "delivery_order": format!("R{run}-{line}"),
        "goods_place": route.goods_place, "wood_packaging": profile.wood_packaging,
    });
    let mut head = if let Value::Object(head) = head { head } else { Map::new() };
    let mode = consignment.border_transport_mode.as_ref();
    put(&mut head, "trans_mode_code", mode.map(|mode| codes::transport_mode(mode.as_str())));
    head
}

/// The run and the line make it unique; the consignment's own reference lets people find it again.
fn reference(consignment: &Consignment, run: u64, line: usize) -> String {
    let own = consignment.reference.as_ref().map_or("", Scalar::as_str);
    let plain = own.chars().filter(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c));
    let whole: String = format!("R{run}-{line}-").chars().chain(plain).take(40).collect();
    whole.trim_end_matches('-').to_owned()
}

/// The foreign sender; without a name there is nobody to name.
fn consignor(exporter: &Party) -> Option<Value> {
    let name = exporter.name.as_ref()?;
    let lines = [&exporter.line, &exporter.city, &exporter.country];
    let address: Vec<_> = lines.into_iter().flatten().map(Scalar::as_str).collect();
    let mut party = Map::new();
    put(&mut party, "ename", Some(name));
    put(&mut party, "addr", (!address.is_empty()).then(|| address.join(", ")));
    Some(Value::Object(party))
}

fn goods_line(goods: &Goods, profile: &Profile) -> Value {
    let mut line = Map::new();
    put(&mut line, "goods_no", goods.line.as_ref().and_then(line_number));
    put(&mut line, "hs_code", codes::hs_code(goods.classification.as_ref()));
    put(&mut line, "ename", goods.description.as_ref());
    put(&mut line, "ori_ctry_code", goods.origin.first());
    if let Some(quantity) = &goods.supplementary_quantity {
        put(&mut line, "qty", quantity.value.as_ref());
        let unit = quantity.unit.as_ref();
        put(&mut line, "qty_meas_unit", unit.map(|unit| codes::unit(unit.as_str())));
    }
    if let Some(mass) = &goods.net_mass_kg {
        put(&mut line, "weight", Some(mass));
        put(&mut line, "wt_meas_unit", Some(codes::KILOGRAM));
    }
    if let Some(charge) = &goods.item_charge {
        put(&mut line, "goods_total_val", charge.value.as_ref());
        put(&mut line, "currency", charge.unit.as_ref());
    }
    put(&mut line, "purpose", Some(profile.purpose.as_str()));
    if let Some(dangerous) = goods.dangerous.first() {
        line.insert("is_dangerous".into(), true.into());
        put(&mut line, "un_code", dangerous.0.as_ref());
    }
    line.insert("packages".into(), goods.packages.iter().map(package).collect());
    Value::Object(line)
}

/// The wire wants a whole number; what is none cannot be sent, and stays missing.
fn line_number(line: &Scalar) -> Option<Value> {
    let number: u16 = line.as_str().trim().parse().ok()?;
    (1..=9999).contains(&number).then(|| number.into())
}

fn package(package: &Package) -> Value {
    let mut one = Map::new();
    put(&mut one, "pack_code", package.kind.as_ref());
    put(&mut one, "pack_qty", package.count.as_ref());
    Value::Object(one)
}

fn container(container: &Container, profile: &Profile) -> Value {
    let mut one = Map::new();
    put(&mut one, "cont_no", container.id.as_ref());
    put(&mut one, "seal_no", container.seals.first());
    put(&mut one, "cntnr_mode_code", profile.container_spec.as_deref());
    Value::Object(one)
}

/// Marks of all packages, each once, as far as they fit the box.
fn marks(goods: &[Goods]) -> Option<String> {
    let packages = goods.iter().flat_map(|line| &line.packages);
    let mut marks = Vec::new();
    for mark in packages.filter_map(|package| package.marks.as_ref()).map(Scalar::as_str) {
        if !marks.contains(&mark) {
            marks.push(mark);
        }
    }
    (!marks.is_empty()).then(|| marks.join("; ").chars().take(400).collect())
}

/// Sets a member, unless there is nothing to say.
fn put(members: &mut Map<String, Value>, name: &str, value: Option<impl Into<Value>>) {
    if let Some(value) = value {
        members.insert(name.to_owned(), value.into());
    }
}

#[cfg(test)]
mod tests;
