//! The SQL of wishes to amend.
use sqlx::PgConnection;

use crate::{
    declaration::{Amendment, AmendmentId, AmendmentState, DeclarationId},
    kernel::PageRequest,
};

pub(in crate::declaration) async fn amendment(
    conn: &mut PgConnection,
    id: AmendmentId,
) -> sqlx::Result<Option<Amendment>> {
    sqlx::query_as!(
        Amendment,
        r#"
        select id as "id: AmendmentId", declaration_id as "declaration_id: DeclarationId", base_version, content, reason,
            state as "state: AmendmentState", requested_at, due_on, decided_at, decided_by, decision
        from amendments where id = $1
        "#,
        id.0,
    )
    .fetch_optional(conn)
    .await
}

pub(in crate::declaration) async fn lock_amendment(
    conn: &mut PgConnection,
    id: AmendmentId,
) -> sqlx::Result<Option<Amendment>> {
    sqlx::query_as!(
        Amendment,
        r#"
        select id as "id: AmendmentId", declaration_id as "declaration_id: DeclarationId", base_version, content, reason,
            state as "state: AmendmentState", requested_at, due_on, decided_at, decided_by, decision
        from amendments where id = $1 for update
        "#,
        id.0,
    )
    .fetch_optional(conn)
    .await
}

pub(in crate::declaration) async fn amendments_of(
    conn: &mut PgConnection,
    id: DeclarationId,
) -> sqlx::Result<Vec<Amendment>> {
    sqlx::query_as!(
        Amendment,
        r#"
        select id as "id: AmendmentId", declaration_id as "declaration_id: DeclarationId", base_version, content, reason,
            state as "state: AmendmentState", requested_at, due_on, decided_at, decided_by, decision
        from amendments where declaration_id = $1 order by requested_at, id
        "#,
        id.0,
    )
    .fetch_all(conn)
    .await
}

/// Wishes that wait for an officer of the declaring office, oldest first.
pub(in crate::declaration) async fn amendments_waiting(
    conn: &mut PgConnection,
    office: &str,
    page: PageRequest,
) -> sqlx::Result<Vec<Amendment>> {
    sqlx::query_as!(
        Amendment,
        r#"
        select a.id as "id: AmendmentId", a.declaration_id as "declaration_id: DeclarationId",
            a.base_version, a.content, a.reason, a.state as "state: AmendmentState", a.requested_at,
            a.due_on, a.decided_at, a.decided_by, a.decision
        from amendments a join declarations d on d.id = a.declaration_id
        where a.state = 'REQUESTED' and d.decl_org = $1 and ($2::uuid is null or a.id > $2)
          and ($4::timestamptz is null or a.requested_at >= $4)
        order by a.id
        limit $3
        "#,
        office,
        page.after,
        page.fetch(),
        page.since,
    )
    .fetch_all(conn)
    .await
}

pub(in crate::declaration) async fn insert_amendment(
    conn: &mut PgConnection,
    amendment: &Amendment,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        insert into amendments (id, declaration_id, base_version, content, reason, state, requested_at, due_on)
        values ($1, $2, $3, $4, $5, $6, $7, $8)
        "#,
        amendment.id.0,
        amendment.declaration_id.0,
        amendment.base_version,
        amendment.content,
        amendment.reason,
        amendment.state.name(),
        amendment.requested_at,
        amendment.due_on,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in crate::declaration) async fn update_amendment(
    conn: &mut PgConnection,
    amendment: &Amendment,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update amendments set state = $2, decided_at = $3, decided_by = $4, decision = $5 where id = $1",
        amendment.id.0,
        amendment.state.name(),
        amendment.decided_at,
        amendment.decided_by,
        amendment.decision,
    )
    .execute(conn)
    .await?;
    Ok(())
}
