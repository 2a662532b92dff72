//! A whole bureau in a test: real Postgres, the real app, a clock you can turn.
