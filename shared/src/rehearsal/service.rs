//! Keeping what was asked for, and finding it again.
use std::collections::HashMap;

use sqlx::PgConnection;

use super::{Scenario, store};
use crate::{kernel::Failure, ledger::Tx};

/// Keeps it with a declaration (by id) or a fee notice (by number). What was asked for last counts.
pub async fn keep(tx: &mut Tx, subject: &str, scenario: Scenario) -> Result<(), Failure> {
    let now = tx.now;
    store::keep(tx, subject, scenario, now).await?;
    Ok(())
}

/// What was asked for about one of them.
pub async fn about(conn: &mut PgConnection, subject: &str) -> Result<Option<Scenario>, Failure> {
    Ok(store::about(conn, &[subject.to_owned()]).await?.pop().map(|(_, scenario)| scenario))
}

/// What was asked for about each of them, where anything was.
pub async fn about_many(
    conn: &mut PgConnection,
    subjects: &[String],
) -> Result<HashMap<String, Scenario>, Failure> {
    Ok(store::about(conn, subjects).await?.into_iter().collect())
}
