//! Changes of credit classes as the wire shows them.
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::{
    credit::{ChangeStatus, CreditChange, CreditChangeId},
    identity::{CreditClass, StaffId},
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::reply::Reply;

/// Another class, asked for by the first of two persons.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreditChangeIn)]
pub(super) struct ChangeIn {
    /// The enterprise's registration number.
    #[schema(max_length = 10, pattern = r"^\d{10}$")]
    pub reg_no: String,
    /// The class that it should have.
    pub to_class: CreditClass,
    /// Why; it stands in the timeline.
    #[schema(max_length = 500, pattern = r"^[\s\S]*\S[\s\S]*$")]
    pub reason: String,
}

/// A change of a credit class, proposed or decided.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CreditChange)]
pub(super) struct ChangeOut {
    /// Its id here.
    pub id: CreditChangeId,
    /// The enterprise's registration number.
    #[schema(max_length = 10, pattern = r"^\d{10}$")]
    pub reg_no: String,
    /// The class it had when this was proposed.
    pub from_class: CreditClass,
    /// The class that is proposed.
    pub to_class: CreditClass,
    /// The year of the evaluation that proposes it; null: a person does.
    #[schema(minimum = 2000, maximum = 2100)]
    pub year: Option<i32>,
    /// Where it stands.
    pub status: ChangeStatus,
    /// Why it was proposed.
    #[schema(max_length = 500)]
    pub reason: String,
    /// The first person; null: the system, after an evaluation.
    pub proposed_by: Option<StaffId>,
    /// When it was proposed.
    pub proposed_at: DateTime<Utc>,
    /// The second person.
    pub decided_by: Option<StaffId>,
    /// When it was decided; a confirmed class counts for what is accepted from then on.
    pub decided_at: Option<DateTime<Utc>>,
    /// Why it was refused.
    #[schema(max_length = 500)]
    pub decision: Option<String>,
}

impl From<CreditChange> for ChangeOut {
    fn from(change: CreditChange) -> Self {
        Self {
            id: change.id,
            reg_no: change.reg_no,
            from_class: change.from,
            to_class: change.to,
            year: change.period.map(|period| period.0),
            status: change.status,
            reason: change.reason,
            proposed_by: change.proposed_by,
            proposed_at: change.proposed_at,
            decided_by: change.decided_by,
            decided_at: change.decided_at,
            decision: change.decision,
        }
    }
}

/// The answer of every act on a change.
pub(super) fn reply(change: CreditChange) -> serde_json::Result<Reply> {
    let revision = change.revision();
    Ok(Reply::ok(&ChangeOut::from(change))?.revision(revision))
}

/// A page of changes, with its cursor.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CreditChangePage)]
pub(super) struct ChangePage {
    /// The changes of this page.
    #[schema(max_items = 200)]
    pub data: Vec<ChangeOut>,
    /// Pass it as `cursor` to read on.
    pub next_cursor: Option<Uuid>,
    /// Whether there is another page.
    pub has_more: bool,
}

/// What the list is narrowed to.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ChangeFilter {
    /// Only those of this enterprise.
    #[param(min_length = 10, max_length = 10, pattern = r"^\d{10}$")]
    pub reg_no: Option<String>,
    /// Only those that stand there.
    #[param(inline)]
    pub status: Option<ChangeStatus>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<Uuid>,
    /// How many at most, 1 to 200; 50 where not said.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<i64>,
    /// Only those that changed at or after this moment.
    pub updated_since: Option<DateTime<Utc>>,
}

/// What the documentation shows.
pub(super) fn example() -> Value {
    json!({
        "id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3d41", "reg_no": "3100601234", "from_class": "A", "to_class": "C",
        "year": null, "status": "CONFIRMED", "reason": "逃避检验被立案",
        "proposed_by": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c62", "proposed_at": "2014-05-12T02:20:00Z",
        "decided_by": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c63", "decided_at": "2014-05-12T03:00:00Z",
        "decision": null
    })
}
