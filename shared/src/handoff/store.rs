//! The SQL of handoffs.
pub(super) mod passage;

use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

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

pub(super) async fn find_many(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<Handoff>> {
    sqlx::query_as!(
        Handoff,
        r#"
        select id as "id: HandoffId", declaration_id as "declaration_id: DeclarationId", from_org, to_org, cause,
            state as "state: State", offered_at, expires_at, answered_at, receipt_at, offer_receipt,
            answer_receipt, refusal_code, refusal_text, escalated_at
        from handoffs
        where id = any($1)
        "#,
        ids,
    )
    .fetch_all(conn)
    .await
}

/// Reads handoffs and holds them, in ascending order of their ids.
pub(super) async fn lock(conn: &mut PgConnection, ids: &[Uuid]) -> sqlx::Result<Vec<Handoff>> {
    sqlx::query_as!(
        Handoff,
        r#"
        select id as "id: HandoffId", declaration_id as "declaration_id: DeclarationId", from_org, to_org, cause,
            state as "state: State", offered_at, expires_at, answered_at, receipt_at, offer_receipt,
            answer_receipt, refusal_code, refusal_text, escalated_at
        from handoffs
        where id = any($1) order by uuid_send(id) for update
        "#,
        ids,
    )
    .fetch_all(conn)
    .await
}

pub(super) async fn open_of(
    conn: &mut PgConnection,
    declarations: &[Uuid],
) -> sqlx::Result<Vec<Handoff>> {
    sqlx::query_as!(
        Handoff,
        r#"
        select id as "id: HandoffId", declaration_id as "declaration_id: DeclarationId", from_org, to_org, cause,
            state as "state: State", offered_at, expires_at, answered_at, receipt_at, offer_receipt,
            answer_receipt, refusal_code, refusal_text, escalated_at
        from handoffs
        where declaration_id = any($1) and state in ('OFFERED', 'AGREED') order by uuid_send(id) for update
        "#,
        declarations,
    )
    .fetch_all(conn)
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
          and ($4::timestamptz is null or offered_at >= $4)
        order by id limit $3
        "#,
        office,
        page.after,
        page.fetch(),
        page.since,
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
          and ($4::timestamptz is null or greatest(offered_at, answered_at, escalated_at) >= $4)
          and not exists (select 1 from handoffs later
              where later.declaration_id = handoffs.declaration_id and later.id > handoffs.id)
        order by id limit $3
        "#,
        office,
        page.after,
        page.fetch(),
        page.since,
    )
    .fetch_all(conn)
    .await
}

/// Own offers whose time is over. That of another bureau's is told by its own clock.
pub(super) async fn overdue(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    limit: i64,
) -> sqlx::Result<Vec<HandoffId>> {
    sqlx::query_scalar!(
        r#"
        select h.id as "id: HandoffId" from handoffs h
        join declarations d on d.id = h.declaration_id and left(d.direct_bureau, 2) = left(h.from_org, 2)
        where h.state = 'OFFERED' and h.expires_at <= $1 order by h.expires_at limit $2
        "#,
        now,
        limit,
    )
    .fetch_all(conn)
    .await
}

/// Writes the answers to held handoffs.
pub(super) async fn update<'a>(
    conn: &mut PgConnection,
    answered: impl IntoIterator<Item = &'a Handoff>,
) -> sqlx::Result<()> {
    let mut new = Answers::default();
    for handoff in answered {
        new.push(handoff);
    }
    sqlx::query!(
        r#"
        update handoffs h
        set state = new.state, answered_at = new.answered_at, receipt_at = new.receipt_at,
            answer_receipt = new.answer_receipt, refusal_code = new.refusal_code,
            refusal_text = new.refusal_text, escalated_at = new.escalated_at
        from unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::text[], $6::text[],
            $7::text[], $8::timestamptz[]) as new(id, state, answered_at, receipt_at, answer_receipt,
            refusal_code, refusal_text, escalated_at)
        where h.id = new.id
        "#,
        &new.ids,
        &new.states,
        &new.answered_at as &[Option<DateTime<Utc>>],
        &new.receipt_at as &[Option<DateTime<Utc>>],
        &new.answer_receipts as &[Option<String>],
        &new.refusal_codes as &[Option<String>],
        &new.refusal_texts as &[Option<String>],
        &new.escalated_at as &[Option<DateTime<Utc>>],
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// What an answer changes, turned on its side.
#[derive(Default)]
struct Answers {
    ids: Vec<Uuid>,
    states: Vec<String>,
    answered_at: Vec<Option<DateTime<Utc>>>,
    receipt_at: Vec<Option<DateTime<Utc>>>,
    answer_receipts: Vec<Option<String>>,
    refusal_codes: Vec<Option<String>>,
    refusal_texts: Vec<Option<String>>,
    escalated_at: Vec<Option<DateTime<Utc>>>,
}

impl Answers {
    fn push(&mut self, handoff: &Handoff) {
        self.ids.push(handoff.id.0);
        self.states.push(handoff.state.name().to_owned());
        self.answered_at.push(handoff.answered_at);
        self.receipt_at.push(handoff.receipt_at);
        self.answer_receipts.push(handoff.answer_receipt.clone());
        self.refusal_codes.push(handoff.refusal_code.clone());
        self.refusal_texts.push(handoff.refusal_text.clone());
        self.escalated_at.push(handoff.escalated_at);
    }
}
