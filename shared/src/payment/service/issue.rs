//! Notices go out, and are debited at once where the payer agreed to that.
use std::collections::{BTreeSet, HashMap};

use super::{
    monthly::lines_of,
    pay::{Purse, purses_of},
};
use crate::{
    kernel::{Actor, Failure, Fen, calendar},
    ledger::Tx,
    payment::{
        event, job,
        model::{FeeNotice, NoticeDraft, NoticeId, PaymentId},
        monthly::{Credit, line::CreditLine},
        posting::{Account, Posting},
        status::notice::{NoticeAction, NoticeState},
        store::{self, notice::Columns, payment::Promised},
    },
};

/// Issues one notice. See [`issue_notices`].
pub async fn issue_notice(
    tx: &mut Tx,
    actor: &Actor,
    draft: NoticeDraft,
) -> Result<FeeNotice, Failure> {
    let issued = issue_notices(tx, vec![(actor.clone(), draft)]).await?;
    issued.into_iter().next().ok_or_else(|| anyhow::anyhow!("one draft, no notice").into())
}

/// Issues many notices, whoever asks for each, in a handful of statements; the answer keeps their order.
///
/// Where the payer settles monthly and its credit suffices, release does not wait for the notice, which is due in the
/// month after. Else, where the payer's agreement says so and its limits allow it, the notice is issued PAYING with a
/// payment and a promise of its debit. The caller holds the declarations. Call it once in a transaction: it holds
/// the agreements of all payers, in order.
pub async fn issue_notices(
    tx: &mut Tx,
    drafts: Vec<(Actor, NoticeDraft)>,
) -> Result<Vec<FeeNotice>, Failure> {
    if drafts.is_empty() {
        return Ok(Vec::new());
    }
    let payers: BTreeSet<String> =
        drafts.iter().map(|(_, draft)| draft.debtor.reg_no.clone()).collect();
    let mut purses = purses_of(tx, payers.into_iter().collect()).await?;
    let mut lines = lines_of(tx, &purses).await?;

    let mut columns = Columns::default();
    let mut promised = Vec::new();
    for (_, draft) in &drafts {
        let id = NoticeId::mint(tx.now);
        let total = draft.assessment.total;
        let line = lines.get_mut(&draft.debtor.reg_no);
        let terms = line.map(|line| (line.take(total), &*line));
        let payment = match terms {
            Some((Credit::Granted, _)) => None,
            _ => promise(tx, id, draft, &mut purses),
        };
        push(&mut columns, tx, (id, draft), payment.is_some(), terms)?;
        promised.extend(payment);
    }
    let order: HashMap<_, _> =
        columns.ids.iter().enumerate().map(|(place, id)| (NoticeId(*id), place)).collect();
    let now = tx.now;
    let mut notices = store::notice::insert(tx, now, columns).await?;
    notices.sort_by_key(|notice| order.get(&notice.id).copied());
    if !promised.is_empty() {
        store::payment::insert(tx, now, &promised).await?;
    }
    store::book::post(tx, now, notices.iter().map(owed).collect()).await?;

    record(tx, &drafts, &notices, &promised)?;
    Ok(notices)
}

/// A payment for this notice, where the payer has it debited at once and may spend that much today.
fn promise(
    tx: &Tx,
    notice: NoticeId,
    draft: &NoticeDraft,
    purses: &mut HashMap<String, Purse>,
) -> Option<Promised> {
    let amount = draft.assessment.total;
    let purse = purses.get_mut(&draft.debtor.reg_no).filter(|purse| purse.agreement.auto_debit)?;
    purse.spend(amount).ok()?;
    Some(Promised {
        id: PaymentId::mint(tx.now),
        notice,
        reg_no: draft.debtor.reg_no.clone(),
        agreement: purse.agreement.id,
        bank_code: purse.agreement.bank_code.clone(),
        amount,
        late: Fen(0),
    })
}

fn push(
    columns: &mut Columns,
    tx: &Tx,
    (id, draft): (NoticeId, &NoticeDraft),
    is_debited: bool,
    terms: Option<(Credit, &CreditLine)>,
) -> Result<(), Failure> {
    let issued = NoticeState::Draft.take(NoticeAction::Issue)?;
    let state = if is_debited { issued.take(NoticeAction::Debit)? } else { issued };
    let due_on = match terms {
        Some((Credit::Granted, line)) => line.due_on(tx.today()),
        _ => calendar::days_after(tx.today(), draft.payment_days),
    };
    columns.ids.push(id.0);
    columns.declarations.push(draft.debtor.declaration_id.0);
    columns.decl_nos.push(draft.debtor.decl_no.clone());
    columns.reg_nos.push(draft.debtor.reg_no.clone());
    columns.decl_orgs.push(draft.debtor.decl_org.clone());
    columns.kinds.push(draft.kind);
    columns.states.push(state);
    columns.totals.push(draft.assessment.total.0);
    columns.lines.push(sqlx::types::Json(draft.assessment.lines.clone()));
    columns.late_rates.push(draft.late_rate);
    columns.due_on.push(due_on);
    columns.credits.push(terms.map(|(credit, _)| credit));
    Ok(())
}

fn owed(notice: &FeeNotice) -> Posting {
    let owed = Account::Receivable(&notice.reg_no);
    Posting::new("notice-issued", owed, Account::FeeIncome, notice.total).for_notice(notice.id)
}

fn record(
    tx: &mut Tx,
    drafts: &[(Actor, NoticeDraft)],
    notices: &[FeeNotice],
    promised: &[Promised],
) -> Result<(), Failure> {
    let promised: HashMap<_, _> =
        promised.iter().map(|payment| (payment.notice, payment)).collect();
    for ((actor, _), notice) in drafts.iter().zip(notices) {
        let declaration = notice.declaration_id;
        tx.record(
            actor,
            &event::NoticeIssued {
                declaration,
                notice: notice.id,
                notice_no: &notice.notice_no,
                total_fen: notice.total,
                credit: notice.credit,
            },
        )?;
        if let Some(payment) = promised.get(&notice.id) {
            tx.record(
                actor,
                &event::Created {
                    declaration,
                    notice: notice.id,
                    payment: payment.id,
                    amount_fen: payment.amount,
                    late_fen: payment.late,
                    notice_from: NoticeState::Issued,
                    notice_to: notice.state,
                },
            )?;
            tx.enqueue(&job::Debit { payment: payment.id })?;
        }
    }
    Ok(())
}
