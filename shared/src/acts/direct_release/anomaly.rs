//! Seals that do not agree (domain 4.5, scenario S6): the goods are looked at, the issuing side explains, and the lot
//! goes on; or it is stopped, and a notice of non-conformity is drafted.
use super::check::{deliver, hold};
use crate::{
    declaration::holder::bureau_of,
    direct_release::{
        Consignment, ConsignmentId,
        consignment::{Action, FurtherCheck},
        service::consignment,
    },
    kernel::{Actor, Failure, Violations},
    ledger::Tx,
    nonconformity::{
        Category, Evidence, Goods, Input, Notice, Subject, SubjectKind, service::draft,
    },
    reference::Books,
};

/// Longest remark.
const LONGEST: usize = 1000;

fn text(given: &str) -> Result<String, Failure> {
    let mut wrong = Violations::default();
    let text = wrong.text("/remark", given, LONGEST);
    Ok(wrong.finish(text)?)
}

/// An inspector opens the containers: are the goods what the form says? The issuing side is told what was seen.
pub async fn look_at_goods(
    tx: &mut Tx,
    actor: &Actor,
    id: ConsignmentId,
    (goods_agree, remark): (bool, &str),
) -> Result<Consignment, Failure> {
    let remark = text(remark)?;
    let mut lot = hold(tx, actor, id).await?;
    lot.state.take(Action::Stop)?;
    let (by, at) = (Some(actor.person()?), tx.now);
    lot.further = Some(FurtherCheck { goods_agree, remark: remark.clone(), by, at });
    lot.remark = Some(remark.clone());
    let kind = "direct_consignment.goods_looked_at";
    consignment::note(tx, actor, &lot, kind, Some(&remark))?;
    consignment::report(tx, &mut lot).await?;
    Ok(lot)
}

/// The duty chief lets it go on: the goods agree, and the issuing side has corrected its form, or explained what was
/// found. Whoever looked at the goods does not decide.
pub async fn resolve(
    tx: &mut Tx,
    actor: &Actor,
    id: ConsignmentId,
) -> Result<Consignment, Failure> {
    let mut lot = hold(tx, actor, id).await?;
    lot.state.take(Action::Resolve)?;
    let chief = actor.person()?;
    let goods = lot.further.as_ref();
    if goods.is_some_and(|goods| goods.by == Some(chief)) {
        return Err(Failure::Forbidden("who looked at the goods does not decide about them"));
    }
    if !goods.is_some_and(|goods| goods.goods_agree) {
        let detail = "an inspector has to look at the goods first, and they have to agree";
        return Err(Failure::refused("direct-consignment/goods-not-checked", detail));
    }
    if !lot.findings.is_empty() && lot.confirmation.is_none() {
        let detail =
            "the issuing office has neither corrected its form nor explained what was found";
        return Err(Failure::refused("direct-consignment/not-explained", detail));
    }
    lot.remark = None;
    consignment::step(tx, actor, &mut lot, Action::Resolve).await?;
    deliver(tx, &mut lot).await?;
    consignment::report(tx, &mut lot).await?;
    Ok(lot)
}

/// What an inspector says of a lot that goes no further.
#[derive(Clone, Debug)]
pub struct Stopped {
    pub category: Category,
    /// The line that does not conform.
    pub goods_no: i32,
    pub finding: String,
    pub evidence: Vec<Evidence>,
}

/// An inspector stops it, and drafts the notice in the same breath. With the approval of a duty chief facilitations are
/// withheld from the enterprise here, and its bureau is asked to suspend it (domain R16).
pub async fn stop(
    tx: &mut Tx,
    books: &Books,
    actor: &Actor,
    id: ConsignmentId,
    stopped: Stopped,
) -> Result<(Consignment, Notice), Failure> {
    let mut lot = hold(tx, actor, id).await?;
    lot.state.take(Action::Stop)?;
    let Some(goods) = &lot.further else {
        let detail = "an inspector has to look at the goods first";
        return Err(Failure::refused("direct-consignment/goods-not-checked", detail));
    };
    let Some(line) = lot.goods.iter().find(|line| line.goods_no == stopped.goods_no) else {
        let mut wrong = Violations::default();
        let (zh, en) = ("通关单中没有此项货物", "the form has no such goods line");
        wrong.error("/goods_no", "goods-line-unknown", zh, en);
        return Err(Failure::Invalid(wrong));
    };
    let goods_changed = stopped.category == Category::Seal && !goods.goods_agree;
    let input = Input {
        subject: Subject { kind: SubjectKind::DirectConsignment, number: lot.clearance_no.clone() },
        origin_bureau: lot.issuing_partner.clone().unwrap_or_else(|| bureau_of(&lot.issuing_org)),
        reg_no: lot.reg_no.clone(),
        goods: Goods {
            goods_no: Some(line.goods_no),
            hs_code: Some(line.hs_code.clone()),
            name: line.name.clone(),
        },
        found_on: tx.today(),
        category: stopped.category,
        goods_changed,
        alert_code: None,
        finding: stopped.finding.clone(),
        evidence: stopped.evidence,
    };
    let notice = draft(tx, books, actor, input).await?;
    lot.notice_id = Some(notice.id.0);
    lot.remark = Some(stopped.finding.chars().take(LONGEST).collect());
    consignment::step(tx, actor, &mut lot, Action::Stop).await?;
    consignment::report(tx, &mut lot).await?;
    Ok((lot, notice))
}

/// The goods go back to where they came from; the issuing side is told (domain 4.5).
pub async fn send_back(
    tx: &mut Tx,
    actor: &Actor,
    id: ConsignmentId,
    reason: &str,
) -> Result<Consignment, Failure> {
    let mut lot = hold(tx, actor, id).await?;
    lot.state.take(Action::Return)?;
    lot.remark = Some(reason.to_owned());
    consignment::step(tx, actor, &mut lot, Action::Return).await?;
    consignment::report(tx, &mut lot).await?;
    Ok(lot)
}
