//! Recognitions as the wire shows them.
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::{
    credit::{Recognition, RecognitionId, recognition::Status},
    identity::{CreditClass, Privilege, StaffId},
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::reply::Reply;

/// The class that another bureau gave its enterprise, and what is made of it here.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CreditRecognition)]
pub(super) struct RecognitionOut {
    /// Its id here.
    pub id: RecognitionId,
    /// The bureau whose enterprise it is.
    #[schema(max_length = 6, pattern = r"^\d{6}$")]
    pub partner: String,
    /// The enterprise's registration number.
    #[schema(max_length = 10, pattern = r"^\d{10}$")]
    pub reg_no: String,
    /// The version that was told last; older ones are ignored.
    #[schema(minimum = 1, maximum = 1_000_000_000)]
    pub version: i64,
    /// The class that its bureau gave it. The lowest of this and our own counts.
    pub class: CreditClass,
    /// The first day on which it holds.
    pub valid_from: NaiveDate,
    /// The last one; null: until its bureau says otherwise.
    pub valid_to: Option<NaiveDate>,
    /// First digits of HS codes that it is about; empty: all goods.
    #[schema(max_items = 100)]
    pub hs_scope: Vec<String>,
    /// What its bureau asks for it beside the class.
    #[schema(max_items = 10)]
    pub privileges: Vec<Privilege>,
    /// The bureau's file.
    #[schema(max_length = 200)]
    pub evidence: String,
    /// Where it stands.
    pub status: Status,
    /// Why it is suspended, refused or revoked.
    #[schema(max_length = 500)]
    pub reason: Option<String>,
    /// Who decided last.
    pub decided_by: Option<StaffId>,
    /// When this version came.
    pub told_at: DateTime<Utc>,
    /// When the bureau first spoke of it.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
    /// While officers here have not decided what to make of it: when that is to be expected, by how long they took of late
    /// with what its bureau told. Read one recognition to be told.
    pub expected_at: Option<DateTime<Utc>>,
}

impl From<Recognition> for RecognitionOut {
    fn from(row: Recognition) -> Self {
        Self {
            id: row.id,
            partner: row.partner,
            reg_no: row.reg_no,
            version: row.version,
            class: row.class,
            valid_from: row.valid_from,
            valid_to: row.valid_to,
            hs_scope: row.hs_scope,
            privileges: row.privileges,
            evidence: row.evidence,
            status: row.status,
            reason: row.reason,
            decided_by: row.decided_by,
            told_at: row.told_at,
            created_at: row.created_at,
            updated_at: row.updated_at,
            expected_at: None,
        }
    }
}

/// The answer of every act on a recognition.
pub(super) fn reply(recognition: Recognition) -> serde_json::Result<Reply> {
    let revision = recognition.revision();
    Ok(Reply::ok(&RecognitionOut::from(recognition))?.revision(revision))
}

/// A page of recognitions, with its cursor.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CreditRecognitionPage)]
pub(super) struct RecognitionPage {
    /// The recognitions of this page.
    #[schema(max_items = 200)]
    pub data: Vec<RecognitionOut>,
    /// Pass it as `cursor` to read on.
    pub next_cursor: Option<Uuid>,
    /// Whether there is another page.
    pub has_more: bool,
}

/// What the list is narrowed to.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct RecognitionFilter {
    /// Only those of this enterprise.
    #[param(min_length = 10, max_length = 10, pattern = r"^\d{10}$")]
    pub reg_no: Option<String>,
    /// Only those of this bureau.
    #[param(min_length = 6, max_length = 6, pattern = r"^\d{6}$")]
    pub partner: Option<String>,
    /// Only those that stand there.
    #[param(inline)]
    pub status: Option<Status>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<Uuid>,
    /// How many at most, 1 to 200; 50 where not said.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<i64>,
    /// Only those that changed at or after this moment.
    pub updated_since: Option<DateTime<Utc>>,
}

/// What the documentation shows.
pub(super) fn example(status: &str) -> Value {
    json!({
        "id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3d42", "partner": "340000", "reg_no": "3401600077", "version": 3,
        "class": "AA", "valid_from": "2013-10-15", "valid_to": "2014-10-31", "hs_scope": ["50", "61", "62"],
        "privileges": ["PORT_CHECK_EXEMPTION"], "evidence": "皖检信用2013-17", "status": status, "reason": null,
        "decided_by": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c62", "told_at": "2014-05-12T02:20:00Z",
        "created_at": "2013-10-15T02:20:00Z", "updated_at": "2014-05-12T03:00:00Z",
        "expected_at": null
    })
}
