//! Reminders (催缴), and the end of patience.
use crate::{
    kernel::{Actor, Failure, calendar},
    ledger::Tx,
    payment::{
        event,
        monthly::{
            MonthlyStatement,
            dunning::{Rule, Step},
        },
        status::monthly_statement::{MonthlyStatementAction, MonthlyStatementState},
        store,
    },
    reference::Books,
};

use super::grant::suspend_held;

/// Marks statements whose due day is over, reminds of those that are not paid, and suspends the settlement of whoever
/// did not pay after the last reminder. Says how many reminders went out.
///
/// Safe to run twice: a level is written down with its reminder, and the next one is days away; what is suspended is
/// not suspended again.
pub async fn dun_monthly_statements(tx: &mut Tx, books: &Books) -> Result<usize, Failure> {
    let today = tx.today();
    let mut count = 0;
    for statement in store::monthly::statement::lock_late(tx, today).await? {
        if statement.state == MonthlyStatementState::Issued {
            lapse(tx, &statement).await?;
        }
        match next(tx, books, &statement).await? {
            Step::Wait => {}
            Step::Remind(level) => count += usize::from(remind(tx, &statement, level).await?),
            Step::Suspend => suspend(tx, &statement).await?,
        }
    }
    Ok(count)
}

async fn lapse(tx: &mut Tx, statement: &MonthlyStatement) -> Result<(), Failure> {
    let (now, from) = (tx.now, statement.state);
    let to = from.take(MonthlyStatementAction::Lapse)?;
    store::monthly::statement::step(tx, statement.id, to, now).await?;
    let MonthlyStatement { id: statement, reg_no, .. } = statement;
    let lapsed = event::MonthlyStatementLapsed { statement: *statement, reg_no, from, to };
    tx.record(&Actor::system(), &lapsed)?;
    Ok(())
}

/// Days count from the last reminder; before the first from the due day, or from the day of issue, if we were late
/// ourselves.
async fn next(tx: &mut Tx, books: &Books, statement: &MonthlyStatement) -> Result<Step, Failure> {
    let issued_on = calendar::day_of(statement.issued_at);
    let last = store::monthly::statement::dunnings(tx, statement.id).await?.pop();
    let (level, since) = match last {
        Some(last) => (last.level, calendar::day_of(last.dunned_at)),
        None => (0, statement.due_on.max(issued_on)),
    };
    Ok(Rule::on(books, issued_on).next(since, level, tx.today()))
}

async fn remind(tx: &mut Tx, statement: &MonthlyStatement, level: i32) -> Result<bool, Failure> {
    let now = tx.now;
    let is_first = store::monthly::statement::dun(tx, statement.id, level, now).await?;
    if is_first {
        let dunned = event::MonthlyStatementDunned {
            statement: statement.id,
            reg_no: &statement.reg_no,
            level,
            unpaid_fen: statement.unpaid,
        };
        tx.record(&Actor::system(), &dunned)?;
    }
    Ok(is_first)
}

async fn suspend(tx: &mut Tx, statement: &MonthlyStatement) -> Result<(), Failure> {
    let active = store::monthly::settlement::lock_active_of(tx, &statement.reg_no).await?;
    if let Some(settlement) = active {
        let reason = "a monthly statement was not paid after the last reminder";
        suspend_held(tx, &Actor::system(), settlement, reason).await?;
    }
    Ok(())
}
