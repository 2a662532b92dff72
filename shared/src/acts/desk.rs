//! What lies on the desk of whoever acts: the books of the day, numbers to give out, the key of the draw.
use std::sync::Arc;

use sqlx::PgPool;

use crate::{
    declaration::numbers::NumberBook,
    inspection::{Cause, DrawKeys, Mandate},
    reference::Books,
    rehearsal::Scenario,
};

/// Loaded once, refreshed between acts; one act sees one edition of the books.
#[derive(Clone, Debug)]
pub struct Desk {
    pub books: Arc<Books>,
    pub numbers: Arc<NumberBook>,
    pub draw_keys: Arc<DrawKeys>,
    /// Where an act begins that is not begun yet: a filing, alone or in company.
    pub pool: PgPool,
    /// Draws whatever is judged here, without asking the key: in test mode, for who asked for it.
    pub drawn_by: Option<Mandate>,
}

impl Desk {
    /// A desk at which nobody rehearses.
    #[must_use]
    pub fn new(
        books: Arc<Books>,
        numbers: &Arc<NumberBook>,
        draw_keys: &Arc<DrawKeys>,
        pool: &PgPool,
    ) -> Self {
        let (numbers, draw_keys) = (Arc::clone(numbers), Arc::clone(draw_keys));
        Self { books, numbers, draw_keys, pool: pool.clone(), drawn_by: None }
    }

    /// The same desk for a case about which that was asked for.
    #[must_use]
    pub fn rehearsing(self, asked: Option<Scenario>) -> Self {
        let drawing = asked.filter(|scenario| scenario.draws());
        let drawn_by = drawing.map(|scenario| Mandate {
            cause: Cause::Alert,
            goods_no: None,
            code: scenario.name().to_owned(),
        });
        Self { drawn_by, ..self }
    }
}
