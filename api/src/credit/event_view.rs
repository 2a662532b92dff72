//! Score items as the wire shows them.
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use shared::{
    credit::{CreditEvent, CreditEventId, service::score::Input},
    identity::{CreditClass, StaffId},
    kernel::{Failure, Violations},
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

/// Something that counts against an enterprise.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = CreditEventIn)]
pub(super) struct EventIn {
    /// The enterprise's registration number.
    #[schema(max_length = 10, pattern = r"^\d{10}$")]
    pub reg_no: String,
    /// Row of the reference table `credit_items`: it says what is taken off.
    #[schema(max_length = 40, pattern = "^[0-9A-Za-z._*-]{1,40}$")]
    pub item: String,
    /// The day it happened; today at the latest.
    pub occurred_on: NaiveDate,
    /// What else is to be said.
    #[schema(max_length = 1000, pattern = r"^[\s\S]*\S[\s\S]*$")]
    pub remark: Option<String>,
}

impl EventIn {
    pub(super) fn input(&self) -> Result<Input, Failure> {
        let mut wrong = Violations::default();
        let remark = self.remark.as_deref().and_then(|remark| wrong.text("/remark", remark, 1000));
        Ok(wrong.finish(Some(Input {
            reg_no: self.reg_no.clone(),
            item: self.item.clone(),
            occurred_on: self.occurred_on,
            remark,
        }))?)
    }
}

/// A score item against an enterprise.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CreditEvent)]
pub(super) struct EventOut {
    /// Its id here.
    pub id: CreditEventId,
    /// The enterprise's registration number.
    #[schema(max_length = 10, pattern = r"^\d{10}$")]
    pub reg_no: String,
    /// Row of the reference table `credit_items`.
    #[schema(max_length = 40)]
    pub item: String,
    /// What is taken off the hundred points of its year.
    #[schema(minimum = 0, maximum = 100)]
    pub points: i32,
    /// The best class that is left in its year; null: the score decides.
    pub worst_class: Option<CreditClass>,
    /// The day it happened.
    pub occurred_on: NaiveDate,
    /// The record that it follows from, such as a notice of non-conformity; null: an officer entered it.
    pub source: Option<Uuid>,
    /// What else was said.
    #[schema(max_length = 1000)]
    pub remark: Option<String>,
    /// Who entered it; null: the system.
    pub recorded_by: Option<StaffId>,
    /// When it was entered.
    pub recorded_at: DateTime<Utc>,
    /// When it was taken back; from then on it does not count.
    pub struck_at: Option<DateTime<Utc>>,
    /// Why it was taken back.
    #[schema(max_length = 500)]
    pub struck_because: Option<String>,
}

impl From<CreditEvent> for EventOut {
    fn from(event: CreditEvent) -> Self {
        let struck = event.struck;
        Self {
            id: event.id,
            reg_no: event.reg_no,
            item: event.item,
            points: event.weight.points,
            worst_class: event.weight.worst_class,
            occurred_on: event.occurred_on,
            source: event.source,
            remark: event.remark,
            recorded_by: event.recorded_by,
            recorded_at: event.recorded_at,
            struck_at: struck.as_ref().map(|struck| struck.at),
            struck_because: struck.map(|struck| struck.because),
        }
    }
}

/// A page of score items, with its cursor.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CreditEventPage)]
pub(super) struct EventPage {
    /// The items of this page.
    #[schema(max_items = 200)]
    pub data: Vec<EventOut>,
    /// Pass it as `cursor` to read on.
    pub next_cursor: Option<Uuid>,
    /// Whether there is another page.
    pub has_more: bool,
}

/// What the list is narrowed to.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct EventFilter {
    /// Only those of this enterprise.
    #[param(min_length = 10, max_length = 10, pattern = r"^\d{10}$")]
    pub reg_no: Option<String>,
    /// Only this item of the book `credit_items`.
    #[param(max_length = 40, pattern = "^[0-9A-Za-z._*-]{1,40}$")]
    pub item: Option<String>,
    /// Only those of the period that ends on 30 September of that year.
    #[param(minimum = 2000, maximum = 2100)]
    pub year: Option<i32>,
    /// The `next_cursor` of the page before.
    pub cursor: Option<Uuid>,
    /// How many at most, 1 to 200; 50 where not said.
    #[param(minimum = 1, maximum = 200, default = 50)]
    pub limit: Option<i64>,
    /// Only those that were recorded or struck at or after this moment.
    pub updated_since: Option<DateTime<Utc>>,
}

/// What the documentation shows.
pub(super) fn example() -> Value {
    json!({
        "id": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3d40", "reg_no": "3100601234", "item": "LATE-DECLARATION",
        "points": 2, "worst_class": null, "occurred_on": "2014-05-09", "source": null,
        "remark": "入境后超过14天报检", "recorded_by": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c62",
        "recorded_at": "2014-05-12T02:20:00Z", "struck_at": null, "struck_because": null
    })
}
