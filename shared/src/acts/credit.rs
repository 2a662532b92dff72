//! Credit classes where they move other rooms: an enterprise that sinks below B may not declare anywhere any more.
use super::eligibility::recheck_eligibility;
use crate::{
    credit::{
        CreditChange, CreditChangeId,
        service::{change, push},
    },
    kernel::{Actor, Failure},
    ledger::Tx,
    reference::Books,
};

/// The second of two persons confirms another class. It counts for whatever is accepted from now on; an eligibility to
/// declare anywhere that does not hold any more ends at once (domain 4.1, R14), and partners with a memorandum of credit
/// are told. `own`: our code, where we speak with other bureaus at all.
pub async fn confirm_credit_change(
    tx: &mut Tx,
    books: &Books,
    actor: &Actor,
    own: Option<&str>,
    id: CreditChangeId,
) -> Result<CreditChange, Failure> {
    let (change, rated) = change::confirm(tx, actor, id).await?;
    let expected = tx.expected_revision.take();
    recheck_eligibility(tx, books, &change.reg_no).await?;
    tx.expected_revision = expected;
    if let Some(own) = own {
        push::tell_all(tx, own, &rated).await?;
    }
    Ok(change)
}
