//! `POST /v1/transfer-amendments/{id}/refuse`
use actix_web::post;
use shared::{acts::swap, identity::Permission, swap::AskedAmendmentId};

use super::view::{self, TransferAmendmentOut};
use crate::{
    Answer, Caller,
    body::{Body, Path},
    declaration::out::ReasonIn,
    reply::Reply,
};

/// Refuse an amendment at the port
///
/// An officer of the inspecting office does not agree, and says why. The case at the port stays as it is declared.
#[utoipa::path(
    operation_id = "refuseTransferAmendment", tag = "swap",
    params(("id" = uuid::Uuid, Path, description = "The id of the amendment, as this bureau keeps it.")),
    request_body(content = ReasonIn, example = json!({ "reason": "与检验结果不符" })),
    responses((status = 200, description = "The amendment, answered.", body = TransferAmendmentOut,
        example = json!(view::example()))),
)]
#[post("/transfer-amendments/{id}/refuse")]
pub async fn handler(caller: Caller, id: Path<AskedAmendmentId>, body: Body<ReasonIn>) -> Answer {
    caller
        .act(Permission::TransferAmendmentDecide, &body, async |tx, actor| {
            let done = swap::refuse_to_amend(tx, actor, *id, body.checked()?).await?;
            Ok(Reply::ok(&TransferAmendmentOut::from(done))?)
        })
        .await
}
