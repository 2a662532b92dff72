//! `POST /v1/nc-notices/{id}/discard`
use actix_web::post;
use shared::{
    identity::Permission,
    nonconformity::{NcNoticeId, service::issue},
};

use super::view::{self, NcNoticeOut, ReasonIn};
use crate::{
    Answer, Caller,
    body::{Body, Path},
    reply::Reply,
};

/// Discard a draft
///
/// Gives a notice up that was not approved. Its number is not used again.
#[utoipa::path(
    operation_id = "discardNcNotice", tag = "non-conformity",
    params(("id" = NcNoticeId, Path, description = "The id of the notice.")),
    request_body(content = ReasonIn, example = json!({ "reason": "复核后数量相符" })),
    responses((status = 200, description = "The notice as it stands now.", body = NcNoticeOut,
        example = json!(view::example()))),
)]
#[post("/nc-notices/{id}/discard")]
pub(super) async fn handler(caller: Caller, id: Path<NcNoticeId>, body: Body<ReasonIn>) -> Answer {
    caller
        .act(Permission::NcNoticeDiscard, &body, async |tx, actor| {
            let notice = issue::discard(tx, actor, *id, body.parse()?).await?;
            let revision = notice.revision();
            Ok(Reply::ok(&NcNoticeOut::from(notice))?.revision(revision))
        })
        .await
}
