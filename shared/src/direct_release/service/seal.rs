//! Seals as inspectors put them on, before a form remarks them.
use sqlx::PgConnection;

use crate::{
    declaration::DeclarationId,
    direct_release::{
        consignment::{SealedContainer, event::Sealed},
        store,
    },
    kernel::{Actor, Failure},
    ledger::Tx,
};

/// Writes down the seals of a held declaration; those written down before are replaced.
pub async fn put(
    tx: &mut Tx,
    actor: &Actor,
    declaration: DeclarationId,
    containers: &[SealedContainer],
) -> Result<(), Failure> {
    let (by, now) = (actor.person()?, tx.now);
    store::seal::replace(tx, declaration, containers, by, now).await?;
    let seals = containers.iter().map(|container| container.seals.len()).sum();
    tx.record(actor, &Sealed { declaration, containers: containers.len(), seals })?;
    Ok(())
}

/// The seals of a declaration; none where none were put on.
pub async fn of_declaration(
    conn: &mut PgConnection,
    declaration: DeclarationId,
) -> Result<Vec<SealedContainer>, Failure> {
    Ok(store::seal::of_declaration(conn, declaration).await?)
}
