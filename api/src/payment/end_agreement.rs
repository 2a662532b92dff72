//! `POST /v1/agreements/{id}/end`
use actix_web::post;
use shared::{
    identity::Permission,
    payment::{self, AgreementId},
};

use super::agreement_view::{self, AgreementOut};
use crate::{
    Answer, Caller,
    body::{Body, Path},
    declaration::out::ReasonIn,
    reply::Reply,
};

/// End an e-payment agreement
///
/// The payer or a fee officer ends it for good; another may be signed afterwards.
#[utoipa::path(
    operation_id = "endAgreement", tag = "payment",
    params(("id" = AgreementId, Path, description = "The id of the agreement.")),
    request_body(content = ReasonIn, example = json!({ "reason": "企业申请终止" })),
    responses((status = 200, description = "The agreement as it stands now.", body = AgreementOut,
        example = json!(agreement_view::example()))),
)]
#[post("/agreements/{id}/end")]
pub async fn handler(caller: Caller, id: Path<AgreementId>, body: Body<ReasonIn>) -> Answer {
    caller
        .act(Permission::AgreementEnd, &body, async |tx, actor| {
            let agreement = payment::end_agreement(tx, actor, *id, body.checked()?).await?;
            Ok(Reply::ok(&AgreementOut::from(agreement))?)
        })
        .await
}
