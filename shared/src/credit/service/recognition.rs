//! What partners say of their enterprises, and what our officers make of it.
use std::collections::HashMap;

use serde_json::{Value, json};
use sqlx::PgConnection;

use crate::{
    credit::{
        Recognition, RecognitionId,
        event::{RecognitionMoved, RecognitionTold},
        recognition::{Action, Status, message::ClassRecord},
        store,
    },
    exchange::{MemorandumKind, Message, records::records_of, service::partner},
    identity::StaffId,
    kernel::{Actor, Failure, Page, PageRequest},
    ledger::{Happening, Tx, event},
};

const MISSING: Failure = Failure::Missing("credit recognition");

/// Which recognitions to list.
#[derive(Clone, Debug, Default)]
pub struct Filter {
    pub reg_no: Option<String>,
    pub partner: Option<String>,
    pub status: Option<Status>,
}

/// `credit.pushed` took effect: record by record, all in two statements. A version that we hold, or an older one, is
/// acknowledged and ignored (domain R12).
pub async fn hear(tx: &mut Tx, message: &Message) -> Result<Value, Failure> {
    let records = records_of::<ClassRecord>(&message.payload, &message.refused_records)?;
    let (sender, now) = (&message.sender, tx.now);
    let newest = newest_of_each(records.iter().map(|(_, record)| record));
    let reg_nos: Vec<String> = newest.iter().map(|record| record.reg_no.clone()).collect();
    let held = store::recognition::lock_of(tx, sender, &reg_nos).await?;
    let held: HashMap<&str, &Recognition> =
        held.iter().map(|one| (one.reg_no.as_str(), one)).collect();
    let newer: Vec<(&ClassRecord, Status)> = newest
        .into_iter()
        .filter_map(|record| match held.get(record.reg_no.as_str()) {
            None => Some((record, Status::Proposed)),
            Some(one) if one.version < record.version => {
                Some((record, one.status.told_again(asks_for_more(one, record))))
            }
            Some(_) => None,
        })
        .collect();
    let kept = store::recognition::keep(tx, sender, &newer, now).await?;
    let partner = Actor::partner(sender);
    for (record, to) in newer {
        // Told of in another message at the same moment: that one counts it.
        let Some(id) = kept.get(&record.reg_no) else { continue };
        let from = held.get(record.reg_no.as_str()).map(|one| one.status);
        let told = RecognitionTold {
            id: *id,
            partner: sender,
            reg_no: &record.reg_no,
            class: record.class,
            version: record.version,
            step: from.map(|from| (from, to)),
        };
        tx.record(&partner, &told)?;
    }
    Ok(json!({ "applied": kept.len(), "ignored": records.len() - kept.len() }))
}

/// Of several records about one enterprise the newest, in the order in which rows are locked.
fn newest_of_each<'a>(records: impl Iterator<Item = &'a ClassRecord>) -> Vec<&'a ClassRecord> {
    let mut newest: HashMap<&str, &ClassRecord> = HashMap::new();
    for record in records {
        let best = newest.entry(&record.reg_no).or_insert(record);
        if record.version > best.version {
            *best = record;
        }
    }
    let mut newest: Vec<_> = newest.into_values().collect();
    newest.sort_unstable_by(|one, other| one.reg_no.cmp(&other.reg_no));
    newest
}

/// A privilege that it did not have, or the same for goods that it was not about.
fn asks_for_more(held: &Recognition, record: &ClassRecord) -> bool {
    let is_new = |privilege| !held.privileges.contains(privilege);
    let is_covered = |prefix: &String| {
        held.hs_scope.is_empty()
            || held.hs_scope.iter().any(|known| prefix.starts_with(known.as_str()))
    };
    let is_wider = (record.hs_scope.is_empty() && !held.hs_scope.is_empty())
        || !record.hs_scope.iter().all(is_covered);
    record.privileges.iter().any(is_new) || (is_wider && !record.privileges.is_empty())
}

/// An officer takes note of it. It does not count yet.
pub async fn acknowledge(
    tx: &mut Tx,
    actor: &Actor,
    id: RecognitionId,
) -> Result<Recognition, Failure> {
    step(tx, actor, id, Action::Acknowledge, None).await
}

/// It counts from now on, while a memorandum of credit is in force.
pub async fn activate(
    tx: &mut Tx,
    actor: &Actor,
    id: RecognitionId,
) -> Result<Recognition, Failure> {
    must_be_agreed(tx, id).await?;
    step(tx, actor, id, Action::Activate, None).await
}

/// A suspended one counts again.
pub async fn resume(tx: &mut Tx, actor: &Actor, id: RecognitionId) -> Result<Recognition, Failure> {
    must_be_agreed(tx, id).await?;
    step(tx, actor, id, Action::Resume, None).await
}

/// It never counted, and will not.
pub async fn refuse(
    tx: &mut Tx,
    actor: &Actor,
    id: RecognitionId,
    reason: String,
) -> Result<Recognition, Failure> {
    step(tx, actor, id, Action::Refuse, Some(reason)).await
}

/// It does not count for now, whatever its bureau says.
pub async fn suspend(
    tx: &mut Tx,
    actor: &Actor,
    id: RecognitionId,
    reason: String,
) -> Result<Recognition, Failure> {
    step(tx, actor, id, Action::Suspend, Some(reason)).await
}

/// It does not count any more. A newer word of its bureau begins anew.
pub async fn revoke(
    tx: &mut Tx,
    actor: &Actor,
    id: RecognitionId,
    reason: String,
) -> Result<Recognition, Failure> {
    step(tx, actor, id, Action::Revoke, Some(reason)).await
}

async fn must_be_agreed(tx: &mut Tx, id: RecognitionId) -> Result<(), Failure> {
    let partner = store::recognition::find(tx, None, id).await?.ok_or(MISSING)?.partner;
    let today = tx.today();
    let agreed = partner::agreed(tx, MemorandumKind::Credit, today).await?;
    if agreed.contains(&partner) {
        return Ok(());
    }
    let detail = "no memorandum of credit is in force with this bureau";
    Err(Failure::refused("credit/not-agreed", detail))
}

/// Writes a step of an officer, and its history.
async fn step(
    tx: &mut Tx,
    actor: &Actor,
    id: RecognitionId,
    action: Action,
    reason: Option<String>,
) -> Result<Recognition, Failure> {
    let held = store::recognition::lock(tx, id).await?.ok_or(MISSING)?;
    tx.must_be_current(held.revision())?;
    let from = held.status;
    let moved = Recognition {
        status: from.take(action)?,
        reason,
        decided_by: Some(StaffId(actor.person()?)),
        updated_at: tx.now,
        ..held
    };
    store::recognition::update(tx, &moved).await?;
    tx.record(actor, &RecognitionMoved::of(&moved, from, action))?;
    Ok(moved)
}

/// The nightly run: whatever has run out is over. Says how many; running it twice ends nothing twice.
pub async fn expire(tx: &mut Tx) -> Result<usize, Failure> {
    let (today, now) = (tx.today(), tx.now);
    let over = store::recognition::lock_over(tx, today).await?;
    let system = Actor::system();
    for held in &over {
        let from = held.status;
        let status = from.take(Action::Expire)?;
        let moved = Recognition { status, updated_at: now, ..held.clone() };
        store::recognition::update(tx, &moved).await?;
        tx.record(&system, &RecognitionMoved::of(&moved, from, Action::Expire))?;
    }
    Ok(over.len())
}

/// An enterprise sees what is said of itself, the bureau all.
pub async fn get(
    conn: &mut PgConnection,
    actor: &Actor,
    id: RecognitionId,
) -> Result<Recognition, Failure> {
    store::recognition::find(conn, actor.reg_no(), id).await?.ok_or(MISSING)
}

/// An enterprise sees what is said of itself, the bureau all. Newest first.
pub async fn list(
    conn: &mut PgConnection,
    actor: &Actor,
    filter: &Filter,
    page: PageRequest,
) -> Result<Page<Recognition>, Failure> {
    Ok(Page::cut(store::recognition::list(conn, actor.reg_no(), filter, page).await?, page))
}

/// All that happened to one recognition.
pub async fn timeline(
    conn: &mut PgConnection,
    actor: &Actor,
    id: RecognitionId,
) -> Result<Vec<Happening>, Failure> {
    get(conn, actor, id).await?;
    Ok(event::timeline(conn, id.0).await?)
}
