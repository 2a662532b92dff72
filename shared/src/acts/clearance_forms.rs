//! Issuing and voiding clearance forms (签发、作废通关单), domain 3.4, R1, R11.
use std::collections::HashMap;

use chrono::NaiveDate;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::{direct_release, reading, release, swap};
use crate::{
    clearance::{self, Form, Line, NewForm, State},
    declaration::{
        self, Action, Content, Declaration, DeclarationId, Direction, Kind, Status, facts::Terms,
    },
    inspection,
    kernel::{Actor, Failure, Violations},
    ledger::Tx,
    payment::{self, Settlement},
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
    #[schema(value_type = Option<String>, example = "8999", max_length = 24, pattern = r"^\d{1,15}(\.\d{1,6})?$")]
    pub quantity: Option<Decimal>,
    /// In the declared weight unit, and not above what was declared.
    #[serde(default)]
    #[schema(value_type = Option<String>, max_length = 24, pattern = r"^\d{1,15}(\.\d{1,6})?$")]
    pub weight: Option<Decimal>,
}

/// One form of several that are wanted.
#[derive(Clone, Debug)]
pub struct WantedForm {
    pub declaration: DeclarationId,
    /// Empty: everything in full.
    pub lines: Vec<WantedLine>,
}

/// A release officer of the release office issues the form. Outbound goods are released in the same breath: there is
/// nothing left to wait for (domain R1).
pub async fn issue_clearance_form(
    tx: &mut Tx,
    books: &Books,
    actor: &Actor,
    wanted: WantedForm,
) -> Result<Form, Failure> {
    let declaration = declaration::service::lock(tx, actor, wanted.declaration).await?;
    let mut answers = issue_held(tx, books, actor, vec![(declaration, wanted.lines)]).await?;
    answers.remove(&wanted.declaration).ok_or(Failure::Missing("declaration"))?
}

/// The same for many cases of a work list: each gets its form or stays without for itself. The answers come in the
/// order of what is wanted.
pub async fn issue_clearance_forms(
    tx: &mut Tx,
    books: &Books,
    actor: &Actor,
    wanted: Vec<WantedForm>,
) -> Result<Vec<Result<Form, Failure>>, Failure> {
    let ids: Vec<_> = wanted.iter().map(|form| form.declaration).collect();
    let mut lines: HashMap<_, _> =
        wanted.into_iter().map(|form| (form.declaration, form.lines)).collect();
    let held = declaration::service::lock_visible(tx, actor, &ids).await?;
    let held = held.into_iter().map(|declaration| {
        let lines = lines.remove(&declaration.id).unwrap_or_default();
        (declaration, lines)
    });
    let mut answers = issue_held(tx, books, actor, held.collect()).await?;
    let missing = || Err(Failure::Missing("declaration"));
    Ok(ids.iter().map(|id| answers.remove(id).unwrap_or_else(missing)).collect())
}

type Answers = HashMap<DeclarationId, Result<Form, Failure>>;

async fn issue_held(
    tx: &mut Tx,
    books: &Books,
    actor: &Actor,
    held: Vec<(Declaration, Vec<WantedLine>)>,
) -> Result<Answers, Failure> {
    let (today, mut answers) = (tx.today(), HashMap::with_capacity(held.len()));
    let ids: Vec<_> = held.iter().map(|(declaration, _)| declaration.id).collect();
    let judged = inspection::service::judged_by(tx, &ids, actor.person()?).await?;
    let settlements = payment::settled_many(tx, &ids, today).await?;
    let declarations = held.iter().map(|(declaration, _)| declaration);
    let contents = reading::current_contents(tx, declarations).await?;
    let (mut forms, mut cases) = (Vec::new(), Vec::new());
    for (declaration, wanted) in held {
        let known = Known {
            is_judge: judged.contains(&declaration.id),
            settlement: settlements.get(&declaration.id),
            content: contents.get(&declaration.id).ok_or(Failure::Missing("version"))?,
        };
        let form = match may_be_cleared(tx, actor, &declaration, &known).await {
            Ok(()) => new_form(books, today, &declaration, &known, &wanted),
            Err(failure) => Err(failure),
        };
        match form {
            Ok(form) => {
                forms.push(form);
                cases.push(declaration);
            }
            Err(failure) => {
                answers.insert(declaration.id, Err(failure));
            }
        }
    }
    let issued = clearance::service::issue_many(tx, actor, forms).await?;
    release_outbound(tx, actor, &cases, &issued).await?;
    answers.extend(cases.iter().map(|declaration| declaration.id).zip(issued));
    Ok(answers)
}

/// By this officer, and by nothing but a form: goods that travel by transfer are cleared by that alone.
async fn may_be_cleared(
    tx: &mut Tx,
    actor: &Actor,
    declaration: &Declaration,
    known: &Known<'_>,
) -> Result<(), Failure> {
    declaration.must_be_at_home()?;
    actor.must_be_of(&declaration.release_org)?;
    if known.is_judge {
        return Err(JUDGE);
    }
    swap::must_not_travel(tx, declaration).await
}

/// Releases the outbound goods among those whose forms were just issued.
async fn release_outbound(
    tx: &mut Tx,
    actor: &Actor,
    cases: &[Declaration],
    issued: &[Result<Form, Failure>],
) -> Result<(), Failure> {
    let forms: HashMap<_, _> = issued
        .iter()
        .flatten()
        .map(|form| (form.declaration_id, form.clearance_no.clone()))
        .collect();
    let goes =
        |case: &Declaration| case.apl_kind == Direction::Outbound && forms.contains_key(&case.id);
    let mut outbound: Vec<_> = cases.iter().filter(|case| goes(case)).cloned().collect();
    release::let_go(tx, actor, &mut outbound, &forms).await
}

/// What a form of a held case is decided by.
struct Known<'a> {
    /// The officer signed its result (domain R10).
    is_judge: bool,
    settlement: Option<&'a Settlement>,
    content: &'a Content,
}

fn new_form(
    books: &Books,
    today: NaiveDate,
    declaration: &Declaration,
    known: &Known<'_>,
    wanted: &[WantedLine],
) -> Result<NewForm, Failure> {
    let terms = Terms::of(known.content, books, today);
    let before_result = standing(declaration, terms.may_precede_result)?;
    if declaration.apl_kind == Direction::Outbound {
        release::must_be_releasable(declaration)?;
    }
    Settlement::must_be_settled(known.settlement)?;
    Ok(NewForm {
        declaration_id: declaration.id,
        decl_no: declaration.number()?.to_owned(),
        lines: lines(known.content, wanted)?,
        before_result,
        valid_until: terms.validity.until(today),
        remark: None,
    })
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

const JUDGE: Failure =
    Failure::Forbidden("who signed the inspection result does not clear the goods");

/// Whoever signed the result of a case neither issues its form nor releases it (domain R10).
pub(super) async fn must_not_have_judged(
    tx: &mut Tx,
    actor: &Actor,
    id: DeclarationId,
) -> Result<(), Failure> {
    if inspection::service::judged_by(tx, &[id], actor.person()?).await?.contains(&id) {
        return Err(JUDGE);
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
