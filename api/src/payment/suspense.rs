//! `GET /v1/suspense-items`
use actix_web::get;
use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use serde_json::json;
use shared::{
    identity::Permission,
    kernel::{calendar, money::Amount},
    payment::{self, RefundId, RefundState, SuspenseItem, Why},
};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{Answer, Caller, body::Params, paging, reply::Reply};

/// How the list is cut into pages.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Cut {
    /// How many at most, 1 to 200; 50 where not said.
    #[param(minimum = 1, maximum = 200)]
    pub limit: Option<i64>,
    /// The `next_cursor` of the page before.
    #[param(max_length = 64)]
    pub cursor: Option<String>,
    /// Only what lies there since this moment or later.
    pub updated_since: Option<DateTime<Utc>>,
}

/// A booking of the bank that lies in suspense (暂收款).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SuspenseItem)]
pub struct SuspenseItemOut {
    /// What the bank calls it.
    #[schema(max_length = 64)]
    pub bank_ref: String,
    /// What lies there of it.
    pub amount: Amount,
    /// On which day the bank booked it, in Shanghai.
    pub day: NaiveDate,
    /// Since when it lies there.
    pub since: DateTime<Utc>,
    /// Why it is nobody's fee; an `ORPHAN` waits until the bank takes it back.
    pub why: Why,
    /// The payment that it came for, or, of an orphan, what the bank named.
    pub subject: Uuid,
    /// The refund by which it goes back; an orphan has none.
    #[schema(value_type = Option<Uuid>)]
    pub refund_id: Option<RefundId>,
    /// How far that refund is.
    pub refund_state: Option<RefundState>,
}

/// What lies in suspense, oldest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SuspenseItems)]
pub struct SuspenseItemsOut {
    /// Oldest first.
    #[schema(max_items = 200)]
    pub data: Vec<SuspenseItemOut>,
    /// All that lies in suspense, on other pages too: the balance of the account.
    pub total: Amount,
    /// Where the next page begins.
    #[schema(max_length = 64)]
    pub next_cursor: Option<String>,
    /// Whether there is another page.
    pub has_more: bool,
}

impl From<SuspenseItem> for SuspenseItemOut {
    fn from(item: SuspenseItem) -> Self {
        Self {
            bank_ref: item.bank_ref,
            amount: item.amount.into(),
            day: calendar::day_of(item.booked_at),
            since: item.since,
            why: item.why,
            subject: item.subject,
            refund_id: item.refund_id,
            refund_state: item.refund_state,
        }
    }
}

/// List what lies in suspense
///
/// Money that no payment waits for, oldest first: since when, why, and how it goes back. What came for a payment of ours
/// is owed back by a refund; an orphan, money for a payment that we never made, lies there until the bank takes it back.
#[utoipa::path(
    operation_id = "listSuspenseItems", tag = "payment", params(Cut),
    responses((status = 200, description = "What lies in suspense, oldest first.", body = SuspenseItemsOut,
        example = json!({ "data": [example()], "total": { "amount": "484.00", "currency": "CNY" },
            "next_cursor": null, "has_more": false }))),
)]
#[get("/suspense-items")]
pub async fn handler(caller: Caller, params: Params<Cut>) -> Answer {
    let bank_code = caller.ctx.bank.code.clone();
    let Cut { limit, cursor, updated_since } = params.0;
    let page = paging::page(limit, None, updated_since);
    caller
        .look(Permission::SuspenseRead, async |conn, _| {
            let (items, total) =
                payment::suspense_items(conn, &bank_code, cursor.as_deref(), page).await?;
            let page = items.map(SuspenseItemOut::from);
            let last = page.data.last().map(|item| item.bank_ref.clone());
            Ok(Reply::ok(&SuspenseItemsOut {
                total: total.into(),
                next_cursor: last.filter(|_| page.has_more),
                has_more: page.has_more,
                data: page.data,
            })?)
        })
        .await
}

/// What the documentation shows.
fn example() -> serde_json::Value {
    json!({
        "bank_ref": "B20140512000017", "amount": { "amount": "484.00", "currency": "CNY" }, "day": "2014-05-12",
        "since": "2014-05-13T02:10:00Z", "why": "ORPHAN", "subject": "01910a5e-7c1e-7b3a-9c55-0d6d1a2b3c61",
        "refund_id": null, "refund_state": null
    })
}
