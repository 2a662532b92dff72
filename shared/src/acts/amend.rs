//! Amending an accepted declaration (更改), domain R13: the declarant asks, an acceptance officer of the declaring
//! office decides, and an approved wish is applied in the same transaction: version, fee, draw and form.
use super::{
    Desk, Receipt, accept, acceptance, advance, between_bureaus, direct_release, reading,
    resubmit::{must_be_the_same_case, restate},
    swap,
};
use crate::{
    clearance::{self, Form, State as FormState},
    declaration::{
        self, Action, Amendment, AmendmentId, AmendmentState, Cause, Declaration, DeclarationId,
        Status,
        amending::{self, Stage},
        event::{AmendmentApproved, AmendmentRefused, AmendmentRequested, AmendmentWithdrawn},
        parse::{self, Submission},
        rules::Review,
    },
    inspection::{self, Comparison},
    kernel::{Actor, Failure, Refusal, Severity, calendar},
    ledger::Tx,
    payment::{
        self, Debtor, NoticeDraft, NoticeKind,
        fee::Assessment,
        tariff::{NoticeLine, Tariff},
    },
    reference::Books,
};

/// The declarant asks for a change. What R13 forbids is refused at once, all of it.
pub async fn request_amendment(
    tx: &mut Tx,
    desk: &Desk,
    actor: &Actor,
    id: DeclarationId,
    submission: &Submission,
    reason: &str,
) -> Result<Amendment, Failure> {
    let declaration = declaration::service::lock(tx, actor, id).await?;
    if let Some(transfer) = swap::claimed_by(tx, &declaration).await? {
        let books = &desk.books;
        swap::must_be_amendable(tx, books, &declaration, &transfer, submission).await?;
    } else {
        must_be_amendable(tx, desk, &declaration, submission).await?;
    }
    let working_days = 1;
    let amendment = Amendment {
        id: AmendmentId::mint(tx.now),
        declaration_id: id,
        base_version: declaration.version,
        content: serde_json::to_value(&submission.content)?,
        reason: reason.to_owned(),
        state: AmendmentState::Requested,
        requested_at: tx.now,
        due_on: desk.books.add_working_days(tx.today(), working_days),
        decided_at: None,
        decided_by: None,
        decision: None,
    };
    declaration::service::keep_amendment(tx, &amendment).await?;
    tx.record(
        actor,
        &AmendmentRequested {
            declaration: id,
            reason: Some(reason.to_owned()),
            amendment: amendment.id,
            base_version: amendment.base_version,
        },
    )?;
    Ok(amendment)
}

/// The officer agrees: the wish becomes the next version. Of goods that were inspected elsewhere a port changes some
/// things alone, and asks the origin about the others.
pub async fn approve_amendment(
    tx: &mut Tx,
    desk: &Desk,
    actor: &Actor,
    id: AmendmentId,
) -> Result<Declaration, Failure> {
    let (mut declaration, mut amendment) = hold(tx, actor, id).await?;
    actor.must_be_of(&declaration.decl_org)?;
    if let Some(transfer) = swap::claimed_by(tx, &declaration).await? {
        let submission = read_back(&amendment)?;
        let case = (declaration, amendment, transfer);
        return swap::approve_amendment(tx, &desk.books, actor, case, &submission).await;
    }
    amendment.decide(AmendmentState::Approved, actor, tx.now, None)?;
    if amendment.base_version != declaration.version {
        return Err(Failure::refused(
            "amendment/outdated",
            "the declaration has a newer version than the one this wish was made for",
        ));
    }
    let submission = read_back(&amendment)?;
    let form = must_be_amendable(tx, desk, &declaration, &submission).await?;
    let review = accept::review(tx, desk, &submission.content).await?;
    must_be_free_of_errors(&review)?;

    declaration.version += 1;
    restate(&mut declaration, &review);
    if let Some(mut form) = form {
        let why = Some("amended");
        clearance::service::step(tx, actor, &mut form, FormState::Void, why).await?;
    }
    reckon_again(tx, desk, actor, &declaration, &review).await?;
    draw_again(tx, desk, actor, &mut declaration, &review).await?;
    declaration::service::save(tx, &mut declaration).await?;
    let receipt = Receipt::of(&declaration, tx.now, None, review.findings);
    declaration::service::keep_versions(tx, &[receipt.kept(&submission, Cause::Amended)?]).await?;
    declaration::service::settle_amendment(tx, &amendment).await?;
    tx.record(
        actor,
        &AmendmentApproved {
            declaration: declaration.id,
            reason: None,
            amendment: id,
            version: declaration.version,
        },
    )?;
    advance(tx, &desk.books, actor, &declaration).await?;
    Ok(declaration)
}

/// The officer says no, and why.
pub async fn refuse_amendment(
    tx: &mut Tx,
    actor: &Actor,
    id: AmendmentId,
    reason: &str,
) -> Result<Amendment, Failure> {
    let (declaration, mut amendment) = hold(tx, actor, id).await?;
    actor.must_be_of(&declaration.decl_org)?;
    let was_with_origin = amendment.state == AmendmentState::WithOrigin;
    amendment.decide(AmendmentState::Refused, actor, tx.now, Some(reason))?;
    declaration::service::settle_amendment(tx, &amendment).await?;
    if was_with_origin {
        swap::drop_asked(tx, actor, &declaration, &amendment, reason).await?;
    }
    let (declaration, reason) = (declaration.id, Some(reason.to_owned()));
    tx.record(actor, &AmendmentRefused { declaration, reason, amendment: id })?;
    Ok(amendment)
}

/// The declarant takes the wish back.
pub async fn withdraw_amendment(
    tx: &mut Tx,
    actor: &Actor,
    id: AmendmentId,
) -> Result<Amendment, Failure> {
    let (declaration, mut amendment) = hold(tx, actor, id).await?;
    if actor.reg_no() != Some(declaration.decl_reg_no.as_str()) {
        return Err(Failure::Forbidden("only the declarant takes a wish back"));
    }
    let was_with_origin = amendment.state == AmendmentState::WithOrigin;
    amendment.decide(AmendmentState::Withdrawn, actor, tx.now, None)?;
    declaration::service::settle_amendment(tx, &amendment).await?;
    if was_with_origin {
        let why = "the declarant took the wish back";
        swap::drop_asked(tx, actor, &declaration, &amendment, why).await?;
    }
    let declaration = declaration.id;
    tx.record(actor, &AmendmentWithdrawn { declaration, reason: None, amendment: id })?;
    Ok(amendment)
}

/// Holds the declaration, then the wish: parents before children.
async fn hold(
    tx: &mut Tx,
    actor: &Actor,
    id: AmendmentId,
) -> Result<(Declaration, Amendment), Failure> {
    let seen = declaration::service::amendment(tx, id).await?;
    let declaration = declaration::service::lock(tx, actor, seen.declaration_id).await?;
    let amendment = declaration::service::lock_amendment(tx, id).await?;
    Ok((declaration, amendment))
}

fn read_back(amendment: &Amendment) -> Result<Submission, Failure> {
    parse::from_value(&amendment.content).map_err(|violations| {
        anyhow::anyhow!("a stored wish cannot be read: {violations:?}").into()
    })
}

/// Nothing of R13 stands in the way. Returns the live form, which the amendment will void.
async fn must_be_amendable(
    tx: &mut Tx,
    desk: &Desk,
    declaration: &Declaration,
    submission: &Submission,
) -> Result<Option<Form>, Failure> {
    must_be_the_same_case(declaration, submission)?;
    swap::must_not_travel(tx, declaration).await?;
    direct_release::must_not_be_under_way(tx, declaration).await?;
    between_bureaus::must_not_be_under_way(tx, declaration).await?;
    let is_under_way = declaration.accepted_at.is_some()
        && !declaration.status.is_final()
        && declaration.status != Status::Released;
    if !is_under_way {
        return Err(Failure::refused(
            "declaration/wrong-status",
            format!("a declaration that is {} is not amended", declaration.status.name()),
        ));
    }
    let form = clearance::service::live_of(tx, declaration.id).await?;
    let stage = match &form {
        Some(form) if form.state.is_annotated() => {
            return Err(Failure::refused(
                "clearance-form/annotated",
                "customs has used its clearance form: nothing can be amended any more",
            ));
        }
        Some(_) => Stage::FormIssued,
        None if declaration.has_result => Stage::AfterResult,
        None => Stage::BeforeResult,
    };
    let first = declaration::service::version(tx, declaration.id, 1).await?.content;
    let before = reading::current_content(tx, declaration).await?;
    let before = serde_json::to_value(&before)?;
    let after = serde_json::to_value(&submission.content)?;
    let objections = amending::objections(&first, &before, &after, stage, |old, new| {
        same_categories(&desk.books, old, new, tx.today())
    });
    if !objections.is_empty() {
        return Err(objections.into());
    }
    Ok(form)
}

pub(super) fn same_categories(books: &Books, old: &str, new: &str, on: chrono::NaiveDate) -> bool {
    let categories = |hs| books.catalogue(hs, None, on).map(|item| item.categories.clone());
    categories(old) == categories(new)
}

fn must_be_free_of_errors(review: &Review) -> Result<(), Failure> {
    if review.findings.worst() != Some(Severity::Error) {
        return Ok(());
    }
    Err(Refusal {
        violations: review.findings.clone(),
        ..Refusal::new("amendment/defective", "the amended declaration would not be accepted")
    }
    .into())
}

/// Unpaid notices are issued anew; what was paid is supplemented or owed back (domain R13).
async fn reckon_again(
    tx: &mut Tx,
    desk: &Desk,
    actor: &Actor,
    declaration: &Declaration,
    review: &Review,
) -> Result<(), Failure> {
    // Fees follow the tariff of the day of acceptance (domain R5).
    let accepted_on = calendar::day_of(declaration.accepted_at.unwrap_or(tx.now));
    let tariff = Tariff::on(&desk.books, accepted_on);
    let assessment = acceptance::assess(&tariff, &review.facts);
    let stays = payment::void_unpaid_of(tx, actor, declaration.id, "amended").await?;
    if assessment.total < stays {
        let difference = crate::kernel::Fen(stays.0 - assessment.total.0);
        return payment::refund_difference(tx, actor, declaration.id, difference, "amended").await;
    }
    let debtor = Debtor {
        declaration_id: declaration.id,
        decl_no: declaration.number()?.to_owned(),
        reg_no: declaration.decl_reg_no.clone(),
        decl_org: declaration.decl_org.clone(),
    };
    let (kind, assessment) = match stays.0 {
        0 => (NoticeKind::Original, assessment),
        _ => (NoticeKind::Supplementary, supplement(&assessment, stays)),
    };
    if let Some(draft) = NoticeDraft::of(debtor, kind, &tariff, assessment) {
        payment::issue_notice(tx, actor, draft).await?;
    }
    Ok(())
}

/// One line: what the goods cost now, less what was paid.
fn supplement(assessment: &Assessment, stays: crate::kernel::Fen) -> Assessment {
    let difference = crate::kernel::Fen(assessment.total.0 - stays.0);
    let line = NoticeLine {
        tariff_code: "SUPPLEMENT".into(),
        batch: None,
        basis: assessment.total.in_yuan(),
        rate: rust_decimal::Decimal::ONE,
        computed: difference.in_yuan(),
        charged: difference,
        waiver: None,
    };
    Assessment { lines: vec![line], total: difference }
}

/// A raised rate is compared with the same draw, and may only turn not-selected into selected (domain R3).
async fn draw_again(
    tx: &mut Tx,
    desk: &Desk,
    actor: &Actor,
    declaration: &mut Declaration,
    review: &Review,
) -> Result<(), Failure> {
    let inputs = acceptance::inputs(desk, &review.facts, tx, false);
    let compared = inspection::service::compare_again(tx, actor, declaration, &inputs).await?;
    let Comparison::Raised { selects, is_mandatory } = compared else { return Ok(()) };
    declaration.is_mandatory |= is_mandatory;
    if selects {
        let why = Some("the amendment raised the rate above the draw");
        let event = declaration::service::take(declaration, Action::OrderCheck, why)?;
        tx.record(&Actor::system(), &event)?;
    }
    Ok(())
}
