//! Reading the figures. An office sees its own, the direct bureau's head office sees all.
use std::collections::BTreeSet;

use sqlx::PgConnection;

use super::{Figures, Period, figures, store};
use crate::{
    kernel::{Actor, Failure, calendar},
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
    let (from, until) =
        (calendar::start_of(period.from), calendar::start_of(calendar::days_after(period.to, 1)));

    let days = store::days(conn, from, until, office).await?;
    let paid = store::paid(conn, from, until, office).await?;
    let medians = store::medians(conn, from, until, office).await?;
    let all_anywhere = store::anywhere_batches(conn, from, until).await?;
    let eligible_enterprises = store::eligible_enterprises(conn).await?;

    let median = |office: Option<&str>| {
        let found = medians.iter().find(|median| median.office.as_deref() == office);
        found.and_then(|median| median.millis)
    };
    let names: BTreeSet<&str> = days
        .iter()
        .map(|day| day.office.as_str())
        .chain(paid.iter().map(|paid| paid.office.as_str()))
        .collect();
    let offices = names
        .into_iter()
        .map(|name| {
            let days: Vec<_> = days.iter().filter(|day| day.office == name).collect();
            let paid: Vec<_> = paid.iter().filter(|paid| paid.office == name).collect();
            let median = median(Some(name));
            figures::sum(Some(name.to_owned()), &days, &paid, median, all_anywhere, books)
        })
        .collect();
    let (all_days, all_paid): (Vec<_>, Vec<_>) = (days.iter().collect(), paid.iter().collect());
    let total = figures::sum(None, &all_days, &all_paid, median(None), all_anywhere, books);
    Ok(Figures { from: period.from, to: period.to, eligible_enterprises, offices, total })
}
