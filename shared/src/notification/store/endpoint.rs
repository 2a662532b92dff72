//! Endpoints. Each belongs to one client, and is read by no other.
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    kernel::PageRequest,
    notification::{
        model::{Endpoint, EndpointId},
        status::{DisabledBecause, EndpointState},
    },
};

/// A query for whole endpoints: which ones is said in the words after `from webhook_endpoints`.
macro_rules! endpoints {
    ($which:literal, $($argument:expr),* $(,)?) => {
        sqlx::query_as!(
            Endpoint,
            r#"
            select id as "id: EndpointId", client_id, reg_no, url, description, event_types,
                state as "state: EndpointState", disabled_because as "disabled_because: DisabledBecause", key_id,
                generation, previous_key_id, previous_until, challenged_at, challenge_error, verified_at, failures,
                failing_since, held_until, created_at, updated_at
            from webhook_endpoints
            "# + $which,
            $($argument),*
        )
    };
}

pub(in crate::notification) async fn insert(
    conn: &mut PgConnection,
    endpoint: &Endpoint,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        insert into webhook_endpoints (id, client_id, reg_no, url, description, event_types, state, key_id,
            generation, created_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
        "#,
        endpoint.id.0,
        endpoint.client_id,
        endpoint.reg_no,
        endpoint.url,
        endpoint.description,
        &endpoint.event_types,
        endpoint.state.name(),
        endpoint.key_id,
        endpoint.generation,
        endpoint.created_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in crate::notification) async fn count(
    conn: &mut PgConnection,
    client: Uuid,
) -> sqlx::Result<i64> {
    sqlx::query_scalar!(
        r#"select count(*) as "count!" from webhook_endpoints where client_id = $1"#,
        client,
    )
    .fetch_one(conn)
    .await
}

/// Reads one of a client's.
pub(in crate::notification) async fn find(
    conn: &mut PgConnection,
    client: Uuid,
    id: EndpointId,
) -> sqlx::Result<Option<Endpoint>> {
    endpoints!("where client_id = $1 and id = $2", client, id.0).fetch_optional(conn).await
}

/// Reads one of a client's and holds it until the transaction ends.
pub(in crate::notification) async fn lock(
    conn: &mut PgConnection,
    client: Uuid,
    id: EndpointId,
) -> sqlx::Result<Option<Endpoint>> {
    endpoints!("where client_id = $1 and id = $2 for no key update", client, id.0)
        .fetch_optional(conn)
        .await
}

/// Reads one for the worker: whose it is was asked when the work was promised.
pub(in crate::notification) async fn find_any(
    conn: &mut PgConnection,
    id: EndpointId,
) -> sqlx::Result<Option<Endpoint>> {
    endpoints!("where id = $1", id.0).fetch_optional(conn).await
}

/// Holds some for the worker, in the order of their ids.
pub(in crate::notification) async fn lock_any(
    conn: &mut PgConnection,
    ids: &[Uuid],
) -> sqlx::Result<Vec<Endpoint>> {
    endpoints!("where id = any($1) order by id for no key update", ids).fetch_all(conn).await
}

pub(in crate::notification) async fn list(
    conn: &mut PgConnection,
    client: Uuid,
    page: PageRequest,
) -> sqlx::Result<Vec<Endpoint>> {
    endpoints!(
        r#"
        where client_id = $1 and ($2::uuid is null or id < $2)
          and ($4::timestamptz is null or updated_at >= $4)
        order by id desc limit $3
        "#,
        client,
        page.after,
        page.fetch(),
        page.since,
    )
    .fetch_all(conn)
    .await
}

/// Writes whatever can change.
pub(in crate::notification) async fn update(
    conn: &mut PgConnection,
    endpoint: &Endpoint,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        update webhook_endpoints set url = $2, description = $3, event_types = $4, state = $5, disabled_because = $6,
            key_id = $7, generation = $8, previous_key_id = $9, previous_until = $10, challenged_at = $11,
            challenge_error = $12, verified_at = $13, failures = $14, failing_since = $15, held_until = $16,
            updated_at = $17
        where id = $1
        "#,
        endpoint.id.0,
        endpoint.url,
        endpoint.description,
        &endpoint.event_types,
        endpoint.state.name(),
        endpoint.disabled_because.map(DisabledBecause::name),
        endpoint.key_id,
        endpoint.generation,
        endpoint.previous_key_id,
        endpoint.previous_until,
        endpoint.challenged_at,
        endpoint.challenge_error,
        endpoint.verified_at,
        endpoint.failures,
        endpoint.failing_since,
        endpoint.held_until,
        endpoint.updated_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}
