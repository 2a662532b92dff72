//! `POST /v1/transfer-amendments/{id}/agree`
use actix_web::post;
use shared::{acts::swap, identity::Permission, swap::AskedAmendmentId};

use super::view::{self, TransferAmendmentOut};
use crate::{
    Answer, Caller,
    body::{Body, Path},
    declaration::out::ReasonIn,
    reply::Reply,
};

/// Agree to an amendment at the port
///
/// An officer of the inspecting office agrees to what the port may not change alone. The port makes it when it hears so,
/// unless customs has used the form by then.
#[utoipa::path(
    operation_id = "agreeToTransferAmendment", tag = "swap",
    params(("id" = uuid::Uuid, Path, description = "The id of the amendment, as this bureau keeps it.")),
    request_body(content = ReasonIn, example = json!({ "reason": "与合同变更一致" })),
    responses((status = 200, description = "The amendment, answered.", body = TransferAmendmentOut,
        example = json!(view::example()))),
)]
#[post("/transfer-amendments/{id}/agree")]
pub async fn handler(caller: Caller, id: Path<AskedAmendmentId>, body: Body<ReasonIn>) -> Answer {
    caller
        .act(Permission::TransferAmendmentDecide, &body, async |tx, actor| {
            let done = swap::agree_to_amendment(tx, actor, *id, body.checked()?).await?;
            Ok(Reply::ok(&TransferAmendmentOut::from(done))?)
        })
        .await
}
