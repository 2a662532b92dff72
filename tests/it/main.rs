//! One binary for all tests that need Postgres, Redis or HTTP: linked once.
mod chores;
mod identity;
mod ledger;
mod payment;
mod redis;
