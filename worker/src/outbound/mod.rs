//! Those we call: one struct each, with the address it was given.
pub mod bank;
pub mod exchange;
mod tls;
pub mod webhooks;
