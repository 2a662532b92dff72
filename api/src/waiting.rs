//! When to ask again: what waits for somebody says so in `Retry-After`, and when it is to be expected.
//!
//! The usual times are read in the background, once a minute: no answer waits for them, and filing reads nothing more.
use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Utc};
use shared::{
    declaration::{Declaration, Status},
    handoff,
    kernel::Failure,
    payment::{Payment, PaymentState},
    statistics::{self, Wait, Waits},
};
use sqlx::PgPool;

/// How long to wait where nothing is known, and the least and the most that anybody is told.
const UNKNOWN: i64 = 60;
const SECONDS: std::ops::RangeInclusive<i64> = 5..=3600;

/// The usual times, as they were read last.
#[derive(Debug, Default)]
pub struct Waiting(RwLock<Arc<Waits>>);

/// What a caller is told about something that waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pending {
    /// By what the office ended of late; unknown where it has no history.
    pub expected_at: Option<DateTime<Utc>>,
    /// Seconds.
    pub retry_after: i64,
}

impl Waiting {
    /// Reads them again.
    pub async fn refresh(&self, pool: &PgPool) -> Result<(), Failure> {
        let fresh = statistics::service::waits(&mut *pool.acquire().await?).await?;
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(fresh);
        Ok(())
    }

    fn pending(&self, wait: Wait, at: &str, since: DateTime<Utc>, now: DateTime<Utc>) -> Pending {
        let waits = Arc::clone(&self.0.read().unwrap_or_else(PoisonError::into_inner));
        let expected_at = waits.expected(wait, at, since, now);
        let seconds = expected_at.map_or(UNKNOWN, |expected| (expected - now).num_seconds() + 1);
        Pending { expected_at, retry_after: seconds.clamp(*SECONDS.start(), *SECONDS.end()) }
    }

    /// What a declaration waits for, if it waits for anybody.
    pub(crate) fn of_declaration(&self, row: &Declaration, now: DateTime<Utc>) -> Option<Pending> {
        let insp_org = row.insp_org.as_deref();
        let (wait, office) = match row.status {
            Status::ManualReview => (Wait::Review, row.decl_org.as_str()),
            Status::Selected | Status::Inspecting | Status::LabPending => {
                (Wait::Inspection, insp_org.unwrap_or(&row.release_org))
            }
            Status::Conforming => (Wait::Release, row.release_org.as_str()),
            _ => return None,
        };
        Some(self.pending(wait, office, row.updated_at, now))
    }

    /// The same for what was just filed.
    pub(crate) fn of_receipt(
        &self,
        receipt: &shared::acts::Receipt,
        now: DateTime<Utc>,
    ) -> Option<Pending> {
        let (wait, office) = match receipt.status {
            Status::ManualReview => (Wait::Review, &receipt.decl_org),
            Status::Selected => {
                (Wait::Inspection, receipt.insp_org.as_ref().unwrap_or(&receipt.release_org))
            }
            Status::Conforming => (Wait::Release, &receipt.release_org),
            _ => return None,
        };
        Some(self.pending(wait, office, receipt.filed_at, now))
    }

    pub(crate) fn of_payment(&self, row: &Payment, now: DateTime<Utc>) -> Option<Pending> {
        let is_under_way = matches!(row.state, PaymentState::Sent | PaymentState::Unknown);
        let bank = row.bank_code.as_deref().unwrap_or_default();
        is_under_way.then(|| self.pending(Wait::Payment, bank, row.sent_at.unwrap_or(now), now))
    }

    pub(crate) fn of_handoff(&self, row: &handoff::Handoff, now: DateTime<Utc>) -> Option<Pending> {
        row.answered_at
            .is_none()
            .then(|| self.pending(Wait::Handoff, &row.to_org, row.offered_at, now))
    }
}
