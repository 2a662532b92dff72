//! The counting. Everything is read from the records themselves.
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::figures::{DayCount, Median, Paid};

pub(super) async fn days(
    conn: &mut PgConnection,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    office: Option<&str>,
) -> sqlx::Result<Vec<DayCount>> {
    sqlx::query_as!(
        DayCount,
        r#"
        select decl_org as office, (accepted_at at time zone 'Asia/Shanghai')::date as "day!",
            count(*) as "batches!",
            count(*) filter (where anywhere) as "anywhere!",
            count(*) filter (where kind = 'OUTSIDE_CATALOGUE') as "outside_catalogue!",
            count(*) filter (where is_selected) as "selected!",
            count(*) filter (where released_at is not null) as "released!"
        from declarations
        where accepted_at >= $1 and accepted_at < $2 and ($3::text is null or decl_org = $3)
        group by 1, 2
        "#,
        from,
        until,
        office,
    )
    .fetch_all(conn)
    .await
}

pub(super) async fn paid(
    conn: &mut PgConnection,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    office: Option<&str>,
) -> sqlx::Result<Vec<Paid>> {
    sqlx::query_as!(
        Paid,
        r#"
        select n.decl_org as office, count(*) as "batches!",
            count(*) filter (where p.channel = 'EPAY') as "electronic!",
            coalesce(sum(p.amount_fen) filter (where p.channel = 'EPAY'), 0)::bigint as "electronic_fen!"
        from payments p join fee_notices n on n.id = p.notice_id
        where p.state = 'SUCCESS' and p.settled_at >= $1 and p.settled_at < $2
          and ($3::text is null or n.decl_org = $3)
        group by 1
        "#,
        from,
        until,
        office,
    )
    .fetch_all(conn)
    .await
}

pub(super) async fn medians(
    conn: &mut PgConnection,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
    office: Option<&str>,
) -> sqlx::Result<Vec<Median>> {
    sqlx::query_as!(
        Median,
        r#"
        select decl_org as "office?",
            (1000 * percentile_cont(0.5) within group (
                order by extract(epoch from released_at - filed_at)::float8))::bigint as millis
        from declarations
        where accepted_at >= $1 and accepted_at < $2 and released_at is not null
          and ($3::text is null or decl_org = $3)
        group by grouping sets ((decl_org), ())
        "#,
        from,
        until,
        office,
    )
    .fetch_all(conn)
    .await
}

pub(super) async fn anywhere_batches(
    conn: &mut PgConnection,
    from: DateTime<Utc>,
    until: DateTime<Utc>,
) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"
        select count(*) as "batches!" from declarations
        where accepted_at >= $1 and accepted_at < $2 and anywhere
        "#,
        from,
        until,
    )
    .fetch_one(conn)
    .await
}

pub(super) async fn eligible_enterprises(conn: &mut PgConnection) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from anywhere_eligibilities where state = 'ELIGIBLE'"#,
    )
    .fetch_one(conn)
    .await
}
