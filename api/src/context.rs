//! What a handler needs: the pool, the clock, and what was loaded at start.
use std::sync::Arc;

use shared::{
    Clock,
    acts::Desk,
    config::Mode,
    declaration::numbers::NumberBook,
    inspection::DrawKeys,
    kernel::Failure,
    reference::Shelf,
    rehearsal::{self, Scenario},
};
use sqlx::{PgConnection, PgPool};

use crate::{
    change::LongPoll,
    declaration::Filer,
    exchange::Bureaus,
    identity::{Passwords, Tokens},
    limits::Limits,
    origins::Origins,
    payment::{Bank, Listener},
    turns::Turns,
    version::Deprecated,
    waiting::Waiting,
    webhook::Webhooks,
};

/// Shared by all requests of one process.
#[derive(Clone)]
pub struct Context {
    pub pool: PgPool,
    pub clock: Clock,
    pub mode: Mode,
    pub tokens: Arc<Tokens>,
    pub passwords: Arc<Passwords>,
    pub shelf: Arc<Shelf>,
    pub numbers: Arc<NumberBook>,
    pub draw_keys: Arc<DrawKeys>,
    pub filer: Filer,
    /// The one bank whose callbacks are believed.
    pub bank: Bank,
    pub listener: Listener,
    /// How we are known to other bureaus.
    pub bureaus: Bureaus,
    /// How secrets of webhooks are made, and where they may go.
    pub webhooks: Webhooks,
    /// Who waits for changes.
    pub long_poll: LongPoll,
    /// How much one caller may ask for.
    pub limits: Arc<Limits>,
    /// Who is at which record.
    pub turns: Arc<Turns>,
    /// The web pages whose scripts may ask.
    pub origins: Arc<Origins>,
    /// How long things usually wait.
    pub waiting: Arc<Waiting>,
    /// The operations that will not stay.
    pub deprecated: &'static [Deprecated],
}

impl Context {
    /// What was asked for about a case, in test mode.
    pub(crate) async fn rehearsed(
        &self,
        conn: &mut PgConnection,
        subject: &str,
    ) -> Result<Option<Scenario>, Failure> {
        match self.mode {
            Mode::Test => rehearsal::service::about(conn, subject).await,
            Mode::Production => Ok(None),
        }
    }

    /// The desk of one act: today's books, numbers to give out, the keys of the draw.
    #[must_use]
    pub fn desk(&self) -> Desk {
        Desk::new(self.shelf.books(), &self.numbers, &self.draw_keys, &self.pool)
    }
}
