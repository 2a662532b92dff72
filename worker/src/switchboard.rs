//! Who does which kind of job: one `match`, and the shapes a handler can have.
//!
//! A new job needs one arm in [`find`] and, beside its handler, one sentence on why running twice is safe.
use std::{
    fmt::{self, Display, Formatter},
    pin::Pin,
};

use serde::de::DeserializeOwned;
use shared::{
    kernel::Failure,
    ledger::{Tx, jobs::Claimed},
};

use crate::{
    Context, bank_day, cases, credit, direct_release, exchange, imports, ledger, monthly,
    nonconformity, notification, payment, refund, statistics, swap,
};

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

impl Display for JobError {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let (Self::Transient(error) | Self::Permanent(error)) = self;
        write!(f, "{error:#}")
    }
}

impl<E: Into<anyhow::Error>> From<E> for JobError {
    fn from(error: E) -> Self {
        Self::Transient(error.into())
    }
}

/// A handler at work.
pub type Work<'a> = Pin<Box<dyn Future<Output = Result<(), JobError>> + Send + 'a>>;

/// The shapes of a handler; made by [`together!`](crate::together), [`transactional!`](crate::transactional),
/// [`outward!`](crate::outward) and [`outward_together!`](crate::outward_together).
#[derive(Clone, Copy)]
pub enum Handler {
    /// Effects in Postgres only, for all jobs of a bell at once, with statements that do not grow in number. They are
    /// settled in the same transaction: effect and settlement are one, so running twice cannot happen. Where it
    /// fails, nothing is kept, and each job is done alone: one that cannot proceed holds up no other.
    Together(for<'a> fn(&'a Context, &'a mut Tx, &'a [Claimed]) -> Work<'a>),
    /// Likewise, but each job for itself, behind a savepoint of its own.
    Transactional(for<'a> fn(&'a Context, &'a mut Tx, &'a Claimed) -> Work<'a>),
    /// Calls other systems. Settled afterwards, so a crash in between runs it again: it must be safe to
    /// run twice.
    Outward(for<'a> fn(&'a Context, &'a Claimed) -> Work<'a>),
    /// Likewise, for all jobs of a bell at once. It settles each job itself, in the transaction that keeps what the
    /// other side said to it; where it fails, those not settled by then are set back.
    OutwardTogether(for<'a> fn(&'a Context, &'a [Claimed]) -> Work<'a>),
}

/// `async fn(&Context, &mut Tx, Vec<Payload>) -> Result<(), JobError>` as a [`Handler`].
#[macro_export]
macro_rules! together {
    ($handler:path) => {
        $crate::switchboard::Handler::Together(|ctx, tx, jobs| {
            Box::pin(async move { $handler(ctx, tx, $crate::switchboard::open_all(jobs)?).await })
        })
    };
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

/// `async fn(&Context, &[Claimed], Vec<Payload>) -> Result<(), JobError>` as a [`Handler`].
#[macro_export]
macro_rules! outward_together {
    ($handler:path) => {
        $crate::switchboard::Handler::OutwardTogether(|ctx, jobs| {
            Box::pin(async move { $handler(ctx, jobs, $crate::switchboard::open_all(jobs)?).await })
        })
    };
}

/// The payloads of jobs of one kind, in their order.
pub fn open_all<J: DeserializeOwned>(jobs: &[Claimed]) -> Result<Vec<J>, JobError> {
    jobs.iter().map(open).collect()
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
        "handoff.answer" => together!(cases::answer_handoffs),
        "handoff.tell" => transactional!(cases::tell_partner),
        "handoff.expire" => transactional!(cases::expire_handoffs),
        "clearance.release" => together!(cases::releases),
        "clearance.expire_forms" => transactional!(cases::expire_forms),
        "declaration.auto_withdraw" => transactional!(cases::withdraw_silent_cases),
        "identity.review_eligibilities" => transactional!(cases::review_eligibilities),
        "credit.evaluate" => transactional!(credit::evaluate),
        "credit.expire_recognitions" => transactional!(credit::expire_recognitions),
        "import.file" => transactional!(imports::file_next),
        "payment.settled" => together!(cases::fees_settled),
        "payment.reversed" => transactional!(cases::payment_reversed),
        "payment.debit" => outward_together!(payment::debits),
        "payment.query" => outward!(payment::query),
        "payment.want_statements" => transactional!(bank_day::want_statements),
        "payment.fetch_statement" => outward!(bank_day::fetch),
        "payment.refund" => outward!(refund::order),
        "payment.refund_query" => outward!(refund::query),
        "exchange.deliver" => outward!(exchange::deliver),
        "exchange.apply" => transactional!(exchange::apply),
        "exchange.ask_again" => transactional!(exchange::ask_again),
        "exchange.sweep" => transactional!(exchange::sweep),
        "nonconformity.digest" => transactional!(nonconformity::digest),
        "payment.check_parity" => transactional!(payment::check_parity),
        "payment.issue_monthly_statements" => transactional!(monthly::issue_statements),
        "payment.dun_monthly_statements" => transactional!(monthly::dun_statements),
        "payment.credit_restored" => transactional!(monthly::credit_restored),
        "payment.mark_overdue" => transactional!(payment::mark_overdue),
        "transfer.swap" => transactional!(swap::swap),
        "transfer.notice_overdue" => transactional!(swap::notice_overdue),
        "transfer.expire" => transactional!(swap::expire),
        "direct_release.chase" => transactional!(direct_release::chase),
        "webhook.challenge" => outward!(notification::challenge),
        "webhook.forget" => transactional!(notification::forget),
        "statistics.fold" => transactional!(statistics::fold),
        _ => return None,
    })
}
