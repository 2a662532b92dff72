//! Hearing the bank, alone or in [company](crate::company).
use shared::{
    Clock,
    kernel::{Actor, Failure},
    ledger::Tx,
    payment::{
        self,
        bank::{Source, Word},
    },
};
use sqlx::PgPool;

use crate::company::Company;

/// Hears the words by which the bank calls back.
#[derive(Clone)]
pub struct Listener(Company<Word, ()>);

impl Listener {
    /// Starts on the current runtime.
    #[must_use]
    pub fn start(pool: &PgPool, clock: &Clock, bank_code: &str) -> Self {
        let (pool, clock, actor) = (pool.clone(), clock.clone(), Actor::bank(bank_code));
        Self(Company::start(move |words| {
            hear_all(pool.clone(), clock.clone(), actor.clone(), words)
        }))
    }

    /// Hears one word. It counts once this returns, never before.
    pub(crate) async fn hear(&self, word: Word) -> Result<(), Failure> {
        self.0.join(word).await
    }
}

async fn hear_all(
    pool: PgPool,
    clock: Clock,
    actor: Actor,
    words: Vec<Word>,
) -> Result<Vec<()>, Failure> {
    let mut tx = Tx::begin(&pool, &clock).await?;
    payment::hear_many(&mut tx, &actor, Source::Callback, words.iter().collect()).await?;
    tx.commit().await?;
    Ok(vec![(); words.len()])
}
