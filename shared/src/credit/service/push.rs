//! Telling partners which classes our enterprises have.
use chrono::NaiveDate;
use serde_json::json;

use crate::{
    credit::{
        event::ClassesPushed,
        recognition::message::{ClassRecord, PUSHED, correlation_of},
    },
    exchange::{
        MemorandumKind, Outgoing,
        event::subject_of,
        records::{MOST_RECORDS, speaks_for},
        service::{outbox, partner},
    },
    identity::{Rated, service::organisation},
    kernel::{Actor, Failure},
    ledger::Tx,
};

/// Enterprises read at a time.
const STEP: i64 = 1000;

/// Tells every partner with a memorandum of credit that an enterprise of ours has another class. `own`: our code;
/// enterprises of other bureaus are theirs to tell of.
pub async fn tell_all(tx: &mut Tx, own: &str, rated: &Rated) -> Result<(), Failure> {
    if !speaks_for(own, &rated.reg_no) {
        return Ok(());
    }
    let today = tx.today();
    for receiver in partner::agreed(tx, MemorandumKind::Credit, today).await? {
        let correlation = correlation_of(&rated.reg_no);
        let payload = json!({ "records": [ClassRecord::of(rated)] });
        let message = Outgoing { receiver, kind: PUSHED, version: 1, correlation, payload };
        outbox::send(tx, message).await?;
    }
    Ok(())
}

/// Tells one partner the classes of all our enterprises, a thousand records to a message: when a memorandum begins, or
/// when the partner lost its books. Says how many. Outside the order: what the partner knows already it ignores.
pub async fn push_all(
    tx: &mut Tx,
    actor: &Actor,
    own: &str,
    receiver: &str,
) -> Result<usize, Failure> {
    partner::get(tx, receiver).await?;
    let today = tx.today();
    let agreed = partner::agreed(tx, MemorandumKind::Credit, today).await?;
    if !agreed.iter().any(|code| code == receiver) {
        let detail = "no memorandum of credit is in force with this partner";
        return Err(Failure::refused("credit/not-agreed", detail));
    }
    let records = records_of_ours(tx, own, today).await?;
    for batch in records.chunks(MOST_RECORDS) {
        let message = Outgoing {
            receiver: receiver.to_owned(),
            kind: PUSHED,
            version: 1,
            correlation: subject_of(receiver),
            payload: json!({ "records": batch }),
        };
        outbox::send_aside(tx, message).await?;
    }
    tx.record(actor, &ClassesPushed { partner: receiver, records: records.len() })?;
    Ok(records.len())
}

async fn records_of_ours(
    tx: &mut Tx,
    own: &str,
    today: NaiveDate,
) -> Result<Vec<ClassRecord>, Failure> {
    let (mut records, mut after) = (Vec::new(), String::new());
    loop {
        let rated = organisation::rated_since(tx, today, &after, STEP).await?;
        let Some(last) = rated.last() else { return Ok(records) };
        after.clone_from(&last.reg_no);
        let ours = rated.iter().filter(|one| speaks_for(own, &one.reg_no));
        records.extend(ours.map(ClassRecord::of));
    }
}
