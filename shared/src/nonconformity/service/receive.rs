//! The origin bureau's side: what ports tell us, and what we make of it.
use chrono::{DateTime, Utc};
use uuid::Uuid;

use super::{issue, post};
use crate::{
    kernel::{Actor, Failure, Violations},
    ledger::Tx,
    nonconformity::{
        Closing, Digest, ReceivedNotice, ReceivedNoticeId, ReceivedNoticeStatus, Reply, Suspension,
        event::{ReceivedNoticeMoved, SuspensionAnswered},
        model::bureau_of,
        received::ReceivedNoticeAction,
        store,
        wire::{
            self, NoticeAcknowledged, NoticeClosed, NoticeDigested, NoticeReplied, NoticeSent,
            SuspensionDecided,
        },
    },
};

const MISSING: Failure = Failure::Missing("received notice of non-conformity");

/// A port tells of a finding, or of one that it reopened.
pub async fn take_in(
    tx: &mut Tx,
    sender: &str,
    correlation_id: Uuid,
    told: NoticeSent,
) -> Result<(), Failure> {
    if !is_of(sender, &told) {
        let detail = "a bureau tells of what its own offices found";
        return Err(Failure::refused("nonconformity/not-its-office", detail));
    }
    let known = store::received::lock_from(tx, sender, &told.notice_no).await?;
    let from = known.as_ref().map(|notice| notice.status);
    if let Some(from) = from {
        from.take(ReceivedNoticeAction::Receive)?;
    }
    let suspension = told.decide_suspension_by.map(|_| Suspension::Proposed);
    let earlier = known.as_ref().and_then(|notice| notice.suspension);
    let notice = ReceivedNotice {
        id: known.map_or_else(|| ReceivedNoticeId::mint(tx.now), |notice| notice.id),
        sender: sender.to_owned(),
        correlation_id,
        notice_no: told.notice_no.clone(),
        reg_no: told.reg_no.clone(),
        severity: told.severity,
        status: ReceivedNoticeStatus::Received,
        ack_due_on: told.ack_due_on,
        reply_due_on: told.reply_due_on,
        decide_due_on: told.decide_suspension_by,
        suspension: suspension.or(earlier),
        content: told,
        received_at: tx.now,
        acked_at: None,
        replied_at: None,
        reply: None,
        closed_at: None,
        closing: None,
        updated_at: tx.now,
    };
    store::received::put(tx, &notice).await?;
    tx.record(&Actor::partner(sender), &ReceivedNoticeMoved::of(&notice, from))?;
    Ok(())
}

/// The port that found it belongs to whoever tells of it.
fn is_of(sender: &str, told: &NoticeSent) -> bool {
    told.port_org == sender || bureau_of(&told.port_org) == sender
}

/// We have taken note.
pub async fn acknowledge(
    tx: &mut Tx,
    actor: &Actor,
    id: ReceivedNoticeId,
) -> Result<ReceivedNotice, Failure> {
    let (mut notice, own) = lock(tx, actor, id).await?;
    notice.acked_at = Some(tx.now);
    let notice = step(tx, actor, notice, ReceivedNoticeAction::Acknowledge).await?;
    let notice_no = notice.notice_no.clone();
    if notice.sender == own {
        issue::hear_acknowledged(tx, &own, &notice_no).await?;
    } else {
        let told = NoticeAcknowledged { notice_no };
        post::say(tx, &notice.sender, wire::ACKNOWLEDGED, notice.correlation_id, &told).await?;
    }
    Ok(notice)
}

/// We answer: what was found out, and what is done about it.
pub async fn reply(
    tx: &mut Tx,
    actor: &Actor,
    id: ReceivedNoticeId,
    reply: Reply,
) -> Result<ReceivedNotice, Failure> {
    let mut wrong = Violations::default();
    reply.check("", &mut wrong);
    wrong.finish(Some(()))?;
    let (mut notice, own) = lock(tx, actor, id).await?;
    notice.replied_at = Some(tx.now);
    notice.reply = Some(reply.clone());
    let notice = step(tx, actor, notice, ReceivedNoticeAction::Reply).await?;
    let notice_no = notice.notice_no.clone();
    if notice.sender == own {
        issue::hear_replied(tx, &own, &notice_no, reply).await?;
    } else {
        let told = NoticeReplied { notice_no, reply };
        post::say(tx, &notice.sender, wire::REPLIED, notice.correlation_id, &told).await?;
    }
    Ok(notice)
}

/// We suspend the enterprise, or do not think that we should (domain R16). What it is suspended from is told by the
/// rooms that granted it.
pub async fn decide_suspension(
    tx: &mut Tx,
    actor: &Actor,
    id: ReceivedNoticeId,
    decision: Suspension,
    reason: String,
) -> Result<ReceivedNotice, Failure> {
    let told =
        SuspensionDecided { notice_no: String::new(), decision, reason: reason.trim().to_owned() };
    must_be_an_answer(&told)?;
    actor.person()?;
    let (mut notice, own) = lock(tx, actor, id).await?;
    if notice.suspension != Some(Suspension::Proposed) {
        let detail = "no suspension is proposed that is not decided";
        return Err(Failure::refused("nonconformity/no-suspension-proposed", detail));
    }
    notice.suspension = Some(decision);
    notice.updated_at = tx.now;
    store::received::put(tx, &notice).await?;
    let (reg_no, reason) = (&notice.reg_no, &told.reason);
    tx.record(actor, &SuspensionAnswered { notice: notice.id.0, reg_no, decision, reason })?;
    if notice.sender == own {
        issue::hear_decision(tx, &own, &notice.notice_no, decision, &told.reason).await?;
    } else {
        let told = SuspensionDecided { notice_no: notice.notice_no.clone(), ..told };
        let kind = wire::SUSPENSION_DECIDED;
        post::say(tx, &notice.sender, kind, notice.correlation_id, &told).await?;
    }
    Ok(notice)
}

fn must_be_an_answer(told: &SuspensionDecided) -> Result<(), Violations> {
    let mut wrong = Violations::default();
    wrong.text("/reason", &told.reason, 500);
    if told.decision == Suspension::Proposed {
        let (zh, en) = ("应为 SUSPENDED 或 DECLINED", "SUSPENDED or DECLINED");
        wrong.error("/decision", "decision-malformed", zh, en);
    }
    wrong.finish(Some(()))
}

/// The port is satisfied.
pub async fn hear_closed(
    tx: &mut Tx,
    sender: &str,
    told: NoticeClosed,
) -> Result<ReceivedNotice, Failure> {
    let notice = store::received::lock_from(tx, sender, &told.notice_no).await?;
    let mut notice = notice.ok_or(MISSING)?;
    notice.closed_at = Some(tx.now);
    notice.closing = Some(Closing { disposition: told.disposition, remark: told.remark });
    step(tx, &Actor::partner(sender), notice, ReceivedNoticeAction::Close).await
}

/// A port tells what it found in a month. Told again, the last word counts.
pub async fn hear_digest(
    tx: &mut Tx,
    sender: &str,
    told: &NoticeDigested,
    received_at: DateTime<Utc>,
) -> Result<(), Failure> {
    let digest = Digest {
        sender: sender.to_owned(),
        month: told.month,
        content: serde_json::to_value(told)?,
        received_at,
    };
    Ok(store::received::put_digest(tx, &digest).await?)
}

/// Writes a step and its history.
async fn step(
    tx: &mut Tx,
    actor: &Actor,
    mut notice: ReceivedNotice,
    action: ReceivedNoticeAction,
) -> Result<ReceivedNotice, Failure> {
    let from = notice.status;
    notice.status = from.take(action)?;
    notice.updated_at = tx.now;
    store::received::put(tx, &notice).await?;
    tx.record(actor, &ReceivedNoticeMoved::of(&notice, Some(from)))?;
    Ok(notice)
}

/// The notice, held; and our own bureau, as the officer's office has it.
async fn lock(
    tx: &mut Tx,
    actor: &Actor,
    id: ReceivedNoticeId,
) -> Result<(ReceivedNotice, String), Failure> {
    let office = actor.office().ok_or(Failure::Forbidden("only an office answers a port"))?;
    let own = bureau_of(office);
    let notice = store::received::lock(tx, id).await?.ok_or(MISSING)?;
    tx.must_be_current(notice.revision())?;
    Ok((notice, own))
}
