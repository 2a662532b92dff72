//! The hour within which a claim that was not drawn is swapped (domain 4.4 rule 1), and what happens when it is over.
use crate::{
    kernel::{Actor, Failure},
    ledger::Tx,
    swap,
};

/// Raises the alarm, once for each claim, where the hour is over and there is no form. Returns how many.
///
/// Safe to run twice: a claim that was noticed is not noticed again.
pub async fn notice_overdue(tx: &mut Tx) -> Result<usize, Failure> {
    let (now, system) = (tx.now, Actor::system());
    let overdue = swap::service::notice_overdue(tx, now, 200).await?;
    for id in &overdue {
        let transfer = swap::service::read(tx, &system, *id).await?;
        tracing::warn!(
            transfer.no = transfer.transfer_no,
            "a claim is not swapped within its hour"
        );
        let why = Some("not swapped within the hour");
        swap::service::note(tx, &system, &transfer, "transfer.swap_overdue", why)?;
    }
    Ok(overdue.len())
}
