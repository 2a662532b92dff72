//! From rows to declarations.
use std::{collections::HashMap, mem};

use serde_json::{Map, Value, json};

use super::{
    Column, MOST_ITEMS, MOST_ROWS, Row, columns,
    columns::{Home, Kind},
};
use crate::{
    import::item::{Item, Place},
    kernel::Violations,
};

/// Rows that begin so are for people.
const COMMENT: char = '#';

/// The declarations in some rows, the first of which names the columns.
pub(super) fn items(rows: Vec<Row>) -> Result<Vec<Item>, Violations> {
    let is_blank = |row: &Row| row.cells.iter().all(|cell| cell.trim().is_empty());
    let is_comment = |row: &Row| row.cells.first().is_some_and(|one| one.starts_with(COMMENT));
    let mut rows = rows.into_iter().filter(|row| !is_blank(row) && !is_comment(row));
    let Some(head) = rows.next() else {
        let mut wrong = Violations::default();
        wrong.error("/lines/1", "table-empty", "表中没有内容", "there is nothing in this table");
        return Err(wrong);
    };
    let columns = known(&head)?;
    let mut items = Vec::new();
    let mut open: Option<Open> = None;
    for row in rows {
        let reference = cell_of(&columns, &row, "ent_decl_no");
        let goes_on = |open: &Open| reference.is_empty() || reference == open.reference;
        if !open.as_ref().is_some_and(goes_on) {
            items.extend(open.take().map(Open::close));
            open = Some(Open::at(row.line, reference));
        }
        if let Some(open) = &mut open {
            open.take_row(&columns, &row);
        }
        if items.len() >= MOST_ITEMS {
            let mut wrong = Violations::default();
            let en = format!("a file holds at most {MOST_ITEMS} declarations");
            wrong.error(format!("/lines/{}", row.line), "too-many-declarations", "份数过多", en);
            return Err(wrong);
        }
    }
    items.extend(open.map(Open::close));
    if items.is_empty() {
        let mut wrong = Violations::default();
        wrong.error(
            "/lines/2",
            "table-empty",
            "表中没有报检单",
            "there is no declaration in this table",
        );
        return Err(wrong);
    }
    Ok(items)
}

pub(super) fn too_many_rows(wrong: &mut Violations) {
    let en = format!("a table has at most {MOST_ROWS} rows");
    wrong.error(format!("/lines/{MOST_ROWS}"), "too-many-rows", "行数过多", en);
}

/// The columns that the first row names, or all that is wrong with it.
fn known(head: &Row) -> Result<Vec<Option<Column>>, Violations> {
    let all: HashMap<String, Column> =
        columns().into_iter().map(|column| (column.name(), column)).collect();
    let mut wrong = Violations::default();
    let mut found = Vec::new();
    let at = format!("/lines/{}", head.line);
    for (place, name) in head.cells.iter().take(1_000).map(|name| name.trim()).enumerate() {
        let shown: String = name.chars().take(60).collect();
        if head.cells[..place].iter().any(|other| !name.is_empty() && other.trim() == name) {
            let en = format!("the column `{shown}` stands here twice");
            wrong.error(&at, "column-repeated", "列名重复", en);
        } else if !name.is_empty() && !all.contains_key(name) {
            let en = format!("there is no column `{shown}`; the template has them all");
            wrong.error(&at, "column-unknown", format!("没有名为“{shown}”的列"), en);
        }
        found.push(all.get(name).copied());
    }
    if !head.cells.iter().any(|name| name.trim() == "ent_decl_no") {
        let en = "the column `ent_decl_no` tells which rows belong together";
        wrong.error(&at, "column-missing", "缺少ent_decl_no列", en);
    }
    wrong.finish(Some(found))
}

fn cell_of(columns: &[Option<Column>], row: &Row, name: &str) -> String {
    let is_it = |column: &Option<Column>| {
        column.is_some_and(|column| column.home == Home::Head && column.field.name == name)
    };
    let place = columns.iter().position(is_it);
    place
        .and_then(|place| row.cells.get(place))
        .map(|cell| plain(cell).to_owned())
        .unwrap_or_default()
}

/// The text of a cell without the apostrophe that keeps it from being a formula.
fn plain(cell: &str) -> &str {
    let cell = cell.trim();
    match cell.strip_prefix('\'') {
        Some(rest) if rest.starts_with(super::write::is_formula) => rest,
        _ => cell,
    }
}

/// How many items are looked through for the one that is said again: more than a declaration may have.
const LOOKED_BACK: usize = 1_000;

/// What a row says of an item of a list, and of items within it.
struct Said {
    list: &'static str,
    own: Map<String, Value>,
    inners: Vec<(&'static str, Map<String, Value>)>,
}

impl Said {
    fn members(&mut self, inner: Option<&'static str>) -> &mut Map<String, Value> {
        let Some(inner) = inner else { return &mut self.own };
        let at = self.inners.iter().position(|one| one.0 == inner).unwrap_or_else(|| {
            self.inners.push((inner, Map::new()));
            self.inners.len() - 1
        });
        &mut self.inners[at].1
    }
}

/// A declaration that is being put together.
struct Open {
    reference: String,
    line: i32,
    last_line: i32,
    document: Map<String, Value>,
    places: Vec<Place>,
    faults: Violations,
}

impl Open {
    fn at(line: i32, reference: String) -> Self {
        let (document, places, faults) = (Map::new(), Vec::new(), Violations::default());
        Self { reference, line, last_line: line, document, places, faults }
    }

    fn take_row(&mut self, columns: &[Option<Column>], row: &Row) {
        self.last_line = row.line;
        let mut said: Vec<Said> = Vec::new();
        for (column, cell) in columns.iter().zip(&row.cells) {
            let (Some(column), cell) = (column, plain(cell)) else { continue };
            if cell.is_empty() {
                continue;
            }
            let value = value(column.kind, cell);
            let (list, inner) = match column.home {
                Home::Head | Home::Part(_) => {
                    self.set(column, row.line, value);
                    continue;
                }
                Home::Item(list) => (list, None),
                Home::Inner(list, inner) => (list, Some(inner)),
            };
            let at = said.iter().position(|one| one.list == list).unwrap_or_else(|| {
                said.push(Said { list, own: Map::new(), inners: Vec::new() });
                said.len() - 1
            });
            said[at].members(inner).insert(column.field.name.to_owned(), value);
        }
        for said in said {
            self.add(said, row.line);
        }
    }

    /// A member of the head, said once or always alike.
    fn set(&mut self, column: &Column, line: i32, value: Value) {
        let (members, pointer) = match column.home {
            Home::Part(part) => {
                let part_of = self.document.entry(part).or_insert_with(|| json!({}));
                (part_of.as_object_mut(), format!("/{part}/{}", column.field.name))
            }
            _ => (Some(&mut self.document), format!("/{}", column.field.name)),
        };
        let Some(members) = members else { return };
        match members.get(column.field.name) {
            None => {
                members.insert(column.field.name.to_owned(), value);
                if line != self.line {
                    self.places.push(Place { pointer, line });
                }
            }
            Some(before) if *before != value => {
                let en = format!("line {line} says otherwise than the lines before it");
                let zh = format!("第{line}行与前面各行不一致");
                self.faults.error(pointer, "cell-disagrees", zh, en);
            }
            Some(_) => {}
        }
    }

    /// An item of a list, with what stands within; the same item again is the one that is there.
    fn add(&mut self, Said { list, own, inners }: Said, line: i32) {
        let items = self.document.entry(list).or_insert_with(|| json!([]));
        let Some(items) = items.as_array_mut() else { return };
        let is_same = |item: &Value| own.iter().all(|(name, value)| item.get(name) == Some(value));
        let has_no_more = |item: &Value| {
            let members = item.as_object().into_iter().flatten();
            members.filter(|(_, value)| !holds_items(value)).count() == own.len()
        };
        let known = if own.is_empty() {
            items.len().checked_sub(1)
        } else {
            let latest = items.iter().enumerate().rev().take(LOOKED_BACK);
            let mut latest = latest.filter(|(_, item)| is_same(item) && has_no_more(item));
            latest.next().map(|(at, _)| at)
        };
        let at = known.unwrap_or_else(|| {
            items.push(Value::Object(own));
            self.places.push(Place { pointer: format!("/{list}/{}", items.len() - 1), line });
            items.len() - 1
        });
        for (inner, members) in inners {
            let Some(item) = items[at].as_object_mut() else { continue };
            let within = item.entry(inner).or_insert_with(|| json!([]));
            let Some(within) = within.as_array_mut() else { continue };
            let members = Value::Object(members);
            if !within.contains(&members) {
                within.push(members);
                let pointer = format!("/{list}/{at}/{inner}/{}", within.len() - 1);
                self.places.push(Place { pointer, line });
            }
        }
    }

    fn close(mut self) -> Item {
        let document = Value::Object(mem::take(&mut self.document));
        Item::of(&document, (self.line, self.last_line), self.places, self.faults)
    }
}

/// A list of parts, not of texts.
fn holds_items(value: &Value) -> bool {
    value.as_array().is_some_and(|items| items.iter().any(Value::is_object))
}

/// What a cell says. What it should have said instead, reading the declaration tells.
fn value(kind: Kind, cell: &str) -> Value {
    match kind {
        Kind::Text => json!(cell),
        Kind::Flag => match cell.to_ascii_lowercase().as_str() {
            "true" | "1" | "y" | "yes" | "是" => json!(true),
            "false" | "0" | "n" | "no" | "否" => json!(false),
            _ => json!(cell),
        },
        Kind::Whole => cell.parse::<u64>().map_or_else(|_| json!(cell), |number| json!(number)),
        Kind::Labels => {
            let labels = cell.split([';', '；']).map(str::trim).filter(|one| !one.is_empty());
            labels.map(|one| json!(one)).collect()
        }
    }
}
