//! What the two sides of a consignment tell each other: payloads, and what is wrong with them at the door.
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

use super::{Consignment, Finding, Reading, SealedContainer, State, check_sealed};
use crate::{
    clearance::Line,
    direct_release::{Direction, message::correlation_of},
    exchange::{
        Envelope,
        records::{is_digits, is_reg_no, is_text, speaks_for},
        service::inbox::Review,
    },
    kernel::Violations,
};

/// The issuing side tells of a consignment that sets out.
pub const CONSIGNED: &str = "direct.consigned";
/// The issuing side put another form in the place of the first one.
pub const CORRECTED: &str = "direct.corrected";
/// The issuing side explains what was found, where no other form can be issued.
pub const CONFIRMED: &str = "direct.confirmed";
/// The issuing side takes it back: its form is void.
pub const RECALLED: &str = "direct.recalled";
/// The checking side tells where it stands.
pub const REPORTED: &str = "direct.reported";

/// Most lines of a form (as of a declaration).
const MOST_LINES: usize = 999;
/// Longest reason or remark.
const LONGEST: usize = 1000;

/// `direct.consigned` and `direct.corrected`: the whole record as the issuing side keeps it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Consigned {
    pub clearance_no: String,
    /// Forms that it replaced, the first one first.
    pub former: Vec<String>,
    pub version: i64,
    pub direction: Direction,
    pub reg_no: String,
    pub issuing_org: String,
    pub checking_org: String,
    /// The exit port, or the district of destination.
    pub place: String,
    /// The country that an export goes to: some want certificates of the port.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub destination_country: Option<String>,
    pub goods: Vec<Line>,
    pub containers: Vec<SealedContainer>,
    pub issued_at: DateTime<Utc>,
    pub valid_until: NaiveDate,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<NaiveDate>,
    /// Why it was corrected.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl Consigned {
    #[must_use]
    pub fn of(consignment: &Consignment) -> Self {
        Self {
            clearance_no: consignment.clearance_no.clone(),
            former: consignment.former.clone(),
            version: consignment.version,
            direction: consignment.direction,
            reg_no: consignment.reg_no.clone(),
            issuing_org: consignment.issuing_org.clone(),
            checking_org: consignment.checking_org.clone(),
            place: consignment.place.clone(),
            destination_country: consignment.destination_country.clone(),
            goods: consignment.goods.clone(),
            containers: consignment.containers.clone(),
            issued_at: consignment.issued_at,
            valid_until: consignment.valid_until,
            due_on: consignment.due_on,
            reason: consignment.remark.clone().filter(|_| !consignment.former.is_empty()),
        }
    }

    /// The number by which the other side knows it, whatever form it goes on.
    #[must_use]
    pub fn first_no(&self) -> &str {
        self.former.first().unwrap_or(&self.clearance_no)
    }

    fn find_faults(&self, envelope: &Envelope, wrong: &mut Violations) {
        let (sender, receiver) = (&envelope.header.sender, &envelope.header.receiver);
        for (place, number) in [&self.clearance_no].into_iter().chain(&self.former).enumerate() {
            let at = if place == 0 {
                "clearance_no".to_owned()
            } else {
                format!("former/{}", place - 1)
            };
            if !is_digits(number, 18) {
                let (zh, en) = ("通关单号为18位数字", "a form has a number of 18 digits");
                wrong.error(format!("/payload/{at}"), "clearance-no-malformed", zh, en);
            } else if number.get(..15) != self.clearance_no.get(..15) {
                let (zh, en) = ("不是同一报检号的通关单", "a form of another declaration");
                wrong.error(format!("/payload/{at}"), "clearance-no-malformed", zh, en);
            }
        }
        must_be_right_conversation(envelope, self.first_no(), wrong);
        check_version(self.version, wrong);
        let is_its_form = self.clearance_no.get(..6).is_some_and(|org| speaks_for(sender, org));
        if !is_office(&self.issuing_org) || !speaks_for(sender, &self.issuing_org) || !is_its_form {
            let (zh, en) = ("该通关单不属于发送方", "this form is not one of the sender's offices");
            wrong.error("/payload/issuing_org", "subject-not-own", zh, en);
        }
        if !is_office(&self.checking_org) || !speaks_for(receiver, &self.checking_org) {
            let (zh, en) = ("该机构不属于本局", "this office is not one of the receiver's");
            wrong.error("/payload/checking_org", "receiver-wrong", zh, en);
        }
        if !is_reg_no(&self.reg_no) {
            let (zh, en) = ("登记号应为10位数字", "a registration number has 10 digits");
            wrong.error("/payload/reg_no", "reg-no-malformed", zh, en);
        } else if self.direction == Direction::Export && !speaks_for(sender, &self.reg_no) {
            let (zh, en) = ("该企业不归发送局管辖", "this enterprise belongs to another bureau");
            wrong.error("/payload/reg_no", "not-its-enterprise", zh, en);
        }
        if !is_office(&self.place) {
            wrong.error("/payload/place", "place-malformed", "地点代码为6位数字", "six digits");
        }
        let is_told = self.destination_country.as_deref().is_some_and(is_country);
        if is_told != (self.direction == Direction::Export) {
            let (zh, en) =
                ("出口须注明输往国二字母代码", "of an export, the two letters of a country");
            wrong.error("/payload/destination_country", "country-malformed", zh, en);
        }
        if !(1..=MOST_LINES).contains(&self.goods.len()) {
            let (zh, en) = ("货物应为1至999项", "1 to 999 lines of goods");
            wrong.error("/payload/goods", "goods-malformed", zh, en);
        }
        check_sealed(&self.containers, "/payload/containers", wrong);
        check_text(self.reason.as_deref(), "/payload/reason", wrong);
    }
}

/// `direct.confirmed` and `direct.recalled`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Said {
    /// The first form of the consignment.
    pub consignment: String,
    pub version: i64,
    pub reason: String,
}

impl Said {
    fn find_faults(&self, envelope: &Envelope, wrong: &mut Violations) {
        must_be_right_conversation(envelope, &self.consignment, wrong);
        check_version(self.version, wrong);
        check_text(Some(&self.reason), "/payload/reason", wrong);
    }
}

/// `direct.reported`: where the checking side stands, whole; the newest counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Reported {
    /// The first form of the consignment.
    pub consignment: String,
    /// The checking side counts what it says, from 1.
    pub version: i64,
    pub state: State,
    pub at: DateTime<Utc>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reading: Option<Reading>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<Finding>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub goods_agree: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub remark: Option<String>,
}

impl Reported {
    #[must_use]
    pub fn of(consignment: &Consignment, at: DateTime<Utc>) -> Self {
        Self {
            consignment: consignment.former.first().unwrap_or(&consignment.clearance_no).clone(),
            version: consignment.report_version,
            state: consignment.state,
            at,
            reading: consignment.reading.clone(),
            findings: consignment.findings.clone(),
            goods_agree: consignment.further.as_ref().map(|further| further.goods_agree),
            remark: consignment.remark.clone(),
        }
    }

    fn find_faults(&self, envelope: &Envelope, wrong: &mut Violations) {
        must_be_right_conversation(envelope, &self.consignment, wrong);
        check_version(self.version, wrong);
        if let Some(reading) = &self.reading {
            reading.check("/payload/reading", wrong);
        }
        if self.findings.len() > 10 * MOST_LINES {
            let (zh, en) = ("不符项过多", "more findings than seals");
            wrong.error("/payload/findings", "findings-malformed", zh, en);
        }
        check_text(self.remark.as_deref(), "/payload/remark", wrong);
    }
}

fn is_country(code: &str) -> bool {
    code.len() == 2 && code.bytes().all(|letter| letter.is_ascii_uppercase())
}

fn is_office(code: &str) -> bool {
    is_digits(code, 6)
}

fn must_be_right_conversation(envelope: &Envelope, first_no: &str, wrong: &mut Violations) {
    if !is_digits(first_no, 18) || envelope.header.correlation_id != correlation_of(first_no) {
        let (zh, en) =
            ("会话编号应由首份通关单号导出", "the correlation is the number of the first form");
        wrong.error("/header/correlation_id", "correlation-wrong", zh, en);
    }
}

fn check_version(version: i64, wrong: &mut Violations) {
    if version < 1 {
        let (zh, en) = ("版本号应大于零", "versions count from 1");
        wrong.error("/payload/version", "version-malformed", zh, en);
    }
}

fn check_text(text: Option<&str>, at: &str, wrong: &mut Violations) {
    if text.is_some_and(|text| !is_text(text, LONGEST)) {
        let (zh, en) = ("文字为1至1000个字符", "1 to 1,000 characters");
        wrong.error(at, "text-malformed", zh, en);
    }
}

/// What is wrong with a payload of that type: its shape first, then everything in it.
fn review<T: DeserializeOwned>(
    envelope: &Envelope,
    find_faults: fn(&T, &Envelope, &mut Violations),
) -> Review {
    let mut errors = Violations::default();
    match T::deserialize(&envelope.payload) {
        Ok(said) => find_faults(&said, envelope, &mut errors),
        Err(error) => {
            errors.error("/payload", "payload-malformed", "内容不符合该类型", error.to_string());
        }
    }
    Review { errors, ..Review::default() }
}

#[must_use]
pub fn review_consigned(envelope: &Envelope) -> Review {
    review(envelope, Consigned::find_faults)
}

#[must_use]
pub fn review_said(envelope: &Envelope) -> Review {
    review(envelope, Said::find_faults)
}

#[must_use]
pub fn review_reported(envelope: &Envelope) -> Review {
    review(envelope, Reported::find_faults)
}
