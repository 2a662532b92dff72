//! Reading what is known.
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

/// Whether somebody signed a result of this declaration or verified a treatment of it: then they may not
/// release it (domain R10).
pub async fn has_judged(
    conn: &mut PgConnection,
    id: DeclarationId,
    person: Uuid,
) -> sqlx::Result<bool> {
    Ok(store::result::judges(conn, id).await?.contains(&person))
}
