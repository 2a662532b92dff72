//! The standing check: ledger, notices, payments and releases must agree at every moment, not only when somebody asks.
use serde_json::json;

use super::audit::audit;
use crate::{
    kernel::{Actor, Failure, id},
    ledger::Tx,
    payment::{audit::Audit, event, store},
};

/// How many of each sort an alarm names: enough to know where to look.
const NAMED: usize = 10;

/// Audits, and raises the alarm on the first disagreement; while it stands there is no second. When all agrees again
/// the alarm ends.
pub async fn check_parity(tx: &mut Tx) -> Result<Audit, Failure> {
    let audit = audit(tx).await?;
    let (now, system) = (tx.now, Actor::system());
    if audit.holds() {
        if let Some(alarm) = store::parity::end(tx, now).await? {
            tx.record(&system, &event::ParityRestored { alarm })?;
        }
        return Ok(audit);
    }
    let accounts: Vec<_> = audit.differences.iter().take(NAMED).map(|one| &one.account).collect();
    let faults: Vec<_> = audit.faults.iter().take(NAMED).collect();
    let alarm = id::mint(now);
    let found = json!({ "sum_fen": audit.sum(), "accounts": accounts, "faults": faults });
    if store::parity::raise(tx, (alarm, now), &found).await? {
        let broken = event::ParityBroken { alarm, sum_fen: audit.sum(), accounts, faults };
        tx.record(&system, &broken)?;
    }
    Ok(audit)
}
