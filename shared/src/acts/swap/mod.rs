//! Certificate swap (换证直通) between bureaus (domain 4.4, R15): what moves a transfer together with a declaration, a
//! clearance form and a message to the other side.
mod amending;
pub(super) mod asked;
mod claim;
mod ending;
mod follow;
mod guessing;
pub(super) mod hear;
mod origin;
mod overdue;
mod swapping;

pub(super) use amending::{
    approve as approve_amendment, claimed_by, drop_asked, hear_decided, must_be_amendable,
};
pub use asked::{agree_to_amendment, refuse_to_amend};
pub use claim::{Claimed, Wanted, claim_transfer};
pub use ending::{expire_transfers, return_transfer};
pub(super) use follow::{follow, must_not_be_sent_away, must_not_travel};
pub use guessing::{Try, begin_claim, fail_claim, forgive_claim};
pub use origin::{Wish, agree_to_correction, create_transfer, revoke_transfer, unlock_transfer};
pub use overdue::notice_overdue;
pub use swapping::swap_transfer;

use serde_json::Value;

use crate::{
    declaration::{self, Declaration},
    exchange::{MessageId, Outgoing, service::outbox},
    kernel::{Actor, Failure},
    ledger::Tx,
    swap::{self, Action, Transfer, TransferId, message::Report},
};

/// Says something about a transfer to the bureau on its other end.
async fn tell(
    tx: &mut Tx,
    transfer: &Transfer,
    kind: &'static str,
    payload: Value,
) -> Result<MessageId, Failure> {
    let receiver = transfer.partner().to_owned();
    let correlation = transfer.correlation_id;
    outbox::send(tx, Outgoing { receiver, kind, version: 1, correlation, payload }).await
}

/// The port takes a step and reports it to the origin.
async fn step_and_report(
    tx: &mut Tx,
    actor: &Actor,
    transfer: &mut Transfer,
    action: Action,
) -> Result<(), Failure> {
    transfer.port_version += 1;
    swap::service::step(tx, actor, transfer, action).await?;
    tell(tx, transfer, action.event(), serde_json::to_value(Report::of(transfer))?).await?;
    Ok(())
}

/// Holds a transfer, and before it the declaration that goes with it: parents before children, as everywhere.
async fn hold(tx: &mut Tx, id: TransferId) -> Result<(Option<Declaration>, Transfer), Failure> {
    let system = Actor::system();
    let seen = swap::service::read(tx, &system, id).await?;
    let declaration = match seen.declaration_id {
        Some(id) => Some(declaration::service::lock_many(tx, &[id]).await?.remove(0)),
        None => None,
    };
    let transfer = swap::service::lock(tx, id).await?;
    if transfer.declaration_id != seen.declaration_id {
        return Err(anyhow::anyhow!("{} changed hands meanwhile: again", seen.transfer_no).into());
    }
    Ok((declaration, transfer))
}
