//! The measuring side of Postgres: what is stored, and what storing it cost. No act goes this way.
use sqlx::{
    Connection as _, Executor as _, PgConnection, PgPool, Row as _, postgres::PgPoolOptions,
};

use crate::hooks::Places;

/// A door of our own to the database that is measured.
#[derive(Clone)]
pub(crate) struct Database {
    pool: PgPool,
    url: String,
    counts_statements: bool,
}

/// What the server has counted so far.
#[derive(Clone, Debug, Default)]
pub(crate) struct Counters {
    pub(crate) commits: i64,
    /// Statements that were asked for; `None` where the server does not count them.
    pub(crate) statements: Option<i64>,
    pub(crate) wal_bytes: i64,
    /// By table: rows inserted, updated, of these in place (HOT), deleted.
    pub(crate) tables: Vec<(String, [i64; 4])>,
}

/// A statement, how often it ran, and its milliseconds in all.
pub(crate) struct Costly {
    pub(crate) calls: i64,
    pub(crate) millis: f64,
    /// Pages of 8 kB that were looked at, in memory or on the disk.
    pub(crate) pages: i64,
    pub(crate) text: String,
}

impl Database {
    pub(crate) async fn open(url: &str) -> anyhow::Result<Self> {
        let pool = PgPoolOptions::new()
            .max_connections(2)
            // Counting what is open must read the index of open ones, whatever the planner believes.
            .after_connect(|conn, _| {
                Box::pin(async move { conn.execute("set enable_seqscan = off").await.map(drop) })
            })
            .connect(url)
            .await?;
        let counts_statements = match count_statements(&pool).await {
            Ok(()) => true,
            Err(error) => {
                eprintln!("driver: statements are not counted: {error}");
                false
            }
        };
        Ok(Self { pool, url: url.to_owned(), counts_statements })
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    pub(crate) async fn declarations(&self) -> anyhow::Result<u64> {
        self.count("select count(*) /* bench */ from declarations").await
    }

    /// Declarations that nobody has finished with.
    pub(crate) async fn open_cases(&self) -> anyhow::Result<u64> {
        self.count(
            "select count(*) /* bench */ from declarations where status not in
             ('RELEASED', 'CLOSED', 'REJECTED', 'WITHDRAWN', 'AUTO_WITHDRAWN', 'CANCELLED_BY_CIQ')",
        )
        .await
    }

    /// What some of them wait for: for people who look into a run that does not end.
    pub(crate) async fn tell_open_cases(&self) -> anyhow::Result<String> {
        let told: Option<String> = sqlx::query_scalar(
            "select /* bench */ string_agg(told::text, E'\n') from (
                select d.id, d.status, d.kind, d.decl_org, d.insp_org, d.release_org, d.holder_org, d.is_selected,
                    d.has_result,
                    (select string_agg(n.state || ' ' || coalesce(p.state, '-'), ', ') from fee_notices n
                     left join payments p on p.notice_id = n.id where n.declaration_id = d.id) as fees,
                    (select string_agg(h.to_org || ' ' || h.state, ', ') from handoffs h
                     where h.declaration_id = d.id) as handoffs,
                    (select string_agg(concat(e.kind, ' (' || e.reason || ')'), ', ' order by e.at, e.seq)
                     from events e where e.subject = d.id) as history
                from declarations d where d.status not in ('RELEASED', 'CLOSED', 'REJECTED', 'WITHDRAWN',
                    'AUTO_WITHDRAWN', 'CANCELLED_BY_CIQ') limit 5) as told",
        )
        .fetch_one(&self.pool)
        .await?;
        Ok(told.unwrap_or_default())
    }

    pub(crate) async fn releases(&self) -> anyhow::Result<u64> {
        self.count("select count(*) /* bench */ from releases").await
    }

    pub(crate) async fn unfinished_jobs(&self) -> anyhow::Result<u64> {
        self.count("select count(*) /* bench */ from jobs where ring_at is not null").await
    }

    pub(crate) async fn dead_jobs(&self) -> anyhow::Result<u64> {
        self.count("select count(*) /* bench */ from jobs where state = 'dead'").await
    }

    /// Messages of a partner that took effect.
    pub(crate) async fn applied_from(&self, bureau: &'static str) -> anyhow::Result<u64> {
        let asked =
            "select count(*) /* bench */ from inbox where sender = $1 and state = 'APPLIED'";
        self.count_of(asked, bureau).await
    }

    /// Enterprises that a partner told of.
    pub(crate) async fn enterprises_of(&self, bureau: &'static str) -> anyhow::Result<u64> {
        let asked = "select count(*) /* bench */ from direct_enterprises where partner = $1";
        self.count_of(asked, bureau).await
    }

    /// Those of them that are suspended.
    pub(crate) async fn suspended_of(&self, bureau: &'static str) -> anyhow::Result<u64> {
        let asked = "select count(*) /* bench */ from direct_enterprises
            where partner = $1 and state = 'SUSPENDED'";
        self.count_of(asked, bureau).await
    }

    /// What happened and is not in the feed yet, and what receivers that take everything were not told.
    pub(crate) async fn untold(&self) -> anyhow::Result<u64> {
        let asked = "select (select count(*) from events where seq > (select seq from change_feed))
            + (select count(*) from webhook_deliveries d join webhook_endpoints w on w.id = d.endpoint_id
               where d.state = 'WAITING' and w.url like '%/good/%') /* bench */";
        self.count(asked).await
    }

    /// Places in the feed by event, and for how many receivers that take everything each was meant.
    pub(crate) async fn places(&self) -> anyhow::Result<Places> {
        let asked = "select d.event_id::text, min(d.position), count(*) /* bench */
            from webhook_deliveries d join webhook_endpoints w on w.id = d.endpoint_id
            where w.url like '%/good/%' group by 1";
        let rows: Vec<(String, i64, i64)> = sqlx::query_as(asked).fetch_all(&self.pool).await?;
        let place =
            |(event, place, count): (String, i64, i64)| Ok((event, (place, u64::try_from(count)?)));
        rows.into_iter().map(place).collect()
    }

    async fn count_of(&self, question: &'static str, of: &'static str) -> anyhow::Result<u64> {
        let count: i64 = sqlx::query_scalar(question).bind(of).fetch_one(&self.pool).await?;
        Ok(count.try_into()?)
    }

    async fn count(&self, question: &'static str) -> anyhow::Result<u64> {
        let count: i64 = sqlx::query_scalar(question).fetch_one(&self.pool).await?;
        Ok(count.try_into()?)
    }

    pub(crate) async fn version(&self) -> anyhow::Result<String> {
        Ok(sqlx::query_scalar("show server_version").fetch_one(&self.pool).await?)
    }

    /// Busy backends tell their counts a second late.
    pub(crate) async fn counters(&self) -> anyhow::Result<Counters> {
        tokio::time::sleep(std::time::Duration::from_millis(1500)).await;
        let row = sqlx::query(
            "select xact_commit, pg_wal_lsn_diff(pg_current_wal_lsn(), '0/0')::bigint
             from pg_stat_database where datname = current_database()",
        )
        .fetch_one(&self.pool)
        .await?;
        let statements = if self.counts_statements {
            let asked = "select coalesce(sum(calls), 0)::bigint from pg_stat_statements s
                join pg_database d on d.oid = s.dbid and d.datname = current_database()
                where toplevel and query not like '%/* bench */%'";
            Some(sqlx::query_scalar(asked).fetch_one(&self.pool).await?)
        } else {
            None
        };
        let tables = sqlx::query(
            "select relname::text, n_tup_ins, n_tup_upd, n_tup_hot_upd, n_tup_del
             from pg_stat_user_tables order by relname",
        )
        .fetch_all(&self.pool)
        .await?;
        let tables = tables.iter().map(|row| (row.get(0), [1, 2, 3, 4].map(|at| row.get(at))));
        Ok(Counters {
            commits: row.get(0),
            statements,
            wal_bytes: row.get(1),
            tables: tables.collect(),
        })
    }

    pub(crate) async fn forget_statements(&self) -> anyhow::Result<()> {
        if self.counts_statements {
            self.pool.execute("select pg_stat_statements_reset()").await?;
        }
        Ok(())
    }

    /// The statements that took most of the server's time since they were last forgotten.
    pub(crate) async fn costliest(&self, count: i64) -> anyhow::Result<Vec<Costly>> {
        if !self.counts_statements {
            return Ok(Vec::new());
        }
        let rows = sqlx::query(
            r"select calls, total_exec_time, shared_blks_hit + shared_blks_read as pages,
                left(regexp_replace(query, '\s+', ' ', 'g'), 90) as text
              from pg_stat_statements s
              join pg_database d on d.oid = s.dbid and d.datname = current_database()
              where toplevel and query not like '%/* bench */%'
              order by total_exec_time desc limit $1",
        )
        .bind(count)
        .fetch_all(&self.pool)
        .await?;
        let costly = |row: &sqlx::postgres::PgRow| Costly {
            calls: row.get(0),
            millis: row.get(1),
            pages: row.get(2),
            text: row.get(3),
        };
        Ok(rows.iter().map(costly).collect())
    }

    /// What one filing stored, as text: document, receipt, defects and the inputs of its draw.
    pub(crate) async fn example(&self) -> anyhow::Result<[String; 4]> {
        let row = sqlx::query(
            "select v.content::text, v.receipt::text, v.defects::text, s.inputs::text
             from declaration_versions v join selections s using (declaration_id) limit 1",
        )
        .fetch_one(&self.pool)
        .await?;
        Ok([0, 1, 2, 3].map(|at| row.get(at)))
    }

    /// A fresh database with our schema beside the measured one, for the peer to write into.
    pub(crate) async fn beside(&self) -> anyhow::Result<String> {
        self.pool.execute("drop database if exists peer").await?;
        self.pool.execute("create database peer").await?;
        let (server, _) = self.url.rsplit_once('/').unwrap_or_default();
        let url = format!("{server}/peer");
        let mut conn = PgConnection::connect(&url).await?;
        sqlx::migrate!("../migrations").run(&mut conn).await?;
        Ok(url)
    }
}

async fn count_statements(pool: &PgPool) -> sqlx::Result<()> {
    pool.execute("create extension if not exists pg_stat_statements").await?;
    sqlx::query("select count(*) from pg_stat_statements").fetch_one(pool).await.map(drop)
}

impl Counters {
    /// What was counted in between.
    pub(crate) fn since(&self, before: &Self) -> Self {
        let earlier = |table: &String| {
            before.tables.iter().find(|(name, _)| name == table).map_or([0; 4], |(_, rows)| *rows)
        };
        let tables = self.tables.iter().map(|(name, rows)| {
            let was = earlier(name);
            (name.clone(), [0, 1, 2, 3].map(|at| rows[at] - was[at]))
        });
        Self {
            commits: self.commits - before.commits,
            statements: self.statements.zip(before.statements).map(|(after, was)| after - was),
            wal_bytes: self.wal_bytes - before.wal_bytes,
            tables: tables.filter(|(_, rows)| rows.iter().any(|count| *count != 0)).collect(),
        }
    }

    /// Rows that were written, old ones again or new.
    pub(crate) fn row_versions(&self) -> i64 {
        self.tables.iter().map(|(_, rows)| rows[0] + rows[1]).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_tell_what_happened_in_between() {
        let before = Counters {
            commits: 10,
            statements: Some(100),
            wal_bytes: 0,
            tables: vec![("jobs".into(), [5, 5, 1, 0])],
        };
        let after = Counters {
            commits: 15,
            statements: Some(160),
            wal_bytes: 9,
            tables: vec![("events".into(), [7, 0, 0, 0]), ("jobs".into(), [6, 8, 2, 0])],
        };
        let between = after.since(&before);
        assert_eq!((between.commits, between.statements, between.wal_bytes), (5, Some(60), 9));
        assert_eq!(between.row_versions(), 7 + 1 + 3);
        assert_eq!(before.since(&before).tables, []);
    }
}
