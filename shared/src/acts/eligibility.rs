//! Declaring anywhere (R14): what the bureau decides over, gathered from the rooms that know it.
use chrono::Days;

use crate::{
    identity::{Eligibility, EligibilityId, eligibility::Conduct, service::eligibility},
    kernel::{Actor, Failure},
    ledger::Tx,
    payment,
};

/// Lets an enterprise declare anywhere, if every condition holds.
pub async fn approve_eligibility(
    tx: &mut Tx,
    actor: &Actor,
    id: EligibilityId,
) -> Result<Eligibility, Failure> {
    let conduct = conduct_of(tx, id).await?;
    eligibility::approve(tx, actor, id, conduct).await
}

/// Lets a suspended enterprise declare anywhere again, if every condition holds again.
pub async fn reinstate_eligibility(
    tx: &mut Tx,
    actor: &Actor,
    id: EligibilityId,
) -> Result<Eligibility, Failure> {
    let conduct = conduct_of(tx, id).await?;
    eligibility::reinstate(tx, actor, id, conduct).await
}

/// The nightly run: suspends every eligible enterprise for which a condition does not hold any more. Says how
/// many. Running it twice suspends nobody twice.
pub async fn review_eligibilities(tx: &mut Tx) -> Result<usize, Failure> {
    let mut suspended = 0;
    for id in eligibility::eligible(tx).await? {
        let conduct = conduct_of(tx, id).await?;
        let unmet = eligibility::recheck(tx, id, conduct).await?;
        suspended += usize::from(!unmet.is_empty());
    }
    Ok(suspended)
}

async fn conduct_of(tx: &mut Tx, id: EligibilityId) -> Result<Conduct, Failure> {
    let enterprise = eligibility::get(tx, &Actor::system(), id).await?.enterprise_code;
    let today = tx.today();
    let overdue_since = today.checked_sub_days(Days::new(30)).unwrap_or(today);
    Ok(Conduct {
        overdue_notices: payment::overdue_before(tx, &enterprise, overdue_since).await?,
        // No room keeps notices of non-conformity (口岸查验不合格信息通报) yet: none can be open.
        open_nonconformities: 0,
    })
}
