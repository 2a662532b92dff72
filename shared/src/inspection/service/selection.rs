//! Who is inspected: the draw is stored once, and only appended to (domain R3, invariant 11).
use std::collections::HashSet;

use sqlx::PgConnection;

use super::{Held, hold, hold_wherever};
use crate::{
    declaration::{self, Action, Declaration, DeclarationId},
    inspection::{
        draw::Inputs,
        event,
        model::{Change, ChangeKind, Comparison, Drawn, Stored},
        store,
    },
    kernel::{Actor, Failure},
    ledger::Tx,
};

/// Stores the draws of a batch of acceptances, in one statement.
pub async fn select_many(tx: &mut Tx, drawn: &[Drawn]) -> sqlx::Result<()> {
    if drawn.is_empty() {
        return Ok(());
    }
    let now = tx.now;
    store::selection::insert(tx, drawn, now).await
}

/// The stored draw, once there is one.
pub async fn selection_of(
    conn: &mut PgConnection,
    id: DeclarationId,
) -> sqlx::Result<Option<Stored>> {
    store::selection::find(conn, Some(id), None).await
}

/// Of these D/Os (direct bureau, key) those that hand their selection on: an earlier accepted declaration was
/// selected and ended without a result (domain R3, `INHERITED`).
pub async fn earlier_selected_without_result(
    conn: &mut PgConnection,
    delivery_orders: &[(String, String)],
) -> sqlx::Result<HashSet<(String, String)>> {
    if delivery_orders.is_empty() {
        return Ok(HashSet::new());
    }
    let (bureaus, keys): (Vec<_>, Vec<_>) = delivery_orders.iter().cloned().unzip();
    let unjudged = store::selection::unjudged_delivery_orders(conn, &bureaus, &keys).await?;
    Ok(unjudged.into_iter().collect())
}

/// Compares the stored draw with the rate of amended goods, and appends what that comes to. A raised rate may
/// turn not-selected into selected, never the other way; the caller takes that step on the declaration and marks
/// what became mandatory.
///
/// Goods that were judged already are not drawn again; what a duty chief took off is selected again only if
/// the rate is raised above what it was then.
pub async fn compare_again(
    tx: &mut Tx,
    actor: &Actor,
    declaration: &Declaration,
    inputs: &Inputs,
) -> Result<Comparison, Failure> {
    let stored = selection_of(tx, declaration.id).await?;
    let stored = stored.ok_or_else(|| anyhow::anyhow!("{} was never drawn", declaration.id))?;
    let rate = inputs.rate();
    let changes = store::selection::changes(tx, declaration.id).await?;
    let highest =
        changes.iter().filter_map(|change| change.rate).fold(stored.selection.rate, Ord::max);
    let is_mandatory = inputs.mandatory.is_some();
    if rate <= highest && (declaration.is_mandatory || !is_mandatory) {
        return Ok(Comparison::NotRaised);
    }

    let selects = stored.selection.draw.selects_at(rate)
        && !declaration.is_selected
        && !declaration.has_result;
    let change = Change {
        kind: ChangeKind::RateRaised,
        rate: Some(rate),
        reason: format!("amended to version {}", declaration.version),
        by_staff: None,
        at: tx.now,
    };
    store::selection::append_change(tx, declaration.id, &change, Some(inputs)).await?;
    let version = declaration.version;
    tx.record(actor, &event::RateRaised { declaration: declaration.id, version, selects })?;
    Ok(Comparison::Raised { selects, is_mandatory })
}

/// An inspector orders a check of what was not drawn (domain R1). The release office may hold the case by
/// then: the check takes it back from there.
pub async fn order_check(
    tx: &mut Tx,
    actor: &Actor,
    id: DeclarationId,
    reason: &str,
) -> Result<Declaration, Failure> {
    let mut held = hold_wherever(tx, actor, id, Action::OrderCheck).await?;
    if held.declaration.is_selected || held.declaration.has_result {
        return Err(Failure::refused(
            "inspection/already-inspected",
            "these goods were inspected already",
        ));
    }
    change(tx, actor, &mut held, ChangeKind::Ordered, Action::OrderCheck, reason).await?;
    Ok(held.declaration)
}

/// The duty chief takes a drawn one off, and says why; it is counted (domain 4.8 rule 5).
pub async fn deselect(
    tx: &mut Tx,
    actor: &Actor,
    id: DeclarationId,
    reason: &str,
) -> Result<Declaration, Failure> {
    let mut held = hold(tx, actor, id, Action::Deselect).await?;
    if held.declaration.is_mandatory {
        return Err(Failure::refused(
            "inspection/mandatory",
            "goods like these are always inspected; nobody can take them off",
        ));
    }
    change(tx, actor, &mut held, ChangeKind::Deselected, Action::Deselect, reason).await?;
    Ok(held.declaration)
}

async fn change(
    tx: &mut Tx,
    actor: &Actor,
    held: &mut Held,
    kind: ChangeKind,
    action: Action,
    reason: &str,
) -> Result<(), Failure> {
    let change = Change {
        kind,
        rate: None,
        reason: reason.to_owned(),
        by_staff: Some(held.person),
        at: tx.now,
    };
    store::selection::append_change(tx, held.declaration.id, &change, None).await?;
    declaration::service::step(tx, actor, &mut held.declaration, action, Some(reason)).await
}
