use chrono::{DateTime, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    declaration::DeclarationId,
    direct_release::consignment::{Seal, SealKind, SealedContainer},
};

/// The seals of a held declaration are these now.
pub(in super::super) async fn replace(
    conn: &mut PgConnection,
    declaration: DeclarationId,
    containers: &[SealedContainer],
    by: Uuid,
    now: DateTime<Utc>,
) -> sqlx::Result<()> {
    let (mut numbers, mut seals, mut kinds) = (Vec::new(), Vec::new(), Vec::new());
    for container in containers {
        for seal in &container.seals {
            numbers.push(container.container_no.clone());
            seals.push(seal.seal_no.clone());
            kinds.push(seal.kind.name().to_owned());
        }
    }
    sqlx::query!("delete from direct_seals where declaration_id = $1", declaration.0)
        .execute(&mut *conn)
        .await?;
    sqlx::query!(
        r#"
        insert into direct_seals (declaration_id, container_no, seal_no, kind, place, applied_by, applied_at)
        select $1, container_no, seal_no, kind, place, $5, $6
        from unnest($2::text[], $3::text[], $4::text[]) with ordinality as t(container_no, seal_no, kind, place)
        "#,
        declaration.0,
        &numbers,
        &seals,
        &kinds,
        by,
        now,
    )
    .execute(conn)
    .await?;
    Ok(())
}

/// The seals of a declaration, as they were told.
pub(in super::super) async fn of_declaration(
    conn: &mut PgConnection,
    declaration: DeclarationId,
) -> sqlx::Result<Vec<SealedContainer>> {
    let rows = sqlx::query!(
        r#"
        select container_no, seal_no, kind as "kind: SealKind" from direct_seals
        where declaration_id = $1 order by place
        "#,
        declaration.0,
    )
    .fetch_all(conn)
    .await?;
    let mut containers: Vec<SealedContainer> = Vec::new();
    for row in rows {
        let seal = Seal { seal_no: row.seal_no, kind: row.kind };
        match containers.last_mut() {
            Some(last) if last.container_no == row.container_no => last.seals.push(seal),
            _ => containers
                .push(SealedContainer { container_no: row.container_no, seals: vec![seal] }),
        }
    }
    Ok(containers)
}
