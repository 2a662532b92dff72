//! The items of an import, filed as if each had been sent alone.
use std::sync::Arc;

use super::{
    Desk, Filed, Filing, Receipt,
    file::{Prospect, file_in_turn, rehearse},
};
use crate::{
    declaration::{Status, Verdict, parse},
    identity::{ClientId, Permission, StaffId, service::access},
    import::{self, Answer, Import, ImportId, Outcome, Pending},
    kernel::{Actor, Failure, Violations},
    ledger::Tx,
};

/// How many items are filed in one transaction.
const TOGETHER: i64 = 50;

/// Files the next items of an import and notes how far it is, or rehearses that. An import that has ended is left alone.
pub async fn go_on_importing(tx: &mut Tx, desk: &Desk, id: ImportId) -> Result<(), Failure> {
    let Some(import) = import::service::hold_running(tx, id).await? else { return Ok(()) };
    let Some(actor) = declarant(tx, &import).await? else {
        return import::service::stop(tx, import).await;
    };
    let pending = import::service::pending(tx, &import, TOGETHER).await?;
    let answers = answer_all(tx, desk, &Arc::new(actor), &import, pending).await?;
    import::service::move_on(tx, import, &answers).await
}

/// Whoever asked for it, if it may still file.
async fn declarant(tx: &mut Tx, import: &Import) -> Result<Option<Actor>, Failure> {
    let subject = if import.is_staff {
        access::Subject::Staff(StaffId(import.actor_id))
    } else {
        access::Subject::Client(ClientId(import.actor_id))
    };
    // A credential that changed since is no reason to stop; one that was taken away is.
    let now = tx.now;
    let actor = access::actor_of(tx, subject, now).await?;
    Ok(actor.filter(|actor| {
        Permission::DeclarationFile.is_held_by(&actor.roles)
            && actor.reg_no() == Some(import.reg_no.as_str())
    }))
}

async fn answer_all(
    tx: &mut Tx,
    desk: &Desk,
    actor: &Arc<Actor>,
    import: &Import,
    pending: Vec<Pending>,
) -> Result<Vec<Answer>, Failure> {
    let mut answers = Vec::with_capacity(pending.len());
    let (mut numbers, mut filings) = (Vec::new(), Vec::new());
    for item in pending {
        let Some(content) = item.content else {
            answers.push(plain(item.number, Outcome::Unreadable, item.faults));
            continue;
        };
        // It was read once; that it can be read again is our own word.
        let submission = parse::parse(content.as_bytes()).map_err(Failure::Invalid)?;
        if submission.content.reg_no() == import.reg_no {
            numbers.push(item.number);
            filings.push(Filing { actor: Arc::clone(actor), submission: Arc::new(submission) });
        } else {
            answers.push(another_s(item.number));
        }
    }
    let filed: Vec<_> = if import.dry_run {
        let prospects = rehearse(tx, desk, filings).await?;
        numbers.into_iter().zip(prospects).map(|(number, one)| foreseen(number, one)).collect()
    } else {
        let filed = file_in_turn(tx, desk, filings).await?;
        numbers.into_iter().zip(filed).map(|(number, one)| answered(number, one)).collect()
    };
    answers.extend(filed);
    answers.sort_unstable_by_key(|answer| answer.number);
    Ok(answers)
}

fn plain(number: i32, outcome: Outcome, defects: Violations) -> Answer {
    Answer { number, outcome, declaration: None, decl_no: None, problem: None, defects }
}

fn another_s(number: i32) -> Answer {
    let mut defects = Violations::default();
    defects.error(
        "/decl_reg_no",
        "not-your-own",
        "报检单位登记号不是本单位的",
        "decl_reg_no is not your own",
    );
    let detail = "not permitted: decl_reg_no is not the caller's own".to_owned();
    let problem = Some(("forbidden".to_owned(), detail));
    Answer { problem, ..plain(number, Outcome::Refused, defects) }
}

fn answered(number: i32, filed: Filed) -> Answer {
    match filed {
        Filed::New(receipt) => of_receipt(number, outcome_of(receipt.status), receipt),
        Filed::Repeated(receipt) => of_receipt(number, Outcome::Repeated, receipt),
        Filed::Refused(refusal) => Answer {
            problem: Some((refusal.code.to_owned(), refusal.detail)),
            ..plain(number, Outcome::Refused, refusal.violations)
        },
    }
}

fn of_receipt(number: i32, outcome: Outcome, receipt: Receipt) -> Answer {
    Answer {
        declaration: Some(receipt.id),
        decl_no: receipt.decl_no,
        ..plain(number, outcome, receipt.defects)
    }
}

const fn outcome_of(status: Status) -> Outcome {
    match status {
        Status::NeedsCorrection => Outcome::NeedsCorrection,
        Status::ManualReview => Outcome::InReview,
        _ => Outcome::Accepted,
    }
}

fn foreseen(number: i32, prospect: Prospect) -> Answer {
    match prospect {
        Prospect::Known(filed) => answered(number, filed),
        Prospect::New(review) => {
            let outcome = match review.verdict() {
                Verdict::NeedsCorrection => Outcome::NeedsCorrection,
                Verdict::ManualReview => Outcome::InReview,
                Verdict::Accept => Outcome::Accepted,
            };
            plain(number, outcome, review.findings)
        }
    }
}
