//! At the port (口岸局): somebody shows number and password, gets a case of the port, and is drawn or not.
use std::slice;

use chrono::{Duration, NaiveDate};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{
    super::{
        Desk, Receipt, WantedLine,
        acceptance::{self, Acceptance},
        exemption::{Consignment, Exemption},
        reading::People,
    },
    follow::CLASS,
    step_and_report,
};
use crate::{
    declaration::{
        self, Action as CaseAction, Cause, Content, Declaration, DeclarationId, Status,
        content::{Day, Figure},
        event::Filed,
        facts::Facts,
        numbers::Series,
        parse,
    },
    inspection::{Factor, Inputs, Purpose, Rate, Selection, select},
    kernel::{Actor, Failure, Refusal, Violations},
    ledger::Tx,
    reference::Books,
    swap::{self, Action, Handling, Presented, Side, State, Transfer, exclusions, job},
};

/// What the claimant says beside number and password. All of it is what a port may change (domain 4.4 rule 3).
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Wanted {
    /// The office at which it is claimed.
    pub port_org: String,
    /// The claimant's own reference; the transfer number where none is given.
    pub ent_decl_no: Option<String>,
    pub convynce_name: Option<String>,
    pub trans_mean_no: Option<String>,
    pub desp_date: Option<NaiveDate>,
    /// Lines of which less has arrived; the remainder is void (domain R15).
    pub lines: Vec<WantedLine>,
}

/// What came of a claim.
#[derive(Debug)]
pub struct Claimed {
    pub transfer: Transfer,
    pub declaration: Declaration,
}

/// Claims a transfer whose password was compared and is right.
pub async fn claim_transfer(
    tx: &mut Tx,
    desk: &Desk,
    actor: &Actor,
    presented: &Presented,
    wanted: &Wanted,
) -> Result<Claimed, Failure> {
    let claimant = actor.reg_no().ok_or(Failure::Forbidden("declaring units claim transfers"))?;
    let mut transfer = hold_claimable(tx, presented).await?;
    must_be_at_its_office(&desk.books, &transfer, &wanted.port_org, tx.today())?;
    let content = content_of(&transfer, claimant, wanted, tx.today())?;
    let excluded = exclusions(&content, Handling::default(), "");
    if !excluded.is_empty() {
        let refusal = Refusal::new("transfer/excluded", "goods like these are never swapped");
        return Err(Refusal { violations: excluded, ..refusal }.into());
    }
    let today = tx.today();
    let people = People::of(tx, &[&content], today).await?;
    let review = people.review(&content, &desk.books, today);
    let consignment = Consignment {
        people: &people,
        content: &content,
        facts: &review.facts,
        bureau: &transfer.origin_bureau,
        reg_no: &transfer.reg_no,
    };
    let exemption = Exemption::of(tx, &desk.books, &consignment).await?;
    let inputs = inputs(&desk.books, &review.facts, &exemption, today);
    let declaration = accept(tx, desk, actor, &content, &review.facts, inputs).await?;
    exemption.tell(tx, declaration.id)?;
    transfer.declaration_id = Some(declaration.id);
    transfer.port_decl_no.clone_from(&declaration.decl_no);
    transfer.port_org = Some(wanted.port_org.clone());
    transfer.claimant = Some(claimant.to_owned());
    transfer.claimed_at = Some(tx.now);
    let hour = Duration::minutes(desk.books.integer("swap.sla_minutes", today));
    transfer.swap_due_at = (!declaration.is_selected).then(|| tx.now + hour);
    step_and_report(tx, actor, &mut transfer, Action::Claim).await?;
    if declaration.is_selected {
        step_and_report(tx, &Actor::system(), &mut transfer, Action::OrderCheck).await?;
    } else {
        tx.enqueue(&job::Swap { transfer: transfer.id })?;
    }
    Ok(Claimed { transfer, declaration })
}

/// Whoever comes second is told so: the password was right.
async fn hold_claimable(tx: &mut Tx, presented: &Presented) -> Result<Transfer, Failure> {
    let seen = swap::service::of_number(tx, Side::Port, &presented.transfer_no).await?;
    let seen = seen.filter(|seen| seen.decl_no == presented.decl_no);
    let seen = seen.ok_or_else(|| anyhow::anyhow!("a transfer that was compared is gone"))?;
    let transfer = swap::service::lock(tx, seen.id).await?;
    if transfer.state.is_claimed() || transfer.state == State::Consumed {
        let detail = "this transfer has been claimed already";
        return Err(Failure::refused("transfer/already-claimed", detail));
    }
    if transfer.state != State::ReceivedByPort || transfer.valid_until < tx.today() {
        let detail = format!(
            "this transfer is {} and valid until {}: it goes back to the origin",
            transfer.state.name(),
            transfer.valid_until
        );
        return Err(Failure::refused("transfer/not-claimable", detail));
    }
    Ok(transfer)
}

fn must_be_at_its_office(
    books: &Books,
    transfer: &Transfer,
    office: &str,
    today: NaiveDate,
) -> Result<(), Violations> {
    let is_of_port = books
        .office(office, today)
        .is_some_and(|known| known.direct_bureau.to_string() == transfer.port_bureau);
    let is_named = transfer.port_org.as_deref().is_none_or(|named| named == office);
    let mut wrong = Violations::default();
    if !is_of_port || !is_named {
        let (zh, en) = ("该转单不在此机构换证", "this transfer is not swapped at that office");
        wrong.error("/port_org", "port-office-wrong", zh, en);
    }
    wrong.finish(Some(()))
}

/// What was inspected at the origin, as it is declared at the port.
fn content_of(
    transfer: &Transfer,
    claimant: &str,
    wanted: &Wanted,
    today: NaiveDate,
) -> Result<Content, Failure> {
    let inspected = parse::from_value(&transfer.content)
        .map_err(|wrong| anyhow::anyhow!("a stored transfer cannot be read back: {wrong:?}"))?;
    let mut content = Content {
        ent_decl_no: Some(
            wanted.ent_decl_no.clone().unwrap_or_else(|| transfer.transfer_no.clone()),
        ),
        decl_code: Some(CLASS.to_owned()),
        decl_org: Some(wanted.port_org.clone()),
        release_org: Some(wanted.port_org.clone()),
        decl_date: Some(Day::Read(today)),
        decl_reg_no: Some(claimant.to_owned()),
        decl_reg_name: None,
        correlation_decl_no: Some(transfer.decl_no.clone()),
        ..inspected.content
    };
    if wanted.convynce_name.is_some() {
        content.convynce_name.clone_from(&wanted.convynce_name);
        content.imo_no = None;
    }
    if wanted.trans_mean_no.is_some() {
        content.trans_mean_no.clone_from(&wanted.trans_mean_no);
    }
    if let Some(day) = wanted.desp_date {
        content.desp_date = Some(Day::Read(day));
    }
    let mut wrong = Violations::default();
    for (index, want) in wanted.lines.iter().enumerate() {
        let line = content
            .goods
            .iter_mut()
            .zip(1..)
            .find(|(goods, place)| goods.goods_no.map_or(*place, i32::from) == want.goods_no);
        let Some((goods, _)) = line else {
            let (zh, en) = ("转单中没有此项货物", "the transfer has no such goods line");
            wrong.error(format!("/lines/{index}/goods_no"), "goods-line-unknown", zh, en);
            continue;
        };
        let at = |member: &str| format!("/lines/{index}/{member}");
        lessen(&mut goods.qty, want.quantity, &at("quantity"), &mut wrong);
        lessen(&mut goods.weight, want.weight, &at("weight"), &mut wrong);
    }
    Ok(wrong.finish(Some(content))?)
}

fn lessen(
    given: &mut Option<Figure>,
    wanted: Option<Decimal>,
    pointer: &str,
    wrong: &mut Violations,
) {
    let Some(wanted) = wanted else { return };
    match given.as_ref().and_then(Figure::value) {
        Some(limit) if wanted > Decimal::ZERO && wanted <= limit => {
            *given = Some(Figure::Read(wanted.normalize()));
        }
        _ => {
            let zh = "数重量只可少于转单数量,其他更改退回产地局";
            let en =
                "less than was transferred, never more: everything else goes back to the origin";
            wrong.error(pointer, "goes-back-to-origin", zh, en);
        }
    }
}

/// The port's own declaration: numbered, drawn, and accepted on the origin's word.
async fn accept(
    tx: &mut Tx,
    desk: &Desk,
    actor: &Actor,
    content: &Content,
    facts: &Facts,
    inputs: Inputs,
) -> Result<Declaration, Failure> {
    let series = Series::new(&facts.decl_org, facts.direction, tx.now);
    let number = desk.numbers.take(&series, 1).await?.pop().ok_or_else(|| {
        let detail = "this office has given out all numbers of the year";
        Failure::refused("declaration/decl-no-exhausted", detail)
    })?;
    let key = desk.draw_keys.of_day(tx.today()).map_err(anyhow::Error::from)?;
    let selection = select(key, &number, inputs);
    let mut row = row(tx, content, facts, number, &selection);
    let action = if selection.is_selected() {
        CaseAction::AcceptSelected
    } else {
        CaseAction::AcceptNotSelected
    };
    let event = declaration::service::take(&mut row, action, None)?;
    if declaration::service::insert(tx, &[&row]).await?.is_empty() {
        let detail = "you have a declaration of that reference: claim it under another ent_decl_no";
        return Err(Failure::refused("declaration/ent-decl-no-reused", detail));
    }
    let filed = Filed {
        declaration: row.id,
        version: 1,
        decl_org: row.decl_org.clone(),
        release_org: row.release_org.clone(),
        findings: 0,
    };
    tx.record(actor, &filed)?;
    let acceptance =
        Acceptance { actor: Actor::system(), row: row.clone(), event, selection, notice: None };
    acceptance::write_many(tx, desk, vec![acceptance]).await?;
    let submission = parse::from_value(&serde_json::to_value(content)?)?;
    let receipt = Receipt::of(&row, tx.now, None, Violations::default());
    let version = receipt.kept(&submission, Cause::Filed)?;
    declaration::service::keep_versions(tx, slice::from_ref(&version)).await?;
    Ok(row)
}

fn row(
    tx: &Tx,
    content: &Content,
    facts: &Facts,
    number: String,
    selection: &Selection,
) -> Declaration {
    Declaration {
        id: DeclarationId::mint(tx.now),
        decl_reg_no: content.reg_no().to_owned(),
        ent_decl_no: content.reference().to_owned(),
        apl_kind: facts.direction,
        decl_code: content.class().to_owned(),
        kind: facts.kind,
        direct_bureau: facts.direct_bureau.clone(),
        do_key: None,
        consignee_code: facts.domestic_code.clone(),
        decl_no: Some(number),
        status: Status::EReview,
        version: 1,
        revision: 1,
        decl_org: facts.decl_org.clone(),
        release_org: facts.release_org.clone(),
        insp_org: facts.insp_org.clone(),
        holder_org: facts.decl_org.clone(),
        anywhere: false,
        is_selected: false,
        is_mandatory: selection.is_mandatory(),
        has_result: false,
        credit_class: Some(facts.credit_class.name().to_owned()),
        withdrawal_requested_at: None,
        filed_at: tx.now,
        accepted_at: Some(tx.now),
        released_at: None,
        updated_at: tx.now,
    }
}

/// What the spot check is drawn by (domain R3): mandatory before goods of which every batch is seen, before a
/// partner's exemption, before the rate of the lowest class.
pub(super) fn inputs(
    books: &Books,
    facts: &Facts,
    exemption: &Exemption,
    today: NaiveDate,
) -> Inputs {
    let class = facts.credit_class.name();
    let base = if facts.is_perishable {
        Factor::new(Decimal::ONE, "EVERY_BATCH")
    } else if exemption.is_granted() {
        Factor::new(Decimal::ZERO, "EXEMPTION")
    } else {
        Factor::new(
            books.number(&format!("swap.rate.{class}"), today),
            format!("swap.rate.{class}"),
        )
    };
    let one = |code: &str| Factor::new(Decimal::ONE, code);
    let audit = i32::try_from(books.integer("selection.audit_ppm", today)).unwrap_or_default();
    Inputs {
        purpose: Purpose::Swap,
        base,
        credit: one("NONE"),
        origin: one("NONE"),
        packaging: one("NONE"),
        mandatory: facts.drawing.mandatory.as_ref().map(acceptance::mandate),
        is_inherited: false,
        audit: Rate::of_ppm(audit),
    }
}
