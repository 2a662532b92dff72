//! The bank's day (对账): its statement read, and compared with the books. Pure.
pub mod camt;
pub mod compare;
mod days;
mod defects;
mod format;
mod record;
pub mod statement;
mod xml;

pub use days::Days;
pub use format::{Format, read};
pub(in crate::payment) use record::record_of;
pub use record::{DayRecord, RECORD};
