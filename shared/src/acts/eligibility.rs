//! Declaring anywhere (R14): what the bureau decides over, gathered from the rooms that know it.
use chrono::Days;

use crate::{
    identity::{Eligibility, EligibilityId, eligibility::Conduct, service::eligibility},
    kernel::{Actor, Failure},
    ledger::Tx,
    nonconformity, payment,
    reference::Books,
};

/// Lets an enterprise declare anywhere, if every condition holds.
pub async fn approve_eligibility(
    tx: &mut Tx,
    books: &Books,
    actor: &Actor,
    id: EligibilityId,
) -> Result<Eligibility, Failure> {
    let conduct = conduct_of(tx, books, id).await?;
    eligibility::approve(tx, actor, id, conduct).await
}

/// Lets a suspended enterprise declare anywhere again, if every condition holds again.
pub async fn reinstate_eligibility(
    tx: &mut Tx,
    books: &Books,
    actor: &Actor,
    id: EligibilityId,
) -> Result<Eligibility, Failure> {
    let conduct = conduct_of(tx, books, id).await?;
    eligibility::reinstate(tx, actor, id, conduct).await
}

/// The nightly run: suspends every eligible enterprise for which a condition does not hold any more. Says how
/// many. Running it twice suspends nobody twice.
pub async fn review_eligibilities(tx: &mut Tx, books: &Books) -> Result<usize, Failure> {
    let mut suspended = 0;
    for id in eligibility::eligible(tx).await? {
        let conduct = conduct_of(tx, books, id).await?;
        let unmet = eligibility::recheck(tx, id, conduct).await?;
        suspended += usize::from(!unmet.is_empty());
    }
    Ok(suspended)
}

/// Looks at one enterprise again, where something happened that may have ended its eligibility (domain R14).
pub(super) async fn recheck_eligibility(
    tx: &mut Tx,
    books: &Books,
    reg_no: &str,
) -> Result<(), Failure> {
    if let Some(id) = eligibility::eligible_of(tx, reg_no).await? {
        let conduct = conduct_of(tx, books, id).await?;
        eligibility::recheck(tx, id, conduct).await?;
    }
    Ok(())
}

async fn conduct_of(tx: &mut Tx, books: &Books, id: EligibilityId) -> Result<Conduct, Failure> {
    let enterprise = eligibility::get(tx, &Actor::system(), id).await?.enterprise_code;
    let today = tx.today();
    let overdue_since = today.checked_sub_days(Days::new(30)).unwrap_or(today);
    Ok(Conduct {
        overdue_notices: payment::overdue_before(tx, &enterprise, overdue_since).await?,
        open_nonconformities: nonconformity::service::serious_open(tx, books, &enterprise, today)
            .await?,
    })
}
