//! The SQL of transfers and of tries to claim them.
use chrono::{DateTime, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{Failures, Filter, Side, State, Transfer, TransferId, TryId};
use crate::{
    declaration::DeclarationId,
    kernel::{PageRequest, Scope},
};

pub(super) async fn insert(conn: &mut PgConnection, transfer: &Transfer) -> sqlx::Result<()> {
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

pub(super) async fn update(conn: &mut PgConnection, transfer: &Transfer) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        update transfers set port_org = $2, password_hash = $3, state = $4, origin_version = $5, port_version = $6,
            declaration_id = $7, claimant = $8, claimed_at = $9, port_decl_no = $10, clearance_no = $11,
            form_valid_until = $12, swapped_at = $13, is_correction_agreed = $14, locked_at = $15,
            revocation_asked_at = $16, revocation_refused = $17, reason = $18, updated_at = $19, revision = $20
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
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(super) async fn find(
    conn: &mut PgConnection,
    scope: Scope<'_>,
    id: TransferId,
) -> sqlx::Result<Option<Transfer>> {
    sqlx::query_as!(
        Transfer,
        r#"
        select id as "id: TransferId", side as "side: Side", transfer_no, decl_no, origin_bureau, origin_org, port_bureau, port_org,
            reg_no, password_hash, state as "state: State", origin_version, port_version, content, concluded_on,
            valid_until, correlation_id, declaration_id as "declaration_id: DeclarationId", claimant, claimed_at,
            port_decl_no, clearance_no, form_valid_until, swapped_at, is_correction_agreed, locked_at,
            revocation_asked_at, revocation_refused, reason, created_at, updated_at, revision
        from transfers
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

pub(super) async fn list(
    conn: &mut PgConnection,
    scope: Scope<'_>,
    filter: &Filter,
    page: PageRequest,
) -> sqlx::Result<Vec<Transfer>> {
    sqlx::query_as!(
        Transfer,
        r#"
        select id as "id: TransferId", side as "side: Side", transfer_no, decl_no, origin_bureau, origin_org, port_bureau, port_org,
            reg_no, password_hash, state as "state: State", origin_version, port_version, content, concluded_on,
            valid_until, correlation_id, declaration_id as "declaration_id: DeclarationId", claimant, claimed_at,
            port_decl_no, clearance_no, form_valid_until, swapped_at, is_correction_agreed, locked_at,
            revocation_asked_at, revocation_refused, reason, created_at, updated_at, revision
        from transfers
        where ($1 or (side = 'ORIGIN' and (reg_no = $2 or origin_org = $3))
              or (side = 'PORT' and (claimant = $2 or port_org = $3 or ($3 is not null and port_org is null))))
          and ($4::text is null or side = $4)
          and ($5::text is null or state = $5)
          and ($6::text is null or transfer_no = $6)
          and ($7::uuid is null or id < $7)
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
    )
    .fetch_all(conn)
    .await
}

pub(super) async fn lock(
    conn: &mut PgConnection,
    id: TransferId,
) -> sqlx::Result<Option<Transfer>> {
    sqlx::query_as!(
        Transfer,
        r#"
        select id as "id: TransferId", side as "side: Side", transfer_no, decl_no, origin_bureau, origin_org, port_bureau, port_org,
            reg_no, password_hash, state as "state: State", origin_version, port_version, content, concluded_on,
            valid_until, correlation_id, declaration_id as "declaration_id: DeclarationId", claimant, claimed_at,
            port_decl_no, clearance_no, form_valid_until, swapped_at, is_correction_agreed, locked_at,
            revocation_asked_at, revocation_refused, reason, created_at, updated_at, revision
        from transfers
        where id = $1 for update
        "#,
        id.0,
    )
    .fetch_optional(conn)
    .await
}

pub(super) async fn of_number(
    conn: &mut PgConnection,
    side: Side,
    transfer_no: &str,
) -> sqlx::Result<Option<Transfer>> {
    sqlx::query_as!(
        Transfer,
        r#"
        select id as "id: TransferId", side as "side: Side", transfer_no, decl_no, origin_bureau, origin_org, port_bureau, port_org,
            reg_no, password_hash, state as "state: State", origin_version, port_version, content, concluded_on,
            valid_until, correlation_id, declaration_id as "declaration_id: DeclarationId", claimant, claimed_at,
            port_decl_no, clearance_no, form_valid_until, swapped_at, is_correction_agreed, locked_at,
            revocation_asked_at, revocation_refused, reason, created_at, updated_at, revision
        from transfers
        where side = $1 and transfer_no = $2
        "#,
        side.name(),
        transfer_no,
    )
    .fetch_optional(conn)
    .await
}

pub(super) async fn of_declaration(
    conn: &mut PgConnection,
    id: DeclarationId,
) -> sqlx::Result<Option<Transfer>> {
    sqlx::query_as!(
        Transfer,
        r#"
        select id as "id: TransferId", side as "side: Side", transfer_no, decl_no, origin_bureau, origin_org, port_bureau, port_org,
            reg_no, password_hash, state as "state: State", origin_version, port_version, content, concluded_on,
            valid_until, correlation_id, declaration_id as "declaration_id: DeclarationId", claimant, claimed_at,
            port_decl_no, clearance_no, form_valid_until, swapped_at, is_correction_agreed, locked_at,
            revocation_asked_at, revocation_refused, reason, created_at, updated_at, revision
        from transfers
        where declaration_id = $1
        "#,
        id.0,
    )
    .fetch_optional(conn)
    .await
}

pub(super) async fn carried_by(
    conn: &mut PgConnection,
    id: TransferId,
    message: Uuid,
) -> sqlx::Result<()> {
    sqlx::query!("update transfers set message_id = $2 where id = $1", id.0, message)
        .execute(conn)
        .await?;
    Ok(())
}

pub(super) async fn run_out(
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

/// Whoever tries a number waits here for whoever tries it too.
pub(super) async fn hold_number(
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

pub(super) async fn failures(
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

pub(super) async fn insert_try(
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

pub(super) async fn delete_try(conn: &mut PgConnection, id: TryId) -> sqlx::Result<()> {
    sqlx::query!("delete from claim_tries where id = $1", id.0).execute(conn).await?;
    Ok(())
}

pub(super) async fn unlock_number(
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

pub(super) async fn forget_tries(
    conn: &mut PgConnection,
    before: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!("delete from claim_tries where tried_at < $1", before).execute(&mut *conn).await?;
    sqlx::query!("delete from claimed_numbers where tried_at < $1", before).execute(conn).await?;
    Ok(())
}
