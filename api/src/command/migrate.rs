//! `api migrate`: the one process that changes the schema. Safe to run again at any time.
use anyhow::Context as _;
use shared::{MIGRATOR, config, ledger::Tx, reference};

use super::Ended;

pub(super) async fn run(env: fn(&str) -> Option<String>) -> Result<(), Ended> {
    let settings = config::Database::read(env)?;
    let pool = sqlx::PgPool::connect(&settings.url).await.context("DATABASE_URL")?;
    MIGRATOR.run(&pool).await.context("migrations")?;
    let mut tx = Tx::begin(&pool, &settings.common.clock).await.map_err(anyhow::Error::from)?;
    let rows = reference::seed(&mut tx).await.map_err(anyhow::Error::from)?;
    tx.commit().await.map_err(anyhow::Error::from)?;
    eprintln!("the schema is current; {rows} rows of reference tables were added");
    Ok(())
}
