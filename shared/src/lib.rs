//! What Anyport knows: the rooms of the bureau, their rules and their tables. No HTTP, no Redis.
//!
//! Rooms stand in order; a room may call the ones above it in this list, never below.
pub mod clock;
pub mod config;
pub mod database;
pub mod key_folder;
mod schema;
pub mod telemetry;

pub mod kernel;
pub mod ledger;

pub mod identity;
pub mod reference;
pub mod rehearsal;

pub mod declaration;

pub mod import;
pub mod inspection;
pub mod payment;

pub mod exchange;
pub mod handoff;
pub mod swap;

pub mod credit;
pub mod nonconformity;

pub mod clearance;

pub mod direct_release;

pub mod notification;
pub mod statistics;

pub mod acts;

pub mod catalogue;

pub use clock::Clock;
pub use schema::refuse_older_schema;

/// Every table Anyport owns. Only `api migrate` and the tests run it.
pub static MIGRATOR: sqlx::migrate::Migrator = sqlx::migrate!("../migrations");
