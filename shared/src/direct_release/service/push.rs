//! Telling partners who may go directly, and believing what they tell us.
use serde_json::{Value, json};

use crate::{
    direct_release::{
        Enterprise,
        event::{EnterpriseTold, EnterprisesPushed},
        message::{ENTERPRISES, EnterpriseRecord, correlation_of},
        store::{self, told::Kept},
    },
    exchange::{
        MemorandumKind, Message, Outgoing,
        records::{MOST_RECORDS, records_of},
        service::{outbox, partner},
    },
    kernel::{Actor, Failure},
    ledger::Tx,
};

/// Tells every partner of direct release where an enterprise of ours stands.
pub(super) async fn tell_all(tx: &mut Tx, enterprise: &Enterprise) -> Result<(), Failure> {
    let Some(record) = EnterpriseRecord::of(enterprise) else { return Ok(()) };
    let today = tx.today();
    for receiver in partner::agreed(tx, MemorandumKind::DirectRelease, today).await? {
        let correlation = correlation_of(&enterprise.reg_no);
        let payload = json!({ "records": [&record] });
        let message = Outgoing { receiver, kind: ENTERPRISES, version: 1, correlation, payload };
        outbox::send(tx, message).await?;
    }
    Ok(())
}

/// Tells one partner everything that we granted or took back, a thousand records to a message: when a memorandum
/// begins, or when the partner lost its books. Says how many records. Outside the order: an older state of an
/// enterprise than the partner holds is ignored there.
pub async fn push_all(tx: &mut Tx, actor: &Actor, receiver: &str) -> Result<usize, Failure> {
    partner::get(tx, receiver).await?;
    let today = tx.today();
    let agreed = partner::agreed(tx, MemorandumKind::DirectRelease, today).await?;
    if !agreed.iter().any(|code| code == receiver) {
        let detail = "no memorandum of direct release is in force with this partner";
        return Err(Failure::refused("direct-enterprise/not-agreed", detail));
    }
    let own = store::enterprise::granted_by_us(tx).await?;
    let records: Vec<_> = own.iter().filter_map(EnterpriseRecord::of).collect();
    for batch in records.chunks(MOST_RECORDS) {
        let message = Outgoing {
            receiver: receiver.to_owned(),
            kind: ENTERPRISES,
            version: 1,
            correlation: crate::exchange::event::subject_of(receiver),
            payload: json!({ "records": batch }),
        };
        outbox::send_aside(tx, message).await?;
    }
    tx.record(actor, &EnterprisesPushed { partner: receiver, records: records.len() })?;
    Ok(records.len())
}

/// `direct.enterprises` took effect: record by record, all in one statement. An older version than we hold is
/// ignored; a grant within the year of a suspension, and a word about an enterprise that another told us of, are
/// refused.
pub async fn hear_enterprises(tx: &mut Tx, message: &Message) -> Result<Value, Failure> {
    let records = records_of::<EnterpriseRecord>(&message.payload, &message.refused_records)?;
    let now = tx.now;
    let kept = store::told::keep(tx, &message.sender, &records, now).await?;
    let partner = Actor::partner(&message.sender);
    let (mut applied, mut ignored, mut refused) = (0, 0, Vec::new());
    for ((place, record), (_, kept)) in records.iter().zip(kept) {
        match kept {
            Kept::Applied(id) => {
                applied += 1;
                tx.record(&partner, &told(id, record))?;
            }
            Kept::Older => ignored += 1,
            Kept::WithinYear => {
                refused.push(json!({ "record": place, "code": "suspended-within-year" }));
            }
            Kept::OfAnother => {
                refused.push(json!({ "record": place, "code": "told-by-another" }));
            }
        }
    }
    Ok(json!({ "applied": applied, "ignored": ignored, "refused": refused }))
}

fn told(id: crate::direct_release::EnterpriseId, record: &EnterpriseRecord) -> EnterpriseTold {
    EnterpriseTold {
        enterprise: id,
        reg_no: record.reg_no.clone(),
        direction: record.direction,
        version: record.version,
        state: record.state,
    }
}
