//! Notices of ours as the wire shows them.
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::{
    identity::StaffId,
    kernel::{Failure, Violations},
    ledger::Happening,
    nonconformity::{
        Category, Disposition, Evidence, Goods, Input, NcNoticeId, NcNoticeStatus, NcSeverity,
        Notice, Reply, Subject, Suspension,
    },
};
use utoipa::ToSchema;
use uuid::Uuid;

/// What an inspector found at the port.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct NcNoticeIn {
    /// What it is about.
    pub subject: Subject,
    /// The bureau that let the goods go: a partner's code, or our own.
    #[schema(max_length = 6, pattern = r"^\d{6}$")]
    pub origin_bureau: String,
    /// The enterprise's registration number.
    #[schema(max_length = 10, pattern = r"^\d{10}$")]
    pub reg_no: String,
    /// The line of goods.
    pub goods: Goods,
    /// The day it was found; today at the latest.
    pub found_on: NaiveDate,
    /// What does not conform. How much it weighs follows from the rule.
    pub category: Category,
    /// With `SEAL`: it was broken, and the goods behind it are others.
    #[serde(default)]
    pub goods_changed: bool,
    /// With `PEST`: the alert that it stands in.
    #[schema(max_length = 64, pattern = r"^.*\S.*$")]
    pub alert_code: Option<String>,
    /// What was seen.
    #[schema(max_length = 2000, pattern = r"^[\s\S]*\S[\s\S]*$")]
    pub finding: String,
    /// Files that show it, by their hashes.
    #[schema(max_items = 50)]
    #[serde(default)]
    pub evidence: Vec<Evidence>,
}

impl NcNoticeIn {
    pub(super) fn input(&self) -> Input {
        let Self { subject, origin_bureau, reg_no, goods, .. } = self.clone();
        let Self { found_on, category, goods_changed, alert_code, finding, evidence, .. } =
            self.clone();
        Input {
            subject,
            origin_bureau,
            reg_no,
            goods,
            found_on,
            category,
            goods_changed,
            alert_code,
            finding,
            evidence,
        }
    }

    pub(super) fn example() -> Value {
        json!({
            "subject": { "kind": "TRANSFER", "number": "330900214004567T" },
            "origin_bureau": "330000", "reg_no": "3301601234",
            "goods": { "goods_no": 1, "hs_code": "0505100090", "name": "水洗羽绒" },
            "found_on": "2014-07-14", "category": "MISMATCH_QTY_OVER",
            "finding": "实到174包，单证170包",
            "evidence": [{ "name": "现场照片1.jpg",
                "sha256": "2c26b46b68ffc68ff99b453c1d30413413422d706483bfa0f98a5e886266e7ae" }],
        })
    }
}

/// Why it is done, in words that the other side reads.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NcReasonIn)]
pub(super) struct ReasonIn {
    /// It stands in the timeline.
    #[schema(max_length = 500, pattern = r"^.*\S.*$")]
    pub reason: String,
}

impl ReasonIn {
    pub(super) fn parse(&self) -> Result<String, Failure> {
        let mut wrong = Violations::default();
        let reason = wrong.text("/reason", &self.reason, 500);
        Ok(wrong.finish(reason)?)
    }
}

/// A notice of non-conformity of ours.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NcNoticeOut {
    /// Ours.
    pub id: NcNoticeId,
    /// `NC`, the port's office, the year, five digits.
    #[schema(max_length = 17, pattern = r"^NC\d{15}$")]
    pub notice_no: String,
    /// The office that found it.
    #[schema(max_length = 6, pattern = r"^\d{6}$")]
    pub port_org: String,
    /// The bureau that let the goods go.
    #[schema(max_length = 6, pattern = r"^\d{6}$")]
    pub origin_bureau: String,
    /// What it is about.
    pub subject: Subject,
    /// The enterprise's registration number.
    #[schema(max_length = 10, pattern = r"^\d{10}$")]
    pub reg_no: String,
    /// The line of goods.
    pub goods: Goods,
    /// The day it was found.
    pub found_on: NaiveDate,
    /// What does not conform.
    pub category: Category,
    /// How much it weighs, by rule.
    pub severity: NcSeverity,
    /// The seal was broken, and the goods behind it are others.
    pub goods_changed: bool,
    /// The alert that the pest stands in.
    #[schema(max_length = 64)]
    pub alert_code: Option<String>,
    /// What was seen.
    #[schema(max_length = 2000)]
    pub finding: String,
    /// Files that show it.
    #[schema(max_items = 50)]
    pub evidence: Vec<Evidence>,
    /// Where it stands.
    pub status: NcNoticeStatus,
    /// How often it was sent.
    #[schema(minimum = 0, maximum = 1000)]
    pub round: i32,
    /// The last day to send it.
    pub send_due_on: NaiveDate,
    /// The last day for the origin bureau to acknowledge it.
    pub ack_due_on: Option<NaiveDate>,
    /// The last day for the origin bureau to answer.
    pub reply_due_on: Option<NaiveDate>,
    /// The inspector.
    pub drafted_by: StaffId,
    /// The duty chief, another person.
    pub approved_by: Option<StaffId>,
    /// When it was approved.
    pub approved_at: Option<DateTime<Utc>>,
    /// When it was last sent.
    pub sent_at: Option<DateTime<Utc>>,
    /// When the origin bureau took note.
    pub acked_at: Option<DateTime<Utc>>,
    /// When the origin bureau answered.
    pub replied_at: Option<DateTime<Utc>>,
    /// What it answered.
    pub reply: Option<Reply>,
    /// When the port was satisfied.
    pub closed_at: Option<DateTime<Utc>>,
    /// What became of the goods.
    pub disposition: Option<Disposition>,
    /// What was last said of it: why it was discarded or reopened, or on closing.
    #[schema(max_length = 1000)]
    pub remark: Option<String>,
    /// What became of the proposal to suspend the enterprise; null: none was made.
    pub suspension: Option<Suspension>,
}

impl From<Notice> for NcNoticeOut {
    fn from(notice: Notice) -> Self {
        Self {
            id: notice.id,
            notice_no: notice.notice_no,
            port_org: notice.port_org,
            origin_bureau: notice.origin_bureau,
            subject: notice.subject,
            reg_no: notice.reg_no,
            goods: notice.goods,
            found_on: notice.found_on,
            category: notice.category,
            severity: notice.severity,
            goods_changed: notice.goods_changed,
            alert_code: notice.alert_code,
            finding: notice.finding,
            evidence: notice.evidence,
            status: notice.status,
            round: notice.round,
            send_due_on: notice.send_due_on,
            ack_due_on: notice.ack_due_on,
            reply_due_on: notice.reply_due_on,
            drafted_by: notice.drafted_by,
            approved_by: notice.approved_by,
            approved_at: notice.approved_at,
            sent_at: notice.sent_at,
            acked_at: notice.acked_at,
            replied_at: notice.replied_at,
            reply: notice.reply,
            closed_at: notice.closed_at,
            disposition: notice.disposition,
            remark: notice.remark,
            suspension: notice.suspension,
        }
    }
}

/// A page of notices, with its cursor.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NcNoticePage {
    /// The notices of this page, newest first.
    #[schema(max_items = 200)]
    pub data: Vec<NcNoticeOut>,
    /// Pass it as `cursor` to read on.
    pub next_cursor: Option<Uuid>,
    /// Whether there is another page.
    pub has_more: bool,
}

/// All that happened to a notice.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NcNoticeTimeline {
    /// Oldest first.
    #[schema(max_items = 10000)]
    pub data: Vec<Happening>,
}

/// What the documentation shows.
pub(super) fn example() -> Value {
    json!({
        "id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c60", "notice_no": "NC310700201400001",
        "port_org": "310700", "origin_bureau": "330000",
        "subject": { "kind": "TRANSFER", "number": "330900214004567T" }, "reg_no": "3301601234",
        "goods": { "goods_no": 1, "hs_code": "0505100090", "name": "水洗羽绒" },
        "found_on": "2014-07-14", "category": "MISMATCH_QTY_OVER", "severity": "MAJOR",
        "goods_changed": false, "alert_code": null, "finding": "实到174包，单证170包",
        "evidence": [], "status": "SENT", "round": 1, "send_due_on": "2014-07-15",
        "ack_due_on": "2014-07-16", "reply_due_on": "2014-08-04",
        "drafted_by": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c61",
        "approved_by": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c62",
        "approved_at": "2014-07-14T07:00:00Z", "sent_at": "2014-07-14T07:00:00Z",
        "acked_at": null, "replied_at": null, "reply": null, "closed_at": null,
        "disposition": null, "remark": null, "suspension": null,
    })
}

/// The same, in a page.
pub(super) fn example_page() -> Value {
    json!({ "data": [example()], "next_cursor": null, "has_more": false })
}

/// A timeline of one event.
pub(super) fn example_timeline() -> Value {
    json!({ "data": [{
        "id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c63", "at": "2014-07-14T07:00:00Z",
        "kind": "nc_notice.approved", "actor_kind": "STAFF",
        "actor_id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c62", "organisation": "310700",
        "previous": "DRAFT", "next": "APPROVED", "reason": null,
        "data": { "notice_no": "NC310700201400001", "round": 0 } }] })
}
