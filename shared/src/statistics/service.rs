//! Reading the figures, and folding what changed into them. An office sees its own, the direct bureau's head office
//! sees all.
use std::collections::BTreeSet;

use sqlx::PgConnection;

use super::{
    Figures, Period,
    figures::{self, ANYWHERE_RATES},
    release_times::ReleaseTimes,
    spans, store,
    waits::Waits,
};
use crate::{
    kernel::{Actor, Failure},
    ledger::Tx,
    reference::Books,
};

/// The figures of a period, of one office or of all that the actor may see.
pub async fn read(
    conn: &mut PgConnection,
    books: &Books,
    actor: &Actor,
    period: Period,
    office: Option<&str>,
) -> Result<Figures, Failure> {
    let own = actor.office().ok_or(Failure::Forbidden("figures are for offices"))?;
    // A head office is the one whose code stands for the whole direct bureau (310000).
    let is_head = own.ends_with("0000");
    if !is_head && office.is_some_and(|office| office != own) {
        return Err(Failure::Missing("office"));
    }
    let office = if is_head { office } else { Some(own) };
    let parts = spans::cover(period, |span| {
        ANYWHERE_RATES.iter().all(|rate| books.is_steady(rate, span.first, span.last))
    });

    // Of all offices: a share is a part of the whole bureau's.
    let counts = store::counts(conn, period, &parts).await?;
    let eligible_enterprises = store::eligible_enterprises(conn).await?;

    let all_anywhere = counts.iter().map(|count| count.anywhere).sum();
    let seen: Vec<_> =
        counts.iter().filter(|count| office.is_none_or(|office| count.office == office)).collect();
    let names: BTreeSet<&str> = seen.iter().map(|count| count.office.as_str()).collect();
    let offices = names
        .into_iter()
        .map(|name| {
            let own: Vec<_> = seen.iter().copied().filter(|count| count.office == name).collect();
            figures::sum(Some(name.to_owned()), &own, all_anywhere, books)
        })
        // Where everything that counted once was taken back, nothing is left to tell.
        .filter(|figures| figures.batches > 0 || figures.paid_batches > 0)
        .collect();
    let total = figures::sum(None, &seen, all_anywhere, books);
    Ok(Figures {
        from: period.from,
        to: period.to,
        eligible_enterprises,
        median_release_error: ReleaseTimes::error(),
        offices,
        total,
    })
}

/// Folds what changed into the sums, or much of it; the figures stay what they are. Returns how many deltas there
/// were.
pub async fn fold(tx: &mut Tx) -> sqlx::Result<i64> {
    store::fold(tx).await
}

/// How long things usually wait, by what ended of late.
pub async fn waits(conn: &mut PgConnection) -> Result<Waits, Failure> {
    let mut medians = store::medians(conn).await?;
    medians.extend(store::medians_beside(conn).await?);
    Ok(Waits::of(medians))
}
