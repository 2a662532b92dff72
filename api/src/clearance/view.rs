//! Clearance forms as the wire shows them.
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use shared::{
    acts::WantedLine,
    clearance::{Form, FormId, Line, State},
    declaration::DeclarationId,
};
use utoipa::ToSchema;

/// A clearance form (通关单).
#[derive(Debug, Serialize, ToSchema)]
pub struct ClearanceFormOut {
    /// Ours.
    #[schema(value_type = uuid::Uuid)]
    pub id: FormId,
    /// The declaration it belongs to.
    #[schema(value_type = uuid::Uuid)]
    pub declaration_id: DeclarationId,
    /// `decl_no` and a sequence of three digits.
    #[schema(example = "310900114000124000", max_length = 18, pattern = r"^\d{18}$")]
    pub clearance_no: String,
    /// Where it stands.
    pub state: State,
    /// The goods it clears, in the order of the declaration.
    #[schema(max_items = 999)]
    pub lines: Vec<Line>,
    /// Issued before the inspection result: the goods are not for sale or use until then.
    pub before_result: bool,
    /// When it was issued.
    pub issued_at: DateTime<Utc>,
    /// The last day on which customs accepts it.
    pub valid_until: NaiveDate,
    /// What it says beside its goods: under direct release the exit port, the containers and their seals.
    #[schema(max_length = 40000)]
    pub remark: Option<String>,
    /// When it was voided.
    pub voided_at: Option<DateTime<Utc>>,
    /// Why.
    #[schema(max_length = 1000)]
    pub void_reason: Option<String>,
}

impl From<Form> for ClearanceFormOut {
    fn from(form: Form) -> Self {
        Self {
            id: form.id,
            declaration_id: form.declaration_id,
            clearance_no: form.clearance_no,
            state: form.state,
            lines: form.lines,
            before_result: form.before_result,
            issued_at: form.issued_at,
            valid_until: form.valid_until,
            remark: form.remark,
            voided_at: form.voided_at,
            void_reason: form.void_reason,
        }
    }
}

/// All forms of a declaration.
#[derive(Debug, Serialize, ToSchema)]
pub struct ClearanceFormList {
    /// The first issued first.
    #[schema(max_items = 1000)]
    pub data: Vec<ClearanceFormOut>,
}

/// What the form shall clear.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct IssueIn {
    /// Lines cleared with less than was declared; every other line is cleared in full.
    #[serde(default)]
    #[schema(value_type = Vec<WantedLine>, max_items = 999)]
    pub lines: Vec<WantedLine>,
}

/// What the documentation shows.
#[must_use]
pub fn example() -> serde_json::Value {
    json!({
        "id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c51",
        "declaration_id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c4d",
        "clearance_no": "310900114000124000", "state": "ISSUED",
        "lines": [{ "goods_no": 1, "hs_code": "2204210000", "name": "葡萄酒", "quantity": "9000",
            "unit": "LTR", "weight": null, "weight_unit": null }],
        "before_result": true, "issued_at": "2014-05-12T02:10:00Z", "valid_until": "2014-07-11",
        "remark": null, "voided_at": null, "void_reason": null
    })
}
