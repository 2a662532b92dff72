//! Taking a declaration back (撤销): freely before acceptance, with an officer's approval after it, and by
//! itself after thirty days without a word (domain 3.3, R1).
use super::advance;
use crate::{
    clearance::{self, State as FormState},
    declaration::{
        self, Action, Declaration, DeclarationId, Status,
        event::{SilenceNoticed, WithdrawalRefused, WithdrawalRequested},
    },
    kernel::{Actor, Failure, calendar},
    ledger::Tx,
    payment,
    reference::Books,
};

/// The declarant takes it back, or asks for it where an officer must agree.
pub async fn withdraw(
    tx: &mut Tx,
    books: &Books,
    actor: &Actor,
    id: DeclarationId,
    reason: &str,
) -> Result<Declaration, Failure> {
    let mut declaration = declaration::service::lock(tx, actor, id).await?;
    if declaration.status.is_before_acceptance() {
        declaration::service::step(tx, actor, &mut declaration, Action::Withdraw, Some(reason))
            .await?;
        advance(tx, books, actor, &declaration).await?;
        return Ok(declaration);
    }
    declaration.must_be_at_home()?;
    must_be_withdrawable(&declaration)?;
    must_not_be_used_by_customs(tx, &declaration).await?;
    if declaration.withdrawal_requested_at.is_none() {
        declaration.withdrawal_requested_at = Some(tx.now);
        declaration::service::save(tx, &mut declaration).await?;
        let event = WithdrawalRequested { declaration: id, reason: Some(reason.to_owned()) };
        tx.record(actor, &event)?;
    }
    Ok(declaration)
}

/// An acceptance officer of the declaring office agrees.
pub async fn approve_withdrawal(
    tx: &mut Tx,
    books: &Books,
    actor: &Actor,
    id: DeclarationId,
    reason: Option<&str>,
) -> Result<Declaration, Failure> {
    let mut declaration = requested(tx, actor, id).await?;
    must_be_withdrawable(&declaration)?;
    must_not_be_used_by_customs(tx, &declaration).await?;
    declaration::service::step(tx, actor, &mut declaration, Action::ApproveWithdrawal, reason)
        .await?;
    leave_nothing_open(tx, actor, &declaration, "withdrawn").await?;
    advance(tx, books, actor, &declaration).await?;
    Ok(declaration)
}

/// The officer says no; the case goes on as if nothing had been asked.
pub async fn refuse_withdrawal(
    tx: &mut Tx,
    books: &Books,
    actor: &Actor,
    id: DeclarationId,
    reason: &str,
) -> Result<Declaration, Failure> {
    let mut declaration = requested(tx, actor, id).await?;
    declaration.withdrawal_requested_at = None;
    declaration::service::save(tx, &mut declaration).await?;
    let event = WithdrawalRefused { declaration: id, reason: Some(reason.to_owned()) };
    tx.record(actor, &event)?;
    advance(tx, books, actor, &declaration).await?;
    Ok(declaration)
}

/// Withdraws cases of which nothing was heard for thirty days. Returns how many.
///
/// Safe to run twice: a withdrawn case is no longer silent. A case with a live form is told to the duty
/// chief instead (domain R1): its timeline says so.
pub async fn withdraw_silent_cases(tx: &mut Tx, books: &Books) -> Result<usize, Failure> {
    let system = Actor::system();
    let days = books.integer("decl.autowithdraw_days", tx.today());
    let since = calendar::start_of(tx.today()) - chrono::Duration::days(days);
    let mut withdrawn = 0;
    for id in declaration::service::silent_since(tx, since, 200).await? {
        let mut declaration = declaration::service::lock(tx, &system, id).await?;
        let is_silent = matches!(declaration.status, Status::NeedsCorrection | Status::Selected);
        if !is_silent {
            continue;
        }
        if clearance::service::live_of(tx, id).await?.is_some() {
            // Told once in each thirty days: writing the row down starts them anew.
            declaration::service::save(tx, &mut declaration).await?;
            let why = "nothing was heard for thirty days, and a clearance form is live";
            tx.record(&system, &SilenceNoticed { declaration: id, reason: Some(why.to_owned()) })?;
            continue;
        }
        let why = Some("no resubmission, appointment or inspection within the time allowed");
        declaration::service::step(tx, &system, &mut declaration, Action::AutoWithdraw, why)
            .await?;
        leave_nothing_open(tx, &system, &declaration, "withdrawn by the clock").await?;
        advance(tx, books, &system, &declaration).await?;
        withdrawn += 1;
    }
    Ok(withdrawn)
}

/// What a case leaves behind when it ends early: no live form, no unpaid notice.
pub(super) async fn leave_nothing_open(
    tx: &mut Tx,
    actor: &Actor,
    declaration: &Declaration,
    reason: &str,
) -> Result<(), Failure> {
    if let Some(mut form) = clearance::service::live_of(tx, declaration.id).await? {
        clearance::service::step(tx, actor, &mut form, FormState::Void, Some(reason)).await?;
    }
    payment::void_notices_of(tx, actor, declaration.id, reason).await?;
    Ok(())
}

async fn requested(tx: &mut Tx, actor: &Actor, id: DeclarationId) -> Result<Declaration, Failure> {
    let declaration = declaration::service::lock(tx, actor, id).await?;
    actor.must_be_of(&declaration.decl_org)?;
    if declaration.withdrawal_requested_at.is_none() {
        return Err(Failure::refused(
            "declaration/no-withdrawal-requested",
            "nobody asked to withdraw this declaration",
        ));
    }
    Ok(declaration)
}

/// SELECTED, or CONFORMING without a result.
fn must_be_withdrawable(declaration: &Declaration) -> Result<(), Failure> {
    declaration.status.take(Action::ApproveWithdrawal)?;
    if declaration.has_result {
        return Err(Failure::refused(
            "declaration/result-exists",
            "it was inspected already and can no longer be withdrawn",
        ));
    }
    Ok(())
}

async fn must_not_be_used_by_customs(
    tx: &mut Tx,
    declaration: &Declaration,
) -> Result<(), Failure> {
    let form = clearance::service::live_of(tx, declaration.id).await?;
    if form.is_some_and(|form| form.state.is_annotated()) {
        return Err(Failure::refused(
            "clearance-form/annotated",
            "customs has used its clearance form",
        ));
    }
    Ok(())
}
