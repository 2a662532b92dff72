//! When to ask again: what waits for somebody says so in `Retry-After`, and when it is to be expected.
//!
//! The usual times are read in the background, once a minute: no answer waits for them, and filing reads nothing more.
use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Utc};
use shared::{
    credit::{Recognition, recognition},
    declaration::{Amendment, AmendmentState, Declaration, Status},
    handoff,
    kernel::Failure,
    payment::{MonthlySheet, NoticeState, Payment, PaymentState, Refund, RefundState},
    statistics::{self, Wait, Waits},
    swap::{AskedAmendment, AskedState, Side, State, Transfer},
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

/// Shows each of what was found with when it is to be expected; beside them what is to be asked about first.
pub(crate) fn each<T, U>(
    found: Vec<T>,
    pending: impl Fn(&T) -> Option<Pending>,
    show: impl Fn(T, Option<DateTime<Utc>>) -> U,
) -> (Vec<U>, Option<Pending>) {
    let waiting: Vec<_> = found.iter().map(pending).collect();
    let soonest = waiting.iter().flatten().min_by_key(|pending| pending.retry_after).copied();
    let expected = waiting.into_iter().map(|pending| pending?.expected_at);
    (found.into_iter().zip(expected).map(|(one, at)| show(one, at)).collect(), soonest)
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

    /// Two officers, then a cashier, then the bank.
    pub(crate) fn of_refund(&self, row: &Refund, now: DateTime<Utc>) -> Option<Pending> {
        let bank = row.bank_code.as_deref().unwrap_or_default();
        let (wait, at, since) = match row.state {
            RefundState::Owed => (Wait::RefundApproval, row.decl_org.as_str(), row.created_at),
            RefundState::Approved => {
                (Wait::RefundPayout, row.decl_org.as_str(), row.approved_at.unwrap_or(now))
            }
            RefundState::Ordered | RefundState::Sent | RefundState::Unknown => {
                (Wait::Refund, bank, row.sent_at.unwrap_or(row.updated_at))
            }
            RefundState::Refused | RefundState::Executed | RefundState::Failed => return None,
        };
        Some(self.pending(wait, at, since, now))
    }

    /// An officer of the declaring office, who may have to ask the origin of the goods.
    pub(crate) fn of_amendment(
        &self,
        row: &Amendment,
        decl_org: &str,
        now: DateTime<Utc>,
    ) -> Option<Pending> {
        matches!(row.state, AmendmentState::Requested | AmendmentState::WithOrigin)
            .then(|| self.pending(Wait::Amendment, decl_org, row.requested_at, now))
    }

    /// The port, on whichever end we stand. While anybody may claim it, it waits for nobody; a failed check waits for the
    /// origin.
    pub(crate) fn of_transfer(&self, row: &Transfer, now: DateTime<Utc>) -> Option<Pending> {
        let is_asked_back = row.revocation_asked_at.filter(|_| row.revocation_refused.is_none());
        let port = match row.side {
            Side::Origin => row.port_bureau.as_str(),
            Side::Port => row.port_org.as_deref().unwrap_or_default(),
        };
        let (wait, since) = match (row.side, row.state, is_asked_back) {
            (Side::Origin, state, Some(asked_at)) if !state.is_final() => {
                (Wait::Revocation, asked_at)
            }
            (Side::Origin, State::Created | State::SentToHub, _) => {
                (Wait::TransferArrival, row.created_at)
            }
            (_, State::Claimed | State::SpotCheckPending | State::SpotCheckOk, _) => {
                (Wait::Swap, row.claimed_at.unwrap_or(now))
            }
            _ => return None,
        };
        Some(self.pending(wait, port, since, now))
    }

    /// An officer here, and once that one agreed the port.
    pub(crate) fn of_asked(
        &self,
        row: &AskedAmendment,
        transfer: &Transfer,
        now: DateTime<Utc>,
    ) -> Option<Pending> {
        let (wait, at, since) = match row.state {
            AskedState::Asked => (Wait::TransferAmendment, &transfer.origin_org, row.asked_at),
            AskedState::Agreed => {
                (Wait::AgreedAmendment, &transfer.port_bureau, row.decided_at.unwrap_or(now))
            }
            AskedState::Refused | AskedState::Applied | AskedState::Dropped => return None,
        };
        Some(self.pending(wait, at, since, now))
    }

    /// The bank, while one of its notices is being paid: counted from the one that moved last.
    pub(crate) fn of_statement(
        &self,
        sheet: &MonthlySheet,
        bank: &str,
        now: DateTime<Utc>,
    ) -> Option<Pending> {
        let paying = sheet.notices.iter().filter(|notice| notice.state == NoticeState::Paying);
        let since = paying.map(|notice| notice.updated_at).max()?;
        Some(self.pending(Wait::Payment, bank, since, now))
    }

    /// Officers here, since its bureau said what has not been decided yet.
    pub(crate) fn of_recognition(&self, row: &Recognition, now: DateTime<Utc>) -> Option<Pending> {
        use recognition::Status::{Acknowledged, Proposed};
        matches!(row.status, Proposed | Acknowledged)
            .then(|| self.pending(Wait::Recognition, &row.partner, row.told_at, now))
    }
}
