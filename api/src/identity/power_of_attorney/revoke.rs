use actix_web::post;
use shared::identity::{Permission, PowerOfAttorneyId, service::attorney};

use crate::{
    Answer, Caller,
    body::{NoBody, Path},
    identity::view::power_of_attorney::PowerOfAttorneyOut,
    reply::Reply,
};

/// Revoke a power of attorney
///
/// From this moment the agent files nothing more for the enterprise; what it filed before stands. An enterprise
/// revokes its own.
#[utoipa::path(
    operation_id = "revokePowerOfAttorney",
    tag = "identity",
    params(("id" = PowerOfAttorneyId, Path, description = "The id of the power of attorney.")),
    responses((status = 200, description = "The power of attorney, revoked.", body = PowerOfAttorneyOut, example = json!(PowerOfAttorneyOut::example()))),
)]
#[post("/powers-of-attorney/{id}/revoke")]
pub(crate) async fn handler(caller: Caller, id: Path<PowerOfAttorneyId>, body: NoBody) -> Answer {
    caller
        .act(Permission::PowerOfAttorneyRevoke, &body, async |tx, actor| {
            let power_of_attorney = attorney::revoke(tx, actor, *id).await?;
            let revision = power_of_attorney.revision();
            Ok(Reply::ok(&PowerOfAttorneyOut::from(power_of_attorney))?.revision(revision))
        })
        .await
}
