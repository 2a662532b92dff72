//! `api audit-ledger`: the proof of the books, to read and as one line of JSON.
use anyhow::Context as _;
use serde_json::json;
use shared::{config, payment};

use super::Ended;

pub(super) async fn run(env: fn(&str) -> Option<String>) -> Result<(), Ended> {
    let settings = config::Audit::read(env)?;
    let pool = sqlx::PgPool::connect(&settings.database_url).await.context("DATABASE_URL")?;
    let mut conn = pool.acquire().await.context("DATABASE_URL")?;
    let audit = payment::audit(&mut conn).await.context("the books cannot be read")?;
    print!("{}", audit.text());
    let line = json!({
        "ok": audit.holds(), "entries": audit.entries(), "sum_fen": audit.sum(),
        "accounts": audit.kinds.iter().map(|kind| kind.accounts).sum::<i64>(),
        "differences": audit.differences.len(), "faults": audit.faults.len(),
    });
    println!("{line}");
    if !audit.holds() {
        return Err(anyhow::anyhow!("the books do not hold").into());
    }
    Ok(())
}
