//! Treatments and disposals of what did not conform.
use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    declaration::DeclarationId,
    inspection::model::{Disposal, DisposalKind, Treatment, TreatmentId},
};

pub(in crate::inspection) async fn insert(
    conn: &mut PgConnection,
    declaration: DeclarationId,
    treatment: &Treatment,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        insert into treatments (id, declaration_id, method, ordered_by, ordered_at)
        values ($1, $2, $3, $4, $5)
        "#,
        treatment.id.0,
        declaration.0,
        treatment.method,
        treatment.ordered_by,
        treatment.ordered_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Oldest first; at most the last one is open.
pub(in crate::inspection) async fn all(
    conn: &mut PgConnection,
    declaration: DeclarationId,
) -> sqlx::Result<Vec<Treatment>> {
    sqlx::query_as!(
        Treatment,
        r#"
        select id as "id: TreatmentId", method, ordered_by, ordered_at, certificate_no, verified_by,
            verified_at, is_effective
        from treatments where declaration_id = $1
        order by ordered_at, id
        "#,
        declaration.0,
    )
    .fetch_all(conn)
    .await
}

/// Writes who verified it, on which certificate, and whether it worked.
pub(in crate::inspection) async fn verify(
    conn: &mut PgConnection,
    treatment: TreatmentId,
    certificate_no: &str,
    is_effective: bool,
    by: Uuid,
    at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        update treatments set certificate_no = $2, is_effective = $3, verified_by = $4, verified_at = $5
        where id = $1
        "#,
        treatment.0,
        certificate_no,
        is_effective,
        by,
        at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in crate::inspection) async fn insert_disposal(
    conn: &mut PgConnection,
    declaration: DeclarationId,
    disposal: &Disposal,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        insert into disposals (declaration_id, kind, evidence, proven_by, proven_at)
        values ($1, $2, $3, $4, $5)
        "#,
        declaration.0,
        disposal.kind.name(),
        &disposal.evidence,
        disposal.proven_by,
        disposal.proven_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

pub(in crate::inspection) async fn disposal(
    conn: &mut PgConnection,
    declaration: DeclarationId,
) -> sqlx::Result<Option<Disposal>> {
    sqlx::query_as!(
        Disposal,
        r#"
        select kind as "kind: DisposalKind", evidence, proven_by, proven_at
        from disposals where declaration_id = $1
        "#,
        declaration.0,
    )
    .fetch_optional(conn)
    .await
}
