//! `POST /v1/fee-notices/{id}/collect`
use actix_web::post;
use serde::Deserialize;
use shared::{
    identity::Permission,
    kernel::money::Amount,
    payment::{self, Channel, NoticeId, Tender},
};
use utoipa::ToSchema;

use crate::{
    Answer, Caller,
    body::{Body, Path},
    payment::view::{self, FeeNoticeOut},
    reply::Reply,
};

/// What is laid down at the window.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct TenderIn {
    /// How it is paid. Every window takes every channel; `EPAY` begins a debit under the payer's agreement.
    pub channel: Channel,
    /// With `CASH`: what was laid down; what is above the amount is change.
    #[serde(default)]
    pub tendered: Option<Amount>,
    /// With `POS` the number of the terminal's slip, with `CHEQUE` that of the cheque.
    #[serde(default)]
    #[schema(example = "004512", min_length = 1, max_length = 40)]
    pub slip_no: Option<String>,
    /// With `CHEQUE`: the bank it is drawn on.
    #[serde(default)]
    #[schema(example = "上海浦东发展银行", min_length = 1, max_length = 100)]
    pub drawn_on: Option<String>,
}

/// Take money for a fee notice
///
/// A cashier of the declaring office, in an open shift, takes the notice's total and the late fee as of today: in cash,
/// by card, by cheque, or by beginning a debit. By hand the notice is paid at once.
#[utoipa::path(
    operation_id = "collectFeeNotice", tag = "payment",
    params(("id" = NoticeId, Path, description = "The id of the fee notice.")),
    request_body(content = TenderIn, example = json!({
        "channel": "CASH", "tendered": { "amount": "500.00", "currency": "CNY" }
    })),
    responses((status = 200, description = "The notice, paid or being paid.", body = FeeNoticeOut,
        example = json!(view::example()))),
)]
#[post("/fee-notices/{id}/collect")]
pub async fn handler(caller: Caller, id: Path<NoticeId>, body: Body<TenderIn>) -> Answer {
    let TenderIn { channel, tendered, slip_no, drawn_on } = body.value.clone();
    let tender = Tender { channel, tendered, slip_no, drawn_on };
    caller
        .act(Permission::FeeNoticeCollect, &body, async |tx, actor| {
            let billed = payment::collect(tx, actor, *id, &tender).await?;
            let revision = billed.notice.revision;
            Ok(Reply::ok(&FeeNoticeOut::from(billed))?.revision(revision))
        })
        .await
}
