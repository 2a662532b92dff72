use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::{
    identity::{
        OrganisationId, Roles, Staff, StaffId,
        service::staff::Filter,
        staff::{Account, Draft, SignIn, StaffState},
    },
    kernel::{OrganisationKind, PageRequest},
};

pub(in super::super) struct NewStaff<'a> {
    pub id: StaffId,
    pub organisation: OrganisationId,
    pub draft: &'a Draft,
    pub password_hash: &'a str,
}

pub(in super::super) async fn insert(
    conn: &mut PgConnection,
    new: NewStaff<'_>,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        insert into staff (id, organisation_id, login, name, password_hash, roles, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $7)
        "#,
        new.id as StaffId,
        new.organisation as OrganisationId,
        new.draft.login,
        new.draft.name,
        new.password_hash,
        &new.draft.roles.names(),
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in super::super) async fn find(
    conn: &mut PgConnection,
    id: StaffId,
) -> sqlx::Result<Option<Staff>> {
    sqlx::query_as!(
        Staff,
        r#"
        select s.id as "id: StaffId", s.organisation_id as "organisation_id: OrganisationId",
               o.code as organisation_code, s.login, s.name, s.roles as "roles: Roles",
               s.state as "state: StaffState", s.locked_at, s.created_at, s.updated_at
        from staff s join organisations o on o.id = s.organisation_id
        where s.id = $1
        "#,
        id as StaffId,
    )
    .fetch_optional(conn)
    .await
}

/// Reads one member of staff and holds it until the transaction ends.
pub(in super::super) async fn lock(
    conn: &mut PgConnection,
    id: StaffId,
) -> sqlx::Result<Option<Staff>> {
    sqlx::query_as!(
        Staff,
        r#"
        select s.id as "id: StaffId", s.organisation_id as "organisation_id: OrganisationId",
               o.code as organisation_code, s.login, s.name, s.roles as "roles: Roles",
               s.state as "state: StaffState", s.locked_at, s.created_at, s.updated_at
        from staff s join organisations o on o.id = s.organisation_id
        where s.id = $1
        for update of s
        "#,
        id as StaffId,
    )
    .fetch_optional(conn)
    .await
}

pub(in super::super) async fn list(
    conn: &mut PgConnection,
    filter: &Filter,
    page: PageRequest,
) -> sqlx::Result<Vec<Staff>> {
    sqlx::query_as!(
        Staff,
        r#"
        select s.id as "id: StaffId", s.organisation_id as "organisation_id: OrganisationId",
               o.code as organisation_code, s.login, s.name, s.roles as "roles: Roles",
               s.state as "state: StaffState", s.locked_at, s.created_at, s.updated_at
        from staff s join organisations o on o.id = s.organisation_id
        where ($1::text is null or o.code = $1)
          and ($2::text is null or s.login = $2)
          and ($3::text is null or s.state = $3)
          and ($4::uuid is null or s.id < $4)
          and ($6::timestamptz is null or s.updated_at >= $6)
        order by s.id desc
        limit $5
        "#,
        filter.organisation_code.as_deref(),
        filter.login.as_deref(),
        filter.state as Option<StaffState>,
        page.after,
        page.fetch(),
        page.since,
    )
    .fetch_all(conn)
    .await
}

pub(in super::super) async fn set_state(
    conn: &mut PgConnection,
    id: StaffId,
    state: StaffState,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update staff set state = $2, updated_at = $3 where id = $1",
        id as StaffId,
        state as StaffState,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Opens a locked account and forgets its wrong tries.
pub(in super::super) async fn unlock(
    conn: &mut PgConnection,
    id: StaffId,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update staff set failed_tries = 0, locked_at = null, updated_at = $2 where id = $1",
        id as StaffId,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// A new password; tokens signed before are void.
pub(in super::super) async fn set_password(
    conn: &mut PgConnection,
    id: StaffId,
    password_hash: &str,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        update staff set password_hash = $2, credential_changed_at = $3, updated_at = $3
        where id = $1
        "#,
        id as StaffId,
        password_hash,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in super::super) async fn sign_in(
    conn: &mut PgConnection,
    login: &str,
) -> sqlx::Result<Option<SignIn>> {
    sqlx::query_as!(
        SignIn,
        r#"select id as "staff: StaffId", password_hash from staff where login = $1"#,
        login,
    )
    .fetch_optional(conn)
    .await
}

/// Reads an account and holds it: tries of one account are concluded one after the other.
pub(in super::super) async fn lock_account(
    conn: &mut PgConnection,
    id: StaffId,
) -> sqlx::Result<Option<Account>> {
    sqlx::query_as!(
        Account,
        r#"
        select s.id as "id: StaffId", s.organisation_id as "organisation_id: OrganisationId",
               o.kind as "organisation_kind: OrganisationKind", o.code as organisation_code,
               (s.state = 'ACTIVE' and o.state = 'ACTIVE') as "is_active!", s.password_hash,
               s.roles as "roles: Roles", s.failed_tries, s.locked_at
        from staff s join organisations o on o.id = s.organisation_id
        where s.id = $1
        for update of s
        "#,
        id as StaffId,
    )
    .fetch_optional(conn)
    .await
}

pub(in super::super) async fn count_tries(
    conn: &mut PgConnection,
    id: StaffId,
    failed_tries: i32,
    locked_at: Option<DateTime<Utc>>,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        update staff set failed_tries = $2, locked_at = $3, updated_at = coalesce($3, updated_at)
        where id = $1
        "#,
        id as StaffId,
        failed_tries,
        locked_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}
