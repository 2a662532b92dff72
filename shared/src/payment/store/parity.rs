//! What notices, payments and releases say of each other, and the alarms about it.
use chrono::{DateTime, Utc};
use serde_json::Value;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    declaration::DeclarationId,
    payment::audit::{Fault, FaultKind},
};

/// The first hundred faults, in one statement: at one moment.
pub(in crate::payment) async fn faults(conn: &mut PgConnection) -> sqlx::Result<Vec<Fault>> {
    sqlx::query_as!(
        Fault,
        r#"
        select kind as "kind!: FaultKind", declaration_id as "declaration!: DeclarationId", notice_no as "notice_no!"
        from parity_faults
        limit 100
        "#,
    )
    .fetch_all(conn)
    .await
}

/// Raises the alarm, unless it stands already: then `false`.
pub(in crate::payment) async fn raise(
    conn: &mut PgConnection,
    (id, now): (Uuid, DateTime<Utc>),
    found: &Value,
) -> sqlx::Result<bool> {
    let raised = sqlx::query!(
        r#"
        insert into parity_alarms (id, raised_at, found) values ($1, $2, $3)
        on conflict do nothing
        "#,
        id,
        now,
        found,
    );
    Ok(raised.execute(conn).await?.rows_affected() == 1)
}

/// Ends the alarm, if one stands.
pub(in crate::payment) async fn end(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
) -> sqlx::Result<Option<Uuid>> {
    sqlx::query_scalar!(
        "update parity_alarms set ended_at = $1 where ended_at is null returning id",
        now,
    )
    .fetch_optional(conn)
    .await
}
