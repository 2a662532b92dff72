//! Offices, enterprises and agents.
pub mod create;
pub mod disable;
pub mod enable;
pub mod get;
pub mod list;
