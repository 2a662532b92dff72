//! Reference tables on the wire. Values stand as text, as in the CSV that is imported.
use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;
use serde_json::{Value, json};
use shared::reference::{Change, Column, Counts, Diff, Layout, Listed, Row};
use utoipa::ToSchema;
use uuid::Uuid;

/// Changes shown one by one; the counts speak of all.
const SHOWN: usize = 200;

/// One column of a reference table.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReferenceColumnOut {
    /// Its name in the first line of a file.
    #[schema(max_length = 40)]
    pub name: &'static str,
    /// What it means.
    #[schema(max_length = 300)]
    pub about: &'static str,
    /// What may stand in it, in Chinese.
    #[schema(max_length = 300)]
    pub form_zh: String,
    /// What may stand in it, in English.
    #[schema(max_length = 300)]
    pub form_en: String,
    /// May it stay empty?
    pub is_optional: bool,
}

impl From<&Column> for ReferenceColumnOut {
    fn from(column: &Column) -> Self {
        let form = (column.form)();
        Self {
            name: column.name,
            about: column.about.trim(),
            form_zh: form.zh,
            form_en: form.en,
            is_optional: column.is_optional,
        }
    }
}

/// One reference table.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReferenceBookOut {
    /// Its name in paths.
    #[schema(max_length = 40)]
    pub book: &'static str,
    /// What it holds.
    #[schema(max_length = 300)]
    pub about: &'static str,
    /// The columns that name a row; of those rows one holds on a day.
    #[schema(max_items = 4)]
    pub key: Vec<ColumnName>,
    /// All its columns, without `valid_from` and `valid_to`.
    #[schema(max_items = 40)]
    pub columns: Vec<ReferenceColumnOut>,
}

/// The name of a column.
#[derive(Debug, Serialize, ToSchema)]
#[schema(max_length = 40)]
pub struct ColumnName(pub &'static str);

impl From<&Layout> for ReferenceBookOut {
    fn from(layout: &Layout) -> Self {
        Self {
            book: layout.book,
            about: layout.about.trim(),
            key: layout.key.iter().copied().map(ColumnName).collect(),
            columns: layout.columns.iter().map(ReferenceColumnOut::from).collect(),
        }
    }
}

/// All reference tables.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReferenceBookPage {
    /// The tables, in the order of the documentation.
    #[schema(max_items = 100)]
    pub data: Vec<ReferenceBookOut>,
    /// Always null: they fit one page.
    pub next_cursor: Option<Uuid>,
    /// Always false.
    pub has_more: bool,
}

/// A value as it stands in a file.
#[derive(Debug, Serialize, ToSchema)]
#[schema(max_length = 200)]
pub struct CellText(pub String);

/// A CSV file in UTF-8; its first line names the columns.
#[derive(Debug, ToSchema)]
#[schema(max_length = 5_242_880)]
pub struct CsvFile(pub String);

/// The values of a row by column; empty ones are left out.
fn values(row: &Row) -> BTreeMap<String, CellText> {
    let text = |value: Value| CellText(value.as_str().unwrap_or_default().to_owned());
    row.data().into_iter().map(|(column, value)| (column, text(value))).collect()
}

/// One row of a reference table.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReferenceRowOut {
    /// Good for turning the page.
    pub id: Uuid,
    /// The values of the key columns with a colon between them.
    #[schema(max_length = 200)]
    pub key: String,
    /// The first day on which it holds.
    pub valid_from: NaiveDate,
    /// The last day on which it holds; null where no end is known.
    pub valid_to: Option<NaiveDate>,
    /// Its values by column; empty ones are left out.
    pub data: BTreeMap<String, CellText>,
}

impl From<Listed> for ReferenceRowOut {
    fn from(listed: Listed) -> Self {
        let data = values(&listed.row);
        let Row { key, validity, .. } = listed.row;
        Self { id: listed.id, key, valid_from: validity.from, valid_to: validity.to, data }
    }
}

/// A page of a reference table.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReferenceRowPage {
    /// Rows by key and first day.
    #[schema(max_items = 200)]
    pub data: Vec<ReferenceRowOut>,
    /// Pass it as `cursor` to read on.
    pub next_cursor: Option<Uuid>,
    /// Whether there is another page.
    pub has_more: bool,
}

/// What happens to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
pub enum ReferenceChangeKind {
    /// It begins on a day on which none of its key began.
    Added,
    /// It gets other values, or a later end.
    Changed,
    /// It ends earlier.
    Ended,
    /// Others hold on all its days.
    Removed,
}

/// A row before or after an import.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReferenceStateOut {
    /// The last day on which it holds; null where no end is known.
    pub valid_to: Option<NaiveDate>,
    /// Its values by column; empty ones are left out.
    pub data: BTreeMap<String, CellText>,
}

impl From<&Row> for ReferenceStateOut {
    fn from(row: &Row) -> Self {
        Self { valid_to: row.validity.to, data: values(row) }
    }
}

/// One change of an import.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReferenceChangeOut {
    /// What happens to the row.
    pub kind: ReferenceChangeKind,
    /// The values of the key columns with a colon between them.
    #[schema(max_length = 200)]
    pub key: String,
    /// The first day on which it holds.
    pub valid_from: NaiveDate,
    /// The row as it was; null where it is new.
    pub before: Option<ReferenceStateOut>,
    /// The row as it is after the import; null where it goes.
    pub after: Option<ReferenceStateOut>,
}

impl From<&Change> for ReferenceChangeOut {
    fn from(change: &Change) -> Self {
        let (kind, before, after, row) = match change {
            Change::Added(row) => (ReferenceChangeKind::Added, None, Some(row), row),
            Change::Changed { before, after } => {
                (ReferenceChangeKind::Changed, Some(before), Some(after), after)
            }
            Change::Ended { before, after } => {
                (ReferenceChangeKind::Ended, Some(before), Some(after), after)
            }
            Change::Removed(row) => (ReferenceChangeKind::Removed, Some(row), None, row),
        };
        Self {
            kind,
            key: row.key.clone(),
            valid_from: row.validity.from,
            before: before.map(ReferenceStateOut::from),
            after: after.map(ReferenceStateOut::from),
        }
    }
}

/// What an import changed, or would change.
#[derive(Debug, Serialize, ToSchema)]
pub struct ReferenceImportOut {
    /// The table.
    #[schema(max_length = 40)]
    pub book: String,
    /// Was it only tried?
    pub dry_run: bool,
    /// How much it changes.
    pub counts: Counts,
    /// The first 200 changes, by key and first day.
    #[schema(max_items = 200)]
    pub changes: Vec<ReferenceChangeOut>,
    /// Are there more than those?
    pub has_more_changes: bool,
}

impl ReferenceImportOut {
    #[must_use]
    pub fn new(book: &str, dry_run: bool, diff: &Diff) -> Self {
        Self {
            book: book.to_owned(),
            dry_run,
            counts: diff.counts(),
            changes: diff.changes.iter().take(SHOWN).map(ReferenceChangeOut::from).collect(),
            has_more_changes: diff.changes.len() > SHOWN,
        }
    }
}

/// What the documentation shows of the tables there are.
#[must_use]
pub fn example_books() -> Value {
    json!({
        "data": [{
            "book": "exchange_rates",
            "about": "Exchange rates. A rate serves on its days, and for a few days after its last (domain R5).",
            "key": ["currency"],
            "columns": [
                { "name": "currency", "about": "ISO 4217.", "form_zh": "3位大写字母",
                  "form_en": "3 capital letters", "is_optional": false }
            ]
        }],
        "next_cursor": null, "has_more": false
    })
}

/// What the documentation shows of a table.
#[must_use]
pub fn example_rows() -> Value {
    json!({
        "data": [{
            "id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c60", "key": "USD", "valid_from": "2014-06-01",
            "valid_to": null, "data": { "currency": "USD", "cny_per_unit": "6.17" }
        }],
        "next_cursor": null, "has_more": false
    })
}

/// What the documentation shows of an import.
#[must_use]
pub fn example_import() -> Value {
    json!({
        "book": "exchange_rates", "dry_run": true,
        "counts": { "added": 1, "changed": 0, "ended": 1, "removed": 0, "unchanged": 0 },
        "changes": [
            { "kind": "ENDED", "key": "USD", "valid_from": "2004-04-01",
              "before": { "valid_to": null, "data": { "currency": "USD", "cny_per_unit": "6.15" } },
              "after": { "valid_to": "2014-05-31",
                         "data": { "currency": "USD", "cny_per_unit": "6.15" } } },
            { "kind": "ADDED", "key": "USD", "valid_from": "2014-06-01", "before": null,
              "after": { "valid_to": null,
                         "data": { "currency": "USD", "cny_per_unit": "6.17" } } }
        ],
        "has_more_changes": false
    })
}
