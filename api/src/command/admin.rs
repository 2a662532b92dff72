//! `api admin create LOGIN`: there is no default password anywhere, so somebody has to be the first.
use std::io::Read as _;

use anyhow::Context as _;
use shared::{
    config,
    identity::service::{FirstAdministrator, create_first_administrator},
    kernel::Failure,
    ledger::Tx,
};

use super::Ended;

pub(super) async fn create(env: fn(&str) -> Option<String>, login: &str) -> Result<(), Ended> {
    let settings = config::Database::read(env)?;
    let mut password = String::new();
    std::io::stdin()
        .read_to_string(&mut password)
        .context("the password comes on standard input")?;
    let password = password.trim_end_matches(['\r', '\n']);
    let pool = sqlx::PgPool::connect(&settings.url).await.context("DATABASE_URL")?;
    let mut tx = Tx::begin(&pool, &settings.common.clock).await.map_err(anyhow::Error::from)?;
    match create_first_administrator(&mut tx, login, password).await {
        Ok(FirstAdministrator::Exists) => {
            return Err(anyhow::anyhow!("somebody named {login} exists already").into());
        }
        Ok(FirstAdministrator::Created(_)) => {}
        Err(Failure::Invalid(violations)) => {
            let told: Vec<_> = violations.iter().map(|one| one.message_en.as_str()).collect();
            return Err(anyhow::anyhow!(told.join("\n")).into());
        }
        Err(other) => return Err(anyhow::Error::from(other).into()),
    }
    tx.commit().await.map_err(anyhow::Error::from)?;
    println!("{login} may sign in now");
    Ok(())
}
