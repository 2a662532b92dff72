//! What a handler needs: the pool, the clock, and what was loaded at start.
use shared::Clock;
use sqlx::PgPool;

use crate::payment::Bank;

/// Shared by all requests of one process.
#[derive(Clone)]
pub struct Context {
    pub pool: PgPool,
    pub clock: Clock,
    /// The one bank whose callbacks are believed.
    pub bank: Bank,
}
