//! The next version of a returned declaration (重新报检): reviewed as if it were new, under the same reference.
use super::{Desk, Receipt, accept, acceptance, file::numbers_exhausted};
use crate::{
    declaration::{
        self, Action, Cause, Declaration, DeclarationId, Verdict, event, parse::Submission,
        rules::Review,
    },
    kernel::{Actor, Failure, Violations},
    ledger::Tx,
};

/// The declarant corrects what was returned. The answer is the receipt of the new version; the same content once
/// more gives that receipt again.
pub async fn resubmit(
    tx: &mut Tx,
    desk: &Desk,
    actor: &Actor,
    id: DeclarationId,
    submission: &Submission,
) -> Result<Receipt, Failure> {
    let mut declaration = declaration::service::lock(tx, actor, id).await?;
    must_be_the_same_case(&declaration, submission)?;
    if let Some(receipt) = answered_before(tx, &declaration, submission).await? {
        return Ok(receipt);
    }
    let resubmitted = declaration::service::take(&mut declaration, Action::Resubmit, None)?;
    declaration.version += 1;
    let mut review = accept::review(tx, desk, &submission.content).await?;
    restate(&mut declaration, &review);
    let accepted = match review.verdict() {
        Verdict::Accept => {
            accept::decide(tx, desk, &Actor::system(), &declaration, &review).await?
        }
        Verdict::ManualReview | Verdict::NeedsCorrection => None,
    };
    if accepted.is_none() && review.verdict() == Verdict::Accept {
        review.findings.push(numbers_exhausted());
    }
    let filed = event::Filed {
        declaration: id,
        version: declaration.version,
        decl_org: declaration.decl_org.clone(),
        release_org: declaration.release_org.clone(),
        findings: review.findings.iter().count(),
    };
    tx.record(actor, &resubmitted)?;
    tx.record(actor, &filed)?;

    let receipt = if let Some(accepted) = accepted {
        declaration.clone_from(&accepted.row);
        declaration::service::save(tx, &mut declaration).await?;
        let notices = acceptance::write_many(tx, desk, vec![accepted]).await?;
        Receipt::of(&declaration, tx.now, notices.get(&id), review.findings)
    } else {
        let action = match review.verdict() {
            Verdict::NeedsCorrection => Action::FindErrors,
            _ => Action::FindDoubts,
        };
        let system = Actor::system();
        declaration::service::step(tx, &system, &mut declaration, action, None).await?;
        Receipt::of(&declaration, tx.now, None, review.findings)
    };
    declaration::service::keep_versions(tx, &[receipt.kept(submission, Cause::Resubmitted)?])
        .await?;
    Ok(receipt)
}

/// The reference and the direction are what make it this case and no other.
pub(super) fn must_be_the_same_case(
    declaration: &Declaration,
    submission: &Submission,
) -> Result<(), Failure> {
    let content = &submission.content;
    let mut violations = Violations::default();
    let mut same = |pointer: &str, is_same: bool| {
        if !is_same {
            violations.error(
                pointer,
                "not-the-same-declaration",
                "须与原报检一致",
                "this must be as it was filed; file anew for anything else",
            );
        }
    };
    same("/ent_decl_no", content.reference() == declaration.ent_decl_no);
    same("/decl_reg_no", content.reg_no() == declaration.decl_reg_no);
    same("/apl_kind", content.direction() == declaration.apl_kind);
    Ok(violations.finish(Some(()))?)
}

/// A repeat of the current version: its receipt (domain R12).
async fn answered_before(
    tx: &mut Tx,
    declaration: &Declaration,
    submission: &Submission,
) -> Result<Option<Receipt>, Failure> {
    if declaration.version == 1 {
        return Ok(None);
    }
    let version = declaration::service::version(tx, declaration.id, declaration.version).await?;
    if version.content_hash != submission.hash {
        return Ok(None);
    }
    Ok(Some(serde_json::from_value(version.receipt)?))
}

/// Takes over what the new content says about the row.
pub(super) fn restate(declaration: &mut Declaration, review: &Review) {
    let facts = &review.facts;
    declaration.decl_code.clone_from(&facts.decl_code);
    declaration.kind = facts.kind;
    declaration.direct_bureau.clone_from(&facts.direct_bureau);
    declaration.do_key.clone_from(&facts.do_key);
    declaration.consignee_code.clone_from(&facts.domestic_code);
    declaration.decl_org.clone_from(&facts.decl_org);
    declaration.release_org.clone_from(&facts.release_org);
    declaration.insp_org.clone_from(&facts.insp_org);
    declaration.anywhere = facts.anywhere;
    if declaration.accepted_at.is_none() {
        declaration.holder_org.clone_from(&facts.decl_org);
    }
}
