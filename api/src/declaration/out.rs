//! Declarations as the wire shows them.
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use shared::{
    declaration::{Declaration, DeclarationId, Direction, Kind, Status, Version},
    kernel::Violations,
};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::waiting::Pending;

/// Where a declaration stands.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeclarationOut {
    /// Ours.
    #[schema(value_type = Uuid)]
    pub id: DeclarationId,
    /// The bureau's number (报检号), once accepted.
    #[schema(example = "310900114000123", max_length = 15, pattern = r"^\d{15}$")]
    pub decl_no: Option<String>,
    /// The declaring unit (报检单位登记号).
    #[schema(example = "3100601234", max_length = 10, pattern = r"^\d{10}$")]
    pub decl_reg_no: String,
    /// The declaring unit's own reference (企业报检号).
    #[schema(example = "DR-2014-0512-01", max_length = 40)]
    pub ent_decl_no: String,
    /// Inbound or outbound.
    pub apl_kind: Direction,
    /// Declaration class (报检类别).
    #[schema(example = "13", max_length = 4)]
    pub decl_code: String,
    /// In the statutory catalogue or outside of it.
    pub kind: Kind,
    /// Where it stands.
    pub status: Status,
    /// Of the content: 1 when filed, one more with each resubmission or amendment.
    #[schema(minimum = 1, maximum = 10000)]
    pub version: i32,
    /// Declaring office (报检地).
    #[schema(example = "310900", max_length = 6)]
    pub decl_org: String,
    /// Release office (领证地).
    #[schema(example = "310700", max_length = 6)]
    pub release_org: String,
    /// Inspecting office (施检机构).
    #[schema(example = "310700", max_length = 6)]
    pub insp_org: Option<String>,
    /// The office responsible now.
    #[schema(example = "310700", max_length = 6)]
    pub holder_org: String,
    /// Whether the bureau that answers is responsible; false while the case lies with another bureau.
    pub lies_here: bool,
    /// Declared or released away from the inspecting office (通报通放).
    pub anywhere: bool,
    /// Drawn or ordered for inspection; unknown before acceptance.
    pub is_selected: Option<bool>,
    /// An inspection result was signed.
    pub has_result: bool,
    /// The declarant asked for it back, and no officer has decided yet.
    pub withdrawal_requested_at: Option<DateTime<Utc>>,
    /// When its first version came in.
    pub filed_at: DateTime<Utc>,
    /// When it was accepted (受理).
    pub accepted_at: Option<DateTime<Utc>>,
    /// When the goods were released (放行).
    pub released_at: Option<DateTime<Utc>>,
    /// When anything about it last changed.
    pub updated_at: DateTime<Utc>,
}

impl From<Declaration> for DeclarationOut {
    fn from(row: Declaration) -> Self {
        Self {
            id: row.id,
            lies_here: row.lies_here(),
            is_selected: row.accepted_at.map(|_| row.is_selected),
            decl_no: row.decl_no,
            decl_reg_no: row.decl_reg_no,
            ent_decl_no: row.ent_decl_no,
            apl_kind: row.apl_kind,
            decl_code: row.decl_code,
            kind: row.kind,
            status: row.status,
            version: row.version,
            decl_org: row.decl_org,
            release_org: row.release_org,
            insp_org: row.insp_org,
            holder_org: row.holder_org,
            anywhere: row.anywhere,
            has_result: row.has_result,
            withdrawal_requested_at: row.withdrawal_requested_at,
            filed_at: row.filed_at,
            accepted_at: row.accepted_at,
            released_at: row.released_at,
            updated_at: row.updated_at,
        }
    }
}

/// A declaration with what its current version says.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeclarationWhole {
    #[serde(flatten)]
    pub head: DeclarationOut,
    /// The current version, as it was understood.
    #[schema(value_type = Object)]
    pub content: serde_json::Value,
    /// Its one notice (一次性告知): everything found, heaviest or not.
    #[schema(value_type = Vec<shared::kernel::Violation>, max_items = 10000)]
    pub defects: serde_json::Value,
    /// While it waits for an office: when that is to be expected, by what the office ended of late. Null where it waits
    /// for nobody, or the office has no history yet.
    pub expected_at: Option<DateTime<Utc>>,
}

impl DeclarationWhole {
    #[must_use]
    pub fn of(head: Declaration, version: Version, pending: Option<Pending>) -> Self {
        let (content, defects) = (version.content, version.defects);
        let expected_at = pending.and_then(|pending| pending.expected_at);
        Self { head: head.into(), content, defects, expected_at }
    }
}

/// A page of declarations, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct DeclarationPage {
    /// The declarations of this page.
    #[schema(max_items = 200)]
    pub data: Vec<DeclarationOut>,
    /// Pass it as `cursor` to read on.
    pub next_cursor: Option<Uuid>,
    /// Whether there is another page.
    pub has_more: bool,
}

/// Why somebody acts, in their own words.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReasonIn {
    /// In the words of whoever acts; kept in the timeline.
    #[schema(example = "合同取消，货物未启运", min_length = 1, max_length = 1000)]
    pub reason: String,
}

impl ReasonIn {
    /// The reason, or what is wrong with it.
    pub fn checked(&self) -> Result<&str, Violations> {
        reason(&self.reason)
    }
}

/// A reason somebody gave, or what is wrong with it.
pub fn reason(text: &str) -> Result<&str, Violations> {
    let reason = text.trim();
    let mut violations = Violations::default();
    if reason.is_empty() || reason.chars().count() > 1000 {
        violations.error(
            "/reason",
            "reason-required",
            "请说明理由（1至1000字）",
            "give a reason of 1 to 1000 characters",
        );
    }
    violations.finish(Some(reason))
}

/// What the documentation shows.
#[must_use]
pub fn example() -> serde_json::Value {
    json!({
        "id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c4d", "decl_no": "310900114000123",
        "decl_reg_no": "3100601234", "ent_decl_no": "DR-2014-0512-01", "apl_kind": "I", "decl_code": "13",
        "kind": "OUTSIDE_CATALOGUE", "status": "RELEASED", "version": 1, "decl_org": "310900",
        "release_org": "310700", "insp_org": "310700", "holder_org": "310700", "lies_here": true,
        "anywhere": true,
        "is_selected": false, "has_result": false, "withdrawal_requested_at": null,
        "filed_at": "2014-05-12T02:20:00Z", "accepted_at": "2014-05-12T02:20:00Z",
        "released_at": "2014-05-12T02:20:00.061Z", "updated_at": "2014-05-12T02:20:00.061Z"
    })
}

/// The same with its content and its defects.
#[must_use]
pub fn whole_example() -> serde_json::Value {
    let mut whole = example();
    whole["content"] = shared::declaration::examples::self_declaration();
    whole["defects"] = json!([]);
    whole["expected_at"] = json!(null);
    whole
}

/// The same, in a page.
#[must_use]
pub fn example_page() -> serde_json::Value {
    json!({ "data": [example()], "next_cursor": null, "has_more": false })
}

/// A receipt, for the documentation.
#[must_use]
pub fn receipt_example() -> serde_json::Value {
    json!({
        "id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c4d", "ent_decl_no": "DR-2014-0512-01", "version": 1,
        "status": "CONFORMING", "kind": "OUTSIDE_CATALOGUE", "decl_no": "310900114000123",
        "decl_org": "310900", "release_org": "310700", "insp_org": "310700", "is_selected": false,
        "fee_notice": null, "defects": [], "filed_at": "2014-05-12T02:20:00Z",
        "accepted_at": "2014-05-12T02:20:00Z"
    })
}
