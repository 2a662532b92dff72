//! Whether the bearer of a token may still act. Asked at most twice a minute for each token.
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::{
    identity::{ClientId, OrganisationId, Roles, StaffId},
    kernel::OrganisationKind,
};

pub(in super::super) struct Bearer {
    pub organisation_id: OrganisationId,
    pub organisation_kind: OrganisationKind,
    pub organisation_code: String,
    pub roles: Roles,
    pub credential_changed_at: Option<DateTime<Utc>>,
}

pub(in super::super) async fn active_staff(
    conn: &mut PgConnection,
    id: StaffId,
) -> sqlx::Result<Option<Bearer>> {
    sqlx::query_as!(
        Bearer,
        r#"
        select o.id as "organisation_id: OrganisationId",
               o.kind as "organisation_kind: OrganisationKind", o.code as organisation_code,
               s.roles as "roles: Roles", s.credential_changed_at
        from staff s join organisations o on o.id = s.organisation_id
        where s.id = $1 and s.state = 'ACTIVE' and o.state = 'ACTIVE'
        "#,
        id as StaffId,
    )
    .fetch_optional(conn)
    .await
}

pub(in super::super) async fn active_client(
    conn: &mut PgConnection,
    id: ClientId,
) -> sqlx::Result<Option<Bearer>> {
    sqlx::query_as!(
        Bearer,
        r#"
        select o.id as "organisation_id: OrganisationId",
               o.kind as "organisation_kind: OrganisationKind", o.code as organisation_code,
               c.roles as "roles: Roles", c.credential_changed_at
        from clients c join organisations o on o.id = c.organisation_id
        where c.id = $1 and c.state = 'ACTIVE' and o.state = 'ACTIVE'
        "#,
        id as ClientId,
    )
    .fetch_optional(conn)
    .await
}
