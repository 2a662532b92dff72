//! What is said between bureaus about notices: one struct for each type of message, the same on both sides. The tables
//! of `docs/exchange-protocol.md` describe them.
use chrono::NaiveDate;
use serde::{Deserialize, Serialize};

use super::{
    Category, Disposition, Evidence, Goods, NcSeverity, Reply, Subject, Suspension,
    model::{check_evidence, check_finding, check_reg_no},
};
use crate::kernel::Violations;

/// A port tells of a finding, or tells again.
pub const SENT: &str = "notice.sent";
/// The origin bureau has taken note.
pub const ACKNOWLEDGED: &str = "notice.acknowledged";
/// The origin bureau answers.
pub const REPLIED: &str = "notice.replied";
/// The port is satisfied.
pub const CLOSED: &str = "notice.closed";
/// All that was told in a month.
pub const DIGESTED: &str = "notice.digested";
/// The origin bureau suspends the enterprise, or does not.
pub const SUSPENSION_DECIDED: &str = "suspension.decided";

/// `notice.sent`: from the port to the origin bureau.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeSent {
    pub notice_no: String,
    /// How often it was sent: 2 after it was reopened.
    pub round: i32,
    pub port_org: String,
    pub subject: Subject,
    pub reg_no: String,
    pub goods: Goods,
    pub found_on: NaiveDate,
    pub category: Category,
    pub severity: NcSeverity,
    pub finding: String,
    pub evidence: Vec<Evidence>,
    pub ack_due_on: NaiveDate,
    pub reply_due_on: NaiveDate,
    /// The port withholds facilitations, and asks for a decision by then.
    pub decide_suspension_by: Option<NaiveDate>,
    /// Why it was reopened.
    pub reopened_because: Option<String>,
}

impl NoticeSent {
    /// Everything that is wrong with it.
    #[must_use]
    pub fn review(&self) -> Violations {
        let mut wrong = Violations::default();
        let at = "/payload";
        check_notice_no(&self.notice_no, &mut wrong);
        if self.notice_no.get(2..8) != Some(&self.port_org) {
            let (zh, en) = ("与通报号不符", "the number is another office's");
            wrong.error("/payload/port_org", "port-org-mismatch", zh, en);
        }
        if self.round < 1 {
            wrong.error("/payload/round", "number-too-small", "数值过小", "at least 1");
        }
        self.subject.check("/payload/subject", &mut wrong);
        self.goods.check("/payload/goods", &mut wrong);
        check_reg_no(&self.reg_no, at, &mut wrong);
        check_finding(&self.finding, at, &mut wrong);
        check_evidence(&self.evidence, at, &mut wrong);
        if let Some(why) = &self.reopened_because {
            wrong.text("/payload/reopened_because", why, 1000);
        }
        wrong
    }
}

/// `notice.acknowledged`: from the origin bureau to the port.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeAcknowledged {
    pub notice_no: String,
}

impl NoticeAcknowledged {
    /// Everything that is wrong with it.
    #[must_use]
    pub fn review(&self) -> Violations {
        of_number(&self.notice_no)
    }
}

/// `notice.replied`: from the origin bureau to the port.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeReplied {
    pub notice_no: String,
    pub reply: Reply,
}

impl NoticeReplied {
    /// Everything that is wrong with it.
    #[must_use]
    pub fn review(&self) -> Violations {
        let mut wrong = of_number(&self.notice_no);
        self.reply.check("/payload/reply", &mut wrong);
        wrong
    }
}

/// `notice.closed`: from the port to the origin bureau.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeClosed {
    pub notice_no: String,
    pub disposition: Disposition,
    pub remark: Option<String>,
}

impl NoticeClosed {
    /// Everything that is wrong with it.
    #[must_use]
    pub fn review(&self) -> Violations {
        let mut wrong = of_number(&self.notice_no);
        if let Some(remark) = &self.remark {
            wrong.text("/payload/remark", remark, 1000);
        }
        wrong
    }
}

/// `suspension.decided`: from the origin bureau to the port that proposed it.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SuspensionDecided {
    pub notice_no: String,
    /// `SUSPENDED` or `DECLINED`.
    pub decision: Suspension,
    pub reason: String,
}

impl SuspensionDecided {
    /// Everything that is wrong with it.
    #[must_use]
    pub fn review(&self) -> Violations {
        let mut wrong = of_number(&self.notice_no);
        wrong.text("/payload/reason", &self.reason, 500);
        if self.decision == Suspension::Proposed {
            let (zh, en) = ("应为 SUSPENDED 或 DECLINED", "SUSPENDED or DECLINED");
            wrong.error("/payload/decision", "decision-malformed", zh, en);
        }
        wrong
    }
}

/// How many notices of one kind a month had.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DigestLine {
    pub category: Category,
    pub severity: NcSeverity,
    /// Sent for the first time in that month.
    pub sent: i64,
    /// Of these, not closed when this was written.
    pub open: i64,
}

/// `notice.digested`: from the port to each origin bureau, once a month.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeDigested {
    /// The first day of the month.
    pub month: NaiveDate,
    pub lines: Vec<DigestLine>,
}

impl NoticeDigested {
    /// Everything that is wrong with it.
    #[must_use]
    pub fn review(&self) -> Violations {
        use chrono::Datelike as _;
        let mut wrong = Violations::default();
        if self.month.day() != 1 {
            let (zh, en) = ("应为当月一日", "the first day of the month");
            wrong.error("/payload/month", "month-malformed", zh, en);
        }
        let most = Category::ALL.len() * NcSeverity::ALL.len();
        if self.lines.len() > most {
            let (zh, en) = ("每类每级一行", "one line for each category and severity");
            wrong.error("/payload/lines", "too-many-lines", zh, en);
        }
        if self.lines.iter().any(|line| line.sent < 0 || line.open < 0 || line.open > line.sent) {
            let (zh, en) = ("数量有误", "no fewer than none, and no more open than sent");
            wrong.error("/payload/lines", "count-malformed", zh, en);
        }
        wrong
    }
}

fn of_number(notice_no: &str) -> Violations {
    let mut wrong = Violations::default();
    check_notice_no(notice_no, &mut wrong);
    wrong
}

fn check_notice_no(notice_no: &str, wrong: &mut Violations) {
    let digits = notice_no.strip_prefix("NC").unwrap_or_default();
    if digits.len() != 15 || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        let (zh, en) = ("通报号为NC加15位数字", "a notice number is NC and 15 digits");
        wrong.error("/payload/notice_no", "notice-no-malformed", zh, en);
    }
}
