//! `GET /v1/agreements/{id}`
use actix_web::get;
use shared::{
    identity::Permission,
    payment::{self, AgreementId},
};

use super::agreement_view::{self, AgreementOut};
use crate::{Answer, Caller, body::Path, reply::Reply};

/// Read an e-payment agreement
///
/// Limits, settlement and whether it is in force.
#[utoipa::path(
    operation_id = "getAgreement", tag = "payment",
    params(("id" = AgreementId, Path, description = "The id of the agreement.")),
    responses((status = 200, description = "The agreement as it stands now.", body = AgreementOut,
        example = json!(agreement_view::example()))),
)]
#[get("/agreements/{id}")]
pub async fn handler(caller: Caller, id: Path<AgreementId>) -> Answer {
    caller
        .look(Permission::AgreementRead, async |conn, actor| {
            let agreement = payment::agreement(conn, actor, *id).await?;
            Ok(Reply::ok(&AgreementOut::from(agreement))?)
        })
        .await
}
