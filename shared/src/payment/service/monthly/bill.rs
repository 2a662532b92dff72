//! A month is over: what is unpaid of it is told, once for each payer and month.
use crate::{
    kernel::{Actor, Failure, calendar},
    ledger::Tx,
    payment::{
        event,
        monthly::{
            MonthlyStatementId,
            bill::{bills, month_after, months_over},
        },
        store,
    },
};

/// Issues the statements of all months that are over and have notices which no statement lists: that of the month
/// before, or as many as an outage took, in their order. Says how many.
///
/// Safe to run twice: what is listed is not listed again, and a payer has one statement of a month. A notice that was
/// committed after its month was told of goes on the next one.
pub async fn issue_monthly_statements(tx: &mut Tx) -> Result<usize, Failure> {
    let (now, today, mut count) = (tx.now, tx.today(), 0);
    let Some(oldest) = store::monthly::statement::oldest_unstated(tx).await? else {
        return Ok(0);
    };
    for month in months_over(calendar::day_of(oldest), today) {
        let end = calendar::start_of(month_after(month));
        for bill in bills(store::monthly::statement::lock_unstated(tx, end).await?) {
            let id = MonthlyStatementId::mint(now);
            if !store::monthly::statement::insert(tx, id, month, &bill, now).await? {
                continue;
            }
            let issued = event::MonthlyStatementIssued {
                statement: id,
                reg_no: &bill.reg_no,
                month,
                notices: bill.notices.len(),
                total_fen: bill.total,
                due_on: bill.due_on,
            };
            tx.record(&Actor::system(), &issued)?;
            count += 1;
        }
    }
    Ok(count)
}
