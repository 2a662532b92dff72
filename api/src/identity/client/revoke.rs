use actix_web::post;
use shared::identity::{ClientId, Permission, service::client};

use crate::{
    Answer, Caller,
    body::{NoBody, Path},
    identity::view::client::ClientOut,
    reply::Reply,
};

/// Revoke a client
///
/// It gets no token any more, for ever, and tokens it has are refused within half a minute.
#[utoipa::path(
    operation_id = "revokeClient",
    tag = "identity",
    params(("id" = ClientId, Path, description = "The id of the client.")),
    responses((status = 200, description = "The client, revoked.", body = ClientOut, example = json!(ClientOut::example()))),
)]
#[post("/clients/{id}/revoke")]
pub(crate) async fn handler(caller: Caller, id: Path<ClientId>, body: NoBody) -> Answer {
    caller
        .act(Permission::ClientRevoke, &body, async |tx, actor| {
            let client = client::revoke(tx, actor, *id).await?;
            let revision = client.revision();
            Ok(Reply::ok(&ClientOut::from(client))?.revision(revision))
        })
        .await
}
