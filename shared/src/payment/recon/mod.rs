//! The bank's day (对账): its statement read, and compared with the books. Pure.
pub mod camt;
pub mod compare;
mod days;
mod defects;
mod format;
pub mod statement;
mod xml;

pub use days::Days;
pub use format::{Format, read};
