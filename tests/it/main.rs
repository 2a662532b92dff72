//! One binary for all tests that need Postgres, Redis or HTTP: linked once.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends there")]

mod chores;
mod compose;
mod identity;
mod inspection;
mod journeys;
mod ledger;
mod payment;
mod processes;
mod redis;
mod reference;
