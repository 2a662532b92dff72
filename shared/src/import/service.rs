//! The acts of imports that stay within the room; filing their items is done in `acts`.
use sha2::{Digest, Sha256};
use sqlx::PgConnection;

use super::{
    Answer, Asked, Import, ImportAction, ImportId, Item, Original, Pending, ResultRow, event,
    job::FileNext, model::Counts, status::ImportState, store,
};
use crate::{
    declaration::DeclarationId,
    kernel::{Actor, Failure, Page, PageRequest, Standing},
    ledger::Tx,
};

const MISSING: Failure = Failure::Missing("import");

/// Keeps a file with its items, and promises that they are filed.
pub async fn ask(tx: &mut Tx, actor: &Actor, asked: Asked) -> Result<Import, Failure> {
    let (Some(reg_no), Some(actor_id)) = (actor.reg_no(), actor.id) else {
        return Err(Failure::Forbidden("only declaring units import declarations"));
    };
    let now = tx.now;
    let import = Import {
        id: ImportId::mint(now),
        reg_no: reg_no.to_owned(),
        actor_id,
        is_staff: matches!(actor.standing, Standing::Member { is_staff: true, .. }),
        format: asked.format,
        sha256: Sha256::digest(&asked.original).to_vec(),
        dry_run: asked.dry_run,
        state: ImportState::Running,
        items: i32::try_from(asked.items.len()).unwrap_or(i32::MAX),
        position: 0,
        counts: Counts::default(),
        asked_at: now,
        begun_at: None,
        ended_at: None,
        updated_at: now,
    };
    store::insert(tx, &import, &asked.original).await?;
    let items: Vec<(i32, Item)> = (1..).zip(asked.items).collect();
    store::insert_items(tx, import.id, &items).await?;
    let told = event::Asked { import: import.id, items: import.items, dry_run: import.dry_run };
    tx.record(actor, &told)?;
    tx.enqueue(&FileNext { import: import.id })?;
    Ok(import)
}

/// One import of the actor's own.
pub async fn read(conn: &mut PgConnection, actor: &Actor, id: ImportId) -> Result<Import, Failure> {
    store::find(conn, actor.reg_no(), id).await?.ok_or(MISSING)
}

/// The actor's own imports, newest first.
pub async fn list(
    conn: &mut PgConnection,
    actor: &Actor,
    page: PageRequest,
) -> Result<Page<Import>, Failure> {
    Ok(Page::cut(store::list(conn, actor.reg_no(), page).await?, page))
}

/// The file, as it came.
pub async fn original(
    conn: &mut PgConnection,
    actor: &Actor,
    id: ImportId,
) -> Result<(Import, Vec<u8>), Failure> {
    let import = read(conn, actor, id).await?;
    let bytes = store::original(conn, id).await?.ok_or(MISSING)?;
    Ok((import, bytes))
}

/// What became of the items after `after`, in the order of the file.
pub async fn results(
    conn: &mut PgConnection,
    id: ImportId,
    after: i32,
    limit: i64,
) -> Result<Vec<ResultRow>, Failure> {
    Ok(store::results(conn, id, after, limit).await?)
}

/// Wants no more of it. What was filed stays filed.
pub async fn cancel(tx: &mut Tx, actor: &Actor, id: ImportId) -> Result<Import, Failure> {
    let mut import = store::lock(tx, actor.reg_no(), id).await?.ok_or(MISSING)?;
    end(tx, actor, &mut import, ImportAction::Cancel)?;
    store::update(tx, &import).await?;
    Ok(import)
}

/// For the system: an import that goes on, held until the transaction ends; nothing where it has ended.
pub async fn hold_running(tx: &mut Tx, id: ImportId) -> Result<Option<Import>, Failure> {
    let import = store::hold(tx, id).await?.ok_or(MISSING)?;
    Ok(Some(import).filter(|import| import.state == ImportState::Running))
}

/// The next items of an import that is held.
pub async fn pending(tx: &mut Tx, import: &Import, limit: i64) -> Result<Vec<Pending>, Failure> {
    Ok(store::pending(tx, import.id, import.position, limit).await?)
}

/// Whoever asked for it may file no more.
pub async fn stop(tx: &mut Tx, mut import: Import) -> Result<(), Failure> {
    end(tx, &Actor::system(), &mut import, ImportAction::Stop)?;
    Ok(store::update(tx, &import).await?)
}

/// Keeps the answers to the next items and moves on, in one transaction with what they tell of. Either there is more
/// to do, which is promised, or the import is done.
pub async fn move_on(tx: &mut Tx, mut import: Import, answers: &[Answer]) -> Result<(), Failure> {
    store::answer_items(tx, import.id, answers).await?;
    import.begun_at = import.begun_at.or(Some(tx.now));
    import.position += i32::try_from(answers.len()).unwrap_or(0);
    for answer in answers {
        import.counts.add(answer.outcome);
    }
    import.updated_at = tx.now;
    if import.position == import.items {
        end(tx, &Actor::system(), &mut import, ImportAction::Finish)?;
    } else {
        tx.enqueue(&FileNext { import: import.id })?;
    }
    Ok(store::update(tx, &import).await?)
}

/// Keeps the message of a declaration that was filed just now.
pub async fn keep_original(
    tx: &mut Tx,
    declaration: DeclarationId,
    original: &Original,
) -> Result<(), Failure> {
    let (now, sha256) = (tx.now, Sha256::digest(&original.bytes));
    Ok(store::insert_original(tx, declaration, original, &sha256, now).await?)
}

/// The message out of which a declaration was read; whose case it is was asked.
pub async fn original_of(
    conn: &mut PgConnection,
    declaration: DeclarationId,
) -> Result<Original, Failure> {
    store::original_of(conn, declaration).await?.ok_or(Failure::Missing("original"))
}

fn end(
    tx: &mut Tx,
    actor: &Actor,
    import: &mut Import,
    action: ImportAction,
) -> Result<(), Failure> {
    let was = import.state;
    import.state = was.take(action)?;
    import.ended_at = Some(tx.now);
    import.updated_at = tx.now;
    tx.record(actor, &event::Ended::of(was, import))?;
    Ok(())
}
