//! The acts of this room. Other rooms' acts call [`draft`], and ask [`is_blocked`] and [`serious_open`].
pub mod digest;
pub mod issue;
mod post;
pub mod read;
pub mod receive;

use chrono::{Days, NaiveDate};
use sqlx::PgConnection;

pub use issue::draft;

use super::store;
use crate::{identity::service::facilitation, kernel::Failure, reference::Books};

/// Are facilitations withheld from that enterprise now (domain R16)? Asked by whoever is about to grant one:
/// declaring anywhere, direct release, exemption from checks.
pub async fn is_blocked(conn: &mut PgConnection, reg_no: &str) -> Result<bool, Failure> {
    facilitation::is_blocked(conn, reg_no).await
}

/// How many open notices stand in the way of declaring anywhere: every critical one, and major ones that are open for
/// more than thirty days (domain R14).
pub async fn serious_open(
    conn: &mut PgConnection,
    books: &Books,
    reg_no: &str,
    today: NaiveDate,
) -> Result<i64, Failure> {
    let days = u64::try_from(books.integer("ncn.major_open_days", today)).unwrap_or_default();
    let before = today.checked_sub_days(Days::new(days)).unwrap_or(today);
    Ok(store::notice::serious(conn, reg_no, before).await?)
}
