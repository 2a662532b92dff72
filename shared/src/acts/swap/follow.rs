//! A transfer follows the case that claimed it: whatever inspectors and officers do with the case moves it too.
use super::step_and_report;
use crate::{
    declaration::{Declaration, Direction, Status},
    kernel::{Actor, Failure},
    ledger::Tx,
    swap::{self, Action, Side, State, job},
};

/// The declaration class of goods that come with a transfer (出境核查货证).
pub(super) const CLASS: &str = "25";

/// Moves the transfer that this held declaration claimed to where the declaration stands now.
pub(in crate::acts) async fn follow(
    tx: &mut Tx,
    actor: &Actor,
    declaration: &Declaration,
) -> Result<(), Failure> {
    if declaration.apl_kind != Direction::Outbound || declaration.decl_code != CLASS {
        return Ok(());
    }
    let Some(seen) = swap::service::of_declaration(tx, declaration.id).await? else {
        return Ok(());
    };
    let mut transfer = swap::service::lock(tx, seen.id).await?;
    if transfer.state == State::SpotCheckFail
        && declaration.status == Status::Inspecting
        && !transfer.is_correction_agreed
    {
        let detail = "the origin has not agreed to a correction: return it, or wait for its word";
        return Err(Failure::refused("transfer/correction-not-agreed", detail));
    }
    let Some(action) = next(transfer.state, declaration) else {
        // A wish to withdraw held the swap back, and was refused.
        if is_to_be_swapped(transfer.state, declaration) {
            tx.enqueue(&job::Swap { transfer: transfer.id })?;
        }
        return Ok(());
    };
    if action == Action::WithdrawClaim {
        transfer.declaration_id = None;
        transfer.claimant = None;
    }
    if matches!(action, Action::OrderCheck | Action::WithdrawClaim) {
        transfer.swap_due_at = None;
    }
    step_and_report(tx, actor, &mut transfer, action).await?;
    if transfer.state == State::SpotCheckOk {
        tx.enqueue(&job::Swap { transfer: transfer.id })?;
    }
    Ok(())
}

/// Nothing stands between this claim and its form.
pub(super) fn is_to_be_swapped(state: State, case: &Declaration) -> bool {
    matches!(state, State::Claimed | State::SpotCheckOk)
        && case.status == Status::Conforming
        && case.withdrawal_requested_at.is_none()
}

/// The step that follows from where the case stands. What was drawn is not claimed anew: it goes back to the origin.
fn next(state: State, case: &Declaration) -> Option<Action> {
    use Status::*;
    Some(match (state, case.status) {
        (State::Claimed, Selected) => Action::OrderCheck,
        (State::Claimed, Withdrawn | CancelledByCiq) => Action::WithdrawClaim,
        (State::SpotCheckPending, NonConforming) => Action::FailCheck,
        (State::SpotCheckPending | State::SpotCheckFail, Conforming) if case.has_result => {
            Action::PassCheck
        }
        (State::SpotCheckPending, Conforming) => Action::WaiveCheck,
        (
            State::SpotCheckPending | State::SpotCheckOk | State::SpotCheckFail,
            Withdrawn | AutoWithdrawn | CancelledByCiq | Closed,
        ) => Action::Return,
        _ => return None,
    })
}

/// Goods that travel by transfer are cleared, voided and amended by it alone, on both of its ends.
pub(in crate::acts) async fn must_not_travel(
    tx: &mut Tx,
    declaration: &Declaration,
) -> Result<(), Failure> {
    if declaration.apl_kind != Direction::Outbound {
        return Ok(());
    }
    match swap::service::of_declaration(tx, declaration.id).await? {
        Some(transfer) if transfer.state.is_live() => Err(Failure::refused(
            "transfer/under-way",
            format!("these goods travel by transfer {}: act on that", transfer.transfer_no),
        )),
        _ => Ok(()),
    }
}

/// The origin takes its transfer back before it cancels the case; what was swapped is taken back by the origin only.
pub(in crate::acts) async fn must_not_be_sent_away(
    tx: &mut Tx,
    declaration: &Declaration,
) -> Result<(), Failure> {
    if declaration.apl_kind != Direction::Outbound {
        return Ok(());
    }
    let transfer = swap::service::of_declaration(tx, declaration.id).await?;
    let transfer = transfer.filter(|transfer| transfer.state.is_live());
    let is_ours_to_end = transfer.is_none_or(|transfer| {
        transfer.side == Side::Port && !matches!(transfer.state, State::Swapped | State::Consumed)
    });
    if is_ours_to_end {
        return Ok(());
    }
    Err(Failure::refused("transfer/under-way", "the origin revokes the transfer first"))
}
