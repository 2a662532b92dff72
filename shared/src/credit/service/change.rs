//! Changing a class: two different persons, one of them a duty chief (domain R10); after an evaluation a duty chief.
use sqlx::PgConnection;

use crate::{
    credit::{
        ChangeStatus, CreditChange, CreditChangeId, change::ChangeAction, event::ChangeMoved, store,
    },
    identity::{
        CreditClass, Rated, StaffId,
        eligibility::{Person, consent},
        service::organisation,
    },
    kernel::{Actor, Failure, Page, PageRequest, Violations},
    ledger::{Happening, Tx, event},
};

const MISSING: Failure = Failure::Missing("credit change");

/// Which proposals to list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub reg_no: Option<String>,
    pub status: Option<ChangeStatus>,
}

/// The first of two persons asks for another class. Nothing changes yet.
pub async fn propose(
    tx: &mut Tx,
    actor: &Actor,
    reg_no: &str,
    to: CreditClass,
    reason: String,
) -> Result<CreditChange, Failure> {
    let now = Person::new(StaffId(actor.person()?), &actor.roles);
    let mut wrong = Violations::default();
    let rated = organisation::rated_of(tx, reg_no).await?;
    if rated.is_none() {
        let (zh, en) = ("本局无此登记号", "no enterprise of that number is registered here");
        wrong.error("/reg_no", "enterprise-unknown", zh, en);
    } else if rated.as_ref().is_some_and(|rated| rated.class == to) {
        let (zh, en) = ("企业已是该等级", "this is its class already");
        wrong.error("/to_class", "class-unchanged", zh, en);
    }
    let rated = wrong.finish(rated)?;
    let change = CreditChange {
        id: CreditChangeId::mint(tx.now),
        organisation: rated.id,
        reg_no: rated.reg_no,
        from: rated.class,
        to,
        period: None,
        status: ChangeStatus::Proposed,
        reason,
        proposed_by: Some(now.id),
        proposed_by_chief: now.is_duty_chief,
        proposed_at: tx.now,
        decided_by: None,
        decided_at: None,
        decision: None,
        updated_at: tx.now,
    };
    if !store::change::insert(tx, &change).await? {
        let detail = "another change of this enterprise's class is not decided yet";
        return Err(Failure::refused("credit/change-open", detail));
    }
    tx.record(actor, &ChangeMoved::of(&change, None))?;
    Ok(change)
}

/// The second person agrees: from now on the enterprise has that class. What was accepted before keeps its own.
pub async fn confirm(
    tx: &mut Tx,
    actor: &Actor,
    id: CreditChangeId,
) -> Result<(CreditChange, Rated), Failure> {
    let change = hold(tx, id).await?;
    change.status.take(ChangeAction::Confirm)?;
    let now = Person::new(StaffId(actor.person()?), &actor.roles);
    match change.first_person() {
        Some(first) => {
            consent(Some(first), now)?;
        }
        None if now.is_duty_chief => {}
        None => {
            let detail = "what an evaluation proposes is confirmed by a duty chief";
            return Err(Failure::refused("identity/duty-chief-needed", detail));
        }
    }
    let rated = organisation::reclassify(tx, actor, change.organisation, change.to).await?;
    let confirmed = step(tx, actor, change, ChangeAction::Confirm, None).await?;
    Ok((confirmed, rated))
}

/// It will not be: a duty chief says so, or whoever asked for it thinks better of it.
pub async fn refuse(
    tx: &mut Tx,
    actor: &Actor,
    id: CreditChangeId,
    reason: String,
) -> Result<CreditChange, Failure> {
    let change = hold(tx, id).await?;
    change.status.take(ChangeAction::Refuse)?;
    let now = Person::new(StaffId(actor.person()?), &actor.roles);
    if !now.is_duty_chief && change.proposed_by != Some(now.id) {
        let detail = "a duty chief refuses a change, or who asked for it";
        return Err(Failure::refused("identity/duty-chief-needed", detail));
    }
    step(tx, actor, change, ChangeAction::Refuse, Some(reason)).await
}

async fn hold(tx: &mut Tx, id: CreditChangeId) -> Result<CreditChange, Failure> {
    let change = store::change::lock(tx, id).await?.ok_or(MISSING)?;
    tx.must_be_current(change.revision())?;
    Ok(change)
}

/// Writes the step and its history.
async fn step(
    tx: &mut Tx,
    actor: &Actor,
    change: CreditChange,
    action: ChangeAction,
    decision: Option<String>,
) -> Result<CreditChange, Failure> {
    let from = change.status;
    let moved = CreditChange {
        status: from.take(action)?,
        decided_by: Some(StaffId(actor.person()?)),
        decided_at: Some(tx.now),
        decision,
        updated_at: tx.now,
        ..change
    };
    store::change::update(tx, &moved).await?;
    tx.record(actor, &ChangeMoved::of(&moved, Some(from)))?;
    Ok(moved)
}

/// An enterprise sees its own, the bureau all.
pub async fn get(
    conn: &mut PgConnection,
    actor: &Actor,
    id: CreditChangeId,
) -> Result<CreditChange, Failure> {
    store::change::find(conn, actor.reg_no(), id).await?.ok_or(MISSING)
}

/// An enterprise sees its own, the bureau all. Newest first.
pub async fn list(
    conn: &mut PgConnection,
    actor: &Actor,
    filter: &Filter,
    page: PageRequest,
) -> Result<Page<CreditChange>, Failure> {
    Ok(Page::cut(store::change::list(conn, actor.reg_no(), filter, page).await?, page))
}

/// All that happened to one proposal.
pub async fn timeline(
    conn: &mut PgConnection,
    actor: &Actor,
    id: CreditChangeId,
) -> Result<Vec<Happening>, Failure> {
    get(conn, actor, id).await?;
    Ok(event::timeline(conn, id.0).await?)
}
