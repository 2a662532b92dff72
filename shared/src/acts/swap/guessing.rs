//! Trying to claim: counted before it is compared, and told in one way only.
use super::{hold, tell};
use crate::{
    kernel::{Actor, Failure},
    ledger::Tx,
    reference::Books,
    swap::{self, Limits, Presented, Side, Standing, TryId, message::Report},
};

/// A try that may be compared.
#[derive(Debug)]
pub struct Try {
    pub id: TryId,
    /// `None`: there is nothing of that number; it takes as long and is answered alike.
    pub password_hash: Option<String>,
}

/// Counts the try; to be committed before the password is compared.
pub async fn begin_claim(
    tx: &mut Tx,
    books: &Books,
    claimant: &str,
    presented: &Presented,
) -> Result<Result<Try, Standing>, Failure> {
    let limits = Limits::on(books, tx.today());
    let number = &presented.transfer_no;
    let id = match swap::service::begin_try(tx, claimant, number, limits).await? {
        Ok(id) => id,
        Err(standing) => return Ok(Err(standing)),
    };
    let known = swap::service::of_number(tx, Side::Port, number).await?;
    let known = known.filter(|known| known.decl_no == presented.decl_no);
    Ok(Ok(Try { id, password_hash: known.map(|known| known.password_hash) }))
}

/// The password was right: the try is no failure.
pub async fn forgive_claim(tx: &mut Tx, id: TryId) -> Result<(), Failure> {
    Ok(swap::service::forgive_try(tx, id).await?)
}

/// The password was wrong. The last one that is allowed locks the number, and the origin is told.
pub async fn fail_claim(
    tx: &mut Tx,
    books: &Books,
    actor: &Actor,
    claimant: &str,
    presented: &Presented,
) -> Result<(), Failure> {
    let limits = Limits::on(books, tx.today());
    let number = &presented.transfer_no;
    let failures = swap::service::fail_try(tx, actor, claimant, number, limits).await?;
    if failures.of_transfer < limits.transfer {
        return Ok(());
    }
    let Some(seen) = swap::service::of_number(tx, Side::Port, number).await? else {
        return Ok(());
    };
    let (_, mut transfer) = hold(tx, seen.id).await?;
    if transfer.locked_at.is_some() {
        return Ok(());
    }
    transfer.locked_at = Some(tx.now);
    transfer.port_version += 1;
    swap::service::save(tx, &mut transfer).await?;
    let why = "too many wrong passwords";
    swap::service::note(tx, &Actor::system(), &transfer, "transfer.locked", Some(why))?;
    let report = Report { reason: Some(why.to_owned()), ..Report::of(&transfer) };
    tell(tx, &transfer, "transfer.locked", serde_json::to_value(report)?).await?;
    Ok(())
}
