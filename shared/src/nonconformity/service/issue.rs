//! The port's side: drafted, approved by another person, sent, closed, reopened; and what the origin bureau says.
use chrono::Datelike as _;

use super::{post, receive};
use crate::{
    declaration,
    identity::{
        StaffId,
        service::facilitation::{self, Cause},
    },
    kernel::{Actor, Failure, Violations},
    ledger::Tx,
    nonconformity::{
        Disposition, Input, NcNoticeId, NcNoticeStatus, NcSeverity, Notice, Reply, SubjectKind,
        Suspension,
        event::{NoticeMoved, SuspensionAnswered},
        model::{bureau_of, check_evidence, check_finding, check_reg_no},
        severity::Circumstances,
        status::NcNoticeAction,
        store,
        wire::{self, NoticeClosed, NoticeSent},
    },
    reference::Books,
};

const MISSING: Failure = Failure::Missing("notice of non-conformity");

/// An inspector writes down what was found. How much it weighs follows from the rule; nobody is told yet.
pub async fn draft(
    tx: &mut Tx,
    books: &Books,
    actor: &Actor,
    input: Input,
) -> Result<Notice, Failure> {
    let drafted_by = StaffId(actor.person()?);
    let port_org = actor.office().ok_or(Failure::Forbidden("only an office finds something"))?;
    let (port_org, today) = (port_org.to_owned(), tx.today());
    let mut wrong = Violations::default();
    review(&input, books, today, &mut wrong);
    must_be_known(tx, actor, &input, &mut wrong).await?;
    if input.origin_bureau != bureau_of(&port_org)
        && !post::is_partner(tx, &input.origin_bureau).await?
    {
        let (zh, en) = ("应为伙伴局或本局", "a partner's code, or our own");
        wrong.error("/origin_bureau", "bureau-unknown", zh, en);
    }
    wrong.finish(Some(()))?;

    let year = today.year();
    let serial = store::notice::next_serial(tx, &port_org, year).await?;
    if serial > 99_999 {
        let detail = "the office has used up this year's numbers";
        return Err(Failure::refused("nonconformity/numbers-used-up", detail));
    }
    let seen = Circumstances {
        goods_changed: input.goods_changed,
        under_alert: input.alert_code.is_some(),
    };
    let notice = Notice {
        id: NcNoticeId::mint(tx.now),
        notice_no: format!("NC{port_org}{year:04}{serial:05}"),
        severity: NcSeverity::of(input.category, seen),
        send_due_on: due(books, input.found_on, "ncn.send_working_days"),
        port_org,
        origin_bureau: input.origin_bureau,
        subject: input.subject,
        reg_no: input.reg_no,
        goods: input.goods,
        found_on: input.found_on,
        category: input.category,
        goods_changed: input.goods_changed,
        alert_code: input.alert_code,
        finding: input.finding.trim().to_owned(),
        evidence: input.evidence,
        status: NcNoticeStatus::Draft,
        round: 0,
        ack_due_on: None,
        reply_due_on: None,
        drafted_by,
        approved_by: None,
        approved_at: None,
        first_sent_at: None,
        sent_at: None,
        acked_at: None,
        replied_at: None,
        reply: None,
        closed_at: None,
        disposition: None,
        remark: None,
        suspension: None,
        created_at: tx.now,
        updated_at: tx.now,
    };
    store::notice::insert(tx, &notice).await?;
    tx.record(actor, &NoticeMoved::of(&notice, None, None))?;
    Ok(notice)
}

/// Everything wrong with the form of a draft.
fn review(input: &Input, books: &Books, today: chrono::NaiveDate, wrong: &mut Violations) {
    use crate::nonconformity::Category;
    input.subject.check("/subject", wrong);
    input.goods.check("/goods", wrong);
    check_reg_no(&input.reg_no, "", wrong);
    check_finding(&input.finding, "", wrong);
    check_evidence(&input.evidence, "", wrong);
    if input.found_on > today {
        wrong.error("/found_on", "date-in-future", "日期不能晚于今天", "not later than today");
    }
    if input.goods_changed && input.category != Category::Seal {
        let (zh, en) = ("仅用于封识类", "only of a seal is it said that the goods were changed");
        wrong.error("/goods_changed", "not-of-this-category", zh, en);
    }
    let Some(code) = &input.alert_code else { return };
    if input.category != Category::Pest {
        let (zh, en) = ("仅用于疫情类", "only a pest stands in an alert");
        wrong.error("/alert_code", "not-of-this-category", zh, en);
    } else if !books.has_alert(code, input.found_on) {
        let (zh, en) = ("当日无此警示通报", "no such alert was in force on that day");
        wrong.error("/alert_code", "alert-unknown", zh, en);
    }
}

/// A declaration that it is about must be there, and the office's to see. Transfers and consignments are looked up by
/// the rooms that keep them.
async fn must_be_known(
    tx: &mut Tx,
    actor: &Actor,
    input: &Input,
    wrong: &mut Violations,
) -> Result<(), Failure> {
    if input.subject.kind != SubjectKind::Declaration {
        return Ok(());
    }
    let known = match declaration::service::id_of_number(tx, &input.subject.number).await {
        Ok(id) => declaration::service::read(tx, actor, id).await.map(drop),
        Err(failure) => Err(failure),
    };
    match known {
        Err(Failure::Missing(_)) => {
            let (zh, en) = ("无此报检号", "there is no such declaration");
            wrong.error("/subject/number", "subject-unknown", zh, en);
            Ok(())
        }
        other => other,
    }
}

fn due(books: &Books, from: chrono::NaiveDate, parameter: &str) -> chrono::NaiveDate {
    let days = u32::try_from(books.integer(parameter, from)).unwrap_or_default();
    books.add_working_days(from, days)
}

/// Gives a draft up.
pub async fn discard(
    tx: &mut Tx,
    actor: &Actor,
    id: NcNoticeId,
    reason: String,
) -> Result<Notice, Failure> {
    let notice = lock(tx, actor, id).await?;
    step(tx, actor, notice, NcNoticeAction::Discard, Some(reason)).await
}

/// A duty chief, another person than the drafter, stands behind it. A critical one withholds all facilitations from
/// this moment. It is sent at once where the origin bureau can be told.
pub async fn approve(
    tx: &mut Tx,
    books: &Books,
    actor: &Actor,
    id: NcNoticeId,
) -> Result<Notice, Failure> {
    let mut notice = lock(tx, actor, id).await?;
    notice.status.take(NcNoticeAction::Approve)?;
    let chief = StaffId(actor.person()?);
    if chief == notice.drafted_by {
        return Err(Failure::Forbidden("who drafted a notice does not approve it"));
    }
    notice.approved_by = Some(chief);
    notice.approved_at = Some(tx.now);
    if notice.severity == NcSeverity::Critical {
        notice.suspension = Some(Suspension::Proposed);
        withhold(tx, books, actor, &notice).await?;
    }
    let notice = step(tx, actor, notice, NcNoticeAction::Approve, None).await?;
    if can_tell(tx, &notice).await? { send_now(tx, books, actor, notice).await } else { Ok(notice) }
}

/// Withholds every facilitation, until the origin bureau decides or a duty chief lifts it (domain R16).
async fn withhold(
    tx: &mut Tx,
    books: &Books,
    actor: &Actor,
    notice: &Notice,
) -> Result<(), Failure> {
    let cause = Cause {
        reg_no: notice.reg_no.clone(),
        source: notice.id.0,
        reason: format!("{} {}", notice.notice_no, notice.category.name()),
        proposed_to: notice.origin_bureau.clone(),
        decide_due_on: due(books, tx.today(), "ncn.decide_working_days"),
    };
    facilitation::block(tx, actor, cause).await
}

/// Sends a notice that could not be sent when it was approved or reopened.
pub async fn send(
    tx: &mut Tx,
    books: &Books,
    actor: &Actor,
    id: NcNoticeId,
) -> Result<Notice, Failure> {
    let notice = lock(tx, actor, id).await?;
    send_now(tx, books, actor, notice).await
}

async fn can_tell(tx: &mut Tx, notice: &Notice) -> Result<bool, Failure> {
    Ok(is_own(notice) || post::is_agreed(tx, &notice.origin_bureau).await?)
}

fn is_own(notice: &Notice) -> bool {
    notice.origin_bureau == bureau_of(&notice.port_org)
}

async fn send_now(
    tx: &mut Tx,
    books: &Books,
    actor: &Actor,
    mut notice: Notice,
) -> Result<Notice, Failure> {
    let today = tx.today();
    notice.round += 1;
    let ack_due_on = due(books, today, "ncn.ack_working_days");
    let reply_due_on = due(books, today, "ncn.reply_working_days");
    notice.ack_due_on = Some(ack_due_on);
    notice.reply_due_on = Some(reply_due_on);
    notice.first_sent_at = notice.first_sent_at.or(Some(tx.now));
    notice.sent_at = Some(tx.now);
    let proposes = notice.suspension == Some(Suspension::Proposed);
    let told = NoticeSent {
        notice_no: notice.notice_no.clone(),
        round: notice.round,
        port_org: notice.port_org.clone(),
        subject: notice.subject.clone(),
        reg_no: notice.reg_no.clone(),
        goods: notice.goods.clone(),
        found_on: notice.found_on,
        category: notice.category,
        severity: notice.severity,
        finding: notice.finding.clone(),
        evidence: notice.evidence.clone(),
        ack_due_on,
        reply_due_on,
        decide_suspension_by: proposes.then(|| due(books, today, "ncn.decide_working_days")),
        reopened_because: notice.remark.clone().filter(|_| notice.round > 1),
    };
    let notice = step(tx, actor, notice, NcNoticeAction::Send, None).await?;
    if is_own(&notice) {
        receive::take_in(tx, &notice.origin_bureau, notice.id.0, told).await?;
    } else {
        post::say(tx, &notice.origin_bureau, wire::SENT, notice.id.0, &told).await?;
    }
    Ok(notice)
}

/// The port is satisfied: says what became of the goods.
pub async fn close(
    tx: &mut Tx,
    actor: &Actor,
    id: NcNoticeId,
    disposition: Disposition,
    remark: Option<String>,
) -> Result<Notice, Failure> {
    let mut notice = lock(tx, actor, id).await?;
    notice.status.take(NcNoticeAction::Close)?;
    notice.closed_at = Some(tx.now);
    notice.disposition = Some(disposition);
    let notice = step(tx, actor, notice, NcNoticeAction::Close, remark.clone()).await?;
    let told = NoticeClosed { notice_no: notice.notice_no.clone(), disposition, remark };
    if is_own(&notice) {
        receive::hear_closed(tx, &notice.origin_bureau, told).await?;
    } else {
        post::say(tx, &notice.origin_bureau, wire::CLOSED, notice.id.0, &told).await?;
    }
    Ok(notice)
}

/// The port is not satisfied after all: it asks again. A critical notice withholds facilitations again.
pub async fn reopen(
    tx: &mut Tx,
    books: &Books,
    actor: &Actor,
    id: NcNoticeId,
    reason: String,
) -> Result<Notice, Failure> {
    let mut notice = lock(tx, actor, id).await?;
    notice.status.take(NcNoticeAction::Reopen)?;
    (notice.acked_at, notice.replied_at, notice.reply) = (None, None, None);
    (notice.closed_at, notice.disposition) = (None, None);
    if notice.severity == NcSeverity::Critical {
        notice.suspension = Some(Suspension::Proposed);
        withhold(tx, books, actor, &notice).await?;
    }
    let notice = step(tx, actor, notice, NcNoticeAction::Reopen, Some(reason)).await?;
    if can_tell(tx, &notice).await? { send_now(tx, books, actor, notice).await } else { Ok(notice) }
}

/// The origin bureau has taken note.
pub async fn hear_acknowledged(tx: &mut Tx, bureau: &str, notice_no: &str) -> Result<(), Failure> {
    let mut notice = lock_sent_to(tx, bureau, notice_no).await?;
    notice.acked_at = Some(tx.now);
    step(tx, &Actor::partner(bureau), notice, NcNoticeAction::Acknowledge, None).await?;
    Ok(())
}

/// The origin bureau answers.
pub async fn hear_replied(
    tx: &mut Tx,
    bureau: &str,
    notice_no: &str,
    reply: Reply,
) -> Result<(), Failure> {
    let mut notice = lock_sent_to(tx, bureau, notice_no).await?;
    notice.replied_at = Some(tx.now);
    notice.reply = Some(reply);
    step(tx, &Actor::partner(bureau), notice, NcNoticeAction::Reply, None).await?;
    Ok(())
}

/// The origin bureau suspends the enterprise, or does not: the local block ends either way (domain R16).
pub async fn hear_decision(
    tx: &mut Tx,
    bureau: &str,
    notice_no: &str,
    decision: Suspension,
    reason: &str,
) -> Result<(), Failure> {
    let mut notice = lock_sent_to(tx, bureau, notice_no).await?;
    if notice.suspension != Some(Suspension::Proposed) {
        let detail = "no suspension is proposed that is not decided";
        return Err(Failure::refused("nonconformity/no-suspension-proposed", detail));
    }
    let actor = Actor::partner(bureau);
    notice.suspension = Some(decision);
    notice.updated_at = tx.now;
    store::notice::update(tx, &notice).await?;
    let reg_no = &notice.reg_no;
    tx.record(&actor, &SuspensionAnswered { notice: notice.id.0, reg_no, decision, reason })?;
    let because = format!("{}: {reason}", decision.name());
    facilitation::lift_of(tx, &actor, notice.id.0, &because).await
}

/// Writes a step and its history.
async fn step(
    tx: &mut Tx,
    actor: &Actor,
    mut notice: Notice,
    action: NcNoticeAction,
    remark: Option<String>,
) -> Result<Notice, Failure> {
    let from = notice.status;
    notice.status = from.take(action)?;
    notice.remark = remark.or(notice.remark);
    notice.updated_at = tx.now;
    store::notice::update(tx, &notice).await?;
    let told = action != NcNoticeAction::Send;
    let reason = notice.remark.as_deref().filter(|_| told);
    tx.record(actor, &NoticeMoved::of(&notice, Some(from), reason))?;
    Ok(notice)
}

async fn lock(tx: &mut Tx, actor: &Actor, id: NcNoticeId) -> Result<Notice, Failure> {
    let notice = store::notice::lock(tx, actor.scope(), id).await?.ok_or(MISSING)?;
    tx.must_be_current(notice.revision())?;
    Ok(notice)
}

/// Only the bureau that was sent it may speak of it.
async fn lock_sent_to(tx: &mut Tx, bureau: &str, notice_no: &str) -> Result<Notice, Failure> {
    let id = store::notice::id_sent_to(tx, bureau, notice_no).await?.ok_or(MISSING)?;
    store::notice::lock(tx, Actor::system().scope(), id).await?.ok_or(MISSING)
}
