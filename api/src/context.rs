//! What a handler needs: the pool, the clock, and what was loaded at start.
use std::sync::Arc;

use shared::Clock;
use sqlx::PgPool;

use crate::identity::{Passwords, Tokens};

/// Shared by all requests of one process.
#[derive(Clone)]
pub struct Context {
    pub pool: PgPool,
    pub clock: Clock,
    pub tokens: Arc<Tokens>,
    pub passwords: Arc<Passwords>,
}
