//! The limit of `partner`: the rows of one message, written by one statement, message after message, into a database
//! of its own beside ours. Nothing is received, parsed, hashed, signed or judged.
use std::time::{Duration, Instant};

use futures_util::future::try_join_all;
use sqlx::{Connection as _, PgConnection};

use super::{
    super::{database::Database, figures::per_second},
    CONNECTIONS, RECORDS,
};

const SETUP: &str = include_str!("../peer_setup.sql");
const MESSAGE: &str = include_str!("limit.sql");

pub(super) struct Limit {
    url: String,
}

impl Limit {
    pub(super) async fn ready(database: &Database) -> anyhow::Result<Self> {
        let url = database.beside().await?;
        let mut conn = PgConnection::connect(&url).await?;
        sqlx::raw_sql(SETUP).execute(&mut conn).await?;
        sqlx::query(
            "insert into partners (code, name_zh, created_at, updated_at) values ('320000', '江苏', now(), now())",
        )
        .execute(&mut conn)
        .await?;
        Ok(Self { url })
    }

    /// Records stored in a second; what was done is counted in the table too.
    pub(super) async fn run(&self, time: Duration) -> anyhow::Result<f64> {
        let mut conn = PgConnection::connect(&self.url).await?;
        let before = stored(&mut conn).await?;
        let begun = Instant::now();
        let until = begun + time;
        let done = try_join_all((0..CONNECTIONS).map(|_| self.write(until))).await?;
        let took = begun.elapsed();
        let (done, stored) =
            (done.iter().sum::<u64>() * RECORDS, stored(&mut conn).await? - before);
        anyhow::ensure!(done == stored, "{done} were written, and {stored} are stored");
        Ok(per_second(done, took))
    }

    async fn write(&self, until: Instant) -> anyhow::Result<u64> {
        let mut conn = PgConnection::connect(&self.url).await?;
        let payload = "x".repeat(usize::try_from(RECORDS)? * 110);
        let mut done = 0;
        while Instant::now() < until {
            sqlx::query(MESSAGE).bind(&payload).execute(&mut conn).await?;
            done += 1;
        }
        Ok(done)
    }
}

async fn stored(conn: &mut PgConnection) -> anyhow::Result<u64> {
    let count: i64 =
        sqlx::query_scalar("select count(*) from direct_enterprises").fetch_one(conn).await?;
    Ok(count.try_into()?)
}
