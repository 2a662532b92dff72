//! A refund on its way to the bank: sent at most once, asked about until the bank has had its last word.
use chrono::{DateTime, Utc};

use super::{paid_out, step};
use crate::{
    kernel::{Actor, Failure, money::Amount},
    ledger::Tx,
    payment::{
        bank::{
            FailureCode, NoRefundWord, Outcome, RefundAnswer, RefundOrder, RefundWord, Standing,
        },
        job,
        model::{Refund, RefundId, Scope},
        posting::Account,
        service::{
            debit::{NEVER_HEARD_OF, Told, wait_before},
            void::{Owing, owe},
        },
        status::refund::{RefundAction, RefundState},
        store,
    },
};

/// Takes a refund to be ordered. What is returned may leave the house once this is committed, and never again: a
/// refund found already sent is one whose sender died, and only the bank knows how far it came.
pub async fn take_refund(tx: &mut Tx, id: RefundId) -> Result<Option<RefundOrder>, Failure> {
    let mut refund = hold(tx, id).await?;
    match refund.state {
        RefundState::Ordered => {
            step(tx, &Actor::system(), &mut refund, RefundAction::Send, None).await?;
            Ok(Some(RefundOrder {
                refund_id: id,
                payment_id: refund.payment_id,
                bank_ref: refund.booking_ref.clone().unwrap_or_default(),
                amount: Amount::from(refund.amount),
            }))
        }
        RefundState::Sent => {
            lose_sight(tx, refund, "whoever sent it did not live to tell the answer").await?;
            Ok(None)
        }
        _ => Ok(None),
    }
}

/// What the bank answered to the order itself.
pub async fn refund_answered(
    tx: &mut Tx,
    bank_code: &str,
    id: RefundId,
    told: Told<RefundAnswer>,
) -> Result<(), Failure> {
    let refund = hold(tx, id).await?;
    if refund.state != RefundState::Sent {
        return Ok(());
    }
    match told {
        Told::Answer(RefundAnswer::Word(word)) if is_about(&refund, &word) => {
            believe(tx, bank_code, refund, &word).await
        }
        Told::Answer(RefundAnswer::Word(_)) => lose_sight(tx, refund, ANOTHER_AMOUNT).await,
        Told::Answer(RefundAnswer::NoWord(_)) => {
            lose_sight(tx, refund, "the bank has not decided").await
        }
        Told::Nothing(why) => lose_sight(tx, refund, &why).await,
    }
}

const ANOTHER_AMOUNT: &str = "the bank's word is not about what was asked for";

/// Is this question still to be asked? Not once it was answered, or asked by another run.
pub async fn question_refund(tx: &mut Tx, id: RefundId, after: i32) -> Result<bool, Failure> {
    let refund = hold(tx, id).await?;
    Ok(refund.state == RefundState::Unknown && refund.queries == after)
}

/// What the bank answered to a question put to it at `asked_at`; without a last word, promises the next one.
pub async fn asked_refund(
    tx: &mut Tx,
    bank_code: &str,
    query: &job::RefundQuery,
    asked_at: DateTime<Utc>,
    told: Told<RefundAnswer>,
) -> Result<(), Failure> {
    let refund = hold(tx, query.refund).await?;
    if refund.state != RefundState::Unknown {
        return Ok(());
    }
    let is_old = refund.sent_at.is_some_and(|sent_at| asked_at - sent_at >= NEVER_HEARD_OF);
    match told {
        Told::Answer(RefundAnswer::Word(word)) if is_about(&refund, &word) => {
            return believe(tx, bank_code, refund, &word).await;
        }
        Told::Answer(RefundAnswer::NoWord(NoRefundWord {
            outcome: Standing::NotFound, ..
        })) if is_old => {
            let reason = "the bank never heard of it, fifteen minutes after it was sent or later";
            return fail(tx, bank_code, refund, FailureCode::NotFound, reason).await;
        }
        Told::Answer(_) | Told::Nothing(_) => {}
    }
    if store::refund::count_query(tx, query.refund, query.after).await? {
        ask_later(tx, query.refund, query.after + 1)?;
    }
    Ok(())
}

/// Whether a word can be believed: its amount is what was asked for, and it has a reference of its own.
fn is_about(refund: &Refund, word: &RefundWord) -> bool {
    word.amount.in_fen() == Some(refund.amount)
        && (1..=64).contains(&word.bank_ref.len())
        && (word.outcome == Outcome::Failed) == word.failure_code.is_some()
}

async fn believe(
    tx: &mut Tx,
    bank_code: &str,
    mut refund: Refund,
    word: &RefundWord,
) -> Result<(), Failure> {
    refund.bank_ref = Some(word.bank_ref.clone());
    refund.bank_time = Some(word.bank_time);
    if let Some(code) = word.failure_code {
        return fail(tx, bank_code, refund, code, "the bank refused").await;
    }
    let bank = refund.bank_code.clone().unwrap_or_default();
    let (bank, actor) = (Account::Bank(&bank), Actor::bank(bank_code));
    paid_out(tx, &actor, &mut refund, RefundAction::Succeed, bank).await
}

/// Nothing was given back: this refund is over, and what is owed is owed under another number, to be approved anew:
/// two persons see why it failed.
async fn fail(
    tx: &mut Tx,
    bank_code: &str,
    mut refund: Refund,
    code: FailureCode,
    reason: &str,
) -> Result<(), Failure> {
    refund.failure_code = Some(code);
    step(tx, &Actor::bank(bank_code), &mut refund, RefundAction::Fail, Some(reason)).await?;
    let owing = Owing {
        declaration: refund.declaration_id,
        payment: refund.payment_id,
        booking: refund.booking_ref.as_deref(),
        amount: refund.amount,
        late: refund.late,
        account: refund.account.clone(),
        reason: &refund.reason,
        proposed_by: refund.proposed_by,
        replaces: Some(refund.id),
    };
    owe(tx, &Actor::system(), owing).await?;
    Ok(())
}

/// Only the bank knows now: the refund is unknown, and the bank is asked.
async fn lose_sight(tx: &mut Tx, mut refund: Refund, reason: &str) -> Result<(), Failure> {
    let (id, queries) = (refund.id, refund.queries);
    step(tx, &Actor::system(), &mut refund, RefundAction::LoseSight, Some(reason)).await?;
    ask_later(tx, id, queries)
}

fn ask_later(tx: &mut Tx, refund: RefundId, after: i32) -> Result<(), Failure> {
    let due_at = tx.now + wait_before(after);
    tx.enqueue_at(&job::RefundQuery { refund, after }, due_at)?;
    Ok(())
}

async fn hold(tx: &mut Tx, id: RefundId) -> Result<Refund, Failure> {
    store::refund::lock(tx, id, &Scope::ALL).await?.ok_or(Failure::Missing("refund"))
}
