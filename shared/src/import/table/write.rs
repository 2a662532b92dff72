//! From declarations to rows: the template, and what the reader of it is tested with.
use std::borrow::Cow;

use serde_json::Value;

use super::{Column, columns, columns::Home};
use crate::declaration::examples;

/// The rows of a template: the names of the columns, what they mean in Chinese, and an example of each kind.
#[must_use]
pub fn template() -> Vec<Vec<String>> {
    let columns = columns();
    let names = columns.iter().map(Column::name).collect();
    let mut meanings: Vec<_> = columns.iter().map(|column| column.field.zh.to_owned()).collect();
    if let Some(first) = meanings.first_mut() {
        first.insert(0, '#');
    }
    let mut rows = vec![names, meanings];
    for example in [examples::self_declaration(), examples::wine(), examples::down()] {
        rows.extend(rows_of(&columns, &example));
    }
    rows
}

/// The rows of one declaration: as many as its longest list, counting items within items.
#[must_use]
pub fn rows_of(columns: &[Column], document: &Value) -> Vec<Vec<String>> {
    let mut rows: Vec<Vec<String>> = Vec::new();
    let mut put = |row: usize, column: usize, text: String| {
        while rows.len() <= row {
            rows.push(vec![String::new(); columns.len()]);
        }
        rows[row][column] = text;
    };
    for (place, column) in columns.iter().enumerate() {
        let own = column.field.name;
        match column.home {
            Home::Head => put(0, place, text(&document[own])),
            Home::Part(part) => put(0, place, text(&document[part][own])),
            Home::Item(list) => {
                for (row, item) in begins(&document[list]) {
                    put(row, place, text(&item[own]));
                }
            }
            Home::Inner(list, inner) => {
                for (row, item) in begins(&document[list]) {
                    for (further, part) in items(&item[inner]).iter().enumerate() {
                        put(row + further, place, text(&part[own]));
                    }
                }
            }
        }
    }
    // Each row says whose it is.
    let reference = text(&document["ent_decl_no"]);
    let is_reference = |column: &Column| column.name() == "ent_decl_no";
    if let Some(place) = columns.iter().position(is_reference) {
        for row in &mut rows {
            row[place].clone_from(&reference);
        }
    }
    rows
}

fn items(list: &Value) -> &[Value] {
    list.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// Each item of a list with the row on which it begins: below what stands within the one before.
fn begins(list: &Value) -> Vec<(usize, &Value)> {
    let mut row = 0;
    let mut found = Vec::new();
    for item in items(list) {
        found.push((row, item));
        let within = item.as_object().into_iter().flatten().map(|(_, value)| match value {
            Value::Array(parts) if parts.iter().any(Value::is_object) => parts.len(),
            _ => 1,
        });
        row += within.max().unwrap_or(1);
    }
    found
}

fn text(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        Value::Array(labels) => {
            let labels: Vec<_> = labels.iter().filter_map(Value::as_str).collect();
            labels.join(";")
        }
        other => other.to_string(),
    }
}

/// What a spreadsheet takes for the beginning of a formula; signs as wide as a Chinese character are such too.
pub(super) fn is_formula(first: char) -> bool {
    "=+-@\t\r\n＝＋－＠".contains(first)
}

/// Text that no spreadsheet takes for a formula.
#[must_use]
pub fn harmless(text: &str) -> Cow<'_, str> {
    if text.starts_with(is_formula) { Cow::Owned(format!("'{text}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;
    use crate::{
        declaration::parse,
        import::table::{Row, read, read_csv},
    };

    fn read_back(rows: Vec<Vec<String>>) -> Vec<crate::import::Item> {
        let rows = (1..).zip(rows).map(|(line, cells)| Row { line, cells });
        read::items(rows.collect()).unwrap()
    }

    fn csv(rows: &[Vec<String>]) -> String {
        let mut writer = csv::Writer::from_writer(Vec::new());
        for row in rows {
            writer.write_record(row.iter().map(|cell| harmless(cell).into_owned())).unwrap();
        }
        String::from_utf8(writer.into_inner().unwrap()).unwrap()
    }

    #[test]
    fn the_template_is_read_as_the_examples_that_it_holds() {
        let rows = template();
        let items = read_csv(&csv(&rows)).unwrap();

        let wanted = [examples::self_declaration(), examples::wine(), examples::down()];
        assert_eq!(items.len(), wanted.len());
        for (item, wanted) in items.iter().zip(&wanted) {
            let wanted = parse::from_value(wanted).unwrap();
            assert_eq!(item.content.as_deref(), Some(&*wanted.text));
            assert!(item.faults.is_empty());
        }
        assert_eq!(items[0].line, 3, "below names and meanings");
    }

    #[test]
    fn the_head_repeated_on_every_row_says_nothing_new() {
        let columns = columns();
        let mut rows = rows_of(&columns, &examples::wine());
        let first = rows[0].clone();
        for row in &mut rows {
            for (place, column) in columns.iter().enumerate() {
                if matches!(column.home, Home::Head | Home::Part(_))
                    || column.name().starts_with("containers.")
                {
                    row[place].clone_from(&first[place]);
                }
            }
        }
        rows.insert(0, columns.iter().map(Column::name).collect());

        let items = read_back(rows);

        let wanted = parse::from_value(&examples::wine()).unwrap();
        assert_eq!(items[0].content.as_deref(), Some(&*wanted.text));
    }

    #[test]
    fn a_row_that_says_otherwise_than_the_row_before_is_told() {
        let head = ["ent_decl_no", "mark_no", "goods.goods_no"].map(str::to_owned).to_vec();
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let rows = vec![head, row(["A", "N/M", "1"]), row(["A", "other", "2"]), row(["", "", "x"])];

        let items = read_back(rows);

        assert_eq!(items.len(), 1);
        let told: Vec<_> = items[0].faults.iter().map(|one| (&*one.code, &*one.pointer)).collect();
        assert!(told.contains(&("cell-disagrees", "/mark_no")), "{told:?}");
        assert!(told.contains(&("json-wrong-type", "/goods/2/goods_no")), "{told:?}");
        let line = crate::import::Item::line_of(&items[0].places, 2, "/goods/2/goods_no");
        assert_eq!(line, 4);
    }

    #[test]
    fn all_that_is_wrong_with_the_names_of_columns_is_told_at_once() {
        let told = read_csv("mark_no,colour,mark_no\nx,y,z\n").unwrap_err();

        let codes: Vec<_> = told.iter().map(|one| one.code.as_str()).collect();
        assert_eq!(codes, ["column-unknown", "column-repeated", "column-missing"]);
    }

    proptest! {
        /// Whatever stands in the texts of an example, its rows say the same declaration.
        #[test]
        fn rows_say_what_the_declaration_said(
            mark in "[^\\x00]{0,30}", place in "\\PC{0,30}", spec in "[=+@;',\"a报\\-]{0,12}", count in 1..6_u16,
        ) {
            let mut document = examples::wine();
            document["mark_no"] = json!(mark.trim());
            document["goods_place"] = json!(place);
            let line = document["goods"][0].clone();
            let goods = (1..=count).map(|number| {
                let mut line = line.clone();
                line["goods_no"] = json!(number);
                line["spec"] = json!(spec);
                line
            });
            document["goods"] = goods.collect();
            // An apostrophe before a sign belongs to the spreadsheet.
            let is_kept = |text: &str| plain_is_kept(text.trim());
            prop_assume!([&*mark, &*place, &*spec].into_iter().all(is_kept));
            let columns = columns();
            let mut rows = vec![columns.iter().map(Column::name).collect()];
            rows.extend(rows_of(&columns, &document));

            let items = read_csv(&csv(&rows)).unwrap();

            let wanted = parse::from_value(&document).unwrap();
            prop_assert_eq!(items.len(), 1);
            prop_assert_eq!(items[0].content.as_deref(), Some(&*wanted.text));
        }

        #[test]
        fn no_text_whatever_makes_reading_a_table_panic(text in "[ent_decl_no,;\\n\"a-z报0-9]{0,200}") {
            let _ = read_csv(&text);
        }
    }

    fn plain_is_kept(text: &str) -> bool {
        !text.strip_prefix('\'').is_some_and(|rest| rest.starts_with(is_formula))
    }
}
