//! Filling the archive by `COPY`, as fast as the server takes it: indexes, constraints and triggers stay on, so that
//! what is stored is what Anyport could have stored, and counts in the figures.
use std::{
    process::Command,
    time::{Duration, Instant},
};

use anyhow::Context as _;
use sqlx::{Connection as _, PgConnection, Row as _};

use super::{
    rows::{Press, Sheets, Specimen, TABLES},
    stored::Stretch,
};

/// Declarations of one transaction.
const CHUNK: u64 = 5_000;
/// What one stored declaration takes with its indexes, an estimate on the safe side; and the write-ahead log beside it.
pub(super) const BYTES_EACH: u64 = 6_400;
const LOG_BYTES: u64 = 3 << 30;

/// How long the worker may take for what one size left behind.
const QUIET_WITHIN: Duration = Duration::from_mins(10);

/// Bytes that have to be free before that many declarations are stored.
pub(super) const fn needed(count: u64) -> u64 {
    count * BYTES_EACH + LOG_BYTES
}

/// Bytes free where the server keeps its data.
pub(super) fn free(folder: &std::path::Path) -> anyhow::Result<u64> {
    let output = Command::new("df").args(["-Pk"]).arg(folder).output().context("df")?;
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let kilobytes =
        text.lines().nth(1).and_then(|line| line.split_whitespace().nth(3)?.parse::<u64>().ok());
    Ok(kilobytes.with_context(|| format!("df says {text}"))? * 1024)
}

/// The archive and the connection it is filled through.
pub(super) struct Archive {
    conn: PgConnection,
    press: Press,
}

impl Archive {
    /// Copies documents of what the bench itself has filed.
    pub(super) async fn open(url: &str) -> anyhow::Result<Self> {
        let mut conn = PgConnection::connect(url).await?;
        let row = sqlx::query(
            "select d.id::text, d.ent_decl_no, d.decl_no, d.decl_reg_no, v.content::text, v.receipt::text,
                 v.defects::text, s.inputs::text
             from declarations d join declaration_versions v on v.declaration_id = d.id
             join selections s on s.declaration_id = d.id
             where d.kind = 'OUTSIDE_CATALOGUE' limit 1",
        )
        .fetch_one(&mut conn)
        .await
        .context("nothing was filed that could be copied")?;
        let text = |at: usize| row.get::<String, _>(at);
        let specimen = Specimen {
            id: text(0),
            reference: text(1),
            decl_no: text(2),
            owner: text(3),
            content: text(4),
            receipt: text(5),
            defects: text(6),
            inputs: text(7),
        };
        Ok(Self { conn, press: Press::new(&specimen) })
    }

    /// Stores a stretch, and lets the server tidy up as it would have in ten years. Returns how long storing took.
    pub(super) async fn fill(&mut self, stretch: &Stretch) -> anyhow::Result<Duration> {
        let begun = Instant::now();
        let mut sheets = Sheets::default();
        let end = stretch.first + stretch.count;
        for first in (stretch.first..end).step_by(usize::try_from(CHUNK)?) {
            for number in first..end.min(first + CHUNK) {
                self.press.print(&stretch.stored(number), &mut sheets);
            }
            self.copy(&mut sheets).await?;
            if first / CHUNK % 20 == 19 {
                let rate = (first + CHUNK - stretch.first) * 1000
                    / u64::try_from(begun.elapsed().as_millis())?.max(1);
                eprintln!(
                    "driver: {} of {} stored, {rate} a second",
                    first + CHUNK - stretch.first,
                    stretch.count
                );
            }
        }
        let took = begun.elapsed();
        sqlx::query("vacuum (analyze)").execute(&mut self.conn).await?;
        sqlx::query("checkpoint").execute(&mut self.conn).await?;
        Ok(took)
    }

    async fn copy(&mut self, sheets: &mut Sheets) -> anyhow::Result<()> {
        let mut tx = self.conn.begin().await?;
        for (table, sheet) in TABLES.iter().zip(sheets.iter_mut()) {
            let mut copy = tx.copy_in_raw(&format!("copy {table} from stdin")).await?;
            copy.send(sheet.as_bytes()).await?;
            copy.finish().await.with_context(|| format!("copy {table}"))?;
            sheet.clear();
        }
        Ok(tx.commit().await?)
    }

    /// Waits until the worker has folded what came in into the figures, and has done what was filed before.
    pub(super) async fn is_quiet(&mut self) -> anyhow::Result<()> {
        let until = Instant::now() + QUIET_WITHIN;
        while Instant::now() < until {
            let left: i64 = sqlx::query_scalar(
                "select (select count(*) from statistics_deltas)
                     + (select count(*) from jobs where ring_at is not null and due_at <= created_at)",
            )
            .fetch_one(&mut self.conn)
            .await?;
            if left == 0 {
                return Ok(());
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        anyhow::bail!("the worker does not come to rest")
    }

    /// Bytes of each table and index, the largest first.
    pub(super) async fn sizes(&mut self) -> anyhow::Result<Vec<(String, String, u64)>> {
        let rows = sqlx::query(
            "select relname::text, case relkind when 'i' then 'index' else 'table' end,
                 (case relkind when 'i' then pg_relation_size(c.oid) else pg_table_size(c.oid) end)::bigint
             from pg_class c
             where relnamespace = 'public'::regnamespace and relkind in ('r', 'i')
             order by 3 desc",
        )
        .fetch_all(&mut self.conn)
        .await?;
        let size = |row: &sqlx::postgres::PgRow| {
            Ok((row.get(0), row.get(1), u64::try_from(row.get::<i64, _>(2))?))
        };
        rows.iter().map(size).collect()
    }
}
