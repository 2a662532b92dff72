//! Gives committed events their positions, one pass at a time, one sequencer at a time.
//!
//! It works after the commit: nobody who files waits for it, and no transaction of theirs says a word more. It reads on
//! from the greatest number it has seen, and remembers the numbers it passed over (`gaps`). An event whose record was
//! locked has a greater number than all that were recorded about it before, and these were committed before it was
//! written: so all that a pass sees of one record, in the order of the numbers, is its history as far as it goes.
use sqlx::PgConnection;

use crate::{
    ledger::Tx,
    notification::{
        gaps::{self, Gap},
        store::sequence::{self, Standing},
        types,
    },
};

/// How many events one pass looks at.
const AT_ONCE: i64 = 2_000;

/// What a pass came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Passed {
    /// How many positions it gave out.
    pub placed: i64,
    /// Whether there is more than it could look at.
    pub has_more: bool,
}

/// Is there anything for a pass to do?
pub async fn is_behind(conn: &mut PgConnection) -> sqlx::Result<bool> {
    sequence::is_behind(conn).await
}

/// One pass; `None`: another worker is at it.
pub async fn pass(tx: &mut Tx) -> sqlx::Result<Option<Passed>> {
    let now = tx.now;
    let Some(standing) = sequence::lock(tx).await? else { return Ok(None) };
    let (before, own) = sequence::gaps(tx).await?;
    let seen = sequence::look(tx, standing.seq, &Gap::numbers(&before), AT_ONCE).await?;
    let after = gaps::after(&before, standing.seq, &seen, own);
    let seqs: Vec<_> = seen.filled.iter().chain(&seen.beyond).copied().collect();
    let mut placed = 0;
    if !seqs.is_empty() {
        placed = sequence::place(tx, &seqs, &types::names(), standing.position, now).await?;
    }
    let standing = Standing {
        seq: seen.beyond.last().copied().unwrap_or(standing.seq),
        position: standing.position + placed,
    };
    sequence::keep(tx, standing, &before, &after).await?;
    let has_more = i64::try_from(seen.beyond.len()).is_ok_and(|count| count == AT_ONCE);
    Ok(Some(Passed { placed, has_more }))
}
