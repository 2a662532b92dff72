//! What a job's handler needs. Rooms add what they load at start.
use shared::Clock;
use sqlx::PgPool;

use crate::{
    outbound::bank::Bank,
    switchboard::{self, Handler},
};

/// Shared by all jobs of one process; cheap to clone.
#[derive(Clone)]
pub struct Context {
    pub pool: PgPool,
    pub clock: Clock,
    /// The one bank we speak with.
    pub bank: Bank,
    /// Who does which kind of job: [`switchboard::find`], or a test's own table.
    pub switchboard: fn(&str) -> Option<Handler>,
}

impl Context {
    #[must_use]
    pub fn new(pool: PgPool, clock: Clock, bank: Bank) -> Self {
        Self { pool, clock, bank, switchboard: switchboard::find }
    }
}
