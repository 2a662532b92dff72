//! Processes never migrate by themselves; they refuse a schema they do not know.
use std::collections::BTreeMap;

use anyhow::{Context as _, bail};
use sqlx::{PgPool, migrate::Migrate as _};

use crate::MIGRATOR;

/// Refuses to go on when the database lacks a migration of this program, has one half done, or had one
/// changed under its feet. A newer schema is accepted: the old process drains while the new one starts.
pub async fn refuse_older_schema(pool: &PgPool) -> anyhow::Result<()> {
    let mut conn = pool.acquire().await.context("the database does not answer")?;
    let dirty = conn.dirty_version(&MIGRATOR.table_name).await;
    if let Some(version) = dirty.context("the database has no schema yet: run `api migrate`")? {
        bail!("migration {version} was begun and never ended: repair it by hand");
    }
    let applied = conn.list_applied_migrations(&MIGRATOR.table_name).await?;
    let applied: BTreeMap<_, _> = applied.into_iter().map(|row| (row.version, row)).collect();
    let mut missing = Vec::new();
    for migration in MIGRATOR.iter() {
        match applied.get(&migration.version) {
            None => missing.push(migration.version.to_string()),
            Some(row) if row.checksum != migration.checksum => {
                bail!("migration {} of the database is not the one of this program", row.version)
            }
            Some(_) => {}
        }
    }
    if missing.is_empty() {
        return Ok(());
    }
    bail!(
        "the schema is older than this program: run `api migrate` (missing: {})",
        missing.join(", ")
    )
}
