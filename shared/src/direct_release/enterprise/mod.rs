//! Enterprises whose goods may go directly (直通放行企业).
pub mod condition;
mod status;

use chrono::{DateTime, NaiveDate, Utc};
use uuid::Uuid;

pub use condition::{Certification, Claims, Facts, Terms, Unmet};
pub use status::{Action, Status, mermaid};

use super::{model::Direction, suspension::Ground};
use crate::{
    identity::{StaffId, eligibility::Person},
    kernel::Violations,
};

crate::id!(
    /// One application or grant of direct release.
    EnterpriseId
);

/// An enterprise and its grant for one direction.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Enterprise {
    pub id: EnterpriseId,
    pub reg_no: String,
    pub direction: Direction,
    /// The bureau that granted it and told us; `None`: we decide ourselves.
    pub partner: Option<String>,
    pub status: Status,
    /// Counts the steps; what partners are told carries it.
    pub version: i64,
    pub claims: Option<Claims>,
    /// What the grant was decided on.
    pub conditions: Option<Facts>,
    pub granted_on: Option<NaiveDate>,
    pub suspended_on: Option<NaiveDate>,
    /// The first day on which it may apply again.
    pub suspended_until: Option<NaiveDate>,
    pub ground: Option<Ground>,
    pub reason: Option<String>,
    /// What a first person asked for and a second has not confirmed yet.
    pub proposed: Option<Proposed>,
    pub decided_by: Option<Uuid>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// A suspension that one person asked for (停止直通放行通知单); a second makes it so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proposed {
    pub ground: Ground,
    pub reason: String,
    pub by: StaffId,
    pub by_duty_chief: bool,
}

impl Proposed {
    #[must_use]
    pub fn person(&self) -> Person {
        Person { id: self.by, is_duty_chief: self.by_duty_chief }
    }
}

impl Enterprise {
    /// Moves with every change: its `ETag`.
    #[must_use]
    pub const fn revision(&self) -> i64 {
        self.updated_at.timestamp_micros()
    }

    /// Whether its goods may go directly.
    #[must_use]
    pub fn is_approved(&self) -> bool {
        self.status == Status::Approved
    }
}

impl Claims {
    /// Everything that is wrong with what was stated, by pointers into it.
    #[must_use]
    pub fn faults(&self, today: NaiveDate) -> Violations {
        let mut wrong = Violations::default();
        for (pointer, day) in
            [("/penalised_on", self.penalised_on), ("/returned_on", self.returned_on)]
        {
            if day.is_some_and(|day| day > today) {
                wrong.error(pointer, "date-in-future", "日期在未来", "The day is in the future");
            }
        }
        if self.yearly_trade_usd.is_sign_negative() || self.yearly_trade_usd.scale() > 2 {
            let (zh, en) =
                ("贸易额应为不超过两位小数的非负数", "An amount with at most two decimals");
            wrong.error("/yearly_trade_usd", "amount-malformed", zh, en);
        }
        if self.batches < 0 {
            wrong.error("/batches", "out-of-range", "批次不得为负", "There are no fewer than none");
        }
        if self.passed < 0 || self.passed > self.batches {
            let (zh, en) = ("合格批次不得多于总批次", "No more passed than there were");
            wrong.error("/passed", "out-of-range", zh, en);
        }
        wrong
    }
}
