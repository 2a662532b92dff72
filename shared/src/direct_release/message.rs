//! What bureaus tell each other about direct release: payloads, and what is wrong with them at the door.
use anyhow::Context as _;
use chrono::{Months, NaiveDate};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use serde_json::Value;
use uuid::Uuid;

use super::{
    Direction, Enterprise, Ground,
    enterprise::Status,
    model::{is_reg_no, is_text, speaks_for},
};
use crate::{
    exchange::{Envelope, service::inbox::Review},
    kernel::{Violations, calendar},
};

/// `direct.enterprises`: who was granted direct release, and who lost it.
pub const ENTERPRISES: &str = "direct.enterprises";

/// The most records of one message.
pub const MOST_RECORDS: usize = 1000;

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

/// May this bureau say this about that enterprise?
fn must_be_own(sender: &str, reg_no: &str, at: &str, wrong: &mut Violations) {
    if !is_reg_no(reg_no) {
        let (zh, en) = ("登记号应为10位数字", "a registration number has 10 digits");
        wrong.error(format!("{at}/reg_no"), "reg-no-malformed", zh, en);
    } else if !speaks_for(sender, reg_no) {
        let (zh, en) = ("该企业不归发送局管辖", "this enterprise belongs to another bureau");
        wrong.error(format!("{at}/reg_no"), "not-its-enterprise", zh, en);
    }
}

/// What is wrong with `direct.enterprises`, record by record.
#[must_use]
pub fn review_enterprises(envelope: &Envelope) -> Review {
    review_records::<EnterpriseRecord>(envelope, EnterpriseRecord::find_faults)
}

/// The records of a payload that holds nothing else. Read where they lie: a thousand are not copied to be looked at.
fn records_in(payload: &Value) -> Option<&[Value]> {
    let members = payload.as_object().filter(|members| members.len() == 1)?;
    Some(members.get("records")?.as_array()?)
}

/// Judges each record by itself; the message is refused only if it is no list of records, or none of them is good.
pub(super) fn review_records<T: DeserializeOwned>(
    envelope: &Envelope,
    find_faults: fn(&T, &Envelope, &str, &mut Violations),
) -> Review {
    let mut review = Review::default();
    let records = records_in(&envelope.payload);
    let Some(records) = records.filter(|all| (1..=MOST_RECORDS).contains(&all.len())) else {
        let (zh, en) = ("内容应为1至1000条记录", "the payload holds 1 to 1,000 records");
        review.errors.error("/payload/records", "records-malformed", zh, en);
        return review;
    };
    let count = records.len();
    for (place, record) in (0_i32..).zip(records) {
        let at = format!("/payload/records/{place}");
        let mut wrong = Violations::default();
        match T::deserialize(record) {
            Ok(record) => find_faults(&record, envelope, &at, &mut wrong),
            Err(error) => wrong.error(at, "record-malformed", "记录格式有误", error.to_string()),
        }
        if !wrong.is_empty() {
            review.refused_records.push(place);
            review.record_errors.extend(wrong);
        }
    }
    if review.refused_records.len() == count {
        review.errors = std::mem::take(&mut review.record_errors);
    }
    review
}

/// The good records of a stored message, each with its place in it.
pub(super) fn records_of<T: DeserializeOwned>(
    payload: &Value,
    refused: &[i32],
) -> anyhow::Result<Vec<(i32, T)>> {
    let records = records_in(payload).context("a stored message without its records")?;
    let good = (0_i32..).zip(records).filter(|(place, _)| !refused.contains(place));
    good.map(|(place, record)| Ok((place, T::deserialize(record)?))).collect()
}

/// The conversation about what a number names: registration numbers and clearance numbers differ in length.
#[must_use]
pub fn correlation_of(number: &str) -> Uuid {
    number.parse().map_or(Uuid::nil(), Uuid::from_u128)
}
