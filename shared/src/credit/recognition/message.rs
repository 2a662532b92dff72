//! `credit.pushed`: what a bureau tells of the classes of its enterprises, and what is wrong with it at the door.
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    exchange::{
        Envelope,
        records::{is_text, must_be_own, review_records},
        service::inbox::Review,
    },
    identity::{CreditClass, Privilege, Rated},
    kernel::Violations,
};

/// The type of the message.
pub const PUSHED: &str = "credit.pushed";

/// The most prefixes of one scope.
const MOST_PREFIXES: usize = 100;

/// One enterprise, as its bureau tells others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClassRecord {
    pub reg_no: String,
    pub class: CreditClass,
    /// Greater than any that was told before about this enterprise.
    pub version: i64,
    pub valid_from: NaiveDate,
    /// Inclusive; left out: until told otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub valid_to: Option<NaiveDate>,
    /// First digits of HS codes; empty: all goods.
    #[serde(default)]
    pub hs_scope: Vec<String>,
    #[serde(default)]
    pub privileges: Vec<Privilege>,
    /// Where its bureau keeps the grounds.
    pub evidence: String,
}

impl ClassRecord {
    /// What we tell of an enterprise of ours. Those of class AA and A are recommended.
    #[must_use]
    pub fn of(rated: &Rated) -> Self {
        let is_recommended = rated.class <= CreditClass::A;
        Self {
            reg_no: rated.reg_no.clone(),
            class: rated.class,
            version: rated.version,
            valid_from: rated.since,
            valid_to: None,
            hs_scope: Vec::new(),
            privileges: is_recommended
                .then_some(Privilege::PortCheckExemption)
                .into_iter()
                .collect(),
            evidence: format!("{}/{}", rated.reg_no, rated.version),
        }
    }

    fn find_faults(&self, envelope: &Envelope, at: &str, wrong: &mut Violations) {
        must_be_own(&envelope.header.sender, &self.reg_no, at, wrong);
        if self.version < 1 {
            let (zh, en) = ("版本号应大于零", "versions count from 1");
            wrong.error(format!("{at}/version"), "version-malformed", zh, en);
        }
        if self.valid_to.is_some_and(|end| end < self.valid_from) {
            let (zh, en) = ("截止不得早于起始", "it does not end before it begins");
            wrong.error(format!("{at}/valid_to"), "validity-malformed", zh, en);
        }
        let is_prefix = |text: &String| {
            (2..=10).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
        };
        if self.hs_scope.len() > MOST_PREFIXES || !self.hs_scope.iter().all(is_prefix) {
            let (zh, en) = (
                "商品范围应为至多100个2至10位HS编码前缀",
                "at most 100 prefixes of 2 to 10 digits",
            );
            wrong.error(format!("{at}/hs_scope"), "hs-scope-malformed", zh, en);
        }
        let is_repeated = |place: usize| self.privileges[..place].contains(&self.privileges[place]);
        if (0..self.privileges.len()).any(is_repeated) {
            let (zh, en) = ("便利措施重复", "a privilege is listed twice");
            wrong.error(format!("{at}/privileges"), "privilege-twice", zh, en);
        }
        if self.class == CreditClass::D && !self.privileges.is_empty() {
            let (zh, en) = ("D级企业不享受便利措施", "an enterprise of class D has no privileges");
            wrong.error(format!("{at}/privileges"), "no-facilitation-for-d", zh, en);
        }
        if !is_text(&self.evidence, 200) {
            let (zh, en) = ("依据为1至200个字符", "the evidence has 1 to 200 characters");
            wrong.error(format!("{at}/evidence"), "text-malformed", zh, en);
        }
    }
}

/// What is wrong with `credit.pushed`, record by record.
#[must_use]
pub fn review(envelope: &Envelope) -> Review {
    review_records::<ClassRecord>(envelope, ClassRecord::find_faults)
}

/// The conversation about the class of one enterprise.
#[must_use]
pub fn correlation_of(reg_no: &str) -> Uuid {
    const CREDIT: u128 = 0x4352_4544_0000_7000_8000_0000_0000_0000;
    Uuid::from_u128(CREDIT | reg_no.parse::<u128>().unwrap_or_default())
}
