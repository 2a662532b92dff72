//! Consignments: keeping them, and telling the other side. What moves a declaration or a form too is in
//! `acts::direct_release`.
use sqlx::PgConnection;

use crate::{
    declaration::DeclarationId,
    direct_release::{
        consignment::{
            Action, Consignment, ConsignmentFilter, ConsignmentId, State,
            event::{ConsignmentDrawn, ConsignmentMoved, ConsignmentNoted},
            job::Chase,
            wire::{Consigned, REPORTED, Reported, Said},
        },
        store,
    },
    exchange::{Outgoing, service::outbox},
    inspection::Selection,
    kernel::{Actor, Failure, Page, PageRequest, calendar},
    ledger::{Happening, Tx, event},
};

const MISSING: Failure = Failure::Missing("direct-release consignment");

/// Keeps a new consignment; there is one of each form. `kind`: the event, as this side sees it.
pub async fn insert(
    tx: &mut Tx,
    actor: &Actor,
    consignment: &Consignment,
    kind: &'static str,
) -> Result<(), Failure> {
    store::consignment::insert(tx, consignment).await.map_err(|error| {
        match error.as_database_error().and_then(|error| error.constraint()) {
            Some("direct_consignments_no_key" | "direct_consignments_declaration_key") => {
                Failure::refused(
                    "direct-consignment/exists",
                    "these goods are under way under direct release already",
                )
            }
            _ => error.into(),
        }
    })?;
    Ok(tx.record(actor, &ConsignmentMoved::of(consignment, kind, None))?)
}

/// One of those that the actor may see.
pub async fn read(
    conn: &mut PgConnection,
    actor: &Actor,
    id: ConsignmentId,
) -> Result<Consignment, Failure> {
    store::consignment::find(conn, actor.scope(), id).await?.ok_or(MISSING)
}

/// Those that the actor may see, newest first.
pub async fn list(
    conn: &mut PgConnection,
    actor: &Actor,
    filter: &ConsignmentFilter,
    page: PageRequest,
) -> Result<Page<Consignment>, Failure> {
    Ok(Page::cut(store::consignment::list(conn, actor.scope(), filter, page).await?, page))
}

/// All that happened to it here, oldest first.
pub async fn timeline(
    conn: &mut PgConnection,
    actor: &Actor,
    id: ConsignmentId,
) -> Result<Vec<Happening>, Failure> {
    read(conn, actor, id).await?;
    Ok(event::timeline(conn, id.0).await?)
}

/// Holds one of those that the actor may see, as it was when the actor looked. A declaration that goes with it is
/// held already.
pub async fn lock(tx: &mut Tx, actor: &Actor, id: ConsignmentId) -> Result<Consignment, Failure> {
    let held = store::consignment::lock(tx, actor.scope(), id).await?.ok_or(MISSING)?;
    tx.must_be_current(held.revision())?;
    Ok(held)
}

/// The consignment of a declaration that has not gone back, and where it stands.
pub async fn of_declaration(
    conn: &mut PgConnection,
    id: DeclarationId,
) -> Result<Option<(ConsignmentId, State)>, Failure> {
    Ok(store::consignment::of_declaration(conn, id).await?)
}

/// The one that a partner speaks of, if it stands on its other end; held.
pub async fn lock_of_partner(
    tx: &mut Tx,
    partner: &str,
    first_no: &str,
) -> Result<Option<Consignment>, Failure> {
    match store::consignment::of_partner(tx, partner, first_no).await? {
        Some(id) => Ok(store::consignment::lock(tx, Actor::system().scope(), id).await?),
        None => Ok(None),
    }
}

/// Takes one step on a held consignment: the row, and the event that tells of it.
pub async fn step(
    tx: &mut Tx,
    actor: &Actor,
    consignment: &mut Consignment,
    action: Action,
) -> Result<(), Failure> {
    let from = consignment.take(action)?;
    tx.record(actor, &ConsignmentMoved::of(consignment, action.event(), Some(from)))?;
    save(tx, consignment).await
}

/// The other side said where it stands: perhaps several steps further.
pub async fn follow(
    tx: &mut Tx,
    actor: &Actor,
    consignment: &mut Consignment,
    to: State,
) -> Result<(), Failure> {
    let from = std::mem::replace(&mut consignment.state, to);
    let moved = ConsignmentMoved::of(consignment, "direct_consignment.reported", Some(from));
    tx.record(actor, &moved)?;
    save(tx, consignment).await
}

/// Writes a held consignment back.
pub async fn save(tx: &mut Tx, consignment: &mut Consignment) -> Result<(), Failure> {
    consignment.updated_at = tx.now;
    Ok(store::consignment::update(tx, consignment).await?)
}

/// Notes what moves nothing.
pub fn note(
    tx: &mut Tx,
    actor: &Actor,
    consignment: &Consignment,
    kind: &'static str,
    reason: Option<&str>,
) -> Result<(), Failure> {
    let noted = ConsignmentNoted {
        consignment: consignment.id,
        kind,
        reason,
        clearance_no: &consignment.clearance_no,
        version: consignment.version,
    };
    Ok(tx.record(actor, &noted)?)
}

/// Promises to ask whether an import has arrived, when its last day is over.
pub fn promise_chase(tx: &mut Tx, consignment: &Consignment) -> Result<(), Failure> {
    if let Some(due_on) = consignment.due_on {
        let over = calendar::start_of(calendar::days_after(due_on, 1));
        tx.enqueue_at(&Chase { consignment: consignment.id }, over)?;
    }
    Ok(())
}

/// An import that should have arrived and has not: both sides note it, each in its own ledger.
///
/// Safe to run twice: what has arrived, or was noted, is left alone.
pub async fn chase(tx: &mut Tx, id: ConsignmentId) -> Result<(), Failure> {
    let system = Actor::system();
    let mut lot = store::consignment::lock(tx, system.scope(), id).await?.ok_or(MISSING)?;
    if lot.state != State::Issued || lot.chased_at.is_some() {
        return Ok(());
    }
    tracing::warn!(consignment.id = %id, clearance_no = lot.clearance_no, "a sealed import has not arrived");
    lot.chased_at = Some(tx.now);
    note(tx, &system, &lot, "direct_consignment.overdue", None)?;
    save(tx, &mut lot).await
}

/// Keeps the draw: once for each consignment, and never again.
pub async fn keep_draw(
    tx: &mut Tx,
    consignment: &Consignment,
    subject: &str,
    drawn: &Selection,
) -> Result<(), Failure> {
    let now = tx.now;
    store::draw::insert(tx, consignment.id, subject, drawn, now).await?;
    let told = ConsignmentDrawn {
        consignment: consignment.id,
        subject,
        rate_ppm: drawn.rate.ppm(),
        draw: drawn.draw.to_string(),
        key_id: &drawn.key_id,
        is_drawn: drawn.is_selected(),
    };
    Ok(tx.record(&Actor::system(), &told)?)
}

/// Tells the checking side of a consignment that sets out, or that goes on another form.
pub async fn tell_record(
    tx: &mut Tx,
    consignment: &Consignment,
    kind: &'static str,
) -> Result<(), Failure> {
    let payload = serde_json::to_value(Consigned::of(consignment))?;
    say(tx, consignment, consignment.checking_partner.as_deref(), kind, payload).await
}

/// Tells the checking side that the findings are explained, or that the lot is taken back.
pub async fn tell(
    tx: &mut Tx,
    consignment: &Consignment,
    kind: &'static str,
    reason: &str,
) -> Result<(), Failure> {
    let payload = serde_json::to_value(Said {
        consignment: consignment.former.first().unwrap_or(&consignment.clearance_no).clone(),
        version: consignment.version,
        reason: reason.to_owned(),
    })?;
    let receiver = consignment.checking_partner.as_deref();
    say(tx, consignment, receiver, kind, payload).await
}

/// Tells the issuing side where a held consignment stands now.
pub async fn report(tx: &mut Tx, consignment: &mut Consignment) -> Result<(), Failure> {
    consignment.report_version += 1;
    save(tx, consignment).await?;
    let payload = serde_json::to_value(Reported::of(consignment, tx.now))?;
    say(tx, consignment, consignment.issuing_partner.as_deref(), REPORTED, payload).await
}

/// Both sides may be offices of one bureau: they look at one record then, and nothing is said.
async fn say(
    tx: &mut Tx,
    consignment: &Consignment,
    receiver: Option<&str>,
    kind: &'static str,
    payload: serde_json::Value,
) -> Result<(), Failure> {
    let Some(receiver) = receiver else { return Ok(()) };
    let (receiver, correlation) = (receiver.to_owned(), consignment.correlation());
    outbox::send(tx, Outgoing { receiver, kind, version: 1, correlation, payload }).await?;
    Ok(())
}
