//! The acts that stay within the room: keeping transfers, and counting tries. What moves a declaration, a form or a
//! message too is in `acts::swap`.
use chrono::{DateTime, Duration, NaiveDate, Utc};
use sqlx::PgConnection;
use uuid::Uuid;

use super::{
    Action, AskedAmendment, AskedAmendmentId, Failures, Filter, Limits, Side, Standing, Transfer,
    TransferId, TryId, event, store, tries,
};
use crate::{
    declaration::DeclarationId,
    kernel::{Actor, Failure, Page, PageRequest},
    ledger::{Tx, event::Happening, event::timeline as events_of},
};

const MISSING: Failure = Failure::Missing("transfer");
/// How long tries are remembered: longer than any transfer lives.
const MEMORY: Duration = Duration::days(120);

/// Keeps a new transfer; there is one of each number on each side.
pub async fn insert(tx: &mut Tx, actor: &Actor, transfer: &Transfer) -> Result<(), Failure> {
    store::transfer::insert(tx, transfer).await.map_err(|error| {
        match error.as_database_error().and_then(|error| error.constraint()) {
            Some("transfers_number_key" | "transfers_declaration_key") => Failure::refused(
                "transfer/exists",
                "this declaration has been transferred already: it is done once",
            ),
            _ => error.into(),
        }
    })?;
    tx.record(
        actor,
        &event::Created {
            transfer: transfer.id,
            transfer_no: &transfer.transfer_no,
            port_bureau: &transfer.port_bureau,
            valid_until: transfer.valid_until,
        },
    )?;
    Ok(())
}

/// One transfer of those the actor may see.
pub async fn read(
    conn: &mut PgConnection,
    actor: &Actor,
    id: TransferId,
) -> Result<Transfer, Failure> {
    store::transfer::find(conn, actor.scope(), id).await?.ok_or(MISSING)
}

pub async fn list(
    conn: &mut PgConnection,
    actor: &Actor,
    filter: &Filter,
    page: PageRequest,
) -> Result<Page<Transfer>, Failure> {
    Ok(Page::cut(store::transfer::list(conn, actor.scope(), filter, page).await?, page))
}

/// All that happened to it, oldest first.
pub async fn timeline(
    conn: &mut PgConnection,
    actor: &Actor,
    id: TransferId,
) -> Result<Vec<Happening>, Failure> {
    read(conn, actor, id).await?;
    Ok(events_of(conn, id.0).await?)
}

/// The transfer of that number on one side, whoever asks.
pub async fn of_number(
    conn: &mut PgConnection,
    side: Side,
    transfer_no: &str,
) -> sqlx::Result<Option<Transfer>> {
    store::transfer::of_number(conn, side, transfer_no).await
}

/// The transfer that a declaration was made into, or that it claimed.
pub async fn of_declaration(
    conn: &mut PgConnection,
    id: DeclarationId,
) -> sqlx::Result<Option<Transfer>> {
    store::transfer::of_declaration(conn, id).await
}

/// Reads it and holds it until the transaction ends. A declaration that goes with it is held already.
pub async fn lock(tx: &mut Tx, id: TransferId) -> Result<Transfer, Failure> {
    store::transfer::lock(tx, id).await?.ok_or(MISSING)
}

/// Takes one step on a held transfer: the row, and the event that tells of it.
pub async fn step(
    tx: &mut Tx,
    actor: &Actor,
    transfer: &mut Transfer,
    action: Action,
) -> Result<(), Failure> {
    let from = transfer.take(action)?;
    tx.record(actor, &event::Moved::of(transfer, action, from))?;
    save(tx, transfer).await
}

/// Writes a held transfer back.
pub async fn save(tx: &mut Tx, transfer: &mut Transfer) -> Result<(), Failure> {
    transfer.updated_at = tx.now;
    transfer.revision += 1;
    Ok(store::transfer::update(tx, transfer).await?)
}

/// Notes what moves nothing.
pub fn note(
    tx: &mut Tx,
    actor: &Actor,
    transfer: &Transfer,
    kind: &'static str,
    reason: Option<&str>,
) -> Result<(), Failure> {
    let (id, transfer_no) = (transfer.id, transfer.transfer_no.as_str());
    Ok(tx.record(actor, &event::Noted { transfer: id, kind, reason, transfer_no })?)
}

/// Its message was receipted by whoever carries it.
pub async fn arrived(tx: &mut Tx, messages: &[Uuid]) -> Result<(), Failure> {
    if messages.is_empty() {
        return Ok(());
    }
    for mut transfer in store::transfer::carried(tx, messages).await? {
        step(tx, &Actor::system(), &mut transfer, Action::Send).await?;
    }
    Ok(())
}

/// Marks claims whose hour is over, each once.
pub async fn notice_overdue(
    conn: &mut PgConnection,
    now: DateTime<Utc>,
    limit: i64,
) -> sqlx::Result<Vec<TransferId>> {
    store::transfer::notice_overdue(conn, now, limit).await
}

/// Remembers which message carries it.
pub async fn carried_by(tx: &mut Tx, id: TransferId, message: Uuid) -> sqlx::Result<()> {
    store::transfer::carried_by(tx, id, message).await
}

/// Transfers whose last day is over and that have not ended.
pub async fn run_out(
    conn: &mut PgConnection,
    today: NaiveDate,
    limit: i64,
) -> sqlx::Result<Vec<TransferId>> {
    store::transfer::run_out(conn, today, limit).await
}

/// Begins a try: counts it as a failure until it proves right, or says why it may not be made. Kept before anything
/// is compared, so that nobody guesses faster than we count.
pub async fn begin_try(
    tx: &mut Tx,
    caller: &str,
    transfer_no: &str,
    limits: Limits,
) -> Result<Result<TryId, Standing>, Failure> {
    let now = tx.now;
    store::tries::hold_number(tx, transfer_no, now).await?;
    let failures = store::tries::failures(tx, caller, transfer_no, now - hours(limits)).await?;
    let standing = tries::standing(failures, limits);
    if standing != Standing::Free {
        return Ok(Err(standing));
    }
    let id = TryId::mint(now);
    store::tries::insert_try(tx, id, transfer_no, caller, now).await?;
    Ok(Ok(id))
}

/// It was right: it is no failure.
pub async fn forgive_try(tx: &mut Tx, id: TryId) -> sqlx::Result<()> {
    store::tries::delete_try(tx, id).await
}

/// It was wrong. Tells how many there are now, and raises the alarm where a limit is reached.
pub async fn fail_try(
    tx: &mut Tx,
    actor: &Actor,
    caller: &str,
    transfer_no: &str,
    limits: Limits,
) -> Result<Failures, Failure> {
    let since = tx.now - hours(limits);
    let failures = store::tries::failures(tx, caller, transfer_no, since).await?;
    if tries::standing(failures, limits) != Standing::Free {
        let known = store::transfer::of_number(tx, Side::Port, transfer_no).await?;
        tracing::warn!(
            transfer_no,
            caller,
            failures = failures.of_transfer,
            "somebody guesses at transfers"
        );
        tx.record(
            actor,
            &event::Guessed {
                transfer: known.map(|transfer| transfer.id),
                transfer_no,
                caller,
                failures_of_caller: failures.of_caller,
                failures_of_transfer: failures.of_transfer,
                failures_of_numbers: failures.of_numbers,
            },
        )?;
    }
    Ok(failures)
}

/// The origin unlocked it: failures so far are forgiven.
pub async fn unlock_number(tx: &mut Tx, transfer_no: &str) -> sqlx::Result<()> {
    let now = tx.now;
    store::tries::unlock_number(tx, transfer_no, now).await
}

/// Forgets tries that are older than any transfer.
pub async fn forget_tries(tx: &mut Tx) -> sqlx::Result<()> {
    let before = tx.now - MEMORY;
    store::tries::forget_tries(tx, before).await
}

fn hours(limits: Limits) -> Duration {
    Duration::hours(limits.hours)
}

/// One amendment that a port asked for, of those whose transfer the actor may see.
pub async fn asked(
    conn: &mut PgConnection,
    actor: &Actor,
    id: AskedAmendmentId,
) -> Result<AskedAmendment, Failure> {
    let found = store::amendment::find(conn, id).await?.ok_or(Failure::Missing("amendment"))?;
    match read(conn, actor, found.transfer_id).await {
        Err(Failure::Missing(_)) => Err(Failure::Missing("amendment")),
        seen => seen.map(|_| found),
    }
}

/// What a port calls so, of a held transfer.
pub async fn asked_by_port(
    conn: &mut PgConnection,
    transfer: TransferId,
    port_amendment: Uuid,
) -> sqlx::Result<Option<AskedAmendment>> {
    store::amendment::of_port(conn, transfer, port_amendment).await
}

/// All that the port asked about a transfer, oldest first.
pub async fn asked_of(
    conn: &mut PgConnection,
    id: TransferId,
) -> Result<Vec<AskedAmendment>, Failure> {
    Ok(store::amendment::of_transfer(conn, id).await?)
}

/// What waits for an answer of the actor's office.
pub async fn asked_waiting(
    conn: &mut PgConnection,
    actor: &Actor,
    page: PageRequest,
) -> Result<Page<AskedAmendment>, Failure> {
    let office = actor.office().ok_or(Failure::Forbidden("only offices have work lists"))?;
    Ok(Page::cut(store::amendment::waiting(conn, office, page).await?, page))
}

pub async fn keep_asked(tx: &mut Tx, asked: &AskedAmendment) -> sqlx::Result<()> {
    store::amendment::insert(tx, asked).await
}

pub async fn save_asked(tx: &mut Tx, asked: &AskedAmendment) -> sqlx::Result<()> {
    store::amendment::update(tx, asked).await
}
