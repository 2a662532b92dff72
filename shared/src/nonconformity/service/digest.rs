//! What each origin bureau is told once a month (定期通报, domain 4.7).
use chrono::{Datelike as _, Months, NaiveDate};
use uuid::Uuid;

use super::post;
use crate::{
    exchange::event::subject_of,
    kernel::{Actor, Failure, calendar},
    ledger::Tx,
    nonconformity::{
        event::Digested,
        store,
        wire::{self, NoticeDigested},
    },
};

/// Tells every origin bureau of every month that is over and that it was not told of: whatever was missed is caught up.
/// A bureau with which nothing is agreed now is told when something is. Says how many digests were sent; running it
/// twice sends none twice.
///
/// `own`: our bureau, which needs no message to know what its own offices found.
pub async fn send_missing(tx: &mut Tx, own: &str) -> Result<usize, Failure> {
    let today = tx.today();
    let this_month = today.with_day(1).unwrap_or(today);
    let over = calendar::start_of(this_month);
    let mut sent = 0;
    for (bureau, month) in store::digest::missing(tx, own, over).await? {
        if post::is_agreed(tx, &bureau).await? && send(tx, &bureau, month).await? {
            sent += 1;
        }
    }
    Ok(sent)
}

/// All digests to one bureau are one conversation: the other side learns them in the order of the months.
fn conversation(bureau: &str) -> Uuid {
    const DIGESTS: u128 = 0x4e43_4400_0000_7000_8000_0000_0000_0000;
    Uuid::from_u128(DIGESTS | subject_of(bureau).as_u128())
}

async fn send(tx: &mut Tx, bureau: &str, month: NaiveDate) -> Result<bool, Failure> {
    let next = month.checked_add_months(Months::new(1)).unwrap_or(month);
    let (from, to) = (calendar::start_of(month), calendar::start_of(next));
    let lines = store::digest::lines(tx, bureau, from, to).await?;
    let notices = lines.iter().map(|line| line.sent).sum();
    let now = tx.now;
    if !store::digest::claim(tx, (bureau, month), notices, now).await? {
        return Ok(false);
    }
    let told = NoticeDigested { month, lines };
    post::say(tx, bureau, wire::DIGESTED, conversation(bureau), &told).await?;
    tx.record(&Actor::system(), &Digested { bureau, month, notices })?;
    Ok(true)
}
