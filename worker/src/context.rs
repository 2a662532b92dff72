//! What a job's handler needs. Rooms add what they load at start.
use shared::Clock;
use sqlx::PgPool;

use crate::switchboard::{self, Handler};

/// Shared by all jobs of one process; cheap to clone.
#[derive(Clone)]
pub struct Context {
    pub pool: PgPool,
    pub clock: Clock,
    /// Who does which kind of job: [`switchboard::find`], or a test's own table.
    pub switchboard: fn(&str) -> Option<Handler>,
}

impl Context {
    #[must_use]
    pub fn new(pool: PgPool, clock: Clock) -> Self {
        Self { pool, clock, switchboard: switchboard::find }
    }
}
