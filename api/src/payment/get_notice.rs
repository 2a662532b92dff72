//! `GET /v1/fee-notices/{id}`
use actix_web::get;
use shared::{
    identity::Permission,
    payment::{self, NoticeId},
};

use super::view::{self, FeeNoticeOut};
use crate::{Answer, Caller, body::Path, reply::Reply};

/// Read a fee notice
///
/// What is to be paid and why, line by line, with the latest attempt to pay it.
#[utoipa::path(
    operation_id = "getFeeNotice", tag = "payment",
    params(("id" = NoticeId, Path, description = "The id of the fee notice.")),
    responses((status = 200, description = "The fee notice as it stands now.", body = FeeNoticeOut,
        example = json!(view::example()))),
)]
#[get("/fee-notices/{id}")]
pub async fn handler(caller: Caller, id: Path<NoticeId>) -> Answer {
    caller
        .look(Permission::FeeNoticeRead, async |conn, actor| {
            let billed = payment::notice(conn, actor, *id).await?;
            let revision = billed.notice.revision;
            Ok(Reply::ok(&FeeNoticeOut::from(billed))?.revision(revision))
        })
        .await
}
