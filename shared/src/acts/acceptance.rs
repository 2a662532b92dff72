//! What acceptance (受理) brings about: number, fee notice, draw, and the first office that must act — all in the
//! transaction that accepts, for one declaration or for a hundred.
use std::collections::HashMap;

use rust_decimal::Decimal;

use super::{
    Desk,
    advance::{goes_by_itself, offer},
};
use crate::{
    clearance::job::Release,
    declaration::{
        self, Action, Declaration, DeclarationId, Kind,
        event::{Selected, Stepped},
        facts::{self, Facts},
    },
    handoff,
    inspection::{self, Drawn, Factor, Inputs, Purpose, Rate, Selection, select},
    kernel::{Actor, Failure, calendar},
    ledger::Tx,
    payment::{
        self, Debtor, FeeNotice, NoticeDraft, NoticeKind,
        fee::{self, Assessment, Consignment},
        tariff::Tariff,
    },
};

/// An acceptance decided in memory and not written yet.
pub(super) struct Acceptance {
    pub actor: Actor,
    pub row: Declaration,
    pub event: Stepped,
    pub selection: Selection,
    pub notice: Option<NoticeDraft>,
}

/// Decides: takes the number, draws, reckons the fee, and steps to SELECTED or CONFORMING.
pub(super) fn decide(
    tx: &Tx,
    desk: &Desk,
    actor: &Actor,
    mut row: Declaration,
    facts: &Facts,
    decl_no: String,
    is_inherited: bool,
) -> Result<Acceptance, Failure> {
    let key = desk.draw_keys.of_day(tx.today()).map_err(anyhow::Error::from)?;
    let inputs = inputs(desk, facts, tx, is_inherited);
    let selection = select(key, &decl_no, inputs);
    let tariff = Tariff::on(&desk.books, calendar::day_of(tx.now));
    let debtor = Debtor {
        declaration_id: row.id,
        decl_no: decl_no.clone(),
        reg_no: row.decl_reg_no.clone(),
        decl_org: row.decl_org.clone(),
    };
    let assessment = assess(&tariff, facts);
    let notice = NoticeDraft::of(debtor, NoticeKind::Original, &tariff, assessment);

    row.decl_no = Some(decl_no);
    row.accepted_at = Some(tx.now);
    row.credit_class = Some(facts.credit_class.name().to_owned());
    row.is_mandatory = selection.is_mandatory();
    let action =
        if selection.is_selected() { Action::AcceptSelected } else { Action::AcceptNotSelected };
    let event = declaration::service::take(&mut row, action, None)?;
    Ok(Acceptance { actor: actor.clone(), row, event, selection, notice })
}

/// Writes acceptances whose declarations are written already: draws, notices, handoffs, releases, history.
pub(super) async fn write_many(
    tx: &mut Tx,
    desk: &Desk,
    accepted: Vec<Acceptance>,
) -> Result<HashMap<DeclarationId, FeeNotice>, Failure> {
    let mut draws = Vec::with_capacity(accepted.len());
    let mut notices = Vec::new();
    let mut offers = Vec::new();
    for Acceptance { actor, row, event, selection, notice } in accepted {
        tx.record(&actor, &event)?;
        if selection.is_selected() {
            tx.record(&Actor::system(), &Selected::of(&row, selection.reason.name()))?;
        }
        if let Some(offer) = offer(tx, &desk.books, &Actor::system(), &row) {
            offers.push(offer);
        } else if goes_by_itself(&row) {
            tx.enqueue(&Release { declaration: row.id })?;
        }
        draws.push(Drawn { declaration: row.id, decl_no: event.number(), selection });
        notices.extend(notice.map(|draft| (actor, draft)));
    }
    inspection::service::select_many(tx, &draws).await?;
    handoff::service::offer_many(tx, &offers).await?;
    let issued = payment::issue_notices(tx, notices).await?;
    Ok(issued.into_iter().map(|notice| (notice.declaration_id, notice)).collect())
}

/// What the fee of these goods comes to (domain R4).
pub(super) fn assess(tariff: &Tariff, facts: &Facts) -> Assessment {
    let lines = facts.lines.iter().map(|line| fee::Line {
        hs10: &line.hs_code,
        name_zh: &line.name,
        origin: &line.origin,
        categories: &line.categories,
        value: line.value_cn.unwrap_or(Decimal::ZERO),
        purpose: &line.purpose,
    });
    let consignment = Consignment {
        direction: facts.direction,
        lines: lines.collect(),
        containers: facts.containers,
        is_outside_catalogue: owes_no_inspection_fee(facts),
        is_type_approved: facts.is_type_approved,
    };
    fee::assess(tariff, &consignment, Vec::new())
}

/// Outside the catalogue, and port checks of goods inspected elsewhere (domain R5).
fn owes_no_inspection_fee(facts: &Facts) -> bool {
    facts.kind == Kind::OutsideCatalogue || facts.decl_code == "25"
}

/// What the draw is made of (domain R3).
pub(super) fn inputs(desk: &Desk, facts: &Facts, tx: &Tx, is_inherited: bool) -> Inputs {
    let (today, class) = (tx.today(), facts.credit_class.name());
    let credit = desk.books.credit_factor(class, today).unwrap_or(Decimal::ONE);
    let drawing = &facts.drawing;
    Inputs {
        purpose: Purpose::Select,
        base: factor(&drawing.base),
        credit: Factor::new(credit, class),
        origin: factor(&drawing.origin),
        packaging: factor(&drawing.packaging),
        mandatory: drawing.mandatory.as_ref().map(mandate).or_else(|| desk.drawn_by.clone()),
        is_inherited,
        audit: Rate::of_ppm(
            i32::try_from(desk.books.integer("selection.audit_ppm", today)).unwrap_or_default(),
        ),
    }
}

fn factor(weight: &facts::Weight) -> Factor {
    let factor = Factor::new(weight.factor, weight.code.clone());
    match weight.goods_no {
        Some(goods_no) => factor.on_line(goods_no),
        None => factor,
    }
}

pub(super) fn mandate(mandate: &facts::Mandate) -> inspection::Mandate {
    inspection::Mandate {
        cause: match mandate.cause {
            facts::Cause::Goods => inspection::draw::Cause::MandatoryGoods,
            facts::Cause::ClassD => inspection::draw::Cause::ClassD,
            facts::Cause::Alert => inspection::draw::Cause::Alert,
            facts::Cause::WoodPackaging => inspection::draw::Cause::WoodPackaging,
            facts::Cause::LeavesElsewhere => inspection::draw::Cause::LeavesElsewhere,
        },
        goods_no: mandate.goods_no,
        code: mandate.code.clone(),
    }
}
