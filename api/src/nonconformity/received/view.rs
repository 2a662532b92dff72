//! Notices of other ports as the wire shows them.
use chrono::{DateTime, NaiveDate, Utc};
use serde::Serialize;
use serde_json::{Value, json};
use shared::nonconformity::{
    Category, Closing, Digest, Evidence, Goods, NcSeverity, ReceivedNotice, ReceivedNoticeId,
    ReceivedNoticeStatus, Reply, Subject, Suspension,
};
use utoipa::ToSchema;
use uuid::Uuid;

/// A notice of another port, about goods that we let go.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReceivedNcNoticeOut {
    /// Ours.
    pub id: ReceivedNoticeId,
    /// The bureau of the port.
    #[schema(max_length = 6, pattern = r"^\d{6}$")]
    pub sender: String,
    /// The port's number.
    #[schema(max_length = 17, pattern = r"^NC\d{15}$")]
    pub notice_no: String,
    /// How often it was sent: 2 after the port reopened it.
    #[schema(minimum = 1, maximum = 1000)]
    pub round: i32,
    /// The office that found it.
    #[schema(max_length = 6, pattern = r"^\d{6}$")]
    pub port_org: String,
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
    /// What was seen.
    #[schema(max_length = 2000)]
    pub finding: String,
    /// Files that show it; they stay with the port.
    #[schema(max_items = 50)]
    pub evidence: Vec<Evidence>,
    /// Why the port reopened it.
    #[schema(max_length = 1000)]
    pub reopened_because: Option<String>,
    /// Where it stands here.
    pub status: ReceivedNoticeStatus,
    /// The last day to acknowledge it.
    pub ack_due_on: NaiveDate,
    /// The last day to answer.
    pub reply_due_on: NaiveDate,
    /// The last day to decide whether the enterprise is suspended; null: that is not proposed.
    pub decide_due_on: Option<NaiveDate>,
    /// What became of that proposal.
    pub suspension: Option<Suspension>,
    /// When it came, or came again.
    pub received_at: DateTime<Utc>,
    /// When we took note.
    pub acked_at: Option<DateTime<Utc>>,
    /// When we answered.
    pub replied_at: Option<DateTime<Utc>>,
    /// What we answered.
    pub reply: Option<Reply>,
    /// When the port was satisfied.
    pub closed_at: Option<DateTime<Utc>>,
    /// What the port said then.
    pub closing: Option<Closing>,
}

impl From<ReceivedNotice> for ReceivedNcNoticeOut {
    fn from(notice: ReceivedNotice) -> Self {
        let told = notice.content;
        Self {
            id: notice.id,
            sender: notice.sender,
            notice_no: notice.notice_no,
            round: told.round,
            port_org: told.port_org,
            subject: told.subject,
            reg_no: notice.reg_no,
            goods: told.goods,
            found_on: told.found_on,
            category: told.category,
            severity: notice.severity,
            finding: told.finding,
            evidence: told.evidence,
            reopened_because: told.reopened_because,
            status: notice.status,
            ack_due_on: notice.ack_due_on,
            reply_due_on: notice.reply_due_on,
            decide_due_on: notice.decide_due_on,
            suspension: notice.suspension,
            received_at: notice.received_at,
            acked_at: notice.acked_at,
            replied_at: notice.replied_at,
            reply: notice.reply,
            closed_at: notice.closed_at,
            closing: notice.closing,
        }
    }
}

/// A page of notices of other ports, with its cursor.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ReceivedNcNoticePage {
    /// The notices of this page, newest first.
    #[schema(max_items = 200)]
    pub data: Vec<ReceivedNcNoticeOut>,
    /// Pass it as `cursor` to read on.
    pub next_cursor: Option<Uuid>,
    /// Whether there is another page.
    pub has_more: bool,
}

/// What a port found in one month about goods that we let go.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NcDigestOut {
    /// The bureau of the port.
    #[schema(max_length = 6, pattern = r"^\d{6}$")]
    pub sender: String,
    /// The first day of the month.
    pub month: NaiveDate,
    /// What it said: `lines` by category and severity, each with `sent` and `open`.
    #[schema(value_type = Object)]
    pub content: Value,
    /// When it came.
    pub received_at: DateTime<Utc>,
}

impl From<Digest> for NcDigestOut {
    fn from(Digest { sender, month, content, received_at }: Digest) -> Self {
        Self { sender, month, content, received_at }
    }
}

/// Digests of ports, the newest month first.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct NcDigestsOut {
    /// The last ones.
    #[schema(max_items = 360)]
    pub data: Vec<NcDigestOut>,
}

/// What the documentation shows.
pub(super) fn example() -> Value {
    json!({
        "id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c70", "sender": "310000",
        "notice_no": "NC310700201400001", "round": 1, "port_org": "310700",
        "subject": { "kind": "TRANSFER", "number": "330900214004567T" }, "reg_no": "3301601234",
        "goods": { "goods_no": 1, "hs_code": "0505100090", "name": "水洗羽绒" },
        "found_on": "2014-07-14", "category": "MISMATCH_QTY_OVER", "severity": "MAJOR",
        "finding": "实到174包，单证170包", "evidence": [], "reopened_because": null,
        "status": "REPLIED", "ack_due_on": "2014-07-16", "reply_due_on": "2014-08-04",
        "decide_due_on": null, "suspension": null, "received_at": "2014-07-14T07:00:01Z",
        "acked_at": "2014-07-14T08:00:00Z", "replied_at": "2014-07-21T02:00:00Z",
        "reply": { "text": "企业装箱时多装4包，已责令整改", "evidence": [] },
        "closed_at": null, "closing": null,
    })
}

/// The same, in a page.
pub(super) fn example_page() -> Value {
    json!({ "data": [example()], "next_cursor": null, "has_more": false })
}

/// Two months of one port.
pub(super) fn example_digests() -> Value {
    json!({ "data": [{ "sender": "310000", "month": "2014-07-01",
        "content": { "month": "2014-07-01", "lines": [
            { "category": "MISMATCH_QTY_OVER", "severity": "MAJOR", "sent": 1, "open": 0 }] },
        "received_at": "2014-07-31T16:05:01Z" }] })
}
