//! What lies in suspense, for those who have to see that it does not stay there.
use sqlx::PgConnection;

use crate::{
    kernel::{Failure, Fen, Page, PageRequest},
    payment::{model::SuspenseItem, store},
};

/// So many of the bookings that lie in suspense, oldest first, after that one; and how much lies there in all.
pub async fn suspense_items(
    conn: &mut PgConnection,
    bank_code: &str,
    after: Option<&str>,
    page: PageRequest,
) -> Result<(Page<SuspenseItem>, Fen), Failure> {
    let items = store::suspense::open(conn, bank_code, after, page).await?;
    Ok((Page::cut(items, page), store::suspense::total(conn, bank_code).await?))
}
