//! What a job's handler needs. Rooms add what they load at start.
use std::sync::Arc;

use shared::{
    Clock, acts::Desk, config::Mode, declaration::numbers::NumberBook, inspection::DrawKeys,
    reference::Shelf,
};
use sqlx::PgPool;

use crate::{
    outbound::{bank::Bank, exchange::Exchange, webhooks::Webhooks},
    switchboard::{self, Handler},
};

/// How many numbers of an office are taken the first time.
const NUMBER_BLOCK: i32 = 20;

/// Shared by all jobs of one process; cheap to clone.
#[derive(Clone)]
pub struct Context {
    pub pool: PgPool,
    pub clock: Clock,
    /// In test mode a caller may ask for a bank that misbehaves.
    pub mode: Mode,
    /// The reference books; read again when somebody imports.
    pub shelf: Arc<Shelf>,
    /// Numbers for declarations that are filed here, out of files.
    pub numbers: Arc<NumberBook>,
    /// The keys of their draw.
    pub draw_keys: Arc<DrawKeys>,
    /// The one bank we speak with.
    pub bank: Bank,
    /// How we speak with other bureaus; `None`: we do not.
    pub exchange: Option<Arc<Exchange>>,
    /// How we speak with webhook receivers; `None`: we do not.
    pub webhooks: Option<Arc<Webhooks>>,
    /// Who does which kind of job: [`switchboard::find`], or a test's own table.
    pub switchboard: fn(&str) -> Option<Handler>,
}

impl Context {
    #[must_use]
    pub fn new(
        pool: PgPool,
        clock: Clock,
        shelf: Arc<Shelf>,
        draw_keys: Arc<DrawKeys>,
        bank: Bank,
    ) -> Self {
        let numbers = Arc::new(NumberBook::new(NUMBER_BLOCK, &pool));
        let switchboard = switchboard::find;
        Self {
            pool,
            clock,
            mode: Mode::Production,
            shelf,
            numbers,
            draw_keys,
            bank,
            exchange: None,
            webhooks: None,
            switchboard,
        }
    }

    /// The desk of one act: today's books, numbers to give out, the keys of the draw.
    #[must_use]
    pub fn desk(&self) -> Desk {
        Desk::new(self.shelf.books(), &self.numbers, &self.draw_keys, &self.pool)
    }
}
