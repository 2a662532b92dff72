//! `POST /v1/fee-notices/{id}/void`
use actix_web::post;
use shared::{
    identity::Permission,
    payment::{self, NoticeId},
};

use super::view::{self, FeeNoticeOut};
use crate::{
    Answer, Caller,
    body::{Body, Path},
    declaration::out::ReasonIn,
    reply::Reply,
};

/// Void a fee notice
///
/// A fee officer of the declaring office takes a notice back, with a reason. One that is being paid cannot be voided.
#[utoipa::path(
    operation_id = "voidFeeNotice", tag = "payment",
    params(("id" = NoticeId, Path, description = "The id of the fee notice.")),
    request_body(content = ReasonIn, example = json!({ "reason": "计费有误" })),
    responses((status = 200, description = "The fee notice, now void.", body = FeeNoticeOut,
        example = json!(view::example()))),
)]
#[post("/fee-notices/{id}/void")]
pub async fn handler(caller: Caller, id: Path<NoticeId>, body: Body<ReasonIn>) -> Answer {
    caller
        .act(Permission::FeeNoticeVoid, &body, async |tx, actor| {
            let billed = payment::void_notice(tx, actor, *id, body.checked()?).await?;
            let revision = billed.notice.revision;
            Ok(Reply::ok(&FeeNoticeOut::from(billed))?.revision(revision))
        })
        .await
}
