//! What bureaus tell each other about direct release: payloads, and what is wrong with them at the door.
use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::{Direction, Enterprise, Ground, enterprise::Status};
use crate::{
    exchange::{
        Envelope,
        records::{is_text, must_be_own, review_records},
        service::inbox::Review,
    },
    kernel::{Violations, calendar},
};

/// `direct.enterprises`: who was granted direct release, and who lost it.
pub const ENTERPRISES: &str = "direct.enterprises";

/// One enterprise, as the bureau that grants it tells its partners.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct EnterpriseRecord {
    pub reg_no: String,
    pub direction: Direction,
    /// `APPROVED` or `SUSPENDED`.
    pub state: Status,
    /// Greater than any that was told before about this enterprise and direction.
    pub version: i64,
    pub granted_on: NaiveDate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspended_on: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspended_until: Option<NaiveDate>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ground: Option<Ground>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl EnterpriseRecord {
    /// What partners are told; `None` while there is nothing to tell: applications are not their business.
    #[must_use]
    pub fn of(enterprise: &Enterprise) -> Option<Self> {
        let is_suspended = enterprise.status == Status::Suspended;
        if !is_suspended && !enterprise.is_approved() {
            return None;
        }
        Some(Self {
            reg_no: enterprise.reg_no.clone(),
            direction: enterprise.direction,
            state: enterprise.status,
            version: enterprise.version,
            granted_on: enterprise.granted_on?,
            suspended_on: enterprise.suspended_on.filter(|_| is_suspended),
            suspended_until: enterprise.suspended_until.filter(|_| is_suspended),
            ground: enterprise.ground.filter(|_| is_suspended),
            reason: enterprise.reason.clone().filter(|_| is_suspended),
        })
    }

    fn find_faults(&self, envelope: &Envelope, at: &str, wrong: &mut Violations) {
        let sent_on = envelope.sent_at().map_or(NaiveDate::MAX, calendar::day_of);
        must_be_own(&envelope.header.sender, &self.reg_no, at, wrong);
        if self.version < 1 {
            let (zh, en) = ("版本号应大于零", "versions count from 1");
            wrong.error(format!("{at}/version"), "version-malformed", zh, en);
        }
        if self.granted_on > sent_on {
            let (zh, en) = ("批准日期在未来", "it was granted in the future");
            wrong.error(format!("{at}/granted_on"), "date-in-future", zh, en);
        }
        match self.state {
            Status::Approved => {
                if self.suspended_until.is_some() || self.ground.is_some() {
                    let (zh, en) = ("未暂停的企业不应有暂停内容", "it is not suspended");
                    wrong.error(format!("{at}/state"), "state-inconsistent", zh, en);
                }
            }
            Status::Suspended => self.find_faults_of_suspension(sent_on, at, wrong),
            Status::Applied | Status::Refused => {
                let (zh, en) = ("状态只能为APPROVED或SUSPENDED", "APPROVED or SUSPENDED");
                wrong.error(format!("{at}/state"), "state-not-told", zh, en);
            }
        }
    }

    fn find_faults_of_suspension(&self, sent_on: NaiveDate, at: &str, wrong: &mut Violations) {
        let (Some(on), Some(until), Some(_)) =
            (self.suspended_on, self.suspended_until, self.ground)
        else {
            let (zh, en) =
                ("暂停须说明起止日期和理由", "a suspension has its two days and its ground");
            wrong.error(format!("{at}/suspended_until"), "suspension-incomplete", zh, en);
            return;
        };
        if on > sent_on {
            let (zh, en) = ("暂停日期在未来", "it was suspended in the future");
            wrong.error(format!("{at}/suspended_on"), "date-in-future", zh, en);
        }
        if on.checked_add_months(Months::new(12)).is_none_or(|least| until < least) {
            let (zh, en) = ("暂停不得少于一年", "a suspension lasts a year at least");
            wrong.error(format!("{at}/suspended_until"), "suspension-too-short", zh, en);
        }
        if self.reason.as_ref().is_some_and(|reason| !is_text(reason, 500)) {
            let (zh, en) = ("理由为1至500个字符", "a reason has 1 to 500 characters");
            wrong.error(format!("{at}/reason"), "text-malformed", zh, en);
        }
    }
}

/// What is wrong with `direct.enterprises`, record by record.
#[must_use]
pub fn review_enterprises(envelope: &Envelope) -> Review {
    review_records::<EnterpriseRecord>(envelope, EnterpriseRecord::find_faults)
}

/// The conversation about what a number names: registration numbers and clearance numbers differ in length.
#[must_use]
pub fn correlation_of(number: &str) -> Uuid {
    number.parse().map_or(Uuid::nil(), Uuid::from_u128)
}
