//! Reading what is known.
use std::collections::HashSet;

use sqlx::PgConnection;
use uuid::Uuid;

use super::selection_of;
use crate::{
    declaration::{self, Declaration, DeclarationId},
    inspection::{model::Dossier, store},
    kernel::{Actor, Failure},
};

/// A case the actor may see, with all that is known about its inspection. Who may see which part of it is
/// decided where it is shown.
pub async fn read(
    conn: &mut PgConnection,
    actor: &Actor,
    id: DeclarationId,
) -> Result<(Declaration, Dossier), Failure> {
    let declaration = declaration::service::read(conn, actor, id).await?;
    let rounds = store::visit::rounds(conn, id).await?;
    let ids: Vec<Uuid> = rounds.iter().map(|round| round.id.0).collect();
    let dossier = Dossier {
        selection: selection_of(conn, id).await?,
        changes: store::selection::changes(conn, id).await?,
        appointments: store::visit::appointments(conn, id).await?,
        signatures: store::result::signatures(conn, &ids).await?,
        samples: store::visit::samples(conn, &ids).await?,
        treatments: store::treatment::all(conn, id).await?,
        disposal: store::treatment::disposal(conn, id).await?,
        rounds,
    };
    Ok((declaration, dossier))
}

/// Of which of these declarations somebody signed a result or verified a treatment: those they may not release
/// (domain R10).
pub async fn judged_by(
    conn: &mut PgConnection,
    ids: &[DeclarationId],
    person: Uuid,
) -> sqlx::Result<HashSet<DeclarationId>> {
    let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
    Ok(store::result::judged_by(conn, &ids, person).await?.into_iter().collect())
}
