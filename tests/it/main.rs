//! One binary for all tests that need Postgres, Redis or HTTP: linked once.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on ends there")]

mod cases;
mod chores;
mod clearance;
mod compose;
mod contract;
mod corpora;
mod declaration;
mod direct_consignments;
mod direct_enterprises;
mod direct_suspension;
mod exchange;
mod exchange_examples;
mod filing;
mod growth;
mod handoff;
mod handoff_between;
mod identity;
mod inspection;
mod invariants;
mod journeys;
mod league;
mod ledger;
mod nonconformity;
mod outbound;
mod partner;
mod payment;
mod pressure;
mod processes;
mod random_acts;
mod redis;
mod reference;
mod statistics;
mod swap;
