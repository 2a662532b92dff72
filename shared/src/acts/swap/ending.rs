//! How transfers end: returned by the port, expired, revoked.
use super::{super::withdraw::leave_nothing_open, hold, step_and_report};
use crate::{
    clearance,
    declaration::{self, Action as CaseAction, Declaration},
    kernel::{Actor, Failure},
    ledger::Tx,
    swap::{self, Action, Side, State, Transfer, TransferId},
};

/// The duty chief of the port sends goods that are being checked, or failed, back to the origin.
pub async fn return_transfer(
    tx: &mut Tx,
    actor: &Actor,
    id: TransferId,
    reason: &str,
) -> Result<Transfer, Failure> {
    let seen = swap::service::read(tx, actor, id).await?;
    if seen.side != Side::Port {
        return Err(Failure::Forbidden("this act belongs to the port"));
    }
    actor.must_be_of(seen.port_org.as_deref().unwrap_or_default())?;
    let (declaration, mut transfer) = hold(tx, id).await?;
    tx.must_be_current(transfer.revision)?;
    transfer.reason = Some(reason.to_owned());
    step_and_report(tx, actor, &mut transfer, Action::Return).await?;
    if let Some(declaration) = declaration {
        end_case(tx, actor, declaration, reason).await?;
    }
    Ok(transfer)
}

/// Ends the port's case, and with it a form that customs has not used.
pub(super) async fn end_case(
    tx: &mut Tx,
    actor: &Actor,
    mut declaration: Declaration,
    reason: &str,
) -> Result<(), Failure> {
    if declaration.status.is_final() {
        return Ok(());
    }
    let case = &mut declaration;
    declaration::service::step(tx, actor, case, CaseAction::Cancel, Some(reason)).await?;
    leave_nothing_open(tx, actor, case, reason).await
}

/// Lets transfers end whose last day is over, and forgets old tries. Returns how many ended.
///
/// Safe to run twice: what has ended is not looked at again.
pub async fn expire_transfers(tx: &mut Tx) -> Result<usize, Failure> {
    let (system, today) = (Actor::system(), tx.today());
    swap::service::forget_tries(tx).await?;
    let mut ended = 0;
    for id in swap::service::run_out(tx, today, 200).await? {
        let (declaration, mut transfer) = hold(tx, id).await?;
        if transfer.valid_until >= today || transfer.state.is_final() {
            continue;
        }
        let was_swapped = transfer.state == State::Swapped;
        let action = match &declaration {
            Some(case) if was_swapped && is_used(tx, case).await? => Action::Consume,
            _ => Action::Expire,
        };
        if transfer.side == Side::Origin {
            swap::service::step(tx, &system, &mut transfer, action).await?;
        } else {
            step_and_report(tx, &system, &mut transfer, action).await?;
            if let Some(case) = declaration.filter(|_| !was_swapped) {
                end_case(tx, &system, case, "the transfer expired").await?;
            }
        }
        ended += 1;
    }
    Ok(ended)
}

async fn is_used(tx: &mut Tx, case: &Declaration) -> Result<bool, Failure> {
    let form = clearance::service::live_of(tx, case.id).await?;
    Ok(form.is_some_and(|form| form.state.is_annotated()))
}
