//! The acts that stay within the room. What moves several rooms at once lives in `acts`.
use std::{collections::BTreeSet, slice};

use sqlx::PgConnection;

pub use super::store::{KnownDeliveryOrder, KnownReference};
use super::{
    Action, Amendment, AmendmentId, Declaration, DeclarationId, Filter, NewVersion, Status,
    Version, event, store,
};
use crate::{
    kernel::{Actor, Failure, Page, PageRequest},
    ledger::{Tx, event::Happening, event::timeline as events_of},
};

const MISSING: Failure = Failure::Missing("declaration");

/// Reads one declaration of those the actor may see.
pub async fn read(
    conn: &mut PgConnection,
    actor: &Actor,
    id: DeclarationId,
) -> Result<Declaration, Failure> {
    store::find(conn, actor.scope(), id).await?.ok_or(MISSING)
}

/// Reads one declaration and holds it until the transaction ends.
pub async fn lock(tx: &mut Tx, actor: &Actor, id: DeclarationId) -> Result<Declaration, Failure> {
    let declaration = store::lock(tx, actor.scope(), &[id.0]).await?.pop().ok_or(MISSING)?;
    tx.must_be_current(declaration.revision)?;
    Ok(declaration)
}

/// Reads one declaration for the system and holds it, if this bureau knows it at all.
pub async fn lock_if_known(tx: &mut Tx, id: DeclarationId) -> Result<Option<Declaration>, Failure> {
    Ok(store::lock(tx, Actor::system().scope(), &[id.0]).await?.pop())
}

/// Reads many, for the system, and holds them until the transaction ends. All of them are there, in the order of
/// their ids.
pub async fn lock_many(tx: &mut Tx, ids: &[DeclarationId]) -> Result<Vec<Declaration>, Failure> {
    let wanted: BTreeSet<_> = ids.iter().map(|id| id.0).collect();
    let wanted: Vec<_> = wanted.into_iter().collect();
    let held = store::lock(tx, Actor::system().scope(), &wanted).await?;
    if held.len() < wanted.len() {
        return Err(MISSING);
    }
    Ok(held)
}

/// Reads those of many that the actor may see, and holds them until the transaction ends, in the order of their ids.
pub async fn lock_visible(
    tx: &mut Tx,
    actor: &Actor,
    ids: &[DeclarationId],
) -> Result<Vec<Declaration>, Failure> {
    let wanted: Vec<_> = ids.iter().map(|id| id.0).collect();
    Ok(store::lock(tx, actor.scope(), &wanted).await?)
}

/// The caller's own declaration under its own reference (企业报检号).
pub async fn read_by_reference(
    conn: &mut PgConnection,
    actor: &Actor,
    ent_decl_no: &str,
) -> Result<Declaration, Failure> {
    let reg_no = actor.reg_no().ok_or(MISSING)?;
    let id = store::id_of_reference(conn, reg_no, ent_decl_no).await?.ok_or(MISSING)?;
    read(conn, actor, id).await
}

/// The declaration of that number, for the bureau's own tools.
pub async fn id_of_number(
    conn: &mut PgConnection,
    decl_no: &str,
) -> Result<DeclarationId, Failure> {
    store::id_of_number(conn, decl_no).await?.ok_or(MISSING)
}

pub async fn list(
    conn: &mut PgConnection,
    actor: &Actor,
    filter: &Filter,
    page: PageRequest,
) -> Result<Page<Declaration>, Failure> {
    let rows = store::list(conn, actor.scope(), filter, page).await?;
    Ok(Page::cut(rows, page))
}

/// What waits at the actor's office in one of those states, first come first.
pub async fn waiting(
    conn: &mut PgConnection,
    actor: &Actor,
    statuses: &[Status],
    page: PageRequest,
) -> Result<Page<Declaration>, Failure> {
    let office = actor.office().ok_or(Failure::Forbidden("only offices have work lists"))?;
    let statuses: Vec<String> = statuses.iter().map(|status| status.name().to_owned()).collect();
    Ok(Page::cut(store::waiting(conn, office, &statuses, page).await?, page))
}

/// What waits for a release officer of the actor's office, first come first: conforming cases that lie where they are
/// to be released, and that no system releases by itself.
pub async fn releases_waiting(
    conn: &mut PgConnection,
    actor: &Actor,
    page: PageRequest,
) -> Result<Page<Declaration>, Failure> {
    let office = actor.office().ok_or(Failure::Forbidden("only offices have work lists"))?;
    Ok(Page::cut(store::releases_waiting(conn, office, page).await?, page))
}

/// Wishes to withdraw that wait for an officer of the actor's office.
pub async fn withdrawals_waiting(
    conn: &mut PgConnection,
    actor: &Actor,
    page: PageRequest,
) -> Result<Page<Declaration>, Failure> {
    let office = actor.office().ok_or(Failure::Forbidden("only offices have work lists"))?;
    Ok(Page::cut(store::withdrawals_waiting(conn, office, page).await?, page))
}

/// Wishes to amend that wait for an officer of the actor's office.
pub async fn amendments_waiting(
    conn: &mut PgConnection,
    actor: &Actor,
    page: PageRequest,
) -> Result<Page<Amendment>, Failure> {
    let office = actor.office().ok_or(Failure::Forbidden("only offices have work lists"))?;
    Ok(Page::cut(store::amendments_waiting(conn, office, page).await?, page))
}

/// One version of what was declared.
pub async fn version(
    conn: &mut PgConnection,
    id: DeclarationId,
    version: i32,
) -> Result<Version, Failure> {
    store::version(conn, id, version).await?.ok_or(Failure::Missing("version"))
}

/// What stands in the current versions of these.
pub async fn current_documents(
    conn: &mut PgConnection,
    ids: &[DeclarationId],
) -> sqlx::Result<Vec<(DeclarationId, serde_json::Value)>> {
    let ids: Vec<_> = ids.iter().map(|id| id.0).collect();
    store::current_documents(conn, &ids).await
}

/// All that happened to it, oldest first.
pub async fn timeline(
    conn: &mut PgConnection,
    actor: &Actor,
    id: DeclarationId,
) -> Result<Vec<Happening>, Failure> {
    read(conn, actor, id).await?;
    Ok(events_of(conn, id.0).await?)
}

/// Cases that wait for the enterprise and were not touched since then.
pub async fn silent_since(
    conn: &mut PgConnection,
    since: chrono::DateTime<chrono::Utc>,
    limit: i64,
) -> sqlx::Result<Vec<DeclarationId>> {
    store::silent_since(conn, since, limit).await
}

/// First filings under these references (`decl_reg_no`, `ent_decl_no`).
pub async fn known_references(
    conn: &mut PgConnection,
    references: &[(String, String)],
) -> sqlx::Result<Vec<KnownReference>> {
    let (reg_nos, numbers): (Vec<_>, Vec<_>) = references.iter().cloned().unzip();
    store::known_references(conn, &reg_nos, &numbers).await
}

/// Live declarations of these D/Os (direct bureau, key).
pub async fn known_delivery_orders(
    conn: &mut PgConnection,
    keys: &[(String, String)],
) -> sqlx::Result<Vec<KnownDeliveryOrder>> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let (bureaus, keys): (Vec<_>, Vec<_>) = keys.iter().cloned().unzip();
    store::known_delivery_orders(conn, &bureaus, &keys).await
}

/// Writes declarations that come in now. Those that somebody else's reference or D/O kept out are not in the answer.
pub async fn insert(tx: &mut Tx, rows: &[&Declaration]) -> sqlx::Result<Vec<DeclarationId>> {
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let now = tx.now;
    store::insert(tx, now, rows).await
}

/// Writes a case that was declared at another bureau and comes here by a handoff; says whether there was room for it.
pub async fn receive(tx: &mut Tx, visiting: &Declaration) -> sqlx::Result<bool> {
    store::insert_visiting(tx, visiting).await
}

/// Whether that version is kept already.
pub async fn is_kept(
    conn: &mut PgConnection,
    id: DeclarationId,
    version: i32,
) -> sqlx::Result<bool> {
    Ok(store::version(conn, id, version).await?.is_some())
}

/// Keeps versions of declarations that were just written, or are held.
pub async fn keep_versions(tx: &mut Tx, versions: &[NewVersion]) -> sqlx::Result<()> {
    match versions {
        [] => Ok(()),
        versions => store::insert_versions(tx, versions).await,
    }
}

/// One wish to amend; whose case it is, is asked when its declaration is locked.
pub async fn amendment(conn: &mut PgConnection, id: AmendmentId) -> Result<Amendment, Failure> {
    store::amendment(conn, id).await?.ok_or(Failure::Missing("amendment"))
}

/// Reads and holds a wish; its declaration is held already.
pub async fn lock_amendment(tx: &mut Tx, id: AmendmentId) -> Result<Amendment, Failure> {
    store::lock_amendment(tx, id).await?.ok_or(Failure::Missing("amendment"))
}

/// All wishes to amend a declaration, oldest first.
pub async fn amendments_of(
    conn: &mut PgConnection,
    id: DeclarationId,
) -> sqlx::Result<Vec<Amendment>> {
    store::amendments_of(conn, id).await
}

/// Writes a new wish. One may be open at a time.
pub async fn keep_amendment(tx: &mut Tx, amendment: &Amendment) -> Result<(), Failure> {
    store::insert_amendment(tx, amendment).await.map_err(|error| match constraint(&error) {
        Some("amendments_one_open") => Failure::refused(
            "amendment/one-at-a-time",
            "another wish to amend this declaration has not been decided yet",
        ),
        _ => error.into(),
    })
}

/// Writes what was decided.
pub async fn settle_amendment(tx: &mut Tx, amendment: &Amendment) -> sqlx::Result<()> {
    store::update_amendment(tx, amendment).await
}

/// Takes one step of the lifecycle on a locked declaration: the row, and the event that tells of it.
pub async fn step(
    tx: &mut Tx,
    actor: &Actor,
    declaration: &mut Declaration,
    action: Action,
    why: Option<&str>,
) -> Result<(), Failure> {
    let event = take(declaration, action, why)?;
    tx.record(actor, &event)?;
    save(tx, declaration).await
}

/// Takes the step in memory only, for acts that write the row later with more changes. Only the bureau with which the
/// case lies takes steps.
pub fn take(
    declaration: &mut Declaration,
    action: Action,
    why: Option<&str>,
) -> Result<event::Stepped, Failure> {
    declaration.must_lie_here()?;
    follow(declaration, action, why)
}

/// Takes a step, in memory, that the bureau has taken with which the case lies.
pub fn follow(
    declaration: &mut Declaration,
    action: Action,
    why: Option<&str>,
) -> Result<event::Stepped, Failure> {
    let from = declaration.status;
    declaration.status = from.take(action)?;
    match action {
        Action::AcceptSelected | Action::OrderCheck => {
            declaration.is_selected = true;
            declaration.has_result = false;
        }
        Action::Deselect => declaration.is_selected = false,
        Action::Pass | Action::Fail | Action::TreatmentWorked => declaration.has_result = true,
        _ => {}
    }
    Ok(event::Stepped {
        declaration: declaration.id,
        action,
        from,
        to: declaration.status,
        reason: why.map(str::to_owned),
        version: declaration.version,
        decl_no: declaration.decl_no.clone(),
        office: declaration.holder_org.clone(),
    })
}

/// Writes a locked declaration back, one revision on.
pub async fn save(tx: &mut Tx, declaration: &mut Declaration) -> Result<(), Failure> {
    save_many(tx, slice::from_mut(declaration)).await
}

/// Writes locked declarations back, each one revision on, in one statement.
pub async fn save_many(tx: &mut Tx, declarations: &mut [Declaration]) -> Result<(), Failure> {
    if declarations.is_empty() {
        return Ok(());
    }
    for declaration in &mut *declarations {
        declaration.revision += 1;
        declaration.updated_at = tx.now;
        if declaration.status == Status::Released && declaration.released_at.is_none() {
            declaration.released_at = Some(tx.now);
        }
    }
    store::update(tx, &*declarations).await.map_err(|error| match constraint(&error) {
        Some("declarations_do_key") => delivery_order_in_use(),
        _ => error.into(),
    })
}

/// Another live declaration has this D/O (domain R2).
#[must_use]
pub fn delivery_order_in_use() -> Failure {
    Failure::refused(
        "declaration/do-already-declared",
        "this delivery order is already declared in the bureau",
    )
}

fn constraint(error: &sqlx::Error) -> Option<&str> {
    error.as_database_error()?.constraint()
}
