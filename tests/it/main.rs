//! One binary for all tests that need Postgres, Redis or HTTP: linked once.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends there")]

mod cases;
mod chores;
mod clearance;
mod compose;
mod contract;
mod declaration;
mod filing;
mod handoff;
mod identity;
mod inspection;
mod invariants;
mod journeys;
mod ledger;
mod payment;
mod processes;
mod redis;
mod reference;
mod statistics;
