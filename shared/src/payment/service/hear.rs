//! The bank speaks: in an answer, to a query, or by itself; in any order, and any number of times.
mod suspense;

use std::collections::{HashMap, HashSet};

use self::suspense::{orphan, return_orphan, suspend, suspended, unwanted};
use super::{
    debit::{lose_sight, send},
    monthly::{Moved, follow as follow_notices},
    void::{Voidable, owe, void},
};
use crate::{
    kernel::{Actor, Failure, Fen, Standing, Violations},
    ledger::Tx,
    payment::{
        bank::{FailureCode, Outcome, Source, Word},
        event::{self, Step},
        evidence::{Believed, Effect, Said, effect},
        job,
        model::Debt,
        posting::{Account, Posting},
        status::{
            notice::{NoticeAction, NoticeState},
            payment::{PaymentAction, PaymentState},
        },
        store::{self, book::Heard, payment::Stepped},
    },
};

/// Hears one word of a bank. See [`hear_many`].
pub async fn hear(tx: &mut Tx, actor: &Actor, source: Source, word: &Word) -> Result<(), Failure> {
    hear_many(tx, actor, source, vec![word]).await
}

/// Hears words of a bank, each once: what was heard before, by whatever way, changes nothing.
pub async fn hear_many(
    tx: &mut Tx,
    actor: &Actor,
    source: Source,
    words: Vec<&Word>,
) -> Result<(), Failure> {
    let Standing::Bank { bank_code } = &actor.standing else {
        return Err(Failure::Forbidden("only a bank says what became of a debit"));
    };
    // Whoever takes back has taken: a reversal may come before the success that it undoes.
    let reversals = words.iter().filter(|word| word.outcome == Outcome::Reversed);
    let taken = reversals.map(|&word| Word { outcome: Outcome::Success, ..word.clone() });
    let taken: Vec<_> = taken.collect();
    let mut words: Vec<_> = taken.iter().chain(words).collect();
    while !words.is_empty() {
        // Two words about one payment are heard one after the other: the first decides what the second means.
        let (mut payments, mut names) = (HashSet::new(), HashSet::new());
        let (first, later): (Vec<_>, Vec<_>) = words.into_iter().partition(|word| {
            payments.insert(word.payment_id) & names.insert((&word.bank_ref, word.outcome))
        });
        hear_each(tx, actor, bank_code, source, first).await?;
        words = later;
    }
    Ok(())
}

/// A word, what it means by amount, and the payment that it is about, if we have one.
struct Meant<'a> {
    word: &'a Word,
    amount: Fen,
    debt: Option<Debt>,
    effect: Effect,
}

async fn hear_each(
    tx: &mut Tx,
    actor: &Actor,
    bank_code: &str,
    source: Source,
    mut words: Vec<&Word>,
) -> Result<(), Failure> {
    let known = store::book::known(tx, bank_code, &words).await?;
    let is_in = |names: &[(String, Outcome)], word: &Word| {
        names
            .iter()
            .any(|(bank_ref, outcome)| *outcome == word.outcome && *bank_ref == word.bank_ref)
    };
    words.retain(|word| !is_in(&known, word));
    if words.is_empty() {
        return Ok(());
    }
    let meant = understand(tx, bank_code, words).await?;
    let heard: Vec<_> = meant
        .iter()
        .map(|Meant { word, amount, effect, .. }| Heard {
            bank_code,
            word,
            amount: *amount,
            source,
            effect: *effect,
        })
        .collect();
    let now = tx.now;
    let kept = store::book::hear(tx, now, &heard).await?;
    let mut paid = Vec::new();
    for Meant { word, amount, debt, effect } in meant {
        match debt {
            _ if !is_in(&kept, word) => {}
            Some(debt) if effect == Effect::Succeed => paid.push((debt, word)),
            Some(debt) => follow(tx, actor, debt, word, amount, effect).await?,
            None if effect == Effect::Suspend => {
                orphan(tx, actor, bank_code, word, amount).await?;
            }
            None if effect == Effect::Return => {
                return_orphan(tx, actor, bank_code, word, amount).await?;
            }
            None => {}
        }
    }
    succeed(tx, actor, paid).await
}

/// Holds the payments that the bank speaks of, and decides what its words do to them.
async fn understand<'a>(
    tx: &mut Tx,
    bank_code: &str,
    words: Vec<&'a Word>,
) -> Result<Vec<Meant<'a>>, Failure> {
    let amounts = words.iter().map(|word| check(word)).collect::<Result<Vec<_>, _>>()?;
    let ids: Vec<_> = words.iter().map(|word| word.payment_id.0).collect();
    let debts = store::payment::lock_many(tx, &ids).await?;
    let mut debts: HashMap<_, _> = debts
        .into_iter()
        .filter(|debt| debt.bank_code.as_deref() == Some(bank_code))
        .map(|debt| (debt.payment_id, debt))
        .collect();
    let reversals = words.iter().filter(|word| word.outcome == Outcome::Reversed);
    let refs: Vec<_> = reversals.map(|word| word.bank_ref.clone()).collect();
    let orphans = store::suspense::orphans(tx, bank_code, &refs).await?;
    let is_orphan = |word: &Word, amount: Fen| orphans.get(&word.bank_ref) == Some(&amount);
    let understood = words.into_iter().zip(amounts).map(|(word, amount)| {
        let debt = debts.remove(&word.payment_id);
        let effect = match &debt {
            Some(debt) => effect(
                Believed {
                    state: debt.state,
                    amount: debt.amount,
                    bank_ref: debt.bank_ref.as_deref(),
                },
                Said { outcome: word.outcome, amount, bank_ref: &word.bank_ref },
            ),
            None if word.outcome == Outcome::Success => Effect::Suspend,
            None if word.outcome == Outcome::Reversed && is_orphan(word, amount) => Effect::Return,
            None if word.outcome == Outcome::Reversed => Effect::Contradict,
            None => Effect::Nothing,
        };
        Meant { word, amount, debt, effect }
    });
    Ok(understood.collect())
}

/// The amount of a word that can be meant, or all that is wrong with it.
pub(super) fn check(word: &Word) -> Result<Fen, Violations> {
    let mut wrong = Violations::default();
    let amount = word.fen().filter(|fen| *fen > Fen(0));
    if amount.is_none() {
        let (zh, en) = ("金额应为正的人民币金额", "the amount is a positive amount of CNY");
        wrong.error("/amount", "amount-malformed", zh, en);
    }
    if (word.outcome == Outcome::Failed) != word.failure_code.is_some() {
        let (zh, en) = ("失败须给出原因，成功则不得有", "a failure has a code, a success has none");
        wrong.error("/failure_code", "failure-code-misplaced", zh, en);
    }
    if word.bank_ref.is_empty() || word.bank_ref.len() > 64 {
        let (zh, en) = ("银行流水号为1至64个字符", "a bank reference has 1 to 64 characters");
        wrong.error("/bank_ref", "bank-ref-malformed", zh, en);
    }
    wrong.finish(amount)
}

async fn follow(
    tx: &mut Tx,
    actor: &Actor,
    mut debt: Debt,
    word: &Word,
    amount: Fen,
    effect: Effect,
) -> Result<(), Failure> {
    if matches!(effect, Effect::Fail | Effect::Hold) {
        must_have_left(tx, &mut debt).await?;
    }
    match effect {
        Effect::Succeed => succeed(tx, actor, vec![(debt, word)]).await,
        Effect::Fail => {
            let code = word.failure_code.unwrap_or(FailureCode::Agreement);
            let reason = "the bank refused";
            fail(tx, actor, &debt, PaymentAction::Fail, (code, Some(word)), reason).await
        }
        Effect::Suspend => suspend(tx, actor, &debt, word, amount).await,
        Effect::Hold => hold(tx, actor, &debt, word, amount).await,
        Effect::Reverse => reverse(tx, actor, &debt, word).await,
        Effect::Contradict => contradict(tx, actor, &debt, word),
        // Only what belongs to no payment is returned.
        Effect::Return | Effect::Nothing => Ok(()),
    }
}

/// It does not fit what is here: noted, and a person has to look.
fn contradict(tx: &mut Tx, actor: &Actor, debt: &Debt, word: &Word) -> Result<(), Failure> {
    let reason = match word.outcome {
        Outcome::Reversed => "the bank takes back what is not here to be taken",
        Outcome::Success | Outcome::Failed => "the bank now says that it failed",
    };
    let step = Step { reason: Some(reason), ..step_of(debt, debt.state) };
    let step = Step { bank_ref: Some(&word.bank_ref), ..step };
    tx.record(actor, &event::Contradicted(step))?;
    Ok(())
}

/// The bank took its success back: the notice is owed again. Not where some of the money went back already, or was
/// never ours: then two things were done with it, and a person has to look.
async fn reverse(tx: &mut Tx, actor: &Actor, debt: &Debt, word: &Word) -> Result<(), Failure> {
    let is_whole = debt.notice_state == NoticeState::Paid && debt.void_requested_at.is_none();
    if !is_whole || store::refund::is_any_of(tx, debt.payment_id).await? {
        return contradict(tx, actor, debt, word);
    }
    let to = debt.state.take(PaymentAction::Reverse)?;
    let is_late = tx.today() > debt.due_on;
    let action = if is_late { NoticeAction::ReverseLate } else { NoticeAction::ReverseInTime };
    let notice_to = debt.notice_state.take(action)?;
    let now = tx.now;
    let stepped = Stepped { notice_to: Some(notice_to), ..stepped(debt, to, None, None) };
    store::payment::step(tx, now, &[stepped]).await?;
    let (owed, bank) = (Account::Receivable(&debt.reg_no), Account::Bank(bank_of(debt)));
    let unpaid = Posting::new("payment-reversed", owed, bank, debt.amount);
    let late = (debt.late > Fen(0))
        .then(|| Posting::new("late-fee-reversed", Account::LateIncome, owed, debt.late));
    let postings = [Some(unpaid), late]
        .into_iter()
        .flatten()
        .map(|posting| posting.for_notice(debt.notice_id).for_payment(debt.payment_id));
    let postings = postings.collect();
    store::book::post(tx, now, postings).await?;
    let reason = Some("the bank took its success back");
    let step = Step { notice_to, bank_ref: Some(&word.bank_ref), reason, ..step_of(debt, to) };
    tx.record(actor, &event::Reversed(step))?;
    follow_notices(tx, vec![moved(debt)]).await?;
    tx.enqueue(&job::Reversed { declaration: debt.declaration_id, payment: debt.payment_id })?;
    Ok(())
}

/// The bank knows it, so it left: a restored backup may have forgotten. It must not leave again.
async fn must_have_left(tx: &mut Tx, debt: &mut Debt) -> Result<(), Failure> {
    if debt.state == PaymentState::Created {
        send(tx, &[debt]).await?;
        debt.state = PaymentState::Sent;
    }
    Ok(())
}

async fn succeed(tx: &mut Tx, actor: &Actor, mut paid: Vec<(Debt, &Word)>) -> Result<(), Failure> {
    if paid.is_empty() {
        return Ok(());
    }
    let mut steps = Vec::with_capacity(paid.len());
    let mut postings = Vec::with_capacity(paid.len());
    for (debt, word) in &mut paid {
        must_have_left(tx, debt).await?;
        let to = debt.state.take(PaymentAction::Succeed)?;
        let notice_to = debt.notice_state.take(NoticeAction::Succeed)?;
        let step = Step { notice_to, bank_ref: Some(&word.bank_ref), ..step_of(debt, to) };
        tx.record(actor, &event::Succeeded(step))?;
        steps.push(Stepped { notice_to: Some(notice_to), ..stepped(debt, to, None, Some(*word)) });
        if debt.void_requested_at.is_none() {
            postings.extend(received(debt));
            tx.enqueue(&job::Settled { declaration: debt.declaration_id })?;
        } else {
            postings.extend(unwanted(debt, notice_to));
        }
    }
    let now = tx.now;
    store::payment::step(tx, now, &steps).await?;
    store::book::post(tx, now, postings).await?;
    for (debt, word) in paid.iter().filter(|(debt, _)| debt.void_requested_at.is_some()) {
        let reason = debt.void_reason.as_deref().unwrap_or_default();
        owe(tx, actor, suspended(debt, word, debt.amount, reason)).await?;
    }
    follow_notices(tx, paid.iter().map(|(debt, _)| moved(debt)).collect()).await
}

fn moved(debt: &Debt) -> Moved<'_> {
    Moved { statement: debt.statement_id, reg_no: &debt.reg_no, due_on: debt.due_on }
}

fn bank_of(debt: &Debt) -> &str {
    debt.bank_code.as_deref().unwrap_or_default()
}

/// What the bank took settles the notice and its late fee.
fn received(debt: &Debt) -> impl Iterator<Item = Posting> {
    let owed = Account::Receivable(&debt.reg_no);
    let paid = Posting::new("payment-succeeded", Account::Bank(bank_of(debt)), owed, debt.amount);
    let late = (debt.late > Fen(0))
        .then(|| Posting::new("late-fee", owed, Account::LateIncome, debt.late));
    [Some(paid), late]
        .into_iter()
        .flatten()
        .map(|posting| posting.for_notice(debt.notice_id).for_payment(debt.payment_id))
}

/// The payment failed: the notice is to be paid again, or is void where that was wanted meanwhile.
pub(super) async fn fail(
    tx: &mut Tx,
    actor: &Actor,
    debt: &Debt,
    action: PaymentAction,
    (code, word): (FailureCode, Option<&Word>),
    reason: &str,
) -> Result<(), Failure> {
    let to = debt.state.take(action)?;
    let is_late = tx.today() > debt.due_on;
    let back = if is_late { NoticeAction::FailLate } else { NoticeAction::FailInTime };
    let notice_to = debt.notice_state.take(back)?;
    let now = tx.now;
    let failed = stepped(debt, to, Some(code), word);
    store::payment::step(tx, now, &[Stepped { notice_to: Some(notice_to), ..failed }]).await?;
    let bank_ref = word.map(|word| word.bank_ref.as_str());
    let step = Step { notice_to, bank_ref, reason: Some(reason), ..step_of(debt, to) };
    tx.record(actor, &event::Failed(step))?;

    if debt.void_requested_at.is_some() {
        let reason = debt.void_reason.clone().unwrap_or_default();
        void(tx, &Actor::system(), &voidable(debt, notice_to), &reason).await?;
    }
    Ok(())
}

/// The bank speaks of another amount: the payment stays unknown, whatever it says.
async fn hold(
    tx: &mut Tx,
    actor: &Actor,
    debt: &Debt,
    word: &Word,
    amount: Fen,
) -> Result<(), Failure> {
    let reason = "the bank speaks of another amount than was asked for";
    if debt.state == PaymentState::Sent {
        lose_sight(tx, debt, reason).await?;
    }
    let step = Step { amount_fen: amount, reason: Some(reason), ..step_of(debt, debt.state) };
    let step = Step { to: PaymentState::Unknown, bank_ref: Some(&word.bank_ref), ..step };
    tx.record(actor, &event::Held(step))?;
    Ok(())
}

/// A step of a payment whose notice stays where it is.
pub(super) const fn step_of(debt: &Debt, to: PaymentState) -> Step<'static> {
    Step {
        declaration: debt.declaration_id,
        notice: debt.notice_id,
        payment: debt.payment_id,
        amount_fen: debt.amount,
        from: debt.state,
        to,
        notice_from: debt.notice_state,
        notice_to: debt.notice_state,
        bank_ref: None,
        reason: None,
    }
}

pub(super) fn stepped<'a>(
    debt: &Debt,
    to: PaymentState,
    failure_code: Option<FailureCode>,
    word: Option<&'a Word>,
) -> Stepped<'a> {
    Stepped {
        id: debt.payment_id,
        to,
        notice_to: None,
        bank_ref: word.map(|word| word.bank_ref.as_str()),
        failure_code,
        bank_time: word.map(|word| word.bank_time),
    }
}

fn voidable(debt: &Debt, state: NoticeState) -> Voidable<'_> {
    Voidable {
        id: debt.notice_id,
        state,
        declaration: debt.declaration_id,
        reg_no: &debt.reg_no,
        total: debt.total,
        due_on: debt.due_on,
        statement: debt.statement_id,
    }
}
