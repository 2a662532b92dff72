//! `POST /v1/agreements/{id}/suspend`
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

/// Suspend an e-payment agreement
///
/// A fee officer stops new debits for the time being; what was sent runs its course.
#[utoipa::path(
    operation_id = "suspendAgreement", tag = "payment",
    params(("id" = AgreementId, Path, description = "The id of the agreement.")),
    request_body(content = ReasonIn, example = json!({ "reason": "账户待核实" })),
    responses((status = 200, description = "The agreement as it stands now.", body = AgreementOut,
        example = json!(agreement_view::example()))),
)]
#[post("/agreements/{id}/suspend")]
pub async fn handler(caller: Caller, id: Path<AgreementId>, body: Body<ReasonIn>) -> Answer {
    caller
        .act(Permission::AgreementSuspend, &body, async |tx, actor| {
            let agreement = payment::suspend_agreement(tx, actor, *id, body.checked()?).await?;
            Ok(Reply::ok(&AgreementOut::from(agreement))?)
        })
        .await
}
