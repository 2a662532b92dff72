//! A debit on its way: sent at most once, asked about until the bank has had its last word (domain R6).
use std::collections::HashMap;

use chrono::{DateTime, Duration, Utc};

use super::hear::{check, fail, hear, hear_many, step_of, stepped};
use crate::{
    kernel::{Actor, Failure, Fen, money::Amount},
    ledger::Tx,
    payment::{
        bank::{Answer, DebitOrder, FailureCode, NoWord, Source, Standing},
        event, job,
        model::{Debt, PaymentId, Scope},
        status::{
            agreement::AgreementState,
            payment::{PaymentAction, PaymentState},
        },
        store,
    },
};

/// "Not found" is believed only this long after sending (R6). Absence from that day's statement, the other half of
/// the rule, is seen when the day is closed: a success that the statement shows after all goes to suspense.
pub const NEVER_HEARD_OF: Duration = Duration::minutes(15);

/// What came of asking the bank.
#[derive(Clone, Debug)]
pub enum Told<A = Answer> {
    /// Signed by the bank, and about what was asked.
    Answer(A),
    /// Nothing that could be trusted, and why.
    Nothing(String),
}

/// Takes payments to be debited. What is returned may leave the house once this is committed, and never
/// again: a payment found already sent is one whose sender died, and only the bank knows how far it came.
pub async fn take(tx: &mut Tx, payments: &[PaymentId]) -> Result<Vec<DebitOrder>, Failure> {
    let debts = lock_all(tx, payments).await?;
    let (mut orders, mut sending) = (Vec::new(), Vec::new());
    for debt in &debts {
        match (debt.state, &debt.account_token) {
            (PaymentState::Created, Some(token))
                if debt.agreement_state == Some(AgreementState::Active) =>
            {
                orders.push(order(debt, token, debt.amount));
                sending.push(debt);
            }
            (PaymentState::Created, _) => {
                let code = FailureCode::Agreement;
                let reason = "the agreement is no longer in force: nothing was sent";
                let system = Actor::system();
                fail(tx, &system, debt, PaymentAction::Abandon, (code, None), reason).await?;
            }
            (PaymentState::Sent, _) => {
                lose_sight(tx, debt, "whoever sent it did not live to tell the answer").await?;
            }
            _ => {}
        }
    }
    send(tx, &sending).await?;
    Ok(orders)
}

/// Holds a payment of those that may be seen.
pub(super) async fn hold(tx: &mut Tx, scope: &Scope<'_>, id: PaymentId) -> Result<Debt, Failure> {
    let missing = || Failure::Missing("payment");
    store::payment::read(tx, id, scope).await?.ok_or_else(missing)?;
    store::payment::lock(tx, id).await?.ok_or_else(missing)
}

/// Holds payments; all of them are there.
async fn lock_all(tx: &mut Tx, payments: &[PaymentId]) -> Result<Vec<Debt>, Failure> {
    let ids: Vec<_> = payments.iter().map(|payment| payment.0).collect();
    let debts = store::payment::lock_many(tx, &ids).await?;
    if debts.len() < ids.len() {
        return Err(Failure::Missing("payment"));
    }
    Ok(debts)
}

fn order(debt: &Debt, account_token: &str, amount: Fen) -> DebitOrder {
    DebitOrder {
        payment_id: debt.payment_id,
        notice_no: debt.notice_no.clone(),
        account_token: account_token.to_owned(),
        amount: Amount::from(amount),
    }
}

/// Marks payments as sent.
pub(super) async fn send(tx: &mut Tx, debts: &[&Debt]) -> Result<(), Failure> {
    if debts.is_empty() {
        return Ok(());
    }
    let mut steps = Vec::with_capacity(debts.len());
    for debt in debts {
        let to = debt.state.take(PaymentAction::Send)?;
        tx.record(&Actor::system(), &event::Sent(step_of(debt, to)))?;
        steps.push(stepped(debt, to, None, None));
    }
    let now = tx.now;
    store::payment::step(tx, now, &steps).await?;
    Ok(())
}

/// What the bank answered to debits themselves. Without an answer to be trusted a payment is unknown, unless
/// a callback came first.
pub async fn answered(
    tx: &mut Tx,
    bank_code: &str,
    told: &[(PaymentId, Told)],
) -> Result<(), Failure> {
    let (mut words, mut unsaid) = (Vec::new(), HashMap::new());
    for (payment, told) in told {
        let reason = match told {
            Told::Answer(Answer::Word(word)) if check(word).is_ok() => {
                words.push(word);
                continue;
            }
            Told::Answer(Answer::Word(_)) => "the bank's word makes no sense",
            Told::Answer(Answer::NoWord(_)) => "the bank has not decided",
            Told::Nothing(why) => why,
        };
        unsaid.insert(*payment, reason);
    }
    hear_many(tx, &Actor::bank(bank_code), Source::Answer, words).await?;
    if unsaid.is_empty() {
        return Ok(());
    }
    let payments: Vec<_> = unsaid.keys().copied().collect();
    for debt in lock_all(tx, &payments).await? {
        if debt.state == PaymentState::Sent {
            lose_sight(tx, &debt, unsaid.get(&debt.payment_id).copied().unwrap_or_default())
                .await?;
        }
    }
    Ok(())
}

/// Is this question still to be asked? Not once it was answered, or asked by another run.
pub async fn question(tx: &mut Tx, payment: PaymentId, after: i32) -> Result<bool, Failure> {
    let debt = store::payment::lock(tx, payment).await?.ok_or(Failure::Missing("payment"))?;
    Ok(debt.state == PaymentState::Unknown && debt.queries == after)
}

/// What the bank answered to a question put to it at `asked_at`; without a last word, promises the next one.
pub async fn asked(
    tx: &mut Tx,
    bank_code: &str,
    query: &job::Query,
    asked_at: DateTime<Utc>,
    told: Told,
) -> Result<(), Failure> {
    let payment = query.payment;
    match told {
        Told::Answer(Answer::Word(word)) if check(&word).is_ok() => {
            hear(tx, &Actor::bank(bank_code), Source::Query, &word).await?;
        }
        Told::Answer(Answer::NoWord(NoWord { outcome: Standing::NotFound, .. })) => {
            never_heard_of(tx, bank_code, payment, asked_at).await?;
        }
        Told::Answer(_) | Told::Nothing(_) => {}
    }
    if store::payment::count_query(tx, payment, query.after).await? {
        ask_later(tx, payment, query.after + 1)?;
    }
    Ok(())
}

async fn never_heard_of(
    tx: &mut Tx,
    bank_code: &str,
    payment: PaymentId,
    asked_at: DateTime<Utc>,
) -> Result<(), Failure> {
    let debt = store::payment::lock(tx, payment).await?.ok_or(Failure::Missing("payment"))?;
    let is_believed = debt.sent_at.is_some_and(|sent_at| asked_at - sent_at >= NEVER_HEARD_OF);
    if debt.state == PaymentState::Unknown && is_believed {
        let (code, bank) = (FailureCode::NotFound, Actor::bank(bank_code));
        let reason = "the bank never heard of it, fifteen minutes after it was sent or later";
        fail(tx, &bank, &debt, PaymentAction::Fail, (code, None), reason).await?;
    }
    Ok(())
}

/// Only the bank knows now: the payment is unknown, and the bank is asked.
pub(super) async fn lose_sight(tx: &mut Tx, debt: &Debt, reason: &str) -> Result<(), Failure> {
    let to = debt.state.take(PaymentAction::LoseSight)?;
    let now = tx.now;
    store::payment::step(tx, now, &[stepped(debt, to, None, None)]).await?;
    let step = event::Step { reason: Some(reason), ..step_of(debt, to) };
    tx.record(&Actor::system(), &event::LostSight(step))?;
    ask_later(tx, debt.payment_id, debt.queries)
}

fn ask_later(tx: &mut Tx, payment: PaymentId, after: i32) -> Result<(), Failure> {
    let due_at = tx.now + wait_before(after);
    tx.enqueue_at(&job::Query { payment, after }, due_at)?;
    Ok(())
}

/// One second before the first question, twice as long each time, never more than five minutes.
pub(super) fn wait_before(after: i32) -> Duration {
    Duration::seconds(1 << after.clamp(0, 9)).min(Duration::minutes(5))
}
