//! One binary for all tests that need Postgres, Redis or HTTP: linked once.
mod reference;
