//! The yearly evaluation (年度评定): every enterprise once for each period, and a proposal where its class should change.
use sqlx::PgConnection;

use crate::{
    credit::{
        ChangeStatus, CreditChange, CreditChangeId, Evaluation, Period, event::ChangeMoved, store,
    },
    identity::{Rated, service::organisation},
    kernel::{Actor, Failure},
    ledger::Tx,
    reference::Books,
};

/// Enterprises looked at in one step.
const STEP: i64 = 500;

/// What a run came to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Outcome {
    pub evaluated: usize,
    pub proposed: usize,
}

/// Evaluates, from October on, the period that has just ended, for everybody who was registered when it began and was
/// not evaluated yet. Whoever has a change of class pending waits until that is decided. A class that should change is
/// proposed, not changed: a duty chief confirms it. Running it twice evaluates nobody twice.
pub async fn evaluate(tx: &mut Tx, books: &Books) -> Result<Outcome, Failure> {
    let mut outcome = Outcome::default();
    let Some(period) = Period::due_on(tx.today()) else { return Ok(outcome) };
    let mut after = String::new();
    loop {
        let rated = organisation::rated_since(tx, period.first_day(), &after, STEP).await?;
        let Some(last) = rated.last() else { return Ok(outcome) };
        after.clone_from(&last.reg_no);
        let step = evaluate_some(tx, books, period, &rated).await?;
        outcome.evaluated += step.evaluated;
        outcome.proposed += step.proposed;
    }
}

async fn evaluate_some(
    tx: &mut Tx,
    books: &Books,
    period: Period,
    rated: &[Rated],
) -> Result<Outcome, Failure> {
    let reg_nos: Vec<String> = rated.iter().map(|one| one.reg_no.clone()).collect();
    let done = store::evaluation::done_or_pending(tx, &reg_nos, period).await?;
    let sums = store::event::sums(tx, &reg_nos, period).await?;
    let (today, now) = (tx.today(), tx.now);
    let due = rated.iter().filter(|one| !done.contains(&one.reg_no));
    let evaluations: Vec<(&Rated, Evaluation)> = due
        .map(|one| {
            let score = sums.get(&one.reg_no).copied().unwrap_or_default();
            let evaluation = Evaluation {
                reg_no: one.reg_no.clone(),
                period,
                score,
                before: one.class,
                class: score.class(books, today, one.class),
                evaluated_at: now,
            };
            (one, evaluation)
        })
        .collect();
    store::evaluation::insert(tx, evaluations.iter().map(|(_, one)| one), now).await?;
    let mut proposed = 0;
    for (one, evaluation) in evaluations.iter().filter(|(_, one)| one.before != one.class) {
        let change = proposal(tx, one, evaluation);
        if store::change::insert(tx, &change).await? {
            tx.record(&Actor::system(), &ChangeMoved::of(&change, None))?;
            proposed += 1;
        }
    }
    Ok(Outcome { evaluated: evaluations.len(), proposed })
}

fn proposal(tx: &Tx, rated: &Rated, evaluation: &Evaluation) -> CreditChange {
    let (score, events) = (evaluation.score.value(), evaluation.score.events);
    let period = evaluation.period;
    CreditChange {
        id: CreditChangeId::mint(tx.now),
        organisation: rated.id,
        reg_no: rated.reg_no.clone(),
        from: evaluation.before,
        to: evaluation.class,
        period: Some(period),
        status: ChangeStatus::Proposed,
        reason: format!(
            "{} - {}: {score} points, {events} items",
            period.first_day(),
            period.last_day()
        ),
        proposed_by: None,
        proposed_by_chief: false,
        proposed_at: tx.now,
        decided_by: None,
        decided_at: None,
        decision: None,
        updated_at: tx.now,
    }
}

/// What the periods of an enterprise came to, the latest first. It sees its own, the bureau all.
pub async fn evaluations_of(
    conn: &mut PgConnection,
    actor: &Actor,
    reg_no: &str,
) -> Result<Vec<Evaluation>, Failure> {
    if actor.reg_no().is_some_and(|own| own != reg_no) {
        return Err(Failure::Missing("enterprise"));
    }
    Ok(store::evaluation::of(conn, reg_no).await?)
}
