//! The swap itself: a claimed transfer for a clearance form (domain 4.4, R1, R11).
use chrono::NaiveDate;

use super::{
    super::{reading, release},
    follow::is_to_be_swapped,
    hold, step_and_report,
};
use crate::{
    clearance::{self, NewForm},
    declaration::{Content, Declaration, facts::Terms},
    kernel::{Actor, Failure},
    ledger::Tx,
    reference::Books,
    swap::{Action, Side, Transfer, TransferId},
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
    if !is_to_be_swapped(transfer.state, &declaration) || transfer.valid_until < today {
        return Ok(());
    }
    let content = reading::current_content(tx, &declaration).await?;
    let form = form(books, today, (&declaration, &transfer), &content)?;
    let system = Actor::system();
    let form = clearance::service::issue(tx, &system, form).await?;
    release::release_on_form(tx, &system, &mut declaration, &form).await?;
    transfer.clearance_no = Some(form.clearance_no);
    transfer.form_valid_until = Some(form.valid_until);
    transfer.swapped_at = Some(tx.now);
    step_and_report(tx, &system, &mut transfer, Action::Swap).await
}

/// The form of a claim as it is declared now: never longer than the goods hold, nor than the transfer (domain R11).
pub(super) fn form(
    books: &Books,
    today: NaiveDate,
    (declaration, transfer): (&Declaration, &Transfer),
    content: &Content,
) -> Result<NewForm, Failure> {
    let validity = Terms::of(content, books, today).validity;
    Ok(NewForm {
        declaration_id: declaration.id,
        decl_no: declaration.number()?.to_owned(),
        lines: reading::form_lines(content),
        before_result: false,
        valid_until: validity.until(today).min(transfer.valid_until),
        remark: None,
    })
}
