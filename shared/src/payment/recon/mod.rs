//! The bank's day (对账): its statement read, and compared with the books. Pure.
pub mod compare;
pub mod statement;
