//! Issuing and voiding clearance forms (签发、作废通关单), domain 3.4, R1, R11.
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{direct_release, reading, release, swap};
use crate::{
    clearance::{self, Form, Line, NewForm, State},
    declaration::{self, Action, Content, Declaration, DeclarationId, Direction, Kind, Status},
    inspection,
    kernel::{Actor, Failure, Violations},
    ledger::Tx,
    payment,
    reference::Books,
};

/// One line that shall be cleared with less than was declared.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WantedLine {
    /// The declared goods line.
    #[schema(minimum = 1, maximum = 999)]
    pub goods_no: i32,
    /// In the declared unit, and not above what was declared.
    #[serde(default)]
    #[schema(value_type = Option<String>, example = "8999", max_length = 24)]
    pub quantity: Option<Decimal>,
    /// In the declared weight unit, and not above what was declared.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 24)]
    pub weight: Option<Decimal>,
}

/// A release officer of the release office issues the form. Outbound goods are released in the same breath: there is
/// nothing left to wait for (domain R1).
pub async fn issue_clearance_form(
    tx: &mut Tx,
    books: &Books,
    actor: &Actor,
    id: DeclarationId,
    wanted: &[WantedLine],
) -> Result<Form, Failure> {
    let mut declaration = declaration::service::lock(tx, actor, id).await?;
    declaration.must_be_at_home()?;
    actor.must_be_of(&declaration.release_org)?;
    must_not_have_judged(tx, actor, id).await?;
    swap::must_not_travel(tx, &declaration).await?;
    let today = tx.today();
    let content = reading::current_content(tx, &declaration).await?;
    let people = reading::People::of(tx, &[&content], today).await?;
    let facts = people.review(&content, books, today).facts;
    let before_result = standing(&declaration, facts.may_clear_before_result)?;
    if !payment::settled(tx, id, today).await?.is_settled() {
        return Err(Failure::refused("declaration/fee-outstanding", "its fees are not settled"));
    }
    let form = NewForm {
        declaration_id: id,
        decl_no: declaration.number()?.to_owned(),
        lines: lines(&content, wanted)?,
        before_result,
        valid_until: facts.validity.until(today),
        remark: None,
    };
    let form = clearance::service::issue(tx, actor, form).await?;
    if declaration.apl_kind == Direction::Outbound {
        release::release_on_form(tx, actor, &mut declaration, &form).await?;
    }
    Ok(form)
}

/// A release officer of the release office voids it, as long as customs has not annotated it.
pub async fn void_clearance_form(
    tx: &mut Tx,
    actor: &Actor,
    id: DeclarationId,
    clearance_no: &str,
    reason: &str,
) -> Result<Form, Failure> {
    let declaration = declaration::service::lock(tx, actor, id).await?;
    actor.must_be_of(&declaration.release_org)?;
    swap::must_not_travel(tx, &declaration).await?;
    direct_release::must_not_be_under_way(tx, &declaration).await?;
    let forms = clearance::service::of_declaration(tx, id).await?;
    let form = forms.into_iter().find(|form| form.clearance_no == clearance_no);
    let mut form = form.ok_or(Failure::Missing("clearance form"))?;
    clearance::service::step(tx, actor, &mut form, State::Void, Some(reason)).await?;
    Ok(form)
}

/// Lets forms expire whose last day is over. Returns how many did.
///
/// Safe to run twice: an expired form is no longer live.
pub async fn expire_clearance_forms(tx: &mut Tx) -> Result<usize, Failure> {
    let system = Actor::system();
    let mut expired = 0;
    let today = tx.today();
    for id in clearance::service::run_out(tx, today, 200).await? {
        declaration::service::lock(tx, &system, id).await?;
        if let Some(mut form) = clearance::service::live_of(tx, id).await?
            && form.valid_until < today
            && form.state.may_become(State::Expired)
        {
            clearance::service::step(tx, &system, &mut form, State::Expired, None).await?;
            expired += 1;
        }
    }
    Ok(expired)
}

/// Whoever signed the result of a case neither issues its form nor releases it (domain R10).
pub(super) async fn must_not_have_judged(
    tx: &mut Tx,
    actor: &Actor,
    id: DeclarationId,
) -> Result<(), Failure> {
    if inspection::service::has_judged(tx, id, actor.person()?).await? {
        return Err(Failure::Forbidden(
            "who signed the inspection result does not clear the goods",
        ));
    }
    Ok(())
}

/// Whether a form may be issued now, and if so whether before the result.
fn standing(declaration: &Declaration, allowed_before: bool) -> Result<bool, Failure> {
    use Status::*;
    if declaration.kind == Kind::OutsideCatalogue {
        return Err(Failure::refused(
            "clearance-form/not-needed",
            "goods outside the catalogue are released on their delivery order",
        ));
    }
    match declaration.status {
        Conforming => Ok(false),
        Selected | Inspecting | LabPending if allowed_before => Ok(true),
        Selected | Inspecting | LabPending => Err(Failure::refused(
            "clearance-form/result-awaited",
            "goods of this inspection category are cleared after the result only",
        )),
        other => Err(other.take(Action::Release).map_or_else(Failure::Refused, |_| {
            Failure::refused("declaration/wrong-status", "no form can be issued now")
        })),
    }
}

/// Every declared line, with less where less is wanted; never more.
fn lines(content: &Content, wanted: &[WantedLine]) -> Result<Vec<Line>, Failure> {
    let mut violations = Violations::default();
    let mut lines = reading::form_lines(content);
    for (index, want) in wanted.iter().enumerate() {
        let Some(line) = lines.iter_mut().find(|line| line.goods_no == want.goods_no) else {
            violations.error(
                format!("/lines/{index}/goods_no"),
                "goods-line-unknown",
                "申报中没有此项货物",
                "the declaration has no such goods line",
            );
            continue;
        };
        let at = |member: &str| format!("/lines/{index}/{member}");
        lessen(&mut line.quantity, want.quantity, &at("quantity"), &mut violations);
        lessen(&mut line.weight, want.weight, &at("weight"), &mut violations);
    }
    Ok(violations.finish(Some(lines))?)
}

fn lessen(
    declared: &mut Option<Decimal>,
    wanted: Option<Decimal>,
    pointer: &str,
    violations: &mut Violations,
) {
    let Some(wanted) = wanted else { return };
    match *declared {
        Some(limit) if wanted > Decimal::ZERO && wanted <= limit => *declared = Some(wanted),
        _ => violations.error(
            pointer,
            "above-declared",
            "通关单数量不得大于申报数量",
            "a form clears more than nothing, and never more than was declared",
        ),
    }
}
