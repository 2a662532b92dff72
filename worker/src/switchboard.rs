//! Who does which kind of job: one `match`, and the two shapes a handler can have.
//!
//! A new job needs one arm in [`find`] and, beside its handler, one sentence on why running twice is safe.
use std::pin::Pin;

use serde::de::DeserializeOwned;
use shared::{
    kernel::Failure,
    ledger::{Tx, jobs::Claimed},
};

use crate::{Context, cases, ledger, payment, statistics};

/// How a handler fails. `?` means "try again later"; giving up has to be said out loud.
#[derive(Debug)]
pub enum JobError {
    /// Tried again with growing pauses, until the attempts are used up.
    Transient(anyhow::Error),
    /// No later try could end better: an operator has to look.
    Permanent(anyhow::Error),
}

impl JobError {
    pub fn permanent(error: impl Into<anyhow::Error>) -> Self {
        Self::Permanent(error.into())
    }

    /// What the rules refuse today they refuse tomorrow; what broke may mend.
    #[must_use]
    pub fn from_failure(failure: Failure) -> Self {
        match failure {
            Failure::Fault(error) => Self::Transient(error),
            refused => Self::permanent(refused),
        }
    }
}

impl<E: Into<anyhow::Error>> From<E> for JobError {
    fn from(error: E) -> Self {
        Self::Transient(error.into())
    }
}

/// A handler at work.
pub type Work<'a> = Pin<Box<dyn Future<Output = Result<(), JobError>> + Send + 'a>>;

/// The two shapes of a handler; made by [`transactional!`](crate::transactional) and
/// [`outward!`](crate::outward).
#[derive(Clone, Copy)]
pub enum Handler {
    /// Effects in Postgres only. Many jobs share one transaction, each behind its own savepoint, and are
    /// settled in it: effect and settlement are one, so running twice cannot happen.
    Transactional(for<'a> fn(&'a Context, &'a mut Tx, &'a Claimed) -> Work<'a>),
    /// Calls other systems. Settled afterwards, so a crash in between runs it again: it must be safe to
    /// run twice.
    Outward(for<'a> fn(&'a Context, &'a Claimed) -> Work<'a>),
}

/// `async fn(&Context, &mut Tx, Payload) -> Result<(), JobError>` as a [`Handler`].
#[macro_export]
macro_rules! transactional {
    ($handler:path) => {
        $crate::switchboard::Handler::Transactional(|ctx, tx, job| {
            Box::pin(async move { $handler(ctx, tx, $crate::switchboard::open(job)?).await })
        })
    };
}

/// `async fn(&Context, Payload) -> Result<(), JobError>` as a [`Handler`].
#[macro_export]
macro_rules! outward {
    ($handler:path) => {
        $crate::switchboard::Handler::Outward(|ctx, job| {
            Box::pin(async move { $handler(ctx, $crate::switchboard::open(job)?).await })
        })
    };
}

/// The payload of a job. One that cannot be read will not become readable by waiting.
pub fn open<J: DeserializeOwned>(job: &Claimed) -> Result<J, JobError> {
    serde_json::from_value(job.data.clone()).map_err(JobError::permanent)
}

/// The table. A kind that nobody answers is a mistake of ours, and permanent.
#[must_use]
pub fn find(kind: &str) -> Option<Handler> {
    Some(match kind {
        "ledger.reap_jobs" => transactional!(ledger::reap_jobs),
        "ledger.reap_idempotency_keys" => transactional!(ledger::reap_idempotency_keys),
        "handoff.answer" => transactional!(cases::answer_handoff),
        "handoff.expire" => transactional!(cases::expire_handoffs),
        "clearance.release" => transactional!(cases::release),
        "clearance.expire_forms" => transactional!(cases::expire_forms),
        "declaration.auto_withdraw" => transactional!(cases::withdraw_silent_cases),
        "identity.review_eligibilities" => transactional!(cases::review_eligibilities),
        "payment.settled" => transactional!(cases::fees_settled),
        "payment.debit" => outward!(payment::debit),
        "payment.query" => outward!(payment::query),
        "payment.mark_overdue" => transactional!(payment::mark_overdue),
        "statistics.fold" => transactional!(statistics::fold),
        _ => return None,
    })
}
