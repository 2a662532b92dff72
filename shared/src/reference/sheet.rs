//! The shape of a book: its columns, its key, and how one line becomes one typed row.
use super::cell::{Cell, Form};

/// One column of a book.
#[derive(Clone, Copy, Debug)]
pub struct Column {
    pub name: &'static str,
    /// What it means, in English.
    pub about: &'static str,
    pub is_optional: bool,
    pub form: fn() -> Form,
}

/// What a book looks like from outside.
#[derive(Clone, Copy, Debug)]
pub struct Layout {
    /// `exchange_rates`: the name in URLs, in the database and of the seed file.
    pub book: &'static str,
    pub about: &'static str,
    /// The columns that name a row; the dates come on top.
    pub key: &'static [&'static str],
    pub columns: &'static [Column],
    /// Reads a line as this book's row and gives it back in canonical text, column by column.
    pub(super) canonical: fn(&mut Line<'_>) -> Option<Vec<String>>,
}

impl Layout {
    /// The key of a row: its key cells with a colon between them; empty ones are left out.
    pub(super) fn key_of(&self, cells: &[String]) -> String {
        let parts = self
            .columns
            .iter()
            .zip(cells)
            .filter(|(column, cell)| self.key.contains(&column.name) && !cell.is_empty());
        parts.map(|(_, cell)| cell.as_str()).collect::<Vec<_>>().join(":")
    }
}

/// A row type with its layout. Written by [`sheet!`].
pub(super) trait Sheet: Sized {
    const LAYOUT: Layout;
    /// Reads a line; every flaw is noted there. `None` if there was one.
    fn read(line: &mut Line<'_>) -> Option<Self>;
}

/// What is wrong with one cell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Flaw {
    pub column: &'static str,
    pub code: &'static str,
    pub form: Form,
}

/// One line on its way to a row: notes every flaw and carries on.
#[derive(Debug, Default)]
pub(super) struct Line<'a> {
    /// Column and text: a handful, found faster one by one than through a hash.
    cells: Vec<(&'a str, &'a str)>,
    pub(super) flaws: Vec<Flaw>,
}

impl<'a> Line<'a> {
    pub(super) fn new(cells: Vec<(&'a str, &'a str)>) -> Self {
        Self { cells, flaws: Vec::new() }
    }

    pub(super) fn text(&self, column: &str) -> &'a str {
        self.cells.iter().find(|(name, _)| *name == column).map_or("", |(_, text)| text)
    }

    /// Reads one cell, or notes what is wrong with it.
    pub(super) fn cell<T: Cell>(&mut self, column: &'static str) -> Option<T> {
        let text = self.text(column);
        if text.is_empty() && !T::IS_OPTIONAL {
            self.flaw(column, "value-missing", T::form());
            return None;
        }
        let value = T::read(text);
        if value.is_none() {
            self.flaw(column, "value-malformed", T::form());
        }
        value
    }

    pub(super) fn flaw(&mut self, column: &'static str, code: &'static str, form: Form) {
        self.flaws.push(Flaw { column, code, form });
    }
}

/// Declares a book: the row type, its columns with what they mean, its key, and a check across columns.
macro_rules! sheet {
    (
        $(#[doc = $about:literal])+
        $name:ident $book:literal key [$($key:ident)+] {
            $($(#[doc = $note:literal])+ $field:ident: $type:ty),* $(,)?
        }
        $(check $check:path)?
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name {
            $($(#[doc = $note])+ pub $field: $type),*
        }

        impl $crate::reference::sheet::Sheet for $name {
            const LAYOUT: $crate::reference::sheet::Layout = $crate::reference::sheet::Layout {
                book: $book,
                about: concat!($($about),+),
                key: &[$(stringify!($key)),+],
                columns: &[$($crate::reference::sheet::Column {
                    name: stringify!($field),
                    about: concat!($($note),+),
                    is_optional: <$type as $crate::reference::cell::Cell>::IS_OPTIONAL,
                    form: <$type as $crate::reference::cell::Cell>::form,
                }),*],
                canonical: |line| {
                    let row = <Self as $crate::reference::sheet::Sheet>::read(line)?;
                    Some(vec![$($crate::reference::cell::Cell::write(&row.$field)),*])
                },
            };

            fn read(line: &mut $crate::reference::sheet::Line<'_>) -> Option<Self> {
                $(let $field = line.cell::<$type>(stringify!($field));)*
                let row = Self { $($field: $field?),* };
                $($check(&row, line);)?
                line.flaws.is_empty().then_some(row)
            }
        }
    };
}
pub(super) use sheet;
