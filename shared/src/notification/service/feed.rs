//! The feed: what concerns an organisation, from a position on.
use sqlx::PgConnection;
use uuid::Uuid;

use crate::{
    kernel::{Actor, Failure, Standing, Violations},
    ledger::Tx,
    notification::{model::Change, store::feed},
};

/// A stretch of the feed.
#[derive(Clone, Debug)]
pub struct Stretch {
    pub changes: Vec<Change>,
    /// Where to read on.
    pub next: i64,
    /// Whether there is more already.
    pub has_more: bool,
}

/// The client that acts, and for whom. People and offices have timelines and work lists.
pub(super) fn client(actor: &Actor) -> Result<(Uuid, &str), Failure> {
    match (&actor.standing, actor.id, actor.reg_no()) {
        (Standing::Member { is_staff: false, .. }, Some(client), Some(reg_no)) => {
            Ok((client, reg_no))
        }
        _ => Err(Failure::Forbidden("this is for clients of enterprises and agents")),
    }
}

/// The position to read from: the one asked for, else the one acknowledged last, else the beginning.
pub async fn start(
    conn: &mut PgConnection,
    actor: &Actor,
    after: Option<i64>,
) -> Result<i64, Failure> {
    let (client, _) = client(actor)?;
    match after {
        Some(after) => Ok(after),
        None => Ok(feed::acknowledged(conn, client).await?.unwrap_or(0)),
    }
}

/// What happened after a position. All before `next` has been told then, and nothing will ever come in between.
pub async fn read(
    conn: &mut PgConnection,
    actor: &Actor,
    after: i64,
    limit: i64,
) -> Result<Stretch, Failure> {
    let (_, reg_no) = client(actor)?;
    let head = feed::head(conn).await?;
    let mut changes = feed::after(conn, reg_no, (after, head), limit + 1).await?;
    let limit = usize::try_from(limit).unwrap_or(0);
    let has_more = changes.len() > limit;
    changes.truncate(limit);
    let last = changes.last().map(|change| change.position).filter(|_| has_more);
    // A position of the future stays where it is: it is another database's, or will be given out.
    Ok(Stretch { next: last.unwrap_or_else(|| head.max(after)), changes, has_more })
}

/// Which of those who wait (a number, for whom, from where) something concerns.
pub async fn concerned(
    conn: &mut PgConnection,
    waiters: &[(i64, String, i64)],
) -> sqlx::Result<Vec<i64>> {
    feed::concerned(conn, waiters).await
}

/// Keeps how far a client has read, for when it asks without a position. It may go back.
pub async fn acknowledge(tx: &mut Tx, actor: &Actor, position: i64) -> Result<i64, Failure> {
    let (client, _) = client(actor)?;
    let now = tx.now;
    if !(0..=feed::head(tx).await?).contains(&position) {
        let mut wrong = Violations::default();
        wrong.error(
            "/position",
            "position-unknown",
            "没有这个位置",
            "no such position was given out yet",
        );
        return Err(wrong.into());
    }
    feed::acknowledge(tx, client, position, now).await?;
    Ok(position)
}
