//! Figures of what was paid. An office sees its own, the direct bureau's head office sees all.
use chrono::{DateTime, Utc};
use sqlx::PgConnection;

use crate::{
    kernel::{Actor, Failure},
    payment::{
        report::{Report, ReportDraft},
        store,
    },
};

/// The figures of a period, as they stand at an instant.
pub async fn report(
    conn: &mut PgConnection,
    actor: &Actor,
    now: DateTime<Utc>,
    asked: ReportDraft,
) -> Result<Report, Failure> {
    let own = actor.office().ok_or(Failure::Forbidden("figures are for offices"))?;
    // A head office is the one whose code stands for the whole direct bureau (310000).
    let is_head = own.ends_with("0000");
    if !is_head && asked.office.as_deref().is_some_and(|office| office != own) {
        return Err(Failure::Missing("office"));
    }
    asked.check()?;
    let office = if is_head { asked.office.clone() } else { Some(own.to_owned()) };
    let counted = store::report::count(conn, now, &asked, office.as_deref()).await?;
    Ok(Report::of(&asked, office, counted)?)
}
