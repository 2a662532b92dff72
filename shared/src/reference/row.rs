//! A row of any book, in canonical text: what is imported, compared, stored and shown.
use serde_json::{Map, Value};

use super::{books::LAYOUTS, sheet::Layout, table::Validity};

/// One row of one book.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub book: &'static str,
    /// The key cells with a colon between them.
    pub key: String,
    pub validity: Validity,
    /// In the order of the book's columns.
    pub cells: Vec<String>,
}

/// The layout of a book, if there is one of that name.
#[must_use]
pub fn layout_of(book: &str) -> Option<&'static Layout> {
    LAYOUTS.iter().find(|layout| layout.book == book)
}

impl Row {
    pub(super) fn named_cells(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let columns = layout_of(self.book).map(|layout| layout.columns).unwrap_or_default();
        columns.iter().zip(&self.cells).map(|(column, cell)| (column.name, cell.as_str()))
    }

    /// Its cells by column; empty ones are left out.
    #[must_use]
    pub fn data(&self) -> Map<String, Value> {
        let filled = self.named_cells().filter(|(_, cell)| !cell.is_empty());
        filled.map(|(name, cell)| (name.to_owned(), cell.into())).collect()
    }

    /// A row as the database keeps it.
    pub(super) fn stored(
        layout: &'static Layout,
        key: String,
        validity: Validity,
        data: &Value,
    ) -> Self {
        let cell = |name: &str| data[name].as_str().unwrap_or_default().to_owned();
        let cells = layout.columns.iter().map(|column| cell(column.name)).collect();
        Self { book: layout.book, key, validity, cells }
    }
}
