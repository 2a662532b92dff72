//! Declarations as a table: a row for each goods line, container or paper, the head repeated or left out.
//!
//! Columns have the names of the wire with a point between part and member: `ent_decl_no`, `consignee.cname`,
//! `goods.hs_code`, `goods.packages.pack_code`. A row adds to the lists of its declaration what stands in it; what was
//! said before is not said twice. Rows of one declaration follow each other.
mod columns;
mod csv;
mod read;
mod write;
mod xlsx;

pub use columns::{Column, columns};
pub use csv::read as read_csv;
pub use write::{harmless, rows_of, template};
pub use xlsx::read as read_xlsx;

/// How many rows a table has at most.
pub const MOST_ROWS: usize = 100_000;
/// How many declarations a file has at most.
pub const MOST_ITEMS: usize = 10_000;

/// A row as it was read: where it stands, and its cells.
#[derive(Clone, Debug)]
struct Row {
    line: i32,
    cells: Vec<String>,
}
