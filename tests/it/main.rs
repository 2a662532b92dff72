//! One binary for all tests that need Postgres, Redis or HTTP: linked once.
mod chores;
mod identity;
mod inspection;
mod ledger;
mod redis;
