//! A notice of ours, and what an inspector says to draft one.
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use super::{NcNoticeStatus, NcSeverity};
use crate::{id, identity::StaffId, kernel::Violations, words};

id! {
    /// One notice of non-conformity of ours.
    NcNoticeId
}

words! {
    /// What a notice is about.
    #[schema(as = NcSubjectKind)]
    SubjectKind {
        /// A declaration, by its `decl_no`.
        Declaration "DECLARATION",
        /// An electronic transfer, by its `transfer_no`.
        Transfer "TRANSFER",
        /// A direct-release consignment, by its `clearance_no`.
        DirectConsignment "DIRECT_CONSIGNMENT",
    }
}

words! {
    /// What does not conform.
    #[schema(as = NcCategory)]
    Category {
        /// Other goods than the papers name.
        MismatchName "MISMATCH_NAME",
        /// More than the papers say.
        MismatchQtyOver "MISMATCH_QTY_OVER",
        /// Less than the papers say.
        MismatchQtyShort "MISMATCH_QTY_SHORT",
        /// Marks and numbers.
        Marks "MARKS",
        /// The packaging, wood among it.
        Packaging "PACKAGING",
        /// The seal is lost, broken or another.
        Seal "SEAL",
        /// Soil, residues, other goods.
        Contamination "CONTAMINATION",
        /// A living pest.
        Pest "PEST",
        /// The quality is not what was certified.
        Quality "QUALITY",
        /// Labels.
        Label "LABEL",
        /// Papers that nobody issued.
        DocForged "DOC_FORGED",
    }
}

words! {
    /// What became of the goods.
    #[schema(as = NcDisposition)]
    Disposition {
        ReleasedAfterCorrection "RELEASED_AFTER_CORRECTION",
        Returned "RETURNED",
        ReDeclare "RE_DECLARE",
        Treated "TREATED",
        Destroyed "DESTROYED",
        CaseFiled "CASE_FILED",
    }
}

words! {
    /// What became of a proposal to suspend an enterprise (domain R16).
    #[schema(as = NcSuspension)]
    Suspension {
        /// Its bureau is asked.
        Proposed "PROPOSED",
        /// Its bureau has suspended it.
        Suspended "SUSPENDED",
        /// Its bureau does not think so.
        Declined "DECLINED",
    }
}

/// What a notice is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NcSubject)]
pub struct Subject {
    pub kind: SubjectKind,
    /// Its number.
    #[schema(max_length = 40, pattern = r"^[0-9A-Za-z@./-]{1,40}$")]
    pub number: String,
}

/// The line of goods that does not conform.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NcGoods)]
pub struct Goods {
    /// Its number in the papers.
    #[schema(minimum = 1, maximum = 999)]
    pub goods_no: Option<i32>,
    /// Its HS code.
    #[schema(max_length = 10, pattern = r"^\d{4,10}$")]
    pub hs_code: Option<String>,
    /// Its name.
    #[schema(max_length = 255, pattern = r"^.*\S.*$")]
    pub name: String,
}

/// A file that shows it; the file stays with whoever took it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NcEvidence)]
pub struct Evidence {
    /// What it is called.
    #[schema(max_length = 200, pattern = r"^.*\S.*$")]
    pub name: String,
    /// Of its bytes.
    #[schema(max_length = 64, pattern = "^[0-9a-f]{64}$")]
    pub sha256: String,
}

/// What the origin bureau answers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NcReply)]
pub struct Reply {
    /// What was found out, and what is done about it.
    #[schema(max_length = 2000, pattern = r"^[\s\S]*\S[\s\S]*$")]
    pub text: String,
    /// Files that show it.
    #[schema(max_items = 50)]
    #[serde(default)]
    pub evidence: Vec<Evidence>,
}

/// A notice, as an inspector drafts it.
#[derive(Clone, Debug)]
pub struct Input {
    pub subject: Subject,
    /// The bureau that let the goods go: a partner's code, or our own.
    pub origin_bureau: String,
    /// The enterprise's registration number.
    pub reg_no: String,
    pub goods: Goods,
    pub found_on: NaiveDate,
    pub category: Category,
    /// The seal was broken and the goods behind it are others.
    pub goods_changed: bool,
    /// The alert that a pest stands in.
    pub alert_code: Option<String>,
    /// What was seen.
    pub finding: String,
    pub evidence: Vec<Evidence>,
}

/// A notice of ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    pub id: NcNoticeId,
    /// `NC`, the port's office, the year, five digits.
    pub notice_no: String,
    pub port_org: String,
    pub origin_bureau: String,
    pub subject: Subject,
    pub reg_no: String,
    pub goods: Goods,
    pub found_on: NaiveDate,
    pub category: Category,
    pub severity: NcSeverity,
    pub goods_changed: bool,
    pub alert_code: Option<String>,
    pub finding: String,
    pub evidence: Vec<Evidence>,
    pub status: NcNoticeStatus,
    /// How often it was sent.
    pub round: i32,
    pub send_due_on: NaiveDate,
    pub ack_due_on: Option<NaiveDate>,
    pub reply_due_on: Option<NaiveDate>,
    pub drafted_by: StaffId,
    pub approved_by: Option<StaffId>,
    pub approved_at: Option<DateTime<Utc>>,
    pub first_sent_at: Option<DateTime<Utc>>,
    pub sent_at: Option<DateTime<Utc>>,
    pub acked_at: Option<DateTime<Utc>>,
    pub replied_at: Option<DateTime<Utc>>,
    pub reply: Option<Reply>,
    pub closed_at: Option<DateTime<Utc>>,
    pub disposition: Option<Disposition>,
    pub remark: Option<String>,
    /// `None`: none was proposed.
    pub suspension: Option<Suspension>,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

impl Notice {
    /// Moves with every change: its `ETag`.
    #[must_use]
    pub const fn revision(&self) -> i64 {
        self.updated_at.timestamp_micros()
    }
}

/// The direct bureau that an office belongs to: its first two digits (domain 1.2).
#[must_use]
pub fn bureau_of(office: &str) -> String {
    format!("{:0<6}", office.get(..2).unwrap_or(office))
}

/// Longest finding and answer.
const LONGEST: usize = 2000;
/// Most files of evidence.
const MOST_FILES: usize = 50;

impl Subject {
    pub(super) fn check(&self, at: &str, wrong: &mut Violations) {
        let is_number = |byte: u8| byte.is_ascii_alphanumeric() || b"@./-".contains(&byte);
        let length = self.number.len();
        if !(1..=40).contains(&length) || !self.number.bytes().all(is_number) {
            let (zh, en) = ("编号为1至40个字母数字", "a number has 1 to 40 letters and digits");
            wrong.error(format!("{at}/number"), "subject-malformed", zh, en);
        }
    }
}

impl Goods {
    pub(super) fn check(&self, at: &str, wrong: &mut Violations) {
        wrong.text(format!("{at}/name"), &self.name, 255);
        if self.goods_no.is_some_and(|number| !(1..=999).contains(&number)) {
            let (zh, en) = ("序号为1至999", "from 1 to 999");
            wrong.error(format!("{at}/goods_no"), "goods-no-malformed", zh, en);
        }
        let is_hs = |hs: &str| (4..=10).contains(&hs.len()) && is_digits(hs);
        if self.hs_code.as_deref().is_some_and(|hs| !is_hs(hs)) {
            let (zh, en) = ("HS编码为4至10位数字", "an HS code has 4 to 10 digits");
            wrong.error(format!("{at}/hs_code"), "hs-code-malformed", zh, en);
        }
    }
}

impl Reply {
    pub(super) fn check(&self, at: &str, wrong: &mut Violations) {
        wrong.text(format!("{at}/text"), &self.text, LONGEST);
        check_evidence(&self.evidence, at, wrong);
    }
}

pub(super) fn check_finding(finding: &str, at: &str, wrong: &mut Violations) {
    wrong.text(format!("{at}/finding"), finding, LONGEST);
}

pub(super) fn check_reg_no(reg_no: &str, at: &str, wrong: &mut Violations) {
    if reg_no.len() != 10 || !is_digits(reg_no) {
        let (zh, en) = ("登记号应为10位数字", "a registration number has 10 digits");
        wrong.error(format!("{at}/reg_no"), "reg-no-malformed", zh, en);
    }
}

pub(super) fn check_evidence(evidence: &[Evidence], at: &str, wrong: &mut Violations) {
    if evidence.len() > MOST_FILES {
        let (zh, en) = ("证据最多50份", "at most 50 files of evidence");
        wrong.error(format!("{at}/evidence"), "too-many-files", zh, en);
    }
    for (place, file) in evidence.iter().take(MOST_FILES).enumerate() {
        wrong.text(format!("{at}/evidence/{place}/name"), &file.name, 200);
        let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if file.sha256.len() != 64 || !file.sha256.bytes().all(is_hex) {
            let (zh, en) =
                ("应为64位小写十六进制的SHA-256", "a SHA-256 is 64 lower-case hexadecimal digits");
            wrong.error(format!("{at}/evidence/{place}/sha256"), "sha256-malformed", zh, en);
        }
    }
}

fn is_digits(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_office_belongs_to_the_bureau_of_its_first_two_digits() {
        assert_eq!(bureau_of("310700"), "310000");
        assert_eq!(bureau_of("330900"), "330000");
    }

    #[test]
    fn everything_wrong_with_the_evidence_is_told_at_once() {
        let file = |name: &str, sha256: String| Evidence { name: name.into(), sha256 };
        let evidence = [file("照片", "0".repeat(64)), file(" ", "F".repeat(64))];

        let mut wrong = Violations::default();
        check_evidence(&evidence, "", &mut wrong);

        let found: Vec<_> = wrong.iter().map(|one| one.pointer.as_str()).collect();
        assert_eq!(found, ["/evidence/1/name", "/evidence/1/sha256"]);
    }
}
