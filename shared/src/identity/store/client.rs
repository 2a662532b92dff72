use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::{
    identity::{
        Client, ClientId, OrganisationId, Roles,
        client::{Applicant, AuthMethod, ClientState, Credential, Draft},
        service::client::Filter,
    },
    kernel::{OrganisationKind, PageRequest},
};

pub(in super::super) async fn insert(
    conn: &mut PgConnection,
    id: ClientId,
    organisation: OrganisationId,
    draft: &Draft,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let (secret_hash, public_key) = draft.credential.columns();
    sqlx::query!(
        r#"
        insert into clients (id, organisation_id, name, auth_method, secret_hash, public_key, roles,
            created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $8)
        "#,
        id as ClientId,
        organisation as OrganisationId,
        draft.name,
        draft.credential.method() as AuthMethod,
        secret_hash,
        public_key,
        &draft.roles.names(),
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in super::super) async fn find(
    conn: &mut PgConnection,
    id: ClientId,
) -> sqlx::Result<Option<Client>> {
    sqlx::query_as!(
        Client,
        r#"
        select c.id as "id: ClientId", c.organisation_id as "organisation_id: OrganisationId",
               o.code as organisation_code, c.name, c.auth_method as "auth_method: AuthMethod",
               c.public_key, c.roles as "roles: Roles", c.state as "state: ClientState",
               c.created_at, c.updated_at
        from clients c join organisations o on o.id = c.organisation_id
        where c.id = $1
        "#,
        id as ClientId,
    )
    .fetch_optional(conn)
    .await
}

/// Reads one client and holds it until the transaction ends.
pub(in super::super) async fn lock(
    conn: &mut PgConnection,
    id: ClientId,
) -> sqlx::Result<Option<Client>> {
    sqlx::query_as!(
        Client,
        r#"
        select c.id as "id: ClientId", c.organisation_id as "organisation_id: OrganisationId",
               o.code as organisation_code, c.name, c.auth_method as "auth_method: AuthMethod",
               c.public_key, c.roles as "roles: Roles", c.state as "state: ClientState",
               c.created_at, c.updated_at
        from clients c join organisations o on o.id = c.organisation_id
        where c.id = $1
        for update of c
        "#,
        id as ClientId,
    )
    .fetch_optional(conn)
    .await
}

pub(in super::super) async fn list(
    conn: &mut PgConnection,
    filter: &Filter,
    page: PageRequest,
) -> sqlx::Result<Vec<Client>> {
    sqlx::query_as!(
        Client,
        r#"
        select c.id as "id: ClientId", c.organisation_id as "organisation_id: OrganisationId",
               o.code as organisation_code, c.name, c.auth_method as "auth_method: AuthMethod",
               c.public_key, c.roles as "roles: Roles", c.state as "state: ClientState",
               c.created_at, c.updated_at
        from clients c join organisations o on o.id = c.organisation_id
        where ($1::text is null or o.code = $1)
          and ($2::text is null or c.state = $2)
          and ($3::uuid is null or c.id < $3)
          and ($5::timestamptz is null or c.updated_at >= $5)
        order by c.id desc
        limit $4
        "#,
        filter.organisation_code.as_deref(),
        filter.state as Option<ClientState>,
        page.after,
        page.fetch(),
        page.since,
    )
    .fetch_all(conn)
    .await
}

/// A new credential of the same method; tokens signed before are void.
pub(in super::super) async fn set_credential(
    conn: &mut PgConnection,
    id: ClientId,
    credential: &Credential,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let (secret_hash, public_key) = credential.columns();
    sqlx::query!(
        r#"
        update clients
        set secret_hash = $2, public_key = $3, credential_changed_at = $4, updated_at = $4
        where id = $1
        "#,
        id as ClientId,
        secret_hash,
        public_key,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in super::super) async fn set_state(
    conn: &mut PgConnection,
    id: ClientId,
    state: ClientState,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update clients set state = $2, updated_at = $3 where id = $1",
        id as ClientId,
        state as ClientState,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in super::super) async fn applicant(
    conn: &mut PgConnection,
    id: ClientId,
) -> sqlx::Result<Option<Applicant>> {
    sqlx::query_as!(
        Applicant,
        r#"
        select c.id as "id: ClientId", c.organisation_id as "organisation_id: OrganisationId",
               o.kind as "organisation_kind: OrganisationKind", o.code as organisation_code,
               c.secret_hash, c.public_key, c.roles as "roles: Roles"
        from clients c join organisations o on o.id = c.organisation_id
        where c.id = $1 and c.state = 'ACTIVE' and o.state = 'ACTIVE'
        "#,
        id as ClientId,
    )
    .fetch_optional(conn)
    .await
}

/// Whether this assertion was not used before. Forgets the client's expired ones on the way.
pub(in super::super) async fn spend_assertion(
    conn: &mut PgConnection,
    id: ClientId,
    jti: &str,
    expires_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> sqlx::Result<bool> {
    let spent = sqlx::query!(
        r#"
        with forgotten as (
            delete from client_assertions where client_id = $1 and expires_at < $4 and jti <> $2
        )
        insert into client_assertions (client_id, jti, expires_at) values ($1, $2, $3)
        on conflict do nothing
        "#,
        id as ClientId,
        jti,
        expires_at,
        now,
    )
    .execute(conn)
    .await?;
    Ok(spent.rows_affected() == 1)
}
