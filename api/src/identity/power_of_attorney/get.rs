use actix_web::get;
use shared::identity::{Permission, PowerOfAttorneyId, service::attorney};

use crate::{
    Answer, Caller, body::Path, identity::view::power_of_attorney::PowerOfAttorneyOut, reply::Reply,
};

/// Read a power of attorney
///
/// Enterprises and agents read those they gave or got, administrators all.
#[utoipa::path(
    operation_id = "getPowerOfAttorney",
    tag = "identity",
    params(("id" = PowerOfAttorneyId, Path, description = "The id of the power of attorney.")),
    responses((status = 200, description = "The power of attorney.", body = PowerOfAttorneyOut, example = json!(PowerOfAttorneyOut::example()))),
)]
#[get("/powers-of-attorney/{id}")]
pub(crate) async fn handler(caller: Caller, id: Path<PowerOfAttorneyId>) -> Answer {
    caller
        .look(Permission::PowerOfAttorneyRead, async |conn, actor| {
            let power_of_attorney = attorney::get(conn, actor, *id).await?;
            let revision = power_of_attorney.revision();
            Ok(Reply::ok(&PowerOfAttorneyOut::from(power_of_attorney))?.revision(revision))
        })
        .await
}
