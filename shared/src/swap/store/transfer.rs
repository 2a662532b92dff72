//! The SQL of transfers.
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    declaration::DeclarationId,
    kernel::{PageRequest, Scope},
    swap::{Filter, Side, State, Transfer, TransferId},
};

/// A query for whole transfers: which ones is said in the words after `from transfers`.
macro_rules! transfers {
    ($which:literal, $($argument:expr),* $(,)?) => {
        sqlx::query_as!(
            Transfer,
            r#"
            select id as "id: TransferId", side as "side: Side", transfer_no, decl_no, origin_bureau, origin_org,
                port_bureau, port_org, reg_no, password_hash, state as "state: State", origin_version, port_version,
                content, concluded_on, valid_until, correlation_id, declaration_id as "declaration_id: DeclarationId",
                claimant, claimed_at, swap_due_at, port_decl_no, clearance_no, form_valid_until, swapped_at,
                is_correction_agreed, locked_at, revocation_asked_at, revocation_refused, reason, created_at,
                updated_at, revision
            from transfers
            "# + $which,
            $($argument),*
        )
    };
}

pub(in crate::swap) async fn insert(
    conn: &mut PgConnection,
    transfer: &Transfer,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        insert into transfers (id, side, transfer_no, decl_no, origin_bureau, origin_org, port_bureau, port_org,
            reg_no, password_hash, state, origin_version, port_version, content, concluded_on, valid_until,
            correlation_id, declaration_id, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $19)
        "#,
        transfer.id.0,
        transfer.side.name(),
        transfer.transfer_no,
        transfer.decl_no,
        transfer.origin_bureau,
        transfer.origin_org,
        transfer.port_bureau,
        transfer.port_org,
        transfer.reg_no,
        transfer.password_hash,
        transfer.state.name(),
        transfer.origin_version,
        transfer.port_version,
        transfer.content,
        transfer.concluded_on,
        transfer.valid_until,
        transfer.correlation_id,
        transfer.declaration_id.map(|id| id.0),
        transfer.created_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in crate::swap) async fn update(
    conn: &mut PgConnection,
    transfer: &Transfer,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        update transfers set port_org = $2, password_hash = $3, state = $4, origin_version = $5, port_version = $6,
            declaration_id = $7, claimant = $8, claimed_at = $9, port_decl_no = $10, clearance_no = $11,
            form_valid_until = $12, swapped_at = $13, is_correction_agreed = $14, locked_at = $15,
            revocation_asked_at = $16, revocation_refused = $17, reason = $18, updated_at = $19, revision = $20,
            swap_due_at = $21
        where id = $1
        "#,
        transfer.id.0,
        transfer.port_org,
        transfer.password_hash,
        transfer.state.name(),
        transfer.origin_version,
        transfer.port_version,
        transfer.declaration_id.map(|id| id.0),
        transfer.claimant,
        transfer.claimed_at,
        transfer.port_decl_no,
        transfer.clearance_no,
        transfer.form_valid_until,
        transfer.swapped_at,
        transfer.is_correction_agreed,
        transfer.locked_at,
        transfer.revocation_asked_at,
        transfer.revocation_refused,
        transfer.reason,
        transfer.updated_at,
        transfer.revision,
        transfer.swap_due_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in crate::swap) async fn find(
    conn: &mut PgConnection,
    scope: Scope<'_>,
    id: TransferId,
) -> sqlx::Result<Option<Transfer>> {
    transfers!(
        r#"
        where ($1 or (side = 'ORIGIN' and (reg_no = $2 or origin_org = $3))
              or (side = 'PORT' and (claimant = $2 or port_org = $3 or ($3 is not null and port_org is null))))
          and id = $4
        "#,
        scope.all,
        scope.reg_no,
        scope.office,
        id.0,
    )
    .fetch_optional(conn)
    .await
}

pub(in crate::swap) async fn list(
    conn: &mut PgConnection,
    scope: Scope<'_>,
    filter: &Filter,
    page: PageRequest,
) -> sqlx::Result<Vec<Transfer>> {
    transfers!(
        r#"
        where ($1 or (side = 'ORIGIN' and (reg_no = $2 or origin_org = $3))
              or (side = 'PORT' and (claimant = $2 or port_org = $3 or ($3 is not null and port_org is null))))
          and ($4::text is null or side = $4)
          and ($5::text is null or state = $5)
          and ($6::text is null or transfer_no = $6)
          and ($7::uuid is null or id < $7)
          and ($9::timestamptz is null or (state = 'CLAIMED' and swap_due_at < $9))
          and ($10::timestamptz is null or updated_at >= $10)
        order by id desc limit $8
        "#,
        scope.all,
        scope.reg_no,
        scope.office,
        filter.side.map(Side::name),
        filter.state.map(State::name),
        filter.transfer_no,
        page.after,
        page.fetch(),
        filter.overdue_at,
        page.since,
    )
    .fetch_all(conn)
    .await
}

pub(in crate::swap) async fn lock(
    conn: &mut PgConnection,
    id: TransferId,
) -> sqlx::Result<Option<Transfer>> {
    transfers!("where id = $1 for update", id.0,).fetch_optional(conn).await
}

pub(in crate::swap) async fn of_number(
    conn: &mut PgConnection,
    side: Side,
    transfer_no: &str,
) -> sqlx::Result<Option<Transfer>> {
    transfers!("where side = $1 and transfer_no = $2", side.name(), transfer_no,)
        .fetch_optional(conn)
        .await
}

pub(in crate::swap) async fn of_declaration(
    conn: &mut PgConnection,
    id: DeclarationId,
) -> sqlx::Result<Option<Transfer>> {
    transfers!("where declaration_id = $1", id.0,).fetch_optional(conn).await
}

pub(in crate::swap) async fn carried_by(
    conn: &mut PgConnection,
    id: TransferId,
    message: Uuid,
) -> sqlx::Result<()> {
    sqlx::query!("update transfers set message_id = $2 where id = $1", id.0, message)
        .execute(conn)
        .await?;
    Ok(())
}

pub(in crate::swap) async fn run_out(
    conn: &mut PgConnection,
    today: NaiveDate,
    limit: i64,
) -> sqlx::Result<Vec<TransferId>> {
    sqlx::query_scalar!(
        r#"
        select id as "id: TransferId" from transfers
        where state not in ('CONSUMED', 'EXPIRED', 'REVOKED_BY_ORIGIN', 'RETURNED_TO_ORIGIN')
          and valid_until < $1 and (side = 'PORT' or state in ('CREATED', 'SENT_TO_HUB'))
        order by valid_until limit $2
        "#,
        today,
        limit,
    )
    .fetch_all(conn)
    .await
}

/// Transfers that one of these messages carries and that have not arrived anywhere yet; held, in the order of their ids.
pub(in crate::swap) async fn carried(
    conn: &mut PgConnection,
    messages: &[Uuid],
) -> sqlx::Result<Vec<Transfer>> {
    transfers!("where message_id = any($1) and state = 'CREATED' order by id for update", messages,)
        .fetch_all(conn)
        .await
}

/// Claims whose hour is over, and of which nobody was told; marked as told, and held.
pub(in crate::swap) async fn notice_overdue(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    limit: i64,
) -> sqlx::Result<Vec<TransferId>> {
    sqlx::query_scalar!(
        r#"
        update transfers set overdue_noticed_at = $1
        where id in (
            select id from transfers
            where state = 'CLAIMED' and swap_due_at < $1 and overdue_noticed_at is null
            order by id limit $2 for update skip locked)
        returning id as "id: TransferId"
        "#,
        now,
        limit,
    )
    .fetch_all(conn)
    .await
}
