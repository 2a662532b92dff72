//! The books, a few to a file: each has its row type and its lookups.
pub mod catalogue;
pub mod consignment;
pub mod credit;
pub mod direct;
pub mod draw;
pub mod fees;
pub mod measures;
pub mod papers;
pub mod places;
pub mod settings;
