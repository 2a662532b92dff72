//! What follows from a notice that was paid, became void or is owed again.
use std::collections::{BTreeSet, HashSet};

use chrono::NaiveDate;
use uuid::Uuid;

use super::credit::restored;
use crate::{
    kernel::{Actor, Failure},
    ledger::Tx,
    payment::{
        event,
        monthly::{MonthlyStatement, MonthlyStatementId},
        status::monthly_statement::{MonthlyStatementState, Together},
        store,
    },
};

/// A notice that took a step, as far as others follow it.
pub(in crate::payment::service) struct Moved<'a> {
    pub statement: Option<MonthlyStatementId>,
    pub reg_no: &'a str,
    pub due_on: NaiveDate,
}

/// Lets statements follow their notices, which are held and written; and lets cases go on where nothing is overdue any
/// more. Costs nothing where a notice was paid in time and stands on no statement.
pub(in crate::payment::service) async fn follow(
    tx: &mut Tx,
    moved: Vec<Moved<'_>>,
) -> Result<(), Failure> {
    let today = tx.today();
    let statements: BTreeSet<_> = moved.iter().filter_map(|moved| moved.statement).collect();
    if !statements.is_empty() {
        let ids: Vec<_> = statements.into_iter().map(|id| id.0).collect();
        follow_statements(tx, &ids).await?;
    }
    let late = moved.iter().filter(|moved| moved.due_on < today);
    let late: BTreeSet<_> = late.map(|moved| moved.reg_no.to_owned()).collect();
    if !late.is_empty() {
        restored(tx, &Vec::from_iter(late)).await?;
    }
    Ok(())
}

async fn follow_statements(tx: &mut Tx, ids: &[Uuid]) -> Result<(), Failure> {
    let (now, today) = (tx.now, tx.today());
    let statements = store::monthly::statement::lock_many(tx, ids).await?;
    let unpaid: HashSet<_> =
        store::monthly::statement::unpaid(tx, ids).await?.into_iter().collect();
    for statement in statements {
        let notices = if !unpaid.contains(&statement.id) {
            Together::Paid
        } else if today > statement.due_on {
            Together::Late
        } else {
            Together::Due
        };
        let Some(action) = statement.state.following(notices) else { continue };
        let to = statement.state.take(action)?;
        store::monthly::statement::step(tx, statement.id, to, now).await?;
        record(tx, &statement, to)?;
    }
    Ok(())
}

fn record(
    tx: &mut Tx,
    statement: &MonthlyStatement,
    to: MonthlyStatementState,
) -> Result<(), Failure> {
    let MonthlyStatement { id, reg_no, state: from, .. } = statement;
    let (statement, from, system) = (*id, *from, Actor::system());
    if to == MonthlyStatementState::Paid {
        tx.record(&system, &event::MonthlyStatementPaid { statement, reg_no, from, to })?;
    } else {
        tx.record(&system, &event::MonthlyStatementReopened { statement, reg_no, from, to })?;
    }
    Ok(())
}
