//! The declaration of e-CIQ. Its elements are the columns of the form (`docs/fields.md`), with underscores or without,
//! in any case: `Ent_Decl_No`, `ENT_DECL_NO` and `EntDeclNo` are one.
use serde_json::{Map, Value, json};

use super::{Element, Notes, Why, codes, day, fault};
use crate::{
    declaration::{
        Content,
        content::{Field, Shape},
    },
    kernel::Violations,
};

/// What the bureau assigns itself, or keeps for itself.
pub const ASSIGNED: [&str; 25] = [
    "Decl_No",
    "Insp_Org_Code",
    "Exc_Insp_Dept_Code",
    "Hs_Code_Desc",
    "Ciq_Name",
    "Insp_Type",
    "Rate",
    "Supv_Dmd",
    "Custm_Spv_Cond",
    "Cont_Cancel_Flag",
    "Fee_Handle_State",
    "Rels_State",
    "Process_Status",
    "Process_Link",
    "Situation_Code",
    "Situation_Level",
    "Cert_Cancel_Flag",
    "Falg_Archive",
    "Bill_Status",
    "Upload_Status",
    "Verify_Code",
    "Lic_Detail_Left",
    "Lic_Wrtof_Left",
    "Att_Doc_Detail_Left",
    "Att_Doc_Wrtof_Left",
];

/// Members that are days; e-CIQ writes moments.
const DAYS: [&str; 7] = [
    "decl_date",
    "desp_date",
    "gds_arvl_date",
    "cmpl_dschrg_dt",
    "counter_claim",
    "produce_date",
    "prod_valid_dt",
];

/// Members that are countries.
const COUNTRIES: [&str; 3] = ["trade_country_code", "desp_ctry_code", "ori_ctry_code"];

/// The one declaration of a message.
pub(super) fn document(root: &Element, notes: &mut Notes) -> Result<Value, Violations> {
    let body = root.child("MessageBody").unwrap_or(root);
    let mut heads = body.children.iter().filter(|one| normal(&one.name) == "itfdcliodecl");
    let Some(head) = heads.next() else {
        let en = "there is no ITF_DCL_IO_DECL in the MessageBody";
        return Err(fault(body.line, "declaration-missing", "报文中没有报检单", en));
    };
    if let Some(second) = heads.next() {
        let en = "a message holds one declaration";
        return Err(fault(second.line, "declarations-several", "一个报文只能有一份报检单", en));
    }
    let path = format!("OBORMessage/MessageBody/{}", head.name);
    let mut taken = part(head, &path, &Content::members(), notes);
    certificates(head, &mut taken);
    collected(head, &mut taken);
    Ok(Value::Object(taken))
}

/// The name of an element or column, however it is written.
fn normal(name: &str) -> String {
    name.chars().filter(|letter| *letter != '_').collect::<String>().to_ascii_lowercase()
}

/// Whether an element is the column of a field, or has its name.
fn is_field(element: &str, field: &Field) -> bool {
    element == normal(field.name) || (!field.column.is_empty() && element == normal(field.column))
}

fn part(
    element: &Element,
    path: &str,
    members: &[(Field, Shape)],
    notes: &mut Notes,
) -> Map<String, Value> {
    let mut taken = Map::new();
    for child in &element.children {
        let here = format!("{path}/{}", child.name);
        if !take(child, &here, members, &mut taken, notes) {
            let name = normal(&child.name);
            let is_assigned = ASSIGNED.iter().any(|column| normal(column) == name);
            // These have no member of their own, and are read below.
            let is_read =
                ["appori", "applori", "applcopyquan", "attacollectcode"].contains(&&*name);
            if !is_read {
                notes.note_all(
                    &here,
                    child,
                    if is_assigned { Why::AssignedHere } else { Why::NotCarried },
                );
            }
        }
    }
    taken
}

/// Takes one element, if there is a place for it.
fn take(
    child: &Element,
    path: &str,
    members: &[(Field, Shape)],
    taken: &mut Map<String, Value>,
    notes: &mut Notes,
) -> bool {
    let name = normal(&child.name);
    for (field, shape) in members {
        match shape {
            Shape::Part(inner) => {
                for (own, _) in inner() {
                    // `Consignee_*` and `*_Code` are `Consignee_Code`.
                    let column = if field.column.is_empty() {
                        format!("{}_{}", field.name, own.name)
                    } else {
                        field.column.replace('*', own.column.trim_start_matches("*_"))
                    };
                    if normal(&column) == name {
                        let Some(value) = value(child, path, &own, Shape::Text, notes) else {
                            return true;
                        };
                        let part = taken.entry(field.name).or_insert_with(|| json!({}));
                        part[own.name] = flag_of(&own, value);
                        return true;
                    }
                }
            }
            Shape::List(inner) if field.name == "containers" && is_field(&name, field) => {
                containers(child, path, &inner(), taken, notes);
                return true;
            }
            Shape::List(inner) if field.name != "certificates" && is_field(&name, field) => {
                let item = part(child, path, &inner(), notes);
                push(taken, field.name, Value::Object(item));
                return true;
            }
            Shape::List(_) if field.name == "certificates" && is_field(&name, field) => {
                return true;
            }
            Shape::Labels if is_field(&name, field) => {
                let said: Vec<String> = if child.children.is_empty() {
                    separated(&child.text)
                } else {
                    child
                        .children
                        .iter()
                        .filter(|one| is_number(one))
                        .map(|one| one.text.trim().to_owned())
                        .collect()
                };
                for label in said {
                    push(taken, field.name, json!(label));
                }
                return true;
            }
            Shape::Text | Shape::Flag | Shape::Whole if is_field(&name, field) => {
                if taken.contains_key(field.name) {
                    notes.note(path, child, Why::SaidTwice);
                } else if let Some(value) = value(child, path, field, *shape, notes) {
                    taken.insert(field.name.to_owned(), value);
                }
                return true;
            }
            _ => {}
        }
    }
    false
}

/// Of a wood packaging's yes and no, which stand in a part.
fn flag_of(field: &Field, value: Value) -> Value {
    let is_flag = ["has_wood", "is_coniferous"].contains(&field.name);
    match value.as_str().and_then(flag).filter(|_| is_flag) {
        Some(flag) => json!(flag),
        None => value,
    }
}

/// The number of a container, by whatever name.
fn is_number(element: &Element) -> bool {
    ["contno", "cntnrno", "containerno"].contains(&&*normal(&element.name))
}

fn push(taken: &mut Map<String, Value>, list: &str, item: Value) {
    let items = taken.entry(list).or_insert_with(|| json!([]));
    if let Some(items) = items.as_array_mut() {
        items.push(item);
    }
}

/// What an element says, where it says anything.
fn value(
    element: &Element,
    path: &str,
    field: &Field,
    shape: Shape,
    notes: &mut Notes,
) -> Option<Value> {
    let text = element.text.trim();
    if text.is_empty() {
        return None;
    }
    match shape {
        Shape::Flag => {
            let said = flag(text);
            if said.is_none() {
                notes.note(path, element, Why::FlagUnknown);
            }
            // The column says that the goods are not dangerous.
            said.map(|said| json!(if field.name == "is_dangerous" { !said } else { said }))
        }
        Shape::Whole => {
            Some(text.parse::<u64>().map_or_else(|_| json!(text), |number| json!(number)))
        }
        _ if DAYS.contains(&field.name) => Some(json!(day(text))),
        _ if COUNTRIES.contains(&field.name) => {
            Some(coded(codes::country(text), text, path, element, notes))
        }
        _ if field.name == "currency" => {
            Some(coded(codes::currency(text), text, path, element, notes))
        }
        _ => Some(json!(text)),
    }
}

fn coded(
    ours: Option<&str>,
    theirs: &str,
    path: &str,
    element: &Element,
    notes: &mut Notes,
) -> Value {
    if ours.is_none() {
        notes.note(path, element, Why::CodeUnmapped);
    }
    json!(ours.unwrap_or(theirs))
}

fn flag(text: &str) -> Option<bool> {
    match text.to_ascii_uppercase().as_str() {
        "1" | "Y" | "TRUE" => Some(true),
        "0" | "N" | "FALSE" => Some(false),
        _ => None,
    }
}

/// Codes in one column: with commas, semicolons or bars between them.
fn separated(text: &str) -> Vec<String> {
    let parts = text.split([',', ';', '|', '，']).map(str::trim);
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

/// A group of one size and type, with the numbers of its containers below.
fn containers(
    group: &Element,
    path: &str,
    members: &[(Field, Shape)],
    taken: &mut Map<String, Value>,
    notes: &mut Notes,
) {
    let is_detail = |one: &&Element| normal(&one.name) == "itfdcliodeclcontdetail";
    let details: Vec<_> = group.children.iter().filter(is_detail).collect();
    let mut own = group.clone();
    own.children.retain(|one| normal(&one.name) != "itfdcliodeclcontdetail");
    // How many there are, the details tell.
    own.children.retain(|one| details.is_empty() || normal(&one.name) != "contqty");
    let shared = part(&named(&own), path, members, notes);
    if details.is_empty() {
        push(taken, "containers", Value::Object(shared));
        return;
    }
    for detail in details {
        let path = format!("{path}/{}", detail.name);
        let mut one = shared.clone();
        one.extend(part(&named(detail), &path, members, notes));
        push(taken, "containers", Value::Object(one));
    }
}

/// The same with the number of the container under its own name.
fn named(element: &Element) -> Element {
    let mut element = element.clone();
    for child in &mut element.children {
        if is_number(child) {
            "Cont_No".clone_into(&mut child.name);
        }
    }
    element
}

/// Certificates asked for: codes, originals and copies in columns side by side.
fn certificates(head: &Element, taken: &mut Map<String, Value>) {
    let column = |name: &str| {
        let found = head.children.iter().find(|child| normal(&child.name) == name);
        found.map(|child| separated(&child.text)).unwrap_or_default()
    };
    let (codes, originals, copies) =
        (column("appcertcode"), column("applori"), column("applcopyquan"));
    for (at, code) in codes.into_iter().enumerate() {
        let mut one = json!({ "app_cert_code": code });
        for (name, counts) in [("appl_ori", &originals), ("appl_copy_quan", &copies)] {
            if let Some(count) = counts.get(at).filter(|count| *count != "0") {
                one[name] = json!(count);
            }
        }
        push(taken, "certificates", one);
    }
}

/// Attachments that are named by their kind alone, where no element tells more of them.
fn collected(head: &Element, taken: &mut Map<String, Value>) {
    let found = head.children.iter().find(|child| normal(&child.name) == "attacollectcode");
    for code in found.map(|child| separated(&child.text)).unwrap_or_default() {
        let known = taken.get("attachments").and_then(Value::as_array);
        let is_known =
            known.is_some_and(|all| all.iter().any(|one| one["att_doc_type_code"] == code));
        if !is_known {
            push(taken, "attachments", json!({ "att_doc_type_code": code }));
        }
    }
}
