//! What lies on the desk of whoever acts: the books of the day, numbers to give out, the key of the draw.
use std::sync::Arc;

use sqlx::PgPool;

use crate::{declaration::numbers::NumberBook, inspection::DrawKeys, reference::Books};

/// Loaded once, refreshed between acts; one act sees one edition of the books.
#[derive(Clone, Debug)]
pub struct Desk {
    pub books: Arc<Books>,
    pub numbers: Arc<NumberBook>,
    pub draw_keys: Arc<DrawKeys>,
    /// Where an act begins that is not begun yet: a filing, alone or in company.
    pub pool: PgPool,
}
