//! Reading the feed.
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::notification::{model::Change, payload::Happened};

/// The last position that was given out. Whoever reads it first sees all changes up to it afterwards.
pub(in crate::notification) async fn head(conn: &mut PgConnection) -> sqlx::Result<i64> {
    sqlx::query_scalar!("select position from change_feed").fetch_one(conn).await
}

/// What concerns somebody after a position, oldest first. A declaration's number is told of what happened once it had
/// one, so that an event is told alike for ever.
pub(in crate::notification) async fn after(
    conn: &mut PgConnection,
    reg_no: &str,
    (position, head): (i64, i64),
    limit: i64,
) -> sqlx::Result<Vec<Change>> {
    let rows = sqlx::query!(
        r#"
        select c.position, e.id, e.kind, e.at, e.subject, c.reg_no,
            case when d.accepted_at <= e.at then d.decl_no end as decl_no,
            d.ent_decl_no as "ent_decl_no?", e.previous, e.next, e.reason, e.data
        from changes c
        join events e on e.id = c.event_id
        left join declarations d on d.id = e.subject
        where c.reg_no = $1 and c.position > $2 and c.position <= $3
        order by c.position limit $4
        "#,
        reg_no,
        position,
        head,
        limit,
    )
    .fetch_all(conn)
    .await?;
    let change = rows.into_iter().map(|row| Change {
        position: row.position,
        id: row.id,
        payload: Happened {
            kind: row.kind,
            at: row.at,
            subject: row.subject,
            reg_no: row.reg_no,
            decl_no: row.decl_no,
            ent_decl_no: row.ent_decl_no,
            previous: row.previous,
            next: row.next,
            reason: row.reason,
            data: row.data,
        }
        .into(),
    });
    Ok(change.collect())
}

/// How far a client says it has read.
pub(in crate::notification) async fn acknowledged(
    conn: &mut PgConnection,
    client: Uuid,
) -> sqlx::Result<Option<i64>> {
    sqlx::query_scalar!("select position from change_readers where client_id = $1", client)
        .fetch_optional(conn)
        .await
}

pub(in crate::notification) async fn acknowledge(
    conn: &mut PgConnection,
    client: Uuid,
    position: i64,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        insert into change_readers (client_id, position, acknowledged_at) values ($1, $2, $3)
        on conflict (client_id) do update set position = $2, acknowledged_at = $3
        "#,
        client,
        position,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Which of those who wait (a number, for whom, from where) something concerns.
pub(in crate::notification) async fn concerned(
    conn: &mut PgConnection,
    waiters: &[(i64, String, i64)],
) -> sqlx::Result<Vec<i64>> {
    let numbers: Vec<_> = waiters.iter().map(|(number, ..)| *number).collect();
    let reg_nos: Vec<_> = waiters.iter().map(|(_, reg_no, _)| reg_no.as_str()).collect();
    let positions: Vec<_> = waiters.iter().map(|(.., position)| *position).collect();
    sqlx::query_scalar!(
        r#"
        select number as "number!" from unnest($1::int8[], $2::text[], $3::int8[]) as waiter(number, reg_no, position)
        where exists (select from changes c where c.reg_no = waiter.reg_no and c.position > waiter.position)
        "#,
        &numbers,
        &reg_nos as &[&str],
        &positions,
    )
    .fetch_all(conn)
    .await
}
