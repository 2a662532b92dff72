//! A database for each bureau, on one server.
use anyhow::Context as _;
use sqlx::{Connection as _, PgConnection};

/// Makes those that are missing.
pub(crate) async fn create(server: &str, names: &[String]) -> anyhow::Result<()> {
    let mut conn = PgConnection::connect(server).await.context("connecting to PostgreSQL")?;
    for name in names {
        let is_word = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        anyhow::ensure!(name.bytes().all(is_word), "`{name}` is no name for a database");
        let there: bool =
            sqlx::query_scalar("select exists (select 1 from pg_database where datname = $1)")
                .bind(name)
                .fetch_one(&mut conn)
                .await?;
        if !there {
            sqlx::query(sqlx::AssertSqlSafe(format!("create database {name}")))
                .execute(&mut conn)
                .await?;
        }
    }
    Ok(())
}
