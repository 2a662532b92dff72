//! Signatures, and the results they make.
use chrono::{DateTime, Utc};
use sqlx::{PgConnection, types::Json};
use uuid::Uuid;

use crate::{
    declaration::DeclarationId,
    inspection::{
        model::{InspectionId, Signature},
        verdict::{Judgement, Verdict},
    },
};

/// Signs; who signs again replaces their own signature.
pub(in crate::inspection) async fn sign(
    conn: &mut PgConnection,
    signature: &Signature,
) -> sqlx::Result<()> {
    sqlx::query!(
        r#"
        insert into signatures (inspection_id, inspector, verdict, judgement, signed_at)
        values ($1, $2, $3, $4, $5)
        on conflict (inspection_id, inspector) do update
        set verdict = excluded.verdict, judgement = excluded.judgement, signed_at = excluded.signed_at
        "#,
        signature.inspection_id.0,
        signature.inspector,
        signature.judgement.verdict.name(),
        Json(&signature.judgement) as Json<&Judgement>,
        signature.signed_at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// All signatures of these rounds, oldest first.
pub(in crate::inspection) async fn signatures(
    conn: &mut PgConnection,
    rounds: &[Uuid],
) -> sqlx::Result<Vec<Signature>> {
    let rows = sqlx::query!(
        r#"
        select inspection_id as "inspection_id: InspectionId", inspector,
            judgement as "judgement: Json<Judgement>", signed_at
        from signatures where inspection_id = any($1)
        order by signed_at, inspector
        "#,
        rounds,
    )
    .fetch_all(conn)
    .await?;
    let signatures = rows.into_iter().map(|row| Signature {
        inspection_id: row.inspection_id,
        inspector: row.inspector,
        judgement: row.judgement.0,
        signed_at: row.signed_at,
    });
    Ok(signatures.collect())
}

/// Writes the result; the table refuses one that two inspectors did not sign.
pub(in crate::inspection) async fn decide(
    conn: &mut PgConnection,
    inspection: InspectionId,
    verdict: Verdict,
    at: DateTime<Utc>,
) -> sqlx::Result<()> {
    sqlx::query!(
        "update inspections set verdict = $2, decided_at = $3 where id = $1",
        inspection.0,
        verdict.name(),
        at,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// Of which of these declarations a person signed a result or verified a treatment.
pub(in crate::inspection) async fn judged_by(
    conn: &mut PgConnection,
    declarations: &[Uuid],
    person: Uuid,
) -> sqlx::Result<Vec<DeclarationId>> {
    sqlx::query_scalar!(
        r#"
        select i.declaration_id as "declaration: DeclarationId"
        from inspections i join signatures s on s.inspection_id = i.id
        where i.declaration_id = any($1) and i.verdict is not null and s.inspector = $2
        union all
        select declaration_id from treatments where declaration_id = any($1) and verified_by = $2
        "#,
        declarations,
        person,
    )
    .fetch_all(conn)
    .await
    .map(|found| found.into_iter().flatten().collect())
}
