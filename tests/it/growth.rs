//! What lies in the archive and was not asked for is not read.
use chrono::{DateTime, Utc};
use shared::{
    declaration::{Filter, service},
    kernel::{Actor, PageRequest},
    payment::{self, NoticeFilter},
};
use sqlx::{PgConnection, PgPool};
use tests::{SSE, WAIGAOQIAO, YANGSHAN};

use crate::cases::{an_officer, declarant};

/// Twenty thousand released cases, one for each minute of two weeks. One enterprise has two of them; two were declared
/// at Yangshan.
async fn fill(conn: &mut PgConnection) {
    let archive = "
        insert into declarations (id, decl_reg_no, ent_decl_no, apl_kind, decl_code, kind, direct_bureau, decl_no,
            status, version, decl_org, release_org, insp_org, holder_org, anywhere, filed_at, accepted_at,
            released_at, updated_at)
        select (lpad(to_hex((extract(epoch from at) * 1000)::bigint), 12, '0') || '70008000000000000000')::uuid,
            case when n % 10000 = 78 then '3100600002' else '3100600001' end, 'A' || n, 'I', '13', 'CATALOGUE', '310000', '3101001' || lpad(n::text, 8, '0'),
            'RELEASED', 1, case when n % 10000 = 77 then '311000' else '310900' end, '310700', '310700', '310700',
            true, at, at, at, at
        from (select n, '2014-01-01T00:00:00Z'::timestamptz + n * interval '1 min' as at
            from generate_series(1, 20000) n) as minutes";
    for sql in [archive, "analyze declarations"] {
        sqlx::query(sql).execute(&mut *conn).await.unwrap();
    }
}

/// Asks ten times in one transaction, as a server would that plans once and for all after five, and tells how many
/// rows of `declarations` were read each time.
async fn rows_read(pool: &PgPool, actor: &Actor, since: Option<&str>) -> (usize, i64) {
    let (page, filter) = (first_page(since), Filter::default());
    let mut tx = pool.begin().await.unwrap();
    let before = read_so_far(&mut tx, "declarations").await;
    let mut told = 0;
    for _ in 0..10 {
        told = service::list(&mut tx, actor, &filter, page).await.unwrap().data.len();
    }
    (told, (read_so_far(&mut tx, "declarations").await - before) / 10)
}

fn first_page(since: Option<&str>) -> PageRequest {
    let since = since.map(|since| since.parse::<DateTime<Utc>>().unwrap());
    PageRequest { limit: 50, after: None, since }
}

/// Rows of a table that this session read and has not reported yet.
async fn read_so_far(conn: &mut PgConnection, table: &str) -> i64 {
    sqlx::query_scalar(
        "select coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0) from pg_stat_xact_user_tables
         where relname = $1",
    )
    .bind(table)
    .fetch_one(conn)
    .await
    .unwrap()
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn a_list_reads_about_as_many_rows_as_it_tells(pool: PgPool) {
    fill(&mut pool.acquire().await.unwrap()).await;
    let enterprise = declarant("3100600001");
    let small = declarant("3100600002");
    let busy = an_officer(SSE);
    let quiet = an_officer(YANGSHAN);
    let elsewhere = an_officer(WAIGAOQIAO);
    let last_hour = Some("2014-01-14T20:20:00Z");

    for (who, actor, since, tells, at_most) in [
        ("an enterprise", &enterprise, None, 50, 60),
        ("an enterprise that has few", &small, None, 2, 10),
        ("an office with many", &busy, None, 50, 60),
        ("an office that has few", &quiet, None, 2, 10),
        ("an enterprise that asks what is new", &enterprise, last_hour, 1, 70),
        ("an office that asks what is new", &elsewhere, last_hour, 50, 70),
        ("an office of few that asks what is new", &quiet, last_hour, 0, 70),
    ] {
        let (told, read) = rows_read(&pool, actor, since).await;
        assert!(told >= tells, "{who} is told {told}");
        assert!(read <= at_most, "{who} reads {read} rows to be told {told}");
    }
}

/// A notice for each of those cases, paid on its day; what the index knows of them is as after a night.
async fn charge(conn: &mut PgConnection) {
    let notices = "
        insert into fee_notices (id, notice_no, declaration_id, decl_no, reg_no, decl_org, kind, state, total_fen, lines,
            late_rate, issued_at, due_on, paid_at, updated_at)
        select id, decl_no || 'F01', id, decl_no, decl_reg_no, decl_org, 'ORIGINAL', 'PAID', 48400, '[]', 0.0005,
            filed_at, '2014-06-01', filed_at, filed_at
        from declarations order by filed_at";
    let summarize = "select brin_summarize_new_values('fee_notices_updated_idx')";
    for sql in [notices, summarize, "analyze fee_notices"] {
        sqlx::query(sql).execute(&mut *conn).await.unwrap();
    }
}

#[sqlx::test(migrator = "shared::MIGRATOR")]
async fn an_office_that_asks_which_notices_changed_does_not_read_its_archive(pool: PgPool) {
    let mut conn = pool.acquire().await.unwrap();
    fill(&mut conn).await;
    charge(&mut conn).await;
    let (office, filter) = (an_officer(SSE), NoticeFilter::default());
    let mut tx = pool.begin().await.unwrap();

    for (since, tells, at_most) in [
        (None, 50, 60),
        (Some("2014-01-14T20:50:00Z"), 30, 3_000),
        (Some("2014-02-01T00:00:00Z"), 0, 3_000),
    ] {
        let page = first_page(since);
        let before = read_so_far(&mut tx, "fee_notices").await;
        let mut told = 0;
        for _ in 0..10 {
            let found = payment::notices(&mut tx, &office, &filter, page).await.unwrap();
            told = found.data.len();
        }
        let read = (read_so_far(&mut tx, "fee_notices").await - before) / 10;
        assert!(told >= tells, "{since:?}: told {told}");
        assert!(read <= at_most, "{since:?}: reads {read} of 20,000 to tell {told}");
    }
}
