//! The swap itself: a claimed transfer for a clearance form (domain 4.4, R1, R11).
use super::{
    super::{reading, release},
    hold, step_and_report,
};
use crate::{
    clearance::{self, NewForm},
    declaration::Status,
    kernel::{Actor, Failure},
    ledger::Tx,
    reference::Books,
    swap::{Action, Side, State, TransferId},
};

/// The system issues the form of a claim that was not drawn, or whose check is passed, and releases the goods with it.
///
/// Safe to run twice: a transfer that is swapped, or no longer to be swapped, is left alone.
pub async fn swap_transfer(tx: &mut Tx, books: &Books, id: TransferId) -> Result<(), Failure> {
    let (declaration, mut transfer) = hold(tx, id).await?;
    let Some(mut declaration) = declaration.filter(|_| transfer.side == Side::Port) else {
        return Ok(());
    };
    let today = tx.today();
    let is_due = matches!(transfer.state, State::Claimed | State::SpotCheckOk)
        && declaration.status == Status::Conforming
        && declaration.withdrawal_requested_at.is_none()
        && today <= transfer.valid_until;
    if !is_due {
        return Ok(());
    }
    let content = reading::current_content(tx, &declaration).await?;
    let people = reading::People::of(tx, &[&content], today).await?;
    let facts = people.review(&content, books, today).facts;
    let form = NewForm {
        declaration_id: declaration.id,
        decl_no: declaration.number()?.to_owned(),
        lines: reading::form_lines(&content),
        before_result: false,
        valid_until: facts.validity.until(today).min(transfer.valid_until),
        remark: None,
    };
    let system = Actor::system();
    let form = clearance::service::issue(tx, &system, form).await?;
    release::release_on_form(tx, &system, &mut declaration, &form).await?;
    transfer.clearance_no = Some(form.clearance_no);
    transfer.form_valid_until = Some(form.valid_until);
    transfer.swapped_at = Some(tx.now);
    step_and_report(tx, &system, &mut transfer, Action::Swap).await
}
