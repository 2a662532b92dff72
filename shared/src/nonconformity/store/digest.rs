//! What was found in a month, by origin bureau.
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;

use crate::nonconformity::{Category, NcSeverity, wire::DigestLine};

/// Months that are over and that an origin bureau, other than `own`, was not told of yet; the oldest first.
pub(in crate::nonconformity) async fn missing(
    conn: &mut PgConnection,
    own: &str,
    before: DateTime<Utc>,
) -> sqlx::Result<Vec<(String, NaiveDate)>> {
    let rows = sqlx::query!(
        r#"
        select distinct n.origin_bureau,
            date_trunc('month', n.first_sent_at at time zone 'Asia/Shanghai')::date as "month!"
        from nc_notices n
        where n.first_sent_at < $1 and n.origin_bureau <> $2 and not exists (
            select from nc_digests d where d.origin_bureau = n.origin_bureau
              and d.month = date_trunc('month', n.first_sent_at at time zone 'Asia/Shanghai')::date)
        order by 2, 1
        "#,
        before,
        own,
    )
    .fetch_all(conn)
    .await?;
    Ok(rows.into_iter().map(|row| (row.origin_bureau, row.month)).collect())
}

/// What was sent to a bureau for the first time between two moments, by category and severity.
pub(in crate::nonconformity) async fn lines(
    conn: &mut PgConnection,
    origin_bureau: &str,
    from: DateTime<Utc>,
    to: DateTime<Utc>,
) -> sqlx::Result<Vec<DigestLine>> {
    sqlx::query_as!(
        DigestLine,
        r#"
        select category as "category: Category", severity as "severity: NcSeverity", count(*) as "sent!",
            count(*) filter (where status <> 'CLOSED') as "open!"
        from nc_notices
        where origin_bureau = $1 and first_sent_at >= $2 and first_sent_at < $3
        group by category, severity
        order by category, severity
        "#,
        origin_bureau,
        from,
        to,
    )
    .fetch_all(conn)
    .await
}

/// Notes that a bureau is told of a month. False: somebody did so before.
pub(in crate::nonconformity) async fn claim(
    conn: &mut PgConnection,
    (origin_bureau, month): (&str, NaiveDate),
    notices: i64,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        r#"
        insert into nc_digests (origin_bureau, month, notices, sent_at) values ($1, $2, $3, $4)
        on conflict do nothing
        "#,
        origin_bureau,
        month,
        i32::try_from(notices).unwrap_or(i32::MAX),
        now,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}
