//! What a declarant is told about a version, word for word the same each time it is asked (domain R12).
use std::sync::Arc;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::{
    declaration::{Cause, Declaration, DeclarationId, Kind, NewVersion, Status, parse::Submission},
    kernel::{Failure, Violations, money::Amount},
    payment::FeeNotice,
};

/// The receipt (回执) of a filed version.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = FilingReceipt)]
pub struct Receipt {
    /// Ours.
    #[schema(value_type = uuid::Uuid)]
    pub id: DeclarationId,
    /// The declaring unit's own reference (企业报检号).
    #[schema(example = "DR-2014-0512-01", max_length = 40)]
    pub ent_decl_no: String,
    /// Of the content.
    #[schema(minimum = 1, maximum = 10000)]
    pub version: i32,
    /// What came of it: returned, waiting for an officer, or accepted and where it stands then.
    pub status: Status,
    /// In the statutory catalogue or outside of it.
    pub kind: Kind,
    /// The bureau's number (报检号), once accepted.
    #[schema(example = "310900114000123", max_length = 15, pattern = r"^\d{15}$")]
    pub decl_no: Option<String>,
    /// Declaring office (报检地).
    #[schema(example = "310900", max_length = 6)]
    pub decl_org: String,
    /// Release office (领证地).
    #[schema(example = "310700", max_length = 6)]
    pub release_org: String,
    /// Inspecting office (施检机构), assigned by the system.
    #[schema(example = "310700", max_length = 6)]
    pub insp_org: Option<String>,
    /// Drawn for inspection (抽中); unknown before acceptance.
    pub is_selected: Option<bool>,
    /// What is to be paid, if anything.
    pub fee_notice: Option<NoticeBrief>,
    /// The one notice of this version (一次性告知): everything that was found, all at once.
    #[schema(value_type = Vec<crate::kernel::Violation>, max_items = 10000)]
    pub defects: Violations,
    /// When this version came in.
    pub filed_at: DateTime<Utc>,
    /// When it was accepted (受理).
    pub accepted_at: Option<DateTime<Utc>>,
}

/// A fee notice (收费通知单) in short.
#[derive(Clone, Debug, Serialize, Deserialize, utoipa::ToSchema)]
pub struct NoticeBrief {
    /// Ours; pay under `/v1/fee-notices/{id}/pay`.
    pub id: uuid::Uuid,
    /// The bureau's.
    #[schema(example = "F310900140512000017", max_length = 24)]
    pub notice_no: String,
    /// To be paid.
    pub total: Amount,
    /// The last day without a late fee.
    pub due_on: NaiveDate,
}

impl Receipt {
    #[must_use]
    pub fn of(
        row: &Declaration,
        filed_at: DateTime<Utc>,
        notice: Option<&FeeNotice>,
        defects: Violations,
    ) -> Self {
        Self {
            id: row.id,
            ent_decl_no: row.ent_decl_no.clone(),
            version: row.version,
            status: row.status,
            kind: row.kind,
            decl_no: row.decl_no.clone(),
            decl_org: row.decl_org.clone(),
            release_org: row.release_org.clone(),
            insp_org: row.insp_org.clone(),
            is_selected: row.accepted_at.map(|_| row.is_selected),
            fee_notice: notice.map(|notice| NoticeBrief {
                id: notice.id.0,
                notice_no: notice.notice_no.clone(),
                total: notice.total.into(),
                due_on: notice.due_on,
            }),
            defects,
            filed_at,
            accepted_at: row.accepted_at,
        }
    }

    /// The version as it is kept: the document, its one notice, and this receipt word for word.
    pub(super) fn kept(
        &self,
        submission: &Submission,
        cause: Cause,
    ) -> Result<NewVersion, Failure> {
        let json = |error: serde_json::Error| Failure::Fault(error.into());
        Ok(NewVersion {
            declaration_id: self.id,
            version: self.version,
            cause,
            content: Arc::clone(&submission.text),
            content_hash: submission.hash,
            defects: serde_json::to_string(&self.defects).map_err(json)?,
            receipt: serde_json::to_string(self).map_err(json)?,
            filed_at: self.filed_at,
        })
    }
}
