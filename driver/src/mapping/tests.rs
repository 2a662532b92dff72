use std::collections::BTreeSet;

use proptest::{prelude::*, sample::Index};

use super::*;

const FILE: &str = include_str!("../../fixtures/consignments.jsonl");

fn occasion() -> Occasion {
    Occasion { run: 12, line: 3, today: "2014-05-12".parse().unwrap() }
}

fn profile() -> Profile {
    Profile::parse(DEFAULT_PROFILE).unwrap()
}

fn line(number: usize) -> &'static str {
    FILE.lines().nth(number - 1).unwrap()
}

fn declared(line: &str) -> Value {
    match read(line.as_bytes()) {
        Line::Import { consignment, .. } => declare(&consignment, &profile(), occasion()),
        other => panic!("{other:?}"),
    }
}

#[test]
fn the_facts_of_the_goods_are_the_given_ones() {
    let document = declared(line(1));
    assert_eq!(
        document["goods"],
        json!([{ "goods_no": 1, "hs_code": "8413702100", "ename": "Centrifugal pumps",
            "ori_ctry_code": "NO", "qty": "12", "weight": "540.5", "wt_meas_unit": "035",
            "goods_total_val": "48200.00", "currency": "EUR", "purpose": "99",
            "packages": [{ "pack_code": "CS", "pack_qty": "12" }] }])
    );
    assert_eq!(
        document["containers"],
        json!([{ "cont_no": "CSQU3054383", "seal_no": "S1", "cntnr_mode_code": "211" }])
    );
    assert_eq!(document["mark_no"], "FP/1-12");
    assert_eq!(document["desp_ctry_code"], "NO");
    assert_eq!(
        document["consignor"],
        json!({ "ename": "Fjord Pumper AS", "addr": "Havnegata 4, Bergen, NO" })
    );
}

#[test]
fn what_the_erp_knows_comes_from_the_profile_and_the_run() {
    let document = declared(line(1));
    assert_eq!(document["ent_decl_no"], "R12-3-SAMPLEPUMPS1");
    assert_eq!(document["delivery_order"], "R12-3");
    assert_eq!(document["decl_reg_no"], "3100608901");
    assert_eq!(document["decl_date"], "2014-05-12");
    assert_eq!(document["convynce_name"], "NORDLYS");
    assert_eq!(
        document["attachments"],
        json!([{ "att_doc_type_code": "101001", "att_doc_no": "HT-12-3" },
            { "att_doc_type_code": "101005", "att_doc_no": "BL-12-3" },
            { "att_doc_type_code": "101002", "att_doc_no": "INV-77" }])
    );
}

#[test]
fn dirt_is_passed_on_and_marks_are_told_once() {
    let document = declared(line(2));
    let paint = &document["goods"][1];
    assert_eq!((&paint["goods_total_val"], &paint["currency"]), (&json!("1e3"), &json!("XQQ")));
    assert_eq!((&paint["qty_meas_unit"], &paint["un_code"]), (&json!("095"), &json!("1263")));
    assert_eq!(paint["packages"][0]["pack_code"], "ZZ");
    assert_eq!(document["mark_no"], "ODS");
    assert_eq!(document["desp_ctry_code"], "GB", "the profile's: the file names none");
    assert_eq!(document["trade_country_code"], "AR");
}

#[test]
fn what_is_missing_stays_missing() {
    let document = declared(line(4));
    assert_eq!(
        document["goods"][0],
        json!({ "goods_no": 1, "ename": "Books", "purpose": "99", "packages": [] })
    );
    assert!(document["goods"][1].get("goods_no").is_none());
    for member in ["consignor", "mark_no", "trans_mode_code"] {
        assert!(document.get(member).is_none(), "{member}");
    }
    assert_eq!(declared(line(5))["ent_decl_no"], "R12-3");
}

#[test]
fn only_imports_are_for_us_and_what_cannot_be_read_is_said() {
    assert!(matches!(read(line(3).as_bytes()), Line::NotForUs { kind } if kind == "EXA"));
    assert!(matches!(read(b" \r"), Line::Blank));
    for bad in [
        &b"{"[..],
        b"[]",
        b"{}",
        b"{\"type\":null}",
        b"{\"type\":\"IMA\",\"goods\":{}}",
        b"{\"type\":\"IMA\",\"goods\":[{\"net_mass_kg\":[1]}]}",
        b"{\"type\":\"IMA\",\"reference\":\"\xff\"}",
    ] {
        assert!(matches!(read(bad), Line::Unreadable { .. }), "{}", String::from_utf8_lossy(bad));
    }
}

#[test]
fn numbers_are_read_as_the_texts_they_are() {
    let document = declared(
        r#"{"type":"IMA","goods":[{"line":1,"net_mass_kg":1e400,"item_charge":{"value":0.10,"unit":978}}]}"#,
    );
    let goods = &document["goods"][0];
    assert_eq!((&goods["goods_no"], &goods["weight"]), (&json!(1), &json!("1e400")));
    assert_eq!((&goods["goods_total_val"], &goods["currency"]), (&json!("0.10"), &json!("978")));
}

/// All texts and numbers of a document.
fn scalars(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => _ = into.insert(text.clone()),
        Value::Number(number) => _ = into.insert(number.to_string()),
        Value::Array(items) => items.iter().for_each(|item| scalars(item, into)),
        Value::Object(members) => members.values().for_each(|item| scalars(item, into)),
        Value::Null | Value::Bool(_) => {}
    }
}

/// Every place in a document, as a JSON Pointer.
fn places(value: &Value, here: &str, into: &mut Vec<String>) {
    into.push(here.to_owned());
    match value {
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                places(item, &format!("{here}/{index}"), into);
            }
        }
        Value::Object(members) => {
            for (name, item) in members {
                places(item, &format!("{here}/{name}"), into);
            }
        }
        _ => {}
    }
}

fn odd_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        Just(Value::Null),
        Just(json!([])),
        Just(json!({})),
        Just(json!([null, [1], {}])),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[0-9]{0,60}(\\.[0-9]{0,20})?".prop_map(Value::from),
        "[A-Z]{1,4}".prop_map(Value::from),
        "\\PC{300,500}".prop_map(Value::from),
    ]
}

fn mutated() -> impl Strategy<Value = Value> {
    let line = prop::sample::select(FILE.lines().collect::<Vec<_>>());
    let changes = prop::collection::vec((any::<Index>(), prop::option::of(odd_value())), 0..6);
    (line, changes).prop_map(|(line, changes)| {
        let mut document: Value = serde_json::from_str(line).unwrap();
        for (index, change) in changes {
            let mut all = Vec::new();
            places(&document, "", &mut all);
            let place = index.get(&all).clone();
            let (parent, name) = place.rsplit_once('/').unwrap_or(("", ""));
            match (change, document.pointer_mut(parent)) {
                (None, Some(Value::Object(members))) => _ = members.remove(name),
                (Some(value), Some(_)) => {
                    if let Some(target) = document.pointer_mut(&place) {
                        *target = value;
                    }
                }
                _ => {}
            }
        }
        document
    })
}

/// The translations that the mapping makes; all else is passed on letter for letter.
fn is_told(member: &str, value: &str, given: &BTreeSet<String>) -> bool {
    let has = |value: &str| given.contains(value);
    let translated = |f: fn(&str) -> String| given.iter().any(|one| f(one) == value);
    match member {
        "hs_code" => (0..=value.len()).any(|at| {
            let Some((tsp, rest)) = value.split_at_checked(at) else { return false };
            (0..=rest.len()).any(|cut| {
                rest.split_at_checked(cut).is_some_and(|(trc, zeros)| {
                    has(tsp) && (trc.is_empty() || has(trc)) && zeros.bytes().all(|b| b == b'0')
                })
            })
        }),
        "goods_no" => {
            given.iter().any(|one| one.trim().parse::<u16>().is_ok_and(|n| n.to_string() == value))
        }
        "qty_meas_unit" => translated(codes::unit),
        "wt_meas_unit" => value == codes::KILOGRAM,
        "purpose" => value == profile().purpose,
        "cntnr_mode_code" => profile().container_spec.is_some_and(|spec| spec == value),
        _ => has(value),
    }
}

fn untold(value: &Value, member: &str, given: &BTreeSet<String>) -> Option<String> {
    match value {
        Value::Array(items) => items.iter().find_map(|item| untold(item, member, given)),
        Value::Object(members) => members.iter().find_map(|(name, item)| untold(item, name, given)),
        Value::String(text) => (!is_told(member, text, given)).then(|| format!("{member}: {text}")),
        Value::Number(number) => {
            (!is_told(member, &number.to_string(), given)).then(|| format!("{member}: {number}"))
        }
        Value::Null | Value::Bool(_) => None,
    }
}

proptest! {
    /// Whatever is done to a line, reading ends, and no fact of goods or containers comes from anywhere but the
    /// line itself.
    #[test]
    fn no_fact_of_the_goods_is_invented(document in mutated()) {
        let text = document.to_string();
        if let Line::Import { consignment, .. } = read(text.as_bytes()) {
            let declaration = declare(&consignment, &profile(), occasion());
            let mut given = BTreeSet::new();
            scalars(&document, &mut given);
            for part in ["goods", "containers"] {
                prop_assert_eq!(untold(&declaration[part], part, &given), None);
            }
        }
    }

    /// What is sent is always a document that the server can read: identified, of the right types.
    #[test]
    fn every_declaration_is_identified(document in mutated()) {
        if let Line::Import { consignment, .. } = read(document.to_string().as_bytes()) {
            let declaration = declare(&consignment, &profile(), occasion());
            let reference = declaration["ent_decl_no"].as_str().unwrap();
            prop_assert!(reference.starts_with("R12-3") && reference.chars().count() <= 40);
            for member in ["apl_kind", "decl_code", "decl_org", "decl_reg_no", "bill_lad_no"] {
                prop_assert!(declaration[member].is_string());
            }
            prop_assert!(declaration["goods"].is_array());
        }
    }

    /// Bytes at random end too.
    #[test]
    fn bytes_at_random_are_read_to_their_end(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = read(&bytes);
    }

    /// So does a line that was cut off.
    #[test]
    fn a_line_cut_off_anywhere_is_unreadable(at in any::<Index>()) {
        let whole = line(1).as_bytes();
        let part = &whole[..at.index(whole.len())];
        let is_refused = matches!(read(part), Line::Unreadable { .. } | Line::Blank);
        prop_assert!(is_refused);
    }
}
