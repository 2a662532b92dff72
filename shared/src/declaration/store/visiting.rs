//! How a case comes in that was declared at another bureau.
use sqlx::PgConnection;

use crate::declaration::Declaration;

/// Writes it as it stands there. Nothing when its id, its number or its reference is taken.
pub(in crate::declaration) async fn insert_visiting(
    conn: &mut PgConnection,
    row: &Declaration,
) -> sqlx::Result<bool> {
    let done = sqlx::query!(
        r#"
        insert into declarations (id, decl_reg_no, ent_decl_no, apl_kind, decl_code, kind, direct_bureau,
            decl_no, status, version, decl_org, release_org, insp_org, holder_org, anywhere, is_selected,
            is_mandatory, filed_at, accepted_at, updated_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20)
        on conflict do nothing
        "#,
        row.id.0,
        row.decl_reg_no,
        row.ent_decl_no,
        row.apl_kind.name(),
        row.decl_code,
        row.kind.name(),
        row.direct_bureau,
        row.decl_no,
        row.status.name(),
        row.version,
        row.decl_org,
        row.release_org,
        row.insp_org,
        row.holder_org,
        row.anywhere,
        row.is_selected,
        row.is_mandatory,
        row.filed_at,
        row.accepted_at,
        row.updated_at,
    )
    .execute(conn)
    .await?;
    Ok(done.rows_affected() == 1)
}
