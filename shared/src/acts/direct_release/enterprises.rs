//! Who may go directly: what the bureau decides over, gathered from the rooms that know it.
use crate::{
    direct_release::{Enterprise, EnterpriseId, service::enterprise},
    kernel::{Actor, Failure},
    ledger::Tx,
    reference::Books,
};

/// Grants direct release, if every condition holds.
pub async fn approve_direct_enterprise(
    tx: &mut Tx,
    books: &Books,
    actor: &Actor,
    id: EnterpriseId,
) -> Result<Enterprise, Failure> {
    enterprise::approve(tx, books, actor, id, false).await
}
