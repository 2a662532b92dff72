//! The SQL of handoffs.
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use super::{Handoff, HandoffId, State};
use crate::{
    declaration::DeclarationId,
    kernel::{PageRequest, Scope},
};

pub(super) async fn insert(conn: &mut PgConnection, made: &[Handoff]) -> sqlx::Result<()> {
    let mut ids = Vec::with_capacity(made.len());
    let mut declarations = Vec::with_capacity(made.len());
    let mut from = Vec::with_capacity(made.len());
    let mut to = Vec::with_capacity(made.len());
    let mut causes = Vec::with_capacity(made.len());
    let mut offered = Vec::with_capacity(made.len());
    let mut expires = Vec::with_capacity(made.len());
    let mut receipts = Vec::with_capacity(made.len());
    for handoff in made {
        ids.push(handoff.id.0);
        declarations.push(handoff.declaration_id.0);
        from.push(handoff.from_org.clone());
        to.push(handoff.to_org.clone());
        causes.push(handoff.cause.clone());
        offered.push(handoff.offered_at);
        expires.push(handoff.expires_at);
        receipts.push(handoff.offer_receipt.clone());
    }
    sqlx::query!(
        r#"
        insert into handoffs (id, declaration_id, from_org, to_org, cause, offered_at, expires_at,
            offer_receipt, state)
        select *, 'OFFERED' from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[],
            $6::timestamptz[], $7::timestamptz[], $8::text[])
        "#,
        &ids,
        &declarations,
        &from,
        &to,
        &causes,
        &offered,
        &expires,
        &receipts,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn find(
    conn: &mut PgConnection,
    scope: Scope<'_>,
    id: HandoffId,
) -> sqlx::Result<Option<Handoff>> {
    sqlx::query_as!(
        Handoff,
        r#"
        select id as "id: HandoffId", declaration_id as "declaration_id: DeclarationId", from_org, to_org, cause,
            state as "state: State", offered_at, expires_at, answered_at, receipt_at, offer_receipt,
            answer_receipt, refusal_code, refusal_text, escalated_at
        from handoffs
        where id = $1 and ($2 or $3 in (from_org, to_org) or exists (
            select 1 from declarations d where d.id = declaration_id
              and (d.decl_reg_no = $4 or $3 in (d.decl_org, d.insp_org, d.release_org))))
        "#,
        id.0,
        scope.all,
        scope.office,
        scope.reg_no,
    )
    .fetch_optional(conn)
    .await
}

pub(super) async fn lock(conn: &mut PgConnection, id: HandoffId) -> sqlx::Result<Option<Handoff>> {
    sqlx::query_as!(
        Handoff,
        r#"
        select id as "id: HandoffId", declaration_id as "declaration_id: DeclarationId", from_org, to_org, cause,
            state as "state: State", offered_at, expires_at, answered_at, receipt_at, offer_receipt,
            answer_receipt, refusal_code, refusal_text, escalated_at
        from handoffs
        where id = $1 for update
        "#,
        id.0,
    )
    .fetch_optional(conn)
    .await
}

pub(super) async fn open_of(
    conn: &mut PgConnection,
    declaration: DeclarationId,
) -> sqlx::Result<Option<Handoff>> {
    sqlx::query_as!(
        Handoff,
        r#"
        select id as "id: HandoffId", declaration_id as "declaration_id: DeclarationId", from_org, to_org, cause,
            state as "state: State", offered_at, expires_at, answered_at, receipt_at, offer_receipt,
            answer_receipt, refusal_code, refusal_text, escalated_at
        from handoffs
        where declaration_id = $1 and state = 'OFFERED' for update
        "#,
        declaration.0,
    )
    .fetch_optional(conn)
    .await
}

pub(super) async fn of_declaration(
    conn: &mut PgConnection,
    declaration: DeclarationId,
) -> sqlx::Result<Vec<Handoff>> {
    sqlx::query_as!(
        Handoff,
        r#"
        select id as "id: HandoffId", declaration_id as "declaration_id: DeclarationId", from_org, to_org, cause,
            state as "state: State", offered_at, expires_at, answered_at, receipt_at, offer_receipt,
            answer_receipt, refusal_code, refusal_text, escalated_at
        from handoffs
        where declaration_id = $1 order by offered_at, id
        "#,
        declaration.0,
    )
    .fetch_all(conn)
    .await
}

pub(super) async fn coming_in(
    conn: &mut PgConnection,
    office: &str,
    page: PageRequest,
) -> sqlx::Result<Vec<Handoff>> {
    sqlx::query_as!(
        Handoff,
        r#"
        select id as "id: HandoffId", declaration_id as "declaration_id: DeclarationId", from_org, to_org, cause,
            state as "state: State", offered_at, expires_at, answered_at, receipt_at, offer_receipt,
            answer_receipt, refusal_code, refusal_text, escalated_at
        from handoffs
        where to_org = $1 and state = 'OFFERED' and ($2::uuid is null or id > $2)
        order by id limit $3
        "#,
        office,
        page.after,
        page.fetch(),
    )
    .fetch_all(conn)
    .await
}

pub(super) async fn going_out(
    conn: &mut PgConnection,
    office: &str,
    page: PageRequest,
) -> sqlx::Result<Vec<Handoff>> {
    sqlx::query_as!(
        Handoff,
        r#"
        select id as "id: HandoffId", declaration_id as "declaration_id: DeclarationId", from_org, to_org, cause,
            state as "state: State", offered_at, expires_at, answered_at, receipt_at, offer_receipt,
            answer_receipt, refusal_code, refusal_text, escalated_at
        from handoffs
        where from_org = $1 and state in ('OFFERED', 'REFUSED', 'EXPIRED') and ($2::uuid is null or id > $2)
          and not exists (select 1 from handoffs later
              where later.declaration_id = handoffs.declaration_id and later.id > handoffs.id)
        order by id limit $3
        "#,
        office,
        page.after,
        page.fetch(),
    )
    .fetch_all(conn)
    .await
}

pub(super) async fn overdue(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    limit: i64,
) -> sqlx::Result<Vec<HandoffId>> {
    sqlx::query_scalar!(
        r#"
        select id as "id: HandoffId" from handoffs
        where state = 'OFFERED' and expires_at <= $1 order by expires_at limit $2
        "#,
        now,
        limit,
    )
    .fetch_all(conn)
    .await
}

pub(super) async fn update(conn: &mut PgConnection, handoff: &Handoff) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        update handoffs
        set state = $2, answered_at = $3, receipt_at = $4, answer_receipt = $5, refusal_code = $6,
            refusal_text = $7, escalated_at = $8
        where id = $1
        "#,
        handoff.id.0,
        handoff.state.name(),
        handoff.answered_at,
        handoff.receipt_at,
        handoff.answer_receipt,
        handoff.refusal_code,
        handoff.refusal_text,
        handoff.escalated_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}
