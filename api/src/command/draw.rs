//! `api draw DECL_NO`: anybody with the keys can repeat a draw and see that nobody touched it.
use anyhow::Context as _;
use shared::{
    config,
    inspection::{self, DrawKeys},
};

use super::Ended;

pub(super) async fn run(env: fn(&str) -> Option<String>, decl_no: &str) -> Result<(), Ended> {
    let settings = config::Draw::read(env)?;
    let keys = DrawKeys::open(&settings.draw_keys)?;
    let pool = sqlx::PgPool::connect(&settings.database_url).await.context("DATABASE_URL")?;
    let mut conn = pool.acquire().await.context("DATABASE_URL")?;
    let again = inspection::reproduce(&mut conn, &keys, decl_no)
        .await
        .map_err(|failure| anyhow::anyhow!("{decl_no}: {failure}"))?;
    println!("{}", serde_json::to_string_pretty(&again).map_err(anyhow::Error::from)?);
    if !again.agrees() {
        let parts = again.differs_in.join(", ");
        return Err(anyhow::anyhow!("what is stored differs from the draw in: {parts}").into());
    }
    Ok(())
}
