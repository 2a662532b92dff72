//! `POST /v1/fee-notices/{id}/pay`
use actix_web::post;
use shared::{
    identity::Permission,
    payment::{self, NoticeId},
    rehearsal,
};

use super::view::{self, FeeNoticeOut};
use crate::{
    Answer, Caller,
    body::{NoBody, Path},
    reply::Reply,
};

/// Pay a fee notice
///
/// Begins to debit the payer's account under its e-payment agreement, with the late fee as of today. The answer
/// shows the payment begun; how it ended is read later from the notice or the payment.
#[utoipa::path(
    operation_id = "payFeeNotice", tag = "payment",
    params(("id" = NoticeId, Path, description = "The id of the fee notice.")),
    responses((status = 200, description = "The notice, being paid.", body = FeeNoticeOut,
        example = json!(view::example()))),
)]
#[post("/fee-notices/{id}/pay")]
pub async fn handler(caller: Caller, id: Path<NoticeId>, body: NoBody) -> Answer {
    caller
        .act(Permission::FeeNoticePay, &body, async |tx, actor| {
            let billed = payment::pay(tx, actor, *id).await?;
            if let Some(scenario) = caller.scenario() {
                rehearsal::service::keep(tx, &billed.notice.notice_no, scenario).await?;
            }
            let revision = billed.notice.revision;
            Ok(Reply::ok(&FeeNoticeOut::from(billed))?.revision(revision))
        })
        .await
}
