//! The SQL of tries to claim.
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::swap::{Failures, TryId};

/// Whoever tries a number waits here for whoever tries it too.
pub(in crate::swap) async fn hold_number(
    conn: &mut PgConnection,
    transfer_no: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        insert into claimed_numbers (transfer_no, tried_at) values ($1, $2)
        on conflict (transfer_no) do update set tried_at = excluded.tried_at
        "#,
        transfer_no,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in crate::swap) async fn failures(
    conn: &mut PgConnection,
    caller: &str,
    transfer_no: &str,
    since: DateTime<Utc>,
) -> sqlx::Result<Failures> {
    sqlx::query_as!(
        Failures,
        r#"
        select
            (select count(*) from claim_tries t where t.transfer_no = $2 and t.caller = $1 and t.tried_at > $3
                and t.tried_at > coalesce(n.unlocked_at, '-infinity')) as "of_caller!",
            (select count(*) from claim_tries t where t.transfer_no = $2
                and t.tried_at > coalesce(n.unlocked_at, '-infinity')) as "of_transfer!",
            (select count(*) from claim_tries t where t.caller = $1 and t.tried_at > $3) as "of_numbers!"
        from (select max(unlocked_at) as unlocked_at from claimed_numbers where transfer_no = $2) n
        "#,
        caller,
        transfer_no,
        since,
    )
    .fetch_one(conn)
    .await
}

pub(in crate::swap) async fn insert_try(
    conn: &mut PgConnection,
    id: TryId,
    transfer_no: &str,
    caller: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "insert into claim_tries (id, transfer_no, caller, tried_at) values ($1, $2, $3, $4)",
        id.0,
        transfer_no,
        caller,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in crate::swap) async fn delete_try(conn: &mut PgConnection, id: TryId) -> sqlx::Result<()> {
    sqlx::query!("delete from claim_tries where id = $1", id.0).execute(conn).await?;
    Ok(())
}

pub(in crate::swap) async fn unlock_number(
    conn: &mut PgConnection,
    transfer_no: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        insert into claimed_numbers (transfer_no, tried_at, unlocked_at) values ($1, $2, $2)
        on conflict (transfer_no) do update set unlocked_at = excluded.unlocked_at
        "#,
        transfer_no,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in crate::swap) async fn forget_tries(
    conn: &mut PgConnection,
    before: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!("delete from claim_tries where tried_at < $1", before).execute(&mut *conn).await?;
    sqlx::query!("delete from claimed_numbers where tried_at < $1", before).execute(conn).await?;
    Ok(())
}
