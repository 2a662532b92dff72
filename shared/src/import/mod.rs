//! Imports (批量导入): files of many declarations, and messages that other programs write.
//!
//! *Dramatis personae*: an ERP brings a file; `table` and `lines` read it into [`Item`]s, each with the lines it stands
//! on; an [`Import`] keeps them and how far it is; `acts` file them, a batch at a time. `xml` reads the messages of
//! other systems and maps them by its tables.
pub mod charset;
pub mod event;
mod item;
pub mod job;
pub mod lines;
mod model;
pub mod rules;
pub mod service;
pub mod status;
mod store;
pub mod table;
pub mod xml;

pub use item::{Item, Place, column_of};
pub use model::{
    Answer, Asked, Counts, Format, Import, ImportId, Original, Outcome, Pending, PlacedDefect,
    ResultRow,
};
pub use status::{ImportAction, ImportState};
