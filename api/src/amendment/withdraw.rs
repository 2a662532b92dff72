//! `POST /v1/amendments/{id}/withdraw`
use actix_web::post;
use shared::{acts, declaration::AmendmentId, identity::Permission};

use super::view::{self, AmendmentOut};
use crate::{
    Answer, Caller,
    body::{NoBody, Path},
    reply::Reply,
};

/// Withdraw an amendment
///
/// The declarant takes the wish back before it is decided. The declaration stays as it is.
#[utoipa::path(
    operation_id = "withdrawAmendment", tag = "amendment",
    params(("id" = AmendmentId, Path, description = "The id of the amendment.")),
    responses((status = 200, description = "The wish to amend, decided.", body = AmendmentOut,
        example = json!(view::example()))),
)]
#[post("/amendments/{id}/withdraw")]
pub async fn handler(caller: Caller, id: Path<AmendmentId>, body: NoBody) -> Answer {
    caller
        .act(Permission::DeclarationAmend, &body, async |tx, actor| {
            let done = acts::withdraw_amendment(tx, actor, *id).await?;
            Ok(Reply::ok(&AmendmentOut::from(done))?)
        })
        .await
}
