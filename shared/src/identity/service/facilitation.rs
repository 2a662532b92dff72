//! What is withheld from an enterprise, at once and here (domain R16). The rooms that know why impose it; everybody
//! who grants a facilitation asks [`is_blocked`].
use chrono::NaiveDate;
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    identity::{
        FacilitationBlock, FacilitationBlockId, StaffId,
        event::{FacilitationBlocked, FacilitationLifted},
        store,
    },
    kernel::{Actor, Failure, Page, PageRequest},
    ledger::Tx,
};

/// Which blocks to list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub reg_no: Option<String>,
    /// Only those in force, or only those that are over.
    pub live: Option<bool>,
}

/// Why an enterprise is to be blocked.
#[derive(Clone, Debug)]
pub struct Cause {
    pub reg_no: String,
    /// The record that says why; it has one live block at a time.
    pub source: Uuid,
    pub reason: String,
    /// The bureau that is asked to suspend the enterprise, and by when.
    pub proposed_to: String,
    pub decide_due_on: NaiveDate,
}

/// Withholds every facilitation from an enterprise from now on. Doing it twice for one source changes nothing.
pub async fn block(tx: &mut Tx, actor: &Actor, cause: Cause) -> Result<(), Failure> {
    let block = FacilitationBlock {
        id: FacilitationBlockId::mint(tx.now),
        reg_no: cause.reg_no,
        source: cause.source,
        reason: cause.reason,
        proposed_to: cause.proposed_to,
        decide_due_on: cause.decide_due_on,
        imposed_at: tx.now,
        lifted_at: None,
        lifted_by: None,
        lifted_because: None,
        updated_at: tx.now,
    };
    if store::facilitation::insert(tx, &block).await? {
        let FacilitationBlock { id, source, reg_no, reason, .. } = &block;
        tx.record(actor, &FacilitationBlocked { block: *id, source: *source, reg_no, reason })?;
    }
    Ok(())
}

/// A duty chief gives the facilitations back.
pub async fn lift(
    tx: &mut Tx,
    actor: &Actor,
    id: FacilitationBlockId,
    because: &str,
) -> Result<FacilitationBlock, Failure> {
    let block = store::facilitation::lock(tx, id).await?;
    let block = block.ok_or(Failure::Missing("facilitation block"))?;
    tx.must_be_current(block.revision())?;
    if block.lifted_at.is_some() {
        return Err(Failure::refused("facilitation/already-lifted", "this block is over already"));
    }
    let chief = StaffId(actor.person()?);
    end(tx, actor, block, Some(chief), because).await
}

/// The bureau of the enterprise has decided: the block of that source ends, if it has not ended before.
pub async fn lift_of(
    tx: &mut Tx,
    actor: &Actor,
    source: Uuid,
    because: &str,
) -> Result<(), Failure> {
    if let Some(block) = store::facilitation::lock_of(tx, source).await? {
        end(tx, actor, block, None, because).await?;
    }
    Ok(())
}

async fn end(
    tx: &mut Tx,
    actor: &Actor,
    block: FacilitationBlock,
    by: Option<StaffId>,
    because: &str,
) -> Result<FacilitationBlock, Failure> {
    let now = tx.now;
    store::facilitation::lift(tx, block.id, by, because, now).await?;
    let FacilitationBlock { id, source, ref reg_no, .. } = block;
    tx.record(actor, &FacilitationLifted { block: id, source, reg_no, reason: because })?;
    Ok(FacilitationBlock {
        lifted_at: Some(now),
        lifted_by: by,
        lifted_because: Some(because.to_owned()),
        updated_at: now,
        ..block
    })
}

/// Are facilitations withheld from that enterprise now?
pub async fn is_blocked(conn: &mut PgConnection, reg_no: &str) -> Result<bool, Failure> {
    Ok(store::facilitation::is_blocked(conn, reg_no).await?)
}

/// All that was ever withheld, newest first; for the bureau.
pub async fn list(
    conn: &mut PgConnection,
    filter: &Filter,
    page: PageRequest,
) -> Result<Page<FacilitationBlock>, Failure> {
    Ok(Page::cut(store::facilitation::list(conn, filter, page).await?, page))
}
