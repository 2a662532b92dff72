//! `POST /v1/received-nc-notices/{id}/reply`
use actix_web::post;
use shared::{
    identity::Permission,
    nonconformity::{ReceivedNoticeId, Reply as Answered, service::receive},
};

use super::view::{self, ReceivedNcNoticeOut};
use crate::{
    Answer, Caller,
    body::{Body, Path},
    reply::Reply,
};

/// Reply to a received notice
///
/// The origin bureau says what it found out and what is done about it; the port is told, and closes the notice when it
/// is satisfied.
#[utoipa::path(
    operation_id = "replyToNcNotice", tag = "non-conformity",
    params(("id" = ReceivedNoticeId, Path, description = "The id of the notice here.")),
    request_body(content = Answered, example = json!({ "text": "企业装箱时多装4包，已责令整改", "evidence": [] })),
    responses((status = 200, description = "The notice as it stands now.", body = ReceivedNcNoticeOut,
        example = json!(view::example()))),
)]
#[post("/received-nc-notices/{id}/reply")]
pub(super) async fn handler(
    caller: Caller,
    id: Path<ReceivedNoticeId>,
    body: Body<Answered>,
) -> Answer {
    caller
        .act(Permission::ReceivedNcNoticeReply, &body, async |tx, actor| {
            let notice = receive::reply(tx, actor, *id, body.value.clone()).await?;
            let revision = notice.revision();
            Ok(Reply::ok(&ReceivedNcNoticeOut::from(notice))?.revision(revision))
        })
        .await
}
