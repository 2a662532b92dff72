//! What a job's handler needs. Rooms add what they load at start.
use std::sync::Arc;

use shared::{Clock, reference::Shelf};
use sqlx::PgPool;

use crate::{
    outbound::{bank::Bank, exchange::Exchange, webhooks::Webhooks},
    switchboard::{self, Handler},
};

/// Shared by all jobs of one process; cheap to clone.
#[derive(Clone)]
pub struct Context {
    pub pool: PgPool,
    pub clock: Clock,
    /// The reference books; read again when somebody imports.
    pub shelf: Arc<Shelf>,
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
    pub fn new(pool: PgPool, clock: Clock, shelf: Arc<Shelf>, bank: Bank) -> Self {
        Self {
            pool,
            clock,
            shelf,
            bank,
            exchange: None,
            webhooks: None,
            switchboard: switchboard::find,
        }
    }
}
