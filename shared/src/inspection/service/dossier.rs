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

/// Which of these declarations have an appointment: the thirty-day clock leaves them alone (domain R1).
pub async fn appointed(
    conn: &mut PgConnection,
    ids: &[DeclarationId],
) -> sqlx::Result<Vec<DeclarationId>> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.0).collect();
    store::visit::appointed(conn, &ids).await
}

/// Who signed a result of this declaration or verified a treatment: they may not release it (domain R10).
pub async fn judges(conn: &mut PgConnection, id: DeclarationId) -> sqlx::Result<Vec<Uuid>> {
    store::result::judges(conn, id).await
}
