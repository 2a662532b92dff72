//! `api agreements BUREAU [FILE]`: registers partners and memoranda of a bureau, those that we ship or those of a file.
use std::{fs, path::PathBuf};

use anyhow::Context as _;
use shared::{config, exchange::service::agreements, kernel::Failure, ledger::Tx};

use super::Ended;

pub(super) async fn run(
    env: fn(&str) -> Option<String>,
    bureau: &str,
    file: Option<PathBuf>,
) -> Result<(), Ended> {
    let settings = config::Database::read(env)?;
    let csv = match &file {
        Some(file) => fs::read_to_string(file).with_context(|| file.display().to_string())?,
        None => agreements::shipped(bureau)
            .with_context(|| format!("no agreements of {bureau} are shipped: name a file"))?
            .to_owned(),
    };
    let pool = sqlx::PgPool::connect(&settings.url).await.context("DATABASE_URL")?;
    let mut tx = Tx::begin(&pool, &settings.common.clock).await.map_err(anyhow::Error::from)?;
    let added = match agreements::seed(&mut tx, bureau, &csv).await {
        Ok(added) => added,
        Err(Failure::Invalid(wrong)) => {
            let told: Vec<_> =
                wrong.iter().map(|one| format!("{}: {}", one.pointer, one.message_en)).collect();
            return Err(anyhow::anyhow!(told.join("\n")).into());
        }
        Err(other) => return Err(anyhow::Error::from(other).into()),
    };
    tx.commit().await.map_err(anyhow::Error::from)?;
    println!("{} partners and {} memoranda were added", added.partners, added.memoranda);
    Ok(())
}
